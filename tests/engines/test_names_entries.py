"""What else stands in the cell of a name: remarks, translations, former names, glosses."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qinglian.batch.names.tables import matcher
from qinglian.engines.names.keys import Keys
from qinglian.faults import Fault

parse, match = matcher().parse, matcher().match


@pytest.mark.parametrize(
    ("text", "brand", "remark", "others"),
    [
        ("深圳海澜科技有限公司（示例）", "海澜", "示例", []),
        ("深圳海瀾科技有限公司（範例）", "海澜", "範例", []),
        ("Shenzhen Hailan Technology Co., Ltd. (example)", "hailan", "example", []),
        ("海澜科技（深圳）有限公司（重名暂加）", "海澜", "重名暂加", []),
        ("海澜投资合伙企业（有限合伙）", "海澜", "", []),
        ("海澜科技（集团）", "海澜", "", []),
        ("海澜银行深圳分行(简称:海澜深分)", "海澜", "", ["海澜深分"]),
        ("海澜医药有限公司(深圳海澜制药厂)", "海澜", "", ["深圳海澜制药厂"]),
        ("海澜有限公司（曾用名：万澜有限公司）", "海澜", "", ["万澜有限公司"]),
        ("海澜科技有限公司（Hailan Technology Co., Ltd.）", "海澜", "", ["hailan technology co., ltd."]),
        ("Hailan Technology Co., Ltd. / 海瀾科技有限公司", "海澜", "", ["hailan technology co., ltd"]),
        ("Hailan Ltd (formerly known as Wanlan Ltd.)", "hailan", "", ["wanlan ltd."]),
        ("HAILAN LIMITED, A.K.A. WANLAN LIMITED", "hailan", "", ["wanlan limited"]),
        ("Formerly Ltd", "formerly", "", []),
        ("AKA Holdings", "aka", "", []),
        ("海澜 HAI LAN 科技有限公司", "海澜", "", []),
        ("海澜科技（Hailan Technology）有限公司", "海澜", "", []),
        ("TCL科技集团股份有限公司", "tcl", "", []),
        ("深圳海澜-RGB电子有限公司", "海澜rgb", "", []),
    ],
)
def test_what_is_no_part_of_the_name_stands_apart(
    text: str, brand: str, remark: str, others: list[str]
) -> None:
    name = parse(text)
    assert (name.brand, name.remark) == (brand, remark)
    assert [other.text for _role, other in name.also] == others
    assert name.text == text and parse(name.folded).brand == brand


@pytest.mark.parametrize(
    ("a", "b"),
    [
        ("深圳海瀾科技有限公司（示例）", "深圳海澜科技有限公司(示例)"),
        ("深圳海澜科技有限公司（示例）", "Shenzhen Hailan Technology Co., Ltd. (example)"),
        ("Landmarc Limited", "ELMCREST GROUP LIMITED, FORMERLY KNOWN AS LANDMARC LIMITED"),
        ("海澜科技有限公司", "Hailan Technology Co., Ltd. 海瀾科技有限公司"),
        ("Hailan Technology Co Ltd", "海澜科技有限公司（Hailan Technology Co., Ltd.）"),
        ("海澜 Hailan 科技有限公司", "海瀾科技有限公司"),
    ],
)
def test_each_name_of_an_entry_is_compared(a: str, b: str) -> None:
    assert match(a, b).band == match(b, a).band == "strong"


def test_a_remark_on_one_side_asks_for_a_person() -> None:
    """A firm of the demonstration is never strongly a real one."""
    found = match("深圳海澜科技有限公司（示例）", "深圳海澜科技有限公司")
    assert found.band == "review" and ("note-open", "示例", "") in {(r.kind, r.a, r.b) for r in found.limits}


def test_the_reason_says_which_name_was_compared() -> None:
    reasons = match("万澜有限公司", "海澜有限公司（曾用名：万澜有限公司）").evidence
    assert ("other-name", "万澜有限公司", "万澜有限公司") in {(r.kind, r.a, r.b) for r in reasons}


def test_two_chinese_names_are_not_made_one_by_their_translations() -> None:
    found = match("海澜有限公司 Hailan Co., Ltd.", "海岚有限公司 Hailan Co., Ltd.")
    assert found.band == "review" and found.limits[0].kind == "brand-unsure"


def test_a_former_name_and_a_translation_have_keys_of_their_own() -> None:
    keys = Keys(matcher().known)
    both = set(keys.of(parse("Elmcrest Ltd (formerly Landmarc Ltd)")))
    assert both >= set(keys.of(parse("Elmcrest Ltd"))) | set(keys.of(parse("Landmarc Ltd")))


@given(st.text("海澜科技公司有限(（)）示例,/: abHailanLtd.曾用名aka formerly", max_size=40))
def test_any_entry_is_read_or_faulted(text: str) -> None:
    try:
        name = parse(text)
    except Fault:
        return
    assert name.folded and match(text, text).score == 1.0
    assert all(other.folded for _role, other in name.also)
