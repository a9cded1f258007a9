"""Registration numbers: published examples, every slip of one character, and names with hidden signs."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qinglian.capabilities.parties import identifiers
from qinglian.capabilities.parties.identifiers import SIGNS, check_character, organisation_check, read
from qinglian.capabilities.parties.naming import read_name, script_of, statement_hash
from qinglian.faults import Fault

pytestmark = pytest.mark.once

# The first is the example that the rules of GB 32100-2015 are usually explained with, the second that of
# python-stdnum; D2143569-X is the example of GB 11714-1997.
PUBLISHED = ["91350100M000100Y43", "91110000600037341L"]


@pytest.mark.parametrize("code", PUBLISHED)
def test_published_codes_are_valid(code: str) -> None:
    assert read("uscc", code) == identifiers.Number("uscc", code, True)
    assert check_character(code[:17]) == code[17]
    assert identifiers.organisation_code(code) == code[8:17]


def test_the_published_organisation_code_has_its_check_character() -> None:
    assert organisation_check("D2143569") == "X"


def iso_7064_remainder(code: str) -> int:
    """The check the other way round: the whole in powers of 3, by Horner from the right, is 0."""
    total = 0
    for sign in reversed(code[:17]):
        total = (total * 3 + SIGNS.index(sign)) % 31
    return (total + SIGNS.index(code[17])) % 31


CODES = st.builds(
    lambda head, area, rest: (body := head + area + rest) + check_character(body),
    st.text(SIGNS, min_size=2, max_size=2),
    st.text("0123456789", min_size=6, max_size=6),
    st.text(SIGNS, min_size=9, max_size=9),
)


@given(CODES)
def test_a_code_with_its_check_character_is_valid_by_a_second_computation(code: str) -> None:
    assert iso_7064_remainder(code) == 0
    assert read("uscc", code).value == code


@given(CODES, st.data())
def test_every_single_wrong_character_is_caught(code: str, data: st.DataObject) -> None:
    place = data.draw(st.integers(0, 17))
    other = data.draw(st.sampled_from([sign for sign in SIGNS if sign != code[place]]))
    with pytest.raises(Fault):
        read("uscc", code[:place] + other + code[place + 1 :])


@given(CODES, st.integers(0, 16))
def test_every_exchange_of_neighbours_is_caught(code: str, place: int) -> None:
    swapped = code[:place] + code[place + 1] + code[place] + code[place + 2 :]
    if swapped != code:
        with pytest.raises(Fault):
            read("uscc", swapped)


WRITTEN = {
    "lower case": str.lower,
    "full width": lambda code: "".join(chr(ord(c) + 0xFEE0) for c in code),
    "with spaces": lambda code: f" {code[:6]} {code[6:]}\u3000",
    "with hyphens": lambda code: f"{code[:8]}-{code[8:17]}－{code[17:]}",
}


@pytest.mark.parametrize("way", WRITTEN)
@given(code=CODES)
def test_a_code_may_be_written_in_any_way(way: str, code: str) -> None:
    assert read("uscc", WRITTEN[way](code)).value == code


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "empty"),
        ("91350100M000100Y4", "17 characters"),
        ("440301123456789", "15-digit"),
        ("9135010OM000100Y43", "character 8 is O"),
        ("91350100M000100YI3", "character 17 is I"),
        ("9135A100M000100Y43", "character 5 is A"),
        ("91350100M000100Y44", "check character"),
        ("91350100M000100Y4\x00", r"character 18 is U\+0000"),
        ("9135０100M0001💥0Y43", "character 14"),
    ],
)
def test_what_is_wrong_is_named_with_its_place(text: str, said: str) -> None:
    with pytest.raises(Fault, match=said):
        read("uscc", text)


@pytest.mark.parametrize(
    ("kind", "text", "value"),
    [
        ("hk-br", "12345678", "12345678"),
        ("hk-br", "１２３４５６７８－000", "12345678"),
        ("hk-br", "12345678-000-01-26-1", "12345678"),
        ("hk-br", "c0012345", "C0012345"),  # for entities without a business registration
        ("hk-cr", "1234567", "1234567"),
        ("hk-cr", "f0001234", "F0001234"),
        ("mo-cr", "12345 SO", "12345SO"),
        ("other", "hrb 12-345", "HRB12345"),
    ],
)
def test_numbers_without_a_known_check_are_taken_and_said_to_be_unchecked(
    kind: str, text: str, value: str
) -> None:
    assert read(kind, text) == identifiers.Number(kind, value, False)


@pytest.mark.parametrize(
    ("kind", "text"),
    [("hk-br", "1234567"), ("hk-br", "123456789"), ("hk-br", "AB123456"), ("hk-cr", "123456789"),
     ("mo-cr", "SO"), ("mo-cr", "12345/67"), ("other", "1" * 41), ("other", "12\u200b34")],
)  # fmt: skip
def test_numbers_of_the_wrong_form_are_refused(kind: str, text: str) -> None:
    with pytest.raises(Fault):
        read(kind, text)


@given(st.text(max_size=30), st.sampled_from(identifiers.PLACES))
def test_whatever_is_stated_is_kept_and_fits(text: str, place: str) -> None:
    number = identifiers.stated(place, text)
    assert number is None or (number.kind in identifiers.KINDS and 0 < len(number.value) <= 40)


def test_an_individual_business_is_told_by_its_code() -> None:
    body = "92000000MA5000001"
    assert identifiers.is_individual(read("uscc", body + check_character(body)))
    assert not identifiers.is_individual(read("uscc", PUBLISHED[0]))


@pytest.mark.parametrize("sign", ["\x00", "\x1b", "\u202e", "\u200b", "\ufeff", "\u2028", "\ue000"])
def test_a_name_with_a_hidden_sign_is_refused_and_the_place_told(sign: str) -> None:
    with pytest.raises(Fault, match="character 3"):
        read_name(f"青禾{sign}贸易")


def test_a_name_keeps_its_own_width_and_loses_only_spaces() -> None:
    assert read_name("  青禾贸易（示例）  有限公司 ") == "青禾贸易（示例） 有限公司"
    with pytest.raises(Fault, match="at most 200"):
        read_name("青" * 201)


def test_a_stated_name_finds_its_script() -> None:
    assert [script_of("青禾", "CN"), script_of("何記", "HK"), script_of("Tern Limited", "HK")] == [
        "zh-Hans",
        "zh-Hant",
        "en",
    ]


def test_the_same_statement_is_the_same_hash_however_it_was_typed() -> None:
    first = statement_hash("CN", "91350100m000100y43", "青禾贸易(示例)")
    assert first == statement_hash("CN", " 91350100－M000100Y43", " 青禾贸易（示例） ")
    assert first != statement_hash("HK", "91350100M000100Y43", "青禾贸易（示例）")
