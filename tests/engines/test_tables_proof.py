"""The proof of a table, beside a second computation that tries every combination."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import product
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from qinglian.engines.tables import Table, prove, read_table, settled_by_order
from qinglian.engines.tables.cover import Cover, Work
from qinglian.faults import Fault, Faults

SAMPLES = Path(__file__).parent / "vectors" / "tables"


def sample_texts(name: str) -> tuple[str, str]:
    return tuple((SAMPLES / f"{name}{end}").read_text(encoding="utf-8") for end in (".csv", ".domains.csv"))


def small(rows: str, domains: str) -> Table:
    return read_table(rows, "fact,values\n" + domains, name="small.csv")


@pytest.mark.parametrize("name", ["registration-confirmation", "registration-at-once"])
def test_both_forms_of_registration_by_confirmation_are_sound(name: str) -> None:
    table = read_table(*sample_texts(name), name=name)
    proof = prove(table)
    assert proof.sound and proof.combinations == 192 and not proof.faults()
    assert set(table.outcomes) == {"correct", "review", "confirm"}


def test_the_hole_of_the_first_draft_is_found_and_named() -> None:
    """facts: the draft forgot `negative-list`; clear names with all else in order had no answer."""
    table, domains = sample_texts("registration-confirmation")
    proof = prove(read_table(table.replace("|negative-list", ""), domains))
    [gap] = proof.gaps
    assert gap.values == {
        "name_check": ("clear",),
        "scope_class": ("negative-list",),
        "address_kind": ("library", "hosted"),
        "signers_verified": ("yes",),
        "credit": ("clean",),
    }
    assert proof.unanswered == 2


def test_gaps_are_told_as_few_classes() -> None:
    proof = prove(small("#,a,b,=>decision\n1,x,x,d\n", "a,x|y|z\nb,x|y\n"))
    assert [str(gap) for gap in proof.gaps] == ["a=x, b=y", "a=y|z"]
    assert proof.unanswered == 5


def test_a_row_that_several_earlier_ones_cover_together_is_dead() -> None:
    proof = prove(small("#,a,b,=>decision\n1,x,-,d\n2,y,x,e\n3,-,x,f\n4,-,-,g\n", "a,x|y\nb,x|y\n"))
    assert [(dead.row, dead.line, dead.covered_by) for dead in proof.dead] == [("3", 4, ("1", "2"))]
    assert "small.csv:4" in str(proof.faults()[0])


def test_in_collect_a_row_that_adds_nothing_is_dead() -> None:
    rows = "1,x,-,ask,name\n2,x,y,ask,name\n3,x,y,ask,place\n4,y,-,go,\n5,y,-,go,\n"
    rows = "#collect,a,b,=>decision,=>items\n" + rows
    assert [(dead.row, dead.covered_by) for dead in prove(small(rows, "a,x|y\nb,x|y\n")).dead] == [
        ("2", ("1",)),
        ("5", ("4",)),
    ]


def test_otherwise_is_dead_where_nothing_is_left_for_it() -> None:
    full = small("#collect,a,=>decision\n1,x,ask\n2,y,go\n3,otherwise,review\n", "a,x|y\n")
    assert [dead.row for dead in prove(full).dead] == ["3"]
    assert prove(small("#collect,a,=>decision\n1,x,ask\n2,otherwise,review\n", "a,x|y\n")).sound


def test_collected_rows_that_meet_and_decide_differently_conflict_with_an_example() -> None:
    proof = prove(small("#collect,a,b,=>decision\n1,x,-,ask\n2,-,y,review\n3,y,x,go\n", "a,x|y\nb,x|y\n"))
    [conflict] = proof.conflicts
    assert (conflict.rows, conflict.decisions, dict(conflict.example)) == (
        ("1", "2"),
        ("ask", "review"),
        {"a": "x", "b": "y"},
    )


def test_under_first_an_overlap_is_settled_by_order_and_only_noted() -> None:
    table = small("#,a,b,=>decision\n1,x,-,ask\n2,-,y,review\n3,-,-,go\n", "a,x|y\nb,x|y\n")
    assert prove(table).sound
    assert [overlap.rows for overlap in settled_by_order(table)] == [("1", "2"), ("1", "3"), ("2", "3")]


def test_bands_are_proved_like_words_with_missing_and_boundaries() -> None:
    domains = "amount,<0|0|0<..100|>100|missing\n"
    sound = small("#,amount,=>decision\n1,<=0|missing,review\n2,>0,confirm\n", domains)
    assert prove(sound).sound
    hole = prove(small("#,amount,=>decision\n1,<0|missing,review\n2,>0,confirm\n", domains))
    assert [str(gap) for gap in hole.gaps] == ["amount=0"]


def test_too_much_work_is_a_fault_and_never_a_wrong_sound() -> None:
    boxes = [(1, 3, 3), (3, 1, 3), (3, 3, 1)]
    with pytest.raises(Fault, match="2 steps; decide a, b, c in a table"):
        Cover(boxes, (3, 3, 3), ("a", "b", "c"), Work(2), ordered=True)


@st.composite
def tables(draw: st.DrawFn) -> Table:
    sizes = draw(st.lists(st.integers(1, 3), min_size=1, max_size=4))
    facts = [f"f{at}" for at in range(len(sizes))]
    values = [[f"v{number}" for number in range(size)] for size in sizes]
    cells = st.tuples(
        *[
            st.just("-") | st.lists(st.sampled_from(each), min_size=1, unique=True).map("|".join)
            for each in values
        ]
    )
    rows = draw(st.lists(st.tuples(cells, st.sampled_from(["d", "e"])), min_size=1, max_size=7))
    policy = draw(st.sampled_from(["#", "#collect"]))
    lines = [",".join([policy, *facts, "=>decision"])]
    lines += [",".join([str(number), *row, decision]) for number, (row, decision) in enumerate(rows)]
    if policy == "#collect" and draw(st.booleans()):
        lines.append(",".join(["last", *["otherwise"] * len(facts), draw(st.sampled_from(["d", "e"]))]))
    domains = "".join(f"{fact},{'|'.join(each)}\n" for fact, each in zip(facts, values, strict=True))
    return small("\n".join(lines), domains)


def cases(table: Table) -> Iterator[dict[str, str]]:
    for values in product(*[table.domains[fact].values for fact in table.facts]):
        yield dict(zip(table.facts, values, strict=True))


def fitting(table: Table, case: dict[str, str]) -> list[int]:
    """By the plain reading of the cells, one row and one fact at a time."""
    plain = [
        number
        for number, row in enumerate(table.rows)
        if not row.otherwise
        and all(
            case[fact] in table.domains[fact].values_of(mask)
            for fact, mask in zip(table.facts, row.cells, strict=True)
        )
    ]
    return plain or [number for number, row in enumerate(table.rows) if row.otherwise]


@settings(max_examples=150)
@given(tables())
def test_the_proof_equals_trying_every_combination(table: Table) -> None:
    proof = prove(table)
    found = [(case, fitting(table, case)) for case in cases(table)]
    open_cases = [case for case, rows in found if not rows]
    told = [
        case
        for gap in proof.gaps
        for case in cases(table)
        if all(case[fact] in values for fact, values in gap.values.items())
    ]
    assert sorted(map(str, told)) == sorted(map(str, open_cases))  # each once: the classes do not overlap
    assert proof.unanswered == len(open_cases)
    assert proof.combinations == len(found)
    if table.policy == "first":
        spoken = {rows[0] for _case, rows in found if rows}
        assert {dead.row for dead in proof.dead} == {
            table.rows[at].id for at in range(len(table.rows)) if at not in spoken
        }
        assert not proof.conflicts
    else:
        clashes = {
            (table.rows[one].id, table.rows[other].id)
            for _case, rows in found
            for one, other in product(rows, rows)
            if one < other and table.rows[one].decision != table.rows[other].decision
        }
        assert {conflict.rows for conflict in proof.conflicts} == clashes


@settings(max_examples=100)
@given(tables())
def test_deciding_equals_reading_the_rows_one_by_one(table: Table) -> None:
    for case in cases(table):
        rows = fitting(table, case)
        told = rows[:1] if table.policy == "first" else rows
        decisions = {table.rows[at].decision for at in told}
        if len(decisions) != 1:
            with pytest.raises((Fault, Faults)):
                table.decide(case)
            continue
        answer = table.decide(case)
        assert answer.rows == tuple(table.rows[at].id for at in told)
        assert answer.decision == decisions.pop()


@settings(max_examples=100)
@given(tables())
def test_without_its_dead_rows_a_table_answers_the_same(table: Table) -> None:
    dead = {row.row for row in prove(table).dead}
    kept = [number for number, row in enumerate(table.rows) if row.id not in dead]
    for case in cases(table):
        rows = fitting(table, case)
        said = {str(table.rows[at].outcome) for at in (rows[:1] if table.policy == "first" else rows)}
        left = [at for at in rows if at in kept]
        assert said == {str(table.rows[at].outcome) for at in (left[:1] if table.policy == "first" else left)}
