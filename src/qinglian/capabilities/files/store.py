"""The bytes on the disk: each by the hash of its content, whole or not at all, in a folder nobody serves."""

from __future__ import annotations

import hashlib
import os
import tempfile
from collections.abc import Iterator
from pathlib import Path

from django.conf import settings


def folder() -> Path:
    return Path(settings.DATA) / "files"


def path_of(sha: str) -> Path:
    return folder() / sha[:2] / sha


def sha_of(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def put(sha: str, data: bytes) -> None:
    """Write, see it safe on the disk, and only then let it bear its name. What is there already stays."""
    target = path_of(sha)
    if target.exists() and target.stat().st_size == len(data):
        os.utime(target)  # it is young again: no sweep takes it for forgotten
        return
    target.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    handle, fresh = tempfile.mkstemp(dir=target.parent, prefix=".new-")
    try:
        with os.fdopen(handle, "wb") as out:  # mkstemp: nobody else may read it
            out.write(data)
            out.flush()
            os.fsync(out.fileno())
        os.replace(fresh, target)
    except BaseException:
        Path(fresh).unlink(missing_ok=True)
        raise
    _keep_entry(target.parent)


def _keep_entry(place: Path) -> None:
    handle = os.open(place, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def is_whole(sha: str) -> bool:
    try:
        with path_of(sha).open("rb") as stream:
            return hashlib.file_digest(stream, "sha256").hexdigest() == sha
    except FileNotFoundError:
        return False


def drop(sha: str) -> None:
    path_of(sha).unlink(missing_ok=True)


def old_ones(before: float) -> Iterator[Path]:
    """Files on the disk that nobody wrote since then (seconds of the clock), half-written ones among them."""
    for each in folder().glob("??/*"):
        try:
            if each.stat().st_mtime < before:
                yield each
        except FileNotFoundError:
            continue
