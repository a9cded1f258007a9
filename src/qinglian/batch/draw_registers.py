"""The operator's files: registers as CSV or Parquet, staff, conflicts and past visits as CSV."""

from __future__ import annotations

import csv
import re
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

from qinglian.engines.draw.exclusions import is_day
from qinglian.engines.draw.freezing import Officer, Subject
from qinglian.engines.draw.identities import canonical_id
from qinglian.faults import Fault
from qinglian.faults import noop as _

Tell = Callable[[int], None]
EVERY = 50_000


def rows(path: Path, wanted: tuple[str, ...], maybe: tuple[str, ...] = ()) -> Iterator[dict[str, str]]:
    """The rows of a CSV or Parquet file as texts, with at least the wanted columns; missing others are ""."""
    if path.suffix == ".parquet":
        yield from _parquet(path, wanted, maybe)
        return
    with open(path, encoding="utf-8-sig", newline="") as file:
        reader = csv.reader(file, strict=True)
        try:
            header = next(reader, [])
            _columns(path, header, wanted)
            places = {name: header.index(name) for name in (*wanted, *maybe) if name in header}
            missing = dict.fromkeys((name for name in maybe if name not in header), "")
            for number, cells in enumerate(reader, 2):
                if len(cells) != len(header):
                    raise Fault(
                        _("%(found)s cells, but the header has %(wanted)s"),
                        file=str(path),
                        line=number,
                        found=len(cells),
                        wanted=len(header),
                    )
                yield {name: cells[place] for name, place in places.items()} | missing
        except (UnicodeDecodeError, csv.Error) as error:
            raise Fault(_("not a CSV in UTF-8: %(reason)s"), file=str(path), reason=str(error)) from None


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


def _parquet(path: Path, wanted: tuple[str, ...], maybe: tuple[str, ...]) -> Iterator[dict[str, str]]:
    connection = duck()
    try:
        relation = connection.execute("SELECT * FROM read_parquet(?)", [str(path)])
    except Exception as error:  # the library's own errors, whichever they are
        raise Fault(_("cannot be read as Parquet: %(reason)s"), file=str(path), reason=str(error)) from None
    header = [column[0] for column in relation.description]
    _columns(path, header, wanted)
    names = [name for name in (*wanted, *maybe) if name in header]
    missing = dict.fromkeys((name for name in maybe if name not in header), "")
    places = [header.index(name) for name in names]
    while some := relation.fetchmany(EVERY):
        for cells in some:
            texts = ("" if cells[place] is None else str(cells[place]) for place in places)
            yield dict(zip(names, texts, strict=True)) | missing


def duck() -> Any:
    """A fresh in-memory DuckDB; Fault without it."""
    try:
        import duckdb
    except ImportError:
        raise Fault(
            _("Parquet and large registers are read by DuckDB; say: pip install 'qinglian[draw]'")
        ) from None
    return duckdb.connect()


def subjects(path: Path, names: Mapping[str, str], tell: Tell) -> Iterator[Subject]:
    """The register's subjects. names: which column is `id` and which `class`. Columns weight, departments and
    exclude may be left out. tell(rows read) is called now and then."""
    identity, kind = names["id"], names["class"]
    for number, row in enumerate(rows(path, (identity, kind), ("weight", "departments", "exclude")), 1):
        if not number % EVERY:
            tell(number)
        weight = whole(row["weight"] or "1", path, number + 1)
        departments = tuple(sorted(name for name in re.split(r"[ ,;]+", row["departments"]) if name))
        yield Subject(row[identity], row[kind], weight, departments, row["exclude"])


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
