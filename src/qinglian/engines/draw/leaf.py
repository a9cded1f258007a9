"""One leaf opened: a firm shows itself its own row, a court any row. Small enough for a QR code."""

from __future__ import annotations

import base64
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from qinglian.engines import canon
from qinglian.engines.draw import fields
from qinglian.engines.draw.hashing import BLOCK, leaves, path, root_by_path
from qinglian.engines.draw.identities import canonical_id, pseudonym
from qinglian.engines.draw.rows import Row, read_row
from qinglian.engines.draw.terms import Commitment
from qinglian.faults import Fault
from qinglian.faults import noop as _

VERSION = "draw-leaf/1"
QR_BYTES = 2953  # the most a QR code holds, version 40-L, ISO/IEC 18004


@dataclass(frozen=True)
class Leaf:
    """commitment: C. identity and salt open the pid; block: the eight rows of its leaf; index: of the leaf
    in the tree; steps: siblings from below."""

    commitment: bytes
    identity: str
    salt: bytes
    block: bytes
    index: int
    steps: tuple[bytes, ...]

    @property
    def document(self) -> dict[str, Any]:
        return {
            "v": VERSION,
            "commitment": self.commitment.hex(),
            "id": self.identity,
            "salt": self.salt.hex(),
            "block": self.block.decode("ascii"),
            "index": self.index,
            "path": base64.b64encode(b"".join(self.steps)).decode("ascii"),
        }


def open_leaf(lines: Sequence[bytes], identity: str, salt: bytes, commitment: Commitment) -> Leaf:
    """The opening of a subject's row in the frame's lines; Fault if the subject is not there."""
    h, identity = commitment.terms.h, canonical_id(identity)
    pid = pseudonym(salt, identity, h).encode()
    places = [place for place, line in enumerate(lines) if line[:32] == pid]
    if not places:
        raise Fault(
            _("%(id)s is not in the frame: neither drawn from nor left out with a reason; ask why"),
            id=identity,
        )
    index = places[0] // BLOCK
    block = b"".join(lines[index * BLOCK : (index + 1) * BLOCK])
    return Leaf(commitment.digest, identity, salt, block, index, tuple(path(leaves(lines, h), index, h)))


def check_leaf(leaf: Leaf, commitment: Commitment) -> Row:
    """The subject's row, if the opening leads to the committed root; else Fault."""
    h = commitment.terms.h
    size = -(-commitment.frame.rows // BLOCK)
    found = root_by_path(h(b"\x00" + leaf.block), leaf.index, size, leaf.steps, h)
    pid = pseudonym(leaf.salt, leaf.identity, h)
    rows = [line for line in leaf.block.splitlines(keepends=True) if line[:32].decode("ascii") == pid]
    if leaf.commitment != commitment.digest or found != commitment.frame.root or len(rows) != 1:
        raise Fault(_("the opening does not lead to the committed frame; ask for it again"))
    return read_row(rows[0], leaf.index * BLOCK + 1)


def read_leaf(document: Mapping[str, Any]) -> Leaf:
    """An opening from its JSON value, nothing checked yet; Fault if its form is wrong."""
    known = {"v", "commitment", "id", "salt", "block", "index", "path"}
    data = fields.table(document, "", known)
    if data.get("v") != VERSION:
        raise Fault(_('not an opened leaf; its first key is "v": "%(version)s"'), version=VERSION)
    try:
        steps = base64.b64decode(fields.text(data, "path", form=r"[A-Za-z0-9+/=]*"), validate=True)
        block = fields.text(data, "block", form=r"(?s).+").encode("ascii")
    except ValueError as error:
        if isinstance(error, Fault):
            raise
        raise Fault(_("the value is malformed; fetch the record again, unchanged"), key="path") from None
    return Leaf(
        fields.hexadecimal(data, "commitment"),
        fields.text(data, "id"),
        fields.hexadecimal(data, "salt"),
        block,
        fields.whole(data, "index"),
        tuple(steps[at : at + 32] for at in range(0, len(steps), 32)),
    )


def size_of(leaf: Leaf) -> int:
    """The bytes that a QR code must hold."""
    return len(canon.dumps(leaf.document))
