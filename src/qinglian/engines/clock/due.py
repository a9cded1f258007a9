"""From budget and ledger to the due moment, with every day that was passed over and why.

The day of the event is not counted (中华人民共和国民法典 art. 201; Hong Kong Cap. 1 s. 71(1)(a)); a budget
in days is due at the last second of its last day in the calendar's zone.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from qinglian.engines.clock.budget import Budget
from qinglian.engines.clock.calendar import Calendar
from qinglian.engines.clock.days import Reckoning, reckon_days
from qinglian.engines.clock.hours import Hours
from qinglian.engines.clock.ledger import Extension, Pause, local_date, local_moment
from qinglian.engines.clock.skips import Skipped
from qinglian.engines.clock.spans import reckon_hours
from qinglian.faults import Fault
from qinglian.faults import noop as _


@dataclass(frozen=True, slots=True)
class Due:
    """moment is None while an open pause holds the clock; budget is the total with its extensions.

    status: published, corroborated, provisional, or paused. For budgets in days, counted and
    skipped together are every day after the start up to the due day. late holds extensions that
    came after the clock had run out and so gave nothing.
    """

    moment: datetime | None
    status: str
    budget: Budget
    start: datetime | date
    counted: tuple[date, ...] = ()
    skipped: tuple[Skipped, ...] = ()
    late: tuple[Extension, ...] = ()


def due(
    calendar: Calendar,
    budget: Budget,
    start: datetime | date,
    pauses: Sequence[Pause] = (),
    extensions: Sequence[Extension] = (),
    known_at: date | None = None,
    hours: Hours | None = None,
) -> Due:
    """When the budget that began at start runs out.

    start without offset is in the calendar's zone; a bare date will do for days and months.
    known_at derives the answer as of that day: rows of the calendar that became known later are
    left out. hours are needed for `wh` alone. A later start never gives an earlier due for wd,
    cd, h and wh with whatever pauses, and for mo without pauses (months are of unequal length).
    Raises Fault: a year the calendar does not hold, a pause that ends before it starts, an
    extension of another unit, hours missing.
    """
    try:
        return _derive(calendar.as_known(known_at), budget, start, pauses, extensions, hours)
    except OverflowError:
        raise Fault(_("a pause reaches outside the years 1 to 9999; correct its ends")) from None


def _derive(
    calendar: Calendar,
    budget: Budget,
    start: datetime | date,
    pauses: Sequence[Pause],
    extensions: Sequence[Extension],
    hours: Hours | None,
) -> Due:
    if budget.unit in ("h", "wh") and not isinstance(start, datetime):
        raise Fault(
            _("a budget in hours needs the time of its start; write %(start)sT09:00, say"),
            start=start.isoformat(),
        )
    late: list[Extension] = []
    reckoning = _reckon(calendar, budget, start, pauses, hours)
    for extension in sorted(extensions, key=lambda e: local_moment(calendar, e.at)):
        total = budget.plus(extension.budget)
        if reckoning.moment is not None and local_moment(calendar, extension.at) > reckoning.moment:
            late.append(extension)
            continue
        budget, reckoning = total, _later(reckoning, _reckon(calendar, total, start, pauses, hours))
    first = local_date(calendar, start)
    if reckoning.moment is None:
        status = "paused"
    else:
        status = calendar.status(first, calendar.local(reckoning.moment).date())
    return Due(reckoning.moment, status, budget, start, reckoning.counted, reckoning.skipped, tuple(late))


def _later(before: Reckoning, after: Reckoning) -> Reckoning:
    """More time never ends earlier: past six days s. 71 of Hong Kong reckons holidays it had skipped."""
    if before.moment is not None and after.moment is not None and after.moment < before.moment:
        return before
    return after


def _reckon(
    calendar: Calendar, budget: Budget, start: datetime | date, pauses: Sequence[Pause], hours: Hours | None
) -> Reckoning:
    if budget.unit == "wh" and hours is None:
        raise Fault(_("working hours need the office hours; give them as 09:00-12:00,14:00-18:00"))
    if budget.unit in ("h", "wh"):
        assert isinstance(start, datetime)
        length = timedelta(hours=budget.amount)
        return reckon_hours(
            calendar, length, calendar.local(start), pauses, hours if budget.unit == "wh" else None
        )
    return reckon_days(calendar, budget, local_date(calendar, start), pauses)
