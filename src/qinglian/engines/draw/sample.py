"""Who is drawn: per department and stratum the smallest tickets, then the reserve, in ticket order."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from math import isqrt
from typing import Any

from qinglian.engines.draw.hashing import brief
from qinglian.engines.draw.rows import Row
from qinglian.engines.draw.terms import Terms
from qinglian.engines.draw.tickets import TAG, heaviest, smallest
from qinglian.faults import Fault
from qinglian.faults import noop as _

Lists = dict[str, dict[str, list[str]]]


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
        found: dict[str, list[str]] = {}
        for department, strata in self.result.items():
            for pids in strata.values():
                for pid in pids:
                    found.setdefault(pid, []).append(department)
        return {pid: tuple(sorted(names)) for pid, names in sorted(found.items())}


@dataclass
class Counted:
    """What a frame holds, counted in one pass: subjects of each department and stratum, reasons, rows."""

    counts: dict[str, dict[str, int]]
    excluded: dict[str, int]
    rows: int


def count(rows: Iterable[Row], terms: Terms) -> Counted:
    """Counts of a frame. Raises Fault for a stratum, department or reason the terms do not know."""
    kinds: Counter[tuple[str, tuple[str, ...]]] = Counter((row.stratum, row.departments) for row in rows)
    found: dict[str, dict[str, int]] = {
        name: dict.fromkeys(sorted(terms.strata), 0) for name in sorted(terms.departments)
    }
    excluded: Counter[str] = Counter()
    for (stratum, departments), number in kinds.items():
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
    return b"\xff" * 32 if part >= size else (part * 2**64 // size).to_bytes(8, "big") + bytes(24)


def draw_targets(
    rows: Iterable[Row], terms: Terms, counts: Mapping[str, Mapping[str, int]], seed: bytes
) -> Drawn:
    """The draw over a frame whose counts are known (`count`); every row's ticket is computed once.

    rows may be read again if, with a chance below one in a million, a ceiling was too low: then give a list.
    """
    rows = rows if isinstance(rows, list) else list(rows)
    found = _below(rows, terms, counts, seed, wide=False) or _below(rows, terms, counts, seed, wide=True)
    assert found is not None
    return found


def _below(
    rows: list[Row], terms: Terms, counts: Mapping[str, Mapping[str, int]], seed: bytes, wide: bool
) -> Drawn | None:
    wanted = {(d, s): _wanted(terms, counts, d, s) for d in terms.departments for s in terms.strata}
    limit = dict.fromkeys(terms.strata, bytes(32))
    for (d, s), (n, reserve) in wanted.items():
        whole = wide or s in terms.weighted
        limit[s] = max(limit[s], b"\xff" * 32 if whole else ceiling(n + reserve, counts[d].get(s, 0)))
    kept: dict[str, list[tuple[bytes, Row]]] = {s: [] for s in terms.strata}
    sha, h, prefix = brief, terms.h, seed + TAG
    quick = terms.hash == "sha256"
    for row in rows:
        if row.stratum in limit:
            data = prefix + bytes.fromhex(row.pid)
            number = sha(data).digest() if quick else h(data)
            if number <= limit[row.stratum]:
                kept[row.stratum].append((number, row))
    result: Lists = {name: {} for name in sorted(terms.departments)}
    spare: Lists = {name: {} for name in sorted(terms.departments)}
    for (d, s), (n, reserve) in sorted(wanted.items()):
        units = [(number, row) for number, row in kept[s] if not row.departments or d in row.departments]
        if len(units) < n + reserve:
            return None
        order = _order(units, n, n + reserve, s in terms.weighted)
        result[d][s], spare[d][s] = order[:n], order[n:]
    return Drawn(result, spare)


def _wanted(
    terms: Terms, counts: Mapping[str, Mapping[str, int]], department: str, stratum: str
) -> tuple[int, int]:
    size = counts.get(department, {}).get(stratum, 0)
    n = terms.quota(department, stratum).of(size)
    return n, min(terms.reserve, size - n)


def _order(units: list[tuple[bytes, Row]], n: int, depth: int, weighted: bool) -> list[str]:
    if not weighted:
        return smallest(((number, row.pid) for number, row in units), depth)
    ranked = heaviest([(number, row.pid, row.weight) for number, row in units], len(units), n)
    return ranked[:depth]
