"""Monte Carlo on tensors: a stage is computed once for each distinct setting; runs only pick and weigh.

What moves from run to run (an indicator with an error) is drawn, scored and added to its node one indicator
at a time, in blocks of runs that stay in the processor's cache; the rest is never scored again.
The treatment of outliers is fitted to the data, not to each draw.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from functools import partial
from typing import Any, cast

import numpy as np
from numpy.typing import NDArray

from qinglian.engines.composite import cleaning, treating
from qinglian.engines.composite.doubt import (
    Group,
    drawn_donors,
    drawn_values,
    drawn_weights,
    errors,
    groups_of,
    spread,
    stream,
)
from qinglian.engines.composite.edition import Edition
from qinglian.engines.composite.normalising import Scale
from qinglian.engines.composite.observations import Array
from qinglian.engines.composite.spec import Aggregate, Normalise, Treat
from qinglian.engines.composite.tree import Sums, Tree
from qinglian.faults import Fault
from qinglian.faults import noop as _

CELLS = 2**24  # numbers in one block of draws: 128 MB
COLUMN = 2**17  # numbers of one indicator in a block: 1 MB, so that each step finds them in the cache
MOST = 8192  # runs in one block
KEPT = 60_000_000  # numbers kept of all runs together
Tick = Callable[[int, int], None]
Setting = tuple[str, ...]
Scales = dict[int, Scale]


@dataclass(frozen=True)
class Runs:
    """totals: runs × periods × units, after deductions. nodes: the same of the root's children, where they
    were kept."""

    edition: Edition
    totals: Array
    nodes: Mapping[str, Array]
    groups: tuple[str, ...]
    correlation: float


@dataclass(frozen=True)
class Chosen:
    """The runs (rows) of a block that chose the same methods, with what these make of the data; sums fill as
    indicators are added."""

    rows: Any
    whole: Array
    scales: Scales
    scores: Array
    weights: Mapping[str, Array]
    means: Mapping[str, Aggregate]
    sums: Sums


class Machine:
    """An edition made ready to be drawn again and again."""

    def __init__(self, edition: Edition) -> None:
        self.edition, self.spec = edition, edition.spec
        self.groups = groups_of(edition)
        self.methods = [one for one in self.groups if one.source.kind == "methods"]
        self.shape = edition.part.shape
        self.cells = int(np.prod(self.shape))
        moving = {one.place for one in self.groups if one.place >= 0}
        if any(one.source.kind == "missing" for one in self.groups):
            moving |= set(np.flatnonzero(edition.filled.any(axis=(0, 1))).tolist())
        self.moving = sorted(moving)
        self.tree = Tree(edition.spec, moving)
        self.gaps = {place for place in moving if np.isnan(edition.stages["denominate"][..., place]).any()}
        self.chains: dict[tuple[tuple[str, str], ...], tuple[Array, Scales, Array]] = {}
        per_run = self.cells * (len(self.moving) + len(self.spec.nodes)) + sum(
            len(weights) for weights in edition.weights.values()
        )
        most = min(MOST, COLUMN // self.cells) if self.moving else MOST
        self.block = max(8, min(most, CELLS // per_run))

    def blocks(self, runs: int) -> list[tuple[int, int]]:
        """(block, how many runs are in it)."""
        return [(at, min(self.block, runs - start)) for at, start in enumerate(range(0, runs, self.block))]

    def values(
        self,
        block: int,
        runs: int,
        seed: int,
        correlation: float = 0.0,
        swapped: frozenset[int] = frozenset(),
        wanted: Collection[str] = (),
    ) -> dict[str, Array]:
        """Values in the runs of one block: node → runs × cells, of the nodes wanted, or of all. Groups in
        `swapped` are drawn from sample B."""

        def random(group: Group) -> np.random.Generator:
            return stream(seed, group.number, int(group.number in swapped), block)

        weights: dict[str, Array] = dict(self.edition.weights)
        shifts: dict[str, Array] = {}
        picks = np.zeros((runs, len(self.methods)), np.int64)
        donors: dict[int, Array] = {}
        measured: dict[int, Callable[[], Array]] = {}
        for group in self.groups:
            kind = group.source.kind
            if kind == "methods":
                picks[:, self.methods.index(group)] = random(group).integers(
                    0, len(group.source.alternatives), runs
                )
            elif kind == "weights":
                weights |= drawn_weights(self.edition, group.source, random(group), runs)
            elif kind == "sources":
                error = np.nan_to_num(spread(self.edition, group.source))
                drawn = errors(random(group), (runs, *self.shape), correlation) * error
                shifts[group.source.node] = drawn.reshape(runs, self.cells)
            elif kind == "missing":
                donors = drawn_donors(self.edition, random(group), runs)
            else:
                measured[group.place] = partial(
                    drawn_values, self.edition, group, random(group), runs, correlation
                )

        def column(place: int) -> Array:
            drawn = measured[place]() if place in measured else None
            return _merge(drawn, donors.get(place))

        return self._aggregated(runs, weights, shifts, picks, column, wanted or self.tree.means)

    def _aggregated(
        self,
        runs: int,
        weights: dict[str, Array],
        shifts: dict[str, Array],
        picks: NDArray[np.int64],
        column: Callable[[int], Array],
        wanted: Collection[str],
    ) -> dict[str, Array]:
        skip, found = self.spec.missing == "skip", {code: np.empty((runs, self.cells)) for code in wanted}
        settings = [self._prepared(*each, weights) for each in self._settings(picks)]
        for place in self.moving:
            drawn = column(place)
            for one in settings:
                scores = self._scored(place, drawn[one.rows], one)
                self.tree.add(one.sums, place, scores, one.weights, one.means, skip)
        for one in settings:
            pushed = {code: shift[one.rows] for code, shift in shifts.items()}
            tree = self.tree.values(one.scores, one.weights, one.means, one.sums, skip, pushed)
            for code in wanted:
                found[code][one.rows] = tree[code]
        return found

    def _prepared(self, setting: Setting, rows: Any, weights: Mapping[str, Array]) -> Chosen:
        whole, scales, scores = self._chain(setting)
        few = {code: weight[rows] if weight.ndim == 2 else weight for code, weight in weights.items()}
        return Chosen(rows, whole, scales, scores, few, self._means(setting), {})

    def _settings(self, picks: NDArray[np.int64]) -> Iterator[tuple[Setting, Any]]:
        """(alternatives chosen, the runs that chose them)."""
        if not self.methods:
            yield (), slice(None)
            return
        sizes = [len(group.source.alternatives) for group in self.methods]
        codes = np.ravel_multi_index(cast(Any, picks.T), sizes)
        for code in np.unique(codes).tolist():
            chosen = np.unravel_index(code, sizes)
            names = tuple(g.source.alternatives[int(at)] for g, at in zip(self.methods, chosen, strict=True))
            yield names, np.flatnonzero(codes == code)

    def _chain(self, setting: Setting) -> tuple[Array, Scales, Array]:
        """(values after imputation, scale, scores as cells × indicators) under a setting; made once."""
        chosen = self._chosen(setting)
        key = tuple(chosen.items())
        if key not in self.chains:
            spec, edition = self.spec, self.edition
            whole = edition.stages["impute"]
            if "impute" in chosen:
                rule = replace(spec.impute, method=chosen["impute"])
                raw = edition.stages["denominate"]
                whole = cleaning.imputed(rule, spec, edition.seen, raw, edition.part)
            treat: Treat = replace(spec.treat, method=chosen.get("treat", spec.treat.method))
            treat = replace(treat, most=int(chosen.get("winsorise", treat.most)))
            treatment = treating.fit(treat, spec.scored, whole)
            normalise = replace(spec.normalise, method=chosen.get("normalise", spec.normalise.method))
            normalise = self._scaled(normalise)
            scale = Scale(
                normalise, spec.scored, edition.seen.periods, treatment, float(chosen.get("goalposts", 0))
            )
            scores = scale(whole).reshape(self.cells, -1)
            self.chains[key] = whole, {place: scale.take([place]) for place in self.moving}, scores
        return self.chains[key]

    def _scaled(self, rule: Normalise) -> Normalise:
        to = next((one.source.z_to for one in self.methods if one.source.z_to), None)
        return replace(rule, to=to) if to and rule.method == "z" != self.spec.normalise.method else rule

    def _chosen(self, setting: Setting) -> dict[str, str]:
        return {
            g.source.stage: name
            for g, name in zip(self.methods, setting, strict=True)
            if g.source.stage != "aggregate"
        }

    def _means(self, setting: Setting) -> dict[str, Aggregate]:
        means = dict(self.tree.means)
        for group, name in zip(self.methods, setting, strict=True):
            if group.source.stage == "aggregate":
                nodes = [group.source.node] if group.source.node else list(means)
                for code in nodes:
                    means[code] = replace(means[code], method=cast(Any, name))
        return means

    def _scored(self, place: int, column: Array, one: Chosen) -> Array:
        """An indicator's scores, runs × cells; what was not drawn of it stays as it is in the data."""
        if place in self.gaps:
            column = np.where(np.isnan(column), one.whole[..., place], column)
        scale = one.scales[place]
        if scale.treatment.log.any() and scale.rule.method != "goalposts":
            self._positive(place, column + scale.treatment.offset[0])
        return scale(column[..., None]).reshape(len(column), self.cells)

    def _positive(self, place: int, moved: Array) -> None:
        """Raises Fault where a draw has no logarithm, and its scale no end that it could count as."""
        if (moved <= 0).any():
            raise Fault(
                _(
                    "the error is so large that some draws fall below 0, where there is no logarithm; use "
                    "goalposts, whose end they count as, or another treatment"
                ),
                file="spec.toml",
                key=self.spec.scored[place].code,
            )


