"""Candidates: every mutated name brings back its own; files are whole or not at all."""

from __future__ import annotations

import csv
import os
import sqlite3
import sys
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.names import pairs

from qinglian.batch.names import sheets
from qinglian.batch.names.checking import check_against, index_register
from qinglian.batch.names.index import CandidateIndex, FastIndex, SqliteIndex, build
from qinglian.batch.names.screening import score_pairs, screen
from qinglian.batch.names.tables import matcher
from qinglian.engines.names import Evidence
from qinglian.faults import Fault, Faults

MATCHER = matcher()
MUTATED = ("P2", "P3", "P4", "P5", "P6")
REGISTER = [
    "深圳市海澜科技有限公司",
    "海蓝科技（深圳）有限公司",
    "广州市海澜食品有限公司",
    "深圳市白鹭贸易有限公司",
]


@pytest.fixture(scope="module")
def listed() -> list[str]:
    return sorted({pair.a for pair in pairs() if pair.group == "P1"})


@pytest.fixture(scope="module", params=["sqlite", "tantivy"])
def index(
    request: pytest.FixtureRequest, listed: list[str], tmp_path_factory: pytest.TempPathFactory
) -> CandidateIndex:
    if request.param == "tantivy":
        pytest.importorskip("tantivy")
        return FastIndex(listed, MATCHER)
    path = tmp_path_factory.mktemp("index") / "names.index"
    assert build(path, listed, MATCHER) == len(listed)
    return SqliteIndex(path, MATCHER)


def test_a_mutated_name_brings_its_own_among_ten(index: CandidateIndex, listed: list[str]) -> None:
    traditional = {pair.b: pair.a for pair in pairs() if pair.group == "P2"}
    tried = missed = 0
    for pair in pairs():
        if pair.group in MUTATED:
            own = traditional.get(pair.a, pair.a)
            found = [index.name(number) for number, _strength in index.search(pair.b, 10)]
            tried, missed = tried + 1, missed + (own not in found)
    assert tried > 2000
    assert missed <= 0.01 * tried


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.text(min_size=1, max_size=30))
def test_any_question_is_answered_or_faulted(index: CandidateIndex, text: str) -> None:
    try:
        assert len(index.search(text, 5)) <= 5
    except Fault as fault:
        assert "name" in fault.template


@pytest.mark.parametrize(
    ("asked", "own"),
    [
        ("Hailn Trading Ltd", "Hailan Trading Ltd"),
        ("ailan Trading", "Hailan Trading Ltd"),
        ("WIND S R L", "Wind S.r.l."),
        ("Ltd", "Ltd."),
    ],
)
def test_a_latin_name_with_a_slip_brings_its_own(tmp_path: Path, asked: str, own: str) -> None:
    names = [own, "Hanlun Trading Ltd", "R L Commercial Limited", "Trading Ltd", *REGISTER]
    build(tmp_path / "names.index", names, MATCHER)
    for index in (SqliteIndex(tmp_path / "names.index", MATCHER), FastIndex(names, MATCHER)):
        assert 0 in [number for number, _strength in index.search(asked, 2)]


def test_an_injected_name_is_only_a_name(tmp_path: Path) -> None:
    path = tmp_path / "names.index"
    evil = "x'); DROP TABLE names; --"
    build(path, [evil, *REGISTER], MATCHER)
    index = SqliteIndex(path, MATCHER)
    assert index.search(evil)[0][0] == 0
    assert index.name(2) == REGISTER[1]


def test_another_file_is_no_index(tmp_path: Path) -> None:
    for text in (b"no database", b""):
        (tmp_path / "x").write_bytes(text)
        with pytest.raises(Fault, match="build it again"):
            SqliteIndex(tmp_path / "x", MATCHER)
    sqlite3.connect(tmp_path / "y").execute("CREATE TABLE about (v, count, sizes)").connection.commit()
    with pytest.raises(Fault, match="build it again"):
        SqliteIndex(tmp_path / "y", MATCHER)


def test_a_build_that_fails_leaves_nothing(tmp_path: Path) -> None:
    with pytest.raises(Fault):
        build(tmp_path / "names.index", ["海澜科技有限公司", ""], MATCHER)
    assert not list(tmp_path.iterdir())


def table(path: Path, columns: str, *rows: str) -> Path:
    path.write_text("\n".join([columns, *rows]) + "\n", "utf-8")
    return path


def tell(reason: Evidence) -> str:
    return reason.kind


