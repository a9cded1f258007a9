"""Candidates among many names: one SQLite file, or tantivy where it is installed.

The file holds, for each key, the numbers of the names that carry it. A question reads its rarest
keys first and stops when it has read enough; what most names share is never read.
"""

from __future__ import annotations

import heapq
import math
import sqlite3
import sys
from array import array
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any, Protocol

from qinglian.batch.names.scripts import missing
from qinglian.batch.names.whole import whole
from qinglian.engines.names import Matcher
from qinglian.engines.names.keys import Keys
from qinglian.faults import Fault
from qinglian.faults import noop as _

MOST_READ, FEWEST_KEYS, SHORT_LIST, MOST_LOOKED_THROUGH = 8_000, 4, 300, 30_000
FORMAT = "names-index/3"
Found = list[tuple[int, float]]


class CandidateIndex(Protocol):
    """Names by number, and the numbers of those that may be meant."""

    def search(self, text: str, limit: int = 10) -> Found:
        """Numbers of candidates and how strongly their keys agree, best first."""

    def name(self, number: int) -> str: ...


class SqliteIndex:
    """The index without a dependency. Made by `build`, then only read; safe for many readers."""

    def __init__(self, path: Path, matcher: Matcher) -> None:
        self.matcher, self.keys = matcher, Keys(matcher.known)
        try:
            self.store = sqlite3.connect(f"file:{path}?mode=ro", uri=True)
            self.store.execute("PRAGMA mmap_size = 2000000000")
            kind, self.count, sizes = self.store.execute("SELECT v, count, sizes FROM about").fetchone()
        except (sqlite3.Error, TypeError):  # no row: not filled
            raise Fault(_("this is no index of names; build it again"), file=str(path)) from None
        if kind != FORMAT:
            raise Fault(_("the index is of another version; build it again"), file=str(path))
        self.sizes = sizes

    def name(self, number: int) -> str:
        row = self.store.execute("SELECT name FROM names WHERE number = ?", (number,)).fetchone()
        return str(row[0])

    def search(self, text: str, limit: int = 10) -> Found:
        asked = self.keys.of(self.matcher.parse(text))
        holes = ",".join("?" * len(asked))
        sizes = self.store.execute(f"SELECT size, key FROM keys WHERE key IN ({holes})", asked).fetchall()
        sizes.sort()
        scores, used = self._gathered(sizes)
        best = dict(heapq.nlargest(SHORT_LIST, scores.items(), key=lambda found: found[1]))
        self._weighed_again(best, sizes[used:])
        ranked = [
            (number, score / math.sqrt(len(asked) + self.sizes[number])) for number, score in best.items()
        ]
        return sorted(ranked, key=lambda found: (-found[1], found[0]))[:limit]

    def _gathered(self, sizes: list[tuple[int, str]]) -> tuple[dict[int, float], int]:
        """Scores by the rarest keys, and how many keys were read."""
        scores: dict[int, float] = {}
        read = 0
        for used, (size, key) in enumerate(sizes):
            if scores and read + size > (MOST_READ if used >= FEWEST_KEYS else 4 * MOST_READ):
                return scores, used
            weight = math.log(1 + self.count / size)
            for number in self._numbers(key):
                scores[number] = scores.get(number, 0.0) + weight
            read += size
        return scores, len(sizes)

    def _weighed_again(self, best: dict[int, float], sizes: list[tuple[int, str]]) -> None:
        """Commoner keys bring no new candidates; they tell those at hand apart."""
        read = 0
        for size, key in sizes:
            read += size
            if read > MOST_LOOKED_THROUGH:
                return
            weight = math.log(1 + self.count / size)
            for number in best.keys() & set(self._numbers(key)):
                best[number] += weight

    def _numbers(self, key: str) -> array[int]:
        (blob,) = self.store.execute("SELECT numbers FROM postings WHERE key = ?", (key,)).fetchone()
        numbers = array("I")
        numbers.frombytes(blob)
        if sys.byteorder == "big":
            numbers.byteswap()
        return numbers


