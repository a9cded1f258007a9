"""Uncertainty against what mathematics says it must be."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise
from statistics import NormalDist

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.engines.composite_specs import DATA, PRESETS, ROWS, doubted, long, preset, small, source

from qinglian.engines.composite.claims import claims_of, rank_interval, rank_matrix, without_error
from qinglian.engines.composite.doubt import spread
from qinglian.engines.composite.edition import Edition, compute
from qinglian.engines.composite.observations import read_observations
from qinglian.engines.composite.publishing import ranks
from qinglian.engines.composite.runs import Machine, simulate
from qinglian.engines.composite.sobol import estimate, indices_from_outputs, resamples, sobol
from qinglian.faults import Fault

MC = 4.5  # standard errors of a simulated mean that chance may take; one in 150,000

SAMPLED = doubted(source("sampling", indicators='["A"]'), runs=40_000)


@pytest.fixture(scope="module")
def zone() -> Edition:
    spec = preset("one-zone")
    return compute(spec, read_observations((PRESETS / "one-zone" / "data.csv").read_text("utf-8"), spec))


def test_a_change_of_sampled_means_is_judged_as_the_normal_formula_judges_it() -> None:
    """A: 5 ± 0.5 to 6 ± 0.5 on goalposts 0–10, half the weight; B moves from 40 to 30 without error."""
    edition = small(SAMPLED)
    change = claims_of(simulate(edition), 0).changes[0]
    expected, error = 0.5 * 10 + 0.5 * 10, 0.5 * (0.5 * 10) * 2**0.5
    assert change.difference == pytest.approx(expected)
    assert change.rise == pytest.approx(NormalDist().cdf(expected / error), abs=0.003)
    assert change.detectable == pytest.approx(1.6449 * error, rel=0.02)
    assert change.high - change.low == pytest.approx(2 * 1.6449 * error, rel=0.02)


@pytest.mark.parametrize(("correlation", "factor"), [("0", 1.0), ("0.5", 0.5**0.5), ("1", 0.0)])
def test_errors_that_go_together_cancel_in_a_change(correlation: str, factor: float) -> None:
    spec = doubted(source("sampling", indicators='["A"]'), runs=20_000, correlation=correlation)
    runs = simulate(small(spec))
    moved = (runs.totals[:, 1, 0] - runs.totals[:, 0, 0]).std()
    assert moved == pytest.approx(0.5 * 5 * 2**0.5 * factor, rel=0.03, abs=1e-9)


def test_counts_have_the_spread_of_a_beta() -> None:
    spec = doubted(source("counts", model='"beta"', scale="100", indicators='["B"]'), runs=40_000)
    drawn = simulate(small(spec)).totals[:, 0, 0]
    a, b = 80.5, 120.5
    assert drawn.std() == pytest.approx(0.5 * 100 * (a * b / (a + b) ** 2 / (a + b + 1)) ** 0.5, rel=0.02)
    assert drawn.mean() == pytest.approx(0.5 * 50 + 0.5 * (100 - 100 * a / (a + b)), abs=0.05)


@pytest.mark.parametrize(("model", "scale"), [("beta", "100"), ("gamma", "100")])
@pytest.mark.parametrize("correlation", ["0.5", "1"])
def test_counts_go_together_as_the_spec_says_and_keep_their_spread(
    model: str, scale: str, correlation: str
) -> None:
    """Two editions of the same count: spread of each as alone, correlation as stated. Of 200 beside 800 cases
    no more than √(200/800) of it can be shared."""
    sources = source("counts", model=f'"{model}"', scale=f'"{scale}"', indicators='["B"]')
    data = DATA.replace("A,6", "A,5").replace("B,30", "B,40")
    alone = simulate(small(doubted(sources, 40_000), data=data)).totals[:, :, 0]
    both = simulate(small(doubted(sources, 40_000, correlation), data=data)).totals[:, :, 0]
    assert np.corrcoef(alone.T)[0, 1] == pytest.approx(0, abs=0.02)
    assert np.corrcoef(both.T)[0, 1] == pytest.approx(float(correlation), abs=0.02)
    assert both.std(axis=0) == pytest.approx(alone.std(axis=0), rel=0.03)
    assert both.mean(axis=0) == pytest.approx(alone.mean(axis=0), abs=0.05)
    more = data.replace("2026,B,40,,200", "2026,B,40,,800")
    unequal = simulate(small(doubted(sources, 40_000, correlation), data=more)).totals[:, :, 0]
    assert np.corrcoef(unequal.T)[0, 1] == pytest.approx(float(correlation) / 2, abs=0.02)


def test_a_count_that_one_edition_lacks_leaves_the_others_alone() -> None:
    text = doubted(source("counts", model='"beta"', scale="100", indicators='["B"]'), 2000, "0.5")
    data = DATA.replace("u,2026,B,30,,200", "u,2026,B,,,")
    runs = simulate(small(text.replace('index = "small"', 'index = "small"\nmissing = "skip"'), data=data))
    assert runs.totals[:, 0].std() > 0 and runs.totals[:, 1].std() == 0


@pytest.mark.parametrize("correlation", ["0", "0.5", "1"])
def test_sources_err_together_as_the_spec_says(correlation: str) -> None:
    text = doubted(source("sources", node='"all"'), 20_000, correlation)
    edition = small(text.replace('index = "small"', 'index = "small"\nmissing = "skip"'))
    totals = simulate(edition).totals[:, :, 0]
    error = spread(edition, edition.spec.uncertainty.sources[0])[:, 0]  # type: ignore[union-attr]
    assert totals.std(axis=0) == pytest.approx(error, rel=0.03)
    wanted = np.sqrt(error[0] ** 2 + error[1] ** 2 - 2 * float(correlation) * error[0] * error[1])
    assert (totals[:, 1] - totals[:, 0]).std() == pytest.approx(wanted, rel=0.03, abs=1e-9)


LOGGED = (
    ROWS.replace("low,high", "low,high,treat").replace("0,10\n", "1,10,log\n").replace("0,100\n", "0,100,\n")
)


def test_a_draw_below_what_has_a_logarithm_counts_as_the_end_of_the_goalposts() -> None:
    """A: 5 ± 4 and 6 ± 4: a draw is 1 or less, where the scale ends, with probability Φ(−1) and Φ(−5/4)."""
    data = DATA.replace("A,5,0.5", "A,5,4").replace("A,6,0.5", "A,6,4")
    totals = simulate(small(SAMPLED, LOGGED, data)).totals[:, :, 0]
    ended = (totals <= [30.0, 35.0]).mean(axis=0)
    assert ended == pytest.approx([NormalDist().cdf(-1), NormalDist().cdf(-1.25)], abs=0.01)


def test_such_a_draw_is_refused_where_a_scale_has_no_end() -> None:
    text = SAMPLED.replace('"goalposts"', '"min-max"')
    data = DATA.replace("A,5,0.5", "A,5,4").replace("A,6,0.5", "A,6,4")
    data += (
        data.replace("u,", "v,")
        .replace("A,5", "A,4")
        .replace("A,6", "A,8")
        .split("\n", 1)[1]
        .replace("B,4", "B,3")
        .replace("B,30", "B,50")
    )
    with pytest.raises(Fault, match="fall below 0"):
        simulate(small(text, LOGGED, data))


def test_weights_are_the_same_in_all_editions_of_a_run() -> None:
    """Common random numbers: two editions with the same data differ in no run."""
    spec = doubted(source("weights", model='"noise"', size='"0.5"'))
    data = DATA.replace("A,6", "A,5").replace("B,30", "B,40")
    runs = simulate(small(spec, data=data))
    assert runs.totals.std() > 0
    assert (runs.totals[:, 0] == runs.totals[:, 1]).all()


def test_independent_noise_rises_each_year_as_often_as_an_order_does() -> None:
    """Five editions that are equal but for noise rise strictly with probability 1/5!, and first < last half
    the time."""
    years = [str(year) for year in range(2022, 2027)]
    data = "unit,period,indicator,value,se\n" + "".join(f"u,{y},A,5,0.5\nu,{y},B,40,\n" for y in years)
    claims = claims_of(simulate(small(SAMPLED, data=data)), 0)
    for k, wanted in {2: 1 / 2, 3: 1 / 6, 4: 1 / 24, 5: 1 / 120}.items():
        assert claims.steadily[k] == pytest.approx(wanted, abs=MC * (wanted / 40_000) ** 0.5)
    assert claims.whole is not None and claims.whole.rise == pytest.approx(0.5, abs=0.012)


def test_the_same_seed_gives_the_same_runs_however_many_workers(zone: Edition) -> None:
    once, twice = simulate(zone), simulate(zone, workers=2)
    assert (once.totals == twice.totals).all()
    other = replace(zone.spec, uncertainty=replace(zone.spec.uncertainty, seed=1))  # type: ignore[type-var]
    assert (simulate(replace(zone, spec=other)).totals != once.totals).any()


def test_runs_are_what_a_whole_computation_of_each_would_give(zone: Edition) -> None:
    """The tensor's short cuts against a recomputation from perturbed raw data, run by run."""
    machine = Machine(zone)
    values = machine.values(0, 6, 3)["total"].reshape(6, 5, 1)
    names = [group.name for group in machine.groups]
    assert len(names) == len(set(names)) == 10
    quiet = [s for s in zone.spec.uncertainty.sources if s.kind == "sampling"]  # type: ignore[union-attr]
    few = replace(zone.spec, uncertainty=replace(zone.spec.uncertainty, sources=tuple(quiet)))  # type: ignore[type-var]
    machine = Machine(replace(zone, spec=few))
    from qinglian.engines.composite.doubt import drawn_values, stream

    values = machine.values(0, 6, 3)["total"].reshape(6, 5, 1)
    draws = {g.place: drawn_values(zone, g, stream(3, g.number, 0, 0), 6, 0.0) for g in machine.groups}
    for run in range(6):
        table = zone.seen.value.copy()
        for place, drawn in draws.items():
            table[..., zone.seen.of(zone.spec.scored[place].code)] = drawn[run]
        again = compute(zone.spec, replace(zone.seen, value=table))
        np.testing.assert_allclose(values[run], again.nodes["total"], rtol=1e-12)


