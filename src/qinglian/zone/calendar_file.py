"""The CSV of one calendar: setting rows (zone, weekend, half_days), a row a year, a row a listed day."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

from qinglian.engines.clock import Day, Year
from qinglian.engines.clock.calendar import DAY_KINDS, STATUSES, STORM_KINDS
from qinglian.faults import Fault, Faults
from qinglian.faults import noop as _

COLUMNS = ("date", "kind", "name", "name_hant", "name_en", "basis", "known_at", "checked")
NEEDED = ("date", "kind", "basis")
WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_DATE = re.compile(r"(\d{4})([-/])(\d{1,2})\2(\d{1,2})", re.ASCII)  # spreadsheets save 2026-02-05 as 2026/2/5
_YEAR = re.compile(r"\d{4}", re.ASCII)


@dataclass
class Rows:
    """What one file says, before it is a calendar."""

    zone: str | None = None
    weekend: frozenset[int] | None = None
    half_days: str | None = None
    years: list[Year] = field(default_factory=list)
    days: list[Day] = field(default_factory=list)
    lines: dict[str, int] = field(default_factory=dict)


def read_rows(source: Path | str) -> tuple[Rows, str, str | None]:
    """(rows, name, file) of a path, or of text (anything with a line break). Faults name line and mend."""
    if isinstance(source, str) and "\n" in source:
        return _rows(source, None), "calendar", None
    path = Path(source)
    try:
        text = path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError:
        raise Fault(_("the file is not UTF-8; save it as CSV UTF-8"), file=str(path)) from None
    return _rows(text, str(path)), path.stem, str(path)


def _rows(text: str, file: str | None) -> Rows:
    try:
        return _read(csv.DictReader(io.StringIO(text.removeprefix("\ufeff"), newline="")), file)
    except csv.Error as error:
        raise Fault(
            _("the table cannot be read as CSV (%(reason)s); save it as CSV UTF-8"),
            file=file,
            reason=str(error),
        ) from None


def _read(reader: csv.DictReader[str], file: str | None) -> Rows:
    reader.fieldnames = [name.strip() for name in reader.fieldnames or ()]
    head = [name for name in reader.fieldnames if name]
    wrong = [name for name in head if name not in COLUMNS] + [name for name in NEEDED if name not in head]
    if wrong:
        raise Fault(
            _("columns %(wrong)s are missing or unknown; write %(columns)s"),
            file=file,
            line=1,
            wrong=", ".join(wrong),
            columns=",".join(COLUMNS),
        )
    rows, faults = Rows(), []
    for raw in reader:
        row = {key: (value or "").strip() for key, value in raw.items() if key in COLUMNS}
        if not any(row.values()):
            continue
        try:
            _take(rows, row, reader.line_num)
        except Fault as fault:
            faults.append(fault.at(file=file, line=reader.line_num))
    if faults:
        raise Faults(faults)
    return rows


def _take(rows: Rows, row: dict[str, str], line: int) -> None:
    key = row["date"]
    if key in SETTINGS:
        SETTINGS[key](rows, row["kind"])
    elif _YEAR.fullmatch(key):
        rows.years.append(_year(row))
    else:
        day = _day(row)
        rows.days.append(day)
        rows.lines[day.date.isoformat()] = line


def _zone(rows: Rows, value: str) -> None:
    rows.zone = value


def _weekend(rows: Rows, value: str) -> None:
    words = value.lower().split()
    if not set(words) <= set(WEEKDAYS):
        raise Fault(
            _("weekend %(value)r cannot be read; write days as sat sun, or leave it empty"), value=value
        )
    rows.weekend = frozenset(WEEKDAYS.index(word) for word in words)


def _half_days(rows: Rows, value: str) -> None:
    rows.half_days = value


SETTINGS: dict[str, Callable[[Rows, str], None]] = {
    "zone": _zone,
    "weekend": _weekend,
    "half_days": _half_days,
}


def _year(row: dict[str, str]) -> Year:
    if row["kind"] not in STATUSES:
        raise Fault(
            _("year %(year)s: status %(status)r is not known; write published, corroborated or projected"),
            year=row["date"],
            status=row["kind"],
        )
    if row["kind"] != "projected" and not (row.get("name") and row["basis"]):
        raise Fault(
            _("year %(year)s: name its notice (name) and where it was seen (basis)"), year=row["date"]
        )
    return Year(
        int(row["date"]),
        row["kind"],
        row.get("name", ""),
        row["basis"],
        _maybe(row.get("checked", "")),
        row.get("name_hant", ""),
        row.get("name_en", ""),
    )


def _day(row: dict[str, str]) -> Day:
    on = _date(row["date"])
    if row["kind"] not in DAY_KINDS + STORM_KINDS:
        raise Fault(
            _("%(date)s: kind %(kind)r is not known; write one of %(kinds)s"),
            date=on.isoformat(),
            kind=row["kind"],
            kinds=", ".join(DAY_KINDS + STORM_KINDS),
        )
    names = (row.get("name", ""), row.get("name_hant", ""), row.get("name_en", ""))
    return Day(on, row["kind"], *names, row["basis"], _maybe(row.get("known_at", "")))


def _maybe(text: str) -> date | None:
    return _date(text) if text else None


def _date(text: str) -> date:
    found = _DATE.fullmatch(text)
    try:
        if found:
            return date(int(found[1]), int(found[3]), int(found[4]))
    except ValueError:
        pass
    raise Fault(_("%(text)r is not a date; write it as 2026-02-10"), text=text)
