from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings

from qinglian.capabilities.files import store
from qinglian.capabilities.files.inspection.kinds import SUFFIXES
from qinglian.capabilities.files.inspection.naming import plain
from qinglian.capabilities.files.models import FileUse, StoredFile
from qinglian.faults import Fault


@dataclass(frozen=True)
class HeldFile:
    sha: str
    name: str
    kind: str
    size: int
    scan: str  # clean | none
    slot: str


@dataclass(frozen=True)
class Opened:
    """A file to be sent; `path` is whole as far as its size says."""

    name: str
    kind: str
    size: int
    path: Path


def held_by(holder: str, slot: str | None = None) -> list[HeldFile]:
    """The files of one holder, in the order in which they came."""
    rows = FileUse.objects.filter(holder=holder).select_related("file").order_by("id")
    if slot is not None:
        rows = rows.filter(slot=slot)
    return [
        HeldFile(row.file.sha, row.name, row.file.kind, row.file.size, row.file.scan, row.slot)
        for row in rows
    ]


def open_file(holder: str, sha: str) -> Opened | None:
    """A file by its holder and hash; None where the holder has no such file, or its content is gone.

    Whoever asks has passed the gate for the holder first.
    """
    if "\x00" in sha:
        return None
    row = FileUse.objects.filter(holder=holder, file__sha=sha).select_related("file").first()
    if row is None:
        return None
    path = store.path_of(row.file.sha)
    if not path.is_file() or path.stat().st_size != row.file.size:
        return None
    return Opened(row.name, row.file.kind, row.file.size, path)


def scanner_stands() -> bool:
    """Whether files are looked at by a virus scanner before they are kept."""
    return bool(settings.FILE_SCANNER)


def every_sha() -> list[str]:
    return list(StoredFile.objects.order_by("sha").values_list("sha", flat=True))


def missing_files(shas: Iterable[str] | None = None) -> list[str]:
    """Content that the rows name and the disk does not hold whole; it reads every byte."""
    return [sha for sha in (every_sha() if shas is None else shas) if not store.is_whole(sha)]


def path_of(sha: str) -> Path:
    return store.path_of(sha)


def holders(start: str) -> list[str]:
    """Every holder whose name begins so."""
    rows = FileUse.objects.filter(holder__startswith=start)
    return list(rows.order_by("holder").values_list("holder", flat=True).distinct())


def shown_name(given: str) -> str:
    """A name that somebody gave, fit to be shown to them again."""
    return plain(given)[:120] or "–"


def told_name(given: str, fault: Fault) -> str:
    """The name above what is wrong with it; of an archive, with the part that it is about."""
    part = str(fault.params.get("part", ""))
    return f"{shown_name(given)} › {shown_name(part)}" if part else shown_name(given)


def endings(kinds: Iterable[str]) -> list[str]:
    """The endings that names of these kinds bear."""
    return [ending for kind in kinds for ending in SUFFIXES[kind]]
