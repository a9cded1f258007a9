"""What adds up must add up: contributions, bridges, steps between specs."""

from __future__ import annotations

from itertools import permutations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.engines.composite_specs import DATA, PRESETS, ROWS, SPEC, preset, small

from qinglian.engines.composite.comparing import compare
from qinglian.engines.composite.edition import Edition, compute
from qinglian.engines.composite.explaining import (
    Bridge,
    bridge,
    contributions,
    effective_weights,
    levers,
    shapley,
)
from qinglian.engines.composite.observations import read_observations
from qinglian.engines.composite.spec import Aggregate
from qinglian.faults import Fault


@pytest.fixture(scope="module")
def zone() -> Edition:
    spec = preset("one-zone")
    return compute(spec, read_observations((PRESETS / "one-zone" / "data.csv").read_text("utf-8"), spec))


def left_over(one: Bridge) -> float:
    return one.first + sum(one.indicators.values()) + one.deductions + one.availability - one.last


def test_contributions_and_bridges_add_up(zone: Edition) -> None:
    for period in range(5):
        assert left_over(contributions(zone, period, 0)) == pytest.approx(0, abs=1e-10)
        for other in range(5):
            assert left_over(bridge(zone, 0, period, other)) == pytest.approx(0, abs=1e-10)


@given(
    st.lists(st.tuples(st.floats(1, 100), st.floats(1, 100), st.floats(0.05, 1)), min_size=2, max_size=4),
    st.sampled_from(["arithmetic", "geometric", "harmonic"]),
)
def test_shapley_is_the_mean_over_every_order(rows: list[tuple[float, float, float]], method: str) -> None:
    old, new, weight = (np.array(column) for column in zip(*rows, strict=True))
    share = weight / weight.sum()
    means = {
        "arithmetic": lambda x: x @ share,
        "geometric": lambda x: np.exp(np.log(x) @ share),
        "harmonic": lambda x: 1 / ((1 / x) @ share),
    }
    by_order = np.zeros(len(rows))
    orders = list(permutations(range(len(rows))))
    for order in orders:
        state = old.copy()
        for child in order:
            before = means[method](state)
            state[child] = new[child]
            by_order[child] += (means[method](state) - before) / len(orders)
    found = shapley(Aggregate(method), weight, old, new)  # type: ignore[arg-type]
    assert found == pytest.approx(by_order, abs=1e-9)


def test_an_indicator_that_did_not_move_explains_nothing(zone: Edition) -> None:
    for one in (bridge(zone, 0, 0, 2), bridge(zone, 0, 1, 4)):
        scores = dict(zip([i.code for i in zone.spec.scored], range(20), strict=False))
        assert set(one.indicators) == set(scores)
    still = small(data=DATA.replace("A,6", "A,5"))
    assert bridge(still, 0, 0, 1).indicators == pytest.approx({"A": 0.0, "B": 5.0})


def test_levers_say_what_one_point_costs(zone: Edition) -> None:
    found = {lever.code: lever for lever in levers(zone, 4, 0)}
    assert found["P1"].per_point == pytest.approx(4 / (0.4 * 0.3 * 100), rel=1e-4)
    assert found["O1"].per_point == pytest.approx(-45 / (0.3 * 0.4 * 100), rel=1e-4)
    assert found["P4"].headroom == pytest.approx(0.4 * 0.2 * 30, rel=1e-6)


def test_effective_weights_are_refused_for_one_unit(zone: Edition) -> None:
    with pytest.raises(Fault, match="10 units"):
        effective_weights(zone, 4)


def test_effective_weights_show_an_indicator_that_does_nothing() -> None:
    values = [(f"u{at}", at, 50 + (at * 7 % 10) / 10) for at in range(12)]
    data = "unit,period,indicator,value\n" + "".join(f"{u},1,A,{a}\n{u},1,B,{b}\n" for u, a, b in values)
    found = effective_weights(
        small(data=data.replace(",A,10\n", ",A,9.5\n").replace(",A,11\n", ",A,9.9\n")), 0
    )
    assert found["A"][0] == found["B"][0] == 0.5
    assert found["A"][1] > 0.99 > 0.2 > found["B"][1]


def test_steps_between_two_specs_add_up_and_have_their_own_names() -> None:
    old = small()
    rows = "code,parent,direction,weight,low,high\nA,all,+1,0.2,0,12\nN,all,+1,0.8,0,10\n"
    new = small(SPEC, rows, "unit,period,indicator,value\nu,2026,A,6\nu,2026,N,3\n")
    steps = compare(old, new, "u", "2025", "2026")
    assert steps.first + sum(steps.effects.values()) == pytest.approx(steps.last)
    assert (steps.removed, steps.added) == (("B",), ("N",))
    assert steps.effects["removed"] == pytest.approx(50 - 55)
    assert steps.effects["values"] == pytest.approx(10)
    assert steps.effects["weights"] == 0
    assert steps.effects["methods"] == pytest.approx(50 - 60)
    assert steps.effects["added"] == pytest.approx(0.2 * 50 + 0.8 * 30 - 50)


def test_an_indicator_that_is_divided_by_another_is_taken_out_and_new() -> None:
    rows = (
        ROWS.replace("low,high", "low,high,denominator")
        .replace("0,10\n", "0,10,N\n")
        .replace("0,100\n", "0,100,\n")
    )
    rows += "N,,denominator,,,,\n"
    data = DATA + "u,2025,N,2,,\nu,2026,N,2,,\n"
    old, new = small(rows=rows, data=data), small()
    for one, other in ((old, new), (new, old)):
        steps = compare(one, other, "u", "2025", "2026")
        assert (steps.removed, steps.added) == (("A",), ("A",))
        assert steps.first + sum(steps.effects.values()) == pytest.approx(steps.last, abs=1e-9)
        assert steps.effects["values"] == pytest.approx(10)  # B alone, from 40 to 30


def test_steps_find_a_change_of_weights_alone() -> None:
    heavy = small(rows=ROWS.replace("A,all,+1,0.5", "A,all,+1,0.9").replace("B,all,-1,0.5", "B,all,-1,0.1"))
    effects = compare(small(), heavy, "u", "2025", "2025").effects
    assert effects == pytest.approx({"removed": 0, "values": 0, "weights": -4, "methods": 0, "added": 0})