def test_screening_writes_leads_with_reasons_and_the_entry(tmp_path: Path) -> None:
    entries = table(
        tmp_path / "list.csv", "name,ground", "Shenzhen Hailan Technology Co Ltd,fraud", "白鹭贸易,x"
    )
    asked = table(tmp_path / "names.csv", "id,name", "7,深圳市海瀾科技有限公司", "8,北京青山食品有限公司")
    told: list[tuple[int, int]] = []
    found = screen(
        entries, asked, tmp_path / "o.csv", MATCHER, tell=tell, progress=lambda a, b: told.append((a, b))
    )
    with (tmp_path / "o.csv").open(encoding="utf-8") as text:
        rows = list(csv.DictReader(text))
    assert found == (2, 1) and told == [(1, 2), (2, 2)]
    assert [(r["id"], r["rank"], r["list_line"], r["list_ground"]) for r in rows] == [
        ("7", "1", "2", "fraud")
    ]
    assert "pinyin" in rows[0]["evidence"] and float(rows[0]["score"]) > 0.9


def test_codes_in_both_tables_are_compared(tmp_path: Path) -> None:
    entries = table(tmp_path / "list.csv", "name,uscc", "海澜科技,91440101X18407888T")
    asked = table(tmp_path / "names.csv", "name,uscc", "海澜科技,914403001922038216")
    screen(entries, asked, tmp_path / "o.csv", MATCHER, tell=tell, progress=lambda a, b: None)
    row = next(csv.DictReader((tmp_path / "o.csv").open(encoding="utf-8")))
    assert row["band"] == "review" and row["evidence"].startswith("identifiers-differ")


def test_screening_with_the_fast_index_finds_the_same(tmp_path: Path) -> None:
    pytest.importorskip("tantivy")
    entries = table(tmp_path / "list.csv", "name", *REGISTER, "Hailan Trading Co Ltd", "HSBC Holdings plc")
    asked = table(
        tmp_path / "names.csv", "name", "海瀾科技", "Hailan Trading", "白鹭贸易有限公司", "无此公司"
    )
    for fast in (False, True):
        screen(
            entries,
            asked,
            tmp_path / f"{fast}.csv",
            MATCHER,
            fast=fast,
            tell=tell,
            progress=lambda a, b: None,
        )
    found = (tmp_path / "True.csv").read_text("utf-8")
    assert found == (tmp_path / "False.csv").read_text("utf-8") and found.count("\n") > 3


def test_without_tantivy_fast_says_what_to_install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "tantivy", None)
    with pytest.raises(Fault, match="is not installed") as caught:
        FastIndex(REGISTER, MATCHER)
    assert caught.value.params["extra"] == "names-fast"


def test_the_same_valid_code_is_met_whatever_the_name(tmp_path: Path) -> None:
    """A listed firm that has changed its name is still listed."""
    entries = table(tmp_path / "list.csv", "name,uscc", "北京青山贸易,91440101X18407888T", "白鹭食品,")
    asked = table(tmp_path / "names.csv", "name,code", "深圳海澜科技,91440101x18407888t", "深圳海澜科技,")
    screen(entries, asked, tmp_path / "o.csv", MATCHER, tell=tell, progress=lambda a, b: None)
    rows = list(csv.DictReader((tmp_path / "o.csv").open(encoding="utf-8")))
    assert [(r["list_name"], r["score"], r["evidence"]) for r in rows] == [
        ("北京青山贸易", "1.0000", "identifier")
    ]


def test_bad_rows_are_all_named_and_nothing_is_written(tmp_path: Path) -> None:
    source = table(tmp_path / "in.csv", "a,b", "海澜,海蓝", ",海蓝", f"{'名' * 600},海澜")
    with pytest.raises(Faults) as caught:
        score_pairs(source, tmp_path / "out.csv", MATCHER)
    assert [fault.line for fault in caught.value.faults] == [3, 4]
    assert not (tmp_path / "out.csv").exists()


@pytest.mark.parametrize(
    ("content", "say"),
    [
        (b"x,y\n1,2\n", "column a, b is missing"),
        (b"a,b,score\n1,2,3\n", "twice"),
        ("a,b\n甲,乙\n".encode("gbk"), "UTF-8"),
        (b"a,b\n1\n", "more or fewer cells"),
        (b'a,b\n"1,2\n', "CSV"),
        (b"", "missing"),
    ],
)
def test_bad_tables_are_refused_with_their_mend(tmp_path: Path, content: bytes, say: str) -> None:
    (tmp_path / "in.csv").write_bytes(content)
    with pytest.raises((Fault, Faults), match=say):
        score_pairs(tmp_path / "in.csv", tmp_path / "out.csv", MATCHER)
    assert not (tmp_path / "out.csv").exists()


