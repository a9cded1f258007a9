"""A calendar is facts of the world: which days are worked, since when that is known, how sure it is."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime, time
from functools import cached_property
from zoneinfo import ZoneInfo

from qinglian.faults import Fault, Faults
from qinglian.faults import noop as _

DAY_KINDS = ("work", "off", "am", "pm")  # am, pm: that half is off
STORM_KINDS = ("gale", "black-rain")  # weigh only where Cap. 1 s. 71 of Hong Kong is asked for
STATUSES = ("published", "corroborated", "projected")  # from sure to guessed
SATURDAY_SUNDAY = frozenset({5, 6})


@dataclass(frozen=True, slots=True)
class Day:
    """One listed day. known_at: the day this became known, None when it always was (with the year)."""

    date: dt.date
    kind: str
    name: str = ""
    name_hant: str = ""
    name_en: str = ""
    basis: str = ""
    known_at: dt.date | None = None


@dataclass(frozen=True, slots=True)
class Year:
    """How sure a year is, by which notice, from which source, looked at on which day."""

    year: int
    status: str
    notice: str = ""
    source: str = ""
    checked: date | None = None
    notice_hant: str = ""
    notice_en: str = ""


@dataclass(frozen=True, eq=False)
class Calendar:
    """id, IANA zone, listed days and years; weekend holds Monday=0 … Sunday=6.

    half_days says what a day with one half off is to a budget of working days: `working` or
    `off`. Years must be one unbroken run. Raises Faults for rows that contradict each other.
    """

    id: str
    zone: str
    days: tuple[Day, ...]
    years: tuple[Year, ...]
    weekend: frozenset[int] = SATURDAY_SUNDAY
    half_days: str = "working"

    def __post_init__(self) -> None:
        faults = [*_odd_years(self.years), *_odd_days(self.days, {y.year for y in self.years})]
        if self.half_days not in ("working", "off"):
            faults.append(
                Fault(_("half-day rule %(rule)r is not known; write working or off"), rule=self.half_days)
            )
        if not self.weekend < frozenset(range(7)):
            faults.append(Fault(_("the weekend must be some, not all, of the days 0 (Monday) to 6 (Sunday)")))
        try:
            ZoneInfo(self.zone)
        except (KeyError, ValueError, OSError):
            faults.append(
                Fault(
                    _("time zone %(zone)r is not known; write an IANA name such as Asia/Shanghai"),
                    zone=self.zone,
                )
            )
        if faults:
            raise Faults(faults)

    @cached_property
    def tz(self) -> ZoneInfo:
        return ZoneInfo(self.zone)

    @cached_property
    def sha(self) -> str:
        """SHA-256 (hex) of everything that can change an answer: two calendars that say the same share it."""
        said = [
            ["calendar/1", self.id, self.zone, sorted(self.weekend), self.half_days],
            [[y.year, y.status] for y in self.years],
            sorted(
                [d.date.isoformat(), d.kind, d.name, d.known_at.isoformat() if d.known_at else ""]
                for d in self.days
            ),
        ]
        text = json.dumps(said, ensure_ascii=False, separators=(",", ":"))
        return hashlib.sha256(text.encode()).hexdigest()

    @cached_property
    def _listed(self) -> dict[date, Day]:
        return _latest(day for day in self.days if day.kind in DAY_KINDS)

    @cached_property
    def _storms(self) -> dict[date, Day]:
        return _latest(day for day in self.days if day.kind in STORM_KINDS)

    @cached_property
    def _years(self) -> dict[int, Year]:
        return {year.year: year for year in self.years}

    @cached_property
    def _versions(self) -> dict[date, Calendar]:
        return {}

    def as_known(self, known_at: date | None) -> Calendar:
        """The calendar as a reader of that day had it: rows that became known later are left out."""
        if known_at is None or not any(day.known_at and day.known_at > known_at for day in self.days):
            return self
        if known_at not in self._versions:
            kept = tuple(d for d in self.days if d.known_at is None or d.known_at <= known_at)
            self._versions[known_at] = replace(self, days=kept)
        return self._versions[known_at]

    def year(self, number: int) -> Year:
        """How sure that year is; Fault, with the mend, when the calendar does not hold it."""
        try:
            return self._years[number]
        except KeyError:
            raise Fault(
                _(
                    "calendar %(calendar)s does not hold the year %(year)s (it holds %(first)s to %(last)s); "
                    "add the year and its days to the calendar"
                ),
                calendar=self.id,
                year=number,
                first=self.years[0].year,
                last=self.years[-1].year,
            ) from None

    def day(self, on: date) -> Day:
        """What that date is: its row, or an unnamed `work` or `off` day by the weekend."""
        self.year(on.year)
        listed = self._listed.get(on)
        return listed or Day(on, "off" if on.weekday() in self.weekend else "work")

    def storm(self, on: date) -> Day | None:
        """The gale or black-rainstorm row of that date, if one is known."""
        return self._storms.get(on)

    def is_listed(self, on: date) -> bool:
        return on in self._listed

    @cached_property
    def working(self) -> tuple[dt.date, ...]:
        """Every working day the calendar holds, in order."""
        first = dt.date(self.years[0].year, 1, 1).toordinal()
        last = dt.date(self.years[-1].year, 12, 31).toordinal()
        kinds = ("work", "am", "pm") if self.half_days == "working" else ("work",)
        days = (dt.date.fromordinal(number) for number in range(first, last + 1))
        return tuple(day for day in days if self.day(day).kind in kinds)

    @cached_property
    def _working(self) -> frozenset[dt.date]:
        return frozenset(self.working)

    def is_working(self, on: date) -> bool:
        if on in self._working:
            return True
        self.year(on.year)
        return False

    def status(self, first: date, last: date) -> str:
        """published, corroborated or provisional: the least sure of the years from first to last."""
        worst = max(STATUSES.index(self.year(n).status) for n in range(first.year, last.year + 1))
        return "provisional" if STATUSES[worst] == "projected" else STATUSES[worst]

    def end_of(self, on: date) -> datetime:
        """The last second of that day in the calendar's zone."""
        return datetime.combine(on, time(23, 59, 59), self.tz)

    def local(self, moment: datetime) -> datetime:
        """The moment in the calendar's zone; one without offset is already in it."""
        if moment.tzinfo is None:
            return moment.replace(tzinfo=self.tz)
        try:
            return moment.astimezone(self.tz)
        except OverflowError:
            raise Fault(
                _("%(moment)s is outside the years 1 to 9999; correct it"), moment=moment.isoformat()
            ) from None


