"""`qinglian clock` as a person or a script meets it."""

from __future__ import annotations

import argparse
import csv
import json
import os
from pathlib import Path

import pytest

from qinglian.cli import clock
from qinglian.faults import Fault, Faults

HEAD = "calendar,from,budget,pauses"


def run(*words: str) -> int:
    parser = argparse.ArgumentParser()
    clock.add(parser)
    arguments = parser.parse_args(words)
    return arguments.run(arguments)


def due_json(capsys, *words: str) -> dict:
    assert run("due", "--json", *words) == 0
    return json.loads(capsys.readouterr().out)


def table(tmp_path: Path, *rows: str, head: str = HEAD) -> tuple[Path, Path]:
    source = tmp_path / "in.csv"
    source.write_text("\n".join([head, *rows]) + "\n", encoding="utf-8")
    return source, tmp_path / "out.csv"


def test_due_prints_the_moment_its_status_and_what_was_passed_over(capsys):
    answer = due_json(capsys, "--calendar", "CN", "--from", "2026-02-10T10:00", "--budget", "5wd")
    assert (answer["due"], answer["status"]) == ("2026-02-24T23:59:59+08:00", "published")
    assert [day["date"] for day in answer["skipped"]] == [f"2026-02-{day}" for day in range(15, 24)]
    assert {day["why"] for day in answer["skipped"]} == {"holiday:春节"}


def test_pauses_rolls_half_days_and_hours_can_be_given(capsys):
    common = ("--calendar", "MO", "--from", "2026-02-10T10:00")
    paused = due_json(capsys, *common, "--budget", "5wd", "--pause", "2026-02-11/2026-02-13")
    assert paused["due"] == "2026-02-24T23:59:59+08:00"
    assert [day["why"] for day in paused["skipped"]][:2] == ["pause", "pause"]
    assert due_json(capsys, *common, "--budget", "5wd", "--half-days", "off")["due"][:10] == "2026-02-23"
    assert due_json(capsys, *common, "--budget", "10cd", "--roll", "none")["budget"] == "10cd:none"
    assert due_json(capsys, *common, "--budget", "8wh", "--hours", "09:00-13:00,14:30-17:30")["due"] == (
        "2026-02-11T11:00:00+08:00"
    )


def test_an_open_pause_has_no_due_moment(capsys):
    words = ("--calendar", "CN", "--from", "2026-03-02", "--budget", "5wd", "--pause", "2026-03-04/")
    assert (due_json(capsys, *words)["due"], due_json(capsys, *words)["status"]) == (None, "paused")


def test_the_answer_in_words_names_the_holiday_once_for_each_day(capsys):
    run("due", "--calendar", "HK", "--from", "2026-09-30", "--budget", "6cd:hk-cap1-s71")
    text = capsys.readouterr().out
    assert "due: 2026-10-08T23:59:59+08:00" in text
    assert "2026-10-01  holiday  National Day" in text
    assert "only gale" in text


@pytest.mark.parametrize(
    "words",
    [
        ("--calendar", "TW", "--from", "2026-03-02", "--budget", "5wd"),
        ("--calendar", "CN", "--from", "2.3.2026", "--budget", "5wd"),
        ("--calendar", "CN", "--from", "2026-03-02", "--budget", "5"),
        ("--calendar", "CN", "--from", "2026-03-02", "--budget", "10cd"),
        ("--calendar", "CN", "--from", "2026-03-02T10:00", "--budget", "8wh"),
        ("--calendar", "CN", "--from", "2031-03-02", "--budget", "5wd"),
        ("--calendar", "CN", "--from", "0001-01-01T00:00+14:00", "--budget", "5wd"),
        ("--calendar", "CN", "--from", "9999-12-31T23:59-12:00", "--budget", "8h"),
    ],
)
def test_bad_words_are_faults_with_a_mend(words):
    with pytest.raises(Fault):
        run("due", *words)


def test_a_table_gets_due_and_status_and_keeps_its_other_columns(tmp_path):
    source, target = table(
        tmp_path,
        "甲,CN,2026-02-10T10:00,5wd,",
        "乙,HK,2026-09-30,3wd,",
        '"丙,丁",CN,2026-12-30,5wd,',
        "戊,MO,2026-03-02,10cd:next-working-day,2026-03-04/2026-03-06;2026-03-09/2026-03-10",
        "己,CN,2026-03-02,20wd,2026-03-04/",
        head="号," + HEAD,
    )
    assert run("table", str(source), str(target)) == 0
    with target.open(encoding="utf-8", newline="") as text:
        rows = list(csv.reader(text))
    assert rows[0] == ["号", "calendar", "from", "budget", "pauses", "due", "status"]
    assert [row[-2:] for row in rows[1:]] == [
        ["2026-02-24T23:59:59+08:00", "published"],
        ["2026-10-06T23:59:59+08:00", "published"],
        ["2027-01-07T23:59:59+08:00", "provisional"],
        ["2026-03-16T23:59:59+08:00", "published"],
        ["", "paused"],
    ]
    assert rows[3][0] == "丙,丁"


def test_all_bad_rows_are_named_and_nothing_is_written(tmp_path):
    good = "CN,2026-02-10,5wd,"
    bad = ("CN,2026-02-10,10cd,", "XX\0.csv,2026-02-10,5wd,", "CN,2026-02-10", good + ",x")
    source, target = table(tmp_path, good, *bad)
    target.write_text("before", encoding="utf-8")
    with pytest.raises(Faults) as found:
        run("table", str(source), str(target))
    assert [fault.line for fault in found.value.faults] == [3, 4, 5, 6]
    assert {fault.file for fault in found.value.faults} == {str(source)}
    assert target.read_text(encoding="utf-8") == "before"
    assert sorted(os.listdir(tmp_path)) == ["in.csv", "out.csv"]


@pytest.mark.parametrize("head", ["calendar,from,budget", HEAD + ",due", HEAD + ",from"])
def test_a_table_with_other_columns_than_it_needs_is_a_fault(tmp_path, head):
    source, target = table(tmp_path, head=head)
    with pytest.raises(Fault):
        run("table", str(source), str(target))
    assert not target.exists()


def test_a_table_in_another_encoding_is_a_fault(tmp_path):
    source, target = table(tmp_path)
    source.write_bytes((HEAD + ",备注\nCN,2026-02-10,5wd,,春节\n").encode("gb18030"))
    with pytest.raises(Fault, match="UTF-8"):
        run("table", str(source), str(target))


def test_years_lists_how_sure_each_year_is(capsys):
    assert run("years") == 0
    lines = [line.split("\t") for line in capsys.readouterr().out.splitlines()]
    assert ["CN", "2026", "published", "国办发明电〔2025〕7号"] in [line[:4] for line in lines]
    assert len(lines) == 21
