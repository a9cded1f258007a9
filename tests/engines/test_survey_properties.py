"""What must hold of any sample: identities between estimators that are computed in different ways."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from qinglian.engines.survey import estimating as est
from qinglian.engines.survey.design import Array, Design, _distinct, design_of
from qinglian.engines.survey.replicates import balanced, jackknife, replicated
from qinglian.engines.survey.weighting import margin, poststratify, rake


@dataclass
class Sample:
    """Answers with all that a design needs, as columns."""

    weight: Array
    stratum: list[str]
    cluster: list[str]
    population: Array
    answer: Array
    other: Array
    group: np.ndarray

    def design(self, order: list[int] | None = None) -> Design:
        at = order or list(range(len(self.stratum)))
        return design_of(
            self.weight[at],
            [self.stratum[i] for i in at],
            [self.cluster[i] for i in at],
            self.population[at],
        )


@st.composite
def samples(draw: st.DrawFn, pairs: bool = False) -> Sample:
    rows: list[tuple[float, str, str, float, float, float, str]] = []
    number = st.integers(0, 400).map(lambda n: n / 8)
    for stratum in range(draw(st.integers(1, 4))):
        clusters = 2 if pairs else draw(st.integers(2, 5))
        frame = math.inf if pairs else float(clusters + draw(st.integers(0, 20)))
        for cluster in range(clusters):
            for _answer in range(draw(st.integers(1, 4))):
                values = draw(number), draw(number) + 1, draw(st.integers(1, 40)) / 4
                group = draw(st.sampled_from("ab"))
                rows.append((values[2], f"s{stratum}", f"c{cluster}", frame, *values[:2], group))
    rows[0], rows[-1] = (*rows[0][:6], "a"), (*rows[-1][:6], "b")
    columns = list(zip(*rows, strict=True))
    population = np.array(columns[3]) if not pairs else np.array([9e15] * len(rows))
    return Sample(
        np.array(columns[0]),
        list(columns[1]),
        list(columns[2]),
        population,
        np.array(columns[4]),
        np.array(columns[5]),
        np.array(columns[6]),
    )


def near(one: est.Estimate, other: est.Estimate, rel: float = 1e-9) -> None:
    assert one.value == pytest.approx(other.value, rel=rel, abs=1e-9)
    assert one.se == pytest.approx(other.se, rel=rel, abs=1e-7)


@settings(max_examples=60, deadline=None)
@given(samples())
def test_the_jackknife_of_a_total_is_its_taylor_error(one: Sample) -> None:
    design = one.design()
    again = replicated(design, jackknife(design), lambda d: float(d.weight @ one.answer))
    near(again, est.total(design, one.answer))


@settings(max_examples=40, deadline=None)
@given(samples(pairs=True), st.sampled_from([0.0, 0.4]))
def test_balanced_half_samples_of_a_total_are_its_taylor_error(one: Sample, fay: float) -> None:
    design = one.design()
    again = replicated(design, balanced(design, fay), lambda d: float(d.weight @ one.answer))
    near(again, est.total(design, one.answer))


@settings(max_examples=60, deadline=None)
@given(samples(), st.randoms(use_true_random=False))
def test_the_order_of_answers_changes_nothing(one: Sample, random: object) -> None:
    order = list(range(len(one.stratum)))
    random.shuffle(order)  # type: ignore[attr-defined]
    for estimate in (est.mean, est.total, lambda d, y: est.quantile(d, y, 0.4)):
        near(estimate(one.design(order), one.answer[order]), estimate(one.design(), one.answer))


@settings(max_examples=60, deadline=None)
@given(samples())
def test_a_domains_mean_is_a_ratio_of_totals(one: Sample) -> None:
    design, inside = one.design(), one.group == "a"
    near(
        est.mean(design, one.answer, inside),
        est.ratio(design, np.where(inside, one.answer, 0.0), inside.astype(float)),
    )
    both = [est.total(design, one.answer, one.group == label).value for label in "ab"]
    assert sum(both) == pytest.approx(est.total(design, one.answer).value)


@settings(max_examples=60, deadline=None)
@given(samples())
def test_what_is_known_has_no_error(one: Sample) -> None:
    """After calibrating, totals of the margins' cells are those that were known, and certain."""
    known = {"a": 700.0, "b": 300.0}
    design = one.design()
    halves = np.where(one.other > np.median(one.other), "x", "y")
    after = [poststratify(design, margin("group", one.group.tolist(), known))]
    if len(set(zip(one.group.tolist(), halves.tolist(), strict=True))) == 4:  # else margins may contradict
        margins = [
            margin("group", one.group.tolist(), known),
            margin("half", halves.tolist(), {"x": 450.0, "y": 550.0}),
        ]
        after.append(rake(design, margins))
    for calibrated in after:
        for label, total in known.items():
            found = est.total(calibrated, (one.group == label).astype(float))
            assert found.value == pytest.approx(total, rel=1e-8)
            assert found.se == pytest.approx(0, abs=1e-6)


@settings(max_examples=40, deadline=None)
@given(samples(), st.floats(0.05, 0.95))
def test_a_quantile_leaves_its_share_below(one: Sample, share: float) -> None:
    found = est.quantile(one.design(), one.answer, share).value
    below = one.weight[one.answer < found].sum() / one.weight.sum()
    upto = one.weight[one.answer <= found].sum() / one.weight.sum()
    steps = [one.weight[one.answer == value].sum() / one.weight.sum() for value in np.unique(one.answer)]
    assert below <= share + 1e-9
    assert upto >= share - max(steps) - 1e-9


@given(st.lists(st.integers(-5, 5) | st.integers(-(10**9), 10**9), min_size=1, max_size=30))
def test_labels_are_told_apart_as_a_sort_would(labels: list[int]) -> None:
    found, codes = _distinct(np.array(labels))
    assert found.tolist() == sorted(set(labels))
    assert found[codes].tolist() == labels
