"""The rows of every table, read from SQLite, written to PostgreSQL, and told apart by what they hold.

A row is brought into one form from either database (moments as microseconds, JSON in one order) and hashed;
a table's sum of these hashes does not depend on the order in which its rows come.
"""

from __future__ import annotations

import json
import re
import sqlite3
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from graphlib import TopologicalSorter
from hashlib import sha256
from itertools import chain, islice
from typing import Any

from django.apps import apps
from django.conf import settings
from django.db import DataError, IntegrityError, connection, models

from qinglian.faults import Fault
from qinglian.faults import noop as _

# Rows that are written in one go: PostgreSQL remembers each until it has checked its foreign keys, after the
# last one. Of a table that points at itself that is all of them.
CHUNK = 50_000
READ = 2_000
# Made anew from other rows, or worth nothing afterwards.
DERIVED = ("cases_terms", "cases_term_counts", "django_migrations", "sqlite_")
NUL = re.compile(r"(?<!\\)(\\\\)*\\u0000")  # as JSON writes it
Row = tuple[Any, ...]


@dataclass(frozen=True)
class Column:
    name: str
    kind: str  # bool | moment | day | json | bytes | plain
    longest: int | None


@dataclass(frozen=True)
class Table:
    name: str
    columns: tuple[Column, ...]
    key: str
    own: bool  # whether its rows point at rows of the same table

    @property
    def listed(self) -> str:
        return ", ".join(f'"{each.name}"' for each in self.columns)


KINDS = {
    "BooleanField": "bool", "DateTimeField": "moment", "DateField": "day", "JSONField": "json",
    "BinaryField": "bytes",
}  # fmt: skip


def tables() -> list[Table]:
    """Every table of the platform's models, each after those that it points to."""
    found = {each._meta.db_table: each for each in apps.get_models(include_auto_created=True)}
    known = {name: each for name, each in found.items() if each._meta.managed and not each._meta.proxy}
    order: TopologicalSorter[str] = TopologicalSorter()
    for name, each in known.items():
        order.add(name, *(_points_to(each) - {name}))
    return [_table(known[name]) for name in order.static_order()]


def _points_to(model: type[models.Model]) -> set[str]:
    return {each.related_model._meta.db_table for each in model._meta.concrete_fields if each.is_relation}


def _table(model: type[models.Model]) -> Table:
    columns = []
    for each in model._meta.concrete_fields:
        held = each.target_field if each.is_relation else each
        kind = KINDS.get(held.get_internal_type(), "plain")
        columns.append(Column(each.column, kind, held.max_length if kind == "plain" else None))
    name = model._meta.db_table
    return Table(name, tuple(columns), model._meta.pk.column, name in _points_to(model))


def unknown(line: sqlite3.Connection, known: Iterable[Table]) -> set[str]:
    """Tables of the file that nobody would move."""
    rows = line.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall()
    moved = {each.name for each in known} | {settings.CACHES["default"]["LOCATION"]}
    return {name for (name,) in rows if name not in moved and not name.startswith(DERIVED)}


def size(line: sqlite3.Connection, table: Table) -> int:
    return int(line.execute(f'SELECT COUNT(*) FROM "{table.name}"').fetchone()[0])


def source_rows(line: sqlite3.Connection, table: Table) -> Iterator[Row]:
    found = line.execute(f'SELECT {table.listed} FROM "{table.name}" ORDER BY "{table.key}"')
    while rows := found.fetchmany(READ):
        yield from rows


def target_rows(table: Table) -> Iterator[Row]:
    """As SQLite keeps them: a yes as 1, a day and a moment as text."""
    listed = ", ".join(READ_BACK.get(each.kind, '"{0}"').format(each.name) for each in table.columns)
    with connection.chunked_cursor() as cursor:
        cursor.execute(f'SELECT {listed} FROM "{table.name}"')
        while rows := cursor.fetchmany(READ):
            yield from rows


READ_BACK = {
    "bool": '"{0}"::int', "day": '"{0}"::text',
    "moment": """to_char("{0}" AT TIME ZONE 'UTC', 'YYYY-MM-DD HH24:MI:SS.US')""",
}  # fmt: skip


