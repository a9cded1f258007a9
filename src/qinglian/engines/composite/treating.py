"""Outliers and long tails: fitted once on all cells of an indicator, then applied to any array of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from qinglian.engines.composite.observations import Array
from qinglian.engines.composite.spec import Indicator, Treat
from qinglian.faults import Fault
from qinglian.faults import noop as _


@dataclass(frozen=True)
class Treatment:
    """Per indicator: values are clipped to [low, high]; where `log`, then log(value + offset). All of shape
    indicators."""

    low: Array
    high: Array
    log: NDArray[np.bool_]
    offset: Array

    def __call__(self, values: Array) -> Array:
        """The treated values; last axis are indicators. What is drawn at or below 0 has the logarithm −∞, of
        which fixed goalposts make the end of the scale."""
        if not self.any:
            return values
        treated = np.clip(values, self.low, self.high)
        if self.log.any():
            with np.errstate(invalid="ignore", divide="ignore"):
                logs = np.log(np.where(self.log, np.maximum(treated + self.offset, 0.0), 1.0))
                treated = np.where(self.log, logs, treated)
        return treated

    @cached_property
    def any(self) -> bool:
        return bool(self.log.any() or np.isfinite(self.low).any() or np.isfinite(self.high).any())

    @property
    def touched(self) -> list[int]:
        """Places of indicators that are treated at all."""
        return np.flatnonzero(self.log | np.isfinite(self.low) | np.isfinite(self.high)).tolist()

    def take(self, places: Sequence[int]) -> Treatment:
        at = list(places)
        return Treatment(self.low[at], self.high[at], self.log[at], self.offset[at])


def fit(rule: Treat, indicators: Sequence[Indicator], values: Array) -> Treatment:
    """What the rule does to each indicator of `values` (periods × units × indicators).

    Winsorising moves the farthest point to the next, at most `most` times, until the indicator is no longer
    flagged; if it still is, winsorise-log forgets that and takes log(x − min + 0.01·range). Source: COINr,
    Treat (W. Becker, 2022).
    """
    size = len(indicators)
    found = Treatment(np.full(size, -np.inf), np.full(size, np.inf), np.zeros(size, bool), np.zeros(size))
    for place, one in enumerate(indicators):
        column = values[..., place][~np.isnan(values[..., place])]
        if one.treat == "log" or (rule.method == "log" and one.treat != "none"):
            if (column <= 0).any():
                raise Fault(_("a logarithm needs values above 0; choose another treatment"), key=one.code)
            found.log[place] = True
        elif rule.method.startswith("winsorise"):
            _winsorise(rule, place, column, found)
    return found


def _winsorise(rule: Treat, place: int, column: Array, found: Treatment) -> None:
    clipped, low, high = column, -np.inf, np.inf
    for _round in range(rule.most):
        if not flagged(clipped, rule):
            break
        if skewness(clipped) > 0:
            high = float(clipped[clipped < clipped.max()].max())
        else:
            low = float(clipped[clipped > clipped.min()].min())
        clipped = np.clip(column, low, high)
    if rule.method == "winsorise-log" and flagged(clipped, rule):
        least, span = float(column.min()), float(column.max() - column.min())
        found.log[place], found.offset[place] = True, 0.01 * span - least
    else:
        found.low[place], found.high[place] = low, high


def flagged(column: Array, rule: Treat) -> bool:
    """Whether |skew| and excess kurtosis are both beyond the rule's limits; never for fewer than 4 distinct
    values."""
    if len(np.unique(column)) < 4:
        return False
    return abs(skewness(column)) > rule.skew and kurtosis(column) > rule.kurtosis


def skewness(column: Array) -> float:
    """Sample skewness G1, adjusted for bias. Source: Joanes and Gill (1998), The Statistician 47."""
    n = len(column)
    off = (column - column.mean()) / column.std(ddof=1)
    return float(n / ((n - 1) * (n - 2)) * (off**3).sum())


def kurtosis(column: Array) -> float:
    """Sample excess kurtosis G2, adjusted for bias. Source: Joanes and Gill (1998)."""
    n = len(column)
    off = (column - column.mean()) / column.std(ddof=1)
    head = n * (n + 1) / ((n - 1) * (n - 2) * (n - 3)) * (off**4).sum()
    return float(head - 3 * (n - 1) ** 2 / ((n - 2) * (n - 3)))
