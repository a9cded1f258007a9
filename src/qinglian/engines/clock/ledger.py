"""What happened to a running clock: pauses and extensions, as the application stored them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time

from qinglian.engines.clock.budget import Budget
from qinglian.engines.clock.calendar import Calendar
from qinglian.faults import Fault
from qinglian.faults import noop as _


@dataclass(frozen=True, slots=True)
class Pause:
    """The clock stood still from start to end; end None: it still does.

    For budgets in days the day of start is not counted and the day of end is. A date means its
    first moment in the calendar's zone.
    """

    start: datetime | date
    end: datetime | date | None
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Extension:
    """More time of the same unit, by whom, why, and when; after the clock ran out it gives nothing."""

    budget: Budget
    approver: str
    reason: str
    at: datetime | date

    def __post_init__(self) -> None:
        if not self.approver.strip() or not self.reason.strip():
            raise Fault(
                _("an extension of %(budget)s lacks its approver or its reason; state both"),
                budget=str(self.budget),
            )


def local_date(calendar: Calendar, moment: datetime | date) -> date:
    return calendar.local(moment).date() if isinstance(moment, datetime) else moment


def local_moment(calendar: Calendar, moment: datetime | date) -> datetime:
    if isinstance(moment, datetime):
        return calendar.local(moment)
    return datetime.combine(moment, time.min, calendar.tz)


def _in_order(calendar: Calendar, pauses: Sequence[Pause]) -> None:
    for pause in pauses:
        if pause.end is not None and local_moment(calendar, pause.end) < local_moment(calendar, pause.start):
            raise Fault(
                _("the pause %(start)s/%(end)s ends before it starts; exchange its two ends"),
                start=pause.start.isoformat(),
                end=pause.end.isoformat(),
            )


def paused_days(calendar: Calendar, pauses: Sequence[Pause]) -> list[tuple[date, date | None]]:
    """Half-open runs of days [first, end) that are not counted, sorted; end None runs on for ever."""
    _in_order(calendar, pauses)
    runs = [
        (local_date(calendar, p.start), None if p.end is None else local_date(calendar, p.end))
        for p in pauses
    ]
    return sorted(runs, key=lambda run: (run[0], run[1] or date.max))


def paused_spans(calendar: Calendar, pauses: Sequence[Pause]) -> list[tuple[datetime, datetime | None]]:
    """Half-open spans of time [start, end) that are not counted, sorted; end None runs on for ever."""
    _in_order(calendar, pauses)
    spans = [
        (local_moment(calendar, p.start), None if p.end is None else local_moment(calendar, p.end))
        for p in pauses
    ]
    return sorted(spans, key=lambda span: span[0])
