"""The long CSV `unit,period,indicator,value[,se,n]` → arrays of period × unit × indicator, NaN where nothing
is."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from qinglian.engines.composite.spec import Spec
from qinglian.engines.composite.tables import rows
from qinglian.faults import Fault, Faults
from qinglian.faults import noop as _

Array = NDArray[np.float64]
COLUMNS = ("unit", "period", "indicator", "value", "se", "n")
MOST_FAULTS = 50


@dataclass(frozen=True)
class Observations:
    """value, se and n have shape periods × units × codes. codes: all indicators of the spec, in its order."""

    periods: tuple[str, ...]
    units: tuple[str, ...]
    codes: tuple[str, ...]
    value: Array
    se: Array
    n: Array

    def of(self, code: str) -> int:
        return self.codes.index(code)


def read_observations(text: str, spec: Spec) -> Observations:
    """The data of the units and periods the spec selects (all where it names none).

    Periods are sorted as text, units stand in the order they first appear. Raises Faults with the lines: an
    unknown indicator or unit, what is no number, a cell twice, a negative error, an indicator with no data.
    """
    faults: list[Fault] = []
    codes = {one.code: place for place, one in enumerate(spec.indicators)}
    cells: dict[tuple[str, str, int], tuple[float, float, float]] = {}
    units, periods = dict.fromkeys(spec.units), set(spec.periods)
    for line, row in rows(text, COLUMNS[:4], COLUMNS, faults):
        if (spec.units and row["unit"] not in units) or (spec.periods and row["period"] not in periods):
            continue
        if spec.unit_names and row["unit"] and row["unit"] not in spec.unit_names:
            faults.append(
                Fault(
                    _("%(unit)s is not in units.csv; mend the unit, or add its row there"),
                    line=line,
                    key="unit",
                    unit=row["unit"],
                )
            )
        found = _cell(row, codes, line, faults)
        key = (row["period"], row["unit"], codes.get(row["indicator"], -1))
        if key in cells:
            faults.append(Fault(_("the value stands twice; keep one"), line=line, key=row["indicator"]))
        if len(faults) > MOST_FAULTS:
            break
        units.setdefault(row["unit"])
        periods.add(row["period"])
        cells[key] = found
    if not faults:
        faults.extend(_empty(spec, cells))
    if faults:
        raise Faults(faults)
    return _cube(sorted(periods), list(units), codes, cells)


def _cell(
    row: Mapping[str, str], codes: Mapping[str, int], line: int, faults: list[Fault]
) -> tuple[float, float, float]:
    if row["indicator"] not in codes:
        faults.append(
            Fault(
                _("no indicator %(code)r in the spec; mend the code, or take the row out"),
                line=line,
                key="indicator",
                code=row["indicator"],
            )
        )
    if not row["unit"] or not row["period"]:
        faults.append(Fault(_("a unit and a period are needed; write both"), line=line))
    numbers = []
    for name in COLUMNS[3:]:
        word = row.get(name, "")
        try:
            value = float(word) if word else np.nan
        except ValueError:
            value = np.inf
        if name != "value" and -np.inf < value < 0:
            faults.append(
                Fault(
                    _("%(value)s is below 0, which this cannot be; mend it"), line=line, key=name, value=word
                )
            )
        elif np.isinf(value) or (word and np.isnan(value)):
            faults.append(
                Fault(
                    _("%(value)r is no number; write digits, with a point"), line=line, key=name, value=word
                )
            )
        numbers.append(value)
    return numbers[0], numbers[1], numbers[2]


def _empty(spec: Spec, cells: Mapping[tuple[str, str, int], tuple[float, float, float]]) -> list[Fault]:
    held = {place for (_period, _unit, place), cell in cells.items() if not np.isnan(cell[0])}
    if not cells:
        return [
            Fault(_("no row of the units and periods that the spec selects; mend the file or the selection"))
        ]
    lacking = [
        Fault(
            _("the spec selects %(name)s, of which there is no row; add its data, or take it out"),
            name=name,
        )
        for names, place in ((spec.periods, 0), (spec.units, 1))
        for name in names
        if name not in {key[place] for key in cells}
    ]
    return lacking + [
        Fault(_("the indicator has no data; add its rows, or take it out of indicators.csv"), key=one.code)
        for place, one in enumerate(spec.indicators)
        if place not in held and one.role != "deduction"
    ]


def _cube(
    periods: list[str],
    units: list[str],
    codes: Mapping[str, int],
    cells: Mapping[tuple[str, str, int], tuple[float, float, float]],
) -> Observations:
    shape = (len(periods), len(units), len(codes))
    value, se, n = (np.full(shape, np.nan) for _each in range(3))
    at_period = {name: place for place, name in enumerate(periods)}
    at_unit = {name: place for place, name in enumerate(units)}
    for (period, unit, place), cell in cells.items():
        where = at_period[period], at_unit[unit], place
        value[where], se[where], n[where] = cell
    return Observations(tuple(periods), tuple(units), tuple(codes), value, se, n)
