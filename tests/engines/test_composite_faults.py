"""Bad input is named, with its place and the mend; nothing that is undefined gets a number."""

from __future__ import annotations

import pytest
from tests.engines.composite_specs import DATA, ROWS, SPEC, doubted, small, source

from qinglian.engines.composite.runs import Machine
from qinglian.faults import Fault, Faults


def said(**changed: str) -> str:
    with pytest.raises((Fault, Faults)) as caught:
        edition = small(**changed)
        if edition.spec.uncertainty:
            Machine(edition)
    return str(caught.value)


@pytest.mark.parametrize(
    ("file", "old", "new", "words"),
    [
        ("spec", "[publish]", "[publsh]", "unknown key 'publsh'"),
        ("spec", "decimals = 1", "decimal = 1", "publish: unknown key 'decimal'"),
        ("spec", "decimals = 1", "decimals = 1.5", "whole number"),
        ("spec", 'sum = "1"', "", "say what the weights"),
        ("spec", '"goalposts"', '"goalpost"', "known are none, goalposts, min-max"),
        ("spec", "index-spec/1", "index-spec/2", "index-spec/1"),
        ("spec", 'en = "Small"', 'en = ""', "each of zh-Hans, zh-Hant and en"),
        ("spec", '"goalposts"', '"min-max"', "only one; use goalposts"),
        ("spec", '"goalposts"', '"z"', "only one; use goalposts"),
        ("spec", '"goalposts"', '"rank"', "only one; use goalposts"),
        ("rows", "A,all,+1,0.5", "A,all,+1,0.4", "add up to 0.9, not to 1: A 0.4, B 0.5"),
        ("rows", "0,100", "100,0", "goalposts are reversed"),
        ("rows", "A,all", "A,al", "no node; known are all"),
        ("rows", "A,all", "B,all", "stands twice"),
        ("rows", "+1", "up", "known are +1"),
        ("rows", "0,10\n", ",10\n", "goalposts needs low"),
        ("rows", "code,", "cod,", "column"),
        ("rows", ",0.5,0,10", ",,0,10", "a weight is missing of A"),
        ("data", "A,5", "C,5", "no indicator 'C'"),
        ("data", "A,5", "A,five", "data"),
        ("data", "A,5", "A,nan", "no number"),
        ("data", "u,2026,A", "u,2025,A", "stands twice"),
        ("data", "B,40,,200\n", "B,,,200\n", "u has no B in 2025"),
        ("data", ",0.5,\n", ",-0.5,\n", "is below 0"),
    ],
)
def test_what_is_wrong_is_said(file: str, old: str, new: str, words: str) -> None:
    text = {"spec": SPEC, "rows": ROWS, "data": DATA}[file]
    assert old in text
    message = said(**{file: text.replace(old, new)})
    assert words in message or (words == "data" and "no number" in message)


def test_an_indicator_without_data_is_named() -> None:
    assert "B: the indicator has no data" in said(data="\n".join(DATA.splitlines()[:2]) + "\n")


def test_a_unit_that_the_list_of_units_lacks_is_named() -> None:
    listed = "unit,zh-Hans,zh-Hant,en\nv,v,v,v\n"
    with pytest.raises(Faults, match=r"2 unit: u is not in units\.csv"):
        small(units=listed)
    assert small(units=listed.replace("v,", "u,", 1)).seen.units == ("u",)


def test_an_ambiguous_indicator_is_never_scored() -> None:
    rows = "code,parent,direction,weight,low,high,reason\nA,all,+1,1,0,10,\nC,,ambiguous,{},,,{}\n"
    assert "shown and never scored" in said(rows=rows.format("0.2", "either"))
    assert "shown and never scored" in said(rows=rows.format("", ""))
    data = DATA.replace(",B,", ",C,")
    edition = small(rows=rows.format("", "more may be trust"), data=data)
    assert [one.code for one in edition.spec.scored] == ["A"]
    assert edition.seen.value[0, 0, edition.seen.of("C")] == 40


@pytest.mark.parametrize(
    ("what", "words"),
    [
        (source("missing"), "no stage impute"),
        (source("methods", stage='"winsorise"', alternatives='["1", "5"]'), "no stage winsorise"),
        (source("methods", stage='"polish"', alternatives='["1", "5"]'), "known are impute, treat"),
        (
            source("methods", stage='"aggregate"', alternatives='["geometric", "harmonic"]'),
            "leave out what the index itself does",
        ),
        (
            source("methods", stage='"aggregate"', node='"non"', alternatives='["arithmetic", "harmonic"]'),
            "known are all",
        ),
        (source("weights", model='"bootstrap"'), "no experts"),
        (source("weights", model='"noise"'), "how far"),
        (
            source("weights", model='"noise"', size='"0.2"', alternatives='["a", "b"]'),
            "unknown key 'alternatives'",
        ),
        (source("sampling", indicators='["B"]'), "B of u in 2025 has no se"),
        (source("counts", model='"gamma"', indicators='["A"]'), "A of u in 2025 has no n"),
        (source("counts", model='"beta"'), "above 1"),
        (source("sources", node='"all"'), "missing"),
        (source("sampling") + source("sampling"), "stands twice"),
        ("", "no source of uncertainty"),
    ],
)
def test_uncertainty_that_does_not_exist_is_refused(what: str, words: str) -> None:
    assert words in said(spec=doubted(what))


