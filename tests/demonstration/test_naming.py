"""No invented name or number is anybody's."""

from __future__ import annotations

import csv
import os
from datetime import date
from itertools import islice
from pathlib import Path
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from qinglian.engines.names.identifiers import is_uscc, organisation_check
from qinglian.web.demonstration.naming import (
    FORMER,
    FORMER_EN,
    LATTER,
    LATTER_EN,
    NOWHERE,
    code,
    counted,
    firms,
    person,
)

pytestmark = pytest.mark.once

UNCHECKED = "invented names were held against no real one"
DATA = os.environ.get("QINGLIAN_TEST_DATA")
DIVISIONS = {
    *range(11, 16),
    *range(21, 24),
    *range(31, 38),
    *range(41, 47),
    *range(50, 55),
    *range(61, 66),
    71,
    81,
    82,
}


@settings(max_examples=40)
@given(seed=st.integers(0, 2**32))
def test_every_firm_is_marked_and_no_two_share_brand_or_number(seed: int) -> None:
    some = list(islice(firms(Random(seed), date(2026, 11, 23)), 400))
    assert len({firm.number for firm in some}) == len(some)
    assert len({name for firm in some for name in firm.names.values()}) == sum(
        len(firm.names) for firm in some
    )
    for firm in some:
        assert firm.since < date(2026, 11, 23)
        for language, name in firm.names.items():
            assert {"en": "(example)", "pt": "(exemplo)"}.get(language, "（示例）") in name
            assert "�" not in name and len(name) <= 80
    assert {firm.place for firm in some} == {"CN", "HK", "MO"}


@given(n=st.integers(0, 9999))
def test_a_code_fits_both_its_checks_and_names_a_division_that_does_not_exist(n: int) -> None:
    made = code(n)
    assert is_uscc(made) and made[16] == organisation_check(made[8:16])
    assert made.startswith(NOWHERE) and int(made[2:4]) not in DIVISIONS


def test_people_are_known_by_a_surname_that_many_share() -> None:
    dice = Random(1)
    assert all(person(dice, "zh-hans").endswith("（示例）") for _n in range(100))
    assert person(dice, "en").endswith("(example)")


def test_the_counts_are_of_many_each_and_name_nobody() -> None:
    found = counted()
    assert set(found.of) == {"opening", "brand", "words", "word", "form", "district", "year", "length"}
    assert all(n >= 30 for values in found.of.values() for n in values.values())
    assert all(len(word) <= 6 for word in found.of["word"])
    assert not set(LATTER) & set(FORMER) and len(set(LATTER)) == len(LATTER)


@pytest.mark.skipif(
    DATA is None, reason="QINGLIAN_TEST_DATA is unset: invented names were held against no real one"
)
def test_no_invented_name_is_one_of_the_register_or_of_the_exchange() -> None:
    duckdb = pytest.importorskip(
        "duckdb", reason="duckdb is not here: invented names were held against no real one"
    )
    folder = Path(str(DATA))
    file = folder / "registry" / "registry_shenzhen.parquet"
    rows = duckdb.sql(f"SELECT name, uscc FROM '{file}'").fetchall()
    real, numbers = {name for name, _number in rows}, {number for _name, number in rows}
    with (folder / "names" / "szse_bilingual_companies.csv").open(encoding="utf-8-sig", newline="") as text:
        for row in csv.DictReader(text):
            real |= {row["name_zh"], row["short_zh"], row["name_en"]}
    signs = set("".join(real))
    words = {word for name in real for word in name.lower().split()}
    assert len(rows) > 18_000 and not signs & set(LATTER)
    assert not words & {word.lower() for word in LATTER_EN}
    assert not {number[:8] for number in numbers} & {NOWHERE}
    made = list(firms(Random(5), date(2026, 11, 23)))
    assert len(made) == len(FORMER) * len(LATTER) and len(FORMER_EN) * len(LATTER_EN) > 1000
    for firm in made:
        assert firm.number not in numbers
        for name in firm.names.values():
            bare = name.replace("（示例）", "").replace(" (example)", "")
            assert name not in real and bare not in real
