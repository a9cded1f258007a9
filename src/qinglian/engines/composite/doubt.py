"""Sources of uncertainty as groups that are drawn one by one, each from a random stream of its own.

A stream is named by seed, group, sample (A or B) and block, so that a run can be drawn again, two editions
share the draws they should share, and Sobol indices can exchange one group and no other. Generator: SFC64 of
numpy.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from qinglian.engines.composite.cleaning import imputing_groups
from qinglian.engines.composite.edition import Edition
from qinglian.engines.composite.observations import Array
from qinglian.engines.composite.spec import Source
from qinglian.engines.composite.weighing import Weights, expert_weights
from qinglian.faults import Fault
from qinglian.faults import noop as _


@dataclass(frozen=True)
class Group:
    """What is drawn together. place: of the indicator among the scored, -1 where the group is of no
    indicator."""

    number: int
    name: str
    source: Source
    place: int = -1


def groups_of(edition: Edition) -> tuple[Group, ...]:
    """The groups of an index's [uncertainty]; Faults name what a source lacks. Every group moves
    something."""
    doubt = edition.spec.uncertainty
    if doubt is None:
        raise Fault(
            _("the spec has no [uncertainty]; add it with runs, seed and one or more sources"),
            file="spec.toml",
        )
    found: list[Group] = []
    for source in doubt.sources:
        for name, place in _members(edition, source):
            found.append(Group(len(found), name, source, place))
    twice = {one.place for one in found if one.place >= 0 and sum(o.place == one.place for o in found) > 1}
    for place in twice:
        raise Fault(
            _("the indicator has two sources of error; keep one"),
            file="spec.toml",
            key=edition.spec.scored[place].code,
        )
    return tuple(found)


def _members(edition: Edition, source: Source) -> Iterator[tuple[str, int]]:
    if source.kind in ("sampling", "counts"):
        yield from _measured(edition, source)
    elif source.kind == "missing":
        if not edition.filled.any():
            raise Fault(
                _("nothing is missing in these data, so there is nothing to draw; leave the source out"),
                file="spec.toml",
                key="missing",
            )
        yield "missing", -1
    elif source.kind == "sources":
        spread(edition, source)
        yield f"sources:{source.node}", -1
    elif source.kind == "weights":
        yield f"weights:{source.model}", -1
    else:
        yield ":".join(part for part in ("methods", source.stage, source.node) if part), -1


def _measured(edition: Edition, source: Source) -> Iterator[tuple[str, int]]:
    """Indicators that have the standard error, or the count, that the source draws from."""
    column = "se" if source.kind == "sampling" else "n"
    table = edition.seen.se if column == "se" else edition.seen.n
    some = False
    for place, one in enumerate(edition.spec.scored):
        if source.indicators and one.code not in source.indicators:
            continue
        raw, held = edition.stages["select"][..., place], table[..., edition.seen.of(one.code)]
        there = ~np.isnan(raw) & edition.part
        lacking = there & np.isnan(held)
        if not source.indicators and (lacking[there].all() or not there.any()):
            continue
        if lacking.any():
            period, unit = np.argwhere(lacking)[0].tolist()
            raise Fault(
                _(
                    "%(code)s of %(unit)s in %(period)s has no %(column)s; add it, or take the indicator "
                    "out of this source"
                ),
                key=source.kind,
                code=one.code,
                column=column,
                unit=edition.seen.units[unit],
                period=edition.seen.periods[period],
            )
        if source.kind == "counts" and one.denominator:
            raise Fault(_("a count with a denominator; write its rate, with n beside it"), key=one.code)
        _possible(source, one.code, raw[there], held[there])
        some = True
        yield f"{source.kind}:{one.code}", place
    if not some:
        raise Fault(
            _("no indicator has %(column)s in the data; add it, or leave the source out"),
            key=source.kind,
            column=column,
        )


def _possible(source: Source, code: str, raw: Array, held: Array) -> None:
    share = raw / source.scale
    if source.model == "logit" and ((share <= 0) | (share >= 1)).any():
        raise Fault(
            _("a share of 0 or 1 has no logit; use counts with model beta"), file="spec.toml", key=code
        )
    if source.kind == "counts" and ((raw < 0) | (held <= 0)).any():
        raise Fault(_("a rate below 0, or an n of 0; mend the data"), key=code)
    if source.model == "beta" and (share > 1).any():
        raise Fault(_("a share above 1: mend the data, or say in scale what the rate is per"), key=code)


def spread(edition: Edition, source: Source) -> Array:
    """Standard error of a node from the spread of its children, periods × units: s/√n, times √((N − n)/(N −
    1)).

    N is the population, where the source states one. Source: Cochran, Sampling Techniques (1977), section
    2.6.
    """
    spec = edition.spec
    below = spec.children(source.node)
    places = [at for at, one in enumerate(spec.scored) if one.code in below]
    node = next(node for node in spec.nodes if node.code == source.node)
    if len(places) != len(below) or node.aggregate.method != "arithmetic":
        raise Fault(
            _("the spread of sources is that of an arithmetic mean of indicators; choose such a node"),
            file="spec.toml",
            key=source.node,
        )
    scores = edition.stages["normalise"][..., places]
    count = (~np.isnan(scores)).sum(axis=-1)
    if ((count < 2) & edition.part).any():
        raise Fault(
            _("a spread needs two sources or more for each unit; raise availability.min_count"),
            file="spec.toml",
            key=source.node,
        )
    mean = np.nansum(scores, axis=-1) / np.maximum(count, 1)
    squares = np.nansum((scores - mean[..., None]) ** 2, axis=-1) / np.maximum(count - 1, 1)
    error = np.sqrt(squares / np.maximum(count, 1))
    if source.population:
        error = error * np.sqrt(np.maximum(source.population - count, 0) / (source.population - 1))
    return np.where(edition.part, error, np.nan)


def stream(seed: int, group: int, sample: int, block: int) -> np.random.Generator:
    """The stream of that name."""
    return np.random.Generator(
        np.random.SFC64(np.random.SeedSequence(seed, spawn_key=(group, sample, block)))
    )


def errors(random: np.random.Generator, shape: tuple[int, int, int], correlation: float) -> Array:
    """Standard normal errors, runs × periods × units; those of one unit in two periods have `correlation`."""
    noise = random.standard_normal(shape, dtype=np.float64)
    if not correlation or shape[1] < 2:
        return noise
    shared = random.standard_normal((shape[0], 1, shape[2]))
    return np.asarray(np.sqrt(correlation) * shared + np.sqrt(1 - correlation) * noise)


def drawn_values(
    edition: Edition, group: Group, random: np.random.Generator, runs: int, correlation: float
) -> Array:
    """Values of the group's indicator, runs × periods × units, after its denominator.

    sampling: normal around the estimate, or around its logit. counts: Gamma(x + ½)/n or
    Beta(x + ½, n − x + ½) (Jeffreys priors). correlation: of the errors of two periods.
    """
    source, place = group.source, group.place
    raw, error = edition.stages["denominate"][..., place], edition.errors[..., place]
    shape = (runs, *raw.shape)
    if source.kind == "sampling":
        noise = errors(random, shape, correlation)
        if source.model == "normal":
            noise *= error
            noise += raw
            return noise
        share = raw / source.scale
        centre, width = np.log(share / (1 - share)), error / source.scale / (share * (1 - share))
        return np.asarray(source.scale / (1 + np.exp(-(centre + width * noise))))
    there = ~np.isnan(raw)
    n = np.where(there, edition.seen.n[..., edition.seen.of(edition.spec.scored[place].code)], 1.0)
    x = np.where(there, raw, 0.0) / source.scale * n
    if source.model == "gamma":
        found = _gammas(random, runs, x + 0.5, there, correlation) / n
    elif not correlation:
        found = random.beta(x + 0.5, np.maximum(n - x, 0) + 0.5, shape)
    else:
        hits = _gammas(random, runs, x + 0.5, there, correlation)
        found = hits / (hits + _gammas(random, runs, np.maximum(n - x, 0) + 0.5, there, correlation))
    return np.where(there, found * source.scale, np.nan)


def _gammas(
    random: np.random.Generator, runs: int, size: Array, there: NDArray[np.bool_], correlation: float
) -> Array:
    """Gamma(size) of each period and unit. A gamma is a sum of gammas: what a share of the smallest period's
    size makes is drawn once for all periods, so that two periods of the same size have `correlation`; of
    unequal sizes a and b at most √(a/b) of it, which is all that the smaller can share."""
    shape = (runs, *size.shape)
    if not correlation or size.shape[0] < 2:
        return random.standard_gamma(size, shape)
    least = np.where(there, size, np.inf).min(axis=0, keepdims=True)
    shared = correlation * np.where(np.isfinite(least), least, 0.0)
    common = random.standard_gamma(shared, (runs, *shared.shape))
    return random.standard_gamma(np.maximum(size - shared, 0.0), shape) + common


def drawn_donors(edition: Edition, random: np.random.Generator, runs: int) -> dict[int, Array]:
    """For each indicator with imputed cells: values of runs × periods × units, NaN but in those cells.

    Each takes the value of a random unit with data in the same period, of the same group where the index
    imputes so.
    """
    raw, found = edition.stages["denominate"], dict[int, Array]()
    members = imputing_groups(edition.spec.impute, edition.spec, edition.seen.units)
    group_of = {unit: group for group in members for unit in group}
    for period, unit, place in np.argwhere(edition.filled).tolist():
        column = raw[period, group_of[unit], place]
        donors = column[~np.isnan(column)]
        cells = found.setdefault(place, np.full((runs, *raw.shape[:2]), np.nan))
        cells[:, period, unit] = random.choice(donors, runs)
    return found


def drawn_weights(edition: Edition, source: Source, random: np.random.Generator, runs: int) -> Weights:
    """Weights below the nodes the source moves, runs × children: each times 1 ± size, Dirichlet, or resampled
    experts."""
    spec, found = edition.spec, Weights()
    if source.model == "bootstrap":
        picked = random.integers(0, len(spec.experts), (runs, len(spec.experts)))
        tally: NDArray[np.float64] = np.zeros((runs, len(spec.experts)))
        np.add.at(tally, (np.arange(runs)[:, None], picked), 1 / len(spec.experts))
        return {node.code: tally @ expert_weights(spec, node.code) for node in spec.nodes}
    for node in spec.nodes:
        nominal = edition.weights[node.code]
        if (source.indicators and node.code not in source.indicators) or len(nominal) < 2:
            continue
        if source.model == "noise":
            moved = nominal * random.uniform(1 - source.size, 1 + source.size, (runs, len(nominal)))
            found[node.code] = moved / moved.sum(axis=1, keepdims=True)
        else:
            found[node.code] = random.dirichlet(nominal * source.size, runs)
    return found