def test_what_has_no_error_is_named_with_its_share(zone: Edition) -> None:
    codes, share = without_error(zone)
    assert codes == ("C1", "C2", "O3")
    assert share == pytest.approx(0.3 * 0.6 + 0.3 * 0.3)


def test_a_break_is_named_in_every_change_across_it(zone: Edition) -> None:
    runs = claims_of(simulate(zone), 0)
    assert [change.breaks for change in runs.changes] == [(), (), ("P1", "P2", "P3", "P4"), ()]


def test_ranks_of_two_units_are_judged_by_the_normal_formula() -> None:
    data = DATA + DATA.replace("u,", "v,").replace("A,6,", "A,6.5,").split("\n", 1)[1]
    edition = small(SAMPLED, data=data)
    matrix = rank_matrix(simulate(edition), 1)
    first = NormalDist().cdf(0.5 / (0.5 * 2**0.5))
    assert matrix[1] == pytest.approx([first, 1 - first], abs=0.01)
    assert matrix.sum(axis=1) == pytest.approx([1, 1])
    low, middle, high = rank_interval(matrix, 0.9)
    assert (low.tolist(), middle.tolist(), high.tolist()) == ([1, 1], [2, 1], [2, 2])


def test_units_that_are_alike_have_the_same_ranks_whoever_stands_first() -> None:
    """v and w are the same and without error, u is far above or far below."""
    data = DATA.replace("A,5,0.5", "A,9,0.5").replace("A,6,0.5", "A,9,0.5").replace("B,30", "B,5")
    for other in ("v", "w"):
        data += f"{other},2025,A,5,1e-9,\n{other},2025,B,40,,\n{other},2026,A,5,0,\n{other},2026,B,40,,\n"
    assert rank_matrix(simulate(small(SAMPLED, data=data)), 1).tolist() == [[1, 0, 0], [0, 1, 0], [0, 1, 0]]


