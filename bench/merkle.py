"""The log's numbers: appending in batches, proofs, checks, signatures, at several sizes of the tree.

    python bench/merkle.py [10000 100000 1000000]

Appending is measured from the entry's bytes (leaf hash, tree, tiles, and a checkpoint with an
Ed25519 and an ML-DSA-44 signature for each batch of 256), into a dict of tiles and into SQLite with
synchronous=FULL, one commit for each batch. Proofs start with a fresh reader every time.
"""

from __future__ import annotations

import os
import random
import sqlite3
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

from qinglian.engines import merkle

ORIGIN, NOW, BATCH = "log.example/bench", 1_795_000_000, 256
KEYS = [merkle.SigningKey(ORIGIN, kind, bytes([kind]) * 32) for kind in (merkle.ED25519, merkle.MLDSA44)]
BODY = "x" * 230


def grow(size: int, keep: Callable[[list[merkle.Tile], str], None]) -> tuple[merkle.Tree, list[float]]:
    """(the tree, seconds of each batch)."""
    tree, taken = merkle.Tree(), []
    for start in range(0, size, BATCH):
        entries = [f"{number:010}{BODY}".encode() for number in range(start, min(size, start + BATCH))]
        began = time.perf_counter()
        tree, tiles = tree.append([merkle.leaf_hash(entry) for entry in entries])
        head = merkle.Checkpoint(ORIGIN, tree.size, tree.root())
        text = merkle.sign_checkpoint(head, KEYS, NOW)
        keep(tiles, text)
        taken.append(time.perf_counter() - began)
    return tree, taken


class Shelf:
    """Tiles by path in memory."""

    def __init__(self) -> None:
        self.tiles: dict[str, bytes] = {}

    def keep(self, tiles: list[merkle.Tile], text: str) -> None:
        self.tiles.update((tile.path, tile.data) for tile in tiles)


class Rows:
    """One row for each tile under its full path, and the checkpoint, in one durable commit a batch."""

    def __init__(self, folder: str) -> None:
        self.file = Path(folder) / "log.sqlite"
        self.line = sqlite3.connect(self.file, isolation_level=None)
        self.line.execute("PRAGMA journal_mode=WAL")
        self.line.execute("PRAGMA synchronous=FULL")
        self.line.execute("CREATE TABLE tile (path TEXT PRIMARY KEY, data BLOB NOT NULL)")

    def keep(self, tiles: list[merkle.Tile], text: str) -> None:
        rows: list[tuple[str, bytes]] = [(tile.full_path, tile.data) for tile in tiles]
        self.line.execute("BEGIN IMMEDIATE")
        self.line.executemany(
            "INSERT INTO tile VALUES (?, ?) ON CONFLICT (path) DO UPDATE SET data = excluded.data",
            [*rows, ("checkpoint", text.encode())],
        )
        self.line.execute("COMMIT")

    def size(self) -> int:
        self.line.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        return self.file.stat().st_size


def times(work: Callable[[], object], rounds: int = 300) -> Iterator[float]:
    for _ in range(rounds):
        began = time.perf_counter()
        work()
        yield (time.perf_counter() - began) * 1000


def told(name: str, milliseconds: list[float]) -> str:
    ordered = sorted(milliseconds)
    return f"{name} {statistics.median(ordered):.3f} (p99 {ordered[len(ordered) * 99 // 100]:.3f})"


def proofs(tree: merkle.Tree, fetch: Callable[[str], bytes | None]) -> str:
    chance, size, root = random.Random(7), tree.size, tree.root()
    made, checked, joined, continued = [], [], [], []
    for _ in range(300):
        index, old = chance.randrange(size), chance.randrange(1, size)
        leaf = merkle.leaf_hash(f"{index:010}{BODY}".encode())
        began = time.perf_counter()
        proof = merkle.inclusion_proof(index, size, merkle.TileReader(fetch, size))
        middle = time.perf_counter()
        merkle.verify_inclusion(leaf, index, size, proof, root)
        made.append((middle - began) * 1000)
        checked.append((time.perf_counter() - middle) * 1000)
        old_root = merkle.tree_root(old, merkle.TileReader(fetch, size))
        began = time.perf_counter()
        proof = merkle.consistency_proof(old, size, merkle.TileReader(fetch, size))
        middle = time.perf_counter()
        merkle.verify_consistency(old, old_root, size, root, proof)
        joined.append((middle - began) * 1000)
        continued.append((time.perf_counter() - middle) * 1000)
    named = {"inclusion": made, "its check": checked, "consistency": joined, "its check ": continued}
    return "ms: " + ", ".join(told(name, values) for name, values in named.items())


def signatures() -> str:
    head = merkle.Checkpoint(ORIGIN, 7, bytes(32))
    text = merkle.sign_checkpoint(head, KEYS, NOW)
    verifiers = [key.verifier for key in KEYS]
    signing = list(times(lambda: merkle.sign_checkpoint(head, KEYS, NOW)))
    opening = list(times(lambda: merkle.open_checkpoint(text, ORIGIN, verifiers)))
    return "ms: " + ", ".join((told("two signatures", signing), told("opened", opening)))


def commitments() -> str:
    values = {f"field{number}": f"value {number}" for number in range(10)}
    began = time.perf_counter()
    for _ in range(2000):
        key = os.urandom(32)
        entry = merkle.seal_entry(values, {name: merkle.field_salt(key, name) for name in values}, {})
        size = len(entry.data)
    return f"{2000 / (time.perf_counter() - began):,.0f}/s, {size} bytes each"


def speed(size: int, taken: list[float]) -> str:
    last = taken[-32:]
    return f"{size / sum(taken):,.0f}/s, the last batches {BATCH / statistics.median(last):,.0f}/s"


def main(sizes: list[int]) -> None:
    print("checkpoint:", signatures())
    print("entry of 10 hidden fields:", commitments())
    for size in sizes:
        shelf = Shelf()
        tree, taken = grow(size, shelf.keep)
        print(f"{size:,} entries, in memory: {speed(size, taken)}")
        print("  ", proofs(tree, shelf.tiles.get))
        with tempfile.TemporaryDirectory(prefix="qinglian-bench-") as folder:
            rows = Rows(folder)
            _tree, taken = grow(size, rows.keep)
            print(
                f"   in SQLite, FULL: {speed(size, taken)}, {rows.size() / size:.0f} bytes of tiles an entry"
            )


if __name__ == "__main__":
    main([int(word) for word in sys.argv[1:]] or [10_000, 100_000, 1_000_000])
