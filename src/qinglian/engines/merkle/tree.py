"""Appending: a tree is its right edge, and growing it emits tiles (RFC 6962 section 2.1, C2SP tlog-tiles)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from hashlib import sha256

from qinglian.engines.merkle.hashing import HASH_SIZE, fold_peaks
from qinglian.engines.merkle.proofs import peaks
from qinglian.engines.merkle.tiles import HEIGHT, WIDTH, Tile, TileReader, width_at
from qinglian.faults import Fault
from qinglian.faults import noop as _


@dataclass(frozen=True)
class Tree:
    """A tree of `size` entries, kept as its right edge only; `Tree()` is the empty one.

    peaks: the roots of its perfect subtrees, left to right (RFC 6962 section 2.1).
    edge: the hashes of the last, unfinished tile of each level (at most 255 · 32 bytes each).
    A value: a transaction that is rolled back just drops the grown tree.
    """

    size: int = 0
    peaks: tuple[bytes, ...] = ()
    edge: tuple[bytes, ...] = ()

    @classmethod
    def resume(cls, size: int, root: bytes, tiles: TileReader) -> Tree:
        """The tree of a checkpoint (size, root), from the tiles of its right edge alone.

        Raises Fault if a tile is missing or short, or if the tiles do not hash to the root.
        """
        edge, level = [], 0
        while size >> (HEIGHT * level):
            index = (size >> (HEIGHT * level)) // WIDTH
            edge.append(tiles.tile(level, index) if width_at(size, level, index) else b"")
            level += 1
        tree = cls(size, tuple(peaks(tiles, 0, size)), tuple(edge))
        if tree.root() != root:
            raise Fault(
                _("the tiles do not hash to the root of size %(size)s; restore the log’s tiles"), size=size
            )
        return tree

    def root(self) -> bytes:
        """The Merkle tree hash, 32 bytes; of no entries SHA-256 of nothing. Source: RFC 6962 section 2.1."""
        return fold_peaks(self.peaks)

    def append(self, leaves: Iterable[bytes]) -> tuple[Tree, list[Tile]]:
        """(the grown tree, the tiles that are new) for more leaf hashes, in order.

        New tiles: every one that became full, then the unfinished one of each level that changed.
        Work is constant for each leaf, whatever the size. Raises Fault for a leaf that is no hash.
        """
        size, stack = self.size, list(self.peaks)
        edge = [bytearray(part) for part in self.edge]
        full: list[Tile] = []
        if not edge:
            edge.append(bytearray())
        lowest, whole = edge[0], WIDTH * HASH_SIZE
        for leaf in leaves:
            if len(leaf) != HASH_SIZE:
                raise Fault(_("a leaf of %(found)s bytes, not of 32; give its leaf hash"), found=len(leaf))
            node, height, rest = leaf, 0, size
            lowest += node
            if len(lowest) == whole:
                full.append(Tile(0, size // WIDTH, WIDTH, bytes(lowest)))
                lowest.clear()
            while rest & 1:
                node = sha256(b"\x01" + stack.pop() + node).digest()
                rest >>= 1
                height += 1
                if not height % HEIGHT:
                    _put(edge, height // HEIGHT, node, rest, full)
            stack.append(node)
            size += 1
        tree = Tree(size, tuple(stack), tuple(bytes(part) for part in edge) if size else ())
        return tree, full + _unfinished(self, tree)


def _put(edge: list[bytearray], level: int, node: bytes, index: int, full: list[Tile]) -> None:
    if level == len(edge):
        edge.append(bytearray())
    part = edge[level]
    part += node
    if len(part) == WIDTH * HASH_SIZE:
        full.append(Tile(level, index // WIDTH, WIDTH, bytes(part)))
        part.clear()


def _unfinished(before: Tree, after: Tree) -> list[Tile]:
    found = []
    for level, part in enumerate(after.edge):
        grown = after.size >> (HEIGHT * level)
        if part and grown != before.size >> (HEIGHT * level):
            found.append(Tile(level, grown // WIDTH, len(part) // HASH_SIZE, part))
    return found
