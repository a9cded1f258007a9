"""Each way a pack can be wrong is told with its file, its line or key, and the mend."""

from __future__ import annotations

import datetime
import os
from pathlib import Path

import pytest

from qinglian.faults import Faults
from qinglian.zone import load

Z = "zone.toml"
M = "matters/question.toml"
C = "matters/consultation.toml"
TWO_SPANS = 'office_hours = ["14:00-18:00", "09:00-12:00"]'


@pytest.mark.parametrize(
    ("file", "old", "new", "expected"),
    [
        (
            Z,
            "calendar =",
            "calender =",
            "calender: the key calender is not known here; did you mean calendar?",
        ),
        (Z, "= true", '= "yes"', "demonstration: yes is neither true nor false"),
        (Z, " (example)", "", "unit[1].title.en: in a demonstration this name ends in (example)"),
        (Z, "样例区（演示）", "样例区", "title.zh-Hans: in a demonstration this name ends in （演示）"),
        (Z, '"CN"', '"CNN"', "calendar: CNN is not known here; did you mean CN?"),
        (Z, "Asia/Shanghai", "Asia/Qianhai", "timezone: Asia/Qianhai is not a time zone"),
        (
            Z,
            'id = "office"',
            'id = "office"\nparent = "office"',
            "unit[1].parent: the unit is its own superior",
        ),
        (Z, 'calendar = "CN"', f'calendar = "CN"\n{TWO_SPANS}', "office_hours[2]: 09:00-12:00 does not come"),
        (M, "2000", "2000.5", "step[1].field[1].max: 2000.5 is a decimal fraction, which is not exact"),
        (M, '"5wd"', '"5 days"', "clock[1].budget: budget '5 days' cannot be read"),
        (M, '"5wd"', '"5cd"', "clock[1].budget: budget 5cd does not say what happens"),
        (M, '"5wd"', '"0wd"', "clock[1].budget: budget '0wd' cannot be read"),
        (
            M,
            'to = "answered"',
            'to = "answred"',
            "action[1].to: answred is not known here; did you mean answered?",
        ),
        (
            M,
            'by = ["clerk"]',
            'by = ["handler"]',
            "action[1].by[1]: handler is not known here; write one of: appli",
        ),
        (
            M,
            '"enter:received"',
            '"enter:recieved"',
            "clock[1].starts: recieved is not known here; did you mean rec",
        ),
        (M, '"escalate:head"', '"escalate:boss"', "clock[1].ladder[2].do: boss is not known here"),
        (
            M,
            'at = "-1wd"',
            'at = "-9wd"',
            "clock[1].ladder[1].at: -9wd is not after the start of a budget of 5wd",
        ),
        (M, 'at = "-1wd"', 'at = "soon"', "clock[1].ladder[1].at: soon does not say when"),
        (
            M,
            '= "received"\nturn',
            '= "recieved"\nturn',
            "state[1].stage: recieved is not known here; did you mean",
        ),
        (M, 'unit = "office"', 'unit = "desk"', "unit: desk is not known here; write one of: office"),
        (
            M,
            '"{prefix}',
            '"{number}',
            "number: {number}-{yyyy}-{seq:06}-{check} does not have the right form",
        ),
    ],
)
def test_a_fault_says_on_which_line_it_is_and_how_to_mend_it(sample, file, old, new, expected) -> None:
    before = (sample.root / file).read_text("utf-8").split(old)[0]
    line = before.count("\n") + new.removesuffix("\nturn").count("\n") + 1
    assert sample.change(file, old, new).only_fault().startswith(f"{file}:{line} {expected}")


