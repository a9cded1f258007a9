"""From a commitment and what the sources said to one seed, and how much that seed is worth."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from qinglian.engines.draw.beacon import check_quicknet, demonstration_value
from qinglian.engines.draw.hashing import framed
from qinglian.engines.draw.sources import Beacon, Dice, Share, Source, share_commitment
from qinglian.engines.draw.terms import Commitment
from qinglian.faults import Fault
from qinglian.faults import noop as _

A, B, C, DEMONSTRATION = "A", "B", "C", "demonstration"


@dataclass(frozen=True)
class Spoken:
    """What the sources said. signature: of the drand round. shares: witness → share, None if recorded as
    absent. dice: the digits in the order thrown."""

    signature: bytes | None = None
    shares: Mapping[str, bytes | None] | None = None
    dice: str | None = None


@dataclass(frozen=True)
class Attested:
    """By what POSIX second outside witnesses had seen the commitment, and the reveals; None: nobody says."""

    commitment: int | None = None
    reveals: int | None = None


def seed_of(commitment: Commitment, spoken: Spoken) -> bytes:
    """H("draw/1 seed" ‖ 0x00 ‖ C ‖ each source's bytes behind their length), 32 bytes, after every check.

    Bytes: drand the signature (48), a demonstration its value (32), a share its 32 bytes or none if
    absent, dice their ASCII digits. Raises Fault for a false signature, a share that is not the one
    committed to, a share neither revealed nor recorded as absent, dice of another count, and for whatever
    was said by a source that the terms do not name.
    """
    terms = commitment.terms
    _refuse_more(terms.sources, spoken)
    parts = [_part(source, spoken, commitment) for source in terms.sources]
    if not any(parts):
        raise Fault(_("every source is absent; plan a new draw that supersedes this one"))
    return terms.h(b"draw/1 seed\0" + commitment.digest + framed(parts))


def _refuse_more(sources: tuple[Source, ...], spoken: Spoken) -> None:
    """Nothing if only sources of the terms spoke; else Fault: a share from nowhere would lend weight."""
    witnesses = {source.who for source in sources if isinstance(source, Share)}
    drand = any(isinstance(source, Beacon) and source.kind == "drand" for source in sources)
    dice = any(isinstance(source, Dice) for source in sources)
    strangers = sorted(set(spoken.shares or {}) - witnesses)
    if strangers:
        raise Fault(_("%(who)s is no witness of this draw; leave that share out"), who=strangers[0])
    if (spoken.signature is not None and not drand) or (spoken.dice is not None and not dice):
        raise Fault(_("a signature or dice that the terms do not ask for; leave them out"))


def _part(source: Source, spoken: Spoken, commitment: Commitment) -> bytes:
    if isinstance(source, Share):
        return _share(source, spoken.shares or {}, commitment)
    if isinstance(source, Dice):
        if spoken.dice is None or not re.fullmatch(rf"[0-9]{{{source.count}}}", spoken.dice):
            raise Fault(
                _("the dice gave %(count)s digits; write them in the order thrown"), count=source.count
            )
        return spoken.dice.encode()
    if source.kind == "demonstration":
        return demonstration_value(source.round)
    if spoken.signature is None:
        raise Fault(
            _("the signature of drand round %(round)s is missing; fetch it from any relay"),
            round=source.round,
        )
    check_quicknet(source.round, spoken.signature)
    return spoken.signature


def _share(source: Share, shares: Mapping[str, bytes | None], commitment: Commitment) -> bytes:
    if source.who not in shares:
        raise Fault(_("the share of %(who)s is missing; reveal it, or record it as absent"), who=source.who)
    share = shares[source.who]
    if share is None:
        return b""
    if share_commitment(share, commitment.terms.h) != source.commit:
        raise Fault(_("not the share that %(who)s committed to; ask for the right one"), who=source.who)
    return share


def check_times(commitment: Commitment, attested: Attested) -> None:
    """Nothing if what is attested was attested in time; Fault, by name, if it was late.

    The commitment: more than `notice` seconds before chance spoke. The reveals: before it spoke, so that
    nobody reveals last.
    """
    terms = commitment.terms
    if not terms.moment:
        return
    if attested.commitment is not None and attested.commitment >= terms.moment - terms.notice:
        raise Fault(
            _("late attestation: the commitment was seen %(late)s seconds after its notice; plan a new draw"),
            late=attested.commitment - (terms.moment - terms.notice),
        )
    if attested.reveals is not None and attested.reveals >= terms.moment:
        raise Fault(
            _("late reveal: the shares were seen %(late)s seconds after chance spoke; plan a new draw"),
            late=attested.reveals - terms.moment,
        )


def assurance(commitment: Commitment, spoken: Spoken, attested: Attested) -> str:
    """A: drand, a witness's share revealed in time, the commitment attested outside. B: attested, and drand,
    public dice, or two witnesses' shares. C: the operator alone. `demonstration`: its beacon took part.

    Where the terms name witnesses and nobody attests their reveals, it is C, whatever else spoke: with k
    friends among them the operator could choose among 2ᵏ seeds afterwards, by who is said to be absent.
    """
    sources = commitment.terms.sources
    kinds = {source.kind for source in sources if isinstance(source, Beacon)}
    witnesses = [source.who for source in sources if isinstance(source, Share)]
    if "demonstration" in kinds:
        return DEMONSTRATION
    if attested.commitment is None or (witnesses and not _in_time(commitment, attested)):
        return C
    shares = sum((spoken.shares or {}).get(who) is not None for who in witnesses)
    if "drand" in kinds:
        return A if shares else B
    dice = any(isinstance(source, Dice) for source in sources)
    return B if dice or shares >= 2 else C


def _in_time(commitment: Commitment, attested: Attested) -> bool:
    """Whether the reveals were seen; and, where nothing else has a time, later than the commitment."""
    if attested.reveals is None or attested.commitment is None:
        return False
    return bool(commitment.terms.moment) or attested.commitment < attested.reveals
