"""Published tables as files: CSV that is the same bytes everywhere, and JSON and Parquet of the same rows."""

from __future__ import annotations

import csv
import io
import json
import os
import shutil
import tempfile
from collections.abc import Iterable, Iterator
from pathlib import Path

from qinglian.batch.figures.grouping import Value, Values
from qinglian.batch.figures.running import READ, Columns
from qinglian.faults import Fault
from qinglian.faults import noop as _


def csv_text(columns: Columns, rows: Iterable[Values]) -> str:
    """A header and a line each, UTF-8 and LF; quoted only where it must be. No value holds a line end."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow([name for name, _kind in columns])
    for row in rows:
        for value, (name, kind) in zip(row, columns, strict=True):
            if type(value) is not (int if kind == "whole" else str) or (
                kind == "text" and _breaks(str(value))
            ):
                raise ValueError(f"{name}: {value!r} is no {kind} on one line")
        writer.writerow(row)
    return out.getvalue()


def _breaks(value: str) -> bool:
    return any(sign in value for sign in "\r\n\0\\") or not value


def read_csv(columns: Columns, text: str) -> list[Values]:
    """The rows of such a text; Fault, with line and column, for what is not of this form."""
    lines = csv.reader(io.StringIO(text, newline=""), strict=True)
    rows: list[Values] = []
    try:
        header = next(lines, [])
        if header != [name for name, _kind in columns]:
            raise Fault(_("the columns are not those of the dictionary; fetch the file again"), line=1)
        for number, line in enumerate(lines, 2):
            if len(line) != len(columns):
                raise Fault(_("the line has not as many cells as columns; fetch the file again"), line=number)
            rows.append(
                tuple(_value(cell, column, number) for cell, column in zip(line, columns, strict=True))
            )
    except csv.Error:
        raise Fault(_("not CSV; fetch the file again"), line=lines.line_num) from None
    return rows


def read_published(columns: Columns, text: str) -> list[Values]:
    """The rows of a text that must be, byte for byte, as `csv_text` writes them; else Fault with the line."""
    rows = read_csv(columns, text)
    if (line := _written_otherwise(columns, rows, text)) is not None:
        raise Fault(
            _("the line is not written as published tables are (line ends, quotes, empty cells, control "
              "signs); fetch the file again"),
            line=line,
        )  # fmt: skip
    return rows


def _written_otherwise(columns: Columns, rows: list[Values], text: str) -> int | None:
    try:
        if csv_text(columns, rows) == text:
            return None
    except ValueError:
        pass  # a value that no table has; which, is found below
    lines = text.split("\n")
    if lines[0] != csv_text(columns, []).removesuffix("\n"):
        return 1
    for number, row in enumerate(rows, 2):
        try:
            if csv_text(columns, [row]).split("\n")[1:2] != lines[number - 1 : number]:
                return number
        except ValueError:
            return number
    return len(lines)


def _value(cell: str, column: tuple[str, str], line: int) -> Value:
    name, kind = column
    if kind == "text":
        return cell
    digits = cell.removeprefix("-")
    if not (digits.isascii() and digits.isdigit() and len(digits) < 19):
        raise Fault(
            _("%(found)r is no whole number; fetch the file again"), line=line, key=name, found=cell[:40]
        )
    return int(cell)


def json_text(columns: Columns, rows: Iterable[Values]) -> Iterator[str]:
    """An array with an object for each row, a line each."""
    names = [name for name, _kind in columns]
    yield "["
    for place, row in enumerate(rows):
        line = json.dumps(dict(zip(names, row, strict=True)), ensure_ascii=False, separators=(",", ":"))
        yield f"{',' if place else ''}\n{line}"
    yield "\n]\n"


def parquet_bytes(columns: Columns, text: str) -> bytes | None:
    """The same rows as Parquet; None where DuckDB is not installed."""
    try:
        import duckdb
    except ModuleNotFoundError:
        return None
    kinds = ", ".join(f"'{name}': '{'BIGINT' if kind == 'whole' else 'VARCHAR'}'" for name, kind in columns)
    with tempfile.TemporaryDirectory(prefix="qinglian-") as folder, duckdb.connect() as connection:
        source, target = Path(folder) / "rows.csv", Path(folder) / "rows.parquet"
        source.write_text(text, "utf-8")
        connection.execute("SET threads = 1")
        connection.execute(
            f"COPY (SELECT * FROM read_csv('{source}', {READ}, columns={{{kinds}}})) "
            f"TO '{target}' (FORMAT parquet)"
        )
        return target.read_bytes()


def parquet_rows(columns: Columns, path: Path) -> list[Values] | None:
    """The rows of a Parquet file; None where DuckDB is not installed. Fault for one that cannot be read."""
    try:
        import duckdb
    except ModuleNotFoundError:
        return None
    names = [name for name, _kind in columns]
    with tempfile.TemporaryDirectory(prefix="qinglian-") as folder, duckdb.connect() as connection:
        place = Path(folder) / "rows.parquet"  # a name in which DuckDB sees no pattern
        shutil.copyfile(path, place)
        try:
            there = connection.execute(f"SELECT * FROM read_parquet('{place}') LIMIT 0").description or []
            if [each[0] for each in there] != names:
                raise Fault(_("the columns are not those of the dictionary; fetch the file again"))
            return [tuple(row) for row in connection.execute(f"SELECT * FROM '{place}'").fetchall()]
        except (duckdb.Error, UnicodeDecodeError):
            raise Fault(
                _("not a Parquet file that can be read: it is cut off, or another; fetch the file again")
            ) from None


def write_whole(place: Path, data: bytes) -> None:
    place.parent.mkdir(parents=True, exist_ok=True)
    fresh = place.with_name(place.name + ".new")
    fresh.write_bytes(data)
    os.replace(fresh, place)
