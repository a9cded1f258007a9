"""An installed platform moves from SQLite to PostgreSQL: all of it, checked, or nothing.

The SQLite file is only read. Everything on the other side is one transaction: tables, rows, search index,
checks. Whatever stops it, a kill included, leaves the new database as empty as it was.
"""

from __future__ import annotations

import re
import sqlite3
from collections import deque
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import psycopg
from django.conf import settings
from django.core.management import call_command
from django.db import OperationalError, connection, connections, transaction
from django.db.migrations.executor import MigrationExecutor

from qinglian.capabilities.cases.actions import lay_terms
from qinglian.capabilities.cases.comparing import misfolded
from qinglian.capabilities.files import queries as files
from qinglian.capabilities.ledger import actions as ledger
from qinglian.capabilities.ledger.queries import recomputed_roots
from qinglian.capabilities.notices.rehearsal import may_die
from qinglian.faults import Fault
from qinglian.faults import noop as _
from qinglian.web import moving_rows as rows
from qinglian.web.databases import configured
from qinglian.web.restoring import stands_still

OLDEST = 150000  # PostgreSQL 15, as its server_version_num
Tell = Callable[[str, int], None]  # (one of Steps, how many more)
Steps = Mapping[str, int]  # copy and check → rows, index → texts, roots → entries, fold → cases


@dataclass(frozen=True)
class Moved:
    tables: int
    rows: int
    files: int
    database: str


def _unheard(_steps: Steps) -> Tell:
    return lambda _step, _more: None


def move(url: str, now: datetime, tell: Callable[[Steps], Tell] = _unheard) -> Moved:
    """Copy everything to the empty PostgreSQL at url, check it there, and only then keep it.

    tell: is given how much there is to each step, and gives back what hears how far it has come.
    """
    live = _source()
    known = rows.tables()
    with closing(_held(live)) as line:
        _is_whole(line, known)
        heard = tell(_steps({table.name: rows.size(line, table) for table in known}))
        with _pointed_at(url) as name, transaction.atomic():
            _is_empty(name)
            call_command("migrate", verbosity=0, interactive=False)
            call_command("createcachetable", verbosity=0)
            found = _copy(line, known, heard)
            may_die("move-copied")
            _check(known, found, heard)
            total = sum(each.rows for each in found.values())
            ledger.log_moved(connection.vendor, len(known), total, now)
            may_die("move-checked")
        return Moved(len(known), total, sum(1 for _sha in files_held(line)), name)


def _steps(sizes: Mapping[str, int]) -> Steps:
    whole = sum(sizes.values())
    return {
        "copy": whole, "index": sizes["cases_casetext"], "check": whole, "roots": sizes["ledger_entry"],
        "fold": sizes["cases_case"],
    }  # fmt: skip


def _source() -> Path:
    if connection.vendor != "sqlite":
        raise Fault(_("the platform is not on SQLite; unset DATABASE_URL, or name the SQLite file in it"))
    live = Path(connection.settings_dict["NAME"])
    if not live.exists():
        raise Fault(_("there is no such database; set QINGLIAN_DATA to its folder"), file=str(live))
    steps = MigrationExecutor(connection)
    ahead = set(steps.loader.applied_migrations) - set(steps.loader.disk_migrations)
    behind = set(steps.loader.graph.nodes) - set(steps.loader.applied_migrations)  # not the last ones alone
    if ahead or behind:
        raise Fault(_("the database is not at the state of this version; run `qinglian site prepare` first"))
    stands_still(live)
    return live


def _held(live: Path) -> sqlite3.Connection:
    """The file, locked against whoever would write meanwhile; nothing is written here either."""
    line = sqlite3.connect(live, isolation_level=None, timeout=1)
    try:
        line.execute("BEGIN IMMEDIATE")
    except sqlite3.OperationalError:
        line.close()
        raise Fault(_("the database is in use; stop server and worker first"), file=str(live)) from None
    return line


def _is_whole(line: sqlite3.Connection, known: list[rows.Table]) -> None:
    if left := rows.unknown(line, known):
        raise Fault(
            _("a table that this version does not know: %(tables)s; what is in it would be lost"),
            tables=", ".join(sorted(left)),
        )
    missing = (sha for sha in files_held(line) if not files.path_of(sha).is_file())
    if first := next(missing, None):
        raise Fault(
            _("%(n)d files that were taken in are missing on the disk, such as %(sha)s; bring them back"),
            n=1 + sum(1 for _sha in missing), sha=first, file=str(files.path_of(first)),
        )  # fmt: skip


