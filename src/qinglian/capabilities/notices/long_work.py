"""Long work under a lease: one holder at a time, and the last write only by whoever still holds it.

Work that takes minutes must not sit in a transaction. A holder that stalls may wake up after somebody has
begun anew: each taking has a token of its own, and `last_write` refuses a token that is not the latest.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import F, Q

from qinglian.capabilities.notices.models import LeaseRow


class Lost(Exception):
    """Somebody else has taken the work over; what was done since counts for nothing."""


@dataclass(frozen=True)
class Lease:
    name: str
    holder: str
    token: int
    until: datetime
    attempts: int  # 1 the first time, more when earlier holders did not finish


def take_lease(name: str, holder: str, now: datetime, length: timedelta) -> Lease | None:
    """The lease, or None while somebody else holds it."""
    LeaseRow.objects.get_or_create(name=name)
    free = Q(lease_until=None) | Q(lease_until__lte=now)
    with transaction.atomic():
        row = LeaseRow.objects.select_for_update().filter(free, name=name).first()
        if row is None:
            return None
        row.holder, row.lease_until = holder, now + length
        row.token, row.attempts = row.token + 1, row.attempts + 1
        row.save()
    return Lease(name, holder, row.token, row.lease_until, row.attempts)


def renew(lease: Lease, now: datetime, length: timedelta) -> Lease:
    """Hold on; raises Lost when somebody else has taken over meanwhile."""
    until = now + length
    if not LeaseRow.objects.filter(name=lease.name, token=lease.token).update(lease_until=until):
        raise Lost(lease.name)
    return replace(lease, until=until)


def release(lease: Lease) -> None:
    """Give it back unfinished; nothing happens when it is lost already."""
    LeaseRow.objects.filter(name=lease.name, token=lease.token).update(lease_until=None, holder="")


@contextmanager
def last_write(lease: Lease) -> Iterator[None]:
    """A transaction for the result: raises Lost, and writes nothing, unless the lease is still the latest."""
    with transaction.atomic():
        mine = LeaseRow.objects.filter(name=lease.name, token=lease.token)
        # Written first, so that whoever would take it now must wait until this is over.
        if not mine.update(token=F("token") + 1, lease_until=None, holder="", attempts=0):
            raise Lost(lease.name)
        yield
