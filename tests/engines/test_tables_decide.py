"""What a decision table says of one case, and when it says nothing."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from pathlib import Path

import pytest

from qinglian.engines.tables import Table, read_sound_table, read_table, table_sha
from qinglian.faults import Fault, Faults

SAMPLES = Path(__file__).parent / "vectors" / "tables"
CLEAN_CASE = {
    "name_check": "clear",
    "scope_class": "general",
    "address_kind": "library",
    "signers_verified": "yes",
    "credit": "clean",
}


def sample(name: str) -> Table:
    texts = [(SAMPLES / f"{name}{end}").read_text(encoding="utf-8") for end in (".csv", ".domains.csv")]
    return read_table(*texts, name=f"{name}.csv")


def small(rows: str, domains: str) -> Table:
    """A table from its lines and its domains' lines, the latter without their header."""
    return read_table(rows, "fact,values\n" + domains, name="small.csv")


REGISTRATION = sample("registration-confirmation")


def test_the_first_row_that_fits_speaks() -> None:
    table = REGISTRATION
    assert table.facts[0] == "name_check" and table.columns == ("decision", "items", "basis")
    assert table.outcomes == ("correct", "review", "confirm")
    answer = table.decide(CLEAN_CASE)
    assert (answer.rows, answer.decision, answer.sha) == (("8",), "confirm", table.sha)
    assert answer.outcome == {"decision": "confirm", "items": "", "basis": "第九条"}


def test_first_asks_for_one_thing_at_a_time_and_collect_for_everything_at_once() -> None:
    lacking = CLEAN_CASE | {"name_check": "taken", "address_kind": "missing", "signers_verified": "no"}
    assert REGISTRATION.decide(lacking).rows == ("1",)
    answer = sample("registration-at-once").decide(lacking)
    assert (answer.rows, answer.decision) == (("1", "2", "3"), "correct")
    assert [outcome["items"] for outcome in answer.outcome] == ["name", "address", "signature"]


def test_otherwise_speaks_only_where_no_other_row_does() -> None:
    table = small(
        "#collect,a,b,=>decision\n1,no,-,ask\n2,-,no,ask\n3,otherwise,otherwise,confirm\n",
        "a,yes|no\nb,yes|no\n",
    )
    assert table.decide({"a": "no", "b": "no"}).rows == ("1", "2")
    assert table.decide({"a": "yes", "b": "yes"}).rows == ("3",)
    assert table.outcomes == ("ask", "confirm")


def test_a_changed_answer_does_not_change_the_table() -> None:
    table = REGISTRATION
    table.decide(CLEAN_CASE).outcome["decision"] = "refused"
    assert table.decide(CLEAN_CASE).outcome["decision"] == "confirm"


AMOUNTS = small(
    "#,amount,since,=>decision\n1,missing,-,ask\n2,<=0,-,review\n3,0<..100000,<=2026-06-30,confirm\n4,-,-,review\n",
    "amount,<0|0|0<..100000|>100000|missing\nsince,<2026-07-01|>=2026-07-01\n",
)


@pytest.mark.parametrize(
    ("amount", "since", "row"),
    [
        (-1, "2026-01-01", "2"),
        (0, "2026-01-01", "2"),
        ("0.00", "2026-01-01", "2"),
        (Decimal("0.01"), "2026-01-01", "3"),
        (100000, date(2026, 6, 30), "3"),
        (100000, date(2026, 7, 1), "4"),
        ("100000.01", "2026-01-01", "4"),
        ("missing", "2026-01-01", "1"),
        (None, "2026-01-01", "1"),
    ],
)
def test_numbers_and_days_fall_into_their_bands_to_the_boundary(
    amount: object, since: object, row: str
) -> None:
    assert AMOUNTS.decide({"amount": amount, "since": since}).rows == (row,)


@pytest.mark.parametrize(
    "amount",
    [0.5, True, "1e3", "01", "", "many", Decimal("NaN"), Decimal("Infinity"), [1], {}, b"1"],
)
def test_a_value_outside_its_domain_goes_to_a_person(amount: object) -> None:
    with pytest.raises(Faults) as caught:
        AMOUNTS.decide({"amount": amount, "since": "2026-01-01"})
    assert [fault.key for fault in caught.value.faults] == ["amount"]
    assert len(str(caught.value)) < 200


@pytest.mark.parametrize("since", [datetime(2026, 1, 1), "2026-02-30", "2026-1-1", 20260101])
def test_a_moment_or_a_day_that_does_not_exist_is_no_day(since: object) -> None:
    with pytest.raises(Faults):
        AMOUNTS.decide({"amount": 1, "since": since})


def test_every_missing_or_strange_fact_is_told_at_once() -> None:
    with pytest.raises(Faults) as caught:
        REGISTRATION.decide(
            {**CLEAN_CASE, "credit": "unknown", "name_check": None} | {"scope_class": "general"}
        )
    assert [fault.key for fault in caught.value.faults] == ["name_check", "credit"]
    with pytest.raises(Faults) as caught:
        REGISTRATION.decide({})
    assert len(caught.value.faults) == 5


def test_a_monstrous_value_is_told_shortly() -> None:
    with pytest.raises(Faults) as caught:
        REGISTRATION.decide(CLEAN_CASE | {"credit": 10**5000, "scope_class": "x" * 9999})
    assert len(str(caught.value)) < 400


def test_true_and_false_are_the_words_where_those_are_declared() -> None:
    table = small("#,met,=>decision\n1,true,confirm\n2,false,review\n", "met,true|false\n")
    assert table.decide({"met": True}).decision == "confirm"
    assert table.decide({"met": "false"}).decision == "review"


def test_a_case_that_no_row_answers_is_a_fault_and_never_an_empty_answer() -> None:
    table = small("#,a,=>decision\n1,yes,confirm\n", "a,yes|no\n")
    with pytest.raises(Fault, match="a=no"):
        table.decide({"a": "no"})


def test_collected_rows_that_disagree_are_a_fault() -> None:
    table = small(
        "#collect,a,b,=>decision\n1,yes,-,confirm\n2,-,yes,review\n3,no,no,review\n", "a,yes|no\nb,yes|no\n"
    )
    with pytest.raises(Fault, match="1, 2"):
        table.decide({"a": "yes", "b": "yes"})
    assert table.decide({"a": "yes", "b": "no"}).decision == "confirm"


def test_the_hash_is_what_sha256sum_gives_and_does_not_see_a_spreadsheets_line_ends() -> None:
    # (printf '#,a,=>decision\n1,-,x\n'; printf '\0'; printf 'fact,values\na,y\n') | sha256sum
    known = "3d3c25014e5acaa657067ebcc8a77d9d7af119121cf2b64822d57ad89f67cfff"
    plain = table_sha("#,a,=>decision\n1,-,x\n", "fact,values\na,y\n")
    assert plain == table_sha("\ufeff#,a,=>decision\r\n1,-,x\r\n", "\ufefffact,values\r\na,y\r\n")
    assert plain != table_sha("#,a,=>decision\n1,-,y\n", "fact,values\na,y\n")
    assert plain == known


def test_only_a_sound_table_is_loaded_for_use() -> None:
    domains = "fact,values\na,yes|no\n"
    assert read_sound_table("#,a,=>decision\n1,-,confirm\n", domains).outcomes == ("confirm",)
    with pytest.raises(Faults, match="no row answers a=no"):
        read_sound_table("#,a,=>decision\n1,yes,confirm\n", domains)
