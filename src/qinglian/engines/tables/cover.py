"""Which combinations a list of rows covers: a reduced decision diagram over sets of rows.

The facts are taken one after another; after some of them, the question depends only on which rows are still
alive, so each such set is examined once. Reduced ordered diagrams: Bryant 1986, here with many-valued facts.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from functools import reduce
from math import prod
from operator import or_

from qinglian.faults import Fault
from qinglian.faults import noop as _

WORK_LIMIT = 2_000_000
COVERED, OPEN = 0, 1
Box = tuple[int, ...]


class Work:
    """How much a proof may still examine; several covers may share it."""

    def __init__(self, left: int = WORK_LIMIT) -> None:
        self.limit = self.left = left

    def spend(self, steps: int, facts: Iterable[str]) -> None:
        self.left -= steps
        if self.left < 0:
            raise Fault(
                _(
                    "the table is too entangled to be proved in %(limit)d steps; decide %(facts)s in a table "
                    "of their own, and use its answer as a fact here"
                ),
                limit=self.limit,
                facts=", ".join(facts),
            )


class _FoundOpen(Exception):
    pass


class Cover:
    """The rows' boxes (one mask of values a fact) over the part of the space that `within` gives.

    open: diagram node of what no row covers (COVERED: nothing, OPEN: everything);
    hit: bit set of the rows that are first to fit some combination (only where `ordered`).
    With `briefly` the first open combination ends the search: open is then COVERED or OPEN, no more.
    Raises Fault when more steps than `work` allows would be needed.
    """

    def __init__(
        self,
        boxes: Sequence[Box],
        within: Box,
        facts: Sequence[str],
        work: Work,
        *,
        ordered: bool,
        briefly: bool = False,
    ) -> None:
        self.within, self.facts, self.ordered, self.briefly = within, facts, ordered, briefly
        self.hit = 0
        self._work = work
        kept = [(bit, box) for bit, box in enumerate(boxes) if _meet(box, within)]
        bound = [_mask(bit for bit, box in kept if box[at] & part != part) for at, part in enumerate(within)]
        self.order = sorted(range(len(within)), key=lambda at: -bound[at].bit_count())
        self._bound = [bound[at] for at in self.order]
        self._classes = [_classes(kept, at, within[at]) for at in self.order]
        self._accepts = [[rows for _values, rows in classes] for classes in self._classes]
        alive = _mask(bit for bit, _box in kept)
        self._free = [alive & ~_union(self._bound[level:]) for level in range(len(within) + 1)]
        self._known: list[dict[int, int]] = [{} for _at in within]
        self._nodes: dict[tuple[int, tuple[int, ...]], int] = {}
        self._content: list[tuple[int, tuple[int, ...]]] = [(0, ()), (0, ())]
        try:
            self.open = self._child(0, alive)
        except _FoundOpen:
            self.open = OPEN

    def _child(self, level: int, live: int) -> int:
        """The node for the rows that are left before this level's fact is looked at."""
        if not live:
            if self.briefly:
                raise _FoundOpen
            return OPEN
        free = live & self._free[level]
        if not free:
            return self._node(level, live)
        if not self.ordered:
            return COVERED
        first = free & -free
        live &= (first << 1) - 1
        if live == first:
            self.hit |= first
            return COVERED
        return self._node(level, live) if live & ~self.hit else COVERED

    def _node(self, level: int, live: int) -> int:
        while not live & self._bound[level]:
            level += 1
        known = self._known[level].get(live)
        if known is not None:
            return known
        accepts, below = self._accepts[level], level + 1
        self._work.spend(len(accepts), (self.facts[at] for at in self.order[:3]))
        children = tuple([self._child(below, live & rows) for rows in accepts])
        node = children[0] if children.count(children[0]) == len(children) else self._named(level, children)
        self._known[level][live] = node
        return node

    def _named(self, level: int, children: tuple[int, ...]) -> int:
        known = self._nodes.setdefault((level, children), len(self._content))
        if known == len(self._content):
            self._content.append((level, children))
        return known

    def count_open(self) -> int:
        """How many combinations no row covers."""
        sizes = [self.within[at].bit_count() for at in self.order]
        counts: dict[int, int] = {}

        def count(node: int, level: int) -> int:
            if node == COVERED:
                return 0
            if node == OPEN:
                return prod(sizes[level:])
            own, children = self._content[node]
            if node not in counts:
                parts = zip(self._classes[own], children, strict=True)
                counts[node] = sum(
                    values.bit_count() * count(child, own + 1) for (values, _rows), child in parts
                )
            return prod(sizes[level:own]) * counts[node]

        return count(self.open, 0)

    def open_boxes(self) -> Iterator[Box]:
        """The uncovered combinations as boxes that have nothing in common, in a fixed order."""

        def walk(node: int, box: list[int]) -> Iterator[Box]:
            if node == OPEN:
                yield tuple(box)
            elif node != COVERED:
                level, children = self._content[node]
                at = self.order[level]
                grouped: dict[int, int] = {}
                for (values, _rows), child in zip(self._classes[level], children, strict=True):
                    grouped[child] = grouped.get(child, 0) | values
                for child, values in grouped.items():
                    yield from walk(child, [*box[:at], values, *box[at + 1 :]])

        return walk(self.open, list(self.within))


def _mask(places: Iterable[int]) -> int:
    return sum(1 << place for place in places)


def _union(masks: Iterable[int]) -> int:
    return reduce(or_, masks, 0)


def _meet(one: Box, other: Box) -> bool:
    return all(a & b for a, b in zip(one, other, strict=True))


def _classes(kept: Sequence[tuple[int, Box]], at: int, part: int) -> list[tuple[int, int]]:
    """The values of one fact in groups that the rows do not tell apart: (values, rows that accept them)."""
    groups: dict[int, int] = {}
    rest = part
    while rest:
        value = rest & -rest
        rest ^= value
        rows = _mask(bit for bit, box in kept if box[at] & value)
        groups[rows] = groups.get(rows, 0) | value
    return [(values, rows) for rows, values in groups.items()]


def merged(boxes: list[Box]) -> list[Box]:
    """The same combinations in fewer boxes, sorted: two that differ in one fact only are joined."""
    before = -1
    while before != len(boxes):
        before = len(boxes)
        for at in range(len(boxes[0]) if boxes else 0):
            joined: dict[tuple[Box, Box], int] = {}
            for box in boxes:
                rest = (box[:at], box[at + 1 :])
                joined[rest] = joined.get(rest, 0) | box[at]
            boxes = [(*left, values, *right) for (left, right), values in joined.items()]
    return sorted(boxes)
