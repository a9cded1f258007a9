"""What lies in QINGLIAN_DATA/keys, beside the database and never in its backup.

`<tree>.key`: the log's signing keys, readable by their owner only. `<tree>.head`: the newest head that was
signed. A database that is older than its head must not be signed again: that would be a fork.
"""

from __future__ import annotations

import os
import tomllib
from pathlib import Path

from django.conf import settings

from qinglian.engines.merkle import ED25519, MLDSA44, Checkpoint, SigningKey, parse_checkpoint, parse_note
from qinglian.faults import Fault
from qinglian.faults import noop as _

VERSION = "log-keys/1"


def folder() -> Path:
    return Path(settings.DATA) / "keys"


def make(slug: str, origin: str) -> list[SigningKey]:
    """The keys of a tree: those that are there already, or new ones from the system's entropy."""
    place = folder() / f"{slug}.key"
    if place.exists():
        return read(slug, origin)
    place.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    keys = [SigningKey(origin, kind, os.urandom(32)) for kind in (ED25519, MLDSA44)]
    lines = "".join(f'  "{key.text}",\n' for key in keys)
    _write(place, f'v = "{VERSION}"\nkeys = [\n{lines}]\n')
    return keys


def read(slug: str, origin: str) -> list[SigningKey]:
    """Raises Fault, which repeats nothing of the keys, if they are missing or another log's."""
    place = folder() / f"{slug}.key"
    try:
        data = tomllib.loads(place.read_text("utf-8"))
        keys = [SigningKey.parse(text) for text in data["keys"]] if data.get("v") == VERSION else []
    except FileNotFoundError:
        raise Fault(
            _("the log’s keys are missing; put the file back, or open a new log"), file=str(place)
        ) from None
    except (OSError, ValueError, KeyError, TypeError, AttributeError, tomllib.TOMLDecodeError):
        keys = []
    if {key.kind for key in keys} != {ED25519, MLDSA44} or any(key.name != origin for key in keys):
        raise Fault(
            _("not the keys of the log %(origin)s; put the right file back, or open a new log"),
            file=str(place),
            origin=origin,
        )
    return keys


def head(slug: str) -> Checkpoint | None:
    """The newest head that was signed with the keys beside it; None before the first."""
    text = head_text(slug)
    return parse_checkpoint(parse_note(text).body) if text else None


def head_text(slug: str) -> str:
    place = folder() / f"{slug}.head"
    return place.read_bytes().decode("utf-8") if place.exists() else ""


def heads() -> dict[str, str]:
    """Tree → its newest signed head, for every tree whose keys were ever used here."""
    return {place.stem: head_text(place.stem) for place in sorted(folder().glob("*.head"))}


def keep_head(slug: str, text: str) -> None:
    """On the disk before the signature is shown to anybody."""
    _write(folder() / f"{slug}.head", text)


def _write(place: Path, text: str) -> None:
    fresh = place.with_name(f"{place.name}.{os.getpid()}.new")
    with os.fdopen(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
        file.write(text.encode())
        file.flush()
        os.fsync(file.fileno())
    os.replace(fresh, place)
    above = os.open(place.parent, os.O_RDONLY)
    try:
        os.fsync(above)
    finally:
        os.close(above)
