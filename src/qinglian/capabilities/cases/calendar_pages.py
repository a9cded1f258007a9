"""A calendar's year as twelve small tables."""

from __future__ import annotations

import calendar as months_of
from dataclasses import dataclass
from datetime import date

from qinglian.engines.clock import Calendar


@dataclass(frozen=True)
class Cell:
    day: int | None
    kind: str = ""  # "" | off | holiday | made-up | half


@dataclass(frozen=True)
class Month:
    first: date
    weeks: list[list[Cell]]
    working: int


def year_months(calendar: Calendar, year: int) -> list[Month]:
    return [_month(calendar, year, month) for month in range(1, 13)]


def _month(calendar: Calendar, year: int, month: int) -> Month:
    weeks = [
        [_cell(calendar, date(year, month, day)) if day else Cell(None) for day in week]
        for week in months_of.Calendar(firstweekday=0).monthdayscalendar(year, month)
    ]
    days = range(1, months_of.monthrange(year, month)[1] + 1)
    return Month(
        date(year, month, 1), weeks, sum(calendar.is_working(date(year, month, day)) for day in days)
    )


def _cell(calendar: Calendar, on: date) -> Cell:
    kind = calendar.day(on).kind
    if not calendar.is_listed(on):
        return Cell(on.day, "" if calendar.is_working(on) else "off")
    return Cell(on.day, {"work": "made-up", "off": "holiday"}.get(kind, "half"))