def test_cells_that_a_spreadsheet_would_run_are_quoted(tmp_path: Path) -> None:
    sheets.write(tmp_path / "o.csv", ["a"], [{"a": "=1+1"}])
    assert (tmp_path / "o.csv").read_text("utf-8") == "a\n'=1+1\n"


def test_the_registrar_is_told_same_similar_and_forbidden(tmp_path: Path) -> None:
    register = table(tmp_path / "r.csv", "name", *REGISTER)
    words = table(tmp_path / "w.csv", "word,kind,ground", "中央,prohibited,第X条", "国际,needs-leave,第Y条")
    found = check_against("深圳市海澜国际科技股份有限公司", register, words, MATCHER)
    kinds = [(finding.kind, finding.other) for finding in found]
    assert ("needs-leave", "国际") in kinds
    assert ("same-brand", REGISTER[0]) in kinds and ("sounds-alike", REGISTER[1]) in kinds
    assert not any(other == REGISTER[2] for _kind, other in kinds)
    same = check_against("海澜科技（深圳）有限责任公司", register, None, MATCHER)
    assert same[0].kind == "same-parts"
    assert not check_against("深圳市青山林业有限公司", register, words, MATCHER)


def test_a_register_is_made_ready_once_and_answers_as_the_table_does(tmp_path: Path) -> None:
    register = table(tmp_path / "r.csv", "name", *REGISTER, " ")
    assert index_register(register, tmp_path / "r.index", MATCHER) == len(REGISTER)
    for name in ("深圳市海澜国际科技股份有限公司", "海澜科技（深圳）有限责任公司", "深圳市青山林业有限公司"):
        answer = check_against(name, tmp_path / "r.index", None, MATCHER)
        assert answer == check_against(name, register, None, MATCHER)


def test_a_register_with_bad_names_makes_no_index_and_names_them_all(tmp_path: Path) -> None:
    register = table(tmp_path / "r.csv", "name", "海澜", "\u0001", "名" * 501)
    with pytest.raises(Faults) as caught:
        index_register(register, tmp_path / "r.index", MATCHER)
    assert [fault.line for fault in caught.value.faults] == [3, 4]
    assert [path.name for path in tmp_path.iterdir()] == ["r.csv"]


@pytest.mark.parametrize("target", ["no/such/folder.csv", "."])
def test_a_file_that_cannot_be_written_is_named_as_it_was_given(tmp_path: Path, target: str) -> None:
    with pytest.raises(OSError) as caught:
        sheets.write(tmp_path / target, ["a"], [])
    assert caught.value.filename == str(tmp_path / target)


def test_a_word_without_its_ground_is_refused(tmp_path: Path) -> None:
    register = table(tmp_path / "r.csv", "name", *REGISTER)
    words = table(tmp_path / "w.csv", "word,kind,ground", "中央,prohibited,")
    with pytest.raises(Fault, match="article"):
        check_against("海澜", register, words, MATCHER)


def test_real_debarred_firms_find_themselves(tmp_path: Path) -> None:
    folder = os.environ.get("QINGLIAN_TEST_DATA")
    if not folder:
        pytest.skip("a real list of debarred firms: QINGLIAN_TEST_DATA is not set")
    path = Path(folder) / "names" / "worldbank_debarred_firms.csv"
    names, leads = screen(
        path, path, tmp_path / "o.csv", MATCHER, most=3, tell=tell, progress=lambda a, b: None
    )
    with (tmp_path / "o.csv").open(encoding="utf-8") as text:
        own = {row["name"] for row in csv.DictReader(text) if row["name"] == row["list_name"]}
    listed = {row["name"] for _line, row in sheets.read(path, ("name",)).rows}
    assert names == 1122 and leads >= names
    assert own == listed


@pytest.mark.parametrize(
    ("asked", "own"),
    [
        ("Hsin Kuang Textile Ltd", "新光紡織有限公司"),
        ("Seac Pai Van Development Ltd", "石排灣發展有限公司"),
        ("Chow Tai Fook Jewellery", "周大福珠寶有限公司"),
        ("Landmarc Ltd", "Elmcrest Group Limited, formerly known as Landmarc Limited"),
        ("Hailan Trading", "海澜贸易有限公司（Hailan Trading Co., Ltd.）"),
    ],
)
def test_old_spellings_and_former_names_bring_their_own(tmp_path: Path, asked: str, own: str) -> None:
    names = [own, "新国纺织有限公司", "石湾发展有限公司", "周记珠宝有限公司", "Landmark Ltd", *REGISTER]
    build(tmp_path / "names.index", names, MATCHER)
    for index in (SqliteIndex(tmp_path / "names.index", MATCHER), FastIndex(names, MATCHER)):
        assert index.search(asked, 3)[0][0] == 0
