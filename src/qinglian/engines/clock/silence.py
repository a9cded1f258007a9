"""After the moment: what the law makes of silence, and how many working days are left or over."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from qinglian.engines.clock.calendar import Calendar
from qinglian.engines.clock.due import Due
from qinglian.engines.clock.fast import working_between
from qinglian.faults import Fault
from qinglian.faults import noop as _


@dataclass(frozen=True, slots=True)
class Silence:
    """What the law takes as decided when the office says nothing, and the article that says so."""

    outcome: str
    basis: str

    def __post_init__(self) -> None:
        if not self.outcome.strip() or not self.basis.strip():
            raise Fault(_("a default on silence needs its outcome and the article it comes from; state both"))


def deemed(due: Due, now: datetime, rule: Silence | None) -> Silence | None:
    """The rule, once the due moment has passed; None before, while paused, or while only provisional.

    now is aware. A guessed calendar decides nothing: then a person does.
    """
    if rule is None or due.moment is None or due.status == "provisional":
        return None
    return rule if now > due.moment else None


def remaining(calendar: Calendar, due_moment: datetime, now: datetime) -> int:
    """Working days after now's day up to the due day; negative: working days gone by since the due day.

    0 means no whole working day lies between; whether it is over is `now > due_moment`.
    """
    today, last = calendar.local(now).date(), calendar.local(due_moment).date()
    if today <= last:
        return working_between(calendar, today, last)
    return -working_between(calendar, last, today)
