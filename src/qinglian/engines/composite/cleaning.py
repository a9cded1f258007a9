"""Before anything is scored: who has data enough, what is divided by what, and what stands in for what is
missing."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from qinglian.engines.composite.observations import Array, Observations
from qinglian.engines.composite.spec import Availability, Impute, Spec
from qinglian.faults import Fault, Faults
from qinglian.faults import noop as _


def available(spec: Spec, seen: Observations, scored: Array) -> NDArray[np.bool_]:
    """Which units take part in which period: periods × units. `scored`: … × scored indicators.

    Raises Faults naming each unit with too little, where the spec refuses; a unit with nothing at all in a
    period takes no part in it.
    """
    rule: Availability = spec.availability
    count = (~np.isnan(scored)).sum(axis=-1)
    enough = (count >= rule.min_count) & (count >= rule.min_share * scored.shape[-1] - 1e-9) & (count > 0)
    if rule.below == "refuse":
        short = np.argwhere(~enough & (count > 0))
        if len(short):
            raise Faults(
                [
                    Fault(
                        _(
                            "%(unit)s has %(count)d of %(all)d indicators in %(period)s, too few; add "
                            "data, or leave the unit out"
                        ),
                        unit=seen.units[unit],
                        period=seen.periods[period],
                        count=int(count[period, unit]),
                        all=scored.shape[-1],
                    )
                    for period, unit in short[:50].tolist()
                ]
            )
    if not enough.any():
        raise Fault(_("no unit has data enough in any period; lower availability, or add data"))
    return np.asarray(enough)


def denominated(spec: Spec, seen: Observations) -> tuple[Array, Array]:
    """(values, standard errors) of the scored indicators, each divided by its denominator: periods × units ×
    scored.

    A value whose denominator is missing is missing. Raises Fault for a denominator of 0.
    """
    values, errors = [], []
    for one in spec.scored:
        value, error = seen.value[..., seen.of(one.code)], seen.se[..., seen.of(one.code)]
        if one.denominator:
            below = seen.value[..., seen.of(one.denominator)]
            bad = np.argwhere(~np.isnan(value) & (below == 0))
            if len(bad):
                period, unit = bad[0].tolist()
                raise Fault(
                    _("the denominator %(code)s of %(unit)s in %(period)s is 0; mend it, or leave it empty"),
                    key=one.code,
                    code=one.denominator,
                    unit=seen.units[unit],
                    period=seen.periods[period],
                )
            value, error = value / below, error / np.abs(below)
        values.append(value)
        errors.append(error)
    return np.stack(values, axis=-1), np.stack(errors, axis=-1)


def imputed(rule: Impute, spec: Spec, seen: Observations, values: Array, part: NDArray[np.bool_]) -> Array:
    """`values` (… × periods × units × indicators) with each missing cell of a unit that takes part filled.

    By the mean or median of the units of the same period, or of the same group. Raises Fault where there is
    nobody to take it from: a single unit cannot be imputed from others.
    """
    missing: NDArray[np.bool_] = np.isnan(values) & part[..., None]
    if rule.method == "none" or not missing.any():
        return values
    filled = values.copy()
    for members in imputing_groups(rule, spec, seen.units):
        block = np.where(part[:, members, None], values[..., members, :], np.nan)
        stand_in = _middle(rule.method, block)[..., None, :]
        filled[..., members, :] = np.where(missing[..., members, :], stand_in, values[..., members, :])
    left = np.argwhere(np.isnan(filled) & missing)
    if len(left):
        period, unit, indicator = left[0][-3:].tolist()
        raise Fault(
            _(
                "no other unit has %(code)s in %(period)s, so %(unit)s cannot be imputed; add the value, "
                "or leave the indicator out"
            ),
            code=spec.scored[indicator].code,
            period=seen.periods[period],
            unit=seen.units[unit],
        )
    return filled


def _middle(method: str, block: Array) -> Array:
    with np.errstate(invalid="ignore"):
        empty = np.asarray(np.isnan(block).all(axis=-2))
        safe = np.where(empty[..., None, :], 0.0, block)
        found = np.nanmean(safe, axis=-2) if method.endswith("mean") else np.nanmedian(safe, axis=-2)
    return np.asarray(np.where(empty, np.nan, found))


def imputing_groups(rule: Impute, spec: Spec, units: Sequence[str]) -> list[list[int]]:
    if not rule.group:
        return [list(range(len(units)))]
    found: dict[str, list[int]] = {}
    for place, unit in enumerate(units):
        group = spec.groups[rule.group].get(unit, "")
        if not group:
            raise Fault(
                _("units.csv names no %(group)s of %(unit)s; add it"),
                file="units.csv",
                group=rule.group,
                unit=unit,
            )
        found.setdefault(group, []).append(place)
    return list(found.values())


def refuse_missing(spec: Spec, seen: Observations, values: Array, part: NDArray[np.bool_]) -> None:
    """Raises Faults naming what is missing of units that take part, unless the spec skips it."""
    left = np.argwhere(np.asarray(np.isnan(values)) & part[..., None])
    if spec.missing == "skip" or not len(left):
        return
    raise Faults(
        [
            Fault(
                _('%(unit)s has no %(code)s in %(period)s; add it, impute, or say missing = "skip"'),
                unit=seen.units[unit],
                code=spec.scored[indicator].code,
                period=seen.periods[period],
            )
            for period, unit, indicator in left[:50].tolist()
        ]
    )