@pytest.mark.parametrize(
    ("file", "old", "new", "expected"),
    [
        (Z, 'timezone = "Asia/Shanghai"\n', "", "zone.toml: the key timezone is missing; add it"),
        (
            Z,
            'id = "clerk"',
            'id = "applicant"',
            "zone.toml:39 role[2].id: applicant stands here a second time",
        ),
        (Z, 'en = "Service', 'fr = "Service', "zone.toml:10 unit[1].title: the text is missing in en"),
        (Z, '"zone/1"', '"zone/1', "zone.toml:1: not TOML: "),
        (M, '"5wd"', '"8wh"', f"{M}:67 clock[1]: working hours (wh) need office_hours in zone.toml"),
        (M, "initial = true\n", "", f"{M}:31 state: 0 states are initial; exactly one says initial = true"),
        (M, "terminal =", "initial = true\nterminal =", f"{M}:31 state: 2 states are initial"),
        (M, 'sensitivity = "internal"\n', "", f"{M}: the key sensitivity is missing; add it"),
        (M, '"internal"', '"secret"', f"{M}:11 sensitivity: secret is not known here"),
        (Z, 'clearance = "sealed"', 'clearance = "all"', "zone.toml:45 role[3].clearance: all is not known"),
        (Z, "rank = 30", "rank = 20", "zone.toml:29 sensitivity[4].rank: another level has the rank 20"),
        (
            M,
            'id = "question"',
            'id = "ask"',
            f"{M}:2 id: the file is not called after its id; rename it to ask.toml",
        ),
    ],
)
def test_what_is_missing_or_twice_is_told_where_it_belongs(sample, file, old, new, expected) -> None:
    faults = [str(fault).removeprefix(f"{sample.root}/") for fault in sample.change(file, old, new).faults()]
    assert any(fault.startswith(expected) for fault in faults), faults


BORDER = "topic == 'cross-border'"
ENDS = 'stops = ["enter:answered", "enter:withdrawn"]'
CLOSERS = 'by = ["applicant", "system"]'


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        (BORDER, "topic == 'crossborder'", "topic can never be crossborder; its options are: registration"),
        (BORDER, "topik == 'cross-border'", "topik is not known here; did you mean topic?"),
        (BORDER, "side == 'CN'", "side is not known here"),
        (BORDER, "topic.upper()", "is not part of a guard"),
        ('key = "regno"', 'key = "name"', "name stands here a second time"),
        ('key = "regno"', 'key = "actor"', "actor is what the platform calls who acts"),
        ('type = "email"', 'type = "choice"', "a choice needs options"),
        ('type = "email"', 'type = "email"\nmax = 9', "only text and longtext have a greatest length"),
        ('article = "第三十三条"\n', "", "a basis in law needs the key article"),
        ("checked = 2026-11-23\n", "", "a basis in law needs the key checked"),
        (
            "checked = 2026-11-23",
            'checked = "2026-11-23"',
            "2026-11-23 is not a day; write it like 2026-01-31",
        ),
        (
            'kind = "zone-choice"',
            'kind = "zone-choice"\narticle = "1"',
            "a choice of the zone has no article",
        ),
        (
            'pause_in = ["awaiting"]',
            'pause_in = ["received"]',
            "a clock pauses only while it is the applicant’s",
        ),
        (
            'pause_in = ["awaiting"]',
            'pause_in = ["answered"]',
            "the clock never runs when a case comes to answered",
        ),
        (
            'pause_in = ["awaiting"]',
            'pause_in = ["handling"]',
            "the clock starts in a state in which it pauses",
        ),
        (ENDS, 'stops = ["enter:answered"]', "the clock still runs when the case ends in withdrawn"),
        ('starts = "enter:answered"', 'starts = "enter:closed"', "the clock starts in an end state"),
        ('do = "action:close"', 'do = "action:withdraw"', "the action withdraw is not taken by the system"),
        (
            'stops = ["leave:answered"]',
            'stops = ["enter:closed"]',
            "may stand in handling, where close cannot be",
        ),
        ('add = "5wd"', 'add = "5cd:none"', "an extension of 5cd:none does not fit a budget of 5wd"),
        ('times = 1, needs = ["reason"]', "times = 1", "an extension is told with its reason"),
        (CLOSERS, f'{CLOSERS}\nneeds = ["reason"]', "the system has no words of its own"),
        ('turn = "applicant"', 'turn = "unit"', "the stage your-turn tells the applicant to act"),
        ('guide = "texts/consultation"', 'guide = "texts/nothing"', "there is no file texts/nothing.en.md"),
    ],
)
def test_a_matter_that_cannot_work_is_refused(qianhai, old, new, expected) -> None:
    faults = qianhai.change(C, old, new).faults()
    assert any(expected in str(fault) for fault in faults), [str(fault) for fault in faults]
    assert all(fault.file for fault in faults)


