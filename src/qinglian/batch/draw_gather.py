"""The rows of a frame in the making, twenty bytes each, sorted at the end; and its file."""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Iterator
from itertools import pairwise
from typing import Any

from qinglian.batch.draw_hashes import numpy
from qinglian.batch.draw_pieces import Frame, Piece
from qinglian.engines.draw.framed import Framed, Rows
from qinglian.engines.draw.rows import Row
from qinglian.faults import Fault

PIECE = 2**16


class Twins(ValueError):
    """The same subject stands twice: at these places, counted from 0, of the rows as they came."""

    def __init__(self, first: int, second: int) -> None:
        super().__init__(first, second)
        self.places = (first, second)


def gather(rows: Iterable[Row]) -> Framed:
    """The frame of rows in any order: as arrays where numpy is at hand. Raises Twins."""
    try:
        np = numpy()
    except Fault:
        return _row_by_row(list(rows))
    pids, which, known = bytearray(), array("i"), dict[tuple[Any, ...], int]()
    for pid, *kind in rows:
        pids += bytes.fromhex(pid)
        which.append(known.setdefault(tuple(kind), len(known)))
    raw = np.frombuffer(pids, np.uint8).reshape(-1, 16)
    high, low = (np.frombuffer(pids, ">u8").astype(np.uint64).reshape(-1, 2)).T
    order = np.argsort(high, kind="stable")
    if (np.diff(high[order]) == 0).any():
        order = np.lexsort((low, high))
    same = np.flatnonzero((high[order][1:] == high[order][:-1]) & (low[order][1:] == low[order][:-1]))
    if len(same):
        raise Twins(*sorted(order[same[0] : same[0] + 2].tolist()))
    kinds = [Row("", *kind) for kind in known]
    return Frame(None, (Piece(raw[order], kinds, np.frombuffer(which, np.int32)[order], None),))


def _row_by_row(rows: list[Row]) -> Rows:
    order = sorted(range(len(rows)), key=lambda place: rows[place].pid)
    for before, after in pairwise(order):
        if rows[before].pid == rows[after].pid:
            raise Twins(*sorted((before, after)))
    return Rows([rows[place] for place in order])


def lines(frame: Framed) -> Iterator[bytes]:
    """The bytes of the frame's file, some thousand lines at a time."""
    if not isinstance(frame, Frame):
        yield from (row.line for row in frame.rows())
        return
    for piece in frame.pieces:
        tails = [row.line.decode() for row in piece.kinds]
        for begin in range(0, len(piece.which), PIECE):
            digits = piece.pids[begin : begin + PIECE].tobytes().hex()
            which = piece.which[begin : begin + PIECE].tolist()
            names = (digits[at : at + 32] for at in range(0, len(digits), 32))
            yield "".join([name + tails[kind] for name, kind in zip(names, which, strict=True)]).encode()