@given(st.lists(st.lists(st.integers(0, 4) | st.just(None), min_size=5, max_size=5), min_size=1, max_size=6))
def test_ranks_count_who_is_higher(rows: list[list[int | None]]) -> None:
    table = np.array([[np.nan if value is None else float(value) for value in row] for row in rows])
    wanted = [
        [0 if one is None else 1 + sum(o is not None and o > one for o in row) for one in row] for row in rows
    ]
    assert ranks(table).tolist() == wanted


def test_sobol_of_a_sum_is_the_share_of_each_variance() -> None:
    data = DATA.replace("B,30,,200", "B,30,5,200")
    edition = small(
        doubted(
            source("sampling", indicators='["A"]')
            + source("counts", model='"beta"', scale="100", indicators='["B"]')
        ),
        data=data,
    )
    shares = {g.name: g for g in sobol(edition, 8192)[0].groups}
    a = (0.5 * 5) ** 2
    b = (0.5 * 100) ** 2 * (60.5 * 140.5) / 201**2 / 202
    assert shares["sampling:A"].first == pytest.approx(a / (a + b), abs=0.04)
    assert shares["sampling:A"].total == pytest.approx(a / (a + b), abs=0.03)
    assert shares["counts:B"].first_low < b / (a + b) < shares["counts:B"].first_high


def test_where_no_rank_shifts_the_shift_in_score_is_explained() -> None:
    far = DATA + DATA.replace("u,", "v,").replace("A,6,", "A,1,").replace("A,5,", "A,1,").split("\n", 1)[1]
    (found,) = sobol(
        small(SAMPLED, data=far.replace("B,30", "B,90").replace("u,2026,B,90", "u,2026,B,30")), 512
    )
    assert found.target == "score-shift" and found.groups[0].total == pytest.approx(1, abs=0.2)


