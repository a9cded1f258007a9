"""Hashes of many rows at a time: by DataFusion, which has SHA-256 over a column, else one by one.

DataFusion hashes a column in one call, five times as fast as a loop in Python; the bytes are the same.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator
from functools import lru_cache
from struct import iter_unpack
from typing import Any

from qinglian.faults import Fault
from qinglian.faults import noop as _

MANY = 400  # rows from which a call to DataFusion is worth it
SIZE = 32


@lru_cache(maxsize=1)
def numpy() -> Any:
    try:
        import numpy as found
    except ImportError:
        raise Fault(_("large draws need numpy; say: pip install 'qinglian[draw]'")) from None
    return found


@lru_cache(maxsize=1)
def _columns() -> Any:
    """(DataFusion, pyarrow), or None where the extra `draw-fast` is not installed."""
    try:
        import datafusion
        import pyarrow
    except ImportError:
        return None
    return datafusion, pyarrow


def of_rows(prefix: bytes, rows: Any, hash_name: str) -> Any:
    """H(prefix ‖ row) of each row of an array n × width of bytes: an array n × 32 of bytes."""
    np = numpy()
    count, width = rows.shape
    if hash_name != "sha256" or count < MANY or _columns() is None:
        data = (row for (row,) in iter_unpack(f"{width}s", np.ascontiguousarray(rows).tobytes()))
        return _one_by_one(prefix, data, hash_name)
    whole = np.empty((count, len(prefix) + width), np.uint8)
    whole[:, : len(prefix)] = np.frombuffer(prefix, np.uint8)
    whole[:, len(prefix) :] = rows
    return _column(whole, np.arange(count + 1, dtype=np.int32) * whole.shape[1])


def of_slices(prefix: bytes, data: bytes, ends: Any, hash_name: str) -> Any:
    """H(prefix ‖ slice) of each slice of the data up to the rising `ends`: an array n × 32 of bytes."""
    np = numpy()
    begins = np.concatenate(([0], ends[:-1]))
    if hash_name != "sha256" or len(ends) < MANY or _columns() is None:
        view = memoryview(data)
        pairs = zip(begins.tolist(), ends.tolist(), strict=True)
        return _one_by_one(prefix, (view[begin:end] for begin, end in pairs), hash_name)
    signs, ahead = np.frombuffer(data, np.uint8)[: ends[-1]], np.frombuffer(prefix, np.uint8)
    whole = np.insert(signs, np.repeat(begins, len(ahead)), np.tile(ahead, len(ends)))
    places = np.arange(len(ends) + 1) * len(ahead)
    places[1:] += ends
    return _column(whole, places.astype(np.int32))


def root(level: Any, hash_name: str) -> bytes:
    """The tree hash over an array n × 32 of leaf hashes, as `engines.draw.hashing.root`."""
    np = numpy()
    if not len(level):
        return hashlib.new(hash_name).digest()
    while len(level) > 1:
        paired = of_rows(b"\x01", level[: len(level) // 2 * 2].reshape(-1, 2 * SIZE), hash_name)
        level = np.concatenate((paired, level[-1:])) if len(level) % 2 else paired
    found: bytes = level.tobytes()
    return found


def _one_by_one(prefix: bytes, rows: Iterable[Any], hash_name: str) -> Any:
    """A state that has seen the prefix is copied, which is quicker than joining bytes."""
    begun = hashlib.new(hash_name, prefix).copy

    def digests() -> Iterator[bytes]:
        for row in rows:
            state = begun()
            state.update(row)
            yield state.digest()

    np = numpy()
    return np.frombuffer(b"".join(digests()), np.uint8).reshape(-1, SIZE)


def _column(whole: Any, places: Any) -> Any:
    """SHA-256 of a column of bytes that lie one behind another, cut at the places (0 first, int32)."""
    np, (datafusion, pyarrow) = numpy(), _columns()
    parts = [None, pyarrow.py_buffer(places), pyarrow.py_buffer(np.ascontiguousarray(whole))]
    column = pyarrow.Array.from_buffers(pyarrow.binary(), len(places) - 1, parts)
    config = datafusion.SessionConfig().with_target_partitions(1).with_batch_size(len(column))
    context = datafusion.SessionContext(config)
    table = context.from_arrow(pyarrow.table({"row": column}))
    hashed = table.select(datafusion.functions.sha256(datafusion.col("row")).alias("hash"))
    found = [np.empty((0, SIZE), np.uint8)]
    for batch in hashed.collect():
        part = batch.column(0)
        _valid, places, data = part.buffers()
        first = int(np.frombuffer(places, np.int32)[part.offset])
        found.append(np.frombuffer(data, np.uint8, len(part) * SIZE, first).reshape(-1, SIZE))
    return found[-1] if len(found) == 2 else np.concatenate(found)
