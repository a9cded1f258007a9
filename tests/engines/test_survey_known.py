"""Figures of R's survey package and of svy on two invented samples, to ten places; how they were made stands
in vectors/survey/SOURCES.md. And Levy and Lemeshow's six ambulances, as in the help of R's svrepdesign.
"""

from __future__ import annotations

import csv
import math
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from tests.engines.survey_samples import clusters, strata

from qinglian.engines.survey import estimating as est
from qinglian.engines.survey.design import Array, Design, design_of
from qinglian.engines.survey.replicates import balanced, jackknife, replicated
from qinglian.engines.survey.weighting import Margin, margin, poststratify, rake, trim

VECTORS = Path(__file__).parent / "vectors" / "survey"
SCHOOLS = {"E": 4421.0, "H": 755.0, "M": 1018.0}
MET = {"No": 2072.0, "Yes": 4122.0}


def column(name: str) -> dict[str, Any]:
    rows = table_of(name)
    found: dict[str, Any] = {key: np.array([row[key] for row in rows]) for key in rows[0]}
    return found | {key: found[key].astype(float) for key in ("score", "pupils", "pw", "fpc")}


def table_of(name: str) -> list[dict[str, str]]:
    with (VECTORS / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def known_of(name: str) -> dict[str, tuple[float, float]]:
    return {
        row["key"]: (float(row["value"]), float(row["se"].replace("NA", "nan"))) for row in table_of(name)
    }


R, SVY = known_of("known"), known_of("known_svy")
CLUS, STRAT = column("clusters"), column("strata")
DESIGNS = {
    "clusters": (CLUS, design_of(CLUS["pw"], cluster=CLUS["dnum"])),
    "clusters_fpc": (CLUS, design_of(CLUS["pw"], cluster=CLUS["dnum"], population=CLUS["fpc"])),
    "strata": (STRAT, design_of(STRAT["pw"], stratum=STRAT["stype"])),
    "strata_fpc": (STRAT, design_of(STRAT["pw"], stratum=STRAT["stype"], population=STRAT["fpc"])),
}
Kind = Callable[[Design, dict[str, Any]], est.Estimate]
MEAN: Kind = lambda d, c: est.mean(d, c["score"])  # noqa: E731
TOTAL: Kind = lambda d, c: est.total(d, c["pupils"])  # noqa: E731
RATIO: Kind = lambda d, c: est.ratio(d, c["score"], c["pupils"])  # noqa: E731
KINDS = {
    "mean": MEAN,
    "total": TOTAL,
    "ratio": RATIO,
    "proportion": lambda d, c: est.mean(d, (c["stype"] == "E").astype(float)),
    "mean/No": lambda d, c: est.mean(d, c["score"], c["met"] == "No"),
    "mean/Yes": lambda d, c: est.mean(d, c["score"], c["met"] == "Yes"),
    "total/No": lambda d, c: est.total(d, c["pupils"], c["met"] == "No"),
    "total/Yes": lambda d, c: est.total(d, c["pupils"], c["met"] == "Yes"),
    "quantile/0.25": lambda d, c: est.quantile(d, c["score"], 0.25),
    "quantile/0.5": lambda d, c: est.quantile(d, c["score"], 0.5),
    "quantile/0.75": lambda d, c: est.quantile(d, c["score"], 0.75),
}


def close(found: est.Estimate, known: tuple[float, float], rel: float = 1e-10) -> None:
    assert found.value == pytest.approx(known[0], rel=rel)
    assert found.se == pytest.approx(known[1], rel=rel, abs=1e-9)


def test_the_samples_are_those_that_the_script_makes() -> None:
    for name, rows in (("clusters", clusters()), ("strata", strata())):
        assert [{key: str(value) for key, value in row.items()} for row in rows] == table_of(name)


@pytest.mark.parametrize("design", DESIGNS)
@pytest.mark.parametrize("kind", KINDS)
def test_estimates_and_errors_are_those_of_r(design: str, kind: str) -> None:
    table, drawn = DESIGNS[design]
    close(KINDS[kind](drawn, table), R[f"{design}/{kind}"])


@pytest.mark.parametrize("key", [key for key in SVY if not key.endswith("deff")])
def test_estimates_and_errors_are_those_of_svy(key: str) -> None:
    """Not quantiles: svy's are answers that were given; ours, and R's, lie between them."""
    design, kind = key.split("/", 1)
    table, drawn = DESIGNS[design]
    close(KINDS[kind](drawn, table), SVY[key])


@pytest.mark.parametrize("known", [R, SVY])
@pytest.mark.parametrize("design", DESIGNS)
def test_design_effects(known: dict[str, tuple[float, float]], design: str) -> None:
    table, drawn = DESIGNS[design]
    assert est.mean(drawn, table["score"]).deff == pytest.approx(known[f"{design}/deff"][0], rel=1e-10)


def test_domains_by_label() -> None:
    table, drawn = DESIGNS["strata_fpc"]
    found = est.by_domain(drawn, table["met"], lambda part: est.mean(drawn, table["score"], part))
    close(found["No"], R["strata_fpc/mean/No"])
    close(found["Yes"], R["strata_fpc/mean/Yes"])


def known(table: dict[str, Any]) -> list[Margin]:
    return [margin("stype", table["stype"], SCHOOLS), margin("met", table["met"], MET)]


def test_post_stratification_with_taylor_and_with_the_jackknife() -> None:
    table, drawn = DESIGNS["clusters"]
    types = known(table)[0]
    close(est.mean(poststratify(drawn, types), table["score"]), R["poststratified/mean"])

    def value(one: Design) -> float:
        return est.mean(one, table["score"]).value

    again = replicated(drawn, jackknife(drawn), value, lambda one: _recalibrated(one, types))
    close(again, R["poststratified/jackknife"])


def _recalibrated(design: Design, types: Margin) -> Design:
    return poststratify(design, types)


def test_raking_with_the_jackknife() -> None:
    table, drawn = DESIGNS["clusters"]
    margins = known(table)

    def value(one: Design) -> float:
        return float(one.weight @ table["score"] / one.weight.sum())

    found = replicated(drawn, jackknife(drawn), value, lambda one: rake(one, margins))
    close(found, R["raked/jackknife"], 1e-8)  # both rake on to rest


@pytest.mark.parametrize("design", ["clusters", "clusters_fpc"])
def test_raking_has_the_taylor_errors_of_r(design: str) -> None:
    table, drawn = DESIGNS[design]
    raked = rake(drawn, known(table))
    close(est.mean(raked, table["score"]), R[f"raked/{design}/mean"], 1e-8)
    close(est.total(raked, table["pupils"]), R[f"raked/{design}/total"], 1e-8)
    close(est.mean(raked, table["score"], table["met"] == "Yes"), R[f"raked/{design}/mean/Yes"], 1e-8)


def test_a_finite_population_and_known_totals_go_together() -> None:
    table, drawn = DESIGNS["clusters_fpc"]
    close(est.mean(poststratify(drawn, known(table)[0]), table["score"]), R["poststratified_fpc/mean"])


def test_raking_meets_every_margin_and_its_taylor_error_is_near_that_of_its_jackknife() -> None:
    table, drawn = DESIGNS["clusters"]
    raked = rake(drawn, known(table))
    for one in known(table):
        sums = np.bincount(one.cell, weights=raked.weight)
        assert sums == pytest.approx(one.totals, rel=1e-9)
    linear = est.mean(raked, table["score"]).se
    assert 0.8 < linear / R["raked/jackknife"][1] < 1.0


def test_one_margin_raked_is_post_stratified() -> None:
    table, drawn = DESIGNS["clusters"]
    types = known(table)[0]
    one, other = rake(drawn, [types]), poststratify(drawn, types)
    assert one.weight == pytest.approx(other.weight, rel=1e-10)
    assert est.mean(one, table["score"]).se == pytest.approx(est.mean(other, table["score"]).se, rel=1e-9)


def test_trimming_shares_out_what_it_cuts() -> None:
    table, drawn = DESIGNS["strata"]
    close(est.mean(trim(drawn, 40), table["score"]), R["trimmed/mean"])
    limits = (0.3, 2.5)
    raked = rake(DESIGNS["clusters"][1], known(CLUS), limits)
    mean = raked.weight.mean()
    assert limits[0] * mean - 1e-6 <= raked.weight.min() and raked.weight.max() <= limits[1] * mean + 1e-6


@pytest.mark.parametrize("design", ["clusters", "strata"])
def test_the_jackknife(design: str) -> None:
    table, drawn = DESIGNS[design]
    factors = jackknife(drawn)
    close(replicated(drawn, factors, lambda d: _mean(d, table["score"])), R[f"jackknife/{design}/mean"])
    close(
        replicated(drawn, factors, lambda d: float(d.weight @ table["pupils"])),
        R[f"jackknife/{design}/total"],
    )


def _mean(design: Design, values: Array) -> float:
    return float(design.weight @ values / design.weight.sum())


@pytest.mark.parametrize("fay", [0.0, 0.3])
def test_balanced_half_samples_of_six_ambulances(fay: float) -> None:
    stratum = ["1", "1", "2", "2", "3", "3"]
    drawn = design_of(np.ones(6), stratum=stratum, cluster=["1", "2"] * 3)
    alive, arrests = np.array([25.0, 24, 30, 49, 80, 70]), np.array([120.0, 78, 185, 228, 670, 530])
    halves = balanced(drawn, fay)
    close(replicated(drawn, halves, lambda d: _mean(d, alive)), (46.3333333333333, 3.58236421003411))
    close(replicated(drawn, halves, lambda d: float(d.weight @ arrests)), (1811, 152.35813073151))


@pytest.mark.parametrize(
    ("share", "freedom", "wanted"),
    [(0.975, 14, 2.144786688), (0.95, 1, 6.313751515), (0.975, 2, 4.30265273), (0.975, 197, 1.972079034)],
)
def test_students_quantiles_are_those_of_the_tables(share: float, freedom: int, wanted: float) -> None:
    assert est.student_quantile(share, freedom) == pytest.approx(wanted, rel=1e-8)


def test_estimates_do_not_move_when_weights_are_doubled() -> None:
    table, drawn = DESIGNS["clusters"]
    twice = replace(drawn, weight=drawn.weight * 2)
    for kind in (MEAN, RATIO):
        assert kind(twice, table).se == pytest.approx(kind(drawn, table).se, rel=1e-12)
    assert math.isclose(TOTAL(twice, table).se, 2 * TOTAL(drawn, table).se)