def test_weights_of_experts_are_checked_one_by_one() -> None:
    budget = SPEC.replace('"stated"\nsum = "1"', '"budget"')
    points = "expert,code,points\n甲,A,60\n甲,B,40\n乙,A,30\n乙,B,70\n"
    edition = small(budget, experts=points)
    assert edition.weights["all"].tolist() == pytest.approx([0.45, 0.55])
    assert "甲 gives 90 points below all, not 100" in said(spec=budget, experts=points.replace("60", "50"))


def test_contradictory_comparisons_are_refused() -> None:
    ahp = SPEC.replace('"stated"\nsum = "1"', '"ahp"\nmost_inconsistent = "0.1"')
    rows = "code,parent,direction,low,high\nA,all,+1,0,10\nB,all,-1,0,100\nC,all,+1,0,10\n"
    data = DATA + "u,2025,C,1,,\nu,2026,C,2,,\n"
    good = "expert,a,b,ratio\n甲,A,B,2\n甲,B,C,2\n甲,A,C,4\n"
    edition = small(ahp, rows, data, experts=good)
    assert edition.weights["all"].tolist() == pytest.approx([4 / 7, 2 / 7, 1 / 7])
    assert edition.spec.inconsistency["all"] == pytest.approx(0, abs=1e-12)
    assert "consistency ratio" in said(
        spec=ahp, rows=rows, data=data, experts=good.replace("A,C,4", "A,C,1/4")
    )


def test_the_consistency_ratio_is_that_of_the_characteristic_polynomial() -> None:
    import numpy as np

    from qinglian.engines.composite.weighing import eigenweights

    matrix = np.array([[1, 3, 5], [1 / 3, 1, 3], [1 / 5, 1 / 3, 1]])
    weights, ratio = eigenweights(matrix)
    root = np.real(np.roots(np.poly(matrix))).max()
    assert ratio == pytest.approx((root - 3) / 2 / 0.58, rel=1e-9)
    assert weights == pytest.approx([0.637, 0.258, 0.105], abs=5e-4)


def test_a_geometric_mean_of_a_zero_is_refused_unless_there_is_a_floor() -> None:
    spec = SPEC.replace('code = "all"', 'code = "all"\naggregate = "geometric"')
    data = DATA.replace("A,5", "A,0")
    assert 'give the node a floor, for example "1"' in said(spec=spec, data=data)
    floored = small(spec.replace('"geometric"', '"geometric"\nfloor = "1"'), data=data)
    assert floored.total[0, 0] == pytest.approx((1 * 60) ** 0.5)


@pytest.mark.parametrize("method", ["min-max", "z", "rank"])
def test_a_period_in_which_nobody_takes_part_stays_empty(method: str) -> None:
    rows = "code,parent,direction,weight\nA,all,+1,0.5\nB,all,-1,0.5\n"
    spec = SPEC.replace('"goalposts"', f'"{method}"').replace(
        "[publish]", '[availability]\nmin_count = 2\nbelow = "leave-out"\n\n[publish]'
    )
    data = "unit,period,indicator,value\n" + "".join(
        f"{u},2025,A,{v}\n{u},2025,B,{9 - v}\n{u},2026,A,{v}\n" for u, v in (("x", 1), ("y", 4), ("z", 8))
    )
    edition = small(spec, rows, data)
    assert edition.part.tolist() == [[True] * 3, [False] * 3]
    assert edition.ranks.tolist() == [[3, 2, 1], [0, 0, 0]]


def test_a_logarithm_of_goalposts_that_reach_zero_is_refused() -> None:
    rows = (
        ROWS.replace("low,high", "low,high,treat")
        .replace("0,10\n", "0,10,log\n")
        .replace("0,100\n", "0,100,\n")
    )
    assert "A: a logarithm needs values above 0" in said(rows=rows)


@pytest.mark.parametrize("sign", [";", "\t", "|"])
def test_a_table_that_is_not_parted_by_commas_is_named_once(sign: str) -> None:
    told = said(data=DATA.replace(",", sign))
    assert told.count("save the table with commas") == 1 and "missing" not in told


def test_an_error_below_nothing_is_refused() -> None:
    assert "se: -0.5 is below 0" in said(data=DATA.replace("A,5,0.5", "A,5,-0.5"))


@pytest.mark.parametrize("selected", ['periods = ["2025", "2062"]', 'units = ["u", "2062"]'])
def test_a_selection_of_what_is_not_there_is_refused(selected: str) -> None:
    spec = SPEC.replace("[normalise]", f"[select]\n{selected}\n\n[normalise]")
    assert "the spec selects 2062, of which there is no row" in said(spec=spec)


def test_a_number_that_no_computer_holds_is_refused() -> None:
    assert "no number" in said(rows=ROWS.replace("0,100", "0," + "9" * 400))
