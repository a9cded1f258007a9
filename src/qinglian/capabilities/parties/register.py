"""Reading a register in: two passes over the file, one transaction or many short ones, bounded memory."""

from __future__ import annotations

import csv
import os
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, nullcontext
from dataclasses import dataclass
from datetime import date, datetime
from itertools import islice
from pathlib import Path
from typing import Any

from django.db import IntegrityError, connection, transaction
from django.db.models import Model

from qinglian.capabilities.parties.models import Enterprise, EnterpriseName, Identifier, RegisterImport
from qinglian.capabilities.parties.register_file import Bad, RegisterFile, Row
from qinglian.faults import Fault, Faults
from qinglian.faults import noop as _

BATCH = 2_000
MOST_FAULTS = 100  # told at once; of the others the number
Progress = Callable[[str, int, int], None]  # pass, bytes of the file, rows


@dataclass(frozen=True)
class Imported:
    rows: int
    made: int
    changed: int
    rejected: int
    rejects: Path | None

    @property
    def unchanged(self) -> int:
        return self.rows - self.made - self.changed


class _Seen:
    """The line each number stands in first: a temporary file of SQLite's, so that memory stays bounded."""

    def __init__(self) -> None:
        self.link = sqlite3.connect("", isolation_level=None)
        self.link.execute("CREATE TABLE seen (number TEXT PRIMARY KEY, line INTEGER) WITHOUT ROWID")
        self.link.execute("BEGIN")

    def first(self, row: Row) -> int:
        number = f"{row.number.kind} {row.number.value}"
        if self.link.execute("INSERT OR IGNORE INTO seen VALUES (?, ?)", (number, row.line)).rowcount:
            return row.line
        return int(self.link.execute("SELECT line FROM seen WHERE number = ?", (number,)).fetchone()[0])

    def close(self) -> None:
        self.link.close()


class _Rejects:
    """FILE.rejects.csv beside the file: what was refused, as it stood, with line and reason."""

    def __init__(self, path: Path, say: Callable[[Fault], str]) -> None:
        self.path, self.say = path.with_name(f"{path.name}.rejects.csv"), say
        self.part = self.path.with_name(f"{self.path.name}.part")
        self.out = self.part.open("w", encoding="utf-8-sig", newline="")
        self.rows = csv.writer(self.out)
        self.n = 0

    def add(self, head: list[str], bad: Bad) -> None:
        if not self.n:
            self.rows.writerow([*head, "line", "reason"])
        self.n += 1
        reason = self.say(Fault(bad.fault.template, key=bad.fault.key, **bad.fault.params))
        padded = [*bad.cells, *[""] * (len(head) - len(bad.cells))]
        self.rows.writerow([*padded, bad.line, reason])

    def keep(self) -> Path | None:
        self.out.close()
        if self.n:
            os.replace(self.part, self.path)
        return self.path if self.n else None

    def close(self) -> None:
        self.out.close()
        self.part.unlink(missing_ok=True)


@dataclass(frozen=True)
class Task:
    """What is read in, and who is told: of the way so far; inside the transaction, of what was written."""

    path: Path
    encoding: str
    source: str
    now: datetime
    tell: Progress
    log: Callable[[str, str, dict[str, int], datetime], object]  # source, hash of the file, counts
    steps: bool = False  # commit every BATCH rows, so that others may write in between


def read_in(task: Task, say: Callable[[Fault], str] | None) -> Imported:
    """All rows, or none and Faults; with `say`, the good rows, and the others beside the file."""
    if not task.source or task.source == "stated":
        raise Fault(_("say which register this is, in a few words; “stated” is kept for what applicants say"))
    with closing(_Seen()) as seen:
        if say is None:
            return _write(task, seen, *_check(task, seen, None), None)
        with closing(_Rejects(task.path, say)) as rejects:
            return _write(task, seen, *_check(task, seen, rejects), rejects)


def _judged(items: RegisterFile, seen: _Seen) -> Iterator[Row | Bad]:
    """The second row with a number is bad too, whichever pass it is."""
    for item in items:
        if isinstance(item, Row) and (line := seen.first(item)) != item.line:
            cells = ["" for _column in items.head]
            cells[items.head.index("number")] = item.number.value
            item = Bad(item.line, cells, Fault(_TWICE, line=item.line, key="number", first=line))
        yield item


_TWICE = _("the number stands already in line %(first)d; remove one of the two")


def _check(task: Task, seen: _Seen, rejects: _Rejects | None) -> tuple[str, int]:
    """(hash of the file, how many rows are refused)."""
    path, items = task.path, RegisterFile(task.path, task.encoding)
    faults: list[Fault] = []
    bad = rows = 0
    try:
        for item in _judged(items, seen):
            rows += 1
            if isinstance(item, Bad):
                bad += 1
                if rejects is not None:
                    rejects.add(items.head, item)
                elif len(faults) < MOST_FAULTS:
                    faults.append(item.fault.at(file=str(path)))
            if rows % BATCH == 0:
                task.tell("check", items.done, rows)
    except Fault as fault:
        raise Faults([*faults, fault.at(file=str(path))]) from None
    if not rows:
        raise Fault(
            _("the file has no row; below the names of the columns stands one enterprise a line"),
            file=str(path),
        )
    if bad > len(faults) and rejects is None:
        faults.append(Fault(_("and %(n)d more rows with faults"), file=str(path), n=bad - len(faults)))
    if faults:
        raise Faults(faults)
    return items.sha, bad