def files_held(line: sqlite3.Connection) -> Iterator[str]:
    return (sha for (sha,) in line.execute("SELECT sha FROM files_storedfile ORDER BY sha"))


@contextmanager
def _pointed_at(url: str) -> Iterator[str]:
    """Inside, the platform's database is the one at url; its name."""
    if not re.match(r"postgres(ql)?://", url):
        raise Fault(_("not the address of a PostgreSQL; write postgresql://USER@HOST/NAME"))
    before = connections.settings["default"]
    connections["default"].close()
    connections.settings["default"] = connections.configure_settings(
        {"default": configured(url, settings.BUSY_SECONDS)}
    )["default"]
    del connections["default"]
    try:
        try:
            connection.ensure_connection()
        except (OperationalError, psycopg.Error) as error:
            reason = str(error).strip().splitlines()[-1]
            raise Fault(_("PostgreSQL does not let us in: %(reason)s"), reason=reason) from None
        yield str(connection.settings_dict["NAME"])
    finally:
        connections["default"].close()
        connections.settings["default"] = before
        del connections["default"]


def _is_empty(name: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_setting('server_version_num')::int, pg_encoding_to_char(encoding)"
                       " FROM pg_database WHERE datname = current_database()")  # fmt: skip
        version, encoding = cursor.fetchone()
        cursor.execute(
            "SELECT relname FROM pg_class WHERE relkind IN ('r', 'p', 'v', 'm', 'S', 'f')"
            " AND relnamespace NOT IN (SELECT oid FROM pg_namespace WHERE nspname LIKE 'pg\\_%%'"
            " OR nspname = 'information_schema') ORDER BY relname"
        )
        there = [relation for (relation,) in cursor.fetchall()]
    if version < OLDEST:
        raise Fault(_("PostgreSQL %(found)d; version 15 or newer is needed"), found=version // 10000)
    if encoding != "UTF8":
        raise Fault(
            _("the database %(name)s is in %(found)s; make one in UTF-8: createdb --encoding UTF8 NAME"),
            name=name, found=encoding,
        )  # fmt: skip
    if there:
        raise Fault(
            _("the database %(name)s is not empty: it has %(n)d tables and the like, such as %(first)s; "
              "give a new one (createdb NAME), or empty it (dropdb NAME, createdb NAME)"),
            name=name, n=len(there), first=there[0],
        )  # fmt: skip


def _copy(line: sqlite3.Connection, known: list[rows.Table], tell: Tell) -> dict[str, rows.Sum]:
    """Table → what was read of it. The two tables that `migrate` fills are filled as they were."""
    found = {}
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        for table in reversed(known):
            cursor.execute(f'DELETE FROM "{table.name}"')
    for table in known:
        found[table.name] = rows.Sum(table, lambda n: tell("copy", n))
        rows.write(table, found[table.name].over(rows.source_rows(line, table)))
    rows.set_sequences(line, known)
    lay_terms(lambda n: tell("index", n))
    return found


def _check(known: list[rows.Table], found: dict[str, rows.Sum], tell: Tell) -> None:
    """Nothing was lost: rows and their hashes, roots of logs from their entries, states from their events."""
    for table in known:
        old, new = found[table.name], rows.Sum(table, lambda n: tell("check", n))
        deque(new.over(rows.target_rows(table)), maxlen=0)
        if (new.rows, new.hashes) != (old.rows, old.hashes):
            raise Fault(
                _("%(table)s: %(new)d rows arrived of %(old)d, or other ones; nothing was moved"),
                table=table.name, old=old.rows, new=new.rows,
            )  # fmt: skip
    for tree, (kept, computed) in recomputed_roots(lambda n: tell("roots", n)).items():
        if kept != computed:
            raise Fault(_("the log %(log)s does not hash to its root; nothing was moved"), log=tree)
    if number := next(misfolded(lambda n: tell("fold", n)), None):
        raise Fault(
            _("case %(number)s: state or clocks are not what its events make; nothing was moved"),
            number=number,
        )
