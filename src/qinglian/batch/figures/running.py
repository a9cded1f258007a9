"""Where a recipe runs: DuckDB where it is installed, else the SQLite that every Python has; Spark on request.

All three give the same rows; the SQL of a stranger's export is run where it can read nothing but the tables
that were loaded and cannot run for ever.
"""

from __future__ import annotations

import csv
import os
import shutil
import sqlite3
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Protocol

from qinglian.faults import Fault
from qinglian.faults import noop as _

Columns = Sequence[tuple[str, str]]  # (name, text | whole)
Files = Mapping[str, tuple[Columns, Path]]  # SQL name → columns, CSV file
Answer = tuple[str, str, int, int, int]  # cut, item, n, value, upper
LONGEST = 60.0  # seconds for one recipe
MEMORY = "1GB"
# How DuckDB reads a published CSV: nothing is guessed.
READ = "header=true, delim=',', quote='\"', escape='\"', new_line='\\n', auto_detect=false, nullstr='\\N'"


class Engine(Protocol):
    name: str

    def run(self, sql: str) -> list[Answer]: ...

    def close(self) -> None: ...


def engine(files: Files, wish: str = "") -> Engine:
    """wish: duckdb, sqlite or spark; else the first of the two that is there."""
    if wish == "spark":
        return _spark(files)
    if wish != "sqlite":
        try:
            return DuckDB(files)
        except ModuleNotFoundError:
            if wish:
                raise Fault(_("DuckDB is not installed; run: pip install 'qinglian[site]'")) from None
    return SQLite(files)


def _spark(files: Files) -> Engine:
    if shutil.which("java") is None and "JAVA_HOME" not in os.environ:
        raise Fault(_("Spark needs Java, which is not here; install it, or choose another engine"))
    try:
        return Spark(files)
    except ModuleNotFoundError:
        raise Fault(_("Spark is not installed; run: pip install pyspark")) from None


def _tidy(rows: Sequence[Sequence[Any]]) -> list[Answer]:
    found = []
    for row in rows:
        if len(row) != 5 or any(isinstance(part, float) for part in row):
            raise Fault(_("the recipe does not give cut, item, n, value and upper"))
        cut, item, n, value, upper = row
        found.append((str(cut), str(item), int(n), int(value or 0), int(upper or 0)))
    return found


def _refused(sql: str, error: Exception) -> Fault:
    reason = str(error).partition("\n")[0][:200]
    return Fault(_("the recipe cannot be run: %(reason)s"), reason=reason)


class DuckDB:
    name = "duckdb"

    def __init__(self, files: Files) -> None:
        import duckdb

        self.duckdb = duckdb
        self.connection = duckdb.connect(
            config={"memory_limit": MEMORY, "threads": 2, "autoinstall_known_extensions": False,
                    "autoload_known_extensions": False}
        )  # fmt: skip
        for name, (columns, path) in files.items():
            kinds = ", ".join(f"'{c}': '{_DUCK[kind]}'" for c, kind in columns)
            place = str(path).replace("'", "''")
            self.connection.execute(
                f"CREATE TABLE {name} AS SELECT * FROM read_csv('{place}', {READ}, columns={{{kinds}}})"
            )
        self.connection.execute("SET enable_external_access = false; SET lock_configuration = true")

    def run(self, sql: str) -> list[Answer]:
        try:
            statements = self.duckdb.extract_statements(sql)
            if len(statements) != 1 or statements[0].type != self.duckdb.StatementType.SELECT:
                raise Fault(_("the recipe is not one SELECT; it was not run"))
            return _tidy(self.connection.execute(sql).fetchall())
        except (self.duckdb.Error, ValueError) as error:
            raise _refused(sql, error) from None

    def close(self) -> None:
        self.connection.close()


class SQLite:
    name = "sqlite"

    def __init__(self, files: Files) -> None:
        self.connection = sqlite3.connect(":memory:")
        for name, (columns, path) in files.items():
            kinds = ", ".join(f"{c} {'INTEGER' if kind == 'whole' else 'TEXT'}" for c, kind in columns)
            self.connection.execute(f"CREATE TABLE {name} ({kinds})")
            with open(path, encoding="utf-8", newline="") as lines:
                rows = csv.reader(lines)
                next(rows, None)
                marks = ", ".join("?" * len(columns))
                self.connection.executemany(f"INSERT INTO {name} VALUES ({marks})", rows)
        self.connection.commit()
        self.connection.set_authorizer(_only_reads)

    def run(self, sql: str) -> list[Answer]:
        until = time.monotonic() + LONGEST
        self.connection.set_progress_handler(lambda: time.monotonic() > until, 100_000)
        try:
            return _tidy(self.connection.execute(sql).fetchall())
        except (sqlite3.Error, sqlite3.Warning, ValueError) as error:
            raise _refused(sql, error) from None

    def close(self) -> None:
        self.connection.close()


def _only_reads(action: int, what: str | None, *_rest: str | None) -> int:
    """sqlite3's authorizer: SELECT, reading columns, and functions that only compute."""
    if action in (sqlite3.SQLITE_SELECT, sqlite3.SQLITE_READ, sqlite3.SQLITE_RECURSIVE):
        return sqlite3.SQLITE_OK
    computes = action == sqlite3.SQLITE_FUNCTION and str(_rest[0] if _rest else "").lower() in _FUNCTIONS
    return sqlite3.SQLITE_OK if computes else sqlite3.SQLITE_DENY


class Spark:
    """For what outgrows one machine; needs pyspark and Java."""

    name = "spark"

    def __init__(self, files: Files) -> None:
        from pyspark.sql import SparkSession

        self.session = (
            SparkSession.builder.master("local[2]")
            .config("spark.ui.enabled", "false")
            .config("spark.sql.shuffle.partitions", "2")
            .getOrCreate()
        )
        self.session.sparkContext.setLogLevel("ERROR")
        for name, (columns, path) in files.items():
            schema = ", ".join(f"{c} {'BIGINT' if kind == 'whole' else 'STRING'}" for c, kind in columns)
            read = self.session.read.option("header", True).option("escape", '"').option("nullValue", "\\N")
            read.option("emptyValue", "").schema(schema).csv(str(path)).createOrReplaceTempView(name)

    def run(self, sql: str) -> list[Answer]:
        return _tidy([tuple(row) for row in self.session.sql(sql).collect()])

    def close(self) -> None:
        self.session.stop()


_DUCK = {"text": "VARCHAR", "whole": "BIGINT"}
_FUNCTIONS = {"count", "sum", "min", "max", "coalesce", "row_number", "abs"}
