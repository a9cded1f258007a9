"""What is erased of a representation when it is over, and what was never made part of one."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import transaction
from django.utils.dateparse import parse_datetime

from qinglian.capabilities.access.actions import note_erasure
from qinglian.capabilities.access.queries import held_ids
from qinglian.capabilities.files import actions as files
from qinglian.capabilities.files import queries as kept
from qinglian.capabilities.notices.actions import forget_letters
from qinglian.capabilities.parties.directory import holder_of
from qinglian.capabilities.parties.models import Representative
from qinglian.zone.current import current

RULE = "representation"
WAITS = timedelta(hours=1)  # a file that was sent with a form that was refused, or while the server died


def waiting(now: datetime, sign: str) -> str:
    """As whom a file is held between being looked at and being recorded."""
    return f"proof {now.isoformat()} {sign}"


def erase_due(now: datetime, limit: int = 50) -> int:
    """A job: files that nobody recorded, and the proofs of what ended as long ago as the zone says."""
    return _never_recorded(now) + _ended(now, limit)


def _never_recorded(now: datetime) -> int:
    gone = 0
    for holder in kept.holders("proof "):
        since = parse_datetime(holder.split(" ")[1])
        if since is None or since < now - WAITS:
            gone += files.let_go(holder)
    return gone


def _ended(now: datetime, limit: int) -> int:
    days = current().retention.get(RULE)
    if days is None:
        return 0
    over = Representative.objects.filter(erased_at=None, until__lt=(now - timedelta(days=days)).date())
    held = held_ids(RULE, now)
    due = list(over.exclude(pk__in=held).order_by("until", "pk").values_list("pk", flat=True)[:limit])
    if not due:
        return 0
    with transaction.atomic():
        rows = Representative.objects.filter(pk__in=due, erased_at=None)
        counts = {"parties.Representative.reference": rows.exclude(reference="").count()}
        counts["files.FileUse.name"] = sum(files.let_go(holder_of(each)) for each in due)
        counts["notices.Notice.email"] = sum(forget_letters(f"speaks {each}") for each in due)
        counts["parties.Representative.erased_at"] = rows.update(reference="", erased_at=now)
        note_erasure(RULE, counts, over.filter(pk__in=held).count(), now)
    return len(due)
