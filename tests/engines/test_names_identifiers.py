"""Codes against published examples, a second computation, and the register's own."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qinglian.engines.names.identifiers import (
    USCC_SIGNS,
    agreement,
    conflict,
    is_uscc,
    organisation_check,
    read_identifier,
    uscc_check,
)
from qinglian.faults import Fault

DIGITS = st.text("0123456789", min_size=6, max_size=6)
SIGNS = st.text(USCC_SIGNS, min_size=9, max_size=9)


def made(division: str, organisation: str) -> str:
    first = f"91{division}{organisation}"
    return first + uscc_check(first)


def by_hand(first: str) -> str:
    """GB 32100-2015, appendix: Σ Cᵢ·Wᵢ with Wᵢ = 3^(i-1) mod 31, check = 31 - remainder, 31 read as 0."""
    total = 0
    for place, sign in enumerate(first):
        total += "0123456789ABCDEFGHJKLMNPQRTUWXY".index(sign) * (3**place % 31)
    return "0123456789ABCDEFGHJKLMNPQRTUWXY"[(31 - total % 31) % 31]


@given(DIGITS, SIGNS)
def test_the_check_sign_is_that_of_the_standard(division: str, organisation: str) -> None:
    code = made(division, organisation)
    assert code[17] == by_hand(code[:17])
    assert is_uscc(code) and read_identifier(code).valid


@given(DIGITS, SIGNS, st.integers(0, 16), st.sampled_from(USCC_SIGNS))
def test_one_wrong_sign_is_always_seen(division: str, organisation: str, place: int, sign: str) -> None:
    code = made(division, organisation)
    wrong = code[:place] + sign + code[place + 1 :]
    assert is_uscc(wrong) == (wrong == code)


@pytest.mark.parametrize(
    ("text", "kind", "valid"),
    [
        ("91440101x18407888T", "uscc", True),  # a lower-case x, as 31 of 111,022 codes are written
        ("９１４４０１０１Ｘ１８４０７８８８Ｔ", "uscc", True),
        ("9144 0101-X184 0788 8T", "uscc", True),
        ("91440101X18407888U", "uscc", False),
        ("91440101X1840788OT", "uscc", False),
        ("5493001KJTIIGC8Y1R12", "lei", True),  # the example of ISO 17442
        ("5493001KJTIIGC8Y1R13", "lei", False),
        ("110108000000016", "cn-registration", True),  # the example of GS 15-2006
        ("110108000000017", "cn-registration", False),
        ("12345678", "hk-br", None),
        ("1234567", "hk-cr", None),
        ("F0012345", "hk-cr", None),
        ("12345678-000-01-23-4", "hk-br", None),  # as it stands on the certificate
        ("12345 (SO)", "mo-cr", None),
        ("SO 12345", "mo-cr", None),
    ],
)
def test_codes_are_known_by_their_shape(text: str, kind: str, valid: bool | None) -> None:
    code = read_identifier(text)
    assert (code.kind, code.valid) == (kind, valid)
    assert bool(code.problem) == (valid is not True)


def test_the_organisation_code_stands_inside() -> None:
    code = read_identifier("91440101X18407888T")
    assert code.parts["organisation"] == "X18407888"
    assert organisation_check("X1840788") == "8"


@pytest.mark.parametrize(
    "written", ["914403001922O38216", "9I440300I922O382I6", "９１４４Ｏ３００1922o38216"]
)
def test_letters_written_for_digits_are_told_and_what_was_meant(written: str) -> None:
    code = read_identifier(written)
    assert code.valid is False and code.parts == {"meant": "914403001922038216"}
    assert conflict((written,), ("91440101X18407888T",)) is None  # a code that is not valid settles nothing


def test_one_number_of_hong_kong_or_macau_is_one_however_it_is_written() -> None:
    assert {read_identifier(t).code for t in ("12345678", "12345678-000", "12345678-000-01-23-4")} == {
        "12345678"
    }
    assert {read_identifier(t).code for t in ("12345 (SO)", "12345SO", "so 12345")} == {"12345SO"}


@pytest.mark.parametrize("text", ["", "x", "no code", "1" * 500, "'; DROP TABLE x;--", "\x00\x01"])
def test_what_is_no_code_is_refused_with_its_mend(text: str) -> None:
    with pytest.raises(Fault, match="code"):
        read_identifier(text)


def test_two_valid_codes_that_differ_are_a_conflict_and_a_wrong_one_is_none() -> None:
    one, other = made("440300", "MA5DA1234"), made("440300", "MA5DB5678")
    assert conflict((one,), (other,)) == (one, other)
    assert conflict((one,), (one.lower(),)) is None
    assert conflict((one,), (one[:17] + "?",)) is None
    assert conflict((one,), ("12345678",)) is None
    assert agreement((one.lower(), "rubbish"), (one,)) in (one, one[8:17])


def test_codes_of_a_real_register_are_valid() -> None:
    folder = os.environ.get("QINGLIAN_TEST_DATA")
    if not folder:
        pytest.skip("codes of a real register: QINGLIAN_TEST_DATA is not set")
    parquet = pytest.importorskip("pyarrow.parquet")
    codes = parquet.read_table(Path(folder) / "registry" / "registry_shenzhen.parquet")["uscc"].to_pylist()
    wrong = [code for code in codes if code and not read_identifier(code).valid]
    assert len(codes) == 18_533
    assert len(wrong) <= 0.0003 * len(codes), wrong[:5]


@given(st.text(max_size=80))
def test_reading_a_code_answers_or_faults(text: str) -> None:
    try:
        read_identifier(text)
    except Fault as fault:
        assert str(fault)