def _write(task: Task, seen: _Seen, sha: str, rejected: int, rejects: _Rejects | None) -> Imported:
    items = RegisterFile(task.path, task.encoding)
    made = changed = rows = 0
    good = (item for item in _judged(items, seen) if isinstance(item, Row))
    try:
        with nullcontext() if task.steps else transaction.atomic():
            while batch := list(islice(good, BATCH)):
                with transaction.atomic(savepoint=False):
                    new, other = _take(batch, task.source, task.now)
                    if task.steps:
                        _keep(task, sha, {"rows": len(batch), "made": new, "changed": other, "rejected": 0})
                made, changed, rows = made + new, changed + other, rows + len(batch)
                task.tell("write", items.done, rows)
            if items.sha != sha:
                raise Fault(_CHANGED_IN_STEPS if task.steps else _CHANGED, file=str(task.path))
            if not task.steps:
                counts = {"rows": rows, "made": made, "changed": changed, "rejected": rejected}
                _keep(task, sha, counts)
    except IntegrityError:
        raise Fault(_OVERTAKEN_IN_STEPS if task.steps else _OVERTAKEN) from None
    return Imported(rows, made, changed, rejected, rejects.keep() if rejects else None)


_CHANGED = _("the file was changed while it was read; nothing was taken: start again")
_CHANGED_IN_STEPS = _("the file was changed while it was read, and part of it was taken; read the new one in")
_OVERTAKEN = _("somebody else changed the register at the same time; nothing was taken: start again")
_OVERTAKEN_IN_STEPS = _("somebody else changed the register at the same time; part was taken: start again")


def _keep(task: Task, sha: str, counts: dict[str, int]) -> None:
    """What was read in, as a row and in the log; call it inside the transaction that wrote it."""
    if counts["made"] or counts["changed"]:
        about = {"sha": sha, "source": task.source, "at": task.now}
        RegisterImport.objects.create(file=task.path.name[:200], **about, **counts)
        task.log(task.source, sha, counts, task.now)


def _take(batch: list[Row], source: str, now: datetime) -> tuple[int, int]:
    """(made, changed) of one batch."""
    asked = {(row.number.kind, row.number.value): row for row in batch}
    held = Identifier.objects.filter(value__in=[value for _kind, value in asked]).exclude(source="stated")
    there = {
        (kind, value): enterprise
        for kind, value, enterprise in held.values_list("kind", "value", "enterprise_id")
        if (kind, value) in asked
    }
    _make([row for key, row in asked.items() if key not in there], source, now)
    changed = _change({enterprise: asked[key] for key, enterprise in there.items()}, now.date())
    return len(asked) - len(there), changed


def _make(rows: list[Row], source: str, now: datetime) -> None:
    made = Enterprise.objects.bulk_create(
        Enterprise(
            place=row.place, district=row.district, status="registered",
            organisation=row.organisation, stated_at=now,
        )
        for row in rows
    )  # fmt: skip
    pairs = [(enterprise.pk, row) for enterprise, row in zip(made, rows, strict=True)]
    _insert(
        EnterpriseName,
        ("enterprise_id", "script", "kind", "name", "since"),
        [
            (pk, script, "legal", name, row.since.isoformat() if row.since else None)
            for pk, row in pairs
            for script, name in row.names
        ],
    )
    _insert(
        Identifier,
        ("enterprise_id", "kind", "value", "checked", "source"),
        [(pk, row.number.kind, row.number.value, row.number.checked, source) for pk, row in pairs],
    )


def _insert(model: type[Model], columns: tuple[str, ...], rows: list[tuple[Any, ...]]) -> None:
    """Rows whose ids nobody asks for: three times as fast as making an object of each."""
    marks = ", ".join(["%s"] * len(columns))
    with connection.cursor() as cursor:
        cursor.executemany(
            f"INSERT INTO {model._meta.db_table} ({', '.join(columns)}) VALUES ({marks})", rows
        )


def _change(rows: dict[int, Row], today: date) -> int:
    """How many of the enterprises that are there already differ from the file, and now no longer do."""
    found = Enterprise.objects.in_bulk(list(rows))
    names: dict[int, dict[str, EnterpriseName]] = {pk: {} for pk in rows}
    for name in EnterpriseName.objects.filter(enterprise__in=list(rows), kind="legal", until=None):
        names[name.enterprise_id][name.script] = name
    changed = 0
    for pk, row in rows.items():
        differs = _keep_facts(found[pk], row)
        for script, name in row.names:
            differs |= _keep_name(pk, names[pk].get(script), script, name, row.since, today)
        changed += differs
    return changed


def _keep_facts(enterprise: Enterprise, row: Row) -> bool:
    if (enterprise.place, enterprise.district, enterprise.organisation) == (
        row.place,
        row.district,
        row.organisation,
    ):
        return False
    enterprise.place, enterprise.district, enterprise.organisation = row.place, row.district, row.organisation
    enterprise.save(update_fields=["place", "district", "organisation"])
    return True


def _keep_name(
    pk: int, held: EnterpriseName | None, script: str, name: str, since: date | None, today: date
) -> bool:
    if held is not None and held.name == name:
        if since is None or held.since == since:
            return False
        held.since = since
        held.save(update_fields=["since"])
        return True
    if held is not None:
        held.kind, held.until = "former", max(since or today, held.since or date.min)
        held.save(update_fields=["kind", "until"])
    EnterpriseName.objects.create(
        enterprise_id=pk, script=script, name=name, since=since or (today if held else None)
    )
    return True
