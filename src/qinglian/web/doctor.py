"""`site doctor`: what a running platform needs, looked at one by one, each with what to do about it.

A capability names its own in its apps.py (`diagnoses = ["…queries.diagnose"]`): functions of a moment that
give `(state, what was found, what to do)`, with state `good`, `warning` or `bad`.
"""

from __future__ import annotations

import os
import shutil
import sqlite3
import stat
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from django.apps import apps
from django.conf import settings
from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor
from django.utils import timezone
from django.utils.module_loading import import_string
from django.utils.translation import gettext as _

from qinglian.web import fence
from qinglian.web.backups import last_backup
from qinglian.web.invariants import invariants
from qinglian.web.models import Demonstration
from qinglian.web.playing_now import is_played
from qinglian.zone.current import current

GOOD, WARNING, BAD = "good", "warning", "bad"
ROOM = 1_000_000_000  # bytes that should be free
NEWEST = 200  # of each kind of record
STALE = 7  # days after which a backup is old
Finding = tuple[str, str, str]


@dataclass(frozen=True)
class Diagnosis:
    about: str
    state: str
    said: str
    mend: str


def examine(now: datetime) -> Iterator[Diagnosis]:
    """One after the other; one that breaks is itself a finding, and the others go on."""
    for name, check in _checks():
        try:
            for state, said, mend in check(now):
                yield Diagnosis(name, state, said, mend)
        except Exception as error:  # a doctor does not faint
            broke = _("this could not be looked at: %(what)s") % {"what": type(error).__name__}
            yield Diagnosis(name, BAD, broke, _("Mend the database first, then ask again."))


def _checks() -> Iterator[tuple[str, Callable[[datetime], Iterator[Finding]]]]:
    yield from (
        ("settings", _settings),
        ("keys", _keys),
        ("disk", _disk),
        ("database", _database),
        ("fence", fence.diagnose),
        ("backups", _backups),
        ("clock", _clock),
        ("calendars", _calendars),
        ("records", _records),
    )
    for config in apps.get_app_configs():
        for name in getattr(config, "diagnoses", []):
            yield config.label, import_string(name)


def _settings(now: datetime) -> Iterator[Finding]:
    wrong = False
    if settings.DEBUG:
        wrong = True
        yield BAD, _("QINGLIAN_DEBUG shows the inside of errors to everybody"), _("Unset QINGLIAN_DEBUG.")
    if is_played():
        since = Demonstration.objects.order_by("-since").values_list("since", flat=True).first()
        said = _("a demonstration is being played since %(since)s: the worker waits for its end")
        when = timezone.localtime(since).isoformat(" ", "minutes") if since else "–"
        yield WARNING, said % {"since": when}, _("Wait for the end of `site demo`, or end it.")
    if current().demonstration:
        yield GOOD, _("this is a demonstration: no office stands behind it"), ""
        return
    if not settings.SECURE:
        wrong = True
        yield (
            BAD,
            _("pages travel in clear: codes and passwords can be read on the way"),
            _("Put a proxy with HTTPS in front and set QINGLIAN_HTTPS=1."),
        )
    if "*" in settings.ALLOWED_HOSTS:
        wrong = True
        yield BAD, _("every host name is answered to"), _("Name the hosts in QINGLIAN_HOSTS.")
    if "localhost" in settings.PUBLIC_URL:
        wrong = True
        yield (
            WARNING,
            _("letters name an address on this machine"),
            _("Set QINGLIAN_URL to the public address."),
        )
    if not wrong:
        yield GOOD, _("the settings are those of an office"), ""


def _keys(now: datetime) -> Iterator[Finding]:
    file = settings.DATA / "secret.key"
    if not os.environ.get("QINGLIAN_SECRET_KEY") and file.exists():
        if stat.S_IMODE(file.stat().st_mode) & 0o077:
            yield BAD, _("others on this machine can read %(file)s") % {"file": file}, f"chmod 600 {file}"
        else:
            yield GOOD, _("the secret key is readable by its owner alone"), ""
    folder = settings.DATA / "keys"
    loose = [
        each for each in folder.glob("*") if stat.S_IMODE(each.stat().st_mode) & 0o077 and each.is_file()
    ]
    if loose:
        yield BAD, _("others on this machine can read %(file)s") % {"file": loose[0]}, f"chmod 600 {folder}/*"
    elif folder.is_dir():
        yield GOOD, _("the keys of the log are readable by their owner alone"), ""


