"""A draw in a folder: what is public, what stays private, and every file written whole or not at all.

FOLDER/: terms.json, frame.tsv, inspectors.tsv, conflicts.tsv, commitment.json, report.json, spoken.json,
opened.json, assigned.json, transcript.json · FOLDER/private/: keys.json, history.tsv, arcs.tsv
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from qinglian.engines import canon
from qinglian.engines.draw import fields
from qinglian.engines.draw.hashing import leaves, root, rows_of
from qinglian.engines.draw.identities import pseudonym, salt_of
from qinglian.engines.draw.terms import Commitment, Frozen, Terms, read_commitment, read_terms
from qinglian.faults import Fault
from qinglian.faults import noop as _

KEYS_VERSION = "draw-keys/1"
SECRETS = ("frame", "inspectors", "conflicts", "salt")


def write_whole(path: Path, data: bytes | Iterable[bytes], mode: int = 0o644) -> None:
    """The file in one step, from its bytes or parts of them: written beside, flushed, renamed over."""
    path.parent.mkdir(parents=True, exist_ok=True)
    fresh = path.with_name(path.name + ".new")
    place = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, mode)
    with os.fdopen(place, "wb") as file:
        file.writelines([data] if isinstance(data, bytes) else data)
        file.flush()
        os.fsync(file.fileno())
    os.replace(fresh, path)


def write_json(path: Path, document: Any, mode: int = 0o644) -> None:
    canon.dumps(document)
    write_whole(path, (json.dumps(document, ensure_ascii=False, indent=1) + "\n").encode(), mode)


def read_json(path: Path) -> Any:
    """A JSON file read strictly; Fault with its name."""
    try:
        return canon.loads(path.read_bytes())
    except Fault as fault:
        raise fault.at(file=str(path)) from None


@dataclass(frozen=True)
class Keys:
    """What stays with the operator: three keys of 32 bytes, which class is which stratum, and a salt."""

    frame: bytes
    inspectors: bytes
    conflicts: bytes
    salt: bytes
    classes: dict[str, str]

    @classmethod
    def new(cls, classes: dict[str, str], entropy: Callable[[int], bytes]) -> Keys:
        return cls(entropy(32), entropy(32), entropy(32), entropy(32), classes)

    @property
    def document(self) -> dict[str, Any]:
        keys = {name: getattr(self, name).hex() for name in SECRETS}
        return {"v": KEYS_VERSION, **keys, "classes": self.classes}


@dataclass(frozen=True)
class Folder:
    """One draw's folder."""

    path: Path

    def at(self, name: str) -> Path:
        return self.path / name

    def must(self, name: str, verb: str) -> Path:
        """The file of that name; Fault naming the verb that makes it, if it is not there."""
        if not self.at(name).is_file():
            raise Fault(
                _("%(name)s is missing; make it with `qinglian draw %(verb)s`"),
                file=str(self.path),
                name=name,
                verb=verb,
            )
        return self.at(name)

    def must_not(self, name: str) -> Path:
        """The place of that file; Fault if it is there: what is done once is never done again."""
        if self.at(name).exists():
            raise Fault(
                _("%(name)s is there already, and no draw is done twice; plan a new one that supersedes it"),
                file=str(self.path),
                name=name,
            )
        return self.at(name)

    def terms(self) -> Terms:
        path = self.must("terms.json", "plan")
        try:
            return read_terms(read_json(path))
        except Fault as fault:
            raise fault.at(file=str(path)) from None

    def keys(self) -> Keys:
        path = self.must("private/keys.json", "plan")
        data = read_json(path)
        if not isinstance(data, dict) or data.get("v") != KEYS_VERSION:
            raise Fault(_("not the keys of a draw; put the right file back"), file=str(path))
        classes = data.get("classes")
        try:
            frame, inspectors, conflicts, salt = (fields.hexadecimal(data, name) for name in SECRETS)
            if not isinstance(classes, dict) or not all(isinstance(name, str) for name in classes.values()):
                raise Fault(_("not the keys of a draw; put the right file back"), key="classes")
        except Fault as fault:
            raise fault.at(file=str(path)) from None
        return Keys(frame, inspectors, conflicts, salt, classes)

    def commitment(self) -> Commitment:
        path = self.must("commitment.json", "commit")
        try:
            return read_commitment(read_json(path))
        except Fault as fault:
            raise fault.at(file=str(path)) from None

    def lines(self, name: str, verb: str = "freeze") -> list[bytes]:
        path = self.must(name, verb)
        try:
            return rows_of(path.read_bytes())
        except Fault as fault:
            raise fault.at(file=str(path)) from None

    def write_lines(self, name: str, lines: Iterable[bytes], mode: int = 0o644) -> None:
        write_whole(self.at(name), lines, mode)


def frozen(lines: list[bytes], terms: Terms) -> Frozen:
    """How many rows, and their root."""
    return Frozen(len(lines), root(leaves(lines, terms.h), terms.h))


def pid_of(key: bytes, identity: str, terms: Terms) -> str:
    """The pseudonym of a canonical identifier under a key of this draw."""
    return pseudonym(salt_of(key, identity, terms.hash, terms.h), identity, terms.h)
