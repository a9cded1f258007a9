"""Inclusion and consistency: made from tiles, checked without them.

Making: RFC 6962 sections 2.1.1 and 2.1.2. Checking: RFC 9162 sections 2.1.3.2 and 2.1.4.2, whose
trees are the same.
"""

from __future__ import annotations

from collections.abc import Sequence

from qinglian.engines.merkle.hashing import EMPTY_ROOT, HASH_SIZE, fold_peaks, node_hash
from qinglian.engines.merkle.tiles import TileReader
from qinglian.faults import Fault
from qinglian.faults import noop as _


def peaks(tiles: TileReader, start: int, end: int) -> list[bytes]:
    """The hashes of the perfect subtrees that make up leaves [start, end), left to right."""
    found = []
    while start < end:
        height = (end - start).bit_length() - 1
        if start:
            height = min(height, (start & -start).bit_length() - 1)
        found.append(tiles.node(height, start >> height))
        start += 1 << height
    return found


def tree_root(size: int, tiles: TileReader) -> bytes:
    """The root of the first `size` entries, from tiles. Source: RFC 6962 section 2.1."""
    return fold_peaks(peaks(tiles, 0, size))


def _split(start: int, end: int) -> int:
    """The largest power of two below the number of leaves, counted from start."""
    return start + (1 << (end - start - 1).bit_length() - 1)


def inclusion_proof(index: int, size: int, tiles: TileReader) -> list[bytes]:
    """PATH(index, D[size]), leaf's sibling first; 32-byte hashes. Source: RFC 6962 section 2.1.1.

    Raises Fault unless 0 ≤ index < size ≤ tiles.size, or if a tile is missing or short.
    """
    if not 0 <= index < size <= tiles.size:
        raise Fault(
            _("entry %(index)s is not in a tree of %(size)s entries; take a newer checkpoint"),
            index=index,
            size=size,
        )
    path, start, end = [], 0, size
    while end - start > 1:
        middle = _split(start, end)
        if index < middle:
            path.append(fold_peaks(peaks(tiles, middle, end)))
            end = middle
        else:
            path.append(fold_peaks(peaks(tiles, start, middle)))
            start = middle
    return path[::-1]


def consistency_proof(old: int, new: int, tiles: TileReader) -> list[bytes]:
    """PROOF(old, D[new]); 32-byte hashes, empty if old is 0 or new. Source: RFC 6962 section 2.1.2.

    Raises Fault unless 0 ≤ old ≤ new ≤ tiles.size, or if a tile is missing or short.
    """
    if not 0 <= old <= new <= tiles.size:
        raise Fault(
            _("no proof leads from %(old)s to %(new)s entries; the first must be the smaller"),
            old=old,
            new=new,
        )
    if old in (0, new):
        return []
    path, start, end, whole = [], 0, new, True
    while old != end:
        middle = _split(start, end)
        if old <= middle:
            path.append(fold_peaks(peaks(tiles, middle, end)))
            end = middle
        else:
            path.append(fold_peaks(peaks(tiles, start, middle)))
            start, whole = middle, False
    if not whole:
        path.append(fold_peaks(peaks(tiles, start, end)))
    return path[::-1]


def verify_inclusion(leaf: bytes, index: int, size: int, proof: Sequence[bytes], root: bytes) -> None:
    """Nothing if `leaf` (a leaf hash) is entry `index` of the tree (size, root); else Fault.

    Source: RFC 9162 section 2.1.3.2.
    """
    if not 0 <= index < size:
        raise Fault(
            _("entry %(index)s is not in a tree of %(size)s entries; take a newer checkpoint"),
            index=index,
            size=size,
        )
    number, last, result = index, size - 1, leaf
    for step in proof:
        if len(step) != HASH_SIZE or not last:
            raise _false_inclusion(index)
        if number & 1 or number == last:
            result = node_hash(step, result)
            while not number & 1 and number:
                number, last = number >> 1, last >> 1
        else:
            result = node_hash(result, step)
        number, last = number >> 1, last >> 1
    if last or result != root:
        raise _false_inclusion(index)


def _false_inclusion(index: int) -> Fault:
    return Fault(
        _("entry %(index)s does not lead to the root: the entry or the proof was altered; fetch both"),
        index=index,
    )


def verify_consistency(old: int, old_root: bytes, new: int, new_root: bytes, proof: Sequence[bytes]) -> None:
    """Nothing if the tree (old, old_root) is a beginning of the tree (new, new_root); else Fault.

    Source: RFC 9162 section 2.1.4.2; from size 0 the proof is empty (C2SP tlog-witness, add-checkpoint).
    """
    if not 0 <= old <= new:
        raise Fault(
            _("a log of %(new)s entries cannot follow one of %(old)s: it shrank; restore what is missing"),
            old=old,
            new=new,
        )
    if old in (0, new):
        start = old_root == EMPTY_ROOT if old == 0 else old_root == new_root
        if proof or not start or (new == 0 and new_root != EMPTY_ROOT):
            raise _fork(old, new)
        return
    if _both_roots(old, new, old_root, proof) != (old_root, new_root):
        raise _fork(old, new)


def _both_roots(old: int, new: int, old_root: bytes, proof: Sequence[bytes]) -> tuple[bytes, bytes] | None:
    steps = list(proof) if old & (old - 1) else [old_root, *proof]
    if not steps or any(len(step) != HASH_SIZE for step in steps):
        return None
    number, last = old - 1, new - 1
    while number & 1:
        number, last = number >> 1, last >> 1
    first = second = steps[0]
    for step in steps[1:]:
        if not last:
            return None
        if number & 1 or number == last:
            first, second = node_hash(step, first), node_hash(step, second)
            while not number & 1 and number:
                number, last = number >> 1, last >> 1
        else:
            second = node_hash(second, step)
        number, last = number >> 1, last >> 1
    return None if last else (first, second)


def _fork(old: int, new: int) -> Fault:
    return Fault(
        _("the log of %(new)s entries does not continue that of %(old)s: keep both, one was altered"),
        old=old,
        new=new,
    )
