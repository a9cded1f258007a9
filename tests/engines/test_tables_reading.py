"""Tables as spreadsheets save them, and each way in which they are refused: with line and mend, at once."""

from __future__ import annotations

from decimal import Decimal
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qinglian.engines.tables import prove, read_table
from qinglian.faults import Faults

TABLE = "#,kind,amount,=>decision,=>note\n1,a|b,>0,confirm,\n2,-,-,review,x\n"
DOMAINS = "fact,values\nkind,a|b|c\namount,<0|0|>0|missing\n"


def faults(table: str, domains: str = DOMAINS) -> list[str]:
    with pytest.raises(Faults) as caught:
        read_table(table, domains, name="t.csv")
    return [str(fault) for fault in caught.value.faults]


@pytest.mark.parametrize(
    "text",
    [
        "\ufeff" + TABLE,
        TABLE.replace("\n", "\r\n"),
        TABLE.replace("a|b", '"a|b"'),
        TABLE.replace("a|b", " b | a "),
        TABLE.replace("\n", ",,\n"),
        TABLE + ",,,,\n\n",
        TABLE.rstrip("\n"),
    ],
)
def test_what_spreadsheets_add_is_read_away(text: str) -> None:
    table = read_table(text, DOMAINS)
    assert prove(table).sound
    assert table.columns == ("decision", "note")
    assert [row.id for row in table.rows] == ["1", "2"]


@pytest.mark.parametrize(
    ("old", "new", "place", "word"),
    [
        ("#,", "＃,", "t.csv:1", "write #"),
        ("#,", "no,", "t.csv:1", "#collect"),
        (TABLE, TABLE.replace(",", ";"), "t.csv:1", "commas"),
        ("kind", "", "t.csv:1", "column 2"),
        ("kind", "amount", "t.csv:1", "twice"),
        ("=>note", "=>decision", "t.csv:1", "twice"),
        ("=>decision", "=>deed", "t.csv:1", "=>decision"),
        ("kind", "sort", "t.csv:1 sort", "t.domains.csv"),
        ("a|b", "a｜b", "t.csv:2 kind", "write |"),
        ("2,-", "2,－", "t.csv:3 kind", "write -"),
        ("2,-", "2,", "t.csv:3 kind", "write -"),
        ("a|b", "a|z", "t.csv:2 kind", "a|b|c"),
        ("a|b", "a|", "t.csv:2 kind", "a|b|c"),
        (">0", ">5", "t.csv:2 amount", "whole bands"),
        (">0", "<=-1", "t.csv:2 amount", "whole bands"),
        (">0", ">-1", "t.csv:2 amount", "whole bands"),
        (">0", "5..1", "t.csv:2 amount", "whole bands"),
        (">0", "≥0", "t.csv:2 amount", "write >="),
        ("2,-", "1,-", "t.csv:3", "line 2"),
        ("2,-", ",-", "t.csv:3", "no number"),
        ("review", "", "t.csv:3 =>decision", "decides nothing"),
        ("review,x", "review", "t.csv:3", "4 cells"),
        ("review,x", "review,x,y", "t.csv:3", "6 cells"),
        ("2,-,-", "2,otherwise,otherwise", "t.csv:3", "#collect"),
        ("review,x", 'review,"x', "t.csv:3", "quotation"),
        ("review,x", 'review,"x\ny"', "t.csv:3", "line break"),
        (TABLE, "", "t.csv:1", "empty"),
        (TABLE, "#,kind,amount,=>decision\n", "t.csv:1", "no rows"),
    ],
)
def test_a_fault_of_the_table_names_line_and_mend(old: str, new: str, place: str, word: str) -> None:
    assert old in TABLE
    assert any(fault.startswith(place) and word in fault for fault in faults(TABLE.replace(old, new, 1)))


