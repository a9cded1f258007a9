"""Whole indices of random form against a second computation in plain Python that shares no line with it."""

from __future__ import annotations

import json
import math
import statistics
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.engines.composite_specs import long

from qinglian.engines.composite.doubt import drawn_weights, stream
from qinglian.engines.composite.edition import Edition, compute
from qinglian.engines.composite.explaining import bridge, contributions
from qinglian.engines.composite.observations import read_observations
from qinglian.engines.composite.reading import read_spec
from qinglian.engines.composite.runs import Machine

NAMES = 'names = { zh-Hans = "n", zh-Hant = "n", en = "n" }\n'
Cell = tuple[str, str, str]


@dataclass
class Made:
    """A random index: its files as text, and the same as plain values."""

    normalise: str
    reference: str
    weights: str
    impute: str
    skip: bool
    nodes: dict[str, tuple[str, str, float]] = field(default_factory=dict)
    rows: dict[str, dict[str, Any]] = field(default_factory=dict)
    data: dict[Cell, float | None] = field(default_factory=dict)
    units: list[str] = field(default_factory=list)
    periods: list[str] = field(default_factory=list)
    group: dict[str, str] = field(default_factory=dict)
    floors: set[str] = field(default_factory=set)
    cap: float = 0.0

    def edition(self, doubt: str = "") -> Edition:
        spec = read_spec(
            {"spec.toml": self.toml() + doubt, "indicators.csv": self.csv(), "units.csv": self.places()}
        )
        cells: list[tuple[str, str, str, object]] = [
            (u, p, c, "" if v is None else repr(v)) for (u, p, c), v in self.data.items()
        ]
        return compute(spec, read_observations(long(cells), spec))

    def toml(self) -> str:
        text = f'v = "index-spec/1"\nindex = "made"\nversion = "1"\n{NAMES}'
        text += f'missing = "{"skip" if self.skip else "refuse"}"\n[normalise]\nmethod = "{self.normalise}"\n'
        text += f'reference = "{self.reference}"\n' if self.normalise not in ("goalposts", "rank") else ""
        text += 'to = ["50", "10"]\n' if self.normalise == "z" else ""
        text += f'[weights]\nmethod = "{self.weights}"\n'
        text += 'sum = "parts"\n' if self.weights == "stated" else ""
        if self.impute:
            text += f'[impute]\nmethod = "{self.impute}"\n'
            text += 'group = "where"\n' if self.impute.startswith("group") else ""
        for code, (parent, mean, weight) in self.nodes.items():
            text += f'[[node]]\ncode = "{code}"\n{NAMES}weight = {int(weight)}\naggregate = "{mean}"\n'
            text += f'parent = "{parent}"\n' if parent else ""
            text += 'floor = "1"\n' if mean != "arithmetic" or code in self.floors else ""
            text += 'exponent = "0.5"\n' if mean == "power" else ""
        text += f'[[deduction]]\ncode = "D"\n{NAMES}indicator = "d"\nper_case = "0.7"\ncap = "{self.cap}"\n'
        return text

    def csv(self) -> str:
        text = "code,parent,direction,weight,low,high,target,treat\n"
        for code, row in self.rows.items():
            text += f"{code},{row['parent']},{row['sign']:+d},{row['weight']},{row['low']},{row['high']},"
            text += f"{row['target']},{row['treat']}\n"
        return text + "d,,deduction,,,,,\n"

    def places(self) -> str:
        return "unit,where\n" + "".join(f"{unit},{self.group[unit]}\n" for unit in self.units)

    def total(self, period: str, unit: str) -> float:
        """The second computation."""
        root = next(code for code, (parent, _mean, _weight) in self.nodes.items() if not parent)
        cases = self.data.get((unit, period, "d")) or 0.0
        return self.node(root, period, unit) - min(self.cap, 0.7 * cases)

    def node(self, code: str, period: str, unit: str) -> float:
        mean = self.nodes[code][1]
        below = [(w, self.node(c, period, unit)) for c, (p, _m, w) in self.nodes.items() if p == code]
        below += [
            (float(row["weight"]), self.score(c, period, unit))
            for c, row in self.rows.items()
            if row["parent"] == code
        ]
        there = [(1.0 if self.weights == "equal" else w, v) for w, v in below if not math.isnan(v)]
        if not there:
            return math.nan
        if mean != "arithmetic" or code in self.floors:
            there = [(w, max(v, 1.0)) for w, v in there]
        whole = sum(w for w, _v in there)
        if mean == "geometric":
            return math.prod(v ** (w / whole) for w, v in there)
        p = {"arithmetic": 1.0, "harmonic": -1.0, "power": 0.5}[mean]
        return float(sum(w * v**p for w, v in there) / whole) ** (1 / p)

    def value(self, code: str, period: str, unit: str) -> float:
        """After imputing and treating."""
        raw = self.data[unit, period, code]
        if raw is None and self.impute:
            mates = [u for u in self.units if not self.impute.startswith("group") or self.same(u, unit)]
            held = [v for u in mates if (v := self.data[u, period, code]) is not None]
            raw = statistics.median(held) if self.impute.endswith("median") else statistics.fmean(held)
        return math.nan if raw is None else self.logged(code, raw)

    def same(self, one: str, other: str) -> bool:
        return self.group[one] == self.group[other]

    def logged(self, code: str, value: float) -> float:
        return math.log(value) if self.rows[code]["treat"] == "log" else value

    def score(self, code: str, period: str, unit: str) -> float:
        row, x = self.rows[code], self.value(code, period, unit)
        if math.isnan(x):
            return x
        up = row["sign"] > 0
        if self.normalise == "goalposts":
            low, high = self.logged(code, row["low"]), self.logged(code, row["high"])
            share = min(1.0, max(0.0, (x - low) / (high - low)))
            return 100 * (share if up else 1 - share)
        periods = {"each-period": [period], "pooled": self.periods}.get(self.reference, [self.reference])
        if self.normalise == "rank":
            periods = [period]
        pool = [self.value(code, p, u) for p in periods for u in self.units]
        pool = [each for each in pool if not math.isnan(each)]
        if self.normalise == "z":
            z = (x - statistics.fmean(pool)) / statistics.stdev(pool)
            return 50 + 10 * (z if up else -z)
        if self.normalise == "rank":
            worse = sum((y < x) if up else (y > x) for y in pool)
            return 100 * (worse + (pool.count(x) - 1) / 2) / (len(pool) - 1)
        least, most = min(pool), max(pool)
        if self.normalise == "min-max":
            return 100 * ((x - least) if up else (most - x)) / (most - least)
        target = self.logged(code, row["target"])
        return 100 * min(1.0, (x - least) / (target - least) if up else (most - x) / (most - target))


