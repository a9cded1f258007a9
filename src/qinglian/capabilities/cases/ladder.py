"""A clock's ladder: when each of its rungs is due, around the moment at which the clock runs out."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from qinglian.engines.clock import Budget, Calendar, Hours
from qinglian.engines.clock import due as due_after
from qinglian.faults import Fault
from qinglian.zone import ClockRule, Rung

SILENCE = "silence"
ONE_DAY = timedelta(days=1)


@dataclass(frozen=True)
class Step:
    key: str  # single within its clock
    do: str  # remind:ROLE | escalate:ROLE | action:ID
    moment: datetime | None  # None beyond the years that the calendar holds


def steps(rule: ClockRule, calendar: Calendar, hours: Hours | None, due: datetime) -> list[Step]:
    """Every rung of the clock, and what silence does, for this due moment."""
    found = [_step(rung, calendar, hours, due) for rung in rule.ladder]
    if rule.silence is not None:
        found.append(Step(SILENCE, rule.silence.do, due))
    return found


def _step(rung: Rung, calendar: Calendar, hours: Hours | None, due: datetime) -> Step:
    try:
        moment = rung_moment(rung, calendar, hours, due)
    except Fault:  # that year is not held yet: armed when it is published
        moment = None
    return Step(f"{rung.at} {rung.do}", rung.do, moment)


def rung_moment(rung: Rung, calendar: Calendar, hours: Hours | None, due: datetime) -> datetime:
    """When a rung is due; raises Fault where it reaches into a year that the calendar does not hold.

    `0` the due moment · `-4h` hours of the wall clock · `-4wh` open office hours · `-2cd` the same time of
    day, days away · `-1wd` the last second of the working day before the due day, `+1wd` of the one after.
    """
    if rung.offset is None:
        return due
    amount, unit = rung.offset.amount, rung.offset.unit
    if unit == "h":
        return due + timedelta(hours=-amount if rung.early else amount)
    if unit == "cd":
        return calendar.local(due) + timedelta(days=-amount if rung.early else amount)
    if not rung.early:
        return _after(calendar, rung.offset, due, hours)
    if unit == "wh":
        assert hours is not None  # the pack's check asks for them where a rung counts in wh
        return _office_hours_before(calendar, hours, due, timedelta(hours=amount))
    return calendar.end_of(_working_day_before(calendar, calendar.local(due).date(), amount))


def _after(calendar: Calendar, offset: Budget, due: datetime, hours: Hours | None) -> datetime:
    moment = due_after(calendar, offset, due, hours=hours).moment
    assert moment is not None  # nothing pauses it
    return moment


def _working_day_before(calendar: Calendar, on: date, days: int) -> date:
    while days:
        on -= ONE_DAY
        days -= calendar.is_working(on)
    return on


def _office_hours_before(calendar: Calendar, hours: Hours, due: datetime, left: timedelta) -> datetime:
    """The moment from which that much open office time passes until due."""
    end, on = due.astimezone(UTC), calendar.local(due).date()
    while True:
        kind = calendar.day(on).kind if calendar.is_working(on) else "off"
        for edges in reversed(hours.open(kind)):
            opens, closes = (datetime.combine(on, edge, calendar.tz).astimezone(UTC) for edge in edges)
            span = min(closes, end) - opens
            if span >= left:
                return calendar.local(opens + span - left)
            left -= max(span, timedelta())
        on -= ONE_DAY
