"""Where a draw's chance comes from: a public beacon, shares of witnesses, dice thrown in public."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from qinglian.engines.draw import fields
from qinglian.engines.draw.beacon import QUICKNET, demonstration_time, round_time
from qinglian.engines.draw.hashing import Hash
from qinglian.faults import Fault
from qinglian.faults import noop as _

SHARE_SIZE = 32
FEWEST_DICE = 20


@dataclass(frozen=True)
class Beacon:
    """A round of a beacon; kind `drand` (the quicknet chain), or `demonstration`, which anybody foresees."""

    kind: str
    round: int

    @property
    def time(self) -> int:
        """The POSIX second at which the round is published."""
        return round_time(self.round) if self.kind == "drand" else demonstration_time(self.round)

    @property
    def document(self) -> dict[str, Any]:
        chain = {"chain": QUICKNET} if self.kind == "drand" else {}
        return {"type": self.kind, "round": self.round, **chain}


@dataclass(frozen=True)
class Share:
    """A witness's secret of 32 bytes: committed to before, revealed before the beacon's time."""

    who: str
    commit: bytes

    @property
    def document(self) -> dict[str, Any]:
        return {"type": "share", "who": self.who, "commit": self.commit.hex()}


@dataclass(frozen=True)
class Dice:
    """Ten-sided dice thrown in public at `time` (POSIX second): `count` digits, in the order thrown."""

    count: int
    time: int

    @property
    def document(self) -> dict[str, Any]:
        return {"type": "dice", "count": self.count, "time": self.time}


Source = Beacon | Share | Dice


def share_commitment(share: bytes, h: Hash) -> bytes:
    """H("draw/1 share" ‖ 0x00 ‖ share), 32 bytes; a share has 32 random bytes, else Fault."""
    if len(share) != SHARE_SIZE:
        raise Fault(_("a share of %(found)s bytes, not of 32; draw 32 random bytes"), found=len(share))
    return h(b"draw/1 share\0" + share)


def read_source(value: object, place: str) -> Source:
    """One source from its table; Fault if it is malformed or of no known type."""
    kind = value.get("type") if isinstance(value, Mapping) else None
    if kind == "drand":
        data = fields.table(value, place, {"type", "round", "chain"})
        if data.get("chain", QUICKNET) != QUICKNET:
            raise Fault(_("another chain than quicknet; leave out the key chain"), key=f"{place}.chain")
        return Beacon("drand", fields.whole(data, "round", place, 1, 2**48))
    if kind == "demonstration":
        data = fields.table(value, place, {"type", "round"})
        return Beacon("demonstration", fields.whole(data, "round", place, 1, 2**48))
    if kind == "share":
        data = fields.table(value, place, {"type", "who", "commit"})
        return Share(fields.text(data, "who", place), fields.hexadecimal(data, "commit", place))
    if kind == "dice":
        data = fields.table(value, place, {"type", "count", "time"})
        count = fields.whole(data, "count", place, FEWEST_DICE, 1000)
        return Dice(count, fields.whole(data, "time", place))
    raise Fault(_("no such source; type is drand, demonstration, share or dice"), key=f"{place}.type")
