"""The carried calendars against three libraries: every difference stands here with its reason.

The libraries cross-check; they are never the source. Versions differ from year to year, so a new
difference is a question to answer, in the CSV or in this list.
"""

from __future__ import annotations

import warnings
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest

from qinglian.engines.clock import Budget, Day, Year, due
from qinglian.faults import Fault, Faults
from qinglian.zone.calendars import (
    CARRIED,
    carried,
    find,
    overlay,
    pack_calendars,
    read_calendar,
    read_overlay,
)

chinese_calendar = pytest.importorskip("chinese_calendar")
holidays = pytest.importorskip("holidays")
with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    workalendar_asia = pytest.importorskip("workalendar.asia")

pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning")  # of workalendar's own parts
FIVE = Budget.parse("5wd")
CN, HK, MO = (carried()[name] for name in ("CN", "HK", "MO"))
HALF = "a whole day off in `holidays`: the afternoon alone is"
ART_6 = "`holidays` guesses a day in lieu (放假办法 art. 6); no notice names one"
GOOD_FRIDAY = "a general holiday the default categories leave out"

# holidays, all categories: the only differences are Macau's half days
MO_HALF_DAYS = {
    2021: {"02-11", "12-31"},
    2022: {"01-31"},
    2023: set(),
    2024: {"02-09", "12-31"},
    2025: {"01-28", "12-31"},
    2026: {"02-16", "12-31"},
    2027: {"02-05", "12-31"},
}
# holidays, default categories: bank and general holidays, but not the optional ones
HK_DEFAULT_MISSES = {
    2021: {"04-02", "04-06", "05-19", "12-27"},
    2022: {"04-15", "04-18", "12-27"},
    2023: {"04-07", "04-10", "12-26"},
    2024: {"03-29", "04-01"},
    2025: {"04-18", "04-21"},
    2026: {"04-03"},
    2027: {"03-26"},
}


def days_of(year):
    return [
        date(year, 1, 1) + timedelta(n) for n in range(366) if (date(year, 1, 1) + timedelta(n)).year == year
    ]


def differing(calendar, year, is_working):
    return {f"{d:%m-%d}" for d in days_of(year) if is_working(d) != calendar.is_working(d)}


def by_weekdays(listed):
    return lambda d: d.weekday() < 5 and d not in listed


@pytest.mark.parametrize("year", range(2021, 2027))
def test_the_mainland_agrees_with_two_libraries_on_every_day(year):
    library = holidays.country_holidays("CN", years=year)
    assert differing(CN, year, library.is_working_day) == set()
    assert differing(CN, year, chinese_calendar.is_workday) == set()


def test_the_mainland_of_2027_is_only_what_the_statute_names():
    library = holidays.country_holidays("CN", years=2027)
    guessed = {"02-09", "02-10", "05-03", "05-04", "10-04", "10-05"}
    assert differing(CN, 2027, library.is_working_day) == guessed, ART_6
    with pytest.raises(NotImplementedError):
        chinese_calendar.is_workday(date(2027, 1, 4))
    assert not [day for day in CN.days if day.date.year == 2027 and day.kind == "work"]


@pytest.mark.parametrize("year", range(2021, 2028))
def test_hong_kong_agrees_with_two_libraries_on_every_day_saturdays_too(year):
    optional = holidays.HongKong(years=year, categories=("optional",))
    other = {day for day, _name in workalendar_asia.HongKong().holidays(year)}
    ours = {day.date for day in HK.days if day.date.year == year and day.kind == "off"}
    assert set(optional) == ours
    assert {d for d in other if d.weekday() < 6} == ours  # workalendar lists Sundays' holidays as well


@pytest.mark.parametrize("year", range(2021, 2028))
def test_the_default_categories_of_holidays_miss_days_of_hong_kong(year):
    library = holidays.HongKong(years=year)
    assert differing(HK, year, by_weekdays(library)) == HK_DEFAULT_MISSES[year], GOOD_FRIDAY


def test_two_categories_together_invent_a_day_in_hong_kong():
    library = holidays.HongKong(years=2023, categories=("public", "optional"))
    assert differing(HK, 2023, by_weekdays(library)) == {"10-03"}  # National Day moved twice


@pytest.mark.parametrize("year", range(2021, 2028))
def test_macau_differs_from_the_library_in_half_days_alone(year):
    library = holidays.Macau(years=year, categories=("public", "optional", "government"))
    assert differing(MO, year, by_weekdays(library)) == MO_HALF_DAYS[year], HALF
    assert differing(replace(MO, half_days="off"), year, by_weekdays(library)) == set()
    government = holidays.Macau(years=year, categories=("government",))
    assert len(differing(MO, year, by_weekdays(government)) - MO_HALF_DAYS[year]) == 1  # Good Friday


@pytest.mark.parametrize("calendar", [CN, HK, MO])
def test_each_row_says_where_it_comes_from_and_in_three_languages(calendar):
    assert [year.year for year in calendar.years] == list(range(2021, 2028))
    for year in calendar.years:
        assert year.source and year.checked
        assert bool(year.notice) == (year.status == "published")
    for day in calendar.days:
        assert day.name and day.name_hant and day.name_en and day.basis


