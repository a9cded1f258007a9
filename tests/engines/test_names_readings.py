"""Readings against the street signs of Hong Kong, the names of cities, and nomenklatura's cases."""

from __future__ import annotations

import pytest
from tests.names import rows

from qinglian.batch.names.tables import matcher
from qinglian.engines.names.knowledge import spellings, syllables

MATCHER = matcher()
KNOWN = MATCHER.known
PLACES = """
    尖沙咀 Tsim Sha Tsui, 深水埗 Sham Shui Po, 荃灣 Tsuen Wan, 大埔 Tai Po, 沙田 Sha Tin, 屯門 Tuen Mun,
    元朗 Yuen Long, 觀塘 Kwun Tong, 黃大仙 Wong Tai Sin, 西貢 Sai Kung, 葵涌 Kwai Chung,
    長沙灣 Cheung Sha Wan, 荔枝角 Lai Chi Kok, 油麻地 Yau Ma Tei, 筲箕灣 Shau Kei Wan, 柴灣 Chai Wan,
    銅鑼灣 Tung Lo Wan, 灣仔 Wan Chai, 上水 Sheung Shui, 粉嶺 Fan Ling, 大嶼山 Tai Yue Shan,
    青衣 Tsing Yi, 何文田 Ho Man Tin, 土瓜灣 To Kwa Wan, 西營盤 Sai Ying Pun, 上環 Sheung Wan,
    慈雲山 Tsz Wan Shan
"""


@pytest.mark.parametrize("place", [place.strip() for place in PLACES.split(",")])
def test_hong_kong_spells_its_places_so(place: str) -> None:
    signs, *said = place.split()
    wrong = [
        (sign, word)
        for sign, word in zip(signs, said, strict=True)
        if word.lower() not in MATCHER.readings.hong_kong(sign)
    ]
    assert not wrong


@pytest.mark.parametrize(
    ("text", "read"),
    [
        ("重庆", "chong qing"),
        ("长城", "chang cheng"),
        ("厦门", "xia men"),
        ("六安", "lu an"),
        ("银行", "yin hang"),
        ("音乐", "yin yue"),
        ("成都", "cheng du"),
        ("番禺", "pan yu"),
        ("台州", "tai zhou"),
        ("数据", "shu ju"),
        ("TCL中环".lower(), "tcl zhong huan"),
    ],
)
def test_polyphones_are_read_by_their_word(text: str, read: str) -> None:
    assert " ".join(syllables(text, KNOWN.scripts, KNOWN.polyphones)) == read


def test_usual_readings_are_those_of_the_phrase_dictionary() -> None:
    """pypinyin reads by phrases; ours by single signs and a short table: they agree on real names."""
    pypinyin = pytest.importorskip("pypinyin")
    names = [row["a"] for row in rows("cross_script_pairs.csv") if row["group"].startswith("P1")]
    together = differing = 0
    for name in names:
        core = MATCHER.parse(name).core
        ours = syllables(core, KNOWN.scripts, KNOWN.polyphones)
        theirs = tuple(word.lower() for word in pypinyin.lazy_pinyin(core, errors=lambda run: [run]))
        together += len(ours)
        differing += sum(a != b for a, b in zip(ours, theirs, strict=False))
    assert differing <= 0.01 * together


def test_a_table_of_initials_and_finals_gives_every_syllable() -> None:
    table = [
        {"part": "initial", "jyutping": "z", "spellings": "ch;ts"},
        {"part": "final", "jyutping": "oeng", "spellings": "eung"},
    ]
    assert spellings(table)["zoeng"] == ("cheung", "tseung")


def test_a_second_set_of_cases_by_others() -> None:
    """Companies and organisations of nomenklatura's cases: precise, if shy of slips in short names."""
    cases = [
        c for c in rows("nomenklatura_cases.csv") if c["schema"] in ("Company", "Organization", "LegalEntity")
    ]
    said = [(MATCHER.match(c["name1"], c["name2"]).score >= 0.70, c["is_match"] == "true") for c in cases]
    right = sum(ours and theirs for ours, theirs in said)
    assert len(cases) == 266
    assert right / sum(ours for ours, _theirs in said) >= 0.95
    assert right / sum(theirs for _ours, theirs in said) >= 0.60
