"""Inspectors: full, allowed, even, cheapest by prices, and a cut that is named where it cannot be."""

from __future__ import annotations

import hashlib
import itertools
import os
import random
import sys
from collections import Counter
from dataclasses import replace

import pytest
from tests.engines.draw_cases import seed_for

from qinglian.engines.draw import checking
from qinglian.engines.draw.arcs import Posts, arc_costs, unit_cost
from qinglian.engines.draw.assign import assign, refuse_few
from qinglian.engines.draw.checking import Solved, check_assignment, instead
from qinglian.engines.draw.hashing import hash_named
from qinglian.engines.draw.rows import Inspector
from qinglian.faults import Fault

H = hash_named("sha256")
SEEDS = 500 if os.environ.get("HYPOTHESIS_PROFILE") == "soak" else 60


def name(*parts):
    return hashlib.sha256(repr(parts).encode()).hexdigest()[:32]


def task(visits, staff, *, leads=1, most=None, barred=0, seed=1, demand=2):
    chance = random.Random(seed)
    people = sorted(
        Inspector(name("i", k), "all", k % 2 == 0, 50 if k % 10 == 9 else 100) for k in range(staff)
    )
    targets = sorted(name("t", k) for k in range(visits))
    pairs = frozenset((chance.choice(targets), chance.choice(people).iid) for _k in range(barred))
    return Posts("all", targets, people, demand, leads, most, pairs)


def loads(posts, solved):
    seen = Counter(iid for names in solved.assignment.values() for iid in names)
    return [seen[one.iid] for one in posts.staff]


def cost_of(posts, assignment, seed):
    places = {one.iid: k for k, one in enumerate(posts.staff)}
    total = sum(
        arc_costs(seed, pid, len(posts.staff), H)[places[iid]]
        for pid, names in assignment.items()
        for iid in names
    )
    seen = Counter(iid for names in assignment.values() for iid in names)
    shares = dict(zip([one.iid for one in posts.staff], posts.shares(), strict=True))
    return total + sum(unit_cost(k, shares[iid]) for iid, n in seen.items() for k in range(1, n + 1))


def test_the_solver_finds_what_trying_everything_finds():
    posts = task(3, 5, barred=2)
    for number in range(5):
        seed = seed_for(number)
        solved = assign(posts, seed, H)
        check_assignment(posts, solved, seed, H)
        pairs = [
            [
                pair
                for pair in itertools.combinations([one.iid for one in posts.staff], 2)
                if any(one.qualified for one in posts.staff if one.iid in pair)
                and not any((pid, iid) in posts.barred for iid in pair)
            ]
            for pid in posts.targets
        ]
        every = (dict(zip(posts.targets, choice, strict=True)) for choice in itertools.product(*pairs))
        assert cost_of(posts, solved.assignment, seed) == min(cost_of(posts, each, seed) for each in every)


def test_over_many_seeds_nobody_meets_a_conflict_and_work_is_even():
    posts, met = task(200, 30, barred=60), Counter()
    for number in range(SEEDS):
        solved = assign(posts, seed_for(number), H)
        check_assignment(posts, solved, seed_for(number), H)
        assert not [
            pid for pid, names in solved.assignment.items() for iid in names if (pid, iid) in posts.barred
        ]
        for load, share in zip(loads(posts, solved), posts.shares(), strict=True):
            assert share - 1 <= load <= share + 1
        met.update((pid, iid) for pid, names in solved.assignment.items() for iid in names)
    free = [pid for pid in posts.targets if not any((pid, one.iid) in posts.barred for one in posts.staff)]
    ratios = []
    for one in posts.staff:
        seen = [met[pid, one.iid] for pid in free]
        p = sum(seen) / len(free) / SEEDS
        ratios.append(sum((x - p * SEEDS) ** 2 for x in seen) / (len(free) - 1) / (SEEDS * p * (1 - p)))
    assert 0.9 < sum(ratios) / len(ratios) < 1.15  # spread of each inspector's chance over noise; 1 is even
    assert max(met.values()) < SEEDS / 2


def test_the_answer_over_few_arcs_is_that_of_the_whole_network():
    posts = task(400, 80, barred=100)
    seed = seed_for(1)
    check_assignment(posts, assign(posts, seed, H), seed, H)


@pytest.mark.parametrize(
    ("posts", "said"),
    [
        (task(10, 1), "10 subjects need 20 posts"),
        (task(10, 4, most=3), "20 posts, but its 4 inspectors can take 12"),
        (task(10, 4, most=6, leads=2), "need 20 qualified leads"),
    ],
)
def test_too_few_inspectors_are_named_before_any_ceremony(posts, said):
    with pytest.raises(Fault) as caught:
        refuse_few(posts)
    assert said in str(caught.value)


def test_where_conflicts_leave_nobody_the_cut_is_named():
    posts = task(10, 4)
    qualified = [one.iid for one in posts.staff if one.qualified]
    posts = replace(posts, barred=frozenset((posts.targets[3], iid) for iid in qualified))
    with pytest.raises(Fault) as caught:
        assign(posts, seed_for(1), H)
    assert "1 subjects need 2 posts, 1 of them qualified leads" in str(caught.value)
    assert "2 inspectors who may meet them, 0 of them qualified" in str(caught.value)


@pytest.mark.parametrize("arrays", [True, False])
def test_an_assignment_that_somebody_bettered_by_hand_is_refused(arrays, monkeypatch):
    posts, seed = task(40, 12, barred=30), seed_for(2)
    solved = assign(posts, seed, H)
    if not arrays:
        monkeypatch.setitem(sys.modules, "numpy", None)
    monkeypatch.setattr(checking, "BAND", 7)
    check_assignment(posts, solved, seed, H)
    refused = 0
    for pid in posts.targets[:10]:
        for one in posts.staff:
            stay = solved.assignment[pid][1]
            if one.iid not in solved.assignment[pid]:
                changed = dict(solved.assignment) | {pid: tuple(sorted((one.iid, stay)))}
                with pytest.raises(Fault):
                    check_assignment(posts, replace(solved, assignment=changed), seed, H)
                refused += 1
    assert refused == 100
    for shift in (2**41, 2**70):
        bent = Solved(solved.assignment, tuple(price + shift for price in solved.staff), solved.visits)
        with pytest.raises(Fault, match="not the cheapest"):
            check_assignment(posts, bent, seed, H)


def test_an_avoidance_changes_one_place_only_and_never_the_law():
    posts, seed = task(30, 10), seed_for(3)
    before = assign(posts, seed, H).assignment
    pid = posts.targets[0]
    for leaves in before[pid]:
        barred = replace(posts, barred=posts.barred | {(pid, leaves)})
        enters = instead(barred, before, pid, leaves, seed, H)
        stay = [iid for iid in before[pid] if iid != leaves]
        assert enters not in before[pid]
        assert any(one.qualified for one in posts.staff if one.iid in (*stay, enters))
    with pytest.raises(Fault, match="is not assigned"):
        instead(posts, before, pid, "0" * 32, seed, H)
