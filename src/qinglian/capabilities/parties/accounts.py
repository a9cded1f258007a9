"""How allauth and axes behave here: our words, no address kept, secrets never stored in clear."""

from __future__ import annotations

import base64
import hmac
import secrets
from datetime import datetime
from email.utils import make_msgid, parseaddr
from hashlib import sha256
from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.stages import EmailVerificationStage
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from axes.models import AccessAttempt
from cryptography.fernet import Fernet
from django.conf import settings
from django.contrib import messages
from django.contrib.auth.models import AbstractBaseUser
from django.contrib.sessions.models import Session
from django.core.mail import EmailMessage
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render, resolve_url
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from qinglian.capabilities.access.actions import forget_salts, mark_of_address
from qinglian.capabilities.parties.factors import demonstration_code
from qinglian.capabilities.parties.models import Account
from qinglian.zone.current import current

NO_ADDRESS = "0.0.0.0"  # stands where a part of allauth insists on an address
_WRONG = _("No account has this name or address with this password. Check both and try again.")
_WRONG_CODE = _("This code is not right, or was used already. Wait for the next one and try again.")
_TOO_MANY = _("Too many wrong codes. Wait five minutes and try again.")
SAID = {
    "account/messages/password_changed.txt": _("The password is changed. Other sessions were ended."),
    "mfa/messages/totp_activated.txt": _("The authenticator app is set up. Other sessions were ended."),
    "mfa/messages/totp_deactivated.txt": _("The authenticator app was removed."),
    "mfa/messages/webauthn_added.txt": _("The passkey is set up. Other sessions were ended."),
    "mfa/messages/webauthn_removed.txt": _("The passkey was removed."),
    "mfa/messages/recovery_codes_generated.txt": _("There are new recovery codes; the old ones are void."),
    "usersessions/messages/sessions_logged_out.txt": _("All other sessions were ended."),
}


class Accounts(DefaultAccountAdapter):
    error_messages = DefaultAccountAdapter.error_messages | {
        "account_inactive": _WRONG,
        "username_password_mismatch": _WRONG,
        "email_password_mismatch": _WRONG,
        "incorrect_password": _("This password is not right. Try again."),
        "enter_current_password": _("This password is not right. Try again."),
        "too_many_login_attempts": _TOO_MANY,
        "rate_limited": _TOO_MANY,
    }

    def add_message(
        self, request: HttpRequest, level: int, message_template: str | None = None, *args: Any, **kwargs: Any
    ) -> None:
        """In our words; what the next page shows anyway is not said."""
        if message_template in SAID:
            messages.add_message(request, messages.SUCCESS, SAID[message_template])

    def get_client_ip(self, request: HttpRequest) -> str:
        return NO_ADDRESS

    def pre_authenticate(self, request: HttpRequest, **credentials: Any) -> None:
        """Counted by account and address together, elsewhere: nobody can lock another's account from afar."""
        self._login_failed_rl_usage = None

    def get_reauthentication_methods(self, user: AbstractBaseUser) -> list[dict[str, Any]]:
        """A password alone confirms nothing once there is a second factor."""
        methods = super().get_reauthentication_methods(user)
        return [each for each in methods if each["id"] != "reauthenticate"] or methods

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """An address is verified by a letter: where none can leave, nobody signs up."""
        return bool(settings.MAIL_READY)

    def populate_username(self, request: HttpRequest, user: AbstractBaseUser) -> None:
        """A name that says nothing of whose account it is; one signs in by the address."""
        user.username = f"a-{secrets.token_hex(8)}"  # type: ignore[attr-defined]

    def get_login_stages(self) -> list[str]:
        ours = f"{__name__}.VerifyAddress"
        stages = super().get_login_stages()
        return [ours if each.endswith(".EmailVerificationStage") else each for each in stages]

    def get_login_redirect_url(self, request: HttpRequest) -> str:
        """Staff to the desk, whoever asks to their own cases."""
        keep_language(request.user, get_language() or settings.LANGUAGE_CODE, timezone.now())
        page = settings.APPLICANT_PAGE if request.user.email else settings.LOGIN_REDIRECT_URL
        return resolve_url(page)

    def get_signup_redirect_url(self, request: HttpRequest) -> str:
        return self.get_login_redirect_url(request)

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """In our words, and without a link: whoever asked for a code has the page open."""
        account_letter(template_prefix.rpartition("/")[2], email, str(context.get("code", ""))).send()

    def send_notification_mail(self, *args: Any, **kwargs: Any) -> None:
        """What happened to an account stands on its page."""


