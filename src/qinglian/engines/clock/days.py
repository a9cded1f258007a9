"""Budgets in days and months, counted one day at a time so that each day can be explained."""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from qinglian.engines.clock.budget import Budget
from qinglian.engines.clock.calendar import Calendar
from qinglian.engines.clock.ledger import Pause, paused_days
from qinglian.engines.clock.skips import Skipped, not_counted, not_last
from qinglian.faults import Fault
from qinglian.faults import noop as _

ONE_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Reckoning:
    moment: datetime | None
    counted: tuple[date, ...]
    skipped: tuple[Skipped, ...]


def months_after(start: date, months: int) -> date:
    """The same day of the month, months later, or that month's last day (民法典 art. 202)."""
    year, month = divmod(start.year * 12 + start.month - 1 + months, 12)
    if year > date.max.year:
        raise Fault(
            _("%(months)s months after %(start)s is beyond the year 9999; write fewer"),
            months=months,
            start=start,
        )
    return date(year, month + 1, min(start.day, monthrange(year, month + 1)[1]))


def reckon_days(calendar: Calendar, budget: Budget, start: date, pauses: Sequence[Pause]) -> Reckoning:
    """Count budget from the day after start. Months are counted as the calendar days up to their last day."""
    amount = budget.amount
    if budget.unit == "mo":
        amount = (months_after(start, amount) - start).days
    calendar.year(start.year)
    pass_over, pass_last = not_counted(calendar, budget), not_last(calendar, budget)
    runs = paused_days(calendar, pauses)
    held = min((first for first, end in runs if end is None), default=None)
    counted: list[date] = []
    skipped: list[Skipped] = []
    on = start
    while len(counted) < amount:
        on += ONE_DAY
        calendar.year(on.year)
        if held is not None and on >= held:
            return Reckoning(None, tuple(counted), tuple(skipped))
        last = len(counted) == amount - 1
        why = pass_over(on) or _paused(on, runs) or (pass_last(on) if last else None)
        if why is None:
            counted.append(on)
        else:
            skipped.append(why)
    return Reckoning(calendar.end_of(on), tuple(counted), tuple(skipped))


def _paused(on: date, runs: Sequence[tuple[date, date | None]]) -> Skipped | None:
    for first, end in runs:
        if first <= on and (end is None or on < end):
            return Skipped(on, "pause")
    return None