def _disk(now: datetime) -> Iterator[Finding]:
    free = shutil.disk_usage(settings.DATA).free
    said = _("%(mb)d MB are free in %(folder)s") % {"mb": free // 1_000_000, "folder": settings.DATA}
    if free < ROOM:
        yield (BAD if free < ROOM // 10 else WARNING), said, _("Make room: a full disk stops every lodging.")
    else:
        yield GOOD, said, ""


def _database(now: datetime) -> Iterator[Finding]:
    plan = MigrationExecutor(connection)
    waiting = plan.migration_plan(plan.loader.graph.leaf_nodes())
    if waiting:
        yield (
            BAD,
            _("the database is %(n)d steps behind the program") % {"n": len(waiting)},
            _("Make a backup, then run: qinglian site prepare"),
        )
    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            told = [row[0] for row in cursor.execute("PRAGMA quick_check(3)").fetchall()]
            mode = cursor.execute("PRAGMA journal_mode").fetchone()[0]
        if told != ["ok"]:
            yield BAD, _("SQLite finds its file damaged"), _("Stop the platform and restore the last backup.")
        elif mode != "wal":
            yield WARNING, _("SQLite does not keep a write-ahead log"), _("Put the database on a local disk.")
        else:
            version = sqlite3.sqlite_version
            yield GOOD, _("SQLite %(version)s finds its file whole") % {"version": version}, ""
    else:
        with connection.cursor() as cursor:
            cursor.execute("SHOW server_version_num")
            version = int(cursor.fetchone()[0])
        old = version < 150000
        said = _("PostgreSQL %(version)d answers") % {"version": version // 10000}
        yield (BAD if old else GOOD), said, _("Version 15 or later is needed.") if old else ""


def _backups(now: datetime) -> Iterator[Finding]:
    found = last_backup()
    if found is None:
        state = WARNING if current().demonstration else BAD
        yield state, _("no backup was made from here"), _("Run: qinglian site backup FILE, every night.")
        return
    days = (now - found).days
    said = _("the last backup is %(n)d days old") % {"n": days}
    if days > STALE:
        yield BAD, said, _("Run: qinglian site backup FILE, every night.")
    else:
        yield GOOD, said, ""


def _clock(now: datetime) -> Iterator[Finding]:
    """Only what can be seen from inside: nothing that was written may lie ahead of now."""
    newest = max((file.stat().st_mtime for file in _written()), default=0.0)
    ahead = newest - now.timestamp()
    if ahead > 60:
        yield (
            BAD,
            _("files were written %(n)d seconds ahead of this clock: it was set back") % {"n": int(ahead)},
            _("Set the clock by NTP before any deadline is reckoned."),
        )
    else:
        yield GOOD, _("this clock runs on from what was written"), ""


def _written() -> list[Path]:
    return [each for each in settings.DATA.glob("*.sqlite3*") if each.is_file()]


def _calendars(now: datetime) -> Iterator[Finding]:
    year = timezone.localtime(now).year
    for name, calendar in sorted(current().calendars.items()):
        mend = _("Add the year’s rows to calendars/%(name)s.csv of the pack, then run: qinglian site prepare")
        known = {each.year: each.status for each in calendar.years}
        if year not in known:
            yield (
                BAD,
                _("calendar %(name)s lacks %(year)d") % {"name": name, "year": year},
                mend % {"name": name},
            )
        elif timezone.localtime(now).month >= 11 and known.get(year + 1, "projected") == "projected":
            said = _("calendar %(name)s: %(year)d is not published yet; due moments there are provisional")
            yield WARNING, said % {"name": name, "year": year + 1}, mend % {"name": name}
        else:
            yield GOOD, _("calendar %(name)s holds %(year)d") % {"name": name, "year": year}, ""


def _records(now: datetime) -> Iterator[Finding]:
    """What must hold of the newest records: of all of them only `site demo --check` and `log compare` ask."""
    looked = list(invariants(NEWEST))
    for each in looked:
        if each.wrong:
            said = _("of %(n)d looked at, %(bad)d are not so: %(what)s (%(which)s)") % {
                "n": each.n, "bad": len(each.wrong), "what": each.said, "which": ", ".join(each.wrong[:3]),
            }  # fmt: skip
            yield BAD, said, _("Stop the worker, make a backup, and run: qinglian site log compare")
    if not any(each.wrong for each in looked):
        said = _("the newest records hold together: %(n)d rules of cases, log and figures")
        yield GOOD, said % {"n": len(looked)}, ""


def is_up() -> bool:
    """Whether the database answers."""
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
            return bool(cursor.fetchone())
    except DatabaseError:
        return False
