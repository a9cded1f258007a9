"""The two hashes of the tree. Source: RFC 6962 section 2.1; SHA-256 as C2SP tlog-tiles asks."""

from __future__ import annotations

from collections.abc import Iterable
from hashlib import sha256

HASH_SIZE = 32
EMPTY_ROOT = sha256(b"").digest()


def leaf_hash(entry: bytes) -> bytes:
    """SHA-256(0x00 ‖ entry), 32 bytes. Source: RFC 6962 section 2.1."""
    return sha256(b"\x00" + entry).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """SHA-256(0x01 ‖ left ‖ right), 32 bytes. Source: RFC 6962 section 2.1."""
    return sha256(b"\x01" + left + right).digest()


def fold_peaks(peaks: Iterable[bytes]) -> bytes:
    """The root over the perfect subtrees of a tree, given from left (largest) to right.

    Source: RFC 6962 section 2.1, where the right part of every split is the smaller one.
    """
    root = b""
    for peak in reversed(list(peaks)):
        root = node_hash(peak, root) if root else peak
    return root or EMPTY_ROOT
