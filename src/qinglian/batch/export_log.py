"""A log as static files, to be served or carried: `checkpoint`, `tile/…`. Source: C2SP tlog-tiles."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

from qinglian.engines.merkle import ENTRIES, TileReader, tile_path, tile_places, width_at
from qinglian.engines.merkle.tiles import WIDTH


def export_log(
    folder: Path, checkpoint: str, tiles: TileReader, bundle: Callable[[int], bytes] | None
) -> int:
    """Write what is not there yet, the signed checkpoint last; how many files of tiles were written.

    tiles: a reader of the checkpoint's size. bundle(n): entry bundle n at that size, or None for a log
    that keeps its entries back. Files of tiles never change, so a repeated export is small. Each
    file appears whole. Raises Fault for a missing tile, OSError if a file cannot be written.
    """
    written = 0
    for level, index, width in tile_places(tiles.size):
        place = folder / tile_path(level, index, width)
        if not place.exists():
            _put(place, tiles.tile(level, index))
            written += 1
    for index in range(-(-tiles.size // WIDTH) if bundle else 0):
        place = folder / tile_path(ENTRIES, index, width_at(tiles.size, 0, index))
        if bundle and not place.exists():
            _put(place, bundle(index))
            written += 1
    _put(folder / "checkpoint", checkpoint.encode())
    return written


def _put(place: Path, data: bytes) -> None:
    place.parent.mkdir(parents=True, exist_ok=True)
    fresh = place.with_name(place.name + ".new")
    fresh.write_bytes(data)
    os.replace(fresh, place)
