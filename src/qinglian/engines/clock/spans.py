"""Budgets in hours: of the wall clock, or of the office."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime, timedelta

from qinglian.engines.clock.calendar import Calendar
from qinglian.engines.clock.days import ONE_DAY, Reckoning
from qinglian.engines.clock.hours import Hours
from qinglian.engines.clock.ledger import Pause, paused_spans
from qinglian.engines.clock.skips import Skipped, closed

Stops = list[tuple[datetime, datetime | None]]  # in UTC, sorted; an end of None holds for ever


def reckon_hours(
    calendar: Calendar, length: timedelta, start: datetime, pauses: Sequence[Pause], hours: Hours | None
) -> Reckoning:
    """The moment at which length has passed since start; with hours, only open office hours pass."""
    stops = [(a.astimezone(UTC), b.astimezone(UTC) if b else None) for a, b in paused_spans(calendar, pauses)]
    calendar.year(start.year)
    if hours is not None:
        return _office_hours(calendar, length, start, stops, hours)
    moment, _left = _pass(start.astimezone(UTC), None, length, stops)
    return Reckoning(calendar.local(moment) if moment else None, (), ())


def _office_hours(
    calendar: Calendar, left: timedelta, start: datetime, stops: Stops, hours: Hours
) -> Reckoning:
    why = closed(calendar)
    held = min((a for a, b in stops if b is None), default=None)
    begin = start.astimezone(UTC)
    counted: list[date] = []
    skipped: list[Skipped] = []
    on = start.date()
    while True:
        calendar.year(on.year)
        before, spans = left, list(_spans(calendar, hours, on, begin))
        for opens, closes in spans:
            if held is not None and opens >= held:
                return Reckoning(None, tuple(counted), tuple(skipped))
            moment, left = _pass(opens, closes, left, stops)
            if moment is not None:
                return Reckoning(calendar.local(moment), (*counted, on), tuple(skipped))
        if left < before:
            counted.append(on)
        elif reason := why(on) or (Skipped(on, "pause") if spans else None):
            skipped.append(reason)
        on += ONE_DAY


def _spans(
    calendar: Calendar, hours: Hours, on: date, begin: datetime
) -> Iterator[tuple[datetime, datetime]]:
    """The open spans of that date that end after begin, in UTC."""
    kind = calendar.day(on).kind if calendar.is_working(on) else "off"
    for a, b in hours.open(kind):
        opens, closes = (datetime.combine(on, edge, calendar.tz).astimezone(UTC) for edge in (a, b))
        if closes > begin:
            yield max(opens, begin), closes


def _pass(
    at: datetime, until: datetime | None, left: timedelta, stops: Stops
) -> tuple[datetime | None, timedelta]:
    """Let time pass from at to until, but not in stops: the moment left is used up, or what is left."""
    for stop, go in stops:
        if (until is not None and stop >= until) or (go is not None and go <= at):
            continue
        if stop > at:
            if stop - at >= left:
                return at + left, timedelta()
            left -= stop - at
        if go is None:
            return None, left
        at = go
    if until is None or until - at >= left:
        return at + left, timedelta()
    return None, left - max(until - at, timedelta())
