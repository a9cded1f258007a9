"""Calendars in files: those the package carries, and a pack's own `calendars/*.csv` laid over them."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from functools import cache
from pathlib import Path

from qinglian.engines.clock import Calendar, Day, Year
from qinglian.engines.clock.calendar import STORM_KINDS
from qinglian.faults import Fault, Faults
from qinglian.faults import noop as _
from qinglian.zone.calendar_file import Rows, read_rows

CARRIED = Path(__file__).parent.parent / "calendars"


def carried() -> dict[str, Calendar]:
    """CN, HK and MO as the package carries them."""
    return dict(_carried())


@cache
def _carried() -> tuple[tuple[str, Calendar], ...]:
    return tuple((file.stem, read_calendar(file)) for file in sorted(CARRIED.glob("*.csv")))


def find(name: str) -> Calendar:
    """A carried calendar by its id, or one by the path of its CSV; Fault when there is neither."""
    known = carried()
    if name in known:
        return known[name]
    if name.lower().endswith(".csv"):
        return read_calendar(Path(name))
    raise Fault(
        _("no calendar %(name)r; write one of %(known)s, or the path of a CSV file"),
        name=name,
        known=", ".join(known),
    )


def read_calendar(source: Path | str, id: str | None = None) -> Calendar:
    """A whole calendar from a path, or from text (anything with a line break); Faults name line and mend."""
    rows, name, file = read_rows(source)
    try:
        if rows.zone is None:
            raise Fault(_("the calendar does not say its time zone; add a row zone,Asia/Shanghai"), file=file)
        return _calendar(id or name, rows.zone, rows, rows.years, rows.days)
    except (Fault, Faults) as found:
        raise _placed(found, file, rows.lines) from None


def overlay(calendar: Calendar, days: Iterable[Day], years: Iterable[Year] = ()) -> Calendar:
    """The calendar with rows of a pack on top: a row wins over the carried one of its date.

    A year row replaces the whole carried year, its days too (storm days stay): whoever enters a
    notice enters all of it. Each row must state its basis.
    """
    return _laid(calendar, Rows(years=list(years), days=list(days)))


def read_overlay(calendar: Calendar, source: Path | str) -> Calendar:
    """A pack's CSV over a calendar; setting rows it holds (half_days, weekend, zone) win too."""
    rows, _name, file = read_rows(source)
    try:
        return _laid(calendar, rows)
    except (Fault, Faults) as found:
        raise _placed(found, file, rows.lines) from None


def pack_calendars(folder: Path) -> dict[str, Calendar]:
    """The carried calendars with a pack's `calendars/*.csv` laid over them; a new id must be whole."""
    known = carried()
    for file in sorted((folder / "calendars").glob("*.csv")):
        known[file.stem] = read_overlay(known[file.stem], file) if file.stem in known else read_calendar(file)
    return known


def _laid(calendar: Calendar, rows: Rows) -> Calendar:
    bare = [
        Fault(_("%(date)s states no basis; name the notice or rule"), date=str(d.date))
        for d in rows.days
        if not d.basis
    ]
    if bare:
        raise Faults(bare)
    replaced = {year.year for year in rows.years}
    won = {(day.date, day.kind in STORM_KINDS) for day in rows.days}
    kept = [
        day
        for day in calendar.days
        if (day.date.year not in replaced or day.kind in STORM_KINDS)
        and (day.date, day.kind in STORM_KINDS) not in won
    ]
    years = [year for year in calendar.years if year.year not in replaced] + rows.years
    whole = Rows(
        weekend=calendar.weekend if rows.weekend is None else rows.weekend,
        half_days=rows.half_days or calendar.half_days,
    )
    return _calendar(calendar.id, rows.zone or calendar.zone, whole, years, kept + rows.days)


def _calendar(id: str, zone: str, rows: Rows, years: list[Year], days: list[Day]) -> Calendar:
    if rows.weekend is None or rows.half_days is None:
        raise Fault(
            _(
                "the calendar does not say its weekend or its half days; "
                "add rows weekend,sat sun and half_days,working"
            )
        )
    return Calendar(
        id=id,
        zone=zone,
        days=tuple(sorted(days, key=lambda day: (day.date, day.kind, day.known_at or date.min))),
        years=tuple(sorted(years, key=lambda year: year.year)),
        weekend=rows.weekend,
        half_days=rows.half_days,
    )


def _placed(found: Fault | Faults, file: str | None, lines: dict[str, int]) -> Faults:
    faults = found.faults if isinstance(found, Faults) else [found]
    for fault in faults:
        fault.at(file=file, line=lines.get(str(fault.params.get("date", ""))))
    return Faults(faults)
