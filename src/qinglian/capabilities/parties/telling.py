"""Where letters to accounts go, and in which language."""

from __future__ import annotations

from collections.abc import Iterable

from allauth.account.models import EmailAddress
from django.conf import settings

from qinglian.capabilities.parties.models import Account


def account_addresses(user_ids: Iterable[int]) -> dict[int, str]:
    """Account → its address, where it was verified."""
    known = EmailAddress.objects.filter(user__in=list(user_ids), verified=True, primary=True)
    return dict(known.values_list("user_id", "email"))


def account_letters(user_ids: Iterable[int]) -> list[tuple[str, str]]:
    """(address, language) of these accounts, where the address was verified."""
    ids = list(user_ids)
    if not ids:
        return []
    known = EmailAddress.objects.filter(user__in=ids, verified=True, primary=True)
    languages = dict(Account.objects.filter(user__in=ids).values_list("user_id", "language"))
    rows = known.order_by("user_id").values_list("user_id", "email")
    return [(email, languages.get(user, settings.LANGUAGE_CODE)) for user, email in rows]
