"""Due days of many plain working-day budgets: no pauses, no explanation, one list look-up each."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Sequence
from datetime import date, datetime
from functools import lru_cache
from typing import TypeVar

from qinglian.engines.clock.calendar import Calendar
from qinglian.faults import Fault
from qinglian.faults import noop as _

Answer = TypeVar("Answer", date, datetime)


@lru_cache(maxsize=32)
def _ranks(calendar: Calendar) -> tuple[int, tuple[int, ...]]:
    """The ordinal of the calendar's first day, and for each day the working days up to and including it."""
    first = date(calendar.years[0].year, 1, 1).toordinal()
    last = date(calendar.years[-1].year, 12, 31).toordinal()
    working = [day.toordinal() for day in calendar.working]
    return first, tuple(bisect_right(working, number) for number in range(first, last + 1))


@lru_cache(maxsize=32)
def _ends(calendar: Calendar) -> tuple[datetime, ...]:
    return tuple(calendar.end_of(day) for day in calendar.working)


def due_days(calendar: Calendar, starts: Iterable[date], days: int) -> list[date]:
    """For each start date (in the calendar's zone) the date of the days-th working day after it.

    The day of the event is not counted. Fault when days < 1 or a year is not held.
    """
    return _pick(calendar, starts, days, calendar.working)


def due_moments(calendar: Calendar, starts: Iterable[date], days: int) -> list[datetime]:
    """As due_days, but the last second of that day in the calendar's zone."""
    return _pick(calendar, starts, days, _ends(calendar))


def _pick(calendar: Calendar, starts: Iterable[date], days: int, answers: Sequence[Answer]) -> list[Answer]:
    if days < 1:
        raise Fault(_("a budget of %(days)s working days is not one; write 1 or more"), days=days)
    first, ranks = _ranks(calendar)
    dates = list(starts)
    if dates:
        calendar.year(min(dates).year)
        calendar.year(max(dates).year)
    try:
        return [answers[ranks[day.toordinal() - first] + days - 1] for day in dates]
    except IndexError:
        calendar.year(calendar.years[-1].year + 1)
        raise


def working_between(calendar: Calendar, first: date, last: date) -> int:
    """Working days after first up to and including last; Fault when a year is not held."""
    calendar.year(first.year)
    calendar.year(last.year)
    origin, ranks = _ranks(calendar)
    return ranks[last.toordinal() - origin] - ranks[first.toordinal() - origin]
