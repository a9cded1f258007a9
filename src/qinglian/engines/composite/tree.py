"""From scores to nodes: weighted means of arithmetic, geometric, harmonic or power kind, for one run or for
many.

Each is a quasi-arithmetic mean, f⁻¹(Σ w·f(x)) with f = x, log x, 1/x or x^p. Source: Hardy, Littlewood and
Pólya, Inequalities (1934), chapter III.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass

import numpy as np

from qinglian.engines.composite.observations import Array
from qinglian.engines.composite.spec import Aggregate, Spec
from qinglian.faults import Fault
from qinglian.faults import noop as _


@dataclass(frozen=True)
class Branch:
    """A node taken apart: places of its indicators among the scored, and its inner nodes; `at` are places in
    its weights."""

    code: str
    leaves: list[int]
    leaves_at: list[int]
    nodes: list[str]
    nodes_at: list[int]


Sums = dict[str, tuple[Array, Array | None]]
"""What indicators that differ from run to run add to the node above them: node → (Σ w·f(x), Σ w of what is
there), runs × cells."""


class Tree:
    """The tree of a spec, its branches ordered so that children come before their parents.

    moving: places of indicators whose scores differ from run to run, and come through `add`.
    """

    def __init__(self, spec: Spec, moving: Collection[int] = ()) -> None:
        place = {one.code: at for at, one in enumerate(spec.scored)}
        self.branches: list[Branch] = []
        self.above: dict[int, tuple[str, int]] = {}
        self.root, self.moving = spec.root.code, frozenset(moving)
        self.means: dict[str, Aggregate] = {node.code: node.aggregate for node in spec.nodes}
        self._visit(spec, self.root, place)

    def _visit(self, spec: Spec, code: str, place: Mapping[str, int]) -> None:
        below = list(enumerate(spec.children(code)))
        leaves = [(at, place[child]) for at, child in below if child in place]
        nodes = [(at, child) for at, child in below if child not in place]
        self.above |= {leaf: (code, at) for at, leaf in leaves}
        for _at, child in nodes:
            self._visit(spec, child, place)
        self.branches.append(
            Branch(
                code,
                [p for _at, p in leaves],
                [at for at, _p in leaves],
                [c for _at, c in nodes],
                [at for at, _c in nodes],
            )
        )

    def values(
        self,
        scores: Array,
        weights: Mapping[str, Array],
        means: Mapping[str, Aggregate] | None = None,
        moving: Sums | None = None,
        skip: bool = False,
        shifts: Mapping[str, Array] | None = None,
    ) -> dict[str, Array]:
        """Every node's value. scores: cells × scored indicators. weights: node → children, or runs ×
        children.

        Returns node → cells, or runs × cells where weights or `moving` have runs. moving: what `add` summed;
        columns of `scores` that move are not read. skip: leave out what is missing and let the others'
        weights take its place; else NaN stays NaN. shifts: what is added to a node, runs × cells. Raises
        Fault where a mean is not defined.
        """
        found: dict[str, Array] = {}
        for branch in self.branches:
            how = (means or self.means)[branch.code]
            weight = weights[branch.code]
            parts = self._still(branch, scores, weight, how, skip)
            if moving and branch.code in moving:
                parts.append(moving[branch.code])
            for at, code in zip(branch.nodes_at, branch.nodes, strict=True):
                column = _forth(found[code], how, code)
                parts.append(_weighed(column[..., None], weight[..., [at]], skip))
            over = _sum([top for top, _bottom in parts])
            if skip:
                under = _sum([bottom for _top, bottom in parts if bottom is not None])
                with np.errstate(invalid="ignore", divide="ignore"):
                    over = np.where(under > 0, over / under, np.nan)
            found[branch.code] = _back(over, how)
            if shifts and branch.code in shifts:
                found[branch.code] = found[branch.code] + shifts[branch.code]
        return found

    def add(
        self,
        sums: Sums,
        place: int,
        column: Array,
        weights: Mapping[str, Array],
        means: Mapping[str, Aggregate],
        skip: bool,
    ) -> None:
        """Add one indicator's scores (runs × cells) to what the node above it sums."""
        code, at = self.above[place]
        block = _forth(column, means[code], code)
        top, bottom = _weighed(block[..., None], weights[code][..., [at]], skip)
        if code in sums:
            over, under = sums[code]
            over += top
            if under is not None and bottom is not None:
                under += bottom
        else:
            sums[code] = top, bottom

    def _still(
        self, branch: Branch, scores: Array, weight: Array, how: Aggregate, skip: bool
    ) -> list[tuple[Array, Array | None]]:
        pairs = list(zip(branch.leaves, branch.leaves_at, strict=True))
        still = [(place, at) for place, at in pairs if place not in self.moving]
        if not still:
            return []
        block = _forth(scores[:, [place for place, _at in still]], how, branch.code)
        return [_weighed(block, weight[..., [at for _place, at in still]], skip)]


def _sum(parts: list[Array]) -> Array:
    if len(parts) == 1:
        return parts[0]
    total = parts[0] + parts[1]
    for part in parts[2:]:
        if part.ndim > total.ndim:
            total = total + part
        else:
            total += part
    return total


def _weighed(block: Array, weight: Array, skip: bool) -> tuple[Array, Array | None]:
    """(Σ w·x, Σ w over what is there) of a block … × cells × k by weights … × k."""
    if not skip:
        return _product(block, weight), None
    there = ~np.isnan(block)
    return _product(np.where(there, block, 0.0), weight), _product(there.astype(float), weight)


def _product(block: Array, weight: Array) -> Array:
    if block.shape[-1] == 1:
        return np.asarray(block[..., 0] * weight)
    if weight.ndim == 1:
        return np.asarray(block @ weight)
    if block.ndim == 2:
        return np.asarray(weight @ block.T)
    return np.asarray(np.matmul(block, weight[..., None])[..., 0])


def _forth(values: Array, how: Aggregate, code: str) -> Array:
    if how.floor is not None:
        values = np.maximum(values, how.floor)
    if how.method == "arithmetic":
        return values
    if np.fmin.reduce(values, axis=None, initial=1.0) <= 0:  # passes over NaN
        raise Fault(
            _('a %(method)s mean needs scores above 0; give the node a floor, for example "1"'),
            file="spec.toml",
            key=code,
            method=how.method,
        )
    if how.method == "geometric":
        return np.asarray(np.log(values))
    return np.asarray(1 / values if how.method == "harmonic" else values**how.exponent)


def _back(mean: Array, how: Aggregate) -> Array:
    if how.method == "arithmetic":
        return mean
    if how.method == "geometric":
        return np.asarray(np.exp(mean))
    return np.asarray(1 / mean if how.method == "harmonic" else mean ** (1 / how.exponent))
