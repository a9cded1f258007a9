"""The audit of others' draws: fair ones pass, unfair ones are noticed, probabilities are those of theory."""

from __future__ import annotations

import math
import os
import random
from itertools import combinations, pairwise

import pytest

from qinglian.engines.draw.audit import (
    audit,
    binomial_tail,
    chi_tail,
    gap_chance,
    neighbours,
    never_drawn,
    power,
    skip_sample,
)  # fmt: skip
from qinglian.faults import Fault

TRIALS = 1_000


def test_on_a_thousand_fair_draws_at_most_one_in_a_hundred_alarms():
    chance = random.Random(7)
    sizes = [(400, 20), (1_000, 50), (2_000, 200), (1_999, 667)]
    rounds = TRIALS // len(sizes) * (4 if os.environ.get("HYPOTHESIS_PROFILE") == "soak" else 1)
    alarms = sum(
        any(test.alarm for test in audit(size, [sorted(chance.sample(range(size), n))]))
        for size, n in sizes
        for _round in range(rounds)
    )
    assert alarms <= rounds * len(sizes) / 100


@pytest.mark.parametrize(("size", "n"), [(1_999, 667), (20_000, 1_000), (47_554, 1_500), (400, 20)])
def test_the_skip_sampler_is_flagged(size, n):
    found = audit(size, [skip_sample(size, n, 5)])
    assert "skip" in {test.name for test in found if test.alarm}


def test_its_comb_drawn_again_and_again_leaves_too_many_never_drawn():
    samples = [skip_sample(1_999, 600, start) for start in (0, 1, 0, 1)]
    assert "never" in {test.name for test in audit(1_999, samples) if test.alarm}


def test_partners_who_are_neighbours_in_the_roster_are_flagged():
    chance = random.Random(1)
    fair = sorted(chance.sample(range(1_000), 50))
    pairs = [(k % 40, (k + 1) % 40) for k in range(30)]
    assert [test.name for test in audit(1_000, [fair], pairs, 40) if test.alarm] == ["pairs"]
    spread = [tuple(chance.sample(range(40), 2)) for _k in range(30)]
    assert not [test for test in audit(1_000, [fair], spread, 40) if test.alarm]


def test_the_chances_of_gaps_and_neighbours_are_those_of_counting_everything():
    size, n = 9, 4
    samples = list(combinations(range(size), n))
    for gap in range(1, 6):
        counted = sum(s[1] - s[0] == gap for s in samples) / len(samples)
        assert math.isclose(gap_chance(size, n, gap), counted)
    for places in samples:
        seen = sum(b - a == 1 for a, b in pairwise(places))
        near = [sum(b - a == 1 for a, b in pairwise(s)) for s in samples]
        tails = min(sum(x <= seen for x in near), sum(x >= seen for x in near)) / len(samples)
        assert math.isclose(neighbours(places, size)[2], min(1, 2 * tails))


def test_tails_are_those_of_the_tables():
    assert math.isclose(chi_tail(3.841458820694124, 1), 0.05, rel_tol=1e-9)
    assert math.isclose(chi_tail(124.342113405765, 100), 0.05, rel_tol=1e-6)
    assert math.isclose(binomial_tail(10, 0.5, 8), 56 / 1024)
    assert never_drawn([list(range(50)), list(range(50, 100))], 100)[0] == 0


def test_power_says_what_a_draw_of_this_size_would_show():
    found = power(2_000, 100, 10)
    assert found["skip"] == 1
    assert power(60, 10, 10)["third"] < 1


def test_what_is_too_small_to_show_anything_is_refused():
    with pytest.raises(Fault, match="fewer than ten"):
        audit(100, [[1, 2, 3]])