def _latest(days: Iterable[Day]) -> dict[date, Day]:
    """Where a date has several rows, the one that became known last holds."""
    return {day.date: day for day in sorted(days, key=lambda d: (d.date, d.known_at or date.min))}


def _odd_years(years: tuple[Year, ...]) -> list[Fault]:
    numbers = [year.year for year in years]
    faults = [
        Fault(
            _("year %(year)s: status %(status)r is not known; write published, corroborated or projected"),
            year=year.year,
            status=year.status,
        )
        for year in years
        if year.status not in STATUSES
    ]
    if numbers and not 1900 <= min(numbers) <= max(numbers) <= 2200:
        faults.append(Fault(_("a calendar holds years from 1900 to 2200; remove the others")))
    if not numbers or numbers != list(range(numbers[0], numbers[0] + len(numbers))):
        faults.append(
            Fault(_("a calendar needs its years in one run, each once and in order; add or sort them"))
        )
    return faults


def _odd_days(days: tuple[Day, ...], years: set[int]) -> list[Fault]:
    faults, seen = [], set()
    for day in days:
        where = day.date.isoformat()
        slot = (day.date, day.kind in STORM_KINDS, day.known_at)
        if day.kind not in DAY_KINDS + STORM_KINDS:
            faults.append(
                Fault(
                    _("%(date)s: kind %(kind)r is not known; write one of %(kinds)s"),
                    date=where,
                    kind=day.kind,
                    kinds=", ".join(DAY_KINDS + STORM_KINDS),
                )
            )
        if day.date.year not in years:
            faults.append(Fault(_("%(date)s: its year has no row; add the year and its status"), date=where))
        if slot in seen:
            faults.append(
                Fault(
                    _("%(date)s stands twice; keep one row, or give the later one its known_at day"),
                    date=where,
                )
            )
        seen.add(slot)
    return faults