STUCK = """[[state]]
id = "stuck"
stage = "in-hand"
turn = "unit"
title = { zh-Hans = "卡住", zh-Hant = "卡住", en = "Stuck" }

[[action]]
"""


def test_a_state_without_a_way_in_or_on_is_told(sample) -> None:
    messages = " ".join(str(fault) for fault in sample.change(M, "[[action]]\n", STUCK).faults())
    assert "no action leads to the state stuck" in messages
    assert "the state stuck is a dead end" in messages


def test_a_refusal_is_never_the_systems(sample) -> None:
    sample.change(M, 'stage = "answered"', 'stage = "refused"')
    sample.change(M, 'by = ["clerk"]', 'by = ["clerk", "system"]')
    messages = " ".join(str(fault) for fault in sample.faults())
    assert "no machine refuses" in messages
    assert "a refusal tells reason, basis and remedy" in messages


def test_everything_is_told_at_once_in_the_order_of_files_and_lines(sample) -> None:
    sample.change(M, 'to = "answered"', 'to = "nowhere"').change(M, "max = 2000", 'max = "many"')
    sample.change(Z, "Asia/Shanghai", "Nowhere/None").add("matters/empty.toml", "")
    places = [str(fault).removeprefix(f"{sample.root}/").split(": ")[0] for fault in sample.faults()]
    assert [place for place in places if place != "matters/empty.toml"] == [
        f"{M}:28 step[1].field[1].max",
        f"{M}:55 action[1].to",
        f"{Z}:5 timezone",
    ]
    assert places.count("matters/empty.toml") == 18


def test_measures_resolve_and_cite(qianhai) -> None:
    file = "measures.toml"
    qianhai.change(file, 'sources = ["B"]', 'sources = ["Z"]').change(
        file, 'area = "market"', 'area = "markets"'
    )
    qianhai.change(file, 'partners = ["integrity-bureau"]', 'partners = ["party-committee"]')
    messages = " ".join(str(fault) for fault in qianhai.faults())
    assert "Z is not known here" in messages
    assert "markets is not known here; did you mean market?" in messages
    assert "the leading unit is not its own partner" in messages
    assert "no measure cites this source" in messages


def test_two_matters_do_not_share_a_prefix(sample) -> None:
    text = (sample.root / M).read_text("utf-8").replace('id = "question"', 'id = "again"', 1)
    sample.add("matters/again.toml", text)
    assert "matters/again.toml has the same prefix WD" in sample.only_fault()


def test_what_is_no_part_of_a_pack_is_named(sample) -> None:
    sample.add("notes.txt", "x").add("texts/lost.en.md", "x").add(".editor", "x")
    assert [Path(fault.file or "").name for fault in sample.faults()] == ["notes.txt", "lost.en.md"]


def test_links_pipes_and_folders_in_place_of_files_are_refused(sample) -> None:
    os.symlink("/etc/hostname", sample.root / "matters" / "out.toml")
    os.symlink(sample.root, sample.root / "loop")
    os.mkfifo(sample.root / "matters" / "pipe.toml")
    (sample.root / "SOURCES.md").unlink()
    (sample.root / "SOURCES.md").mkdir()
    messages = [str(fault).removeprefix(f"{sample.root}/") for fault in sample.faults()]
    assert [message.split(";")[0] for message in messages] == [
        "SOURCES.md: the file is missing",
        "loop: a link",
        "matters/out.toml: a link",
        "matters/pipe.toml: not a plain file",
    ]


@pytest.mark.parametrize("path", ["", "zone.toml", "nowhere", "\0"])
def test_what_is_not_a_pack_is_told(sample, path: str) -> None:
    (sample.root / Z).unlink()
    with pytest.raises(Faults):
        load(sample.root / path)


