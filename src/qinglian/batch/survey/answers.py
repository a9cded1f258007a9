"""Reading answers, and estimating everything a plan asks for, by unit and period."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from qinglian.batch.survey.plan import Asked, Plan
from qinglian.engines.composite.tables import parted_otherwise, safely
from qinglian.engines.survey import estimating, replicates, weighting
from qinglian.engines.survey.design import Array, Design, design_of
from qinglian.engines.survey.estimating import Estimate
from qinglian.faults import Fault
from qinglian.faults import noop as _

Table = Mapping[str, NDArray[Any]]
"""Columns by name, as text; under LINE the line of each row."""
LINE = "\n"


@dataclass(frozen=True)
class Row:
    """An estimate of a unit and period."""

    unit: str
    period: str
    indicator: str
    estimate: Estimate


@dataclass(frozen=True)
class Break:
    """From `period` on a unit was asked in other ways than in the period before: values may differ for that
    alone."""

    unit: str
    period: str
    before: tuple[str, ...]
    after: tuple[str, ...]


def read_answers(text: str, plan: Plan) -> Table:
    """The columns the plan uses, as text. Raises Fault for a missing column, a short line, or no answer at
    all."""
    reader = csv.reader(io.StringIO(text.removeprefix("\ufeff"), newline=""))
    header = [cell.strip() for cell in next(safely(reader), [])]
    wanted = {*plan.columns.values(), *plan.margins}
    for one in plan.asked:
        wanted |= {name for name in (one.column, one.under, one.domain) if name}
    if parted := parted_otherwise(header):
        raise parted
    for name in sorted(wanted):
        if name not in header:
            raise Fault(_("the column %(name)s is missing; add it"), line=1, name=name)
    places = {name: header.index(name) for name in sorted(wanted)}
    columns: dict[str, list[str]] = {name: [] for name in places}
    lines: list[int] = []
    for cells in safely(reader):
        if not cells:
            continue
        if len(cells) != len(header):
            raise Fault(
                _("the line has %(count)d cells, the header %(wanted)d; mend the commas"),
                line=reader.line_num,
                count=len(cells),
                wanted=len(header),
            )
        lines.append(reader.line_num)
        for name, place in places.items():
            columns[name].append(cells[place].strip())
    if not lines:
        raise Fault(_("no answers in the file; give the one that holds them"))
    return {LINE: np.array(lines), **{name: np.array(cells) for name, cells in columns.items()}}


def estimate_all(plan: Plan, table: Table) -> tuple[list[Row], list[Break]]:
    """Every figure of the plan for each unit and period, each group being a sample of its own; and changes of
    mode."""
    rows: list[Row] = []
    modes: dict[tuple[str, str], tuple[str, ...]] = {}
    for unit, period, part in _groups(plan, table):
        design, recalibrate, start = _design(plan, part)
        for one in plan.asked:
            try:
                rows.append(
                    Row(unit, period, one.indicator, _estimate(plan, one, part, design, recalibrate, start))
                )
            except Fault as fault:
                raise fault.at(key=f"{one.indicator} {unit} {period}".strip()) from None
        if "mode" in plan.columns:
            modes[unit, period] = tuple(np.unique(part[plan.columns["mode"]]).tolist())
    return rows, list(_breaks(modes))


def _groups(plan: Plan, table: Table) -> Iterator[tuple[str, str, Table]]:
    size = len(next(iter(table.values())))
    blank = np.full(size, "")
    units = table[plan.columns["unit"]] if "unit" in plan.columns else blank
    periods = table[plan.columns["period"]] if "period" in plan.columns else blank
    for unit in np.unique(units):
        for period in np.unique(periods[units == unit]):
            inside = (units == unit) & (periods == period)
            yield str(unit), str(period), {name: column[inside] for name, column in table.items()}


def unseen(plan: Plan, table: Table) -> list[tuple[str, str, tuple[str, ...]]]:
    """(indicator, what it counts and nobody answered, what was answered) of proportions and domains: a
    share of 0 may be true, or a spelling."""
    found = []
    for one in plan.asked:
        for column, wanted in ((one.column, one.values), (one.domain, one.domain_values)):
            there = np.unique(table[column]).tolist() if wanted else []
            found += [(one.indicator, each, tuple(there[:8])) for each in wanted if each not in there]
    return found


Recalibrate = Callable[[Design], Design]


def _design(plan: Plan, part: Table) -> tuple[Design, Recalibrate | None, Design]:
    """(the design with its final weights, how to calibrate again, the design as drawn)."""
    roles = {role: part[column] for role, column in plan.columns.items()}
    size = len(next(iter(part.values())))
    weight, population = np.ones(size), None
    if "weight" in roles:
        weight = numbers(part, plan.columns["weight"], ())
    if "population" in roles:
        population = numbers(part, plan.columns["population"], ())
    drawn = design_of(weight, roles.get("stratum"), roles.get("cluster"), population, plan.lone)
    if not plan.margins:
        return drawn, None, drawn
    margins = [weighting.margin(name, part[name].tolist(), totals) for name, totals in plan.margins.items()]

    def calibrate(one: Design) -> Design:
        return weighting.rake(one, margins, plan.trim)

    return calibrate(drawn), calibrate, drawn


def numbers(part: Table, name: str, missing: tuple[str, ...]) -> Array:
    """A column as numbers, NaN for what counts as no answer; Fault names the first that is neither."""
    cells = part[name]
    none = np.isin(cells, missing) if missing else np.zeros(len(cells), bool)
    found = np.full(len(cells), np.nan)
    try:
        found[~none] = cells[~none].astype(float)
    except ValueError:
        wrong = [not _is_number(cell) for cell in cells[~none].tolist()]
        raise _no_number(part, name, np.flatnonzero(~none)[wrong]) from None
    odd = ~none & ~np.isfinite(found)
    if odd.any():
        raise _no_number(part, name, np.flatnonzero(odd))
    return found


def _no_number(part: Table, name: str, places: NDArray[np.int64]) -> Fault:
    at = int(places[0])
    return Fault(
        _("%(value)r is no number; mend it, or list it under missing"),
        line=int(part[LINE][at]),
        key=name,
        value=str(part[name][at]),
    )


def _is_number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return True


def _estimate(
    plan: Plan, one: Asked, part: Table, design: Design, recalibrate: Recalibrate | None, start: Design
) -> Estimate:
    inside = np.isin(part[one.domain], one.domain_values) if one.domain else None
    values = _values(plan, one, part)
    under = numbers(part, one.under, plan.missing) if one.under else values

    def by_taylor(weighed: Design) -> Estimate:
        if one.statistic == "total":
            return estimating.total(weighed, values, inside)
        if one.statistic == "ratio":
            return estimating.ratio(weighed, values, under, inside)
        if one.statistic == "quantile":
            return estimating.quantile(weighed, values, one.share, inside)
        return estimating.mean(weighed, values, inside)

    found = by_taylor(design)
    if plan.variance != "taylor":
        drawn = replicates.replicated(
            start, _replicates(plan, start), lambda d: by_taylor(d).value, recalibrate
        )
        found = Estimate(found.value, drawn.se, found.n, found.freedom, None)
    return Estimate(found.value * one.scale, found.se * one.scale, found.n, found.freedom, found.deff)


def _values(plan: Plan, one: Asked, part: Table) -> Array:
    cells = part[one.column]
    if one.statistic != "proportion":
        return numbers(part, one.column, plan.missing)
    return np.where(np.isin(cells, plan.missing), np.nan, np.isin(cells, one.values).astype(float))


def _replicates(plan: Plan, design: Design) -> replicates.Replicates:
    if plan.variance == "brr":
        return replicates.balanced(design, plan.fay)
    if plan.variance == "bootstrap":
        return replicates.bootstrap(design, plan.replicates, plan.seed)
    return replicates.jackknife(design)


def _breaks(modes: Mapping[tuple[str, str], tuple[str, ...]]) -> Iterator[Break]:
    before: dict[str, tuple[str, ...]] = {}
    for (unit, period), now in sorted(modes.items()):
        if unit in before and before[unit] != now:
            yield Break(unit, period, before[unit], now)
        before[unit] = now


def observations_csv(rows: list[Row]) -> bytes:
    """unit,period,indicator,value,se,n: what `qinglian index compute` reads."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(["unit", "period", "indicator", "value", "se", "n"])
    for row in rows:
        found = row.estimate
        writer.writerow([row.unit, row.period, row.indicator, repr(found.value), repr(found.se), found.n])
    return out.getvalue().encode()


def as_json(row: Row, share: float) -> dict[str, Any]:
    """A row with interval, design effect and degrees of freedom, numbers as text."""
    low, high = row.estimate.interval(share) if row.estimate.freedom > 0 else (float("nan"), float("nan"))
    return {
        "unit": row.unit,
        "period": row.period,
        "indicator": row.indicator,
        "value": repr(row.estimate.value),
        "se": repr(row.estimate.se),
        "n": row.estimate.n,
        "low": repr(low),
        "high": repr(high),
        "deff": None if row.estimate.deff is None else repr(row.estimate.deff),
        "freedom": row.estimate.freedom,
    }
