"""A name taken apart by its grammar, whatever is typed."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qinglian.batch.names.tables import matcher
from qinglian.engines.names import Name
from qinglian.engines.names.numerals import value
from qinglian.engines.names.syllables import cuts
from qinglian.faults import Fault

parse = matcher().parse


@pytest.mark.parametrize(
    ("text", "region", "brand", "industry", "form", "branch"),
    [
        ("深圳市海澜科技有限公司", ("深圳",), "海澜", ("科技",), "ltd", ""),
        ("深圳海瀾科技股份有限公司", ("深圳",), "海澜", ("科技",), "plc", ""),
        ("海澜科技（深圳）有限公司", ("深圳",), "海澜", ("科技",), "ltd", ""),
        ("广东省深圳市南山区海澜贸易有限责任公司", ("广东", "深圳", "南山"), "海澜", ("贸易",), "ltd", ""),
        ("海澜(集团)股份有限公司龙岗分公司", (), "海澜", (), "plc", "龙岗分公司"),
        ("香港海瀾國際貿易有限公司", ("香港",), "海澜", ("国际贸易",), "ltd", ""),
        ("前海海澜股权投资合伙企业（有限合伙）", ("前海",), "海澜", ("股权投资",), "lp", ""),
        ("中国建筑第二工程局有限公司", ("中国",), "建筑", ("工程局",), "ltd", ""),
        ("海南海澜农民专业合作社", ("海南",), "海澜", (), "coop", ""),
        ("重庆新材料有限公司", ("重庆",), "新材料", (), "ltd", ""),
        ("深圳", (), "深圳", (), "", ""),
        ("深圳市嘉兴贸易有限公司", ("深圳",), "嘉兴", ("贸易",), "ltd", ""),
    ],
)
def test_chinese_names_have_these_parts(
    text: str, region: tuple[str, ...], brand: str, industry: tuple[str, ...], form: str, branch: str
) -> None:
    name = parse(text)
    assert (name.region, name.brand, name.industry) == (region, brand, industry)
    assert (name.form, name.branch) == (form, branch)


@pytest.mark.parametrize(
    ("text", "region", "brand", "form"),
    [
        ("Hailan Technology Co., Ltd.", (), "hailan", "ltd"),
        ("SHENZHEN HAILAN (GROUP) COMPANY LIMITED", ("深圳",), "hailan", "ltd"),
        ("Hong Kong Hailan Trading Ltd", ("香港",), "hailan", "ltd"),
        ("Inner Mongolia Hailan Mining Inc.", ("内蒙古",), "hailan", "corp"),
        ("Société Générale S.A.", (), "societe generale", "corp"),
    ],
)
def test_english_names_have_these_parts(text: str, region: tuple[str, ...], brand: str, form: str) -> None:
    name = parse(text)
    assert (name.region, name.brand, name.form) == (region, brand, form)


@pytest.mark.parametrize(
    ("text", "number"), [("二", 2), ("十八", 18), ("二十三", 23), ("一百零五", 105), ("７", 7)]
)
def test_numbers_are_read(text: str, number: int) -> None:
    assert value("7" if text == "７" else text) == number


def test_numbers_in_names_are_seen_in_both_languages() -> None:
    assert parse("海澜第二建筑公司").numerals == parse("Hailan Second Construction Co").numerals == ("2",)
    assert parse("海澜三局有限公司").numerals == parse("Hailan Bureau No. 3 Ltd").numerals == ("3",)


def test_words_are_cut_into_pinyin() -> None:
    assert ("quan", "xin", "hao") in cuts("quanxinhao")
    assert {("xian",), ("xi", "an")} <= set(cuts("xian"))
    assert cuts("technology") == ()


@pytest.mark.parametrize("text", ["", "   ", "\x00\x1f", "\u200b", "名" * 501])
def test_empty_and_overlong_names_are_faults_with_their_mend(text: str) -> None:
    with pytest.raises(Fault, match=r"write the name|at most"):
        parse(text)


@pytest.mark.parametrize(
    ("text", "note"),
    [
        ("名", "one-sign"),
        ("12345", "no-letters"),
        ("海澜\x07科技", "control-signs"),
        ("海澜 Hailan 科技", "mixed-scripts"),
        ("'; DROP TABLE firms; --", "looks-like-code"),
    ],
)
def test_oddities_are_named(text: str, note: str) -> None:
    assert note in parse(text).notes


ODD = [
    "海\udc80澜",
    "𠮷野家有限公司",
    "㈱海澜",
    "①②③",
    "٣局",
    "第²公司",
    "1" * 499 + "局",
    "第" * 500,
    "a " * 250,
]


@pytest.mark.parametrize("text", ODD, ids=range(len(ODD)))
def test_strange_signs_are_read_and_compared(text: str) -> None:
    assert parse(text).folded
    assert matcher().match(text, "海澜科技有限公司").score <= 1


def test_five_hundred_signs_are_read() -> None:
    assert parse("海澜科技" * 125).script == "han"


@given(st.text(max_size=60))
def test_any_text_is_parsed_or_faulted(text: str) -> None:
    try:
        name = parse(text)
    except Fault:
        return
    assert isinstance(name, Name) and name.folded
    assert all(unit.weight >= 0 for unit in name.units)


@given(st.text("深圳市海澜科技有限公司（）() 第二局ABab\t\u3000", min_size=1, max_size=24))
def test_parsing_again_changes_nothing(text: str) -> None:
    try:
        name = parse(text)
    except Fault:
        return
    again = parse(name.folded)
    assert (again.brand, again.region, again.form) == (name.brand, name.region, name.form)
