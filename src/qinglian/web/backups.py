"""A backup: one file that holds the whole database and every file taken in, and says what it holds.

A tar of `manifest.json`, the database (SQLite's own online copy, or pg_dump's), and `files/` with each file
under its hash. Keys are never in it.
"""

from __future__ import annotations

import hashlib
import io
import json
import os
import re
import shutil
import sqlite3
import subprocess
import tarfile
import tempfile
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import IO, Any

from django.conf import settings
from django.db import connection, transaction
from django.db.migrations.recorder import MigrationRecorder

from qinglian.capabilities.files import queries as files
from qinglian.capabilities.ledger.queries import standing
from qinglian.faults import Fault
from qinglian.faults import noop as _
from qinglian.zone.current import current

VERSION = "backup/1"
NAMES = {"sqlite": "database.sqlite3", "postgresql": "database.dump"}
LAST = "last-backup"  # a file beside the database: when one was made
LARGEST_MANIFEST = 4_000_000
_FILE = re.compile(r"files/([0-9a-f]{64})")


@dataclass(frozen=True)
class Made:
    size: int
    sha: str
    keys: Path
    secret: Path


@dataclass(frozen=True)
class Manifest:
    """made: when; logs: tree → origin, size, root and newest checkpoint; migrations: what the schema is."""

    made: str
    vendor: str
    zone: str
    sha: str  # of the database's file
    logs: dict[str, dict[str, Any]]
    files: frozenset[str]  # hashes of the files that came in; their names in the tar are files/HASH
    migrations: frozenset[tuple[str, str]]


def write(file: Path, now: datetime) -> Made:
    """Copy the running database, write the file, read it back whole; nothing appears unless all is well."""
    if file.exists():
        raise Fault(_("the file exists; choose another name"), file=str(file))
    with tempfile.TemporaryDirectory(dir=file.parent, prefix=".backup-") as folder:
        copy = Path(folder) / NAMES[connection.vendor]
        logs, shas = _copy_sqlite(copy) if connection.vendor == "sqlite" else _copy_postgresql(copy)
        held = _still_held(shas)
        manifest = {
            "v": VERSION,
            "made": now.isoformat(),
            "vendor": connection.vendor,
            "zone": current().id,
            "sha256": _sha(copy),
            "logs": logs,
            "files": held,
            "migrations": sorted(map(list, MigrationRecorder(connection).applied_migrations())),
        }
        fresh = Path(folder) / "backup.tar"
        with tarfile.open(fresh, "w") as tar:
            text = json.dumps(manifest, ensure_ascii=False, indent=1).encode()
            head = tarfile.TarInfo("manifest.json")
            head.size, head.mode = len(text), 0o600
            tar.addfile(head, io.BytesIO(text))
            tar.add(copy, copy.name, filter=_nobody)
            for sha in held:
                tar.add(files.path_of(sha), f"files/{sha}", filter=_nobody)
        with fresh.open("rb+") as written:
            os.fchmod(written.fileno(), 0o600)
            os.fsync(written.fileno())
        check(fresh)
        sha, size = _sha(fresh), fresh.stat().st_size
        os.replace(fresh, file)
    (settings.DATA / LAST).write_text(now.isoformat(), "utf-8")
    return Made(size, sha, settings.DATA / "keys", settings.DATA / "secret.key")


def last_backup() -> datetime | None:
    """When one was last made from here."""
    try:
        return datetime.fromisoformat((settings.DATA / LAST).read_text("utf-8").strip())
    except (OSError, ValueError):
        return None


def _nobody(member: tarfile.TarInfo) -> tarfile.TarInfo:
    member.uid = member.gid = 0
    member.uname = member.gname = ""
    member.mode = 0o600
    return member


def _still_held(shas: list[str]) -> list[str]:
    """The files that the copy of the database names; one may have been erased since it was made."""
    missing = [sha for sha in shas if not files.path_of(sha).is_file()]
    lost = set(missing) & set(files.every_sha())
    if lost:
        raise Fault(
            _("%(n)d files that were taken in are missing on the disk, such as %(sha)s; bring them back"),
            n=len(lost), sha=min(lost), file=str(files.path_of(min(lost))),
        )  # fmt: skip
    return sorted(set(shas) - set(missing))


def _copy_sqlite(copy: Path) -> tuple[dict[str, dict[str, Any]], list[str]]:
    """SQLite's online backup; the copy is opened and checked, and says itself how far the logs have come."""
    connection.ensure_connection()
    with closing(sqlite3.connect(copy)) as target:
        connection.connection.backup(target, pages=2048, sleep=0.01)
        target.execute("PRAGMA journal_mode=DELETE")
        sound(target, copy)
        rows = target.execute(
            "SELECT slug, log, origin, size, root FROM ledger_tree ORDER BY slug"
        ).fetchall()
        found = {slug: {"log": log, "origin": origin, "size": size, "root": bytes(root).hex()}
                 for slug, log, origin, size, root in rows}  # fmt: skip
        for slug, said in found.items():
            query = "SELECT text FROM ledger_checkpoint WHERE tree_id = ? ORDER BY size DESC LIMIT 1"
            said["checkpoint"] = (target.execute(query, [slug]).fetchone() or [""])[0]
        shas = [sha for (sha,) in target.execute("SELECT sha FROM files_storedfile")]
    return found, shas


