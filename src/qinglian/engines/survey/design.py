"""How a sample was drawn: weights, strata, clusters, how many clusters there were to draw from."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from qinglian.faults import Fault
from qinglian.faults import noop as _

Array = NDArray[np.float64]
Codes = NDArray[np.int64]
LONE = ("refuse", "centre", "certainty")


@dataclass(frozen=True)
class Calibration:
    """What weights were made to agree with: each margin's cell of every answer; and the weights before."""

    cells: tuple[Codes, ...]
    before: Array


@dataclass(frozen=True)
class Design:
    """weight of each answer; cluster of each answer (0 … clusters − 1); stratum of each cluster; population:
    clusters there were in each stratum, infinite where unknown. lone: what to do with one cluster in a
    stratum.

    Variances are those of ultimate clusters: what happened inside a cluster after the first stage is in its
    total.
    """

    weight: Array
    cluster: Codes
    stratum: Codes
    population: Array
    lone: str = "refuse"
    calibration: Calibration | None = None

    @property
    def answers(self) -> int:
        return len(self.weight)

    @property
    def clusters(self) -> int:
        return len(self.stratum)

    @property
    def strata(self) -> int:
        return len(self.population)

    @property
    def freedom(self) -> int:
        """Degrees of freedom: clusters less strata."""
        return self.clusters - self.strata

    def weighing(self, weight: Array) -> Design:
        """The same design with other weights."""
        return replace(self, weight=weight)


def design_of(
    weight: Sequence[float] | Array,
    stratum: Sequence[Any] | NDArray[Any] | None = None,
    cluster: Sequence[Any] | NDArray[Any] | None = None,
    population: Sequence[float] | Array | None = None,
    lone: str = "refuse",
) -> Design:
    """A design from one value per answer. Without cluster each answer is its own; without stratum there is
    one.

    population: clusters in the frame of the answer's stratum (the finite population correction), the same all
    over a stratum. The same cluster name in two strata means two clusters. Raises Fault for a weight that is
    not above 0, a population smaller than the sample, or one cluster in a stratum where that is refused.
    """
    weights = np.asarray(weight, np.float64)
    count = len(weights)
    if count == 0 or not (weights > 0).all() or not np.isfinite(weights).all():
        raise Fault(_("a weight is a number above 0, and there is one for each answer"), key="weight")
    strata = _codes(stratum) if stratum is not None else np.zeros(count, np.int64)
    inside = _codes(cluster) if cluster is not None else np.arange(count)
    many = int(inside.max()) + 1
    joint, codes = _distinct(strata * many + inside)
    stratum_of = joint // many
    frame = _frame(strata, population)
    design = Design(weights, codes, stratum_of, frame, lone)
    sampled = np.bincount(stratum_of, minlength=len(frame))
    if (frame < sampled).any():
        at = int(np.flatnonzero(frame < sampled)[0])
        raise Fault(
            _("the frame has %(frame)d clusters in a stratum, the sample %(sample)d; mend the population"),
            key="population",
            frame=int(frame[at]),
            sample=int(sampled[at]),
        )
    if lone == "refuse" and ((sampled == 1) & (frame > 1)).any():
        at = int(np.flatnonzero(sampled == 1)[0])
        raise Fault(
            _(
                "only one cluster in stratum %(name)s, so its spread is unknown; join strata, or choose "
                'lone = "centre" or "certainty"'
            ),
            key="stratum",
            name=str(stratum[int(np.flatnonzero(strata == at)[0])]) if stratum is not None else "1",
        )
    return design


def _codes(labels: Sequence[Any] | NDArray[Any]) -> Codes:
    return _distinct(np.asarray(labels))[1]


def _distinct(labels: NDArray[Any]) -> tuple[NDArray[Any], Codes]:
    """(distinct labels in their order, the place of each label among them). Whole numbers that lie close are
    counted, not sorted."""
    if labels.dtype.kind == "i" and labels.size:
        least = int(labels.min())
        span = int(labels.max()) - least + 1
        if span <= 4 * labels.size + 1024:
            there = np.zeros(span, bool)
            there[labels - least] = True
            return np.flatnonzero(there) + least, (np.cumsum(there) - 1)[labels - least]
    found, codes = np.unique(labels, return_inverse=True)
    return found, codes.astype(np.int64)


def _frame(strata: Codes, population: Sequence[float] | Array | None) -> Array:
    size = int(strata.max()) + 1
    if population is None:
        return np.full(size, np.inf)
    given = np.asarray(population, np.float64)
    frame = np.full(size, np.nan)
    frame[strata] = given
    if not np.isfinite(given).all() or (frame[strata] != given).any():
        raise Fault(_("the population is one number all over a stratum; mend the column"), key="population")
    return frame


def variance(design: Design, scores: Array) -> float:
    """Var(Σ scores): scores are weighted linearised values, one per answer.

    Σ_h (1 − n_h/N_h) n_h/(n_h − 1) Σ_i (z_hi − z̄_h)². Source: Cochran (1977) 11.8; Särndal, Swensson and
    Wretman (1992), result 4.6.1, with replacement within strata but for the correction.
    """
    if design.calibration:
        scores = _residuals(design, scores)
    totals = np.bincount(design.cluster, weights=scores, minlength=design.clusters)
    sampled = np.bincount(design.stratum, minlength=design.strata).astype(np.float64)
    means = np.bincount(design.stratum, weights=totals, minlength=design.strata) / np.maximum(sampled, 1)
    if design.lone == "centre":
        means = np.where(sampled == 1, totals.mean(), means)
    squares = np.bincount(
        design.stratum, weights=(totals - means[design.stratum]) ** 2, minlength=design.strata
    )
    factor = np.where(sampled > 1, sampled / np.maximum(sampled - 1, 1), 1.0)
    return float(((1 - sampled / design.population) * factor * squares).sum())


def _residuals(design: Design, scores: Array) -> Array:
    """What calibration leaves of scores: residuals of the regression on the margins' cells by the weights
    before, times the weights after.

    Source: Deville and Särndal (1992), JASA 87; the choice of weights is that of R's survey. One margin: each
    cell's mean is taken off (post-stratification).
    """
    assert design.calibration is not None
    cells, weight = design.calibration.cells, design.calibration.before
    left = np.divide(scores, design.weight, out=np.zeros_like(scores), where=design.weight > 0)
    for _round in range(1 if len(cells) == 1 else 500):
        before = left
        for cell in cells:
            sums = np.bincount(cell, weights=weight)
            means = np.bincount(cell, weights=weight * left) / np.where(sums > 0, sums, 1)
            left = left - means[cell]
        if np.abs(left - before).max(initial=0.0) <= 1e-13 * max(1.0, float(np.abs(left).max(initial=0.0))):
            break
    return left * design.weight
