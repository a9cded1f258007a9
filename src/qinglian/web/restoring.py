"""Bringing a backup back without forking a log: everything is looked at before anything is touched.

A database that is older than what was signed must not simply go on: two different logs would bear one name.
Either the missing entries are replayed from an export, or new logs begin that name the old heads.
"""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.db import connection, transaction
from django.db.migrations.loader import MigrationLoader

from qinglian.batch.telling import Tell, silent
from qinglian.batch.verify import Report
from qinglian.capabilities.files.actions import bring_back
from qinglian.capabilities.ledger import actions as ledger
from qinglian.capabilities.ledger.queries import Known, known_heads, size_of
from qinglian.faults import Fault, Faults
from qinglian.faults import noop as _
from qinglian.web import backups
from qinglian.web.fence import raise_fence
from qinglian.zone.current import current


@dataclass(frozen=True)
class Restored:
    """how: same | replayed | new-log. sizes: tree → entries in the backup and now. before: the old file."""

    how: str
    sizes: dict[str, tuple[int, int]]
    before: Path | None


def restore(
    file: Path, now: datetime, *, tiles: Path | None = None, new_log: bool = False, tell: Tell = silent
) -> Restored:
    """Put the backup in the database's place. Raises Fault or Faults, and then all is as it was.

    tell: hears how far an export is hashed.
    """
    manifest = backups.check(file)
    _fits(manifest, file)
    known = known_heads(manifest.logs)
    ahead = {slug: each for slug, each in known.items() if _is_ahead(each, manifest.logs.get(slug))}
    if ahead and not (tiles or new_log):
        raise Faults([_older(slug, each, manifest.logs.get(slug)) for slug, each in sorted(ahead.items())])
    reports = _checked(tiles, ahead, manifest, tell) if tiles else {}
    bring_back(backups.held_files(file))  # under their hashes: whatever happens next, they hurt nothing
    with _in_place(file, manifest, now) as before:
        call_command("migrate", verbosity=0, interactive=False)
        raise_fence()
        how = "same"
        if new_log:
            how = "new-log"
            ledger.open_trees(now, _old_heads(known, manifest))
        for slug, (folder, report) in reports.items():
            how = "replayed"
            ledger.replay(slug, folder, report, now)
        sizes = {slug: (said["size"], size_of(slug)) for slug, said in manifest.logs.items()}
        with transaction.atomic():
            told = {manifest.logs[slug]["origin"]: list(pair) for slug, pair in sizes.items()}
            ledger.log_restored(how, manifest.made, told, now)
    return Restored(how, sizes, before)


def _fits(manifest: backups.Manifest, file: Path) -> None:
    if manifest.vendor != connection.vendor:
        raise Fault(
            _("a backup of %(found)s cannot be restored into %(wanted)s; point DATABASE_URL to its like"),
            file=str(file), found=manifest.vendor, wanted=connection.vendor,
        )  # fmt: skip
    if manifest.zone != current().id:
        raise Fault(
            _("a backup of the zone %(found)s; this one is %(wanted)s"),
            file=str(file), found=manifest.zone, wanted=current().id,
        )  # fmt: skip
    unknown = manifest.migrations - set(MigrationLoader(None, ignore_no_migrations=True).disk_migrations)
    if unknown:
        raise Fault(
            _("the backup was made by a newer version (%(found)s); install that one first"),
            file=str(file), found=", ".join(".".join(each) for each in sorted(unknown)[:3]),
        )  # fmt: skip


def _is_ahead(known: Known, said: dict[str, Any] | None) -> bool:
    if said is None or known.size > said["size"]:
        return True
    return known.size == said["size"] and known.root is not None and known.root.hex() != said["root"]