@st.composite
def made(draw: st.DrawFn, normalise: str = "", units: int = 0) -> Made:
    pick: Callable[[list[Any]], Any] = lambda options: draw(st.sampled_from(options))  # noqa: E731
    method = normalise or pick(["goalposts", "goalposts", "min-max", "z", "rank", "distance-to-target"])
    periods = [str(2020 + at) for at in range(draw(st.integers(1, 3)))]
    count = units or draw(st.integers(1 if method == "goalposts" else 4, 6))
    gaps = pick(["none", "skip", "impute"]) if count >= 4 else pick(["none", "skip"])
    one = Made(
        normalise=method,
        reference=pick(["each-period", "pooled", periods[0]]),
        weights=pick(["stated", "equal"]),
        impute=pick(["mean", "median", "group-mean", "group-median"]) if gaps == "impute" else "",
        skip=gaps == "skip",
        units=[f"u{at}" for at in range(count)],
        periods=periods,
        cap=draw(st.integers(1, 5)) / 2,
    )
    one.group = {unit: "ab"[at % 2] for at, unit in enumerate(one.units)}
    means = ["arithmetic", "geometric", "harmonic", "power"]
    one.nodes["root"] = ("", pick(means), 1)
    for at in range(draw(st.integers(0, 3))):
        one.nodes[f"n{at}"] = (
            pick(["root", *[f"n{b}" for b in range(at)]]),
            pick(means),
            draw(st.integers(1, 9)),
        )
    bare = [
        code for code in one.nodes if all(parent != code for parent, _mean, _weight in one.nodes.values())
    ]
    homes = bare + [pick(list(one.nodes)) for _more in range(draw(st.integers(1, 4)))]
    number = st.integers(1, 400).map(lambda n: n / 4)
    for at, home in enumerate(homes):
        low = draw(st.integers(1, 40)) / 2
        one.rows[f"i{at}"] = {
            "parent": home,
            "sign": pick([1, -1]),
            "weight": draw(st.integers(1, 9)),
            "low": low,
            "high": low + draw(st.integers(1, 60)),
            "treat": pick(["", "", "log"]) if method != "distance-to-target" else "",
        }
        one.rows[f"i{at}"]["target"] = 150 if one.rows[f"i{at}"]["sign"] > 0 else "0.1"
        for period in periods:
            values = draw(st.lists(number, min_size=count, max_size=count, unique=True))
            for place, (unit, value) in enumerate(zip(one.units, values, strict=True)):
                spared = at == 0 or place in (0, 1) or (place in (2, 3) and method != "goalposts")
                empty = gaps != "none" and not spared and draw(st.integers(0, 3)) == 0
                one.data[unit, period, f"i{at}"] = None if empty else value
    for row in one.rows.values():
        row["target"] = float(row["target"])
    for period in periods:
        for unit in one.units:
            one.data[unit, period, "d"] = float(draw(st.integers(0, 4)))
    return one