def test_a_pack_lays_its_own_days_over_a_carried_calendar(sample) -> None:
    sample.add("calendars/CN.csv", "date,kind,name,basis\n2026-03-03,off,停电,样例\n")
    assert not load(sample.root).calendars["CN"].is_working(datetime.date(2026, 3, 3))
    sample.add("calendars/CN.csv", "2026-03-04,off,没有依据,\n")
    assert sample.only_fault().startswith("calendars/CN.csv:3")


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        (
            'unit = "service-centre"',
            'unit = "service-center"',
            "channel[1].unit: service-center is not known here",
        ),
        ('matter = "consultation"', 'matter = "consultations"', "did you mean consultation?"),
        (
            'matter = "consultation"',
            'matter = "service-complaint"',
            "is of kind complaint: choose another matter",
        ),
        ('"title", "detail"]', '"title", "detial"]', "did you mean detail?"),
        ('"title", "detail"]', '"title", "email"]', "email says who asks, or is a file or a promise"),
        ('"title", "detail"]', '"title", "papers"]', "papers says who asks, or is a file or a promise"),
        ('"title", "detail"]', '"title", "name"]', "name is held more closely than the question itself"),
        ('readers = "everybody"', 'readers = "anybody"', "channel[1].readers: anybody is not known here"),
        ('kind = "park"', 'kind = "parc"', "did you mean park?"),
    ],
)
def test_a_room_shows_a_question_and_never_who_asks(qianhai, old: str, new: str, expected: str) -> None:
    qianhai.change("channels.toml", old, new)
    assert any(expected in str(fault) and "channels.toml" in str(fault) for fault in qianhai.faults())


def test_what_belongs_to_another_case_says_to_which_and_by_which_field(qianhai) -> None:
    appeal = "matters/appeal.toml"
    qianhai.change(appeal, 'related_by = "against_number"', 'related_by = "against"')
    assert "did you mean against_number?" in qianhai.only_fault()
    qianhai.change(appeal, 'related_by = "against"', 'related_by = "detail"')
    assert "related_by: detail is not known here" in qianhai.only_fault(), "a long text is no number"


def test_files_are_added_by_whoever_asks_to_a_field_of_files(qianhai) -> None:
    qianhai.change(C, 'takes = "papers"', 'takes = "detail"')
    assert "did you mean" in qianhai.only_fault() or "is not known here" in qianhai.only_fault()
    qianhai.change(C, 'takes = "detail"', 'takes = "papers"').change(
        C, 'needs = ["answer"]', 'needs = ["answer"]\ntakes = "papers"'
    )
    assert "files are added by whoever asks" in qianhai.only_fault()


def test_a_number_without_relations_belongs_to_nothing(sample) -> None:
    sample.change(M, 'prefix = "WD"', 'prefix = "WD"\nrelated_by = "title"')
    said = "it is not said to which cases the number may belong"
    assert any(said in str(fault) for fault in sample.faults())


def test_where_a_case_stands_is_never_hidden_from_whoever_follows_it(qianhai) -> None:
    qianhai.change(C, '"turn", "unit", "due", ', '"unit", ')
    assert "whoever follows a case always reads this, too; add: turn, due" in qianhai.only_fault()


@pytest.mark.parametrize(
    ("otherwise", "told"),
    [
        ("", "otherwise: zone-authority may decide in "),
        ('otherwise = ["service-centre"]\n', "zone-authority is asked before"),
        ('otherwise = ["zone-authority"]\n', "zone-authority is asked before"),
        ('otherwise = ["audit", "audit"]\n', "audit is asked before"),
        ('otherwise = ["moon"]\n', "moon is not known here"),
    ],
)
def test_somebody_can_hear_an_appeal_whoever_decided(qianhai, otherwise, told) -> None:
    appeal = "matters/appeal.toml"
    qianhai.change(appeal, 'otherwise = ["audit", "integrity-bureau"]\n', otherwise)
    assert [str(fault) for fault in qianhai.faults() if appeal in str(fault) and told in str(fault)]


def test_only_an_appeal_is_heard_elsewhere(qianhai) -> None:
    qianhai.change(
        "matters/consultation.toml",
        'kind = "consultation"\n',
        'kind = "consultation"\notherwise = ["audit"]\n',
    )
    assert ["only an appeal goes elsewhere" in str(fault) for fault in qianhai.faults()] == [True]
