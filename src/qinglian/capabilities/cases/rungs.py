"""The ladder, climbed: what is due is done in one transaction with its event and its notices.

Two workers never do one thing twice: a batch first takes the lock of each case, as everybody does who
changes a case, and only then looks again at what is due. A case that somebody holds waits for the next pass.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from django.db import DatabaseError, connection, transaction
from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from qinglian.capabilities.access.prepared import Prepared
from qinglian.capabilities.access.prepared_writes import PreparedUpdate
from qinglian.capabilities.cases.actions import SYSTEM, act_on_case, deem
from qinglian.capabilities.cases.history import looked_at, matter_of, person_awaited, with_version
from qinglian.capabilities.cases.models import Case, ClockRung
from qinglian.capabilities.cases.record import write_event
from qinglian.capabilities.cases.rules import Happening
from qinglian.capabilities.cases.schedule import derive, run_of
from qinglian.capabilities.cases.telling import tell_people, tell_unit
from qinglian.capabilities.notices.rehearsal import may_die
from qinglian.capabilities.parties.queries import nearest_holders
from qinglian.engines.clock import Budget, Silence, deemed
from qinglian.faults import Fault
from qinglian.zone import ClockRule
from qinglian.zone.current import current

WAITS = tuple(timedelta(minutes=m) for m in (1, 5, 30, 120, 720))
LATE = timedelta(minutes=10)  # what is due since then says that nobody works
_log = logging.getLogger(__name__)


def fire_due(now: datetime, limit: int = 20) -> int:
    """Do what is due before now, at most limit of it; how much was done or tried."""
    if not _ANY_DUE(now=now):
        return 0
    with transaction.atomic():
        found = list(_due(now).values_list("pk", "clock__case_id")[:limit])
        cases = _locked({case_id for _pk, case_id in found})
        rows = _due(now).filter(pk__in=[pk for pk, _case in found], clock__case__in=cases)
        done = 0
        for row in rows.select_related("clock"):
            _fire(row, cases.pop(row.clock.case_id, None), now)
            done += 1
        may_die("batch-before-commit")
    may_die("batch-committed")
    return done


def late() -> dict[str, QuerySet[ClockRung]]:
    """What the alarm is about: what is due and stays undone, and how much of it we could not do."""
    undone = ClockRung.objects.filter(fired=None, due__lt=timezone.now() - LATE).order_by("due")
    return {"undone": undone, "failing": undone.filter(failures__gt=0)}


def alarm(counted: Mapping[str, int]) -> tuple[str, str] | None:
    """Told to whoever supervises when what is due stays undone: nobody works, or we could not do it."""
    if failing := counted["failing"]:
        said = ngettext(
            "%(n)d step of a deadline could not be taken and is tried again",
            "%(n)d steps of deadlines could not be taken and are tried again",
            failing,
        )
        return said % {"n": failing}, "cases:desk"
    if counted["undone"]:
        return _("Deadlines pass and nobody is told: is the worker running?"), "cases:desk"
    return None


def next_due() -> datetime | None:
    """When the next rung is due; it may have passed."""
    found: datetime | None = _NEXT.first()
    return found


_NEXT = Prepared(
    lambda: (
        ClockRung.objects.filter(fired=None)
        .exclude(due=None)
        .order_by("due")
        .values_list("due", flat=True)[:1]
    )
)


def _due(now: datetime) -> QuerySet[ClockRung]:
    """At the due moment itself there is still time: what is due is due after it."""
    rows = ClockRung.objects.filter(Q(next_try=None) | Q(next_try__lte=now), fired=None, due__lt=now)
    return rows.order_by("due", "id")


def due_rungs(now: datetime) -> QuerySet[ClockRung]:
    """What the job would find."""
    return _due(now)


_ANY_DUE = Prepared(lambda now: _due(now).values_list("pk", flat=True)[:1], now=datetime)


def _locked(case_ids: set[int]) -> dict[int, Case]:
    skip = connection.features.has_select_for_update_skip_locked
    rows = with_version(Case.objects.filter(pk__in=case_ids).order_by("pk"))
    return {case.pk: case for case in rows.select_for_update(of=("self",), skip_locked=skip)}


def _fire(row: ClockRung, case: Case | None, now: datetime) -> None:
    """case: as it was locked; none where a rung before may have moved it, so that it is read again."""
    try:
        with transaction.atomic():
            if case is None:
                case = looked_at(row.clock.case_id)
            _TAKEN(rung=row.pk, now=now)
            _DONE(rung=row.pk, now=now, outcome=_do(row, case, now))
    except DatabaseError:
        raise
    except Exception:
        _log.exception("rung %s of a clock could not be fired", row.rung)
        wait = WAITS[min(row.failures, len(WAITS) - 1)]
        ClockRung.objects.filter(pk=row.pk).update(failures=row.failures + 1, next_try=now + wait)


_TAKEN = PreparedUpdate(
    lambda rung, now: (
        ClockRung.objects.filter(pk=rung, fired=None).exclude(due=None),
        {"fired": now},
    ),
    rung=int,
    now=datetime,
)
_DONE = PreparedUpdate(
    lambda rung, now, outcome: (
        ClockRung.objects.filter(pk=rung, fired=now),
        {"outcome": outcome, "failures": 0, "next_try": None},
    ),
    rung=int,
    now=datetime,
    outcome=str,
)


def _do(row: ClockRung, case: Case, now: datetime) -> str:
    rule = matter_of(case).clocks[row.clock.rule]
    verb, _colon, what = row.do.partition(":")
    if verb == "action":
        return _act(row, case, rule, what, now)
    kind = "deadline-near" if row.rung.startswith("-") else "deadline-passed"
    people = tell_people(case, kind, nearest_holders(what, case.unit_holding_id, _day(now)), now)
    _note(row, case, row.do, now, told=len(people))
    if not people:  # nobody holds that role: the unit hears of it
        tell_unit(case, kind, now, whole=True)
    return "told" if people else "nobody"


def _act(row: ClockRung, case: Case, rule: ClockRule, action: str, now: datetime) -> str:
    """Silence speaks when the day is sure and the matter allows it; else a person is asked."""
    clock = row.clock
    answer = derive(clock.calendar, Budget.parse(clock.budget), run_of(clock))
    by_law = rule.silence is not None and rule.silence.basis is not None
    waits = not by_law and person_awaited(case.pk)  # somebody asked for a person: nothing happens by itself
    if not waits and deemed(answer, now, Silence(action, rule.basis.cite.en)) is not None:
        try:
            if by_law:
                deem(case.pk, action, case.ver, run_of(clock).start, now)
            else:
                act_on_case(case.pk, action, SYSTEM, case.ver, {}, now)
        except Fault:
            pass
        else:
            return "acted"
    _note(row, case, f"alarm:{rule.id}", now)
    tell_unit(case, "alarm", now, whole=True)
    return "alarm"


def _note(row: ClockRung, case: Case, action: str, now: datetime, **data: int) -> None:
    clock = row.clock
    about = {"clock": clock.rule, "run": clock.run, "rung": row.rung, **data}
    write_event(case, Happening(action, case.state, now, data=about), "system", before=case.state)


def _day(now: datetime) -> date:
    return now.astimezone(ZoneInfo(current().timezone)).date()
