"""Which source of uncertainty the spread comes from: Sobol indices, by group and by kind.

First order: mean(yB·(yAB − yA))/V, Saltelli et al. (2010), Computer Physics Communications 181; total:
mean((yA − yAB)²)/2V, Jansen (1999). Groups are exchanged by drawing them from another stream.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from qinglian.engines.composite.edition import Edition
from qinglian.engines.composite.observations import Array
from qinglian.engines.composite.publishing import ranks
from qinglian.engines.composite.runs import Machine, Tick
from qinglian.faults import Fault
from qinglian.faults import noop as _

RESAMPLES = 200
FLAT = 1e-24


@dataclass(frozen=True)
class Share:
    """Of the variance of a target: first order (alone) and total (with all it meets), each with a 95 %
    interval."""

    name: str
    first: float
    first_low: float
    first_high: float
    total: float
    total_low: float
    total_high: float


@dataclass(frozen=True)
class Sobol:
    """target: total, change, rank-shift or score-shift. kinds is empty where there is one kind only."""

    target: str
    n: int
    variance: float
    groups: tuple[Share, ...]
    kinds: tuple[Share, ...]


def sobol(edition: Edition, n: int, tick: Tick | None = None) -> tuple[Sobol, ...]:
    """Indices of the last period: of a single unit's total, and of its change since the first period; of many
    units' mean absolute shift in rank from the nominal ranking, or in score where no rank ever shifts.

    n: runs for each of A, B and the exchanges; 64 or more. Raises Fault if nothing varies.
    """
    machine, doubt = Machine(edition), edition.spec.uncertainty
    assert doubt is not None
    if n < 64:
        raise Fault(_("too few runs for shares of variance; ask for 64 or more"))
    kinds = sorted({group.source.kind for group in machine.groups})
    sets: dict[str, frozenset[int]] = {group.name: frozenset([group.number]) for group in machine.groups}
    if len(kinds) > 1:
        for kind in kinds:
            sets[f"kind {kind}"] = frozenset(g.number for g in machine.groups if g.source.kind == kind)
    distinct = list(dict.fromkeys([frozenset(), frozenset(range(len(machine.groups))), *sets.values()]))
    found: dict[frozenset[int], dict[str, Array]] = {}
    for done, swapped in enumerate(distinct):
        found[swapped] = _targets(machine, n, swapped)
        if tick:
            tick((done + 1) * n, len(distinct) * n)
    everything = max(found, key=len)
    varying = [
        target
        for target, value in found[frozenset()].items()
        if np.concatenate([value, found[everything][target]]).var() > FLAT
    ]
    if not varying:
        raise Fault(_("nothing varies: every run gives the same; widen the sources of uncertainty"))
    if "rank-shift" in varying:
        varying = ["rank-shift"]
    return tuple(
        _indices(target, n, {swapped: one[target] for swapped, one in found.items()}, sets, doubt.seed)
        for target in varying
    )


def _targets(machine: Machine, n: int, swapped: frozenset[int]) -> dict[str, Array]:
    edition = machine.edition
    root, doubt = edition.spec.root.code, edition.spec.uncertainty
    assert doubt is not None
    parts: list[dict[str, Array]] = []
    taken = np.where(edition.part, edition.deducted, np.nan)
    for block, runs in machine.blocks(n):
        values = machine.values(block, runs, doubt.seed, doubt.correlation, swapped, (root,))[root]
        totals = values.reshape(runs, *machine.shape) - taken
        parts.append(_outputs(edition, totals))
    return {target: np.concatenate([part[target] for part in parts]) for target in parts[0]}


def _outputs(edition: Edition, totals: Array) -> dict[str, Array]:
    here = np.flatnonzero(edition.part[-1])
    if len(here) > 1:
        nominal = ranks(edition.total[-1, here])
        moved = np.abs(ranks(totals[:, -1, here]) - nominal).mean(axis=1)
        shift = np.abs(totals[:, -1, here] - edition.total[-1, here]).mean(axis=1)
        return {"rank-shift": np.asarray(moved, np.float64), "score-shift": shift}
    one = int(here[0]) if len(here) else int(np.flatnonzero(edition.part.any(axis=0))[0])
    at = np.flatnonzero(edition.part[:, one])
    found = {"total": totals[:, at[-1], one]}
    if len(at) > 1:
        found["change"] = totals[:, at[-1], one] - totals[:, at[0], one]
    return found


def _indices(
    target: str,
    n: int,
    outputs: Mapping[frozenset[int], Array],
    sets: Mapping[str, frozenset[int]],
    seed: int,
) -> Sobol:
    everything = max(outputs, key=len)
    a, b = outputs[frozenset()], outputs[everything]
    both = np.concatenate([a, b])
    variance = float(both.var(ddof=1))
    again, middle = resamples(len(a), seed), both.mean()
    shares = {
        name: estimate(name, a - middle, b - middle, outputs[swapped] - middle, variance, again)
        for name, swapped in sets.items()
    }
    return Sobol(
        target,
        n,
        variance,
        tuple(share for name, share in shares.items() if not name.startswith("kind ")),
        tuple(share for name, share in shares.items() if name.startswith("kind ")),
    )


def resamples(count: int, seed: int) -> Array:
    """How often each of `count` runs is drawn, with replacement: RESAMPLES × count."""
    random = np.random.Generator(np.random.SFC64(np.random.SeedSequence(seed, spawn_key=(2**31,))))
    picks = random.integers(0, count, (RESAMPLES, count))
    return np.stack([np.bincount(pick, minlength=count) for pick in picks]).astype(np.float64)


def estimate(name: str, a: Array, b: Array, ab: Array, variance: float, again: Array) -> Share:
    """One group's indices from outputs under A, B, and A with the group from B, with a bootstrap of the
    runs."""
    products = np.stack([b * (ab - a), (a - ab) ** 2 / 2, (a**2 + b**2) / 2], axis=1)
    drawn = again @ products / len(a)
    first, total = products[:, 0].mean() / variance, products[:, 1].mean() / variance
    firsts, totals = drawn[:, 0] / drawn[:, 2], drawn[:, 1] / drawn[:, 2]
    low, high = (0.025, 0.975)
    return Share(
        name.removeprefix("kind "),
        float(first),
        float(np.quantile(firsts, low)),
        float(np.quantile(firsts, high)),
        float(total),
        float(np.quantile(totals, low)),
        float(np.quantile(totals, high)),
    )


def indices_from_outputs(
    a: Sequence[float], b: Sequence[float], exchanged: Mapping[str, Sequence[float]]
) -> dict[str, tuple[float, float]]:
    """(first order, total) by name, from outputs that somebody else computed under A, B and each exchange."""
    left, right = np.asarray(a, float), np.asarray(b, float)
    variance = float(np.concatenate([left, right]).var(ddof=1))
    return {
        name: (
            float((right * (np.asarray(values) - left)).mean() / variance),
            float(((left - np.asarray(values)) ** 2).mean() / 2 / variance),
        )
        for name, values in exchanged.items()
    }
