"""Deadlines: more time by the matter's rule, and all of them anew when a calendar is published."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from qinglian.capabilities.cases.actions.actors import Actor
from qinglian.capabilities.cases.actions.recording import locked, record, refuse_tied_staff, tell
from qinglian.capabilities.cases.entries import log_calendar_published
from qinglian.capabilities.cases.history import happenings, matter_of
from qinglian.capabilities.cases.models import CalendarVersion, Case, Clock, ClockChange
from qinglian.capabilities.cases.rules import Happening, fold
from qinglian.capabilities.cases.schedule import derive, keep_next_due, run_of, write_rungs
from qinglian.capabilities.notices.actions import queue_notice
from qinglian.engines.clock import Budget, Due
from qinglian.faults import Fault
from qinglian.faults import noop as _
from qinglian.zone.current import current


def extend_clock(case_id: int, rule_id: str, actor: Actor, seen: int, reason: str, now: datetime) -> None:
    """More time by the matter's own rule: by whom it says, so often as it says, with the reason told."""
    refuse_tied_staff(case_id, actor, seen, now)
    with transaction.atomic():
        _extend(case_id, rule_id, actor, seen, reason, now)


def _extend(case_id: int, rule_id: str, actor: Actor, seen: int, reason: str, now: datetime) -> None:
    case = locked(case_id, seen)
    matter = matter_of(case)
    rule = matter.clocks[rule_id]
    run = fold(matter, happenings(case_id)).running(rule_id)
    if rule.extend is None or run is None or rule.extend.by not in actor.roles:
        raise Fault(_("this cannot be done at this stage; read the page again to see what can"))
    if len(run.extensions) >= rule.extend.times:
        raise Fault(_("this deadline was already extended as often as the matter allows"))
    clock = case.clocks.get(rule=rule_id, run=run.number)
    if clock.due is not None and clock.due < now:
        raise Fault(_("this deadline has passed; more time must be asked for before it does"))
    if not reason.strip():
        raise Fault(_("%(fields)s not answered; fill in and send again"), fields="reason")
    data = {"reason": reason.strip(), "add": str(rule.extend.add), "clock": rule_id}
    record(case, matter, Happening(f"extend:{rule_id}", case.state, now, actor.name, data), actor)
    tell(case, "extended", now, applicant=True, unit=False)


@transaction.atomic
def publish_calendar(calendar_id: str, now: datetime) -> int:
    """Derive every open clock of the calendar anew; before and after are kept, and the applicant is told.

    Returns how many due moments moved. A clock written by a process that still held the calendar
    before is found too, whenever this is called again; with none such and nothing new, nothing happens.
    """
    calendar = current().calendars[calendar_id]
    last = CalendarVersion.objects.filter(calendar=calendar_id).order_by("-id").first()
    new = last is None or last.sha != calendar.sha
    if new:
        CalendarVersion.objects.create(calendar=calendar_id, sha=calendar.sha, published_at=now)
    moved = 0
    stale = Clock.objects.filter(calendar=calendar_id, stopped=False).exclude(calendar_sha=calendar.sha)
    for case_id in list(stale.order_by("case_id").values_list("case_id", flat=True).distinct()):
        case = Case.objects.select_related("matter_version").select_for_update(of=("self",)).get(pk=case_id)
        matter = matter_of(case)
        for clock in stale.filter(case=case).order_by("id"):
            clock.case = case
            moved += _derive_anew(clock, now)
            write_rungs(clock, matter.clocks[clock.rule], now)
        keep_next_due(case)
    if new or moved:
        log_calendar_published(calendar_id, calendar.sha, moved, now)
    return moved


def _derive_anew(clock: Clock, now: datetime) -> bool:
    """Whether the due moment moved; whoever calls holds the lock of the case."""
    sha = current().calendars[clock.calendar].sha
    answer = derive(clock.calendar, Budget.parse(clock.budget), run_of(clock))
    if moved := answer.moment != clock.due:
        _keep_change(clock, answer, sha, now)
    clock.due, clock.status, clock.calendar_sha = answer.moment, answer.status, sha
    clock.save(update_fields=["due", "status", "calendar_sha"])
    return moved


@transaction.atomic
def arm_clocks(now: datetime) -> None:
    """Write the due rows of open clocks that have none: those begun before there were any."""
    bare = Clock.objects.filter(stopped=False, rungs=None)
    for case_id in list(bare.order_by("case_id").values_list("case_id", flat=True).distinct()):
        case = Case.objects.select_related("matter_version").select_for_update(of=("self",)).get(pk=case_id)
        for clock in bare.filter(case=case):
            write_rungs(clock, matter_of(case).clocks[clock.rule], now)


def _keep_change(clock: Clock, answer: Due, sha: str, now: datetime) -> None:
    ClockChange.objects.create(
        clock=clock,
        at=now,
        before=clock.due,
        after=answer.moment,
        sha_before=clock.calendar_sha,
        sha_after=sha,
    )
    if clock.case.email:
        queue_notice(
            "due-moved", clock.case.number, now, language=clock.case.language, email=clock.case.email
        )
