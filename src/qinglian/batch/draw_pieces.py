"""A large frame as arrays, read a piece at a time: its root, its counts, and the rows with small tickets.

What the arrays cannot prove sound is read again row by row, and named.
"""

from __future__ import annotations

from binascii import unhexlify
from collections import Counter
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from struct import iter_unpack
from typing import Any

from qinglian.batch import draw_hashes
from qinglian.batch.draw_hashes import numpy
from qinglian.batch.telling import READING, Tell, silent
from qinglian.engines.draw.hashing import BLOCK
from qinglian.engines.draw.rows import Row, read_frame, read_row
from qinglian.engines.draw.sample import Drawn, Kinds, Ticketed, draw_near
from qinglian.engines.draw.terms import Frozen, Terms
from qinglian.engines.draw.tickets import TAG
from qinglian.faults import Fault
from qinglian.faults import noop as _

ROWS = 2**17  # of a piece, some megabytes; whole blocks of the tree
FEW = 24  # kinds of rows that are looked for one by one, before the rest is sorted
READ = 2**23


class _Odd(Exception):
    """Something the arrays cannot vouch for."""


@dataclass(frozen=True)
class Piece:
    """pids: rows × 16 bytes. kinds: a row without pid for each; which: the kind of each row. leaves: their
    hashes."""

    pids: Any
    kinds: list[Row]
    which: Any
    leaves: Any


@dataclass(frozen=True)
class Frame:
    """A sound frame in memory, about 24 bytes a row. frozen: rows and root, if it was read from a file."""

    found: Frozen | None
    pieces: tuple[Piece, ...]

    @property
    def frozen(self) -> Frozen:
        assert self.found is not None
        return self.found

    def kinds(self) -> Kinds:
        """How many rows there are of each kind; a kind is a row without its pid."""
        found: Kinds = Counter()
        for piece in self.pieces:
            sizes = numpy().bincount(piece.which, minlength=len(piece.kinds)).tolist()
            for row, size in zip(piece.kinds, sizes, strict=True):
                found[row] += size
        return found

    def rows(self) -> Iterator[Row]:
        """Every row, in order."""
        for piece in self.pieces:
            for pid, kind in zip(iter_unpack("16s", piece.pids.tobytes()), piece.which.tolist(), strict=True):
                yield piece.kinds[kind]._replace(pid=pid[0].hex())

    def named(self, pids: Collection[str]) -> Iterator[Row]:
        """The rows of these pids, as far as the frame holds them."""
        wanted = {bytes.fromhex(pid) for pid in pids}
        for piece in self.pieces if wanted else ():
            for place, (pid,) in enumerate(iter_unpack("16s", piece.pids.tobytes())):
                if pid in wanted:
                    yield piece.kinds[piece.which[place]]._replace(pid=pid.hex())

    def drawn(self, terms: Terms, counts: Mapping[str, Mapping[str, int]], seed: bytes) -> Drawn:
        """Whom the seed draws; the counts are those of the frame."""
        return draw_near(lambda limits: self.near(seed, limits, terms.hash), terms, counts)

    def near(self, seed: bytes, limits: Mapping[str, bytes], hash_name: str) -> Iterator[Ticketed]:
        """(ticket, pid, kind) of every row with a ticket up to its stratum's limit , perhaps of more."""
        for piece in self.pieces:
            yield from _near(piece, seed, limits, hash_name)


def read(path: Path, hash_name: str, tell: Tell = silent) -> Frame:
    """The frame in a file. Raises Fault with the line of a row that is malformed or out of order."""
    np, rows, done, last, size = numpy(), 0, 0, b"", path.stat().st_size
    pieces: list[Piece] = []
    try:
        for data, ends in _pieces(path):
            piece = _piece(data, ends, hash_name)
            if pieces and piece.pids[0].tobytes() <= last:
                raise _Odd
            pieces.append(piece)
            rows, done, last = rows + len(piece.which), done + len(data), piece.pids[-1].tobytes()
            tell(READING, done / size, rows)
    except _Odd:
        raise _fault_in(path) from None
    leaves = [piece.leaves for piece in pieces] or [np.empty((0, draw_hashes.SIZE), np.uint8)]
    whole = draw_hashes.root(np.concatenate(leaves), hash_name)
    return Frame(Frozen(rows, whole), tuple(pieces))


def _fault_in(path: Path) -> Fault:
    """The Fault of the first row that is wrong; the last is cut short if no other is."""
    try:
        with open(path, "rb") as file:
            for _row in read_frame(line for line in file if line.endswith(b"\n")):
                pass
    except Fault as fault:
        return fault.at(file=str(path))
    return Fault(_("the last line is cut short; fetch the file again, whole"), file=str(path))


