"""`qinglian zone check|new|show`, as somebody types it."""

from __future__ import annotations

import argparse
import json
from pathlib import Path

import pytest

from qinglian.cli import zone as topic
from qinglian.faults import Fault, Faults

ZONES = Path(__file__).parents[2] / "zones"


def run(*words: str) -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("--lang")
    topic.add(parser)
    arguments = parser.parse_args(words)
    return int(arguments.run(arguments))


def test_check_counts_what_it_found_sound(capsys) -> None:
    assert run("check", str(ZONES / "qianhai")) == 0
    files = sum(path.is_file() for path in (ZONES / "qianhai").rglob("*"))
    matters = len(list((ZONES / "qianhai" / "matters").iterdir()))
    counts = f"sound: {files} files (units: 13, matters: {matters}, measures: 57), sha256 "
    assert capsys.readouterr().out.startswith(counts)


def test_a_new_zone_is_sound_and_named_after_its_folder(tmp_path: Path, capsys) -> None:
    assert run("new", str(tmp_path / "far" / "nansha")) == 0
    assert run("check", str(tmp_path / "far" / "nansha")) == 0
    assert 'id = "nansha"' in (tmp_path / "far" / "nansha" / "zone.toml").read_text("utf-8")
    assert [path.name for path in (tmp_path / "far").iterdir()] == ["nansha"]


def test_a_new_zone_can_start_from_another(tmp_path: Path) -> None:
    (tmp_path / "hengqin").mkdir()
    assert run("new", str(tmp_path / "hengqin"), "--from", str(ZONES / "qianhai")) == 0
    assert (tmp_path / "hengqin" / "texts" / "consultation.en.md").is_file()


def test_new_touches_nothing_that_is_there(tmp_path: Path) -> None:
    (tmp_path / "mine").write_text("precious")
    for path in (tmp_path, tmp_path / "mine"):
        with pytest.raises(Fault, match="something is there already"):
            run("new", str(path))
    assert [path.name for path in tmp_path.iterdir()] == ["mine"]


def test_new_from_a_wrong_pack_writes_nothing(tmp_path: Path) -> None:
    with pytest.raises(Faults):
        run("new", str(tmp_path / "x"), "--from", str(tmp_path / "nowhere"))
    assert list(tmp_path.iterdir()) == []


def test_show_prints_every_unit_state_clock_measure_and_file(capsys) -> None:
    assert run("--lang", "zh-Hant", "show", str(ZONES / "qianhai")) == 0
    out = capsys.readouterr().out
    for expected in (
        "前海（演示）",
        "企業服務中心（示例）",
        "[awaiting] your-turn",
        "5wd",
        "2027:projected",
        "G05",
    ):
        assert expected in out


def test_show_gives_the_same_as_json(capsys) -> None:
    assert run("show", str(ZONES / "qianhai"), "--json") == 0
    data = json.loads(capsys.readouterr().out)
    assert data["v"] == "zone-shown/1"
    assert data["calendars"][0]["years"]["2026"] == "published"
    assert data["measures"]["government"][4]["due"] is None
    assert set(data["files"]) >= {"zone.toml", "measures.toml", "matters/consultation.toml"}
