"""The two hashes of a draw, framed input, and a tree over blocks of rows.

SHA-256 (FIPS 180-4) or, where commercial cryptography must be national, SM3 (GB/T 32905).
"""

from __future__ import annotations

import hashlib
import importlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import islice
from typing import Any

from qinglian.faults import Fault
from qinglian.faults import noop as _

Hash = Callable[[bytes], bytes]
BLOCK = 8  # rows in a leaf: a proof is about as short as with one row a leaf, and eight times quicker


def _built_in() -> Any:
    """Python's own SHA-256, a third quicker than OpenSSL's for one block; OpenSSL's without it."""
    for name in ("_sha2", "_sha256"):  # from Python 3.12 on, and before
        try:
            return importlib.import_module(name).sha256
        except ImportError:
            continue
    return hashlib.sha256


brief = _built_in()


def _sm3(data: bytes) -> bytes:
    return hashlib.new("sm3", data).digest()


def _sha256(data: bytes) -> bytes:
    found: bytes = (brief if len(data) < 128 else hashlib.sha256)(data).digest()
    return found


def hash_named(name: str) -> Hash:
    """The function from bytes to 32 bytes called `sha256` or `sm3`; Fault for another name, or where SM3 is
    not in the OpenSSL that Python uses."""
    if name == "sha256":
        return _sha256
    if name == "sm3":
        try:
            hashlib.new("sm3")
        except ValueError:
            raise Fault(
                _("this Python has no SM3; use one whose OpenSSL has it, or hash by sha256"), key="hash"
            ) from None
        return _sm3
    raise Fault(_("%(name)r is no hash of a draw; write sha256 or sm3"), key="hash", name=name)


def framed(parts: Iterable[bytes]) -> bytes:
    """Each part behind its length (4 bytes, big-endian): no two lists of parts give the same bytes."""
    return b"".join(len(part).to_bytes(4, "big") + part for part in parts)


def blocks(rows: Iterable[bytes]) -> Iterator[bytes]:
    """Rows, each ended by a line feed, joined eight by eight; the last block may be shorter."""
    stream = iter(rows)
    while block := b"".join(islice(stream, BLOCK)):
        yield block


def rows_of(data: bytes) -> list[bytes]:
    """The rows of a file's bytes, each with its line feed; Fault if the last is not ended."""
    if data and not data.endswith(b"\n"):
        raise Fault(_("the last line is cut short; fetch the file again, whole"))
    return data.splitlines(keepends=True) if b"\r" not in data else _no_return(data)


def _no_return(data: bytes) -> list[bytes]:
    raise Fault(
        _("a carriage return; lines end with a line feed alone"),
        line=data[: data.index(b"\r")].count(b"\n") + 1,
    )


def stream(key: bytes, size: int, h: Hash) -> bytes:
    """`size` bytes that look random to whoever does not know the key (32 bytes).

    With SHA-256 it is SHAKE-256 of the key (FIPS 202), ten times as quick as counting; with SM3, which has no
    such function, H(key ‖ 0) ‖ H(key ‖ 1) ‖ …, the number as 4 bytes.
    """
    if h is _sha256:
        return hashlib.shake_256(key).digest(size)
    return b"".join(h(key + block.to_bytes(4, "big")) for block in range(-(-size // 32)))[:size]


def streams(inputs: Sequence[bytes], size: int, h: Hash) -> list[bytes]:
    """`stream` of the hash of each input, many in one loop."""
    if h is _sha256:
        sha, shake = brief, hashlib.shake_256
        return [shake(sha(data).digest()).digest(size) for data in inputs]
    return [stream(h(data), size, h) for data in inputs]


def leaves(rows: Iterable[bytes], h: Hash) -> list[bytes]:
    """The leaf hashes H(0x00 ‖ block) of the rows."""
    if h is _sha256:
        return [hashlib.sha256(b"\x00" + block).digest() for block in blocks(rows)]
    return [h(b"\x00" + block) for block in blocks(rows)]


def root(level: Sequence[bytes], h: Hash) -> bytes:
    """The tree hash over leaf hashes, 32 bytes; of none, H(nothing). Shape: RFC 6962 section 2.1."""
    level = list(level)
    while len(level) > 1:
        level = above(level, h)
    return level[0] if level else h(b"")


def above(level: Sequence[bytes], h: Hash) -> list[bytes]:
    """The next level of the tree: pairs H(0x01 ‖ left ‖ right), an odd last one as it is."""
    pairs = zip(level[::2], level[1::2], strict=False)
    if h is _sha256:
        paired = [brief(b"\x01" + left + right).digest() for left, right in pairs]
    else:
        paired = [h(b"\x01" + left + right) for left, right in pairs]
    return [*paired, level[-1]] if len(level) % 2 else paired


def path(level: Sequence[bytes], index: int, h: Hash) -> list[bytes]:
    """The siblings of leaf `index` from below to the root. Source: RFC 6962 section 2.1.1."""
    found = []
    while len(level) > 1:
        if index ^ 1 < len(level):
            found.append(level[index ^ 1])
        level, index = above(level, h), index >> 1
    return found


def root_by_path(leaf: bytes, index: int, size: int, steps: Sequence[bytes], h: Hash) -> bytes | None:
    """The root that a leaf hash, its place and its siblings lead to; None if the count of steps is wrong."""
    rest = list(steps)
    while size > 1:
        if index ^ 1 < size:
            if not rest:
                return None
            step = rest.pop(0)
            leaf = h(b"\x01" + (step + leaf if index & 1 else leaf + step))
        index, size = index >> 1, (size + 1) >> 1
    return leaf if not rest else None
