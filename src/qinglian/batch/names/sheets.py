"""CSV in and out for names: whole or not at all, every bad row named."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from qinglian.batch.names.whole import whole
from qinglian.engines.names import Matcher, readable
from qinglian.faults import Fault, Faults
from qinglian.faults import noop as _

Row = dict[str, str]


@dataclass(frozen=True)
class Sheet:
    """A table as read: its columns, and its rows with the line each begins on."""

    path: Path
    columns: tuple[str, ...]
    rows: tuple[tuple[int, Row], ...]


def read(path: Path, needed: Iterable[str]) -> Sheet:
    """A CSV file with the needed columns. Fault for no CSV in UTF-8; Faults for rows of a wrong length."""
    try:
        with path.open(encoding="utf-8-sig", newline="") as text:
            reader = csv.DictReader(text, strict=True)
            columns = _columns(reader, path, tuple(needed))
            rows = tuple((reader.line_num, row) for row in reader)
    except UnicodeDecodeError:
        raise Fault(_("the file is not UTF-8; save it as CSV UTF-8"), file=str(path)) from None
    except csv.Error as error:
        raise Fault(
            _("the table cannot be read as CSV (%(reason)s); save it as CSV UTF-8"),
            file=str(path),
            reason=str(error),
        ) from None
    wrong = [line for line, row in rows if None in row or None in row.values()]
    if wrong:
        template = _("this row has more or fewer cells than the first line; add or remove commas")
        raise Faults([Fault(template, file=str(path), line=line) for line in wrong])
    return Sheet(path, columns, rows)


def _columns(reader: csv.DictReader[str], path: Path, needed: tuple[str, ...]) -> tuple[str, ...]:
    columns = tuple(reader.fieldnames or ())
    missing = [name for name in needed if name not in columns]
    if missing:
        raise Fault(
            _("column %(missing)s is missing; the first line has %(columns)s"),
            file=str(path),
            line=1,
            missing=", ".join(missing),
            columns=", ".join(columns)[:200] or "-",
        )
    return columns


def readable_rows(sheet: Sheet, rows: Iterable[tuple[int, Row]], column: str, matcher: Matcher) -> None:
    """Faults that name every one of the rows whose name cannot be parsed."""
    faults = []
    for line, row in rows:
        try:
            readable(row[column], matcher.known)
        except Fault as fault:
            faults.append(fault.at(file=str(sheet.path), line=line))
    if faults:
        raise Faults(faults)


def free(sheet: Sheet, added: Iterable[str]) -> None:
    """Fault when a column that is to be added is there already."""
    twice = [name for name in added if name in sheet.columns]
    if twice:
        raise Fault(
            _("column %(twice)s would stand twice in the answer; rename or remove it"),
            file=str(sheet.path),
            line=1,
            twice=", ".join(twice),
        )


def write(path: Path, columns: Iterable[str], rows: Iterable[Mapping[str, str]]) -> None:
    """A CSV file in UTF-8, in place only when it is whole; cells that a spreadsheet would run are quoted."""
    with whole(path) as fresh, fresh.open("w", encoding="utf-8", newline="") as text:
        writer = csv.DictWriter(text, list(columns), lineterminator="\n")
        writer.writeheader()
        writer.writerows(_harmless(rows))


def _harmless(rows: Iterable[Mapping[str, str]]) -> Iterator[dict[str, str]]:
    for row in rows:
        yield {key: f"'{cell}" if cell[:1] in ("=", "@", "\t", "\r") else cell for key, cell in row.items()}
