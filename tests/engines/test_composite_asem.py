"""Every stage of COINr's ASEM index (R package COINr, MIT licence; data of the JRC) from ours."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from tests.engines.composite_specs import PRESETS, long, preset, table

from qinglian.engines.composite.claims import rank_interval, rank_matrix
from qinglian.engines.composite.edition import Edition, compute
from qinglian.engines.composite.observations import Array, read_observations
from qinglian.engines.composite.reading import read_spec
from qinglian.engines.composite.runs import simulate
from qinglian.engines.composite.sobol import sobol
from qinglian.engines.composite.spec import Spec

STAGES = [
    ("denominate", "Denominated"),
    ("impute", "Imputed"),
    ("treat", "Treated"),
    ("normalise", "Normalised"),
]


def theirs(edition: Edition, name: str, codes: list[str]) -> Array:
    rows = {row["UnitCode"]: row for row in table(f"COINr6_{name}")}
    return np.array(
        [
            [float(rows[u][c] if rows[u][c] not in ("", "NA") else "nan") for c in codes]
            for u in edition.seen.units
        ]
    )


def without_denominators(spec: Spec) -> Spec:
    kept = tuple(replace(one, denominator="") for one in spec.scored)
    return replace(spec, indicators=kept)


@pytest.fixture(scope="module")
def from_denominated() -> Edition:
    """The older COINr tables were rounded in Denominated, so what follows it is held against it."""
    spec = without_denominators(preset("coinr-asem"))
    codes = [one.code for one in spec.scored]
    cells = [
        (r["UnitCode"], "2018", c, "" if r[c] == "NA" else r[c])
        for r in table("COINr6_Denominated")
        for c in codes
    ]
    return compute(spec, read_observations(long(cells), spec))


@pytest.fixture(scope="module")
def from_raw() -> Edition:
    spec = preset("coinr-asem")
    codes = [one.code for one in spec.indicators]
    cells = [
        (r["uCode"], "2018", c, "" if r[c] == "NA" else r[c]) for r in table("ASEM_iData") for c in codes
    ]
    return compute(spec, read_observations(long(cells), spec))


@pytest.mark.parametrize(("stage", "name"), STAGES)
def test_each_stage_is_theirs_to_nine_places(from_denominated: Edition, stage: str, name: str) -> None:
    codes = [one.code for one in from_denominated.spec.scored]
    np.testing.assert_allclose(
        from_denominated.stages[stage][0], theirs(from_denominated, name, codes), rtol=1e-9, atol=1e-9
    )


def test_each_node_is_theirs_to_nine_places(from_denominated: Edition) -> None:
    for code, value in from_denominated.nodes.items():
        np.testing.assert_allclose(value[0], theirs(from_denominated, "Aggregated", [code])[:, 0], rtol=1e-9)


def test_ranks_are_those_of_their_index(from_denominated: Edition) -> None:
    index = theirs(from_denominated, "Aggregated", ["Index"])[:, 0]
    assert from_denominated.ranks[0].tolist() == [1 + int((index > one).sum()) for one in index]


def test_raw_data_give_the_same_within_the_rounding_of_their_tables(from_raw: Edition) -> None:
    codes = [one.code for one in from_raw.spec.scored]
    for stage, name in STAGES:
        np.testing.assert_allclose(
            from_raw.stages[stage][0], theirs(from_raw, name, codes), rtol=1e-7, atol=2e-7
        )
    index = theirs(from_raw, "Aggregated", ["Index"])[:, 0]
    np.testing.assert_allclose(from_raw.total[0], index, atol=1e-8)


DOUBT = """
[uncertainty]
runs = 20000
seed = 1
[[uncertainty.source]]
kind = "methods"
stage = "winsorise"
alternatives = ["1", "2", "3", "4", "5"]
[[uncertainty.source]]
kind = "methods"
stage = "normalise"
alternatives = ["min-max", "z"]
z = ["10", "2"]
[[uncertainty.source]]
kind = "methods"
stage = "aggregate"
alternatives = ["arithmetic", "geometric"]
[[uncertainty.source]]
kind = "weights"
model = "noise"
size = "0.25"
below = ["Index", "Conn", "Sust"]
"""
# Nominal, mean, median, 5 % and 95 % rank, as the vignette "Sensitivity Analysis" of COINr 1.1 prints them.
THEIRS = {
    "AUS": (35, 35.28, 35, 34.00, 38),
    "AUT": (7, 7.00, 7, 5.95, 9),
    "BEL": (5, 5.15, 5, 3.00, 9),
    "BGD": (46, 45.46, 46, 41.00, 48),
    "BGR": (30, 27.59, 28, 24.00, 30),
    "BRN": (40, 40.07, 40, 37.00, 45),
}


@pytest.fixture(scope="module")
def doubted_asem() -> Edition:
    texts = {path.name: path.read_text("utf-8") for path in (PRESETS / "coinr-asem").iterdir()}
    texts["spec.toml"] = texts["spec.toml"].replace('to = ["0", "100"]', 'to = ["1", "100"]') + DOUBT
    spec = read_spec(texts)
    codes = [one.code for one in spec.indicators]
    cells = [
        (r["uCode"], "2018", c, "" if r[c] == "NA" else r[c]) for r in table("ASEM_iData") for c in codes
    ]
    return compute(spec, read_observations(long(cells), spec))


def test_rank_statistics_are_those_that_their_vignette_prints(doubted_asem: Edition) -> None:
    """The same four doubts; their runs are few, so a mean may be half a rank off, a quantile one rank."""
    matrix = rank_matrix(simulate(doubted_asem), 0)
    low, middle, high = rank_interval(matrix, 0.9)
    for unit, (nominal, mean, median, least, most) in THEIRS.items():
        at = doubted_asem.seen.units.index(unit)
        assert doubted_asem.ranks[0, at] == nominal
        assert float(matrix[at] @ np.arange(1, 52)) == pytest.approx(mean, abs=0.5)
        assert [middle[at], low[at], high[at]] == pytest.approx([median, least, most], abs=1)


def test_the_order_of_the_doubts_is_that_of_their_vignette(doubted_asem: Edition) -> None:
    """It calls the aggregation method the most sensitive assumption, the points to winsorise the least."""
    (found,) = sobol(doubted_asem, 1024)
    assert found.target == "rank-shift"
    order = [one.name for one in sorted(found.groups, key=lambda one: -one.total)]
    assert (order[0], order[-1]) == ("methods:aggregate", "methods:winsorise")
