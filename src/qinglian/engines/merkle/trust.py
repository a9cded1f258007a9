"""Whom a verifier believes: a file of logs, their keys, and how many witnesses each needs.

It says what C2SP tlog-policy says (logs, witnesses, a quorum k of n), in TOML and for each log.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from qinglian.engines.merkle.checkpoints import Checkpoint, parse_checkpoint
from qinglian.engines.merkle.keys import COSIGNATURE, ED25519, MLDSA44, VerifierKey, check_name
from qinglian.engines.merkle.notes import open_checkpoint, parse_note
from qinglian.faults import Fault
from qinglian.faults import noop as _

VERSION = "trust/1"


@dataclass(frozen=True)
class TrustedLog:
    """A log: its origin, its keys, and that `threshold` of the named witnesses must have cosigned."""

    origin: str
    keys: tuple[VerifierKey, ...]
    threshold: int
    witnesses: tuple[str, ...]


@dataclass(frozen=True)
class Accepted:
    """A checkpoint that is believed: who cosigned, and the latest POSIX second any signature states."""

    checkpoint: Checkpoint
    witnesses: tuple[str, ...]
    latest: int | None
    text: str


@dataclass(frozen=True)
class Trust:
    """Logs by origin, and the keys of witnesses by name."""

    logs: Mapping[str, TrustedLog]
    witnesses: Mapping[str, tuple[VerifierKey, ...]]

    def log(self, origin: str) -> TrustedLog:
        """The log of that origin; Fault if the file does not name it."""
        if origin not in self.logs:
            raise Fault(
                _("no log %(origin)s in the trust file; add it only if you know its keys"), origin=origin
            )
        return self.logs[origin]

    def accept(self, text: str, not_before: int | None = None) -> Accepted:
        """A signed checkpoint that this trust believes; Fault, saying why, for any other.

        Of log and witness alike: where keys of several types are listed, one of each type must have
        signed, so that breaking one type breaks nothing. not_before: the POSIX second before which
        a checkpoint is stale; then some signature must state its time.
        """
        log = self.log(parse_checkpoint(parse_note(text).body).origin)
        named = {name: self.witnesses[name] for name in log.witnesses}
        keys = [*log.keys, *(key for one in named.values() for key in one)]
        checkpoint, signed = open_checkpoint(text, log.origin, keys)
        if not every_kind(log.keys, signed):
            raise Fault(
                _("%(origin)s has not signed with each type of key listed; fetch a checkpoint that has"),
                origin=log.origin,
            )
        cosigners = tuple(name for name, one in named.items() if every_kind(one, signed))
        if len(cosigners) < log.threshold:
            raise Fault(
                _("%(found)s of the %(wanted)s witnesses needed have cosigned; fetch a checkpoint with more"),
                found=len(cosigners),
                wanted=log.threshold,
            )
        latest = max((moment for moment in signed.values() if moment is not None), default=None)
        if not_before is not None and (latest is None or latest < not_before):
            raise Fault(_("a stale checkpoint: no signature is as new as was asked; fetch the newest"))
        return Accepted(checkpoint, cosigners, latest, text)


def every_kind(keys: Iterable[VerifierKey], signed: Mapping[VerifierKey, int | None]) -> bool:
    """Whether of each type of key listed at least one has signed."""
    keys = list(keys)
    return {key.kind for key in keys} == {key.kind for key in keys if key in signed}


def parse_trust(text: str) -> Trust:
    """A trust file (TOML, `v = "trust/1"`) read strictly; an unknown key is a Fault, as is a missing one.

    [[log]] origin, keys, threshold (0: no witness needed), witnesses · [[witness]] name, keys.
    Source: C2SP tlog-policy; a log's key name must be its origin, no key may stand twice.
    """
    try:
        data = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise Fault(_("not TOML: %(reason)s; mend the text there"), reason=str(error)) from None
    if next(iter(data), None) != "v" or data["v"] != VERSION:
        raise Fault(_('not a trust file; its first line is v = "%(version)s"'), line=1, version=VERSION)
    _only(data, {"v", "log", "witness"}, "")
    seen: set[bytes] = set()
    witnesses: dict[str, tuple[VerifierKey, ...]] = {}
    for number, table in enumerate(_tables(data, "witness")):
        name, keys = _witness(table, f"witness[{number}]", seen)
        if name in witnesses:
            raise Fault(
                _("the name %(name)s stands twice; keep one"), key=f"witness[{number}].name", name=name
            )
        witnesses[name] = keys
    logs: dict[str, TrustedLog] = {}
    for number, table in enumerate(_tables(data, "log")):
        log = _log(table, f"log[{number}]", seen, witnesses)
        if log.origin in logs:
            raise Fault(
                _("the name %(name)s stands twice; keep one"), key=f"log[{number}].origin", name=log.origin
            )
        logs[log.origin] = log
    if not logs:
        raise Fault(_("the trust file names no log; add a [[log]] with its origin and keys"))
    return Trust(logs, witnesses)


def _witness(table: Mapping[str, Any], place: str, seen: set[bytes]) -> tuple[str, tuple[VerifierKey, ...]]:
    _only(table, {"name", "keys"}, place)
    return check_name(_text(table, "name", place)), _keys(table, place, {COSIGNATURE, MLDSA44}, seen)


def _log(table: Mapping[str, Any], place: str, seen: set[bytes], known: Mapping[str, object]) -> TrustedLog:
    _only(table, {"origin", "keys", "threshold", "witnesses"}, place)
    origin, keys = _text(table, "origin", place), _keys(table, place, {ED25519, MLDSA44}, seen)
    if any(key.name != origin for key in keys):
        raise Fault(
            _("a key of another name; a log’s keys bear its origin %(origin)s"), key=place, origin=origin
        )
    threshold, names = table.get("threshold"), table.get("witnesses", [])
    if (
        not isinstance(names, list)
        or any(name not in known for name in names)
        or len(set(names)) != len(names)
    ):
        raise Fault(_("list each witness once, by the name of a [[witness]]"), key=f"{place}.witnesses")
    if type(threshold) is not int or not 0 <= threshold <= len(names):
        raise Fault(
            _("say how many witnesses are needed, from 0 to %(most)s"),
            key=f"{place}.threshold",
            most=len(names),
        )
    return TrustedLog(origin, keys, threshold, tuple(names))


def _tables(data: Mapping[str, Any], name: str) -> list[Mapping[str, Any]]:
    tables = data.get(name, [])
    if not isinstance(tables, list) or not all(isinstance(table, dict) for table in tables):
        raise Fault(_("write it as tables, each under [[%(name)s]]"), key=name, name=name)
    return tables


def _only(table: Mapping[str, Any], known: set[str], place: str) -> None:
    for name in table:
        if name not in known:
            raise Fault(
                _("unknown key %(name)r; known are %(known)s"),
                key=place or None,
                name=name,
                known=", ".join(sorted(known)),
            )


def _text(table: Mapping[str, Any], name: str, place: str) -> str:
    value = table.get(name)
    if not isinstance(value, str) or not value:
        raise Fault(_('a text is missing; write %(name)s = "…"'), key=f"{place}.{name}", name=name)
    return value


def _keys(table: Mapping[str, Any], place: str, kinds: set[int], seen: set[bytes]) -> tuple[VerifierKey, ...]:
    texts = table.get("keys")
    if not isinstance(texts, list) or not texts or not all(isinstance(text, str) for text in texts):
        raise Fault(_("the keys are missing; list one or more in quotation marks"), key=f"{place}.keys")
    keys = []
    for number, text in enumerate(texts):
        where = f"{place}.keys[{number}]"
        try:
            key = VerifierKey.parse(text)
        except Fault as fault:
            raise fault.at(key=where) from None
        if key.kind not in kinds:
            raise Fault(_("a key of the wrong type: logs have types 1 and 6, witnesses 4 and 6"), key=where)
        if key.public in seen:
            raise Fault(
                _("the same key stands twice in the file; give every log and witness its own"), key=where
            )
        seen.add(key.public)
        keys.append(key)
    return tuple(keys)
