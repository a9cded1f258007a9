"""Why a day was passed over: a code for the translator, and the day's own names."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

from qinglian.engines.clock.budget import HK_RULE, Budget
from qinglian.engines.clock.calendar import Calendar, Day

SUNDAY = 6


@dataclass(frozen=True, slots=True)
class Skipped:
    """A day after the start that moved the due day: weekend, holiday, half-day, pause, gale, black-rain."""

    date: dt.date
    why: str
    name: str = ""
    name_hant: str = ""
    name_en: str = ""


Why = Callable[[date], Skipped | None]


def _named(on: date, why: str, day: Day) -> Skipped:
    return Skipped(on, why, day.name, day.name_hant, day.name_en)


def closed(calendar: Calendar) -> Why:
    """Days that are not working days: weekends, listed days off, half days where the calendar says so."""

    def why(on: date) -> Skipped | None:
        if calendar.is_working(on):
            return None
        day = calendar.day(on)
        if not calendar.is_listed(on):
            return Skipped(on, "weekend")
        return _named(on, "holiday" if day.kind == "off" else "half-day", day)

    return why


def hk_excluded(calendar: Calendar) -> Why:
    """Hong Kong, Cap. 1 s. 71: general holidays, every Sunday among them (Cap. 149), gale and storm days.

    A Saturday that is no general holiday is reckoned: the section does not speak of working days.
    """

    def why(on: date) -> Skipped | None:
        day, storm = calendar.day(on), calendar.storm(on)
        if calendar.is_listed(on) and day.kind == "off":
            return _named(on, "holiday", day)
        if on.weekday() == SUNDAY:
            return Skipped(on, "weekend")
        return _named(on, storm.kind, storm) if storm else None

    return why


def _open(on: date) -> Skipped | None:
    return None


def not_counted(calendar: Calendar, budget: Budget) -> Why:
    """The days a budget does not count, pauses apart. s. 71(1)(d): six days or fewer skip excluded days."""
    if budget.unit == "wd":
        return closed(calendar)
    if budget.roll == HK_RULE and budget.amount <= 6:
        return hk_excluded(calendar)
    return _open


def not_last(calendar: Calendar, budget: Budget) -> Why:
    """The days on which a budget may not end, pauses apart."""
    if budget.roll == "next-working-day":
        return closed(calendar)
    return hk_excluded(calendar) if budget.roll == HK_RULE else _open
