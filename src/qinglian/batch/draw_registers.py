"""The operator's files: registers as CSV or Parquet, staff, conflicts and past visits as CSV."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from operator import itemgetter
from pathlib import Path
from typing import Any

from qinglian.batch.telling import READING, Tell, silent
from qinglian.engines.draw.exclusions import is_day
from qinglian.engines.draw.freezing import Officer, Subject
from qinglian.engines.draw.identities import canonical_id
from qinglian.faults import Fault
from qinglian.faults import noop as _

EVERY = 50_000
Cells = Iterator[tuple[str, ...]]


def rows(path: Path, wanted: tuple[str, ...], maybe: tuple[str, ...] = ()) -> Iterator[dict[str, str]]:
    """The rows of a CSV or Parquet file as texts, with at least the wanted columns; missing others are ""."""
    names = (*wanted, *maybe)
    return (dict(zip(names, cells, strict=True)) for cells in cells_of(path, wanted, maybe))


def cells_of(path: Path, wanted: tuple[str, ...], maybe: tuple[str, ...] = (), tell: Tell = silent) -> Cells:
    """The same, each row the texts of the wanted columns and then of the others."""
    if path.suffix == ".parquet":
        yield from _parquet(path, wanted, maybe, tell)
        return
    size = path.stat().st_size
    with open(path, "rb") as raw, io.TextIOWrapper(raw, encoding="utf-8-sig", newline="") as file:
        reader = csv.reader(file, strict=True)
        try:
            header = next(reader, [])
            pick = _picking(path, header, wanted, maybe)
            for number, cells in enumerate(reader, 2):
                if len(cells) != len(header):
                    raise Fault(
                        _("%(found)s cells, but the header has %(wanted)s"),
                        file=str(path),
                        line=number,
                        found=len(cells),
                        wanted=len(header),
                    )
                yield pick([*cells, ""])
                if not number % EVERY:
                    tell(READING, raw.tell() / size, number - 1)
        except (UnicodeDecodeError, csv.Error) as error:
            raise Fault(_("not a CSV in UTF-8: %(reason)s"), file=str(path), reason=str(error)) from None


def _picking(
    path: Path, header: list[str], wanted: tuple[str, ...], maybe: tuple[str, ...]
) -> Callable[[Sequence[str]], tuple[str, ...]]:
    """From a row's cells and one empty cell behind them to the columns asked for; missing ones are empty."""
    _columns(path, header, wanted)
    places = [header.index(name) if name in header else len(header) for name in (*wanted, *maybe)]
    if len(places) == 1:
        return lambda cells: (cells[places[0]],)
    return itemgetter(*places)


def _columns(path: Path, header: list[str], wanted: tuple[str, ...]) -> None:
    missing = [name for name in wanted if header.count(name) != 1]
    if missing:
        raise Fault(
            _("no column %(name)s; the columns are %(known)s"),
            file=str(path),
            line=1,
            name=missing[0],
            known=", ".join(header),
        )


def _parquet(path: Path, wanted: tuple[str, ...], maybe: tuple[str, ...], tell: Tell) -> Cells:
    connection = duck()
    try:
        [(size,)] = connection.execute("SELECT count(*) FROM read_parquet(?)", [str(path)]).fetchall()
        relation = connection.execute("SELECT * FROM read_parquet(?)", [str(path)])
    except Exception as error:  # the library's own errors, whichever they are
        raise Fault(_("cannot be read as Parquet: %(reason)s"), file=str(path), reason=str(error)) from None
    pick, done = _picking(path, [column[0] for column in relation.description], wanted, maybe), 0
    while some := relation.fetchmany(EVERY):
        for cells in some:
            yield tuple("" if cell is None else str(cell) for cell in pick((*cells, "")))
        done += len(some)
        tell(READING, done / size, done)


def duck() -> Any:
    """A fresh in-memory DuckDB; Fault without it."""
    try:
        import duckdb
    except ImportError:
        raise Fault(
            _("Parquet and large registers are read by DuckDB; say: pip install 'qinglian[draw]'")
        ) from None
    return duckdb.connect()


def subjects(path: Path, names: Mapping[str, str], tell: Tell = silent) -> Iterator[Subject]:
    """The register's subjects. names: which column is `id` and which `class`. Columns weight, departments and
    exclude may be left out."""
    columns = (names["id"], names["class"]), ("weight", "departments", "exclude")
    for number, (identity, kind, heavy, several, exclude) in enumerate(cells_of(path, *columns, tell), 2):
        weight = whole(heavy, path, number) if heavy else 1
        departments = tuple(sorted(name for name in re.split(r"[ ,;]+", several) if name)) if several else ()
        yield Subject(identity, kind, weight, departments, exclude)


def whole(text: str, path: Path, line: int) -> int:
    if not (text.isascii() and text.isdigit() and len(text) < 11):
        raise Fault(_("%(text)r is no whole number"), file=str(path), line=line, text=text)
    return int(text)


def officers(path: Path) -> Iterator[Officer]:
    """The staff list: id, department, qualified (yes or no), availability (per cent; empty is 100)."""
    for number, row in enumerate(rows(path, ("id", "department", "qualified"), ("availability",)), 2):
        if row["qualified"] not in ("yes", "no"):
            raise Fault(_("qualified is yes or no"), file=str(path), line=number)
        yield Officer(
            row["id"],
            row["department"],
            row["qualified"] == "yes",
            whole(row["availability"] or "100", path, number),
        )


def pairs(path: Path) -> Iterator[tuple[str, str]]:
    """Declared conflicts: (subject's id, inspector's id), canonical; no ground is read."""
    for number, row in enumerate(rows(path, ("subject", "inspector")), 2):
        yield _identity(row["subject"], path, number), _identity(row["inspector"], path, number)


def _identity(text: str, path: Path, line: int) -> str:
    try:
        return canonical_id(text)
    except Fault as fault:
        raise fault.at(file=str(path), line=line) from None


def visits(path: Path) -> dict[str, list[str]]:
    """Past visits: canonical id → days (ISO) from a CSV of id,day."""
    found: dict[str, list[str]] = {}
    for number, row in enumerate(rows(path, ("id", "day")), 2):
        if not is_day(row["day"]):
            raise Fault(
                _("%(text)r is no day; write 2026-11-02"), file=str(path), line=number, text=row["day"]
            )
        found.setdefault(_identity(row["id"], path, number), []).append(row["day"])
    return found
