"""A record: an entry, the values its holder chooses to show, the proof that it is logged; one JSON file."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from qinglian.engines import canon
from qinglian.engines.merkle.fields import Entry, entry_of
from qinglian.engines.merkle.hashing import leaf_hash
from qinglian.engines.merkle.proof_files import ProofFile, read_proof, write_proof
from qinglian.engines.merkle.proofs import verify_inclusion
from qinglian.engines.merkle.trust import Accepted, Trust
from qinglian.engines.merkle.wire import from_base64, to_base64
from qinglian.faults import Fault
from qinglian.faults import noop as _

VERSION = "record/1"


@dataclass(frozen=True)
class Record:
    """entry as logged; reveal: field → (value, salt); proof of its place in the log."""

    entry: Entry
    reveal: Mapping[str, tuple[Any, bytes]]
    proof: ProofFile

    @property
    def withheld(self) -> list[str]:
        """The fields whose value is not shown: kept back, or erased; the file does not say which."""
        return sorted(set(self.entry.fields) - set(self.reveal))

    def without(self, fields: Iterable[str]) -> Record:
        """The record with value and salt of some fields gone: what erasing leaves. The proof is untouched."""
        gone = set(fields)
        return replace(self, reveal={name: pair for name, pair in self.reveal.items() if name not in gone})


def write_record(record: Record) -> str:
    """The record as a JSON file whose first key is "v"; UTF-8 text with a final newline."""
    reveal = {
        name: {"value": value, "salt": to_base64(salt)}
        for name, (value, salt) in sorted(record.reveal.items())
    }
    proof = write_proof(record.proof.index, record.proof.proof, record.proof.checkpoint)
    document = {"v": VERSION, "entry": record.entry.document, "reveal": reveal, "proof": proof}
    canon.dumps(document)
    return json.dumps(document, ensure_ascii=False, indent=1) + "\n"


def read_record(text: str) -> Record:
    """A record file taken apart, nothing in it checked yet; Fault if its form is wrong."""
    document = canon.loads(text)
    if not isinstance(document, dict) or document.get("v") != VERSION:
        raise Fault(_('not a record; its first key is "v": "%(version)s"'), version=VERSION)
    if set(document) != {"v", "entry", "reveal", "proof"} or not isinstance(document["proof"], str):
        raise Fault(
            _("not a record of form %(version)s; it has just v, entry, reveal and proof"), version=VERSION
        )
    if not isinstance(document["reveal"], dict):
        raise Fault(_("write the shown fields as an object of name, value and salt"), key="reveal")
    reveal = {name: _revealed(name, shown) for name, shown in document["reveal"].items()}
    try:
        proof = read_proof(document["proof"])
    except Fault as fault:
        raise fault.at(key="proof") from None
    return Record(entry_of(document["entry"]), reveal, proof)


def _revealed(name: str, shown: object) -> tuple[Any, bytes]:
    if not isinstance(shown, dict) or set(shown) != {"value", "salt"} or not isinstance(shown["salt"], str):
        raise Fault(_("write the shown fields as an object of name, value and salt"), key=f"reveal.{name}")
    try:
        return shown["value"], from_base64(shown["salt"])
    except Fault as fault:
        raise fault.at(key=f"reveal.{name}.salt") from None


def verify_proof(proof: ProofFile, entry: bytes, trust: Trust, not_before: int | None = None) -> Accepted:
    """The believed checkpoint in which `entry` stands at the proof's index; Fault, saying why, otherwise.

    Source: C2SP tlog-proof: signatures and quorum first, then RFC 9162 section 2.1.3.2.
    """
    accepted = trust.accept(proof.checkpoint, not_before)
    checkpoint = accepted.checkpoint
    verify_inclusion(leaf_hash(entry), proof.index, checkpoint.size, proof.proof, checkpoint.root)
    return accepted


def verify_record(record: Record, trust: Trust, not_before: int | None = None) -> Accepted:
    """As `verify_proof` for the record's entry, and every shown value is the one that was logged."""
    accepted = verify_proof(record.proof, record.entry.data, trust, not_before)
    for name, (value, salt) in record.reveal.items():
        record.entry.check(name, value, salt)
    return accepted
