"""What may be said of a series: with which probability it rose, and which change it could have shown at
all."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import NormalDist

import numpy as np

from qinglian.engines.composite.doubt import groups_of
from qinglian.engines.composite.edition import Edition
from qinglian.engines.composite.observations import Array
from qinglian.engines.composite.publishing import ranks
from qinglian.engines.composite.runs import Runs
from qinglian.engines.composite.weighing import total_weights
from qinglian.faults import Fault
from qinglian.faults import noop as _


@dataclass(frozen=True)
class Change:
    """From one period to another. detectable: the least change outside the interval of no change,
    z·sd(difference).

    breaks: indicators whose values are not comparable between the two.
    """

    first: str
    last: str
    difference: float
    low: float
    high: float
    rise: float
    detectable: float
    breaks: tuple[str, ...]


@dataclass(frozen=True)
class Claims:
    """Of one unit. intervals: (low, high) by period; steadily: k → P(strictly rising over the last k
    periods)."""

    unit: str
    periods: tuple[str, ...]
    scores: tuple[float, ...]
    intervals: tuple[tuple[float, float], ...]
    changes: tuple[Change, ...]
    whole: Change | None
    steadily: dict[int, float]
    correlation: float


def claims_of(runs: Runs, unit: int) -> Claims:
    """Intervals, probabilities and detectable changes of a unit, over the periods it takes part in."""
    edition = runs.edition
    at = np.flatnonzero(edition.part[:, unit]).tolist()
    drawn = runs.totals[:, at, unit]
    periods = tuple(edition.seen.periods[place] for place in at)
    low, high = interval(drawn, edition.spec.publish.interval)
    pairs = [(place, place + 1) for place in range(len(at) - 1)]
    steps = np.diff(drawn, axis=1) > 0
    steadily = {k: float(steps[:, len(at) - k :].all(axis=1).mean()) for k in range(2, len(at) + 1)}
    return Claims(
        unit=edition.seen.units[unit],
        periods=periods,
        scores=tuple(edition.total[at, unit].tolist()),
        intervals=tuple(zip(low.tolist(), high.tolist(), strict=True)),
        changes=tuple(_change(edition, drawn, periods, unit, at, a, b) for a, b in pairs),
        whole=_change(edition, drawn, periods, unit, at, 0, len(at) - 1) if len(at) > 1 else None,
        steadily=steadily,
        correlation=runs.correlation,
    )


def interval(drawn: Array, share: float) -> tuple[Array, Array]:
    """Quantiles over runs (first axis) that leave (1 − share)/2 outside on each side."""
    if not np.isnan(drawn).any():
        found = np.quantile(drawn, [(1 - share) / 2, (1 + share) / 2], axis=0)
        return found[0], found[1]
    found = np.full((2, *drawn.shape[1:]), np.nan)
    there = ~np.isnan(drawn).any(axis=0)
    found[:, there] = np.quantile(drawn[:, there], [(1 - share) / 2, (1 + share) / 2], axis=0)
    return found[0], found[1]


def _change(
    edition: Edition,
    drawn: Array,
    periods: Sequence[str],
    unit: int,
    at: Sequence[int],
    first: int,
    last: int,
) -> Change:
    share = edition.spec.publish.interval
    moved = drawn[:, last] - drawn[:, first]
    low, high = interval(moved, share)
    broken = [
        one.code
        for one in edition.spec.scored
        if any(periods[first] < period <= periods[last] for period in one.breaks)
    ]
    return Change(
        first=periods[first],
        last=periods[last],
        difference=float(edition.total[at[last], unit] - edition.total[at[first], unit]),
        low=float(low),
        high=float(high),
        rise=float((moved > 0).mean()),
        detectable=float(NormalDist().inv_cdf((1 + share) / 2) * moved.std(ddof=1)),
        breaks=tuple(broken),
    )


def without_error(edition: Edition) -> tuple[tuple[str, ...], float]:
    """(indicators that no sampling, count, spread or missing draw moves, their share of the total weight)."""
    spec = edition.spec
    groups = groups_of(edition)
    moved = {spec.scored[one.place].code for one in groups if one.place >= 0}
    for one in groups:
        if one.source.kind == "sources":
            moved |= set(spec.children(one.source.node))
    if any(one.source.kind == "missing" for one in groups):
        filled = np.asarray(edition.filled.any(axis=(0, 1)))
        moved |= {one.code for one, is_filled in zip(spec.scored, filled, strict=True) if is_filled}
    share = total_weights(spec, edition.weights)
    fixed = tuple(one.code for one in spec.scored if one.code not in moved)
    return fixed, float(sum(share[code] for code in fixed))


def rank_matrix(runs: Runs, period: int) -> Array:
    """P(unit has rank r), units × ranks, of one period; who takes no part has a row of 0. Equal totals
    share the best of their ranks."""
    here = np.flatnonzero(runs.edition.part[period])
    if len(here) < 2:
        raise Fault(_("one unit has no rank; compare periods instead"))
    units = runs.totals.shape[2]
    places = ranks(runs.totals[:, period, here]) - 1
    found = np.zeros((units, len(here)))
    for column, unit in enumerate(here.tolist()):
        found[unit] = np.bincount(places[:, column], minlength=len(here)) / len(places)
    return found


def rank_interval(matrix: Array, share: float) -> tuple[Array, Array, Array]:
    """(low, median, high) rank of each unit from a rank matrix."""
    below = np.cumsum(matrix, axis=1)
    cut = ((1 - share) / 2, 0.5, (1 + share) / 2)
    low, middle, high = ((below < point - 1e-12).sum(axis=1) + 1 for point in cut)
    return low, middle, high
