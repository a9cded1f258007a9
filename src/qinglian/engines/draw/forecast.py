"""The probabilities, told before the draw: of strata exactly, of inspectors by rehearsal on the inputs."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from qinglian.engines.draw.arcs import posts_of
from qinglian.engines.draw.assign import assign
from qinglian.engines.draw.audit import binomial_tail
from qinglian.engines.draw.framed import Framed
from qinglian.engines.draw.rows import Inspector
from qinglian.engines.draw.sample import Drawn, Kinds
from qinglian.engines.draw.terms import Terms
from qinglian.engines.draw.tickets import certain
from qinglian.faults import Fault
from qinglian.faults import noop as _

VERSION = "draw-report/1"
FEWEST_SEEN = 30
SMALLEST_POOL = 3
CHANCE = 1e-6  # an alarm by rehearsal: chance would give so many meetings so rarely, were it not above 1/2


@dataclass(frozen=True)
class Pool:
    """Who may visit some subjects for one department: how many inspectors, how many of them qualified."""

    department: str
    subjects: int
    inspectors: int
    qualified: int


@dataclass(frozen=True)
class Forecast:
    """chances: department → stratum → (drawn, of), exact. weights: the same for strata drawn by weight, as
    (least, most) chance of a subject in parts per thousand. ranges: department → (least, most) share of its
    visits' subjects that one inspector meets, in parts per thousand, over groups of subjects with the same
    conflicts seen at least 30 times. pools: the smallest first. likely: pools of which some inspector must
    meet a subject with a chance above 1/2, exactly: more than half of them are sent. met: departments in
    which rehearsals show such a chance. infeasible: what stopped rehearsals."""

    chances: Mapping[str, Mapping[str, tuple[int, int]]]
    weights: Mapping[str, Mapping[str, tuple[int, int]]]
    ranges: Mapping[str, tuple[int, int]]
    pools: tuple[Pool, ...]
    likely: tuple[Pool, ...]
    met: tuple[str, ...]
    infeasible: tuple[Fault, ...]
    seeds: int

    @property
    def alarms(self) -> bool:
        """Whether somebody outside should ask: a chance above 1/2, a pool under 3, a draw that cannot be
        staffed."""
        return bool(self.infeasible or self.small or self.likely or self.met)

    @property
    def small(self) -> list[Pool]:
        return [pool for pool in self.pools if min(pool.inspectors, pool.qualified) < SMALLEST_POOL]

    @property
    def document(self) -> dict[str, Any]:
        return {
            "v": VERSION,
            "chances": {d: {s: list(pair) for s, pair in each.items()} for d, each in self.chances.items()},
            "weights": {d: {s: list(pair) for s, pair in each.items()} for d, each in self.weights.items()},
            "ranges": {name: list(pair) for name, pair in self.ranges.items()},
            "pools": [list(vars(pool).values()) for pool in self.pools],
            "likely": [list(vars(pool).values()) for pool in self.likely],
            "met": list(self.met),
            "infeasible": [str(fault) for fault in self.infeasible],
            "seeds": self.seeds,
        }


def chances(terms: Terms, counts: Mapping[str, Mapping[str, int]]) -> dict[str, dict[str, tuple[int, int]]]:
    """Department → stratum → (drawn, of how many): the chance of each subject, where weights are even."""
    return {
        department: {s: (terms.quota(department, s).of(size), size) for s, size in sorted(each.items())}
        for department, each in sorted(counts.items())
    }


def weighted_chances(
    terms: Terms, kinds: Kinds, counts: Mapping[str, Mapping[str, int]]
) -> dict[str, dict[str, tuple[int, int]]]:
    """Department → stratum drawn by weight → (least, most) nominal chance, parts per thousand, rounded down.

    n · w / W of those that are not certain. Source: sequential Poisson sampling (Ohlsson 1998), which holds
    this nominally, not exactly.
    """
    seen: dict[tuple[str, str], list[int]] = defaultdict(list)
    for row, size in kinds.items():
        if row.stratum in terms.weighted:
            for name in row.departments or terms.departments:
                seen[name, row.stratum] += [row.weight] * size
    found: dict[str, dict[str, tuple[int, int]]] = {}
    for (name, stratum), weights in sorted(seen.items()):
        n = terms.quota(name, stratum).of(counts[name][stratum])
        line = certain(weights, n)
        rest = [weight for weight in weights if weight < line]
        left = n - (len(weights) - len(rest))
        parts = [1000 * left * weight // sum(rest) for weight in (min(rest), max(rest))] if rest else [1000]
        sure = [1000] if len(rest) < len(weights) else []
        found.setdefault(name, {})[stratum] = (min(parts), max(*parts, *sure, 0))
    return found


def pools(
    terms: Terms, frame: Framed, inspectors: Sequence[Inspector], barred: set[tuple[str, str]]
) -> tuple[Pool, ...]:
    """For each department the kinds of pools that its subjects have, the smallest first; exact."""
    by_name = {one.iid: one for one in inspectors}
    own = Counter((one.department, one.qualified) for one in inspectors)
    away: dict[str, list[Inspector]] = defaultdict(list)
    for pid, iid in barred:
        if iid in by_name:
            away[pid].append(by_name[iid])
    found: Counter[tuple[str, int, int]] = Counter()
    with_conflict = list(frame.named(away))
    whole = frame.kinds()
    whole.subtract(row._replace(pid="") for row in with_conflict)
    for row, size in [*whole.items(), *((row, 1) for row in with_conflict)]:
        for name in (row.departments or terms.departments) if row.excluded is None and size else ():
            gone = [one.qualified for one in away.get(row.pid, ()) if one.department == name]
            qualified = own[name, True] - sum(gone)
            found[name, qualified + own[name, False] - len(gone) + sum(gone), qualified] += size
    kinds = (Pool(name, size, people, leads) for (name, people, leads), size in found.items())
    return tuple(sorted(kinds, key=lambda pool: (min(pool.inspectors, pool.qualified), pool.department)))


def forecast(
    terms: Terms,
    frame: Framed,
    counts: Mapping[str, Mapping[str, int]],
    inspectors: Sequence[Inspector],
    barred: set[tuple[str, str]],
    seeds: Iterable[bytes],
) -> Forecast:
    """The forecast over rehearsals, one for each seed (32 bytes; none of them may ever be the real one).

    Without inspectors nothing need be rehearsed: the chances of strata are exact.
    """
    seen: Counter[tuple[str, frozenset[str]]] = Counter()
    met: Counter[tuple[str, frozenset[str], str]] = Counter()
    away: dict[str, set[str]] = defaultdict(set)
    for pid, iid in barred:
        away[pid].add(iid)
    stopped: dict[str, Fault] = {}
    done = 0
    for seed in seeds:
        done += 1
        if inspectors:
            drawn = frame.drawn(terms, counts, seed)
            _rehearse(terms, drawn, inspectors, barred, seed, (away, seen, met, stopped))
    ranges, alarming = _ranges(inspectors, seen, met)
    kinds = pools(terms, frame, inspectors, barred) if inspectors else ()
    likely = tuple(
        pool
        for pool in kinds
        if 2 * terms.departments[pool.department].inspectors > pool.inspectors
        or 2 * terms.departments[pool.department].qualified > pool.qualified
    )
    by_weight = weighted_chances(terms, frame.kinds(), counts) if terms.weighted else {}
    told = chances(terms, counts)
    return Forecast(told, by_weight, ranges, kinds, likely, alarming, tuple(stopped.values()), done)


def _ranges(
    inspectors: Sequence[Inspector],
    seen: Mapping[tuple[str, frozenset[str]], int],
    met: Mapping[tuple[str, frozenset[str], str], int],
) -> tuple[dict[str, tuple[int, int]], tuple[str, ...]]:
    """(department → range in parts per thousand, departments in which a chance is surely above 1/2)."""
    ranges: dict[str, tuple[int, int]] = {}
    alarming = set()
    for (department, group), times in seen.items():
        if times >= FEWEST_SEEN:
            own = [one.iid for one in inspectors if one.department == department and one.iid not in group]
            often = [met.get((department, group, iid), 0) for iid in own]
            parts = [1000 * number // times for number in often]
            least, most = ranges.get(department, (1000, 0))
            ranges[department] = (min(least, *parts, 1000), max(most, *parts, 0))
            if often and binomial_tail(times, 0.5, max(often)) < CHANCE:
                alarming.add(department)
    return dict(sorted(ranges.items())), tuple(sorted(alarming))


def refuse_starved(terms: Terms, kinds: Iterable[Pool]) -> None:
    """Nothing if every subject, were it alone, could be visited; Fault naming what is short if not."""
    for pool in kinds:
        wanted = terms.departments[pool.department]
        if pool.inspectors < wanted.inspectors or pool.qualified < wanted.qualified:
            raise Fault(
                _(
                    "%(department)s: only %(inspectors)s inspectors may meet %(subjects)s of its subjects,"
                    " %(qualified)s of them qualified, but each needs %(posts)s, of them %(leads)s qualified;"
                    " add inspectors without a conflict there"
                ),
                **vars(pool),
                posts=wanted.inspectors,
                leads=wanted.qualified,
            )


def _rehearse(
    terms: Terms,
    drawn: Drawn,
    inspectors: Sequence[Inspector],
    barred: set[tuple[str, str]],
    seed: bytes,
    notes: tuple[Any, Any, Any, dict[str, Fault]],
) -> None:
    away, seen, met, stopped = notes
    for task in posts_of(terms, drawn.visits, inspectors, barred):
        try:
            solved = assign(task, seed, terms.h)
        except Fault as fault:
            stopped.setdefault(task.department, fault)
            continue
        own = {one.iid for one in task.staff}
        for pid, names in solved.assignment.items():
            group = frozenset(away.get(pid, set()) & own)
            seen[task.department, group] += 1
            for iid in names:
                met[task.department, group, iid] += 1
