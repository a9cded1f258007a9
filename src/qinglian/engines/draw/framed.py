"""A frame as a draw asks it, whether it is held row by row or, for speed, in another way."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Protocol

from qinglian.engines.draw.rows import Row
from qinglian.engines.draw.sample import Drawn, Kinds, draw_targets
from qinglian.engines.draw.terms import Frozen, Terms


class Framed(Protocol):
    """A sound frame: every row well formed, sorted, each pseudonym once."""

    def kinds(self) -> Kinds:
        """How many rows there are of each kind; a kind is a row without its pid."""

    def rows(self) -> Iterable[Row]:
        """Every row, in order."""

    def named(self, pids: Collection[str]) -> Iterable[Row]:
        """The rows of these pids, as far as the frame holds them."""

    def drawn(self, terms: Terms, counts: Mapping[str, Mapping[str, int]], seed: bytes) -> Drawn:
        """Whom the seed draws; the counts are those of the frame."""


class Held(Framed, Protocol):
    """A frame of which rows and root were found while it was read."""

    @property
    def frozen(self) -> Frozen: ...


@dataclass(frozen=True)
class Rows:
    """A frame held row by row."""

    each: list[Row]

    def kinds(self) -> Kinds:
        seen = Counter((row.stratum, row.weight, row.departments) for row in self.each)
        return Counter({Row("", *kind): size for kind, size in seen.items()})

    def rows(self) -> Iterable[Row]:
        return self.each

    def named(self, pids: Collection[str]) -> Iterable[Row]:
        return (row for row in self.each if row.pid in pids)

    def drawn(self, terms: Terms, counts: Mapping[str, Mapping[str, int]], seed: bytes) -> Drawn:
        return draw_targets(self.each, terms, counts, seed)
