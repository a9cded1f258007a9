from __future__ import annotations

import os
import time
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

from django.conf import settings
from django.db import transaction

from qinglian.capabilities.files import store
from qinglian.capabilities.files.confining import inspected
from qinglian.capabilities.files.inspection import naming, refusals
from qinglian.capabilities.files.limits import Limits
from qinglian.capabilities.files.models import FileUse, StoredFile
from qinglian.capabilities.files.scanning import scan
from qinglian.faults import Fault

FORGOTTEN = timedelta(days=1)  # how long a file on the disk may be without a row


class Upload(Protocol):
    """What a form hands over: Django's UploadedFile, or anything like it."""

    name: str | None
    size: int | None

    def read(self) -> bytes: ...


@dataclass(frozen=True)
class Taken:
    """What was taken in: content by its hash, the name made harmless, kind and size of what is kept."""

    sha: str
    name: str
    kind: str
    size: int


def take_in(upload: Upload, limits: Limits, now: datetime, *, holder: str, slot: str = "") -> Taken:
    """Look at a file, and keep it for its holder. The same content twice is kept once, and is no fault.

    Raises Fault with one of `inspection.refusals`; nothing is then kept. It takes seconds: call it outside
    any transaction.
    """
    if (upload.size or 0) > limits.most_mb * 1_000_000:
        raise Fault(refusals.TOO_LARGE, most=limits.most_mb)
    data = upload.read()
    if settings.FILE_SCANNER:
        scan(data, settings.FILE_SCANNER, settings.FILE_SCAN_SECONDS)
    given = upload.name or ""
    found = inspected(data, naming.suffix(given), limits.accept)
    sha, name = store.sha_of(found.data), naming.under_kind(given, found.kind)
    with transaction.atomic():
        row = _kept(sha, found.kind, found.data, now)
        _held(row, holder, slot, name, limits.most_files, now)
    return Taken(sha, name, row.kind, row.size)


def _kept(sha: str, kind: str, data: bytes, now: datetime) -> StoredFile:
    scanned = "clean" if settings.FILE_SCANNER else "none"
    row, made = StoredFile.objects.select_for_update().get_or_create(
        sha=sha, defaults={"kind": kind, "size": len(data), "scan": scanned, "at": now}
    )
    if not made and scanned == "clean" and row.scan != scanned:
        row.scan = scanned
        row.save(update_fields=["scan"])
    store.put(sha, data)  # after the row: a sweep that drops the same content has either ended or waits
    return row


def _held(row: StoredFile, holder: str, slot: str, name: str, most: int, now: datetime) -> None:
    there = FileUse.objects.filter(holder=holder, slot=slot)
    if there.filter(file=row).exists():
        return
    if there.count() >= most:
        raise Fault(refusals.TOO_MANY, most=most)
    FileUse.objects.create(file=row, holder=holder, slot=slot, name=name, at=now)


def hand_over(holder: str, to: str, *, slot: str | None = None) -> int:
    """Everything that one holder held is another's from now on: a draft's files are its case's. How many.

    slot: where the other keeps them, if not in the slots in which they came.
    """
    changed = {"holder": to} | ({} if slot is None else {"slot": slot})
    return FileUse.objects.filter(holder=holder).update(**changed)


def let_go(holder: str, sha: str | None = None, *, slot: str | None = None) -> int:
    """The holder needs a file no more, or none at all; how many. The content goes with the next sweep."""
    if sha is not None and "\x00" in sha:  # PostgreSQL does not look for it, and no hash holds one
        return 0
    rows = FileUse.objects.filter(holder=holder)
    if sha is not None:
        rows = rows.filter(file__sha=sha)
    if slot is not None:
        rows = rows.filter(slot=slot)
    return rows.delete()[0]


def sweep(now: datetime, limit: int = 200) -> int:
    """A job: erase content that nobody holds, and what lies on the disk without a row; how many."""
    ids = StoredFile.objects.filter(uses=None).order_by("id").values_list("id", flat=True)[:limit]
    return sum(_erased(each) for each in list(ids)) + _strays(limit)


@transaction.atomic
def _erased(file_id: int) -> int:
    row = StoredFile.objects.select_for_update().filter(pk=file_id).first()
    if row is None or row.uses.exists():
        return 0
    row.delete()
    store.drop(row.sha)  # before the commit: whoever takes the same content in waits for it, and writes anew
    return 1


def _strays(limit: int) -> int:
    gone, before = 0, time.time() - FORGOTTEN.total_seconds()
    old = list(store.old_ones(before))
    for start in range(0, len(old), limit):
        part = old[start : start + limit]
        known = set(StoredFile.objects.filter(sha__in=[p.name for p in part]).values_list("sha", flat=True))
        for path in (each for each in part if each.name not in known):
            if os.path.exists(path) and path.stat().st_mtime < before:
                path.unlink(missing_ok=True)
                gone += 1
    return gone


def bring_back(found: Iterable[tuple[str, bytes]]) -> int:
    """Put content from a backup in its place; what is there and whole stays. How many were written."""
    written = 0
    for sha, data in found:
        if not store.is_whole(sha):
            store.drop(sha)
            store.put(sha, data)
            written += 1
    return written