class VerifyAddress(EmailVerificationStage):
    """Accounts of staff have no address: they are given by their unit, and opened with a second factor."""

    def handle(self) -> tuple[HttpResponse | None, bool]:
        user = self.login.user
        if user is not None and not user.email:
            return None, True
        found: tuple[HttpResponse | None, bool] = super().handle()
        return found


def account_letter(kind: str, email: str, code: str) -> EmailMessage:
    """The letters of accounts: a code to type in, or that the address has an account, or has none."""
    zone = current().title.say(get_language() or "en")
    said = {
        "account_already_exists": _(
            "Somebody, perhaps you, wanted to make an account with this address; it has one already. "
            "Sign in with it."
        ),
        "unknown_account": _("Somebody, perhaps you, asked for a new password; this address has no account."),
    }.get(kind) or _("Type this code into the page that asked for it: %(code)s") % {"code": code}
    rest = [_("If it was not you, do nothing."), _("Answers to this letter are not read.")]
    if current().demonstration:
        rest.append(_("This is a demonstration: no office stands behind it."))
    subject = _("Your account at %(zone)s") % {"zone": zone}
    body = "\n\n".join(str(each) for each in (said, *rest)) + "\n"
    domain = parseaddr(settings.DEFAULT_FROM_EMAIL)[1].partition("@")[2]
    headers = {"Auto-Submitted": "auto-generated", "Message-ID": make_msgid(domain=domain)}
    return EmailMessage(str(subject), body, settings.DEFAULT_FROM_EMAIL, [email], headers=headers)


def keep_language(user: AbstractBaseUser, language: str, now: datetime) -> None:
    """Letters go to an account in the language in which its holder last signed in."""
    if user.email:  # type: ignore[attr-defined]
        Account.objects.update_or_create(
            user=user, defaults={"language": language}, create_defaults={"language": language, "made_at": now}
        )


class Factors(DefaultMFAAdapter):
    error_messages = DefaultMFAAdapter.error_messages | {
        "incorrect_code": _WRONG_CODE,
        "cannot_delete_authenticator": _("This cannot be removed."),
        "cannot_generate_recovery_codes": _("Set up an authenticator app or a passkey first."),
    }

    def encrypt(self, text: str) -> str:
        return _box().encrypt(text.encode()).decode()

    def decrypt(self, encrypted_text: str) -> str:
        return _box().decrypt(encrypted_text.encode()).decode()

    def can_delete_authenticator(self, authenticator: Authenticator) -> bool:
        """The app of a demonstration's account is everybody's: one visitor does not take it from the next."""
        code = demonstration_code(authenticator.user.get_username())
        return code is None or authenticator.type != Authenticator.Type.TOTP

    def get_totp_issuer(self) -> str:
        return f"Qinglian {current().title.say(get_language() or 'en')}"


def _box() -> Fernet:
    key = hmac.new(settings.SECRET_KEY.encode(), b"qinglian second factors", sha256).digest()
    return Fernet(base64.urlsafe_b64encode(key))


def address_of(request: HttpRequest) -> str:
    """What django-axes keeps in place of an address."""
    return mark_of_address(request.META.get("REMOTE_ADDR", ""), timezone.localdate())


def account_of(request: HttpRequest, credentials: dict[str, Any] | None = None) -> str:
    """What django-axes counts by: the name as it was checked, or as the form has it before that."""
    return str((credentials or {}).get("username") or request.POST.get("login", "").strip())[:255]


def locked(request: HttpRequest, *_args: Any) -> HttpResponse:
    minutes = int(settings.AXES_COOLOFF_TIME.total_seconds() // 60)
    response = render(request, "account/locked.html", {"minutes": minutes}, status=429)
    response.headers["Retry-After"] = str(minutes * 60)
    return response


def forget_attempts(now: Any, limit: int = 0) -> int:
    """A job: what is older than the lock, salts of days gone by and sessions that are over."""
    gone, _each = AccessAttempt.objects.filter(attempt_time__lt=now - settings.AXES_COOLOFF_TIME).delete()
    return gone + forget_salts(now) + _forget_sessions(now)


def _forget_sessions(now: Any) -> int:
    gone, _each = Session.objects.filter(expire_date__lt=now).delete()
    open_ones = Session.objects.values("session_key")
    return gone + UserSession.objects.exclude(session_key__in=open_ones).delete()[0]
