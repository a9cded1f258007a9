"""Small groups: no number is over too few, and what was withheld cannot be reckoned back."""

from __future__ import annotations

from collections import Counter, defaultdict
from itertools import product

from hypothesis import given, settings
from hypothesis import strategies as st

from qinglian.batch.figures.grouping import WITHHELD, Fact, generalise

LEAST = 3
SECRETS = [bytes([n]) for n in range(10)]


def facts_of(counts, classes):
    """So many cases in each class, each with an attribute of its own."""
    return [
        Fact(f"{place}-{n}", (*where, n % 2))
        for place, where in enumerate(classes)
        for n in range(counts[place])
    ]


def shown(counts, classes, secret, least=LEAST):
    rows, _waiting = generalise(facts_of(counts, classes), (0, 1), least, secret)
    return tuple(sorted(Counter(row[:2] for row in rows).items()))


def test_whoever_knows_the_rules_cannot_tell_how_many_were_withheld():
    """Every table of two units and two matters with up to 5 each: an adversary who knows the rules, not the
    zone's secret, is left with more than one count for each group that is not shown."""
    top, classes = 5, [(unit, matter) for unit in ("u", "v") for matter in ("m", "n")]
    possible = defaultdict(set)
    for counts in product(range(top + 1), repeat=4):
        for published in {shown(counts, classes, secret) for secret in SECRETS}:
            possible[published].add(counts)
    assert len(possible) > 500
    for published, tables in possible.items():
        assert all(n >= LEAST for _where, n in published)
        if max(map(max, tables)) == top:
            continue  # larger tables, which were not tried, may be among the possible ones
        seen = {where for where, _n in published}
        for place, where in enumerate(classes):
            counts = {table[place] for table in tables}
            assert where in seen or len(counts) > 1 or counts == {0}, (published, where)


classes_drawn = st.lists(
    st.tuples(st.sampled_from("abcd"), st.sampled_from("wxyz"), st.integers(1, 9)),
    max_size=10,
    unique_by=lambda c: c[:2],
)


@settings(max_examples=150)
@given(classes_drawn, st.integers(3, 6), st.binary(min_size=1, max_size=2))
def test_every_cut_of_what_is_shown_is_over_enough(drawn, least, secret):
    classes, counts = [c[:2] for c in drawn], [c[2] for c in drawn]
    facts = facts_of(counts, classes)
    rows, waiting = generalise(facts, (0, 1), least, secret)
    assert len(rows) + len(waiting) == len(facts)
    assert Counter(r[2] for r in rows) + Counter(f.values[2] for f in waiting) == Counter(
        f.values[2] for f in facts
    )
    for cut in ((0,), (1,), (0, 1), ()):
        groups = Counter(tuple(row[place] for place in cut) for row in rows)
        assert all(n >= least for n in groups.values())
    assert not rows or not waiting, "what waits waits whole: a rest of a month would tell"
    whole = dict(zip(classes, counts, strict=True))
    for where, n in Counter(row[:2] for row in rows).items():
        if WITHHELD not in where:
            assert n == whole[where], "a group that is shown is shown whole"


@settings(max_examples=100)
@given(classes_drawn, st.binary(min_size=1, max_size=2))
def test_the_margins_leave_each_withheld_group_open(drawn, secret):
    """The plain attack: from the rows that are withheld together, and groups smaller than the least each."""
    classes, counts = [c[:2] for c in drawn], [c[2] for c in drawn]
    rows, _waiting = generalise(facts_of(counts, classes), (0, 1), LEAST, secret)
    published = Counter(row[:2] for row in rows)
    hidden = [where for where in classes if where not in published]
    for key, n in published.items():
        if WITHHELD in key:
            could = [w for w in hidden if all(k in (WITHHELD, part) for k, part in zip(key, w, strict=True))]
            assert len(could) > 1, "one group alone would be known to the case"
            assert n > len(could) - len(hidden)


def test_a_case_that_stands_twice_is_still_one_case():
    facts = [Fact("one", ("u", "m")), Fact("one", ("u", "m")), Fact("two", ("u", "m"))]
    assert generalise(facts, (0, 1), 3) == ([], facts)


def test_what_tells_a_withheld_column_is_withheld_with_it():
    facts = [Fact(n, ("u", "m" if n < 2 else "n", "granted" if n < 2 else "closed")) for n in range(5)]
    rows, _waiting = generalise(facts, (0, 1), 4, b"", {1: [2]})
    assert {row[1:] for row in rows} == {(WITHHELD, WITHHELD)}
