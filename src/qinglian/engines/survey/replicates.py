"""Replicate weights: the jackknife, balanced half-samples with Fay's factor, and the bootstrap of clusters.

Variances are Σ c·(θ_r − θ)² about the full estimate. Source: Wolter, Introduction to Variance Estimation
(2007).
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from qinglian.engines.survey.design import Array, Design
from qinglian.engines.survey.estimating import Estimate
from qinglian.faults import Fault
from qinglian.faults import noop as _


@dataclass(frozen=True)
class Replicates:
    """factors: replicates × clusters, what a cluster's weights are multiplied by; coefficient of each
    replicate."""

    factors: Array
    coefficients: Array


def jackknife(design: Design) -> Replicates:
    """Leaves out one cluster at a time: JK1 with one stratum, else JKn, with the finite population
    correction."""
    sampled = np.bincount(design.stratum, minlength=design.strata)
    if (sampled < 2).any():
        raise Fault(_("the jackknife needs two clusters or more in each stratum; join strata"))
    factors = np.ones((design.clusters, design.clusters))
    for out in range(design.clusters):
        mates = design.stratum == design.stratum[out]
        size = sampled[design.stratum[out]]
        factors[out, mates] = size / (size - 1)
        factors[out, out] = 0.0
    own = sampled[design.stratum]
    correction = 1 - own / design.population[design.stratum]
    return Replicates(factors, (own - 1) / own * correction)


def balanced(design: Design, fay: float = 0.0) -> Replicates:
    """Half-samples of two clusters in each stratum, balanced by a Hadamard matrix; fay: 0 up to less than
    1."""
    sampled = np.bincount(design.stratum, minlength=design.strata)
    if (sampled != 2).any():
        raise Fault(_("balanced half-samples need exactly two clusters in each stratum; use the jackknife"))
    if not 0 <= fay < 1:
        raise Fault(_("Fay’s factor lies from 0 up to less than 1"))
    signs = hadamard(design.strata + 1)[:, 1 : design.strata + 1]
    seen = np.zeros(design.strata, np.int64)
    factors = np.ones((len(signs), design.clusters))
    for cluster, stratum in enumerate(design.stratum.tolist()):
        half = signs[:, stratum] if seen[stratum] == 0 else -signs[:, stratum]
        factors[:, cluster] = 1 + (1 - fay) * half
        seen[stratum] += 1
    return Replicates(factors, np.full(len(signs), 1 / (len(signs) * (1 - fay) ** 2)))


def bootstrap(design: Design, count: int, seed: int) -> Replicates:
    """n_h − 1 clusters of each stratum drawn with replacement, rescaled. Source: Rao and Wu (1988), JASA
    83."""
    sampled = np.bincount(design.stratum, minlength=design.strata)
    if (sampled < 2).any():
        raise Fault(_("the bootstrap needs two clusters or more in each stratum; join strata"))
    random = np.random.Generator(np.random.SFC64(seed))
    factors = np.empty((count, design.clusters))
    for stratum, size in enumerate(sampled.tolist()):
        members = np.flatnonzero(design.stratum == stratum)
        drawn = random.multinomial(size - 1, np.full(size, 1 / size), count)
        share = math.sqrt(1 - size / design.population[stratum])
        factors[:, members] = 1 - share + share * drawn * (size / (size - 1))
    return Replicates(factors, np.full(count, 1 / count))


def replicated(
    design: Design,
    replicates: Replicates,
    estimate: Callable[[Design], float],
    recalibrate: Callable[[Design], Design] | None = None,
) -> Estimate:
    """An estimate with the error of its replicates. recalibrate: raking or post-stratification, done again
    for each."""
    again = recalibrate or (lambda one: one)
    value = estimate(again(design))
    drawn = np.empty(len(replicates.factors))
    for at, factor in enumerate(replicates.factors):
        weight = design.weight * factor[design.cluster]
        drawn[at] = estimate(again(design.weighing(weight)))
    spread = float((replicates.coefficients * (drawn - value) ** 2).sum())
    return Estimate(value, math.sqrt(spread), design.answers, design.freedom)


def hadamard(least: int) -> Array:
    """Sylvester's Hadamard matrix of the first power of two that is `least` or more."""
    matrix = np.ones((1, 1))
    while len(matrix) < least:
        matrix = np.block([[matrix, matrix], [matrix, -matrix]])
    return matrix