def sound(line: sqlite3.Connection, file: Path) -> None:
    found = line.execute("PRAGMA integrity_check").fetchall()
    wrong = line.execute("PRAGMA foreign_key_check").fetchone()
    if found != [("ok",)] or wrong:
        raise Fault(_("the copy of the database is damaged; try again, and check the disk"), file=str(file))


def _copy_postgresql(copy: Path) -> tuple[dict[str, dict[str, Any]], list[str]]:
    """pg_dump of one snapshot, in which the logs and the list of files are read too."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
        cursor.execute("SELECT pg_export_snapshot()")
        snapshot = cursor.fetchone()[0]
        run_tool(
            "pg_dump",
            "--format=custom",
            "--no-owner",
            "--no-privileges",
            f"--snapshot={snapshot}",
            f"--file={copy}",
        )
        found, shas = standing(), files.every_sha()
    run_tool("pg_restore", "--list", str(copy), connected=False)
    return found, shas


def run_tool(name: str, *words: str, connected: bool = True) -> None:
    """A program of PostgreSQL on our database; Fault with its own words if it is missing or fails."""
    if shutil.which(name) is None:
        raise Fault(_("%(tool)s is not here; install PostgreSQL’s client programs"), tool=name)
    said = connection.settings_dict
    given = {"PGHOST": said["HOST"], "PGPORT": str(said["PORT"] or ""), "PGUSER": said["USER"],
             "PGPASSWORD": said["PASSWORD"]}  # fmt: skip
    environment = {**os.environ, **{key: value for key, value in given.items() if value}}
    target = [f"--dbname={said['NAME']}"] if connected else []
    ran = subprocess.run([name, *target, *words], env=environment, capture_output=True, text=True)
    if ran.returncode:
        raise Fault(_("%(tool)s failed: %(reason)s"), tool=name, reason=ran.stderr.strip()[-500:])


def check(file: Path) -> Manifest:
    """What the backup says of itself, once every byte of it was read and is what was written; else Fault."""
    try:
        with tarfile.open(file) as tar:
            members = {member.name: member for member in tar.getmembers() if member.isfile()}
            manifest = members.get("manifest.json")
            if manifest is None or manifest.size > LARGEST_MANIFEST:
                raise _not_a_backup(file)
            said = json.loads(_opened(tar, manifest).read())
            held = frozenset(map(str, said.get("files", ())))  # none before there were any
            expected = {"manifest.json", NAMES.get(said.get("vendor")), *(f"files/{sha}" for sha in held)}
            if said.get("v") != VERSION or set(members) != expected:
                raise _not_a_backup(file)
            if _sha_of(_opened(tar, members[NAMES[said["vendor"]]])) != said["sha256"]:
                raise _altered(file)
            _check_files(tar, members, file)
            return Manifest(
                str(said["made"]), said["vendor"], said["zone"], said["sha256"], dict(said["logs"]), held,
                frozenset((app, name) for app, name in said["migrations"]),
            )  # fmt: skip
    except (tarfile.TarError, EOFError, ValueError, KeyError, TypeError, AttributeError):
        raise _not_a_backup(file) from None


def _check_files(tar: tarfile.TarFile, members: dict[str, tarfile.TarInfo], file: Path) -> None:
    for name, member in members.items():
        if (found := _FILE.fullmatch(name)) and _sha_of(_opened(tar, member)) != found[1]:
            raise _altered(file)


def held_files(file: Path) -> Iterator[tuple[str, bytes]]:
    """Hash and content of each file in a checked backup."""
    with tarfile.open(file) as tar:
        for member in tar:
            if found := _FILE.fullmatch(member.name):
                yield found[1], _opened(tar, member).read()


def extract(file: Path, target: Path, vendor: str) -> None:
    """The database of a checked backup, into a new file."""
    with tarfile.open(file) as tar, target.open("xb") as out:
        os.fchmod(out.fileno(), 0o600)
        shutil.copyfileobj(_opened(tar, tar.getmember(NAMES[vendor])), out)
        out.flush()
        os.fsync(out.fileno())


def _opened(tar: tarfile.TarFile, member: tarfile.TarInfo) -> IO[bytes]:
    stream = tar.extractfile(member)
    assert stream is not None
    return stream


def _altered(file: Path) -> Fault:
    return Fault(_("the backup was altered or is damaged; take another"), file=str(file))


def _not_a_backup(file: Path) -> Fault:
    return Fault(_("not a backup of this platform, or cut short; take another"), file=str(file))


def _sha(file: Path) -> str:
    with file.open("rb") as stream:
        return _sha_of(stream)


def _sha_of(stream: IO[bytes]) -> str:
    whole = hashlib.sha256()
    while part := stream.read(1 << 20):
        whole.update(part)
    return whole.hexdigest()