@pytest.mark.parametrize(
    ("old", "new", "line", "word"),
    [
        ("fact,values", "fact;values", 1, "fact,values"),
        ("kind,a|b|c", "kind,a|b|a", 2, "twice"),
        ("kind,a|b|c", "kind,a||c", 2, "no value"),
        ("kind,a|b|c", "kind,a|-|c", 2, "no value"),
        ("kind,a|b|c", "kind,a,b", 2, "3 cells"),
        ("kind,a|b|c", "kind,a｜b", 2, "write |"),
        ("kind,a|b|c", "kind,a|b|c\nkind,a", 3, "twice"),
        ("kind,a|b|c", "kind,a|b|c\nsort,a", 3, "no column"),
        ("<0|0|>0", "<0|0..5|5..9", 3, "overlap"),
        ("<0|0|>0", "<0|>0", 3, "0 lies between"),
        ("<0|0|>0", "<0|0..5|>10", 3, "6 lies between"),
        ("<0|0|>0", "0..1.5|1.6..2", 3, "lies between"),
        ("<0|0|>0", "<0|0|>01", 3, "no band"),
        ("<0|0|>0", "<0|2026-01-01..2026-02-01", 3, "no band"),
        ("<0|0|>0", "<0|0|=>0", 3, "no band"),
        ("<0|0|>0", "<0|0…5", 3, "write .."),
        ("amount,", ",", 3, "no name"),
    ],
)
def test_a_fault_of_the_domains_names_line_and_mend(old: str, new: str, line: int, word: str) -> None:
    found = faults(TABLE, DOMAINS.replace(old, new, 1))
    assert any(fault.startswith(f"t.domains.csv:{line}") and word in fault for fault in found)


def test_all_faults_of_both_files_are_told_at_once() -> None:
    found = faults(
        "#,kind,amount,=>decision\n1,z,>5,\n1,-,,x\n", "fact,values\nkind,a|b\namount,<0|0|>0\nloose,a\n"
    )
    assert len(found) == 6


def test_otherwise_fills_its_row_and_stands_last() -> None:
    collect = "#collect,kind,amount,=>decision\n1,otherwise,-,review\n2,a,-,ask\n"
    assert [fault.split(": ", 1)[0] for fault in faults(collect)] == ["t.csv:2", "t.csv:2"]


@pytest.mark.parametrize(
    "domain",
    [
        "0|1..10|11..20",
        "0..10|10<..20",
        "0..<10|10..20",
        "1|2|3|missing",
        "<2026-01-01|>=2026-01-01",
        "2026-01-01..2026-06-30|2026-07-01..2026-12-31",
        "-5..-1|0",
        "0.5..1|1<..2|unknown",
    ],
)
def test_bands_that_join_are_lawful(domain: str) -> None:
    table = read_table("#,n,=>decision\n1,-,x\n", f"fact,values\nn,{domain}\n")
    assert table.domains["n"].scale is not None


@pytest.mark.parametrize("domain", ["01|02|03", "yes|no", "A-1|A-2", "1|two"])
def test_what_is_no_plain_number_is_a_word(domain: str) -> None:
    assert read_table("#,n,=>decision\n1,-,x\n", f"fact,values\nn,{domain}\n").domains["n"].scale is None


CUTS = st.lists(st.integers(-9, 9), min_size=1, max_size=5, unique=True).map(sorted)


@given(CUTS, st.data())
def test_a_comparison_in_a_cell_accepts_what_arithmetic_accepts(cuts: list[int], data: st.DataObject) -> None:
    between = [f"{low}<..<{high}" for low, high in pairwise(cuts)]
    bands = [f"<{cuts[0]}", *map(str, cuts), *between, f">{cuts[-1]}"]
    sign = data.draw(st.sampled_from(["<", "<=", ">", ">="]))
    cut, point = data.draw(st.sampled_from(cuts)), Decimal(data.draw(st.integers(-22, 22))) / 2
    cell = f"{sign}{cut}"
    table = read_table(f"#,n,=>decision\n1,{cell},in\n2,-,out\n", f"fact,values\nn,{'|'.join(bands)}\n")
    accepted = {"<": point < cut, "<=": point <= cut, ">": point > cut, ">=": point >= cut}[sign]
    assert table.decide({"n": point}).decision == ("in" if accepted else "out")


@given(st.integers(0, len(TABLE) - 1), st.text(max_size=3), st.booleans())
def test_a_damaged_file_is_read_or_refused_but_nothing_else(place: int, text: str, second: bool) -> None:
    damaged = TABLE[:place] + text + TABLE[place + len(text) :]
    domains = (
        DOMAINS[: place % len(DOMAINS)] + text + DOMAINS[place % len(DOMAINS) + 1 :] if second else DOMAINS
    )
    try:
        prove(read_table(damaged, domains)).faults()
    except Faults as found:
        assert all(str(fault) and fault.file for fault in found.faults)
