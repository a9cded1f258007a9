"""Every key of a pack, and every word of its closed lists, stands in the reference."""

from __future__ import annotations

from pathlib import Path

import pytest

from qinglian.zone import matter, pack
from qinglian.zone.facts import SOURCES
from qinglian.zone.keys import every_key

PAGE = (Path(__file__).parents[2] / "docs" / "reference" / "zone-pack.md").read_text("utf-8")


@pytest.mark.parametrize(("file", "heading"), [("zone.toml", "zone.toml"), ("measures.toml", "measures.toml"),
                                               ("channels.toml", "channels.toml"),
                                               ("matters/*.toml", "matters/ID.toml")])  # fmt: skip
def test_every_key_is_described_under_its_file(file: str, heading: str) -> None:
    section = PAGE.split(f"\n## {heading}\n")[1].split("\n## ")[0]
    assert [key for key in every_key()[file] if f"| `{key}` |" not in section] == []


def test_no_key_is_described_that_does_not_exist() -> None:
    known = {key for keys in every_key().values() for key in keys}
    named = {*matter.FIELD_TYPES, *(source.name for source in SOURCES)}
    described = {line.split("`")[1] for line in PAGE.splitlines() if line.startswith("| `")}
    assert described <= known | named


def test_every_word_of_a_closed_list_is_named() -> None:
    lists = (matter.KINDS, matter.STAGES, matter.TURNS, matter.FIELD_TYPES, matter.PUBLIC, matter.NEEDS,
             matter.ACTOR_FACTS, matter.PLACES, matter.CURRENCIES, matter.FILE_KINDS, matter.RELATIONS,
             matter.PREFILLS, matter.CONTROLS, tuple(source.name for source in SOURCES),
             pack.BASES, pack.CYCLES, pack.PUBLISH, pack.CHANNEL_KINDS,
             pack.CHANNEL_READERS)  # fmt: skip
    assert [word for words in lists for word in words if f"`{word}`" not in PAGE] == []
    assert [word for word in matter.CONTROLS_OF if f"`{word}:" not in PAGE] == []
    assert [word for word in matter.LETTER_WORDS if f"`{{{word}}}`" not in PAGE] == []
