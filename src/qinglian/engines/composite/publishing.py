"""After the tree: deductions, rounding, ranks and grades."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from qinglian.engines.composite.observations import Array, Observations
from qinglian.engines.composite.spec import Publish, Spec

NOISE = 7  # decimals of a score beyond which floating point, not data, speaks


def deductions(spec: Spec, seen: Observations) -> Array:
    """Points off the root, periods × units: Σ min(cap, count × per_case); a count that is missing is 0."""
    total = np.zeros(seen.value.shape[:2])
    for one in spec.deductions:
        points = np.nan_to_num(seen.value[..., seen.of(one.indicator)]) * one.per_case
        total += points if one.cap is None else np.minimum(points, one.cap)
    return total


def rounded(values: Array, publish: Publish) -> Array:
    """Values at the published number of decimals. A tie is one that stands at NOISE decimals."""
    factor = 10.0**publish.decimals
    scaled = np.round(values * factor, NOISE)
    whole = np.floor(scaled + 0.5) if publish.rounding == "half-up" else np.round(scaled)
    return np.asarray(whole / factor)


def ranks(values: Array) -> NDArray[np.int64]:
    """Rank among units (last axis), 1 is the highest, equal values share the best; 0 for NaN."""
    order = np.argsort(-values, axis=-1, kind="stable")  # NaN last
    sorted_values = np.take_along_axis(values, order, axis=-1)
    place = np.arange(1, values.shape[-1] + 1)
    starts = np.ones(values.shape, bool)
    starts[..., 1:] = sorted_values[..., 1:] != sorted_values[..., :-1]
    best = np.maximum.accumulate(np.where(starts, place, 0), axis=-1)
    found = np.empty(values.shape, np.int64)
    np.put_along_axis(found, order, best, axis=-1)
    return np.where(np.isnan(values), 0, found)


def grade(value: float, publish: Publish) -> str:
    """The first grade whose lowest score is reached; empty without grades or score."""
    return next((name for name, least in publish.grades if value >= least), "")
