"""Small groups: whoever could be told by where and what is shown together with others, in every cut alike.

The rows themselves are made so before anything is counted: a row whose group (such as unit and matter, within
a month) holds fewer than `least` subjects loses as many of these columns as it takes. Every number that is
computed from such rows, in whichever cut, is then over no group that is too small, and there is nothing that
a page could show and a file withhold. Local suppression with complementary groups; see Willenborg and
de Waal, Elements of Statistical Disclosure Control (2001), ch. 4 and 5.
"""

from __future__ import annotations

import hmac
from collections import defaultdict
from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import product

WITHHELD = "*"
LEAST = 3  # of what a pack may choose: with two, whoever knows of one knows the other

Value = str | int
Values = tuple[Value, ...]


@dataclass(frozen=True)
class Fact:
    """A row before it is published: whom it is about, which is never published, and what it says."""

    subject: Hashable
    values: Values


def generalise(
    facts: Iterable[Fact],
    places: Sequence[int],
    least: int,
    secret: bytes = b"",
    tied: Mapping[int, Sequence[int]] | None = None,
) -> tuple[list[Values], list[Fact]]:
    """(rows that can be published, facts that must wait for more).

    places: the columns by which somebody could be known, the one to keep longest first; tied: such a column →
    those that would tell it. Every group of equal values there has at least `least` subjects, or is 0. How
    many were in a group that was withheld cannot be reckoned back from what is shown, not even by somebody
    who knows these rules: which group is put together with them, where they alone are too few, only `secret`
    says.
    """
    left = list(facts)
    shown: dict[Values, list[Fact]] = {}
    for mask in sorted(product((1, 0), repeat=len(places)), key=lambda m: (-sum(m), [-bit for bit in m])):
        pools: dict[Values, list[Fact]] = defaultdict(list)
        for fact in left:
            pools[_key(fact, places, mask)].append(fact)
        left = []
        for key, pool in sorted(pools.items(), key=lambda item: str(item[0])):
            if _tells_nobody(pool, places, least, whole=all(mask)):
                shown[key] = pool
            else:
                left += pool
    if left and not places:
        return [], left
    while left:
        if not shown:
            return [], left
        nothing = (WITHHELD,) * len(places)
        key = min(shown, key=lambda each: hmac.digest(secret, str(each).encode(), "sha256"))
        left = shown.pop(nothing if nothing in shown else key) + left
        if _tells_nobody(left, places, least, whole=False):
            shown[nothing], left = left, []
    rows = [_masked(fact, places, key, tied or {}) for key, pool in shown.items() for fact in pool]
    return sort_rows(rows), []


def sort_rows(rows: Iterable[Values]) -> list[Values]:
    """In one order wherever it is done: numbers by size, texts by their code points."""
    return sorted(rows, key=lambda row: tuple((0, v, "") if isinstance(v, int) else (1, 0, v) for v in row))


def _tells_nobody(pool: Sequence[Fact], places: Sequence[int], least: int, whole: bool) -> bool:
    """Whether a group is large enough; one that was put together, whether its parts stay unknown too.

    c groups of 1 to least - 1 that make up P are known when P is c, or c (least - 1).
    """
    subjects = _subjects(pool)
    if subjects < least:
        return False
    parts = len({tuple(fact.values[place] for place in places) for fact in pool})
    return whole or parts < subjects < parts * (least - 1) or _has_large(pool, places, least)


def _has_large(pool: Sequence[Fact], places: Sequence[int], least: int) -> bool:
    parts: dict[Values, list[Fact]] = defaultdict(list)
    for fact in pool:
        parts[tuple(fact.values[place] for place in places)].append(fact)
    return len(parts) > 1 and any(_subjects(part) >= least for part in parts.values())


def _subjects(pool: Sequence[Fact]) -> int:
    return len({fact.subject for fact in pool})


def _key(fact: Fact, places: Sequence[int], mask: Sequence[int]) -> Values:
    return tuple(fact.values[p] if keep else WITHHELD for p, keep in zip(places, mask, strict=True))


def _masked(fact: Fact, places: Sequence[int], key: Values, tied: Mapping[int, Sequence[int]]) -> Values:
    values = list(fact.values)
    for place, value in zip(places, key, strict=True):
        values[place] = value
        for telling in tied.get(place, ()) if value == WITHHELD else ():
            values[telling] = WITHHELD
    return tuple(values)