def test_one_unit_that_takes_part_is_explained_in_the_periods_in_which_it_does() -> None:
    text = SAMPLED.replace("[publish]", '[availability]\nmin_count = 2\nbelow = "leave-out"\n\n[publish]')
    data = DATA + DATA.replace("u,", "v,").replace("v,2026,B,30,,200\n", "").split("\n", 1)[1]
    data += "u,2024,A,5,0.5,\nv,2024,A,5,0.5,\n"
    edition = small(text, data=data)
    assert edition.part.tolist() == [[False, False], [True, True], [True, False]]
    found = {one.target: one for one in sobol(edition, 512)}
    assert set(found) == {"total", "change"}
    assert found["total"].variance == pytest.approx((0.5 * 5) ** 2, rel=0.15)
    assert found["change"].variance == pytest.approx(2 * (0.5 * 5) ** 2, rel=0.15)


def test_sobol_of_ishigamis_function() -> None:
    """S1 = 0.314, 0.442, 0; ST = 0.558, 0.442, 0.244 (Ishigami and Homma, 1990; a = 7, b = 0.1)."""
    random, n = np.random.default_rng(1), 65_536
    a, b = random.uniform(-np.pi, np.pi, (2, n, 3))

    def f(x: np.ndarray) -> np.ndarray:
        return np.sin(x[:, 0]) + 7 * np.sin(x[:, 1]) ** 2 + 0.1 * x[:, 2] ** 4 * np.sin(x[:, 0])

    exchanged = {}
    for at in range(3):
        mixed = a.copy()
        mixed[:, at] = b[:, at]
        exchanged[str(at)] = f(mixed)
    middle = f(a).mean()
    found = indices_from_outputs(f(a) - middle, f(b) - middle, {k: v - middle for k, v in exchanged.items()})
    for at, (first, total) in enumerate([(0.314, 0.558), (0.442, 0.442), (0.0, 0.244)]):
        assert found[str(at)] == pytest.approx((first, total), abs=0.03)
    share = estimate(
        "x", f(a) - middle, f(b) - middle, exchanged["1"] - middle, float(f(a).var()), resamples(n, 1)
    )
    assert share.first_low < 0.442 < share.first_high


def test_donors_stand_in_only_where_something_is_missing() -> None:
    spec = doubted(source("missing"), runs=4000).replace(
        "[weights]", '[impute]\nmethod = "mean"\n\n[weights]'
    )
    rows = "\n".join(
        f"{u},2025,A,{v},,\n{u},2025,B,40,," for u, v in (("a", 2), ("b", 4), ("c", 9), ("d", ""))
    )
    edition = small(spec, data=f"unit,period,indicator,value,se,n\n{rows}\n")
    drawn = simulate(edition).totals[:, 0, :]
    assert drawn[:, :3].std(axis=0).tolist() == [0, 0, 0]
    assert sorted(set(np.round(drawn[:, 3] * 2 - 60).tolist())) == [20, 40, 90]
    assert edition.total[0, 3] == pytest.approx((50 + 60) / 2)


@given(
    st.lists(st.floats(0.5, 99), min_size=2, max_size=6), st.lists(st.floats(0.01, 5), min_size=6, max_size=6)
)
def test_means_stand_in_their_order(values: list[float], weights: list[float]) -> None:
    """harmonic ≤ geometric ≤ arithmetic ≤ power 2, between least and most: no run can leave the scale."""
    from qinglian.engines.composite.spec import Aggregate
    from qinglian.engines.composite.tree import _back, _forth

    share = np.array(weights[: len(values)]) / sum(weights[: len(values)])
    hows = [Aggregate("harmonic"), Aggregate("geometric"), Aggregate("arithmetic"), Aggregate("power", 2.0)]
    found = [float(_back(_forth(np.array(values), how, "x") @ share, how)) for how in hows]
    slack = 1e-9 * max(values)
    assert all(a <= b + slack for a, b in pairwise(found))
    assert min(values) - slack <= found[0] and found[-1] <= max(values) + slack


def test_the_spread_of_sources_is_drawn_with_its_standard_error() -> None:
    spec = preset("cpi-2020")
    cells = [
        (u, "2020", f"S{at:02d}", 30 + 2 * at + 9 * place * (at % 3))
        for place, u in enumerate("ab")
        for at in range(1, 14)
    ]
    cells = [cell for cell in cells if cell[0] == "a" or cell[2] <= "S06"]
    edition = compute(spec, read_observations(long(cells), spec))
    error = spread(edition, spec.uncertainty.sources[0])[0]  # type: ignore[union-attr]
    drawn = simulate(edition).totals[:, 0]
    assert error[0] == 0 and drawn[:, 0].std() == 0
    assert drawn[:, 1].std() == pytest.approx(error[1], rel=0.03)


def test_experts_are_resampled_whole() -> None:
    text = doubted(source("weights", model='"bootstrap"')).replace('"stated"\nsum = "1"', '"budget"')
    edition = small(text, experts="expert,code,points\na,A,100\na,B,0\nb,A,0\nb,B,100\n")
    shares = {round(float(total), 6) for total in simulate(edition).totals[:, 1, 0]}
    assert shares == {60.0, 65.0, 70.0}  # both draws a, one of each, both b
