"""All settings, from the environment; docs/reference/settings.md names each one."""

from __future__ import annotations

import os
import secrets
from datetime import timedelta
from pathlib import Path

from csp.constants import NONE, SELF

from qinglian.web.databases import configured
from qinglian.web.mail import mail_settings
from qinglian.web.rooms import capabilities
from qinglian.zone.current import current, use

HERE = Path(__file__).resolve().parent
DATA = Path(os.environ.get("QINGLIAN_DATA", "var")).resolve()
ZONE_FOLDER = Path(os.environ.get("QINGLIAN_ZONE", "zones/qianhai")).resolve()
try:
    ZONE = current()
except RuntimeError:
    ZONE = use(ZONE_FOLDER)  # a wrong pack stops everything here, and says why
DEBUG = os.environ.get("QINGLIAN_DEBUG") == "1"
SECURE = os.environ.get("QINGLIAN_HTTPS") == "1"
LOG_ORIGIN = os.environ.get("QINGLIAN_LOG_ORIGIN", f"localhost/{ZONE.id}")
LOG_WITNESSES = Path(os.environ.get("QINGLIAN_WITNESSES", DATA / "witnesses.toml"))


def _secret_key() -> str:
    given = os.environ.get("QINGLIAN_SECRET_KEY")
    if given:
        return given
    file = DATA / "secret.key"
    if not file.exists():
        DATA.mkdir(parents=True, exist_ok=True)
        with os.fdopen(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as out:
            out.write(secrets.token_urlsafe(48))
    return file.read_text()


SECRET_KEY = _secret_key()
ALLOWED_HOSTS = os.environ.get("QINGLIAN_HOSTS", "localhost,127.0.0.1,[::1]").split(",")
CSRF_TRUSTED_ORIGINS = [f"https://{host}" for host in ALLOWED_HOSTS] if SECURE else []

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "qinglian.web",
    *capabilities(),
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.usersessions",
    "axes",
]
MIDDLEWARE = [
    "qinglian.web.measuring.Measured",  # outermost: errors are counted too
    "qinglian.web.middleware.StrictHeaders",  # headers first: an error further in must carry them too
    "qinglian.web.middleware.HearsOut",
    "django.middleware.security.SecurityMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "csp.middleware.CSPMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "qinglian.web.middleware.WhoReads",
    "allauth.account.middleware.AccountMiddleware",
    "qinglian.capabilities.access.gate.Gate",
    "axes.middleware.AxesMiddleware",
]
ROOT_URLCONF = "qinglian.web.urls"
WSGI_APPLICATION = "qinglian.web.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "builtins": [
                "qinglian.web.templatetags.reading",
                "qinglian.capabilities.cases.templatetags.casework",
            ],
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "qinglian.web.frame.frame",
            ],
        },
    }
]

FENCE = os.environ.get("QINGLIAN_FENCE", "")  # the second fence on PostgreSQL: off | must | where it stands
FENCE_ROLE = os.environ.get("QINGLIAN_READER", "qinglian_reader")
BUSY_SECONDS = float(os.environ.get("QINGLIAN_BUSY_SECONDS", "20"))  # shorter than gunicorn's patience
DATABASE_URL = os.environ.get("DATABASE_URL") or f"sqlite:///{DATA / 'qinglian.sqlite3'}"
DATABASES = {"default": configured(DATABASE_URL, BUSY_SECONDS)}
globals().update(mail_settings(os.environ.get("QINGLIAN_MAIL", ""), DATA, ZONE.demonstration))
EMAIL_TIMEOUT = 20
PUBLIC_URL = os.environ.get("QINGLIAN_URL", "http://localhost:8000").rstrip("/")  # as letters name it
NEWS_PAGE = "cases:track"  # where a letter sends its reader
DESK_NEWS_PAGE = "cases:desk-case"  # and a notice on the desk
NEWS_IN_SIGHT = "qinglian.capabilities.cases.queries.numbers_in_sight"  # whose number may stand in a notice
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

LANGUAGE_CODE = "zh-hans"
LANGUAGES = [("zh-hans", "简体"), ("zh-hant", "繁體"), ("en", "English")]
LOCALE_PATHS = [HERE.parent / "locale"]
USE_TZ = True
TIME_ZONE = ZONE.timezone

STATIC_URL = "static/"
STATIC_ROOT = DATA / "static"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}

FILE_MB = int(os.environ.get("QINGLIAN_FILE_MB", "20"))  # the largest file; a pack may say less
FILE_COUNT = int(os.environ.get("QINGLIAN_FILE_COUNT", "10"))  # of one field; a pack may say less
FILE_SCANNER = os.environ.get("QINGLIAN_SCANNER", "")  # a clamd: tcp://HOST:PORT, unix:/PATH
FONTS = os.environ.get("QINGLIAN_FONTS", "")  # a folder of fonts for signs that ours lacks
FILE_SCAN_SECONDS = float(os.environ.get("QINGLIAN_SCAN_SECONDS", "15"))
FILE_UPLOAD_HANDLERS = ["qinglian.capabilities.files.uploading.Counted"]
FILE_UPLOAD_TEMP_DIR = DATA / "incoming"  # while a file arrives; never a folder that others can read
FILE_UPLOAD_TEMP_DIR.mkdir(parents=True, exist_ok=True, mode=0o700)

