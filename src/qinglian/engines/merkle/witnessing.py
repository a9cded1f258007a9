"""A witness's judgement over one request, without clock, file or network (C2SP tlog-witness)."""

from __future__ import annotations

from dataclasses import dataclass

from qinglian.engines.merkle.checkpoints import Checkpoint, parse_checkpoint
from qinglian.engines.merkle.hashing import EMPTY_ROOT
from qinglian.engines.merkle.notes import Note, parse_note
from qinglian.engines.merkle.proofs import verify_consistency
from qinglian.engines.merkle.trust import Trust
from qinglian.engines.merkle.wire import decimal, hash_from_base64, to_base64
from qinglian.faults import Fault
from qinglian.faults import noop as _

LONGEST = 63


@dataclass(frozen=True)
class Request:
    """A log's wish for a cosignature: from `old` entries, by `proof`, to the signed checkpoint `note`."""

    old: int
    proof: tuple[bytes, ...]
    note: Note
    checkpoint: Checkpoint

    @property
    def text(self) -> str:
        """The request's body. Source: C2SP tlog-witness, add-checkpoint."""
        steps = "".join(to_base64(step) + "\n" for step in self.proof)
        return f"old {self.old}\n{steps}\n{self.note.text}"


def request_for(old: int, proof: list[bytes], signed: str) -> Request:
    """The request that a log sends to a witness that last cosigned `old` entries."""
    note = parse_note(signed)
    return Request(old, tuple(proof), note, parse_checkpoint(note.body))


def parse_request(text: str) -> Request:
    """A request's body taken apart; Fault (to be answered with 400) with the line that is wrong."""
    head, gap, signed = text.partition("\n\n")
    lines = head.split("\n")
    if not gap or not lines[0].startswith("old "):
        raise Fault(_("not a request; it begins with: old <size>"), line=1)
    if len(lines) - 1 > LONGEST:
        raise Fault(
            _("a proof of more than %(most)s lines; fetch the proof again"), line=LONGEST + 2, most=LONGEST
        )
    old = decimal(lines[0].removeprefix("old "), line=1)
    steps = [hash_from_base64(step, line=number) for number, step in enumerate(lines[1:], 2)]
    return request_for(old, steps, signed)


@dataclass(frozen=True)
class Verdict:
    """status: the HTTP answer. fault: why not 200. size: what the witness has, for 409.

    conflict: both the log's word and what was cosigned before carry the log's signature and cannot
    both be true, or the log could not show that they are; keep them.
    """

    status: int
    fault: Fault | None = None
    size: int | None = None
    conflict: bool = False


def consider(request: Request, trust: Trust, last: Checkpoint | None) -> Verdict:
    """Whether to cosign, given the last checkpoint cosigned for this origin (None if none was).

    The caller must hold a lock from reading `last` until the new checkpoint is safely stored, and
    answer 200 only after that. Source: C2SP tlog-witness, add-checkpoint.
    """
    checkpoint = request.checkpoint
    refused = _stranger(request, trust)
    if refused:
        return refused
    size = last.size if last else 0
    if request.old > checkpoint.size:
        if checkpoint.size < size:
            return Verdict(400, _not_that_size(checkpoint, size))
        return Verdict(400, Fault(_("the old size is above the checkpoint’s; send the sizes in order")))
    if request.old != size:
        return Verdict(409, _not_that_size(checkpoint, size), size)
    if last and checkpoint.size == size and checkpoint.root != last.root:
        why = Fault(_("the log signed two heads of size %(size)s; both are kept as evidence"), size=size)
        return Verdict(409, why, size, conflict=True)
    old_root = last.root if last else EMPTY_ROOT
    try:
        verify_consistency(size, old_root, checkpoint.size, checkpoint.root, request.proof)
    except Fault as fault:
        return Verdict(422, fault, conflict=last is not None and checkpoint.size > size)
    return Verdict(200)


def _stranger(request: Request, trust: Trust) -> Verdict | None:
    log = trust.logs.get(request.checkpoint.origin)
    if log is None:
        why = Fault(
            _("no log %(origin)s in the trust file; add it only if you know its keys"),
            origin=request.checkpoint.origin,
        )
        return Verdict(404, why)
    try:
        if request.note.signed_by(log.keys):
            return None
    except Fault as fault:
        return Verdict(403, fault)
    return Verdict(
        403,
        Fault(
            _("no known key signed the checkpoint of %(origin)s; correct the trust file"), origin=log.origin
        ),
    )


def _not_that_size(checkpoint: Checkpoint, size: int) -> Fault:
    if checkpoint.size < size:
        return Fault(
            _("a log of %(new)s entries cannot follow one of %(old)s: it shrank; restore what is missing"),
            old=size,
            new=checkpoint.size,
        )
    return Fault(_("this witness last cosigned %(size)s entries; send the proof from there"), size=size)
