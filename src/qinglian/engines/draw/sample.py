"""Who is drawn: per department and stratum the smallest tickets, then the reserve, in ticket order."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from math import isqrt
from typing import Any

from qinglian.engines.draw.hashing import brief
from qinglian.engines.draw.rows import Row
from qinglian.engines.draw.terms import Terms
from qinglian.engines.draw.tickets import TAG, heaviest, smallest
from qinglian.faults import Fault
from qinglian.faults import noop as _

Ticketed = tuple[bytes, str, Row]  # ticket, pid, kind
EVERY = b"\xff" * 32  # no ticket is higher
Lists = dict[str, dict[str, list[str]]]
Kinds = Counter[Row]  # a row without its pid → how many there are


@dataclass(frozen=True)
class Drawn:
    """department → stratum → pids in the order of their tickets; the same for the reserve."""

    result: Lists
    reserve: Lists

    @property
    def document(self) -> dict[str, Any]:
        return {"result": self.result, "reserve": self.reserve}

    @property
    def visits(self) -> dict[str, tuple[str, ...]]:
        """pid → the departments that drew it, for each subject drawn; sorted."""
        found: dict[str, tuple[str, ...]] = {}
        for department, strata in sorted(self.result.items()):
            alone = (department,)
            for pids in strata.values():
                for pid in pids:
                    found[pid] = found[pid] + alone if pid in found else alone
        return dict(sorted(found.items()))


@dataclass
class Counted:
    """What a frame holds, counted in one pass: subjects of each department and stratum, reasons, rows."""

    counts: dict[str, dict[str, int]]
    excluded: dict[str, int]
    rows: int


def count(rows: Iterable[Row], terms: Terms) -> Counted:
    """Counts of a frame. Raises Fault for a stratum, department or reason the terms do not know."""
    seen = Counter((row.stratum, row.departments) for row in rows)
    return count_kinds(Counter({Row("", s, 1, names): size for (s, names), size in seen.items()}), terms)


def count_kinds(kinds: Kinds, terms: Terms) -> Counted:
    """The same from how many rows there are of each kind."""
    found: dict[str, dict[str, int]] = {
        name: dict.fromkeys(sorted(terms.strata), 0) for name in sorted(terms.departments)
    }
    excluded: Counter[str] = Counter()
    for (_pid, stratum, _weight, departments), number in kinds.items():
        check_kind(stratum, departments, terms)
        if stratum[0] == "x":
            excluded[stratum[2:]] += number
            continue
        for name in departments or terms.departments:
            found[name][stratum] += number
    return Counted(found, dict(sorted(excluded.items())), sum(kinds.values()))


def check_kind(stratum: str, departments: tuple[str, ...], terms: Terms) -> None:
    """Nothing if the terms know stratum (or reason) and departments of a row; else Fault."""
    known = stratum[2:] in terms.reasons if stratum[0] == "x" else stratum in terms.strata
    if not known:
        raise Fault(
            _("the terms know no stratum or reason %(stratum)s; name it there, or correct the frame"),
            stratum=stratum,
        )
    strangers = [name for name in departments if name not in terms.departments]
    if strangers:
        raise Fault(_("the terms know no department %(name)s"), name=strangers[0])


def ceiling(wanted: int, size: int) -> bytes:
    """A ticket that enough of `size` subjects stay below, nearly surely, when `wanted` are drawn.

    (wanted + 6 √wanted + 50) / size of all tickets: six standard deviations above what is needed. Only for
    speed: whoever finds too few below it looks at all.
    """
    part = wanted + 6 * isqrt(wanted) + 50
    return EVERY if part >= size else (part * 2**64 // size).to_bytes(8, "big") + bytes(24)


def ceilings(terms: Terms, counts: Mapping[str, Mapping[str, int]], wide: bool = False) -> dict[str, bytes]:
    """Stratum → the highest ticket that need be looked at; wide, or where weights decide: every ticket."""
    found = dict.fromkeys(terms.strata, bytes(32))
    for department in terms.departments:
        for stratum in terms.strata:
            n, reserve = _wanted(terms, counts, department, stratum)
            size = counts.get(department, {}).get(stratum, 0)
            line = ceiling(n + reserve, size) if size else bytes(32)
            found[stratum] = max(found[stratum], EVERY if wide or stratum in terms.weighted else line)
    return found


def draw_targets(
    rows: Iterable[Row], terms: Terms, counts: Mapping[str, Mapping[str, int]], seed: bytes
) -> Drawn:
    """The draw over a frame whose counts are known (`count`); every row's ticket is computed once."""
    each = rows if isinstance(rows, list) else list(rows)
    return draw_near(lambda limits: _below(each, limits, terms, seed), terms, counts)


def _below(rows: Iterable[Row], limit: Mapping[str, bytes], terms: Terms, seed: bytes) -> Iterator[Ticketed]:
    sha, h, prefix = brief, terms.h, seed + TAG
    quick = terms.hash == "sha256"
    for row in rows:
        if row.stratum in limit:
            data = prefix + bytes.fromhex(row.pid)
            number = sha(data).digest() if quick else h(data)
            if number <= limit[row.stratum]:
                yield number, row.pid, row


def draw_near(
    near: Callable[[Mapping[str, bytes]], Iterable[Ticketed]],
    terms: Terms,
    counts: Mapping[str, Mapping[str, int]],
) -> Drawn:
    """The draw from `near(limits)`, which gives at least the units with tickets up to a stratum's limit."""
    found = draw_ticketed(near(ceilings(terms, counts)), terms, counts)
    if found is None:  # with a chance below one in a million a ceiling was too low
        found = draw_ticketed(near(ceilings(terms, counts, wide=True)), terms, counts)
    assert found is not None
    return found


def draw_ticketed(
    units: Iterable[Ticketed], terms: Terms, counts: Mapping[str, Mapping[str, int]]
) -> Drawn | None:
    """The draw from units that hold at least the tickets up to `ceilings`; None if these were too low."""
    kept: dict[str, list[Ticketed]] = {s: [] for s in terms.strata}
    for unit in units:
        kept[unit[2].stratum].append(unit)
    result: Lists = {name: {} for name in sorted(terms.departments)}
    spare: Lists = {name: {} for name in sorted(terms.departments)}
    for d in sorted(terms.departments):
        for s in sorted(terms.strata):
            n, reserve = _wanted(terms, counts, d, s)
            own = [unit for unit in kept[s] if not unit[2].departments or d in unit[2].departments]
            if len(own) < n + reserve:
                return None
            order = _order(own, n, n + reserve, s in terms.weighted)
            result[d][s], spare[d][s] = order[:n], order[n:]
    return Drawn(result, spare)


def _wanted(
    terms: Terms, counts: Mapping[str, Mapping[str, int]], department: str, stratum: str
) -> tuple[int, int]:
    size = counts.get(department, {}).get(stratum, 0)
    n = terms.quota(department, stratum).of(size)
    return n, min(terms.reserve, size - n)


def _order(units: list[Ticketed], n: int, depth: int, weighted: bool) -> list[str]:
    if not weighted:
        return smallest(units, depth)
    ranked = heaviest([(number, pid, kind.weight) for number, pid, kind in units], len(units), n)
    return ranked[:depth]