FRESH_FOR = timedelta(minutes=10)  # how long after a second factor a sensitive act needs no new one
AUTHENTICATION_BACKENDS = [
    "axes.backends.AxesStandaloneBackend",
    "allauth.account.auth_backends.AuthenticationBackend",
]
LOGIN_URL = "account_login"
SECOND_FACTOR_URL = "mfa_index"  # where staff without a second factor are sent
CONFIRM_URL = "mfa_reauthenticate"
ACCOUNT_ADAPTER = "qinglian.capabilities.parties.accounts.Accounts"
ACCOUNT_LOGIN_METHODS = {"username", "email"}  # staff by the name their unit gave, whoever asks by address
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]  # staff do not sign up: their unit makes their accounts
ACCOUNT_EMAIL_VERIFICATION = "mandatory"  # where there is an address: see accounts.VerifyAddress
ACCOUNT_EMAIL_VERIFICATION_BY_CODE_ENABLED = True
ACCOUNT_PASSWORD_RESET_BY_CODE_ENABLED = True
ACCOUNT_PASSWORD_RESET_BY_CODE_TIMEOUT = 15 * 60
ACCOUNT_SESSION_REMEMBER = False
ACCOUNT_REAUTHENTICATION_TIMEOUT = int(FRESH_FOR.total_seconds())
# Wrong passwords are counted by django-axes; of allauth's own limits only that of wrong codes is left.
ACCOUNT_RATE_LIMITS = {"login": None, "login_failed": "5/5m/key", "reauthenticate": "10/m/user"}
ACCOUNT_FORMS = {
    "login": "qinglian.capabilities.parties.forms.SignInForm",
    "signup": "qinglian.capabilities.parties.forms.SignUpForm",
    "confirm_email_verification_code": "qinglian.capabilities.parties.forms.AddressCodeForm",
    "reset_password": "qinglian.capabilities.parties.forms.ForgottenForm",
    "confirm_password_reset_code": "qinglian.capabilities.parties.forms.ForgottenCodeForm",
    "change_password": "qinglian.capabilities.parties.forms.ChosenPasswordForm",
    "reset_password_from_key": "qinglian.capabilities.parties.forms.NewPasswordForm",
    "reauthenticate": "qinglian.capabilities.parties.forms.ConfirmByPasswordForm",
}
MFA_ADAPTER = "qinglian.capabilities.parties.accounts.Factors"
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = not SECURE  # http://localhost, and no other address without https
MFA_TOTP_TOLERANCE = 1
MFA_RATE_LIMITS = {"webauthn_login": None}
MFA_FORMS = {
    "authenticate": "qinglian.capabilities.parties.forms.CodeForm",
    "reauthenticate": "qinglian.capabilities.parties.forms.ConfirmByCodeForm",
    "activate_totp": "qinglian.capabilities.parties.forms.SetUpAppForm",
    "add_webauthn": "qinglian.capabilities.parties.forms.AddPasskeyForm",
    "edit_webauthn": "qinglian.capabilities.parties.forms.RenamePasskeyForm",
}
AXES_FAILURE_LIMIT = 5
AXES_COOLOFF_TIME = timedelta(minutes=15)
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]  # both together: nobody locks another out from afar
AXES_CLIENT_IP_CALLABLE = "qinglian.capabilities.parties.accounts.address_of"
AXES_LOCKOUT_CALLABLE = "qinglian.capabilities.parties.accounts.locked"
AXES_USERNAME_CALLABLE = "qinglian.capabilities.parties.accounts.account_of"
AXES_SENSITIVE_PARAMETERS = ["login", "next"]
AXES_RESET_ON_SUCCESS = True
AXES_DISABLE_ACCESS_LOG = True
AXES_VERBOSE = False
AXES_ENABLE_ADMIN = False
# A table, which every process sees: codes that were used, tries that were counted, for minutes. Beyond 300 of
# them Django by itself lets go of what is still wanted, the counted tries first.
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.db.DatabaseCache",
        "LOCATION": "web_cache",
        "OPTIONS": {"MAX_ENTRIES": 100_000},
    }
}
LOGIN_REDIRECT_URL = "cases:desk"  # of staff
APPLICANT_PAGE = "cases:mine"  # and of whoever asks
SESSION_COOKIE_AGE = 8 * 3600
SESSION_EXPIRE_AT_BROWSER_CLOSE = True
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = SECURE
CSRF_COOKIE_HTTPONLY = True
CSRF_FAILURE_VIEW = "qinglian.web.views.csrf_failed"
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]

CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "style-src": [SELF],
        "script-src": [SELF],
        "img-src": [SELF, "data:"],
        "connect-src": [SELF],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
        "base-uri": [NONE],
    }
}
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
SECURE_HSTS_SECONDS = 31536000 if SECURE else 0
SECURE_SSL_REDIRECT = SECURE
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if SECURE else None
X_FRAME_OPTIONS = "DENY"
METRICS_TOKEN = os.environ.get("QINGLIAN_METRICS_TOKEN", "")  # who sends it may read /metrics; else nobody
KEY_RATE = int(os.environ.get("QINGLIAN_KEY_RATE", "120"))  # requests a minute with one key of the interfaces
DATA_UPLOAD_MAX_MEMORY_SIZE = 1_000_000
DATA_UPLOAD_MAX_NUMBER_FIELDS = 200

LOG_FORMAT = "json" if os.environ.get("QINGLIAN_LOG") == "json" else "line"
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "line": {"format": "{asctime} {levelname} {name}: {message}", "style": "{"},
        "json": {"()": "qinglian.web.log_lines.JsonLines"},
    },
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": LOG_FORMAT}},
    "loggers": {
        "axes": {"level": "CRITICAL"},  # it would name accounts
        "qinglian.requests": {"level": "INFO" if LOG_FORMAT == "json" else "WARNING"},
    },
    "root": {"handlers": ["console"], "level": "WARNING"},
}
