"""`qinglian tables check` and `decide`, as a person at a terminal meets them."""

from __future__ import annotations

import hashlib
import json
import shutil
from pathlib import Path

import pytest

from qinglian.cli.main import main

SAMPLES = Path(__file__).parents[1] / "engines" / "vectors" / "tables"
CASE = {
    "name_check": "clear",
    "scope_class": "general",
    "address_kind": "library",
    "signers_verified": "yes",
    "credit": "clean",
}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for file in SAMPLES.glob("*.csv"):
        shutil.copy(file, tmp_path)
    (tmp_path / "facts.json").write_text(json.dumps(CASE), encoding="utf-8")
    return tmp_path


def run(*words: object) -> int:
    return main(["--lang", "en", "tables", *map(str, words)])


def test_a_sound_table_is_said_to_be_sound(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run("check", folder / "registration-at-once.csv") == 0
    said = capsys.readouterr().out
    assert "8 rows answer all 192 combinations" in said
    assert "outcomes: correct, review, confirm" in said


def test_rows_that_hide_each_other_are_noted(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run("check", folder / "registration-confirmation.csv") == 0
    assert "fits rows 1 and 2; only the first of them speaks" in capsys.readouterr().out


def test_every_gap_dead_row_and_conflict_is_named(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = folder / "t.csv"
    file.write_text("#collect,a,b,=>decision\n1,x,-,ask\n2,x,y,ask\n3,x,x,go\n4,y,y,go\n", encoding="utf-8")
    (folder / "t.domains.csv").write_text("fact,values\na,x|y\nb,x|y\n", encoding="utf-8")
    assert run("check", file) == 1
    said = capsys.readouterr().err.splitlines()
    assert [line.removeprefix(str(file)).split(";")[0] for line in said] == [
        ": no row answers a=y, b=x",
        ":3: row 2 is dead: all its cases are answered by 1",
        ":4: rows 1 and 3 conflict: a=x, b=x is ask and go",
    ]
    assert run("check", "--json", file) == 1
    report = json.loads(capsys.readouterr().out)
    assert report["gaps"] == [{"a": ["y"], "b": ["x"]}] and not report["sound"] and len(report["faults"]) == 3


def test_deciding_prints_row_outcome_and_hash(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    table, domains = (
        folder / "registration-confirmation.csv",
        folder / "registration-confirmation.domains.csv",
    )
    sha = hashlib.sha256(table.read_bytes() + b"\0" + domains.read_bytes()).hexdigest()
    assert run("decide", table, folder / "facts.json") == 0
    assert capsys.readouterr().out.splitlines() == [
        "decision: confirm", "row: 8", "  basis: 第九条", f"table hash: {sha}"
    ]  # fmt: skip
    assert run("decide", "--json", table, folder / "facts.json") == 0
    said = json.loads(capsys.readouterr().out)
    assert (said["v"], said["rows"], said["decision"], said["sha"]) == (
        "table-answer/1",
        ["8"],
        "confirm",
        sha,
    )


@pytest.mark.parametrize(
    ("text", "word"),
    [
        (json.dumps(CASE | {"credit": "grey"}), "clean|dishonest"),
        (json.dumps({key: value for key, value in CASE.items() if key != "credit"}), "credit"),
        ('{"credit": NaN}', "NaN"),
        ('{"credit": "clean", "credit": "clean"}', "twice"),
        ("[" * 100_000, "deep"),
        ("[]", "object"),
        ('{"credit":', "JSON"),
        ('{"credit": ' + "9" * 5000 + "}", "long"),
    ],
)
def test_facts_at_fault_are_told_with_the_file(
    folder: Path, capsys: pytest.CaptureFixture[str], text: str, word: str
) -> None:
    facts = folder / "facts.json"
    facts.write_text(text, encoding="utf-8")
    assert run("decide", folder / "registration-confirmation.csv", facts) == 1
    said = capsys.readouterr().err
    assert str(facts) in said and word in said and "Traceback" not in said


def test_an_unsound_table_decides_nothing(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    table = folder / "registration-confirmation.csv"
    table.write_text(table.read_text(encoding="utf-8").replace("|negative-list", ""), encoding="utf-8")
    assert run("decide", table, folder / "facts.json") == 1
    assert "scope_class=negative-list" in capsys.readouterr().err


def test_a_file_saved_in_gbk_or_without_domains_is_refused_with_a_mend(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    table = folder / "registration-confirmation.csv"
    table.write_bytes(table.read_text(encoding="utf-8").encode("gb18030"))
    assert run("check", table) == 1
    assert "UTF-8" in capsys.readouterr().err
    (folder / "registration-at-once.domains.csv").unlink()
    assert run("check", folder / "registration-at-once.csv") == 1
    assert "registration-at-once.domains.csv" in capsys.readouterr().err


def test_misuse_is_exit_two(folder: Path) -> None:
    with pytest.raises(SystemExit) as caught:
        run("decide", folder / "registration-confirmation.csv")
    assert caught.value.code == 2


def test_a_table_without_its_domains_is_told_what_to_write(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (folder / "registration-at-once.domains.csv").unlink()
    assert run("check", folder / "registration-at-once.csv") == 1
    said = capsys.readouterr().err
    assert "at-once.domains.csv: the table’s domains are missing; write the columns fact,values" in said