class Sum:
    """How many rows, and the sum of their hashes, of rows that come one by one and are not kept.

    They have one form for what the two databases write differently: fractions of seconds, JSON, bytes.
    """

    def __init__(self, table: Table, tell: Callable[[int], None]) -> None:
        self.tell, self.rows, self.hashes = tell, 0, 0
        self.mend = [(n, MENDS[each.kind]) for n, each in enumerate(table.columns) if each.kind in MENDS]

    def over(self, rows: Iterable[Row]) -> Iterator[Row]:
        """The same rows, each added on its way."""
        n, hashes = self.rows, self.hashes
        for row in rows:
            plain = list(row)
            for place, how in self.mend:
                if plain[place] is not None:
                    plain[place] = how(plain[place])
            hashes += int.from_bytes(sha256(repr(plain).encode("utf-8", "surrogatepass")).digest())
            n += 1
            if n % READ == 0:
                self.tell(READ)
            yield row
        self.tell(n % READ)
        self.rows, self.hashes = n, hashes % 2**256


def _moment(text: str) -> str:
    return text if len(text) == 26 else f"{text}.000000"


def _json(text: str) -> str:
    return text if text in ("{}", "[]") else json.dumps(json.loads(text, parse_float=_number), sort_keys=True)


def _number(text: str) -> Any:
    value = Decimal(text)
    return int(value) if value == value.to_integral_value() else str(value.normalize())


MENDS: dict[str, Callable[[Any], Any]] = {"moment": _moment, "json": _json, "bytes": bytes}


def write(table: Table, rows: Iterator[Row]) -> None:
    """Into PostgreSQL as they come; Fault where it cannot hold what SQLite held."""
    first = next(rows, None)
    while first is not None:
        some = rows if table.own else islice(rows, CHUNK - 1)
        _write(table, chain([first], some))
        first = next(rows, None)


def _write(table: Table, rows: Iterable[Row]) -> None:
    places = [(n, each) for n, each in enumerate(table.columns) if each.kind != "bytes"]
    with connection.cursor() as cursor:
        try:
            with cursor.copy(f'COPY "{table.name}" ({table.listed}) FROM STDIN') as copy:
                for row in rows:
                    copy.write_row(_written(table, places, row))
        except (DataError, IntegrityError) as error:
            reason = str(error).strip().splitlines()[0]
            raise Fault(
                _("PostgreSQL does not take the rows of %(table)s: %(reason)s; mend them in SQLite first"),
                table=table.name, reason=reason,
            ) from None  # fmt: skip


def _written(table: Table, places: list[tuple[int, Column]], row: Row) -> list[Any]:
    found = list(row)
    for place, column in places:
        value = found[place]
        if value is None:
            continue
        if column.kind == "bool":
            found[place] = bool(value)
        elif column.kind == "moment":
            found[place] = f"{value}+00"
        elif isinstance(value, str) and (
            "\x00" in value
            or (column.kind == "json" and NUL.search(value))
            or (column.longest is not None and len(value) > column.longest)
        ):
            raise _unheld(table, column, value, row)
    return found


def _unheld(table: Table, column: Column, value: str, row: Row) -> Fault:
    where = {"table": table.name, "column": column.name, "row": row[0]}
    if column.longest is not None and len(value) > column.longest:
        return Fault(
            _("%(table)s, row %(row)s, %(column)s: %(found)d characters where %(most)d fit; shorten it"),
            found=len(value), most=column.longest, **where,
        )  # fmt: skip
    return Fault(
        _("%(table)s, row %(row)s, %(column)s: a NUL, which PostgreSQL cannot hold; take it out"), **where
    )


def set_sequences(line: sqlite3.Connection, known: Iterable[Table]) -> None:
    """No id is ever given twice: each sequence goes on where SQLite's stood, even past rows that are gone."""
    given = dict(line.execute("SELECT name, seq FROM sqlite_sequence").fetchall())
    with connection.cursor() as cursor:
        for table in known:
            cursor.execute("SELECT pg_get_serial_sequence(%s, %s)", [f'"{table.name}"', table.key])
            sequence = cursor.fetchone()[0]
            if sequence and given.get(table.name):
                cursor.execute("SELECT setval(%s, %s)", [sequence, given[table.name]])
