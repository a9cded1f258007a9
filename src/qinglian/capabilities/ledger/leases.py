"""Whose turn it is: one row, for a while, with a token that grows with every turn."""

from __future__ import annotations

import os
import secrets
from datetime import datetime, timedelta

from django.db import transaction

from qinglian.capabilities.ledger.models import SequencerLease

LASTS = timedelta(seconds=30)


class Overtaken(Exception):
    """The turn ran out and somebody else has taken it: nothing more may be written."""


def take(name: str, now: datetime) -> int | None:
    """The token of the turn, or None while somebody else has it."""
    with transaction.atomic():
        SequencerLease.objects.get_or_create(name=name)
        lease = SequencerLease.objects.select_for_update().get(name=name)
        if lease.until is not None and lease.until > now:
            return None
        lease.holder, lease.until, lease.token = _holder(), now + LASTS, lease.token + 1
        lease.save()
        return lease.token


def hold(name: str, token: int) -> None:
    """Inside the transaction that writes: Overtaken unless the turn is still ours."""
    if not SequencerLease.objects.select_for_update().filter(name=name, token=token).exists():
        raise Overtaken(name)


def release(name: str, token: int) -> None:
    SequencerLease.objects.filter(name=name, token=token).update(until=None, holder="")


def _holder() -> str:
    return f"{os.getpid()}-{secrets.token_hex(4)}"
