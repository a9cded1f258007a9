"""`qinglian names`: what it prints, writes and answers, in a person's words."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from qinglian.cli.main import main


def run(capsys: pytest.CaptureFixture[str], *words: str | Path) -> tuple[int, str, str]:
    code = main(["--lang", "en", "names", *map(str, words)])
    said = capsys.readouterr()
    return code, said.out, said.err


def test_the_parts_of_a_name_are_shown(capsys: pytest.CaptureFixture[str]) -> None:
    code, out, _err = run(capsys, "parse", "深圳市海澜科技有限公司龙岗分公司")
    assert code == 0
    assert "distinctive part: 海澜" in out and "branch: 龙岗分公司" in out
    told = json.loads(run(capsys, "parse", "深圳市海澜科技有限公司", "--json")[1])
    assert told["v"] == "name/1" and told["region"] == ["深圳"] and told["industry"] == ["科技"]


def test_a_person_can_read_why_two_names_matched(capsys: pytest.CaptureFixture[str]) -> None:
    code, out, _err = run(capsys, "match", "深圳市海澜科技有限公司", "Shenzhen Hailan Technology Co., Ltd.")
    assert code == 0
    assert "strong" in out and "“海澜” and “hailan” agree by pinyin" in out
    assert "“科技” and “technology” agree by translation" in out


def test_a_match_in_json_has_score_band_and_evidence(capsys: pytest.CaptureFixture[str]) -> None:
    told = json.loads(run(capsys, "match", "海澜第二建筑公司", "海澜第三建筑公司", "--json")[1])
    assert told["v"] == "names-match/1" and told["score"] <= 0.4 and told["band"] == "none"
    assert told["evidence"][0]["kind"] == "numerals"
    assert told["evidence"][0]["says"] == "the numbers differ: “2” against “3”"


def test_what_is_odd_about_a_name_is_said_beside_the_match(capsys: pytest.CaptureFixture[str]) -> None:
    out = run(capsys, "match", "海\x07澜", "海澜 Hailan")[1]
    assert "the first name: holds signs that do not print" in out and "the second name: mixes scripts" in out
    told = json.loads(run(capsys, "match", "海\x07澜", "海澜", "--json")[1])
    assert told["notes"] == {"a": ["control-signs"], "b": []}


@pytest.mark.parametrize(
    ("language", "says"),
    [
        ("zh-Hans", "“海瀾”与“hailan”拼音相符"),
        ("zh-Hant", "「海瀾」與「hailan」拼音相符"),
        ("en", "“海瀾” and “hailan” agree by pinyin"),
    ],
)
def test_the_reasons_are_told_in_the_language_asked_for(
    capsys: pytest.CaptureFixture[str], language: str, says: str
) -> None:
    assert (
        main(["--lang", language, "names", "match", "海瀾科技有限公司", "Hailan Technology Co., Ltd."]) == 0
    )
    assert says in capsys.readouterr().out


def test_codes_take_part_in_a_match(capsys: pytest.CaptureFixture[str]) -> None:
    words = ("match", "甲", "乙", "--id-a", "91440101x18407888T", "--id-b", "91440101X18407888T")
    assert "score: 1.00" in run(capsys, *words)[1]


def test_pairs_get_a_score_and_a_band(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    (tmp_path / "in.csv").write_text("n,a,b\n1,海澜科技,海瀾科技\n", "utf-8")
    code, out, _err = run(capsys, "pairs", tmp_path / "in.csv", tmp_path / "out.csv")
    assert code == 0 and "1 rows" in out
    assert (tmp_path / "out.csv").read_text(
        "utf-8"
    ) == "n,a,b,score,band\n1,海澜科技,海瀾科技,1.0000,strong\n"


def test_screening_says_how_far_it_is_and_that_a_lead_is_no_finding(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    (tmp_path / "list.csv").write_text("firm\nHailan Technology Ltd\n", "utf-8")
    (tmp_path / "names.csv").write_text("firm\n海澜科技有限公司\n", "utf-8")
    places = (tmp_path / "list.csv", tmp_path / "names.csv", tmp_path / "out.csv")
    code, out, err = run(capsys, "screen", *places, "--column", "firm", "--most", "1")
    assert code == 0 and "1 of 1 names" in err
    assert "1 leads" in out and "decides against nobody" in out


def test_a_name_is_checked_against_a_register(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    (tmp_path / "r.csv").write_text("name\n深圳市海澜科技有限公司\n", "utf-8")
    (tmp_path / "w.csv").write_text("word,kind,ground\n中央,prohibited,the article\n", "utf-8")
    words = ("check", "中央海澜科技有限公司", tmp_path / "r.csv", "--words", tmp_path / "w.csv")
    assert "holds “中央”, which is forbidden: the article" in run(capsys, *words)[1]
    assert "nothing stands against" in run(capsys, "check", "青山林业", tmp_path / "r.csv")[1]
    ready = run(capsys, "index", tmp_path / "r.csv", tmp_path / "r.index")
    assert ready[0] == 0 and "1 names made ready" in ready[1]
    assert "sounds alike" in run(capsys, "check", "海蓝科技公司", tmp_path / "r.index")[1]
    told = json.loads(run(capsys, "check", "海澜科技公司", tmp_path / "r.csv", "--json")[1])
    assert told["findings"][0]["kind"] == "same-parts"


@pytest.mark.parametrize(
    ("code", "exit_code", "say"),
    [
        ("91440101x18407888T", 0, "the check sign fits"),
        ("91440101X18407888U", 1, "does not fit"),
        ("5493001KJTIIGC8Y1R12", 0, "ISO 17442"),
        ("12345678", 0, "only the shape"),
    ],
)
def test_a_code_is_told(capsys: pytest.CaptureFixture[str], code: str, exit_code: int, say: str) -> None:
    answer, out, _err = run(capsys, "id", code)
    assert answer == exit_code and say in out


@pytest.mark.parametrize(
    "words", [("parse", ""), ("match", "甲", "\x00"), ("id", "no code"), ("parse", "名" * 501)]
)
def test_bad_input_is_named_and_never_a_trace(
    capsys: pytest.CaptureFixture[str], words: tuple[str, ...]
) -> None:
    code, _out, err = run(capsys, *words)
    assert code == 1 and err and "Traceback" not in err


@pytest.mark.parametrize(
    "words", [(), ("screen", "a", "b", "c", "--least", "2"), ("screen", "a", "b", "c", "--most", "0")]
)
def test_misuse_ends_with_two(words: tuple[str, ...]) -> None:
    with pytest.raises(SystemExit, match="2"):
        main(["names", *words])