def _pieces(path: Path) -> Iterator[tuple[bytes, Any]]:
    """(bytes, where each line ends in them) of every ROWS rows; the last takes what no line feed ends."""
    np = numpy()
    with open(path, "rb") as file:
        held, ends = b"", np.empty(0, np.int64)
        while data := file.read(READ):
            more = np.flatnonzero(np.frombuffer(data, np.uint8) == 10) + (len(held) + 1)
            held, ends = held + data, np.concatenate((ends, more))
            while len(ends) >= ROWS:
                cut = int(ends[ROWS - 1])
                yield held[:cut], ends[:ROWS]
                held, ends = held[cut:], ends[ROWS:] - cut
        if held:
            yield held, ends


def _piece(data: bytes, ends: Any, hash_name: str) -> Piece:
    np = numpy()
    signs = np.frombuffer(data, np.uint8)
    if not len(ends) or ends[-1] != len(data):
        raise _Odd
    begins = np.concatenate(([0], ends[:-1]))
    pids = _pids(signs, begins, ends)
    kinds, which = _kinds_of(signs, begins + 32, ends)
    cuts = ends[BLOCK - 1 :: BLOCK]
    if len(ends) % BLOCK:
        cuts = np.append(cuts, ends[-1])
    return Piece(pids, kinds, which, draw_hashes.of_slices(b"\x00", data, cuts, hash_name))


def _cells(signs: Any, begins: Any, width: int) -> Any:
    """`width` signs from each of the places on, rows × width; as many slices in one step."""
    np = numpy()
    return np.ascontiguousarray(np.lib.stride_tricks.sliding_window_view(signs, width)[begins])


def _pids(signs: Any, begins: Any, ends: Any) -> Any:
    """rows × 16 bytes, if every row begins with 32 hex digits and a tab, and they rise strictly."""
    np = numpy()
    if (ends - begins).min() < 34 or (signs[begins + 32] != 9).any():
        raise _Odd
    digits = _cells(signs, begins, 32).tobytes()
    if not (digits.islower() or digits.isdigit()):
        raise _Odd
    try:
        raw = unhexlify(digits)
    except ValueError:
        raise _Odd from None
    high, low = np.frombuffer(raw, ">u8").astype(np.uint64).reshape(-1, 2).T
    if not ((high[1:] > high[:-1]) | ((high[1:] == high[:-1]) & (low[1:] > low[:-1]))).all():
        raise _Odd
    return np.frombuffer(raw, np.uint8).reshape(-1, 16)


def _kinds_of(signs: Any, begins: Any, ends: Any) -> tuple[list[Row], Any]:
    """(a row of no subject for each kind of tail, which of them each row is)."""
    np = numpy()
    found: list[bytes] = []
    which, widths = np.empty(len(begins), np.int32), ends - begins
    for width in np.flatnonzero(np.bincount(widths)).tolist():
        rows = np.flatnonzero(widths == width)
        tails = _cells(signs, begins[rows], width).view(f"S{width}").ravel()
        for _turn in range(FEW):
            if len(rows):
                same = tails == tails[0]
                which[rows[same]] = len(found)
                found.append(bytes(tails[0]))
                rows, tails = rows[~same], tails[~same]
        if len(rows):
            names, places = np.unique(tails, return_inverse=True)
            which[rows] = places + len(found)
            found += [bytes(name) for name in names.tolist()]
    try:
        return [read_row(b"0" * 32 + tail, 1)._replace(pid="") for tail in found], which
    except Fault:
        raise _Odd from None


def _near(piece: Piece, seed: bytes, limits: Mapping[str, bytes], hash_name: str) -> Iterator[Ticketed]:
    np, kinds = numpy(), piece.kinds
    highest = [int.from_bytes(limits.get(row.stratum, b"")[:8], "big") for row in kinds]
    asked = np.array([row.stratum in limits for row in kinds])[piece.which]
    rows = np.arange(len(asked)) if asked.all() else np.flatnonzero(asked)
    tickets = draw_hashes.of_rows(seed + TAG, piece.pids[rows], hash_name)
    first = np.ascontiguousarray(tickets[:, :8]).view(">u8").ravel()
    low = first <= np.array(highest, np.uint64)[piece.which[rows]]
    rows, numbers = rows[low], tickets[low].tobytes()
    names, which = piece.pids[rows].tobytes().hex(), piece.which[rows].tolist()
    for at, kind in zip(range(0, len(names), 32), which, strict=True):
        yield numbers[at : at + 32], names[at : at + 32], kinds[kind]
