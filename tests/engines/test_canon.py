"""Canonical JSON: one value, one byte string."""

from __future__ import annotations

import json
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qinglian.engines import canon
from qinglian.faults import Fault

NUMBERS = st.integers(-canon.LARGEST, canon.LARGEST)
TEXTS = st.text(st.characters(exclude_categories=["Cs"]))
VALUES = st.recursive(
    st.none() | st.booleans() | NUMBERS | TEXTS,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(TEXTS, inner, max_size=4),
    max_leaves=12,
)


def test_keys_are_sorted_as_in_the_example_of_rfc_8785():
    names = ["\u20ac", "\r", "\ufb33", "1", "\U0001f600", "\u0080", "\u00f6"]
    written = canon.dumps({name: 0 for name in names})
    # RFC 8785 section 3.2.3: the emoji's surrogates come before U+FB33.
    assert list(json.loads(written)) == ["\r", "1", "\u0080", "\u00f6", "\u20ac", "\U0001f600", "\ufb33"]


def test_strings_are_written_as_in_the_example_of_rfc_8785():
    text = "\u20ac$\u000f\u000aA'\u0042\u0022\u005c\\\"/"
    assert canon.dumps(text) == '"€$\\u000f\\nA\'B\\"\\\\\\\\\\"/"'.encode()  # section 3.2.2.2


@given(VALUES)
def test_what_is_written_reads_back_and_is_written_the_same(value):
    written = canon.dumps(value)
    assert canon.loads(written) == value
    assert canon.dumps(canon.loads_canonical(written)) == written


@given(VALUES)
def test_it_is_what_the_library_writes_of_the_same_value_with_its_keys_in_order(value):
    def ordered(part):
        if isinstance(part, dict):
            return {k: ordered(part[k]) for k in sorted(part, key=lambda k: k.encode("utf-16-be"))}
        return [ordered(each) for each in part] if isinstance(part, list) else part

    written = json.dumps(ordered(value), ensure_ascii=False, separators=(",", ":"))
    assert canon.dumps(value) == written.encode()


def test_what_can_be_written_can_be_read():
    deepest = 1
    for _level in range(canon.DEEPEST):
        deepest = [deepest]
    assert canon.loads(canon.dumps(deepest)) == deepest
    with pytest.raises(Fault, match="nested deeper"):
        canon.dumps([deepest])


@given(VALUES)
def test_white_space_and_key_order_do_not_matter(value):
    assert canon.dumps(canon.loads(json.dumps(value, indent=3))) == canon.dumps(value)


@pytest.mark.parametrize(
    "text",
    ['{"a":1,"a":1}', "1.5", "1e3", "NaN", "-Infinity", "9007199254740992", "9" * 5000, '"\\ud800"', "[1,]",
     "", "[" * 100 + "]" * 100, "[" * 100_000, "\ufeff1", "01", "'a'"],
)  # fmt: skip
def test_other_json_is_refused_by_name(text):
    with pytest.raises(Fault):
        canon.loads(text)


@pytest.mark.parametrize(
    "value", [1.0, Decimal("1"), {1: 2}, 2**53, b"x", {"a": [{"b": 0.5}]}, "\udc00", {"\udc00": 1}]
)
def test_other_values_are_refused_by_name(value):
    with pytest.raises(Fault):
        canon.dumps(value)


def test_a_fault_names_the_place():
    with pytest.raises(Fault, match=r"^rates\.a\[1\]: float"):
        canon.dumps({"rates": {"a": [1, 0.5]}})


def test_bytes_that_are_not_utf_8_are_refused():
    with pytest.raises(Fault, match="byte 1"):
        canon.loads(b'"\xff"')


@pytest.mark.parametrize("data", [b'{"b":1,"a":2}', b"[1, 2]", b'"\\u0041"', b"1 ", b"-0"])
def test_loads_canonical_takes_no_other_spelling(data):
    with pytest.raises(Fault, match="canonical"):
        canon.loads_canonical(data)


@pytest.mark.parametrize(
    ("number", "text"),
    [("1.50", "1.5"), ("1E+3", "1000"), ("-0.0", "0"), ("1E-7", "0.0000001"), ("-2.0", "-2")],
)
def test_a_decimal_has_one_text(number, text):
    assert canon.decimal_text(Decimal(number)) == text


def test_a_decimal_that_is_no_number_is_refused():
    with pytest.raises(Fault):
        canon.decimal_text(Decimal("NaN"))
