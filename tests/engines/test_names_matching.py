"""Which names are one company's, by a part of real names never looked at; and what keeps two apart."""

from __future__ import annotations

from collections import defaultdict

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.names import pairs

from qinglian.batch.names.tables import matcher
from qinglian.engines.names import STRONG, band
from qinglian.engines.names.evidence import SAYS
from qinglian.faults import Fault

match = matcher().match
ONE, OTHER = "91440101X18407888T", "914403001922038216"
TYPED = st.text("深圳市海澜藍科技有限公司龙岗分第二三（） hailanABtechltd.,'1\u0000", max_size=30)


@pytest.fixture(scope="module")
def kept() -> dict[str, list[float]]:
    scores: dict[str, list[float]] = defaultdict(list)
    for pair in pairs():
        if pair.kept:
            scores[pair.group].append(match(pair.a, pair.b).score)
    return scores


def share(scores: list[float], least: float) -> float:
    return sum(score >= least for score in scores) / len(scores)


@pytest.mark.parametrize("group", ["P2", "P3", "P4", "P5", "P6", "P7"])
def test_the_same_name_in_another_dress_is_found(kept: dict[str, list[float]], group: str) -> None:
    assert share(kept[group], 0.70) >= 0.99


@pytest.mark.parametrize(("group", "most"), [("N1", 0.005), ("N4", 0.01), ("N3", 0.005)])
def test_neighbours_are_not_taken_for_the_same(kept: dict[str, list[float]], group: str, most: float) -> None:
    assert share(kept[group], 0.70) <= most


def test_chinese_and_english_names_are_leads_of_high_precision(kept: dict[str, list[float]]) -> None:
    wrong = [score for group in ("N2", "N3", "N5") for score in kept[group]]
    right = sum(score >= STRONG for score in kept["P1"])
    assert right / (right + sum(score >= STRONG for score in wrong)) >= 0.98
    assert share(kept["P1"], 0.70) >= 0.24  # the prototype's


@pytest.mark.parametrize(
    ("a", "b", "kind", "most"),
    [
        ("中国建筑第二工程局有限公司", "中国建筑第三工程局有限公司", "numerals", 0.40),
        ("海澜第二建筑公司", "Hailan Third Construction Company", "numerals", 0.40),
        ("深圳市海澜科技有限公司", "广州市海澜科技有限公司", "region-conflict", 0.59),
        ("深圳市海澜科技有限公司", "Guangzhou Hailan Technology Co., Ltd.", "region-conflict", 0.59),
        ("深圳市龙岗海澜科技有限公司", "深圳市海澜科技有限公司", "region-narrower", 0.79),
        ("深圳市宝安海澜实业有限公司", "深圳市宝海澜实业有限公司", "brand-longer", 0.69),
        ("海澜科技有限公司", "海澜科技有限公司龙岗分公司", "branch", 0.60),
        ("海澜科技有限公司龙岗分公司", "海澜科技有限公司福田分公司", "branch", 0.60),
        ("海澜电子有限公司", "海澜食品有限公司", "industry-differs", 0.65),
        ("海澜科技有限公司", "海蓝科技有限公司", "brand-unsure", 0.79),
        ("东方国信科技", "东方通科技", "brand-differs", 0.55),
        ("Banco Hailan S.A.", "Banco Hailan Chile S.A.", "brand-longer", 0.69),
        ("Hailann Trading", "Hailan Trading", "brand-slip", 0.79),
        ("Hailan Trading", "Hailun Trading", "brand-differs", 0.55),  # both are good pinyin: no slip
        ("新国都股份有限公司", "XGD Inc.", "brand-initials", 0.79),
    ],
)
def test_what_tells_companies_apart_limits_the_score(a: str, b: str, kind: str, most: float) -> None:
    for found in (match(a, b), match(b, a)):
        assert found.score <= most
        assert kind in {reason.kind for reason in found.limits}


