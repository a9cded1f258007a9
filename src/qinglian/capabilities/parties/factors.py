"""The second factor of a demonstration: stored and asked for like any other, and shown to visitors."""

from __future__ import annotations

import base64
import hmac
import time
from functools import cache
from hashlib import sha256

from allauth.mfa import app_settings
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import TOTP, format_hotp_value, hotp_value
from allauth.mfa.utils import decrypt
from django.conf import settings
from django.contrib.auth import get_user_model
from django.contrib.auth.hashers import make_password
from django.contrib.auth.models import AbstractBaseUser
from django.core.cache import cache as used

from qinglian.zone.current import current

DEMONSTRATION_PASSWORD = "qinglian-demonstration"
USED_FOR = 120  # seconds: longer than any code is right


def used_key(user_id: int, code: str) -> str:
    """Where it is kept that a code was taken: allauth itself forgets before the code stops being right."""
    return f"qinglian.code-used.{user_id}.{sha256(code.strip().encode()).hexdigest()[:16]}"


def open_demonstration_account(user: AbstractBaseUser) -> None:
    """With the password that every visitor is told: it is hashed once, since hashing takes its time."""
    user.password = _known_password()
    user.save(update_fields=["password"])
    give_demonstration_factor(user)


@cache
def _known_password() -> str:
    return make_password(DEMONSTRATION_PASSWORD)


def give_demonstration_factor(user: AbstractBaseUser) -> None:
    if current().demonstration and not Authenticator.objects.filter(user=user).exists():
        TOTP.activate(user, _secret(user.get_username()))


def demonstration_code(username: str) -> str | None:
    """The code that is right now, or None for an account whose factor is its own."""
    row = Authenticator.objects.filter(user__username=username, type=Authenticator.Type.TOTP).first()
    secret = _secret(username)
    if not current().demonstration or row is None or decrypt(row.data["secret"]) != secret:
        return None
    step = int(time.time()) // app_settings.TOTP_PERIOD
    codes = [format_hotp_value(hotp_value(secret, step + ahead)) for ahead in (0, 1, -1)]
    return next((code for code in codes if not used.get(used_key(row.user_id, code))), codes[0])


def _secret(username: str) -> str:
    digest = hmac.new(settings.SECRET_KEY.encode(), f"demonstration {username}".encode(), sha256).digest()
    return base64.b32encode(digest[:20]).decode()


def give_demonstration_factors() -> None:
    """For a demonstration that was played before there were second factors."""
    if not current().demonstration:
        return
    for user in get_user_model().objects.filter(person__isnull=False, authenticator=None):
        if user.check_password(DEMONSTRATION_PASSWORD):
            give_demonstration_factor(user)
