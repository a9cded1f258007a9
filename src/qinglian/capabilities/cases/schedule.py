"""Due moments: derived from budget and ledger, and written beside them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import asdict
from datetime import UTC, date, datetime
from typing import Any

from qinglian.capabilities.access.prepared import Prepared
from qinglian.capabilities.access.prepared_writes import PreparedUpdate, insert, insert_all, update
from qinglian.capabilities.cases.ladder import SILENCE, Step, steps
from qinglian.capabilities.cases.models import Case, Clock, ClockRung
from qinglian.capabilities.cases.rules import Folded, Run
from qinglian.engines.clock import Budget, Due, Extension, Hours, Pause, due
from qinglian.zone import ClockRule, Matter
from qinglian.zone.current import current


def derive(calendar_id: str, budget: Budget, run: Run) -> Due:
    calendar = current().calendars[calendar_id]
    return due(calendar, budget, run.start, run.pauses, run.extensions, hours=office_hours())


def derive_from(calendar_id: str, budget: Budget, start: datetime) -> datetime | None:
    """When a budget that begins now is used up, with nothing that pauses it."""
    return due(current().calendars[calendar_id], budget, start, hours=office_hours()).moment


def office_hours() -> Hours | None:
    spans = current().office_hours
    return Hours.parse(",".join(spans)) if spans else None


def ledger_of(run: Run) -> dict[str, Any]:
    """The run as it is stored: the same run is the same text, whichever offset its moments came with."""
    return {
        "start": _text(run.start),
        "pauses": [[_text(p.start), _text(p.end), p.reason] for p in run.pauses],
        "extensions": [{**asdict(e), "budget": str(e.budget), "at": _text(e.at)} for e in run.extensions],
        "stopped": _text(run.stopped),
    }


def _text(moment: datetime | date | None) -> str | None:
    return moment.astimezone(UTC).isoformat() if isinstance(moment, datetime) else None


def run_of(clock: Clock) -> Run:
    kept = clock.ledger
    moment = datetime.fromisoformat
    return Run(
        clock.rule,
        clock.run,
        moment(kept["start"]),
        [Pause(moment(start), moment(end) if end else None, why) for start, end, why in kept["pauses"]],
        [
            Extension(Budget.parse(e["budget"]), e["approver"], e["reason"], moment(e["at"]))
            for e in kept["extensions"]
        ],
        moment(kept["stopped"]) if kept["stopped"] else None,
    )


def write_clocks(
    case: Case, matter: Matter, folded: Folded, now: datetime, *, new: bool = False
) -> datetime | None:
    """Bring the rows of a case's clocks in step with its events; what has not moved is left alone.

    new: the case was written a moment ago, and has none yet. What it returns is the earliest due moment, to
    be kept with the case as `due`.
    """
    kept = {} if new else {(row.rule, row.run): row for row in _CLOCKS(case=case.pk)}
    for run in folded.runs:
        rule: ClockRule = matter.clocks[run.rule]
        clock = kept.get((run.rule, run.number))
        if clock is None:
            clock = Clock(case=case, rule=run.rule, run=run.number)
            kept[run.rule, run.number] = clock
        elif clock.stopped:
            continue  # it was kept or not by the calendar of its time
        new = clock.pk is None
        if _keep(clock, _meant(rule, rule.calendar or matter.calendar, run)):
            write_rungs(clock, rule, now, new=new)
    return _next_due(case, kept.values())


def _meant(rule: ClockRule, calendar_id: str, run: Run) -> dict[str, Any]:
    """What the row of a run says."""
    answer = derive(calendar_id, rule.budget, run)
    return {
        "calendar": calendar_id,
        "budget": str(rule.budget),
        "ledger": ledger_of(run),
        "running": run.stopped is None and not run.paused,
        "stopped": run.stopped is not None,
        "due": answer.moment,
        "status": answer.status,
        "calendar_sha": current().calendars[calendar_id].sha,
    }


def _keep(clock: Clock, meant: Mapping[str, Any]) -> bool:
    """Write what differs; False where nothing did."""
    differs = [name for name, value in meant.items() if clock.pk is None or getattr(clock, name) != value]
    for name in differs:
        setattr(clock, name, meant[name])
    if differs and clock.pk is None:
        insert(clock)
    elif differs:
        update(clock, *differs)
    return bool(differs)


def write_rungs(clock: Clock, rule: ClockRule, now: datetime, *, new: bool = False) -> None:
    """Bring the due rows of a clock in step with its due moment; now is when that changed.

    new: it was written a moment ago, and has none yet.
    """
    if not clock.running and not new:
        _STILL(clock=clock.pk, outcome="void" if clock.stopped else "")
        return
    kept = {} if new else {row.rung: row for row in _RUNGS(clock=clock.pk)}
    fresh = []
    for step in _steps(clock, rule):
        row = kept.get(step.key)
        if row is None:
            fresh.append(ClockRung(clock=clock, rung=step.key, do=step.do, due=step.moment))
        elif row.fired is None or _arms_again(row, clock, step.moment, now):
            clock.rungs.filter(pk=row.pk).update(due=step.moment, fired=None, outcome="")
    insert_all(fresh)


_CLOCKS = Prepared(lambda case: Clock.objects.filter(case=case), case=int)
_STILL = PreparedUpdate(
    lambda clock, outcome: (
        ClockRung.objects.filter(clock=clock, fired=None),
        {"due": None, "outcome": outcome},
    ),
    clock=int,
    outcome=str,
)
_RUNGS = Prepared(lambda clock: ClockRung.objects.filter(clock=clock), clock=int)


def _arms_again(row: ClockRung, clock: Clock, moment: datetime | None, now: datetime) -> bool:
    if row.rung == SILENCE and row.outcome == "alarm" and clock.status != "provisional":
        return True  # a person was asked because the day was a guess; now it is published
    return moment is not None and moment > now and moment != row.due


def _steps(clock: Clock, rule: ClockRule) -> list[Step]:
    if clock.due is None:
        return []
    return steps(rule, current().calendars[clock.calendar], office_hours(), clock.due)


def keep_next_due(case: Case) -> None:
    """For whoever changed clocks and nothing else of the case."""
    case.due = _next_due(case, case.clocks.filter(running=True))
    Case.objects.filter(pk=case.pk).update(due=case.due)


def _next_due(case: Case, clocks: Iterable[Clock]) -> datetime | None:
    moments = [row.due for row in clocks if row.running and row.due is not None]
    return min(moments, default=None) if case.turn == "unit" else None
