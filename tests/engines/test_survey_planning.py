"""Response rates, plans, and what a sample cannot tell."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from qinglian.engines.survey.design import design_of, variance
from qinglian.engines.survey.estimating import Estimate, difference, mean
from qinglian.engines.survey.planning import answers_for_change, margin_of_change, standard_error
from qinglian.engines.survey.rates import Dispositions, response_rates
from qinglian.engines.survey.replicates import balanced, bootstrap, jackknife, replicated
from qinglian.engines.survey.weighting import margin, rake
from qinglian.faults import Fault


def test_response_rates_by_hand() -> None:
    counts = Dispositions(500, 50, 150, 100, 25, 150, 25, eligible=0.6)
    rates = response_rates(counts)
    assert rates["RR1"] == 500 / 1000 and rates["RR2"] == 550 / 1000
    assert rates["RR3"] == 500 / (825 + 0.6 * 175) and rates["RR4"] == 550 / (825 + 0.6 * 175)
    assert rates["RR5"] == 500 / 825 and rates["RR6"] == 550 / 825
    assert rates["REF1"] == 0.15 and rates["COOP1"] == 500 / 725
    assert response_rates(Dispositions(10, refusal=5))["RR3"] is None


def test_a_plan_by_hand() -> None:
    """Scale 0–100, spread 25, 600 answers, design effect 1.5: error 1.25, a change shows from 2.9; one point
    a year needs 5,073."""
    assert standard_error(25, 600, 1.5) == pytest.approx(1.25)
    assert margin_of_change(25, 600, 1.5) == pytest.approx(2.908, abs=5e-4)
    assert answers_for_change(1, 25, 1.5) == 5073
    assert answers_for_change(1, 25, 1.5, power=0.8) > 2 * 5073
    assert answers_for_change(1, 25, 1.5, overlap=1, correlation=0.6) == pytest.approx(5073 * 0.4, abs=1)
    assert standard_error(25, 600, population=600) == 0


@given(st.floats(0.1, 10), st.floats(1, 40), st.floats(0.5, 4))
def test_a_plan_and_its_margin_are_each_others_inverse(change: float, sd: float, deff: float) -> None:
    n = answers_for_change(change, sd, deff)
    assert margin_of_change(sd, max(n, 2), deff) <= change * (1 + 1e-9)
    assert n <= 2 or margin_of_change(sd, n - 1, deff) >= change * (1 - 1e-9)


def refused(wanted: str, **columns: object) -> None:
    with pytest.raises(Fault, match=wanted):
        design_of(**columns)  # type: ignore[arg-type]


def test_what_a_sample_cannot_tell_is_refused() -> None:
    refused("only one cluster in stratum b", weight=[1, 1, 1], stratum=["a", "a", "b"])
    refused("above 0", weight=[1, 0])
    refused("frame has 1 clusters", weight=[1, 1], population=[1, 1])
    refused("one number all over", weight=[1, 1], population=[5, 6])
    with pytest.raises(Fault, match="jackknife"):
        balanced(design_of([1.0] * 3))
    with pytest.raises(Fault, match="join strata"):
        jackknife(design_of([1.0] * 3, stratum=["a", "a", "b"], lone="centre"))
    with pytest.raises(Fault, match="no total is known of x"):
        margin("sex", ["f", "x"], {"f": 3.0})
    with pytest.raises(Fault, match="nobody answered in m"):
        margin("sex", ["f"], {"f": 3.0, "m": 3.0})
    design = design_of([1.0] * 4)
    both = [margin("a", list("xxyy"), {"x": 1.0, "y": 1.0}), margin("b", list("pqpq"), {"p": 3.0, "q": 1.0})]
    with pytest.raises(Fault, match="different totals: a 2, b 4"):
        rake(design, both)
    with pytest.raises(Fault, match="nobody answered this"):
        mean(design, np.full(4, np.nan))


def test_raking_that_cannot_be_met_is_refused() -> None:
    design = design_of([1.0] * 2)
    impossible = [
        margin("a", ["x", "y"], {"x": 1.0, "y": 3.0}),
        margin("b", ["p", "q"], {"p": 3.0, "q": 1.0}),
    ]
    with pytest.raises(Fault, match="does not come to rest"):
        rake(design, impossible)


def test_lone_clusters_are_centred_or_certain_when_that_is_asked() -> None:
    values = np.array([1.0, 2.0, 6.0])
    centred = design_of([1.0] * 3, stratum=["a", "a", "b"], lone="centre")
    certain = design_of([1.0] * 3, stratum=["a", "a", "b"], lone="certainty")
    assert variance(certain, values) == pytest.approx(1.0)
    assert variance(centred, values) == pytest.approx(1.0 + (6 - 3) ** 2)


def test_an_exact_census_has_no_error() -> None:
    design = design_of([1.0] * 4, population=[4] * 4)
    assert mean(design, np.array([1.0, 5, 2, 8])).se == 0


def test_the_bootstrap_agrees_with_taylor() -> None:
    random = np.random.default_rng(3)
    strata = np.repeat(["a", "b", "c"], 40)
    values = random.normal(0, 1, 120) + np.repeat([0, 3, 6], 40)
    design = design_of(np.ones(120), stratum=strata, population=np.full(120, 400))
    drawn = replicated(
        design, bootstrap(design, 2000, 1), lambda d: float(d.weight @ values / d.weight.sum())
    )
    assert drawn.se == pytest.approx(mean(design, values).se, rel=0.06)


@given(st.lists(st.tuples(st.floats(0.1, 9), st.floats(-50, 50)), min_size=3, max_size=30))
def test_a_simple_random_sample_is_the_textbooks(rows: list[tuple[float, float]]) -> None:
    values = np.array([value for _weight, value in rows])
    design = design_of(np.full(len(values), 7.0))
    found = mean(design, values)
    assert found.value == pytest.approx(values.mean(), abs=1e-9)
    assert found.se == pytest.approx(values.std(ddof=1) / len(values) ** 0.5, abs=1e-9)


def test_errors_of_two_surveys_add_unless_they_go_together() -> None:
    first, last = Estimate(10, 3, 100, 99), Estimate(12, 4, 100, 99)
    assert difference(first, last).se == 5
    assert difference(first, last, 1.0).se == 1


def test_a_replicate_that_empties_a_cell_is_refused() -> None:
    design = design_of([1.0] * 4, cluster=list("aabb"))
    known = margin("sex", list("ffmm"), {"f": 2.0, "m": 2.0})
    with pytest.raises(Fault, match="without one cluster a cell is empty"):
        replicated(design, jackknife(design), lambda d: float(d.weight.sum()), lambda d: rake(d, [known]))
