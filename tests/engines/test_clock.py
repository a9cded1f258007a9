"""Known answers: the notices, Cap. 1 s. 71, 民法典 art. 201-203, pauses, extensions, silence."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from qinglian.engines.clock import (
    Budget,
    Calendar,
    Day,
    Extension,
    Hours,
    Pause,
    Silence,
    Year,
    deemed,
    due,
    due_days,
    due_moments,
    read_moment,
    read_pause,
    remaining,
)
from qinglian.faults import Fault, Faults
from qinglian.zone.calendars import carried

CN, HK, MO = (carried()[name] for name in ("CN", "HK", "MO"))
MO_STRICT = replace(MO, half_days="off")
OFFICE = Hours.parse("09:00-12:00,14:00-18:00")
PLAIN = Calendar("plain", "Asia/Shanghai", (), (Year(2026, "published", "n", "s"), Year(2027, "projected")))


def ends(calendar, budget, start, *pauses, **more):
    answer = due(calendar, Budget.parse(budget), read_moment(start), [read_pause(p) for p in pauses], **more)
    return answer.moment.isoformat() if answer.moment else answer.status


@pytest.mark.parametrize(
    ("calendar", "start", "budget", "day"),
    [
        (CN, "2026-02-10", "5wd", "2026-02-24"),
        (HK, "2026-02-10", "5wd", "2026-02-20"),
        (MO, "2026-02-10", "5wd", "2026-02-20"),
        (MO_STRICT, "2026-02-10", "5wd", "2026-02-23"),
        (PLAIN, "2026-02-10", "5wd", "2026-02-17"),
        (CN, "2026-09-18", "5wd", "2026-09-24"),  # Sunday the 20th is worked
        (PLAIN, "2026-09-18", "5wd", "2026-09-25"),
        (CN, "2026-09-30", "3wd", "2026-10-10"),  # a Saturday
        (HK, "2026-09-30", "3wd", "2026-10-06"),
        (MO, "2026-09-30", "3wd", "2026-10-07"),
    ],
)
def test_working_days_end_where_the_notices_put_them(calendar, start, budget, day):
    assert ends(calendar, budget, start + "T10:00") == f"{day}T23:59:59+08:00"


@pytest.mark.parametrize(
    ("budget", "start", "day"),
    [
        ("10cd:none", "2026-09-21", "2026-10-01"),
        ("10cd:next-working-day", "2026-09-21", "2026-10-08"),
        ("1mo:none", "2026-01-31", "2026-02-28"),  # art. 202: no such day, so the month's last
        ("1mo:next-working-day", "2026-01-15", "2026-02-24"),  # art. 203: out of the holiday
        ("12mo:none", "2026-02-28", "2027-02-28"),
    ],
)
def test_calendar_days_and_months_follow_the_civil_code(budget, start, day):
    assert ends(CN, budget, start)[:10] == day


@pytest.mark.parametrize(
    ("budget", "start", "day"),
    [
        ("6cd:hk-cap1-s71", "2026-02-13", "2026-02-24"),  # (1)(d): Sundays and holidays are not reckoned
        ("7cd:hk-cap1-s71", "2026-02-13", "2026-02-20"),  # (1)(b): reckoned, and the last day is a Friday
        (
            "7cd:hk-cap1-s71",
            "2026-02-11",
            "2026-02-20",
        ),  # the 18th is a holiday, and so is the 19th
        ("7cd:hk-cap1-s71", "2026-03-14", "2026-03-21"),  # a Saturday is no general holiday
        ("7cd:hk-cap1-s71", "2026-03-15", "2026-03-23"),  # but a Sunday is
        ("7cd:hk-cap1-s71", "2025-09-16", "2025-09-25"),  # the 23rd and 24th were gale warning days
        ("2cd:hk-cap1-s71", "2025-09-22", "2025-09-26"),
    ],
)
def test_hong_kong_reckons_by_section_71(budget, start, day):
    assert ends(HK, budget, start)[:10] == day


def test_a_gale_nobody_knew_of_yet_does_not_move_the_day():
    assert ends(HK, "7cd:hk-cap1-s71", "2025-09-16", known_at=date(2025, 9, 22))[:10] == "2025-09-23"
    assert ends(HK, "7cd:hk-cap1-s71", "2025-09-16", known_at=date(2025, 9, 23))[:10] == "2025-09-24"


def test_a_closure_announced_late_counts_from_the_day_it_was_known():
    late = Day(date(2026, 3, 4), "off", "停市", basis="示例", known_at=date(2026, 3, 3))
    calendar = replace(PLAIN, days=(late,))
    assert ends(calendar, "2wd", "2026-03-02", known_at=date(2026, 3, 2))[:10] == "2026-03-04"
    assert ends(calendar, "2wd", "2026-03-02", known_at=date(2026, 3, 3))[:10] == "2026-03-05"
    assert ends(calendar, "2wd", "2026-03-02")[:10] == "2026-03-05"


def test_of_a_pause_the_first_day_is_not_counted_and_the_last_is():
    assert ends(PLAIN, "2wd", "2026-03-02", "2026-03-03/2026-03-05")[:10] == "2026-03-06"
    assert ends(PLAIN, "2wd", "2026-03-02", "2026-03-03T09:00/2026-03-03T17:00")[:10] == "2026-03-04"
    assert (
        ends(PLAIN, "2wd", "2026-03-02", "2026-03-03/2026-03-05", "2026-03-04/2026-03-06")[:10]
        == "2026-03-09"
    )


def test_an_open_pause_leaves_nothing_due_unless_the_clock_ran_out_before_it():
    assert ends(PLAIN, "2wd", "2026-03-02", "2026-03-04/") == "paused"
    assert ends(PLAIN, "2wd", "2026-03-02", "2026-03-05/")[:10] == "2026-03-04"
    assert ends(PLAIN, "8h", "2026-03-02T10:00", "2026-03-02T12:00/") == "paused"
    assert ends(PLAIN, "8wh", "2026-03-02T10:00", "2026-03-03T09:00/", hours=OFFICE) == "paused"


def test_the_answer_explains_every_day_up_to_the_due_day():
    answer = due(CN, Budget.parse("5wd"), datetime(2026, 2, 10, 10))
    assert [d.date.day for d in answer.skipped] == list(range(15, 24))
    assert {(d.why, d.name, d.name_hant, d.name_en) for d in answer.skipped} == {
        ("holiday", "春节", "春節", "Spring Festival")
    }
    assert [d.isoformat()[5:] for d in answer.counted] == ["02-11", "02-12", "02-13", "02-14", "02-24"]
    assert [d.why for d in due(MO_STRICT, Budget.parse("4wd"), date(2026, 2, 12)).skipped][:3] == [
        "weekend", "weekend", "half-day",
    ]  # fmt: skip


def test_the_status_is_that_of_the_least_sure_year_in_reach():
    assert due(CN, Budget.parse("5wd"), date(2026, 3, 2)).status == "published"
    assert due(CN, Budget.parse("5wd"), date(2026, 12, 30)).status == "provisional"
    surely = replace(PLAIN, years=(Year(2026, "corroborated", "n", "s"), Year(2027, "published", "n", "s")))
    assert due(surely, Budget.parse("5wd"), date(2026, 12, 30)).status == "corroborated"


@pytest.mark.parametrize("budget", ["5wd", "10cd:none", "1mo:next-working-day", "240h"])
def test_a_year_nobody_entered_is_a_fault_that_names_it(budget):
    with pytest.raises(Fault, match="2028"):
        due(CN, Budget.parse(budget), datetime(2027, 12, 30, 9))
    with pytest.raises(Fault, match="2020"):
        due(CN, Budget.parse(budget), datetime(2020, 12, 1, 9))


def test_a_moment_is_read_in_the_zone_of_the_calendar():
    assert ends(CN, "1wd", "2026-03-02T23:30+00:00")[:10] == "2026-03-04"  # already the 3rd in Shanghai
    assert ends(CN, "1wd", "2026-03-02T23:30")[:10] == "2026-03-03"


def test_hours_run_through_nights_and_working_hours_do_not():
    assert ends(CN, "8h", "2026-02-13T20:00") == "2026-02-14T04:00:00+08:00"
    assert ends(CN, "8wh", "2026-02-13T17:00", hours=OFFICE) == "2026-02-14T18:00:00+08:00"  # worked Saturday
    assert ends(CN, "8wh", "2026-02-14T17:00", hours=OFFICE) == "2026-02-24T18:00:00+08:00"
    assert ends(MO, "4wh", "2026-02-16T09:00", hours=OFFICE) == "2026-02-20T10:00:00+08:00"  # afternoon off
    assert ends(MO_STRICT, "4wh", "2026-02-16T09:00", hours=OFFICE) == "2026-02-20T15:00:00+08:00"
    assert ends(CN, "1wh", "2026-03-02T12:30", hours=OFFICE) == "2026-03-02T15:00:00+08:00"
    assert ends(CN, "3wh", "2026-03-02T09:00", hours=OFFICE) == "2026-03-02T12:00:00+08:00"
    assert ends(CN, "4wh", "2026-03-02T09:00", "2026-03-02T10:00/2026-03-02T15:00", hours=OFFICE) == (
        "2026-03-02T18:00:00+08:00"
    )


@pytest.mark.parametrize(
    "text", ["", "5", "0wd", "-1wd", "5 wd", "05wd", "5WD", "1.5h", "wd", "123456wd", "５wd"]
)
def test_a_budget_that_cannot_be_read_is_a_fault(text):
    with pytest.raises(Fault, match="write"):
        Budget.parse(text)


@pytest.mark.parametrize(
    "text", ["10cd", "2mo", "10cd:", "10cd:later", "5wd:none", "8h:none", "2mo:hk-cap1-s71"]
)
def test_a_roll_is_stated_where_it_matters_and_nowhere_else(text):
    with pytest.raises(Fault):
        Budget.parse(text)


def test_a_roll_may_be_given_beside_the_budget_but_not_twice():
    assert str(Budget.parse("10cd", "none")) == "10cd:none"
    with pytest.raises(Fault, match="keep one"):
        Budget.parse("10cd:none", "next-working-day")


def test_working_hours_are_never_assumed():
    with pytest.raises(Fault, match="office hours"):
        due(CN, Budget.parse("8wh"), datetime(2026, 3, 2, 9))
    with pytest.raises(Fault, match="time of its start"):
        due(CN, Budget.parse("8h"), date(2026, 3, 2))
    with pytest.raises(Fault, match="half day is cut"):
        due(MO, Budget.parse("8wh"), datetime(2026, 2, 16, 9), hours=Hours.parse("09:00-17:00"))
    for text in ("9-12", "12:00-09:00", "09:00-12:00,11:00-18:00", "09:00-25:00", ""):
        with pytest.raises(Fault, match="cannot be read"):
            Hours.parse(text)


def test_an_extension_in_time_adds_days_and_a_late_one_gives_nothing():
    more = Extension(Budget.parse("10wd"), "负责人（示例）", "案情复杂", datetime(2026, 3, 20, 9))
    granted = due(CN, Budget.parse("20wd"), date(2026, 3, 2), extensions=[more])  # 行政许可法 art. 42
    assert (granted.moment.date(), str(granted.budget), granted.late) == (date(2026, 4, 14), "30wd", ())
    late = replace(more, at=datetime(2026, 3, 31, 9))
    refused = due(CN, Budget.parse("20wd"), date(2026, 3, 2), extensions=[late])
    assert (refused.moment.date(), str(refused.budget), refused.late) == (date(2026, 3, 30), "20wd", (late,))


def test_an_extension_past_six_days_never_ends_earlier_in_hong_kong():
    more = Extension(Budget.parse("1cd:hk-cap1-s71"), "甲", "乙", date(2026, 2, 16))
    answer = due(HK, Budget.parse("6cd:hk-cap1-s71"), date(2026, 2, 13), extensions=[more])
    assert answer.moment.date() == date(2026, 2, 24)  # seven days reckoned would end on the 20th


def test_an_extension_needs_approver_reason_and_the_same_unit():
    with pytest.raises(Fault, match="approver"):
        Extension(Budget.parse("10wd"), " ", "案情复杂", date(2026, 3, 20))
    with pytest.raises(Fault, match="same unit"):
        other = Extension(Budget.parse("10cd:none"), "甲", "乙", date(2026, 3, 3))
        due(CN, Budget.parse("20wd"), date(2026, 3, 2), extensions=[other])


def test_silence_speaks_only_after_a_sure_due_moment():
    rule = Silence("renewed", "行政许可法第五十条第二款")
    sure = due(CN, Budget.parse("5wd"), date(2026, 3, 2))
    assert deemed(sure, sure.moment, rule) is None
    assert deemed(sure, sure.moment + timedelta(seconds=1), rule) is rule
    assert deemed(sure, sure.moment + timedelta(days=9), None) is None
    guessed = due(CN, Budget.parse("5wd"), date(2026, 12, 30))
    assert deemed(guessed, guessed.moment + timedelta(days=9), rule) is None
    held = due(CN, Budget.parse("5wd"), date(2026, 3, 2), [Pause(date(2026, 3, 3), None)])
    assert deemed(held, datetime(2027, 1, 1, tzinfo=UTC), rule) is None
    with pytest.raises(Fault, match="article"):
        Silence("renewed", "")


def test_what_remains_is_counted_in_working_days():
    end = CN.end_of(date(2026, 2, 24))
    left = [remaining(CN, end, CN.end_of(date(2026, 2, day))) for day in (10, 13, 14, 20, 24, 25, 27, 28)]
    assert left == [5, 2, 1, 1, 0, -1, -3, -4]


def test_a_pause_that_ends_before_it_starts_is_a_fault():
    with pytest.raises(Fault, match="exchange"):
        ends(CN, "5wd", "2026-03-02", "2026-03-05/2026-03-03")
    for text in ("2026-03-05", "/2026-03-05", "x/2026-03-05", "2026-13-01/"):
        with pytest.raises(Fault):
            read_pause(text)
    with pytest.raises(Fault, match="9999"):
        ends(CN, "9h", "2026-03-02T09:00", "0001-01-01/9999-12-31T23:59")


def test_a_calendar_that_contradicts_itself_is_refused_with_everything_wrong():
    twice = Day(date(2026, 5, 1), "off")
    with pytest.raises(Faults) as found:
        Calendar("X", "Asia/Nowhere", (twice, twice, Day(date(2030, 1, 1), "holiday")), (Year(2026, "sure"),))
    assert len(found.value.faults) == 5


def test_the_hash_changes_with_what_the_calendar_says_and_with_nothing_else():
    assert replace(CN, days=tuple(reversed(CN.days))).sha == CN.sha
    assert replace(CN, days=CN.days[1:]).sha != CN.sha
    assert MO_STRICT.sha != MO.sha


def test_the_fast_path_refuses_what_it_cannot_know():
    assert due_days(CN, [date(2026, 9, 30)], 3) == [date(2026, 10, 10)]
    assert due_moments(CN, [date(2026, 9, 30)], 3)[0].isoformat() == "2026-10-10T23:59:59+08:00"
    assert due_days(CN, [], 3) == []
    for start, days in (("2020-12-31", 1), ("2028-01-01", 1), ("2027-12-30", 9), ("2026-01-01", 0)):
        with pytest.raises(Fault):
            due_days(CN, [date.fromisoformat(start)], days)
