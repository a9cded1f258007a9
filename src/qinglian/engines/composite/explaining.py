"""Why a total is what it is, why it changed, and what would move it."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from qinglian.engines.composite.edition import Edition
from qinglian.engines.composite.observations import Array
from qinglian.engines.composite.spec import Aggregate
from qinglian.engines.composite.tree import Branch, Tree
from qinglian.engines.composite.weighing import total_weights
from qinglian.faults import Fault
from qinglian.faults import noop as _

MOST_CHILDREN = 16
FEWEST_UNITS = 10


@dataclass(frozen=True)
class Bridge:
    """From one total to another: effect by indicator, of deductions, and of what is there in one of the two
    only.

    first + Σ indicators + deductions + availability = last, but for floating point.
    """

    first: float
    last: float
    indicators: Mapping[str, float]
    deductions: float
    availability: float


def contributions(edition: Edition, period: int, unit: int) -> Bridge:
    """What each indicator adds to the lower end of the scale (or the floor): exact weights × score for
    arithmetic means, Shapley values among the children of any other node."""
    after = edition.stages["normalise"][period, unit]
    base = edition.spec.normalise.to[0] if edition.spec.normalise.method != "z" else 0.0
    before = np.where(np.isnan(after), np.nan, base)
    start, _effects, _missing = attribute(edition, before, before)
    _start, effects, missing = attribute(edition, before, after)
    total = float(edition.total[period, unit])
    return Bridge(start, total, effects, -float(edition.deducted[period, unit]), missing)


def bridge(edition: Edition, unit: int, first: int, last: int) -> Bridge:
    """Why a unit's total differs between two periods of one edition."""
    scores = edition.stages["normalise"]
    _start, effects, missing = attribute(edition, scores[first, unit], scores[last, unit])
    return Bridge(
        float(edition.total[first, unit]),
        float(edition.total[last, unit]),
        effects,
        float(edition.deducted[first, unit] - edition.deducted[last, unit]),
        missing,
    )


def attribute(edition: Edition, before: Array, after: Array) -> tuple[float, dict[str, float], float]:
    """(root before, effect of each indicator on the root, effect of what only one side has), which add up to
    the root after. before, after: scores of the scored indicators.

    Shapley (1953) among the children of a node, down the tree: Owen's value of the nested game.
    """
    tree, spec = Tree(edition.spec), edition.spec
    shared = ~np.isnan(before) & ~np.isnan(after)
    skip = spec.missing == "skip"
    sides = [np.where(shared, side, np.nan)[None, :] for side in (before, after)]
    old, new = (tree.values(side, edition.weights, skip=skip) for side in sides)
    whole_old, whole_new = (
        tree.values(side[None, :], edition.weights, skip=skip) for side in (before, after)
    )
    root = tree.root
    missing = float(
        (whole_new[root] - new[root])[0] - (whole_old[root] - old[root])[0] if not shared.all() else 0.0
    )
    effects: dict[str, float] = {}
    pull = {root: 1.0}
    for branch in reversed(tree.branches):
        x0, x1 = _children(branch, sides[0][0], old), _children(branch, sides[1][0], new)
        weight = edition.weights[branch.code]
        phi = shapley(tree.means[branch.code], weight, x0, x1)
        for at, code in zip(branch.nodes_at, branch.nodes, strict=True):
            pull[code] = pull[branch.code] * _slope(tree.means[branch.code], weight, x0, x1, phi, at)
        for at, place in zip(branch.leaves_at, branch.leaves, strict=True):
            effects[spec.scored[place].code] = pull[branch.code] * float(phi[at])
    return float(whole_old[root][0]), {one.code: effects[one.code] for one in spec.scored}, missing


def _children(branch: Branch, scores: Array, nodes: Mapping[str, Array]) -> Array:
    found = np.empty(len(branch.leaves) + len(branch.nodes))
    found[branch.leaves_at] = scores[branch.leaves]
    for at, code in zip(branch.nodes_at, branch.nodes, strict=True):
        found[at] = nodes[code][0]
    return found


def shapley(how: Aggregate, weight: Array, before: Array, after: Array) -> Array:
    """Each child's Shapley value in the change of one mean; 0 for a child that is missing."""
    there = ~np.isnan(before) & ~np.isnan(after)
    found = np.zeros(len(before))
    if not there.any():
        return found
    share = weight[there] / weight[there].sum()
    x0, x1 = _floored(how, before[there]), _floored(how, after[there])
    if how.method == "arithmetic":
        found[there] = share * (x1 - x0)
        return found
    count = len(share)
    if count > MOST_CHILDREN:
        raise Fault(
            _("more than %(most)d children in a mean that is not arithmetic; split the node"),
            most=MOST_CHILDREN,
        )
    forth, back = _functions(how)
    mean = np.zeros(())
    for low, high in zip(share * forth(x0), share * forth(x1), strict=True):
        mean = mean[..., None] + np.array([low, high])
    worth = back(mean)
    sizes = np.zeros(())
    for _child in range(count - 1):
        sizes = sizes[..., None] + np.array([0, 1])
    chance = np.array(
        [math.factorial(s) * math.factorial(count - s - 1) for s in range(count)]
    ) / math.factorial(count)
    odds = chance[sizes.astype(int)]
    found[there] = [
        float((odds * (worth.take(1, axis) - worth.take(0, axis))).sum()) for axis in range(count)
    ]
    return found