@pytest.mark.parametrize(
    ("calendar", "sure"),
    [(CN, range(2021, 2027)), (HK, range(2021, 2027)), (MO, range(2025, 2027))],
)
def test_only_years_whose_text_was_seen_are_published(calendar, sure):
    assert [y.year for y in calendar.years if y.status == "published"] == list(sure)
    assert {y.status for y in calendar.years} == {"published", "projected"}


@pytest.mark.parametrize("year", [2025, 2026])
def test_statutory_days_alone_would_give_many_wrong_dates(year):
    """Why an unpublished year is provisional: without the notice 15 to 16 % of the starts end elsewhere."""
    library = holidays.country_holidays("CN", years=year)
    statutory = [day for day, name in library.items() if "substituted" not in name]
    bare = replace(CN, days=tuple(Day(day, "off", basis="art. 2") for day in sorted(statutory)))
    starts = [day for day in days_of(year) if day.month < 12]
    wrong = sum(due(bare, FIVE, day).moment != due(CN, FIVE, day).moment for day in starts)
    assert 0.13 < wrong / len(starts) < 0.19


WHOLE = "date,kind,name,basis,known_at\nzone,Asia/Macau\nweekend,sat sun\nhalf_days,working\n"


def test_a_calendar_is_read_from_text_as_a_spreadsheet_saves_it():
    calendar = read_calendar(
        "\ufeff"
        + WHOLE.replace("date,kind", "date , kind").replace("\n", ",,,\r\n")
        + "2026,projected,,示例,\r\n2026/2/5,off,日,示例,\r\n"
    )
    assert not calendar.is_working(date(2026, 2, 5))
    assert (calendar.zone, calendar.years[0].status) == ("Asia/Macau", "projected")


def test_every_bad_row_is_named_with_its_line():
    bad = ["2026,sure,,x,", "2026-02-30,off,,x,", "2026-02-05,holiday,,x,", "2027,published,,,", "x,off,,x,"]
    with pytest.raises(Faults) as found:
        read_calendar(WHOLE + "\n".join(bad))
    assert [fault.line for fault in found.value.faults] == [5, 6, 7, 8, 9]


@pytest.mark.parametrize(
    "text",
    [
        "day,kind\n",
        "date,kind,basis\n2026,projected,x\n",
        "date,kind,basis\nzone,Asia/Macau,\n2026,projected,x\n",
        WHOLE + "2026,projected,,x,\n2026-01-02,off,,x,\n2026-01-02,work,,x,\n",
        WHOLE + "2026,projected,,x,\n2028,projected,,x,\n",
        WHOLE.replace("sat sun", "saturn"),
        WHOLE + "0000,projected,,x,\n",
        WHOLE + "2026,projected,,x,\n2026-01-02,off," + "x" * 140_000 + ",x,\n",
        "\n",
        WHOLE.replace("Macau", "Mocau") + "2026,projected,,x,\n",
    ],
)
def test_a_calendar_that_cannot_be_used_is_a_fault_and_never_a_crash(text):
    with pytest.raises((Fault, Faults)):
        read_calendar(text)


def test_a_pack_row_wins_over_the_carried_one_of_its_date_and_states_its_basis():
    mine = Day(date(2026, 2, 24), "off", "示例", basis="示例通知")
    calendar = overlay(CN, [mine])
    assert due(calendar, FIVE, date(2026, 2, 10)).moment.date() == date(2026, 2, 25)
    assert len(overlay(calendar, [mine]).days) == len(calendar.days)
    with pytest.raises(Faults, match="basis"):
        overlay(CN, [replace(mine, basis="")])


def test_a_pack_that_enters_a_year_replaces_all_of_it():
    notice = Year(2027, "published", "示例通知", "示例")
    calendar = overlay(CN, [Day(date(2027, 1, 1), "off", "元旦", basis="示例通知")], [notice])
    assert calendar.is_working(date(2027, 2, 8)) and not CN.is_working(date(2027, 2, 8))
    assert due(calendar, FIVE, date(2026, 12, 30)).status == "published"
    assert due(CN, FIVE, date(2026, 12, 30)).status == "provisional"


def test_a_pack_folder_lays_its_calendars_over_the_carried_ones(tmp_path: Path):
    (tmp_path / "calendars").mkdir()
    (tmp_path / "calendars" / "MO.csv").write_text("date,kind,basis\nhalf_days,off,示例\n", encoding="utf-8")
    (tmp_path / "calendars" / "XX.csv").write_text(WHOLE + "2026,projected,,x,\n", encoding="utf-8")
    found = pack_calendars(tmp_path)
    assert sorted(found) == ["CN", "HK", "MO", "XX"]
    assert due(found["MO"], FIVE, date(2026, 2, 10)).moment.date() == date(2026, 2, 23)
    assert read_overlay(MO, "date,kind,basis\nhalf_days,off,x\n").sha == found["MO"].sha
    assert carried()["MO"].half_days == "working"


def test_a_calendar_is_found_by_its_id_or_by_its_path():
    assert find("CN") is CN
    assert find(str(CARRIED / "CN.csv")).sha == CN.sha
    with pytest.raises(Fault, match="CN, HK, MO"):
        find("TW")