@settings(max_examples=100, deadline=None)
@given(made())
def test_every_total_is_that_of_a_second_computation(one: Made) -> None:
    edition = one.edition()
    for p, period in enumerate(one.periods):
        for u, unit in enumerate(one.units):
            assert edition.total[p, u] == pytest.approx(one.total(period, unit), rel=1e-9, abs=1e-9)


@settings(max_examples=50, deadline=None)
@given(made())
def test_contributions_and_bridges_of_any_index_add_up(one: Made) -> None:
    edition = one.edition()
    for u in range(len(one.units)):
        last = len(one.periods) - 1
        found = [contributions(edition, last, u)]
        found += [bridge(edition, u, 0, last)] if last else []
        for each in found:
            whole = each.first + sum(each.indicators.values()) + each.deductions + each.availability
            assert whole == pytest.approx(each.last, rel=1e-9, abs=1e-8)


@settings(max_examples=30, deadline=None)
@given(made("goalposts"))
def test_draws_of_weights_and_methods_are_whole_computations(one: Made) -> None:
    """Each run against the plain computation with its weights, its mean of the root and its goalposts."""
    for row in one.rows.values():
        row["treat"] = ""
    one.floors.add("root")
    first = "arithmetic" if one.nodes["root"][1] == "power" else one.nodes["root"][1]
    one.nodes["root"] = ("", first, 1)
    means = [first, "geometric" if first != "geometric" else "harmonic"]
    choices = json.dumps(means)
    doubt = f"""[uncertainty]\nruns = 100\nseed = 5
[[uncertainty.source]]\nkind = "weights"\nmodel = "noise"\nsize = "0.5"
[[uncertainty.source]]\nkind = "methods"\nstage = "goalposts"\nalternatives = ["0", "0.2"]
[[uncertainty.source]]\nkind = "methods"\nstage = "aggregate"\nnode = "root"\nalternatives = {choices}
"""
    edition = one.edition(doubt)
    machine, runs = Machine(edition), 12
    values = machine.values(0, runs, 5)["root"].reshape(runs, *edition.part.shape)
    weights = drawn_weights(edition, machine.groups[0].source, stream(5, 0, 0, 0), runs)
    wide, mean = (stream(5, at, 0, 0).integers(0, 2, runs) for at in (1, 2))
    for run in range(runs):
        again = _again(one, edition, weights, run, 0.2 * wide[run], means[mean[run]])
        np.testing.assert_allclose(values[run], again, rtol=1e-9)


def _again(
    one: Made, edition: Edition, weights: dict[str, Any], run: int, widen: float, mean: str
) -> list[list[float]]:
    """The plain computation with the weights of a run, wider goalposts and another mean of the root."""
    again = replace(
        one, weights="stated", nodes=dict(one.nodes), rows={c: dict(r) for c, r in one.rows.items()}
    )
    for row in again.rows.values():
        half = (row["high"] - row["low"]) / 2 * widen
        row["low"], row["high"] = row["low"] - half, row["high"] + half
    for node in one.nodes:
        drawn = weights[node][run] if node in weights else edition.weights[node]
        for code, weight in zip(edition.spec.children(node), np.asarray(drawn).tolist(), strict=True):
            if code in again.rows:
                again.rows[code]["weight"] = weight
            else:
                again.nodes[code] = (*again.nodes[code][:2], weight)
    again.nodes["root"] = ("", mean, 1)
    again.cap = 0.0
    return [[again.total(period, unit) for unit in one.units] for period in one.periods]
