"""The tree head as text. Source: C2SP tlog-checkpoint, Note text."""

from __future__ import annotations

from dataclasses import dataclass

from qinglian.engines.merkle.hashing import HASH_SIZE
from qinglian.engines.merkle.wire import decimal, hash_from_base64, to_base64
from qinglian.faults import Fault
from qinglian.faults import noop as _


@dataclass(frozen=True)
class Checkpoint:
    """A log's origin, its number of entries and its root (32 bytes).

    extensions: further lines of a foreign log; ours writes none, since they are not auditable and
    ML-DSA signatures do not cover them (C2SP tlog-cosignature, ML-DSA-44 signed message).
    """

    origin: str
    size: int
    root: bytes
    extensions: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        lines = (self.origin, *self.extensions)
        if (
            not all(lines)
            or any("\n" in line for line in lines)
            or len(self.root) != HASH_SIZE
            or self.size < 0
        ):
            raise Fault(
                _("not a checkpoint: give an origin of one line, a size from 0, and a root of 32 bytes")
            )

    @property
    def body(self) -> str:
        """The note text: three lines, then any extension lines, each ended. Source: C2SP tlog-checkpoint."""
        return "".join(
            line + "\n" for line in (self.origin, str(self.size), to_base64(self.root), *self.extensions)
        )


def parse_checkpoint(body: str) -> Checkpoint:
    """The checkpoint in a note text (without signatures); Fault with the line that is wrong.

    Says nothing about who signed it. Source: C2SP tlog-checkpoint, Note text.
    """
    lines = body.split("\n")
    if len(lines) < 4 or lines[-1] or not all(lines[:-1]):
        raise Fault(
            _("not a checkpoint: it needs the lines origin, size and root, and no empty one among them")
        )
    size, root = decimal(lines[1], line=2), hash_from_base64(lines[2], line=3)
    return Checkpoint(lines[0], size, root, tuple(lines[3:-1]))
