"""Tiles: names, bytes, and reading a tree out of them. Source: C2SP tlog-tiles.

A tile of level L holds up to 256 hashes of perfect subtrees of height 8·L. Any storage will do:
a dict, rows, a folder; it is asked by path and answers bytes, or None for what it does not have.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, MutableMapping
from dataclasses import dataclass
from hashlib import sha256

from qinglian.engines.merkle.hashing import HASH_SIZE
from qinglian.faults import Fault
from qinglian.faults import noop as _

HEIGHT = 8
WIDTH = 1 << HEIGHT
LARGEST_ENTRY = 2**16 - 1
ENTRIES = -1  # the "level" of entry bundles

Fetch = Callable[[str], "bytes | None"]
Hashed = MutableMapping[tuple[int, int], list[bytes]]  # (level, index) → the rows of a tile, hashed up

_PATH = re.compile(r"tile/(?P<level>entries|\d{1,2})/(?P<index>(?:x\d{3}/)*\d{3})(?:\.p/(?P<width>\d{1,3}))?")


def tile_path(level: int, index: int, width: int = WIDTH) -> str:
    """`tile/<L>/<N>[.p/<W>]`, or `tile/entries/…` for level ENTRIES. Source: C2SP tlog-tiles, Merkle Tree."""
    digits = str(index)
    digits = digits.zfill(-(-len(digits) // 3) * 3)
    groups = [digits[start : start + 3] for start in range(0, len(digits), 3)]
    name = "/".join(["x" + group for group in groups[:-1]] + groups[-1:])
    partial = "" if width == WIDTH else f".p/{width}"
    return f"tile/{'entries' if level == ENTRIES else level}/{name}{partial}"


def parse_tile_path(path: str) -> tuple[int, int, int]:
    """(level, index, width) of a tile path; level ENTRIES for bundles. Fault for any other spelling."""
    found = _PATH.fullmatch(path) if path.isascii() else None
    if found:
        level = ENTRIES if found["level"] == "entries" else int(found["level"])
        index, width = int(found["index"].replace("x", "").replace("/", "")), int(found["width"] or WIDTH)
        if level <= 63 and 1 <= width <= WIDTH and tile_path(level, index, width) == path:
            return level, index, width
    raise Fault(_("%(path)r is no tile; write tile/0/x001/234 or tile/0/x001/234.p/5"), path=path)


def width_at(size: int, level: int, index: int) -> int:
    """How many hashes tile (level, index) holds in a tree of `size` entries: 0 to 256.

    Source: C2SP tlog-tiles, Partial Tiles: floor(size / 256**level) mod 256 for the last one.
    """
    below = size >> (HEIGHT * max(level, 0))
    return max(0, min(WIDTH, below - index * WIDTH))


def tile_places(size: int) -> Iterator[tuple[int, int, int]]:
    """(level, index, width) of every hash tile of a tree of `size` entries, from the leaves up."""
    level = 0
    while size >> (HEIGHT * level):
        for index in range(-(-(size >> (HEIGHT * level)) // WIDTH)):
            yield level, index, width_at(size, level, index)
        level += 1


def tiles_near(indices: Iterable[int], size: int) -> set[tuple[int, int]]:
    """(level, index) of the tiles that proofs about these entries are made of, two a level for one entry.

    A step of a proof is the neighbour of a subtree that holds the entry, and stands in the same tile, or one
    of the tree's peaks, which stand in its unfinished tiles. Source: RFC 6962 section 2.1.1, C2SP tlog-tiles.
    """
    found, level = set(), 0
    while size >> (HEIGHT * level):
        for index in (*indices, size):
            tile = index >> (HEIGHT * (level + 1))
            if width_at(size, level, tile):
                found.add((level, tile))
        level += 1
    return found


@dataclass(frozen=True)
class Tile:
    """One tile or entry bundle, as bytes with its place; `path` is where it is served."""

    level: int
    index: int
    width: int
    data: bytes

    @property
    def path(self) -> str:
        return tile_path(self.level, self.index, self.width)

    @property
    def full_path(self) -> str:
        """The path without `.p/…`: a storage may keep the newest bytes there; partial tiles start them."""
        return tile_path(self.level, self.index)


class TileReader:
    """Reads a tree of `size` entries from tiles, each fetched once.

    `fetch(path)` gives bytes or None. A partial tile that is gone is looked for in its full tile
    (C2SP tlog-tiles, Partial Tiles), whose first hashes are the same; a storage may therefore keep
    one row for each tile under its full path, partial or not.

    `full` keeps full tiles for readers of the same tree that come after: those never change.
    """

    def __init__(self, fetch: Fetch, size: int, full: Hashed | None = None) -> None:
        self.size = size
        self._fetch = fetch
        self._full: Hashed = {} if full is None else full
        self._seen: dict[tuple[int, int], bytes] = {}
        self._rows: dict[tuple[int, int], list[bytes]] = {}

    def tile(self, level: int, index: int) -> bytes:
        """The hashes of one tile, exactly as many as the tree has there; Fault if missing or cut short."""
        place = (level, index)
        if place not in self._seen:
            self._seen[place] = self._read(level, index, width_at(self.size, level, index))
        return self._seen[place]

    def _read(self, level: int, index: int, width: int) -> bytes:
        path = tile_path(level, index, width)
        data = self._fetch(path) if width else None
        exact = data is not None
        if data is None and 0 < width < WIDTH:
            data = self._fetch(tile_path(level, index))
        if data is None:
            raise Fault(_("the tile is missing; fetch the export again"), file=path)
        wanted = width * HASH_SIZE
        if len(data) < wanted or (exact and len(data) > wanted) or len(data) % HASH_SIZE:
            raise Fault(
                _("the tile has %(found)s bytes, not %(wanted)s; fetch the export again"),
                file=path,
                found=len(data),
                wanted=wanted,
            )
        return data[:wanted]

    def node(self, height: int, index: int) -> bytes:
        """The hash of the perfect subtree number `index` of 2**height leaves, hashed up inside its tile."""
        level, above = divmod(height, HEIGHT)
        tile, place = divmod(index << above, WIDTH)
        rows = self._rows_of(level, tile)
        row, start = rows[above] if above < len(rows) else b"", (place >> above) * HASH_SIZE
        if start >= len(row):
            raise Fault(
                _("the tree of %(size)s entries does not reach that far; ask within it"), size=self.size
            )
        return row[start : start + HASH_SIZE]

    def _rows_of(self, level: int, tile: int) -> list[bytes]:
        full = width_at(self.size, level, tile) == WIDTH
        kept = self._full if full else self._rows
        rows = kept.get((level, tile))
        if rows is None:
            rows = kept[level, tile] = _rows_above(self.tile(level, tile))
        return rows


def _rows_above(data: bytes) -> list[bytes]:
    """All complete subtrees inside a tile, row by row: a batch's receipts share this work."""
    rows, pair = [data], 2 * HASH_SIZE
    while len(data) >= pair:
        pairs = range(0, len(data) - pair + 1, pair)
        data = b"".join([sha256(b"\x01" + data[at : at + pair]).digest() for at in pairs])
        rows.append(data)
    return rows


def entry_bundle(entries: Iterable[bytes]) -> bytes:
    """Up to 256 entries, each behind its length as big-endian uint16. Source: C2SP tlog-tiles, Log entries.

    Raises Fault for an entry above 65,535 bytes.
    """
    parts = []
    for entry in entries:
        if len(entry) > LARGEST_ENTRY:
            raise Fault(
                _("an entry of %(found)s bytes; the most is %(most)s: log a commitment, not the document"),
                found=len(entry),
                most=LARGEST_ENTRY,
            )
        parts.append(len(entry).to_bytes(2, "big") + entry)
    return b"".join(parts)


def split_bundle(data: bytes, width: int) -> list[bytes]:
    """The `width` entries of a bundle; Fault if it is cut short or has more. Source: as `entry_bundle`."""
    entries: list[bytes] = []
    at = 0
    while at < len(data) and len(entries) < width:
        end = at + 2 + int.from_bytes(data[at : at + 2], "big")
        if end > len(data) or at + 2 > len(data):
            break
        entries.append(data[at + 2 : end])
        at = end
    if at != len(data) or len(entries) != width:
        raise Fault(
            _("the bundle does not hold just %(wanted)s whole entries; fetch the export again"), wanted=width
        )
    return entries
