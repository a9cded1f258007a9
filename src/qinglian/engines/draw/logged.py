"""What goes into the zone's log of draws, and what a log proof in a record shows under the reader's trust.

A commitment and, later, the reveals are entries of one log that outside witnesses cosign with the time: so
the time is theirs, a second commitment cannot be hidden, and a commitment without a record is a visible gap.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from qinglian.engines import canon
from qinglian.engines.draw import fields
from qinglian.engines.draw.seed import Attested
from qinglian.engines.draw.terms import Commitment
from qinglian.engines.draw.transcript import Transcript
from qinglian.engines.merkle import Trust, read_proof, verify_proof
from qinglian.faults import Fault
from qinglian.faults import noop as _

COMMITTED, REVEALED = "draw-commitment/1", "draw-reveals/1"


def commitment_entry(commitment: Commitment) -> bytes:
    """The log entry of a commitment: zone, plan, its number, C in hex, and the POSIX second at which chance
    speaks (0 if shares are all); canonical JSON."""
    terms = commitment.terms
    return canon.dumps(
        {
            "v": COMMITTED,
            "zone": terms.zone,
            "plan": terms.plan,
            "number": terms.number,
            "commitment": commitment.digest.hex(),
            "moment": terms.moment,
        }
    )


def reveals_entry(commitment: Commitment, shares: Mapping[str, bytes | None]) -> bytes:
    """The log entry of the shares, each in hex or null for one recorded as absent; canonical JSON."""
    said = {who: None if share is None else share.hex() for who, share in shares.items()}
    return canon.dumps({"v": REVEALED, "commitment": commitment.digest.hex(), "shares": said})


def attested(transcript: Transcript, trust: Trust) -> Attested:
    """When outside witnesses had seen the commitment and the reveals, by the proofs in the record.

    Raises Fault for a proof that does not hold or is of another entry. A proof counts only if the reader's
    trust asks the log for at least one witness: an operator's own signature dates nothing.
    """
    found = {
        "commitment": commitment_entry(transcript.commitment),
        "reveals": reveals_entry(transcript.commitment, transcript.spoken.shares or {}),
    }
    return Attested(
        **{name: _seen(transcript.attest.get(name), entry, trust) for name, entry in found.items()}
    )


def _seen(text: str | None, entry: bytes, trust: Trust) -> int | None:
    if text is None:
        return None
    accepted = verify_proof(read_proof(text), entry, trust)
    return accepted.latest if accepted.witnesses else None


@dataclass(frozen=True)
class Missing:
    """A commitment in the log without a record. moment: the POSIX second at which chance was to speak."""

    number: int
    plan: str
    moment: int


def unpublished(entries: Iterable[bytes], records: Iterable[Transcript]) -> list[Missing]:
    """The commitments in a log's entries of which no record is given; Fault for a gap in the numbers, or a
    commitment of a malformed form.

    An entry of any other kind is passed over.
    """
    known = {record.commitment.digest.hex() for record in records}
    missing, numbers = [], []
    for place, data in enumerate(entries, 1):
        entry: Any = canon.loads(data) if data.startswith(b"{") else {}
        if not isinstance(entry, dict) or entry.get("v") != COMMITTED:
            continue
        try:
            told = fields.table(entry, "", {"v", "zone", "plan", "number", "commitment", "moment"})
            number, moment = fields.whole(told, "number", least=1), fields.whole(told, "moment")
            plan, digest = fields.text(told, "plan"), fields.hexadecimal(told, "commitment").hex()
        except Fault as fault:
            raise fault.at(line=place) from None
        numbers.append(number)
        if digest not in known:
            missing.append(Missing(number, plan, moment))
    if numbers != list(range(1, len(numbers) + 1)):
        raise Fault(_("the numbers of the draws are not 1, 2, 3 …; ask for what is missing or stands twice"))
    return missing
