"""Numbers that catch a slip, and codes that survive a hand."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests import people

from qinglian.capabilities.cases import queries
from qinglian.capabilities.cases.rules import case_number, check_digit, code_from, tidy_code

DIGITS = st.text("0123456789", min_size=1, max_size=14)


@pytest.mark.parametrize(
    ("digits", "check"),
    [
        ("79462", "3"),  # these two are the documented examples of python-stdnum
        ("00200667308", "5"),
        ("3339200596", "1"),  # a Croatian OIB and a German tax number end in this digit
        ("8609574271", "9"),
    ],
)
def test_known_numbers_have_their_check_digit(digits: str, check: str) -> None:
    assert check_digit(digits) == check


def _valid(digits: str) -> bool:
    """ISO 7064 MOD 11,10 the other way round: run over the whole string, check digit too, and end at 1."""
    product = 10
    for digit in digits[:-1]:
        total = (product + int(digit)) % 10
        product = (10 if total == 0 else total) * 2 % 11
    return (product + int(digits[-1])) % 10 == 1


@given(DIGITS)
def test_a_number_with_its_check_digit_is_valid_by_a_second_computation(digits: str) -> None:
    assert _valid(digits + check_digit(digits))


@given(DIGITS, st.data())
def test_every_single_wrong_digit_is_seen(digits: str, data: st.DataObject) -> None:
    whole = digits + check_digit(digits)
    place = data.draw(st.integers(0, len(whole) - 1))
    other = data.draw(st.sampled_from([d for d in "0123456789" if d != whole[place]]))
    assert not _valid(whole[:place] + other + whole[place + 1 :])


def test_a_number_reads_prefix_year_place_and_check() -> None:
    assert case_number("{prefix}-{yyyy}-{seq:06}-{check}", "ZX", 2026, 7) == (
        "ZX-2026-000007-" + check_digit("2026000007")
    )


@pytest.mark.django_db
def test_the_year_of_a_number_is_that_of_the_zone_not_of_greenwich() -> None:
    people.units()
    eve = people.MONDAY.replace(year=2025, month=12, day=31, hour=23, minute=59)
    assert people.chen_asks(eve).number.startswith("ZX-2025-000001-")
    assert people.chen_asks(eve.replace(year=2026, month=1, day=1, hour=0)).number.startswith(
        "ZX-2026-000001-"
    )


@given(st.text(max_size=40))
def test_a_code_has_sixty_bits_and_is_the_same_each_time(secret: str) -> None:
    code = code_from(secret)
    assert code == code_from(secret) and len(code) == 14
    assert not set(code.replace("-", "")) & set("ILOU")
    assert tidy_code(code) == code.replace("-", "")


WRITTEN = {
    "lower case": str.lower,
    "full width": lambda code: "".join(chr(ord(c) + 0xFEE0) for c in code),
    "no hyphens": lambda code: code.replace("-", ""),
    "spaces": lambda code: f"  {code.replace('-', ' ')} ",
    "long dashes": lambda code: code.replace("-", "–"),
    "O for 0": lambda code: code.replace("0", "O"),
    "o for 0": lambda code: code.replace("0", "o"),
    "I for 1": lambda code: code.replace("1", "I"),
    "l for 1": lambda code: code.replace("1", "l"),
}


@pytest.mark.parametrize("way", WRITTEN)
@given(secret=st.text(max_size=10))
def test_a_code_may_be_written_in_any_way(way: str, secret: str) -> None:
    code = code_from(secret)
    assert tidy_code(WRITTEN[way](code)) == tidy_code(code)


@pytest.mark.django_db
@pytest.mark.parametrize("way", ["lower case", "full width"])
def test_a_number_may_be_written_in_any_way_too(way: str) -> None:
    people.units()
    lodged = people.chen_asks()
    number = f" {WRITTEN[way](lodged.number)} "
    assert queries.tracked_case(number, WRITTEN[way](lodged.code)) == lodged.case_id


@pytest.mark.django_db
def test_a_wrong_number_and_a_wrong_code_answer_alike() -> None:
    people.units()
    chen, he = people.chen_asks(), people.he_asks()
    assert queries.tracked_case(chen.number, chen.code) == chen.case_id
    for number, code in [
        (chen.number, he.code),
        ("ZX-2026-999999-0", chen.code),
        (chen.number, ""),
        ("", ""),
        (chen.number, chen.code[:-1]),
        (f"{chen.number}\x00", chen.code),
    ]:
        assert queries.tracked_case(number, code) is None
