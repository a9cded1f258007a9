"""Many rows at once, by the shortest way that each database has; indexes come down first."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Any

from bench.scale.rows import columns, model
from django.db import connection

from qinglian.capabilities.cases.indexing import POSTGRESQL, as_tsvector
from qinglian.capabilities.cases.placing import marks

TABLES = (
    "cases.Case", "cases.CaseEvent", "cases.Clock", "cases.ClockRung", "cases.Fact", "cases.Concern",
    "cases.Assignment", "cases.CaseText", "cases.CaseHolder", "interests.ConflictCheck", "notices.Notice",
    "ledger.Entry", "parties.Enterprise", "parties.EnterpriseName", "parties.Identifier", "parties.Mention",
)  # fmt: skip
TERMS = "cases_terms"


class Batch:
    """Rows gathered by table, written when there are enough of them."""

    def __init__(self) -> None:
        self.rows: dict[str, list[tuple[Any, ...]]] = {name: [] for name in TABLES}
        self.terms: list[tuple[int, int, str, str, str, list[str]]] = []  # id, case, level, text, unit, terms

    def add(self, name: str, values: tuple[Any, ...]) -> None:
        self.rows[name].append(values)

    def write(self) -> None:
        for name, rows in self.rows.items():
            if rows:
                _write(model(name)._meta.db_table, columns(name), rows)
                rows.clear()
        if self.terms:
            _write_terms(self.terms)
            self.terms.clear()


def _write(table: str, names: list[str], rows: Iterable[tuple[Any, ...]]) -> None:
    listed = ", ".join(f'"{name}"' for name in names)
    if connection.vendor == "sqlite":
        marks = ", ".join("?" * len(names))
        connection.connection.executemany(f"INSERT INTO {table} ({listed}) VALUES ({marks})", rows)
        return
    with connection.cursor() as cursor, cursor.cursor.copy(f"COPY {table} ({listed}) FROM STDIN") as copy:
        for row in rows:
            copy.write_row(row)


def _write_terms(rows: list[tuple[int, int, str, str, str, list[str]]]) -> None:
    if connection.vendor == "sqlite":
        connection.connection.executemany(
            f"INSERT INTO {TERMS} (rowid, body) VALUES (?, ?)", ((row[0], " ".join(row[-1])) for row in rows)
        )
        return
    found = (
        (pk, case, level, text, as_tsvector({*terms, *marks(pk, unit)}))
        for pk, case, level, text, unit, terms in rows
    )
    _write(TERMS, [*POSTGRESQL], found)


@contextmanager
def bare() -> Iterator[None]:
    """Without indexes, and on PostgreSQL without the checks of foreign keys, while rows pour in."""
    connection.ensure_connection()
    dropped = _indexes()
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute("PRAGMA journal_mode=OFF")
            cursor.execute("PRAGMA synchronous=OFF")
            cursor.execute("PRAGMA cache_size=-1000000")
            cursor.execute("PRAGMA foreign_keys=OFF")
        else:
            cursor.execute("SET session_replication_role = replica")
            cursor.execute("SET maintenance_work_mem = '1GB'")
        for name in dropped:
            cursor.execute(f'DROP INDEX "{name}"')
    yield
    with connection.cursor() as cursor:
        for statement in dropped.values():
            cursor.execute(statement)
        if connection.vendor == "sqlite":
            cursor.execute("PRAGMA journal_mode=WAL")
            cursor.execute("PRAGMA synchronous=FULL")
            cursor.execute("PRAGMA foreign_keys=ON")
        else:
            _set_sequences()
            cursor.execute("SET session_replication_role = DEFAULT")


def _indexes() -> dict[str, str]:
    """Name → what makes it, of those that no constraint needs."""
    tables = [model(name)._meta.db_table for name in TABLES] + [TERMS]
    marks = ", ".join(["%s"] * len(tables))
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute(
                f"SELECT name, sql FROM sqlite_master WHERE type = 'index' AND sql IS NOT NULL"
                f" AND tbl_name IN ({marks})",
                tables,
            )
        else:
            cursor.execute(
                "SELECT i.indexname, i.indexdef FROM pg_indexes i LEFT JOIN pg_constraint c"
                f" ON c.conname = i.indexname WHERE c.conname IS NULL AND i.tablename IN ({marks})",
                tables,
            )
        return dict(cursor.fetchall())


def _set_sequences() -> None:
    from django.core.management.color import no_style

    with connection.cursor() as cursor:
        for statement in connection.ops.sequence_reset_sql(no_style(), [model(name) for name in TABLES]):
            cursor.execute(statement)


def analyse() -> None:
    """Tell the planner how the rows are spread, as `site prepare` and the worker do."""
    from qinglian.web.statistics import refresh_statistics

    refresh_statistics()
