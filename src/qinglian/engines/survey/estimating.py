"""Means, proportions, totals, ratios and quantiles, with Taylor standard errors; of everybody or of a
domain."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from statistics import NormalDist

import numpy as np
from numpy.typing import NDArray

from qinglian.engines.survey.design import Array, Design, variance
from qinglian.faults import Fault
from qinglian.faults import noop as _

Mask = NDArray[np.bool_]


@dataclass(frozen=True)
class Estimate:
    """n: answers used. deff: variance over that of a simple random sample of n without replacement; None
    where it is not defined. freedom: degrees of freedom."""

    value: float
    se: float
    n: int
    freedom: int
    deff: float | None = None

    def interval(self, share: float = 0.95) -> tuple[float, float]:
        """value ± t·se that covers `share`, by Student's t with the design's degrees of freedom."""
        reach = student_quantile((1 + share) / 2, self.freedom) * self.se
        return self.value - reach, self.value + reach


def mean(design: Design, values: Array, domain: Mask | None = None) -> Estimate:
    """Σwy/Σw over the domain's answers (NaN is no answer). A proportion is the mean of 0 and 1."""
    used = _used(values, domain)
    weight = np.where(used, design.weight, 0.0)
    value, base = _weighted(values, weight), weight.sum()
    scores = weight * np.where(used, values - value, 0.0) / base
    spread = variance(design, scores)
    count = int(used.sum())
    return Estimate(
        value, math.sqrt(spread), count, design.freedom, _deff(spread, values, weight, value, count)
    )


def total(design: Design, values: Array, domain: Mask | None = None) -> Estimate:
    """Σwy over the domain's answers."""
    used = _used(values, domain)
    scores = np.where(used, design.weight * np.where(used, values, 0.0), 0.0)
    return Estimate(float(scores.sum()), math.sqrt(variance(design, scores)), int(used.sum()), design.freedom)


def ratio(design: Design, over: Array, under: Array, domain: Mask | None = None) -> Estimate:
    """Σw·over/Σw·under. Raises Fault if the denominator is 0."""
    used = _used(over, domain) & ~np.isnan(under)
    weight = np.where(used, design.weight, 0.0)
    top, bottom = float(weight @ np.where(used, over, 0.0)), float(weight @ np.where(used, under, 0.0))
    if bottom == 0:
        raise Fault(_("the denominator of the ratio is 0; choose another"))
    value = top / bottom
    scores = weight * np.where(used, over - value * under, 0.0) / bottom
    return Estimate(value, math.sqrt(variance(design, scores)), int(used.sum()), design.freedom)


def quantile(design: Design, values: Array, share: float, domain: Mask | None = None) -> Estimate:
    """The value below which `share` of the weight lies, interpolated between the values that were answered;
    the order of answers plays no part.

    The error is Woodruff's (1952, JASA 47): the interval of the share, read off the same curve, over its
    width.
    """
    if not 0 < share < 1:
        raise Fault(_("a quantile’s share lies between 0 and 1"))
    used = _used(values, domain)
    weight = np.where(used, design.weight, 0.0)
    order = np.argsort(values[used])
    answered = values[used][order]
    last = np.append(answered[1:] != answered[:-1], True)
    heights = np.cumsum(weight[used][order])[last] / weight.sum()
    answered = answered[last]

    def at(height: float) -> float:
        return float(np.interp(height, heights, answered))

    value = at(share)
    below = mean(design, np.where(used, (values > value).astype(float), np.nan), domain)
    reach = student_quantile(0.975, design.freedom)
    low, high = at(share - reach * below.se), at(share + reach * below.se)
    return Estimate(value, (high - low) / (2 * reach), int(used.sum()), design.freedom)


def difference(first: Estimate, last: Estimate, correlation: float = 0.0) -> Estimate:
    """last − first of two samples whose estimates have that correlation (0: drawn apart)."""
    spread = first.se**2 + last.se**2 - 2 * correlation * first.se * last.se
    return Estimate(
        last.value - first.value,
        math.sqrt(max(spread, 0.0)),
        first.n + last.n,
        min(first.freedom, last.freedom),
    )


def by_domain(
    design: Design, labels: Array | NDArray[np.str_], estimate: Callable[[Mask], Estimate]
) -> dict[str, Estimate]:
    """One estimate for each label, of the same design: a domain's size is random, and its error knows it."""
    return {str(label): estimate(labels == label) for label in np.unique(labels)}


def _used(values: Array, domain: Mask | None) -> Mask:
    used = ~np.isnan(values) if domain is None else ~np.isnan(values) & domain
    if not used.any():
        raise Fault(_("nobody answered this in the domain; there is nothing to estimate"))
    return np.asarray(used)


def _weighted(values: Array, weight: Array) -> float:
    return float(weight @ np.where(weight > 0, values, 0.0) / weight.sum())


def _deff(spread: float, values: Array, weight: Array, value: float, count: int) -> float | None:
    """Source: Kish, Survey Sampling (1965), 8.2; the population is Σw."""
    if count < 2:
        return None
    base = weight.sum()
    squares = float(weight @ np.where(weight > 0, (values - value) ** 2, 0.0)) / base * count / (count - 1)
    simple = squares / count * max(base - count, 0.0) / base
    return float(spread / simple) if simple > 0 else None


def student_quantile(share: float, freedom: int) -> float:
    """Quantile of Student's t, by bisection of its distribution; the normal's beyond 10,000 degrees of
    freedom.

    Source: the regularised incomplete beta by Lentz's continued fraction, Abramowitz and Stegun 26.5.8,
    26.7.1.
    """
    if freedom < 1:
        raise Fault(_("no degrees of freedom: as many strata as clusters; join strata"))
    if freedom > 10_000:
        return NormalDist().inv_cdf(share)
    low, high = 0.0, 1e8
    for _step in range(200):
        middle = (low + high) / 2
        tail = _beta(freedom / (freedom + middle * middle), freedom / 2, 0.5) / 2
        low, high = (middle, high) if 1 - tail < share else (low, middle)
    return (low + high) / 2


def _beta(x: float, a: float, b: float) -> float:
    if x > (a + 1) / (a + b + 2):
        return 1 - _beta(1 - x, b, a)
    front = math.exp(
        math.lgamma(a + b)
        - math.lgamma(a)
        - math.lgamma(b)
        + a * math.log(max(x, 1e-300))
        + b * math.log1p(-x)
    )
    tiny, c = 1e-300, 1.0
    d = 1 / max(1 - (a + b) * x / (a + 1), tiny)
    found = d
    for m in range(1, 300):
        for top in (
            m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m)),
            -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1)),
        ):
            d = 1 / ((1 + top * d) or tiny)
            c = (1 + top / c) or tiny
            found *= c * d
        if abs(c * d - 1) < 1e-15:
            break
    return front * found / a