def is_index(path: Path) -> bool:
    """Whether a file begins as an index does, and not as a table."""
    with path.open("rb") as file:
        return file.read(16) == b"SQLite format 3\0"


def build(path: Path, names: Iterable[str], matcher: Matcher) -> int:
    """Write an index of the names, numbered from 0 in their order; how many there are. Never half a file."""
    with whole(path) as fresh:
        return _fill(fresh, names, matcher)


def _fill(path: Path, names: Iterable[str], matcher: Matcher) -> int:
    keys = Keys(matcher.known)
    postings: dict[str, array[int]] = {}
    sizes = bytearray()
    store = sqlite3.connect(path)
    store.executescript(
        "PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF;"
        "CREATE TABLE about (v TEXT, count INTEGER, sizes BLOB);"
        "CREATE TABLE names (number INTEGER PRIMARY KEY, name TEXT NOT NULL);"
        "CREATE TABLE keys (key TEXT PRIMARY KEY, size INTEGER NOT NULL) WITHOUT ROWID;"
        "CREATE TABLE postings (key TEXT PRIMARY KEY, numbers BLOB NOT NULL);"
    )

    def rows() -> Iterator[tuple[int, str]]:
        for number, name in enumerate(names):
            own = keys.of(matcher.parse_once(name))
            for key in own:
                postings.setdefault(key, array("I")).append(number)
            sizes.append(min(255, len(own)))
            yield number, name

    store.executemany("INSERT INTO names VALUES (?, ?)", rows())
    ordered = sorted(postings)
    store.executemany("INSERT INTO keys VALUES (?, ?)", ((key, len(postings[key])) for key in ordered))
    store.executemany("INSERT INTO postings VALUES (?, ?)", ((key, _bytes(postings[key])) for key in ordered))
    store.execute("INSERT INTO about VALUES (?, ?, ?)", (FORMAT, len(sizes), bytes(sizes)))
    store.commit()
    store.close()
    return len(sizes)


def _bytes(numbers: array[int]) -> bytes:
    if sys.byteorder == "big":
        numbers.byteswap()
    return numbers.tobytes()


class FastIndex:
    """The same keys in tantivy, in memory; the `names-fast` extra."""

    def __init__(self, names: Sequence[str], matcher: Matcher) -> None:
        try:
            import tantivy
        except ImportError:
            raise missing("tantivy", "names-fast") from None
        self.names, self.matcher, self.keys = names, matcher, Keys(matcher.known)
        self._tantivy: Any = tantivy
        schema = tantivy.SchemaBuilder()
        schema.add_text_field("keys", stored=False, tokenizer_name="whitespace", index_option="freq")
        schema.add_integer_field("number", stored=True, indexed=False)
        self._index = tantivy.Index(schema.build())
        writer = self._index.writer(heap_size=200_000_000, num_threads=1)
        for number, name in enumerate(names):
            own = " ".join(self.keys.of(matcher.parse_once(name)))
            writer.add_document(tantivy.Document(keys=own, number=number))
        writer.commit()
        writer.wait_merging_threads()
        self._index.reload()
        self._searcher = self._index.searcher()
        self._common = max(100, len(names) // 50)

    def name(self, number: int) -> str:
        return self.names[number]

    def search(self, text: str, limit: int = 10) -> Found:
        query = self._tantivy.Query
        should = self._tantivy.Occur.Should
        asked = self.keys.of(self.matcher.parse(text))
        sizes = sorted((self._searcher.doc_freq("keys", key), key) for key in asked)
        rare = [
            key for place, (size, key) in enumerate(sizes) if size and (place < 12 or size < self._common)
        ]
        terms = [(should, query.term_query(self._index.schema, "keys", key, "freq")) for key in rare]
        hits = self._searcher.search(query.boolean_query(terms), limit).hits
        return [(int(self._searcher.doc(at)["number"][0]), float(score)) for score, at in hits]
