"""The proof of a table: exact, over every combination of the declared values."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice
from math import prod

from qinglian.engines.tables.cover import COVERED, Box, Cover, Work, merged
from qinglian.engines.tables.findings import Dead, Gap, Overlap, Proof
from qinglian.engines.tables.table import Policy, Row, Table, bits
from qinglian.faults import Fault

LIST_LIMIT = 5_000


def prove(table: Table) -> Proof:
    """Examine every combination of the declared values, exactly.

    gap: no row fits. dead: under `first`, earlier rows take every case of the row; under `collect`, another
    row with the same outcome fits wherever it does, or nothing is left for `otherwise`. conflict: under
    `collect`, two rows fit one case and their decisions differ; under `first` the order settles that.
    Raises Fault where the work would pass a fixed bound; then nothing is claimed.
    """
    try:
        return _Prover(table).proof()
    except Fault as fault:
        raise fault.at(file=table.name) from None


class _Prover:
    def __init__(self, table: Table) -> None:
        self.table = table
        self.ordered = table.policy is Policy.FIRST
        self.plain = [row for row in table.rows if not row.otherwise]
        self.space = tuple(table.domains[fact].every for fact in table.facts)
        self.work = Work()

    def cover(self, rows: list[Row], within: Box, *, briefly: bool = False) -> Cover:
        boxes = [row.cells for row in rows]
        return Cover(boxes, within, self.table.facts, self.work, ordered=self.ordered, briefly=briefly)

    def proof(self) -> Proof:
        open_left = len(self.plain) == len(self.table.rows)
        cover = self.cover(self.plain, self.space, briefly=not open_left)
        boxes = list(islice(cover.open_boxes(), LIST_LIMIT + 1)) if open_left else []
        dead = list(self.never_first(cover) if self.ordered else self.idle(cover))
        conflicts = [] if self.ordered else list(islice(self.disagreements(), LIST_LIMIT + 1))
        return Proof(
            self.table.name,
            tuple(self.gap(box) for box in merged(boxes[:LIST_LIMIT])),
            tuple(dead),
            tuple(conflicts[:LIST_LIMIT]),
            prod(mask.bit_count() for mask in self.space),
            cover.count_open() if open_left else 0,
            max(len(boxes), len(conflicts)) > LIST_LIMIT,
        )

    def gap(self, box: Box) -> Gap:
        domains = [self.table.domains[fact] for fact in self.table.facts]
        parts = zip(domains, box, strict=True)
        return Gap({domain.fact: domain.values_of(mask) for domain, mask in parts if mask != domain.every})

    def never_first(self, cover: Cover) -> Iterator[Dead]:
        for bit, row in enumerate(self.plain):
            if not cover.hit >> bit & 1:
                takers = self.takers(row, self.plain[:bit])
                yield Dead(row.id, row.line, tuple(other.id for other in takers))

    def takers(self, row: Row, earlier: list[Row]) -> list[Row]:
        """The earlier rows that answer the row's cases: one that holds all, else each that takes some."""
        for other in earlier:
            if _inside(row, other):
                return [other]
        return [earlier[bit] for bit in bits(self.cover(earlier, row.cells).hit)]

    def idle(self, cover: Cover) -> Iterator[Dead]:
        for place, row in enumerate(self.plain):
            for at, other in enumerate(self.plain):
                adds_nothing = at != place and other.outcome == row.outcome and _inside(row, other)
                if adds_nothing and not (at > place and _inside(other, row)):
                    yield Dead(row.id, row.line, (other.id,))
                    break
        last = self.table.rows[-1]
        if last.otherwise and cover.open == COVERED:
            yield Dead(last.id, last.line, tuple(row.id for row in self.plain))

    def disagreements(self) -> Iterator[Overlap]:
        for place, other in enumerate(self.plain):
            for one in self.plain[:place]:
                if one.decision != other.decision and (box := _common(one, other)):
                    yield _overlap(self.table, one, other, box)


def settled_by_order(table: Table) -> tuple[Overlap, ...]:
    """Under `first`: each two rows that fit one case and differ in a column, so that one speaks alone.

    Lawful, but to be read: where both ask for something, the applicant hears only of the first.
    """
    if table.policy is not Policy.FIRST:
        return ()
    return tuple(
        _overlap(table, one, other, box)
        for place, other in enumerate(table.rows)
        for one in table.rows[:place]
        if one.outcome != other.outcome and (box := _common(one, other))
    )


def _inside(inner: Row, outer: Row) -> bool:
    return all(not a & ~b for a, b in zip(inner.cells, outer.cells, strict=True))


def _common(one: Row, other: Row) -> Box | None:
    box = tuple(a & b for a, b in zip(one.cells, other.cells, strict=True))
    return box if all(box) else None


def _overlap(table: Table, one: Row, other: Row, box: Box) -> Overlap:
    example = {
        fact: table.domains[fact].values[next(bits(mask))]
        for fact, mask in zip(table.facts, box, strict=True)
    }
    return Overlap((one.id, other.id), other.line, (one.decision, other.decision), example)
