from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from qinglian.capabilities.notices.failing import why_stuck
from qinglian.capabilities.notices.models import Notice
from qinglian.capabilities.notices.readings import Reader, newest, own_notices
from qinglian.zone.current import current

PAGE = 50
MANY = 1000  # beyond it a count says so
LATE = timedelta(minutes=10)  # a letter that still waits then says that nobody sends


@dataclass(frozen=True)
class NoticeReading:
    id: int
    kind: str
    number: str
    at: datetime
    unit: object  # None when it is for the reader alone
    read_at: datetime | None
    read_by: str
    of_case: bool


@dataclass(frozen=True)
class NoticesPage:
    rows: list[NoticeReading]  # newest first
    counts: dict[str, int]  # unread | all
    before: int | None  # where the next page begins


@dataclass(frozen=True)
class StuckReading:
    number: str
    queued_at: datetime
    attempts: int
    why: str
    of_case: bool


@dataclass(frozen=True)
class OutboxPage:
    ready: bool  # whether letters can leave at all
    waiting: int
    late: int  # of those that wait, how many should have left
    stuck: list[StuckReading]
    stuck_count: int


def waiting_notices(subject: str) -> list[tuple[str, str]]:
    """(kind, whom) of what has not been sent about one subject, oldest first."""
    rows = Notice.objects.filter(subject=subject, sent_at=None).order_by("id")
    return [(row.kind, row.email or row.unit_id or str(row.person_id)) for row in rows]


def unread(reader: Reader) -> QuerySet[Notice]:
    return own_notices(reader).filter(read_at=None)


def notices_page(reader: Reader, show: str, before: str = "") -> NoticesPage:
    own = own_notices(reader)
    counts = {"unread": own.filter(read_at=None)[: MANY + 1].count(), "all": own[: MANY + 1].count()}
    rows = Notice.objects.filter(read_at=None) if show == "unread" else Notice.objects.all()
    if before.isascii() and before.isdigit() and len(before) < 19:
        rows = rows.filter(pk__lt=int(before))
    found = list(newest(rows, reader, PAGE + 1).select_related("read_by"))
    more = found[PAGE - 1].pk if len(found) > PAGE else None
    return NoticesPage([_reading(row) for row in found[:PAGE]], counts, more)


def _reading(row: Notice) -> NoticeReading:
    unit = current().units.get(row.unit_id or "")
    return NoticeReading(
        id=row.pk,
        kind=row.kind,
        number=row.subject,
        at=row.queued_at,
        unit=unit.title if unit else row.unit_id,
        read_at=row.read_at,
        read_by=row.read_by.name if row.read_by else "",
        of_case=row.of_case,
    )


def outbox(now: datetime) -> OutboxPage:
    waiting = Notice.objects.filter(sent_at=None, stuck=False).exclude(email="")
    stuck = Notice.objects.filter(stuck=True)
    rows = stuck.order_by("queued_at", "id")[:PAGE]
    return OutboxPage(
        ready=settings.MAIL_READY,
        waiting=waiting.count(),
        late=_late(waiting, now).count(),
        stuck=[
            StuckReading(r.subject, r.queued_at, r.attempts, why_stuck(r.last_error), r.of_case) for r in rows
        ],
        stuck_count=stuck.count(),
    )


def _late(waiting: QuerySet[Notice], now: datetime) -> QuerySet[Notice]:
    return waiting.filter(Q(next_try=None) | Q(next_try__lt=now - LATE), queued_at__lt=now - LATE)


def troubled() -> dict[str, QuerySet[Notice]]:
    """What the alarm is about: letters that are stuck, that wait for a mail server, that wait too long."""
    waiting = Notice.objects.filter(sent_at=None, stuck=False).exclude(email="")
    lists = {"stuck": Notice.objects.filter(stuck=True), "late": _late(waiting, timezone.now())}
    return lists if settings.MAIL_READY else lists | {"waiting": waiting}


def alarm(counted: Mapping[str, int]) -> tuple[str, str] | None:
    """(what is wrong, the page about it) for the head of every page of a supervisor."""
    if n := counted["stuck"]:
        said = ngettext("%(n)d letter could not be delivered", "%(n)d letters could not be delivered", n)
        return said % {"n": n}, "notices:outbox"
    if counted.get("waiting"):
        return _("No mail server is set up; letters wait"), "notices:outbox"
    if counted["late"]:
        return _("Letters wait and nobody sends them: is the worker running?"), "notices:outbox"
    return None
