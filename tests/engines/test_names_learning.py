"""The tables of learned words and weights come from the script and the pairs, and from nothing else."""

from __future__ import annotations

import hashlib
import os
from collections import Counter
from pathlib import Path

import pytest
from tests.names import VECTORS, pairs
from tools.learn_names import part, read_pairs, split_digest, teach

from qinglian.batch.names.tables import FOLDER

LEARNED = ("learned.csv", "weights.csv")
DOCUMENT = Path(__file__).parents[2] / "docs" / "explanation" / "names.md"


def test_a_company_belongs_to_one_part_by_the_hash_of_its_name() -> None:
    names = {pair.a for pair in pairs() if pair.group == "P1"}
    by_hand = {name: int(hashlib.sha256(name.encode()).hexdigest()[:2], 16) % 8 for name in names}
    assert all((part(name) == "kept") == (by_hand[name] in (3, 7)) for name in names)
    assert all((part(name) == "tune") == (by_hand[name] == 0) for name in names)
    assert Counter(map(part, names)) == {"train": 314, "kept": 120, "tune": 66}


def test_no_company_of_the_kept_part_is_learned_from() -> None:
    learned = read_pairs([VECTORS / "cross_script_pairs.csv"])
    assert len(learned) == 314 and {part(name) for name in learned} == {"train"}


def test_the_document_says_which_part_was_never_looked_at() -> None:
    digest = split_digest(pair.a for pair in pairs() if pair.group == "P1")
    assert digest in DOCUMENT.read_text("utf-8")


def test_learning_twice_gives_the_same_bytes(tmp_path: Path) -> None:
    named = read_pairs([VECTORS / "cross_script_pairs.csv"])
    before = [(FOLDER / name).read_bytes() for name in LEARNED]
    made = []
    for turn in ("one", "two"):
        (tmp_path / turn).mkdir()
        teach(named, tmp_path / turn)
        made.append([(tmp_path / turn / name).read_bytes() for name in LEARNED])
    assert made[0] == made[1] and made[0][0].count(b"\n") > 1
    assert before == [(FOLDER / name).read_bytes() for name in LEARNED]


def test_the_tables_that_come_with_the_package_are_what_the_script_writes(tmp_path: Path) -> None:
    folder = os.environ.get("QINGLIAN_TEST_DATA")
    if not folder:
        pytest.skip("the pairs that words are learned from: QINGLIAN_TEST_DATA is not set")
    teach(read_pairs([Path(folder) / "names" / "szse_bilingual_companies.csv"]), tmp_path)
    for name in LEARNED:
        assert (tmp_path / name).read_bytes() == (FOLDER / name).read_bytes()