@pytest.mark.parametrize(
    ("a", "b", "kind"),
    [
        ("新鴻基地產", "Sun Hung Properties", "hk-spelling"),
        ("長江實業", "Cheung Kong Industrial", "hk-spelling"),
        ("广州浩洋电子", "Gwong Zau Hou Joeng Din Zi", "jyutping"),
        ("重庆海澜银行", "Chongqing Hailan Bank", "pinyin"),
        ("海瀾科技", "海澜科技", "respelled"),
        ("三环集团", "Three Ring Group", "word"),
        ("东方电子", "Oriental Electronics", "word"),
        ("新国都股份有限公司", "XGD Inc.", "initials"),
        ("HighTech Hailan Ltd", "High-Tech Hailan Ltd", "same-letters"),
        ("Hailann Trading", "Hailan Trading", "near"),
        ("第二海澜", "Hailan No.2", "number"),
    ],
)
def test_the_reason_names_the_way(a: str, b: str, kind: str) -> None:
    assert kind in {reason.kind for reason in match(a, b).evidence}


@pytest.mark.parametrize(
    ("a", "b"),
    [
        ("Hailan LLC", "Hailan Limited Liability Company"),
        ("Hailan Group plc", "Hailan Group Public Limited Company"),
        ("Hailan", "Hailan Sp. z o.o."),
        ("First Hailan Bank", "1st Hailan Bank"),
    ],
)
def test_a_legal_form_or_a_number_written_out_is_the_same(a: str, b: str) -> None:
    assert match(a, b).score >= 0.9 and match(b, a).score >= 0.9


@pytest.mark.parametrize(
    "signs", "爲為为 峯峰 羣群 衞衛卫 綫線线 鑛礦矿 鉄鐵铁 発發发 広廣广 邨村 滙匯汇 昇升".split()
)
def test_variants_of_a_sign_are_that_sign(signs: str) -> None:
    """As registers and old plates print one sign; a sign of its own (犇, 淼) stays apart."""
    scores = {match(f"海{one}科技", f"海{other}科技").score for one in signs for other in signs}
    assert scores == {1.0}
    assert match("海犇科技", "海奔科技").band == "review"


def told(a: str, b: str) -> list[tuple[str, str, str]]:
    return [(reason.kind, reason.a, reason.b) for reason in match(a, b).evidence]


def test_parts_are_told_whole() -> None:
    """No reader should be told that 第 stands in both, or that 市 agrees with nothing."""
    assert told("深圳市海瀾科技有限公司", "Shenzhen Hailan Technology Co., Ltd.") == [
        ("region", "深圳市", "shenzhen"),
        ("pinyin", "海瀾", "hailan"),
        ("word", "科技", "technology"),
        ("form", "有限公司", "co ltd"),
    ]
    numbers = told("海澜第二工程局有限公司", "海澜第三工程局有限公司")
    assert ("only-a", "第二", "") in numbers and ("only-b", "", "第三") in numbers
    assert ("industry-differs", "科技", "信息技术") in told("海澜科技有限公司", "海澜信息技术有限公司")
    forms = told("广东省深圳市海澜股份有限公司", "深圳海澜有限公司")
    assert ("form", "股份有限公司", "有限公司") in forms and ("region", "广东省深圳市", "深圳") in forms


def test_a_reason_shows_each_name_as_it_was_written() -> None:
    assert ("brand-longer", "國海瀾", "海瀾") in told("國海瀾科技", "海瀾科技")
    assert ("respelled", "海瀾", "海澜") in told("海瀾科技有限公司", "海澜科技")


def test_a_valid_code_settles_it_and_two_that_differ_never_pass_review() -> None:
    assert match("甲", "Zebra Ltd", (ONE,), (ONE.lower(),)).score == 1.0
    apart = match("海澜科技有限公司", "海澜科技有限公司", (ONE,), (OTHER,))
    assert apart.band == "review" and apart.evidence[0].kind == "identifiers-differ"
    assert match("海澜科技有限公司", "海澜科技有限公司", (ONE,), ("rubbish",)).score == 1.0


def test_every_reason_can_be_told() -> None:
    for template in SAYS.values():
        assert template % {"a": "甲", "b": "乙"}


@given(TYPED, TYPED)
def test_a_match_is_symmetric_bounded_and_never_crashes(a: str, b: str) -> None:
    try:
        found, turned = match(a, b), match(b, a)
    except Fault:
        return
    assert 0 <= found.score <= 1 and found.band == band(found.score)
    assert abs(found.score - turned.score) < 1e-3
    assert all(reason.template % {"a": reason.a, "b": reason.b} for reason in found.evidence)


@given(st.text(min_size=1, max_size=40))
def test_a_name_is_itself(text: str) -> None:
    try:
        assert match(text, text).score == 1.0
    except Fault:
        assert not any(sign.isalnum() and sign.isprintable() for sign in text)
