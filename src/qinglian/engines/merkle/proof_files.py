"""`.tlog-proof`: one entry's place in a log, in one file that is checked offline. Source: C2SP tlog-proof."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from qinglian.engines.merkle.wire import decimal, from_base64, hash_from_base64, to_base64
from qinglian.faults import Fault
from qinglian.faults import noop as _

FIRST_LINE = "c2sp.org/tlog-proof@v1"
LONGEST = 63


@dataclass(frozen=True)
class ProofFile:
    """index of the entry, its inclusion proof, the signed checkpoint as text, and what rides along unsigned.

    extra: our own logs put the entry's bytes there, so that the file is whole; hashing proves them.
    """

    index: int
    proof: tuple[bytes, ...]
    checkpoint: str
    extra: bytes | None = None


def write_proof(index: int, proof: Sequence[bytes], checkpoint: str, extra: bytes | None = None) -> str:
    """The text of a `.tlog-proof` file. Source: C2SP tlog-proof, Format."""
    lines = [FIRST_LINE]
    if extra is not None:
        lines.append("extra " + to_base64(extra))
    lines.append(f"index {index}")
    lines += [to_base64(step) for step in proof]
    return "\n".join(lines) + "\n\n" + checkpoint


def read_proof(text: str) -> ProofFile:
    """A `.tlog-proof` file taken apart, nothing in it checked yet; Fault with the line that is wrong.

    Source: C2SP tlog-proof, Format.
    """
    head, gap, checkpoint = text.partition("\n\n")
    lines = head.split("\n")
    if not gap or lines[0] != FIRST_LINE:
        raise Fault(_("not a proof; its first line is %(first)s"), line=1, first=FIRST_LINE)
    extra, at = None, 1
    if len(lines) > at and lines[at].startswith("extra "):
        extra, at = from_base64(lines[at].removeprefix("extra "), line=at + 1), at + 1
    if len(lines) <= at or not lines[at].startswith("index "):
        raise Fault(_("the line with the index is missing; fetch the proof again, whole"), line=at + 1)
    index = decimal(lines[at].removeprefix("index "), line=at + 1)
    steps = lines[at + 1 :]
    if len(steps) > LONGEST:
        raise Fault(
            _("a proof of more than %(most)s lines; fetch the proof again"),
            line=at + 2 + LONGEST,
            most=LONGEST,
        )
    proof = tuple(hash_from_base64(step, line=number) for number, step in enumerate(steps, at + 2))
    return ProofFile(index, proof, checkpoint, extra)