def _merge(first: Array | None, second: Array | None) -> Array:
    if first is None or second is None:
        return cast(Array, second if first is None else first)
    return np.where(np.isnan(first), second, first)


def simulate(
    edition: Edition, correlation: float | None = None, tick: Tick | None = None, workers: int = 1
) -> Runs:
    """All runs of the spec's [uncertainty]. The same spec, data and numpy give the same numbers, however many
    workers.

    correlation: of the errors of an indicator, or of a node's sources, in two periods; None for the spec's.
    tick is told runs done and all.
    """
    machine, doubt = Machine(edition), edition.spec.uncertainty
    assert doubt is not None
    held = doubt.correlation if correlation is None else correlation
    keep, root = _kept(edition, doubt.runs), edition.spec.root.code
    taken = np.where(edition.part, edition.deducted, np.nan)
    totals = np.empty((doubt.runs, *machine.shape))
    nodes = {code: np.empty((doubt.runs, *machine.shape)) for code in keep}
    done = 0

    def one(task: tuple[int, int]) -> int:
        block, runs = task
        start = block * machine.block
        found = machine.values(block, runs, doubt.seed, held, wanted=(root, *keep))
        total = found[root].reshape(runs, *machine.shape)
        np.subtract(total, taken, out=totals[start : start + runs])
        for code in keep:
            nodes[code][start : start + runs] = found[code].reshape(runs, *machine.shape)
        return runs

    for runs in _mapped(one, machine.blocks(doubt.runs), workers):
        done += runs
        if tick:
            tick(done, doubt.runs)
    return Runs(edition, totals, nodes, tuple(group.name for group in machine.groups), held)


def _mapped(
    one: Callable[[tuple[int, int]], int], tasks: Sequence[tuple[int, int]], workers: int
) -> Iterator[int]:
    if workers < 2:
        yield from map(one, tasks)
        return
    yield one(tasks[0])
    with ThreadPoolExecutor(workers) as pool:
        yield from pool.map(one, tasks[1:])


def _kept(edition: Edition, runs: int) -> list[str]:
    """The root's inner children, if there is room for all their runs."""
    root = edition.spec.root.code
    below = [node.code for node in edition.spec.nodes if node.parent == root]
    return below if runs * edition.part.size * (len(below) + 1) <= KEPT else []