def _older(slug: str, known: Known, said: dict[str, Any] | None) -> Fault:
    return Fault(
        _("this backup is older than the log %(log)s: it has %(old)s entries, and %(new)s were signed "
          "(%(who)s knows). Going on from it would fork the log. Give an export with --tiles FOLDER to bring "
          "the rest back, or open new logs with --new-log"),
        log=slug, old=said["size"] if said else 0, new=known.size, who=known.who,
    )  # fmt: skip


def _checked(
    tiles: Path, ahead: dict[str, Known], manifest: backups.Manifest, tell: Tell
) -> dict[str, tuple[Path, Report]]:
    found = {}
    for slug, each in sorted(ahead.items()):
        if slug not in manifest.logs:
            raise Fault(
                _("the backup does not know the log %(log)s at all; open new logs with --new-log"), log=slug
            )
        report = ledger.checked_export(tiles / slug, each.origin, each.vkeys, each.size, tell)
        found[slug] = (tiles / slug, report)
    return found


def _old_heads(known: dict[str, Known], manifest: backups.Manifest) -> dict[str, dict[str, Any]]:
    """Log → what the first entry of its new tree says of the old one: the furthest head that is known."""
    heads: dict[str, dict[str, Any]] = {}
    for slug in sorted(set(known) | set(manifest.logs), key=lambda slug: (len(slug), slug)):
        said, each = manifest.logs.get(slug), known.get(slug)
        head: dict[str, Any] = {"restored": said["size"] if said else 0}
        if each is not None and _is_ahead(each, said):
            head |= {"origin": each.origin, "size": each.size, "root": each.root.hex() if each.root else None}
        elif said is not None:
            head |= {"origin": said["origin"], "size": said["size"], "root": said["root"]}
        heads[slug.partition("-")[0]] = head
    return heads


@contextmanager
def _in_place(file: Path, manifest: backups.Manifest, now: datetime) -> Iterator[Path | None]:
    """Inside, the connection leads to the restored database; it takes the old one's place at the end."""
    if connection.vendor != "sqlite":
        with backups_in_temporary(file, manifest) as dump:
            words = (
                "--clean",
                "--if-exists",
                "--no-owner",
                "--no-privileges",
                "--single-transaction",
                "--exit-on-error",
            )
            backups.run_tool("pg_restore", *words, str(dump))
        yield None
        return
    live = Path(connection.settings_dict["NAME"])
    stands_still(live)
    staged = live.with_name(f"{live.name}.restoring-{os.getpid()}")
    try:
        backups.extract(file, staged, manifest.vendor)
        with closing(sqlite3.connect(staged)) as line:
            backups.sound(line, staged)
        _point(staged)
        before = live.with_name(f"{live.name}.before-{now:%Y%m%dT%H%M%S}") if live.exists() else None
        yield before
        with connection.cursor() as cursor:
            cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        _point(live)
        stands_still(live)
        if before is not None:
            os.replace(live, before)
        os.replace(staged, live)
    finally:
        _point(live)
        for rest in ("", "-wal", "-shm", "-journal"):
            staged.with_name(staged.name + rest).unlink(missing_ok=True)


@contextmanager
def backups_in_temporary(file: Path, manifest: backups.Manifest) -> Iterator[Path]:
    dump = settings.DATA / f"restoring-{os.getpid()}.dump"
    try:
        backups.extract(file, dump, manifest.vendor)
        yield dump
    finally:
        dump.unlink(missing_ok=True)


def _point(database: Path) -> None:
    connection.close()
    connection.settings_dict["NAME"] = str(database)


def stands_still(live: Path) -> None:
    """Leaving WAL needs to be alone with the file: it fails while server or worker have it open."""
    connection.close()
    if not live.exists():
        return
    with closing(sqlite3.connect(live, timeout=1)) as line:
        try:
            alone = line.execute("PRAGMA journal_mode=DELETE").fetchone() == ("delete",)
        except sqlite3.OperationalError:
            alone = False
    if not alone:
        raise Fault(_("the database is in use; stop server and worker first"), file=str(live))
