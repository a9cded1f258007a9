"""Calendars of deadlines, by an address that is a secret and holds nothing personal; it can be revoked."""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from datetime import datetime
from hashlib import sha256

from django.conf import settings
from django.db import transaction
from django.db.models import QuerySet
from django.urls import reverse
from django.utils.crypto import salted_hmac
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from qinglian.capabilities.access.fence import beyond, proved
from qinglian.capabilities.cases.handling import today
from qinglian.capabilities.cases.history import matter_of
from qinglian.capabilities.cases.holding import proved_cases
from qinglian.capabilities.cases.ics import Deadline, calendar_text
from qinglian.capabilities.cases.models import CalendarFeed, Case, Clock
from qinglian.capabilities.cases.schedule import run_of
from qinglian.capabilities.cases.telling import held_closely
from qinglian.zone import Matter
from qinglian.zone.current import current


def _of(case_id: int | None, user_id: int | None) -> QuerySet[CalendarFeed]:
    return CalendarFeed.objects.filter(case=case_id, user=user_id, revoked_at=None)


def has_feed(case_id: int | None = None, user_id: int | None = None) -> bool:
    return _of(case_id, user_id).exists()


@transaction.atomic
def open_feed(now: datetime, case_id: int | None = None, user_id: int | None = None) -> str:
    """The secret of a new address, told once; the one before is revoked."""
    revoke_feed(now, case_id, user_id)
    secret = secrets.token_urlsafe(32)
    CalendarFeed.objects.create(secret_hash=_hash(secret), case_id=case_id, user_id=user_id, made_at=now)
    return secret


def revoke_feed(now: datetime, case_id: int | None = None, user_id: int | None = None) -> None:
    _of(case_id, user_id).update(revoked_at=now)


def _hash(secret: str) -> str:
    return sha256(secret.encode()).hexdigest()


def feed(secret: str) -> CalendarFeed | None:
    """None alike for an address that never was and for one that was revoked."""
    with beyond("the address is known to whoever was given it"):
        return CalendarFeed.objects.filter(secret_hash=_hash(secret), revoked_at=None).first()


def calendar_of(cases: QuerySet[Case]) -> str:
    """The deadlines of these cases, in the reader's language."""
    rows = cases.filter(erased_at=None).select_related("matter_version").order_by("pk")
    deadlines = [each for case in rows for each in _deadlines(case)]
    zone = current().title.say(get_language() or "en")
    return calendar_text(_("Deadlines at %(zone)s") % {"zone": zone}, deadlines)


def cases_of(found: CalendarFeed, now: datetime) -> QuerySet[Case]:
    """Of an account: those it holds today."""
    if found.user_id is not None:
        return proved_cases(found.user_id, today(now))
    proved([found.case_id] if found.case_id else [])
    return Case.objects.filter(pk=found.case_id)


def _deadlines(case: Case) -> Iterator[Deadline]:
    matter = matter_of(case)
    last = case.events.order_by("-seq").values_list("seq", "at").first() or (0, case.lodged_at)
    for clock in case.clocks.order_by("pk").prefetch_related("changes"):
        yield _deadline(case, matter, clock, last)


def _deadline(case: Case, matter: Matter, clock: Clock, last: tuple[int, datetime]) -> Deadline:
    """What stands still or is over is cancelled; whoever looks again sees the moment that holds now."""
    run = run_of(clock)
    moved = [each.at for each in clock.changes.all()]
    over = clock.stopped or not clock.running or clock.due is None
    fallback = run.stopped or (run.pauses[-1].start if run.pauses else run.start)
    sure = "TENTATIVE" if clock.status == "provisional" else "CONFIRMED"
    page = reverse(settings.NEWS_PAGE, query={"number": case.number})
    closely = held_closely(matter, case.sensitivity)
    title = _("A deadline") if closely else matter.clocks[clock.rule].title.say(get_language() or "en")
    sign = salted_hmac("qinglian deadline", str(clock.pk), algorithm="sha256").hexdigest()[:32]
    return Deadline(
        uid=f"{sign}@qinglian",
        moment=clock.due or fallback,  # type: ignore[arg-type]
        sequence=last[0] + len(moved),
        stamp=max([last[1], *moved]),
        summary=f"{title} · {case.number}",
        description=_("Who has it now, and why the day is this one: on the page of the case."),
        url=f"{settings.PUBLIC_URL}{page}",
        status="CANCELLED" if over else sure,
    )
