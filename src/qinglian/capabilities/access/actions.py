from __future__ import annotations

import hmac
import secrets
from datetime import date, datetime, timedelta
from hashlib import sha256
from ipaddress import IPv6Address

from qinglian.capabilities.access.models import DaySalt, Erasure, Hold
from qinglian.faults import Fault
from qinglian.faults import noop as _


def hold(
    kind: str, object_id: str, reason: str, person_id: int, now: datetime, until: datetime, *, basis: str
) -> int:
    """Keep the personal data of this thing from being erased until then."""
    if not reason.strip():
        raise Fault(_("a hold says why; write the reason"))
    if not basis.strip():
        raise Fault(_("a hold names the article by which data is kept longer; write it"))
    if until <= now:
        raise Fault(_("a hold lasts until a moment to come; write a later one"))
    row = Hold.objects.create(
        kind=kind, object_id=object_id, reason=reason.strip(), basis=basis.strip(), person_id=person_id,
        since=now, until=until,
    )  # fmt: skip
    return row.pk


def lift_hold(hold_id: int, person_id: int, because: str, now: datetime) -> None:
    """From now on the thing is erased when it is due; the hold stays to be read."""
    if not because.strip():
        raise Fault(_("a hold is lifted with a reason; write it"))
    open_ones = Hold.objects.filter(pk=hold_id, lifted_at=None, until__gt=now)
    if not open_ones.update(lifted_at=now, lifted_by=person_id, lifted_because=because.strip()):
        raise Fault(_("no such hold is in force; look at the list again"))


def note_erasure(rule: str, erased: dict[str, int], held: int, now: datetime) -> None:
    """Write down what a run erased; a run that found nothing leaves nothing."""
    rows = [Erasure(rule=rule, column=c, erased=n, held=held, at=now) for c, n in erased.items() if n or held]
    if rows:
        Erasure.objects.bulk_create(rows)


def mark_of_address(address: str, on: date) -> str:
    """A stand-in for an address, the same all day and unlike any other day's: a private IPv6 address."""
    row, _made = DaySalt.objects.get_or_create(day=on, defaults={"salt": secrets.token_bytes(32)})
    digest = hmac.new(bytes(row.salt), address.encode(), sha256).digest()
    return str(IPv6Address(b"\xfd" + digest[:15]))


def forget_salts(now: datetime) -> int:
    """Drop the salts of days gone by: nobody can then find out whose mark was whose."""
    gone, _each = DaySalt.objects.filter(day__lt=now.date() - timedelta(days=1)).delete()
    return gone
