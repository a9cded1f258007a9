"""Bringing indicators to one scale. What one unit cannot define (a cross-section of itself) is refused."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from qinglian.engines.composite.observations import Array
from qinglian.engines.composite.spec import Indicator, Normalise
from qinglian.engines.composite.treating import Treatment
from qinglian.faults import Fault
from qinglian.faults import noop as _


@dataclass(frozen=True)
class Scale:
    """A method with what it needs of each indicator, and the treatment, which also moves goalposts and
    targets."""

    rule: Normalise
    indicators: tuple[Indicator, ...]
    periods: tuple[str, ...]
    treatment: Treatment
    widen: float = 0.0

    def take(self, places: Sequence[int]) -> Scale:
        few = tuple(self.indicators[place] for place in places)
        return Scale(self.rule, few, self.periods, self.treatment.take(places), self.widen)

    def __call__(self, values: Array) -> Array:
        """Raw values (… × periods × units × indicators) → scores, higher is better. NaN stays NaN.

        Raises Fault where the method is not defined by these values.
        """
        treated = self.treatment(values)
        scores = METHODS[self.rule.method](self, treated)
        if self.rule.clip:
            scores = np.clip(scores, *self.rule.clip)
        return np.asarray(scores)

    @property
    def sign(self) -> Array:
        return np.array([float(one.direction) for one in self.indicators])

    def given(self, name: str) -> Array:
        """A column of indicators.csv, treated as its values are."""
        column = np.array([float(getattr(one, name)) for one in self.indicators])
        if name not in ("low", "high", "target"):
            return column
        with np.errstate(invalid="ignore", divide="ignore"):
            moved = self.treatment(column)
        if not np.isfinite(moved).all():
            place = int(np.flatnonzero(~np.isfinite(moved))[0])
            raise Fault(
                _("a logarithm needs values above 0; choose another treatment"),
                file="indicators.csv",
                key=self.indicators[place].code,
            )
        return moved

    @cached_property
    def line(self) -> tuple[Array, Array]:
        """(slope, start) of each indicator's score between its goalposts; kept, as every block of
        draws asks for it."""
        low, high = self.given("low"), self.given("high")
        middle, half = (high + low) / 2, (high - low) / 2 * (1 + self.widen)
        bottom, top = self.rule.to
        slope = self.sign * (top - bottom) / (2 * half)
        return slope, np.where(
            self.sign > 0, bottom - (middle - half) * slope, bottom - (middle + half) * slope
        )

    def onto(self, share: Array) -> Array:
        low, high = self.rule.to
        return share * (high - low) + low

    def ends(self, treated: Array) -> tuple[Array, Array]:
        """(least, most) of the reference, each kept broadcastable; Fault where they are the same."""
        cells, axes = self._reference(treated)
        least = np.fmin.reduce(cells, axis=axes, keepdims=True)  # NaN only where there is nothing
        most = np.fmax.reduce(cells, axis=axes, keepdims=True)
        self._refuse(least == most)
        return least, most

    def moments(self, treated: Array) -> tuple[Array, Array]:
        if self.rule.reference == "given":
            return self.given("mean"), self.given("sd")
        cells, axes = self._reference(treated)
        count = (~np.isnan(cells)).sum(axis=axes, keepdims=True)
        mean = np.nansum(cells, axis=axes, keepdims=True) / np.maximum(count, 1)
        spread = np.sqrt(np.nansum((cells - mean) ** 2, axis=axes, keepdims=True) / np.maximum(count - 1, 1))
        self._refuse((count > 0) & ((spread == 0) | (count < 2)))
        return mean, spread

    def _reference(self, treated: Array) -> tuple[Array, tuple[int, ...]]:
        if self.rule.reference == "each-period":
            return treated, (-2,)
        if self.rule.reference == "pooled":
            return treated, (-3, -2)
        if self.rule.reference not in self.periods:
            raise Fault(
                _("the period %(period)s is not in the data; known are %(known)s"),
                file="spec.toml",
                key="normalise.reference",
                period=self.rule.reference,
                known=", ".join(self.periods),
            )
        at = self.periods.index(self.rule.reference)
        return treated[..., at : at + 1, :, :], (-2,)

    def _refuse(self, flat: NDArray[Any]) -> None:
        if flat.any():
            place = int(np.argwhere(flat)[0][-1])
            raise Fault(
                _(
                    "%(method)s is not defined: all units have the same value, or there is only one; use "
                    "goalposts"
                ),
                file="spec.toml",
                key=self.indicators[place].code,
                method=self.rule.method,
            )


def _as_is(scale: Scale, treated: Array) -> Array:
    return treated


def _goalposts(scale: Scale, treated: Array) -> Array:
    slope, start = scale.line
    scores = treated * slope
    scores += start
    return np.clip(scores, *scale.rule.to, out=scores)


def _min_max(scale: Scale, treated: Array) -> Array:
    least, most = scale.ends(treated)
    share = (treated - least) / (most - least)
    return scale.onto(np.where(scale.sign > 0, share, 1 - share))


def _z(scale: Scale, treated: Array) -> Array:
    mean, spread = scale.moments(treated)
    middle, width = scale.rule.to
    return np.asarray(scale.sign * (treated - mean) / spread * width + middle)


def _target(scale: Scale, treated: Array) -> Array:
    least, most = scale.ends(treated)
    target = scale.given("target")
    share = np.where(scale.sign > 0, (treated - least) / (target - least), (most - treated) / (most - target))
    return scale.onto(np.minimum(share, 1.0))


def _rank(scale: Scale, treated: Array) -> Array:
    """Ranks brought to the scale: the worst at its lower end, the best at its upper; equals share the mean of
    ranks."""
    if treated.shape[-2] < 2:
        scale._refuse(np.ones(len(scale.indicators), bool))
    signed = treated * scale.sign
    found = np.zeros_like(treated)
    step = max(1, 4_000_000 // max(1, signed[..., :1].size))
    for start in range(0, treated.shape[-1], step):
        part = signed[..., start : start + step]
        less = (part[..., :, None, :] > part[..., None, :, :]).sum(axis=-2)
        same = (part[..., :, None, :] == part[..., None, :, :]).sum(axis=-2)
        found[..., start : start + step] = less + (same + 1) / 2
    count = (~np.isnan(treated)).sum(axis=-2, keepdims=True)
    scale._refuse(count == 1)
    return np.where(np.isnan(treated), np.nan, scale.onto((found - 1) / np.maximum(count - 1, 1)))


METHODS = {
    "none": _as_is,
    "goalposts": _goalposts,
    "min-max": _min_max,
    "z": _z,
    "distance-to-target": _target,
    "rank": _rank,
}
