"""When people do things: the unit in office hours of working days, who asks at any hour."""

from __future__ import annotations

import math
from datetime import date, datetime, time, timedelta
from random import Random
from zoneinfo import ZoneInfo

from qinglian.faults import Fault
from qinglian.zone import Zone

ONE_DAY = timedelta(days=1)
# How much of an average month is asked in each: little around the new year's holidays, much in March.
MONTHS = (0.85, 0.6, 1.3, 1.1, 1.05, 1.0, 0.95, 0.9, 1.15, 0.8, 1.1, 1.2)


class Hours:
    """The zone's calendar, as far as it is published."""

    def __init__(self, zone: Zone) -> None:
        self.zone, self.tz = zone, ZoneInfo(zone.timezone)
        self.calendar = zone.calendars[zone.calendar]

    def published(self, on: date) -> bool:
        """Whether that year of the calendar is known for sure."""
        try:
            self.calendar.is_working(on)
        except Fault:
            return False
        return True

    def working(self, on: date) -> bool:
        return self.calendar.is_working(on)

    def office(self, after: datetime, dice: Random) -> datetime:
        """That moment, or the next one at which an office is open."""
        after = after.astimezone(self.tz)
        on = after.date()
        if after.hour < 9:
            after = self._at(on, dice, 9, 2)
        elif after.hour >= 18:
            on += ONE_DAY
        while not self.working(on):
            on += ONE_DAY
        return after if on == after.date() else self._at(on, dice, 9, 8)

    def days_on(self, after: datetime, days: float, dice: Random) -> datetime:
        """So many working days later, at some moment when an office is open."""
        whole, part = int(days), days % 1
        on = after.astimezone(self.tz).date()
        for _day in range(whole):
            on += ONE_DAY
            while not self.working(on):
                on += ONE_DAY
        moment = after.astimezone(self.tz) if not whole else self._at(on, dice, 9, 8)
        return self.office(moment + timedelta(hours=part * 9), dice)

    def any_time(self, on: date, dice: Random) -> datetime:
        """When somebody asks: mostly by day, some in the evening."""
        return self._at(on, dice, 9, 9) if dice.random() < 0.8 else self._at(on, dice, 19, 4)

    def _at(self, on: date, dice: Random, first: int, hours: int) -> datetime:
        minute = dice.randrange(hours * 60)
        clock = time(first + minute // 60, minute % 60, dice.randrange(60))
        return datetime.combine(on, clock, self.tz)

    def weight(self, on: date, first: date, last: date) -> float:
        """How much is asked on that day, beside others: it grows, and rests when offices do."""
        grown = 0.8 + 0.4 * (on - first).days / max((last - first).days, 1)
        return MONTHS[on.month - 1] * grown * (1.0 if self.working(on) else 0.22)


def around(days: float, dice: Random, spread: float = 0.6) -> float:
    """Mostly near so many days, now and then much longer: as waiting times are."""
    return days * math.exp(dice.gauss(0, spread))