def _slope(how: Aggregate, weight: Array, before: Array, after: Array, phi: Array, at: int) -> float:
    """How much of a child's change reaches its parent; where the child did not change, of a very small
    change."""
    moved = after[at] - before[at]
    if abs(moved) > 1e-7:
        return float(phi[at] / moved)
    if np.isnan(moved):
        return 0.0
    nudged = after.copy()
    nudged[at] = before[at] + 1e-4
    return float(shapley(how, weight, before, nudged)[at] / 1e-4)


def _floored(how: Aggregate, values: Array) -> Array:
    return values if how.floor is None else np.maximum(values, how.floor)


def _functions(how: Aggregate):  # type: ignore[no-untyped-def]
    if how.method == "geometric":
        return np.log, np.exp
    power = -1.0 if how.method == "harmonic" else how.exponent
    return (lambda x: x**power), (lambda x: x ** (1 / power))


@dataclass(frozen=True)
class Lever:
    """An indicator of one unit in one period: what it could still add, and what one point of the total costs.

    per_point: change of the raw value for +1 of the total at today's slope; None where it moves nothing.
    """

    code: str
    value: float
    headroom: float
    per_point: float | None


def levers(edition: Edition, period: int, unit: int) -> tuple[Lever, ...]:
    """Each indicator's lever, the largest headroom first. Raises Fault where the scale is not fixed: in a
    cross-section everybody's scores move with everybody's values."""
    rule = edition.spec.normalise
    if rule.method not in ("goalposts", "none") and (rule.method, rule.reference) != ("z", "given"):
        raise Fault(_("levers need a fixed scale: goalposts, or z scores with given parameters"))
    raw = edition.stages["impute"][period : period + 1, unit : unit + 1]
    tree, skip = Tree(edition.spec), edition.spec.missing == "skip"

    def total(values: Array) -> float:
        return float(tree.values(edition.scale(values)[0], edition.weights, skip=skip)[tree.root][0])

    start, found = total(raw), []
    for place, one in enumerate(edition.spec.scored):
        value = float(raw[0, 0, place])
        if math.isnan(value):
            continue
        ends = [end for end in (one.low, one.high) if end is not None]
        span = abs(ends[1] - ends[0]) if len(ends) == 2 else max(abs(value), 1.0)
        moved = raw.copy()
        moved[0, 0, place] = value + one.direction * span * 1e-6
        slope = (total(moved) - start) / (one.direction * span * 1e-6)
        best = one.high if one.direction > 0 else one.low
        if best is not None:
            moved[0, 0, place] = max(value, best) if one.direction > 0 else min(value, best)
        headroom = total(moved) - start if best is not None else math.nan
        found.append(Lever(one.code, value, headroom, 1 / slope if abs(slope) > 1e-12 else None))
    return tuple(
        sorted(found, key=lambda lever: -lever.headroom if lever.headroom == lever.headroom else 0.0)
    )


def effective_weights(edition: Edition, period: int) -> dict[str, tuple[float, float]]:
    """(stated weight, squared correlation of the score with the total) by indicator, across the units of a
    period.

    Source: Paruolo, Saisana and Saltelli (2013), JRSS A 176, whose correlation ratio this is for a straight
    line. Raises Fault for fewer than FEWEST_UNITS units.
    """
    here = np.flatnonzero(edition.part[period])
    if len(here) < FEWEST_UNITS:
        raise Fault(
            _("effective weights need %(least)d units or more, here are %(count)d"),
            least=FEWEST_UNITS,
            count=len(here),
        )
    scores, total = edition.stages["normalise"][period, here], edition.total[period, here]
    stated = total_weights(edition.spec, edition.weights)
    found = {}
    for place, one in enumerate(edition.spec.scored):
        column = scores[:, place]
        there = ~np.isnan(column)
        flat = there.sum() < 3 or np.ptp(column[there]) == 0
        ratio = 0.0 if flat else float(np.corrcoef(column[there], total[there])[0, 1] ** 2)
        found[one.code] = (stated[one.code], ratio)
    return found
