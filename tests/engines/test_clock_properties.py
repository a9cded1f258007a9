"""Properties, and a second computation written another way: sets of whole days, or half-hour steps."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from qinglian.engines.clock import (
    ROLLS,
    Budget,
    Calendar,
    Day,
    Extension,
    Hours,
    Pause,
    Year,
    due,
    due_days,
    due_moments,
    read_pause,
    remaining,
)
from qinglian.faults import Fault

FIRST, LAST = date(2026, 1, 1), date(2028, 12, 31)
YEARS = tuple(Year(n, "published", "n", "s") for n in (2026, 2027, 2028))
OFFICE = Hours.parse("09:00-12:00,14:00-18:00")
START, STOP = date(2026, 1, 1), date(2026, 7, 1)

dates = st.dates(START, STOP)
moments = st.datetimes(datetime(2026, 1, 1), datetime(2026, 7, 1)).map(
    lambda m: m.replace(minute=m.minute // 30 * 30, second=0, microsecond=0)
)
listed = st.lists(
    st.builds(
        Day,
        dates,
        st.sampled_from(["work", "off", "off", "am", "pm", "gale", "black-rain"]),
        known_at=st.none() | dates,
    ),
    max_size=25,
    unique_by=lambda day: (day.date, day.kind in ("gale", "black-rain")),
)
calendars = st.builds(
    lambda days, weekend, half: Calendar("T", "Asia/Shanghai", tuple(days), YEARS, frozenset(weekend), half),
    listed,
    st.sampled_from([(5, 6), (4, 5), (6,), ()]),
    st.sampled_from(["working", "off"]),
)
day_budgets = st.one_of(
    st.builds(Budget, st.integers(1, 30), st.just("wd")),
    st.builds(
        Budget,
        st.integers(1, 30),
        st.just("cd"),
        st.sampled_from(ROLLS),
    ),
)
month_budgets = st.builds(Budget, st.integers(1, 6), st.just("mo"), st.sampled_from(ROLLS[:2]))
grants = st.lists(st.tuples(st.integers(1, 9), dates), max_size=2)
hour_budgets = st.builds(Budget, st.integers(1, 40), st.sampled_from(["h", "wh"]))


def closed_pauses(moment):
    pairs = st.tuples(moment, moment).map(sorted).map(lambda pair: Pause(pair[0], pair[1]))
    return st.lists(pairs, max_size=3)


def every_day():
    return [FIRST + timedelta(n) for n in range((LAST - FIRST).days + 1)]


def slow_due(calendar: Calendar, budget: Budget, start: date, pauses: list[Pause]) -> date:
    """All days as sets: the amount-th that counts, then the first from there on which it may end."""
    days = set(every_day())
    kinds = {day.date: day.kind for day in calendar.days if day.kind not in ("gale", "black-rain")}
    storms = {day.date for day in calendar.days if day.kind in ("gale", "black-rain")}
    halves = {"am", "pm"} if calendar.half_days == "off" else set()
    off = {
        d
        for d in days
        if kinds.get(d, "off" if d.weekday() in calendar.weekend else "work") in halves | {"off"}
    }
    excluded = {d for d in days if d.weekday() == 6 or kinds.get(d) == "off"} | storms
    paused = {d for d in days for p in pauses if p.start <= d < p.end}
    amount = budget.amount
    if budget.unit == "mo":
        last = date(start.year, start.month, 1)
        for _ in range(amount):
            last = (last + timedelta(31)).replace(day=1)
        room = ((last + timedelta(31)).replace(day=1) - last).days
        amount = (last.replace(day=min(start.day, room)) - start).days
    counts = days - paused
    if budget.unit == "wd":
        counts -= off
    if budget.roll == "hk-cap1-s71" and budget.amount <= 6:
        counts -= excluded
    nominal = sorted(d for d in counts if d > start)[amount - 1]
    ends = {"next-working-day": days - off, "hk-cap1-s71": days - excluded}.get(budget.roll, days) - paused
    return min(d for d in ends if d >= nominal)


@given(calendars, day_budgets | month_budgets, dates, closed_pauses(dates))
def test_the_engine_agrees_with_sets_of_days(calendar, budget, start, pauses):
    assert due(calendar, budget, start, pauses).moment == calendar.end_of(
        slow_due(calendar, budget, start, pauses)
    )


@given(calendars, day_budgets | month_budgets, dates, closed_pauses(dates))
def test_counted_and_skipped_are_together_every_day_up_to_the_due_day(calendar, budget, start, pauses):
    answer = due(calendar, budget, start, pauses)
    told = sorted([*answer.counted, *(day.date for day in answer.skipped)])
    assert told == [start + timedelta(n) for n in range(1, len(told) + 1)]
    assert told[-1] == answer.counted[-1] == answer.moment.date()
    assert budget.unit == "mo" or len(answer.counted) == budget.amount


@given(calendars, st.integers(1, 40), st.lists(dates, max_size=20))
def test_the_fast_path_agrees_with_the_explained_one(calendar, amount, starts):
    slow = [due(calendar, Budget(amount, "wd"), start).moment for start in starts]
    assert due_moments(calendar, starts, amount) == slow
    assert due_days(calendar, starts, amount) == [moment.date() for moment in slow]


@settings(max_examples=60)
@given(calendars, hour_budgets, moments, closed_pauses(moments))
def test_hours_agree_with_steps_of_half_an_hour(calendar, budget, start, pauses):
    calendar = replace(calendar, days=tuple(d for d in calendar.days if d.kind not in ("am", "pm")))
    step, at, left = timedelta(minutes=30), start, budget.amount * 2
    while left:
        open_now = budget.unit == "h" or (
            calendar.is_working(at.date()) and (9 <= at.hour < 12 or 14 <= at.hour < 18)
        )
        if open_now and not any(p.start <= at < p.end for p in pauses):
            left -= 1
        at += step
    assert due(calendar, budget, start, pauses, hours=OFFICE).moment == calendar.local(at)


@given(
    calendars,
    day_budgets,
    dates,
    dates,
    closed_pauses(dates),
    st.lists(st.tuples(st.integers(1, 9), dates), max_size=2),
)
def test_a_later_start_in_days_never_gives_an_earlier_due(calendar, budget, one, other, pauses, more):
    extensions = [Extension(replace(budget, amount=n), "甲", "乙", at) for n, at in more]
    early, late = (due(calendar, budget, s, pauses, extensions).moment for s in sorted([one, other]))
    assert early <= late


@given(calendars, hour_budgets, moments, moments, closed_pauses(moments))
def test_a_later_start_in_hours_never_gives_an_earlier_due(calendar, budget, one, other, pauses):
    calendar = replace(calendar, days=tuple(d for d in calendar.days if d.kind not in ("am", "pm")))
    early, late = (due(calendar, budget, s, pauses, hours=OFFICE).moment for s in sorted([one, other]))
    assert early <= late


@given(calendars, month_budgets, dates, dates)
def test_a_later_start_in_months_gives_no_earlier_due_while_nothing_is_paused(calendar, budget, one, other):
    early, late = (due(calendar, budget, start).moment for start in sorted([one, other]))
    assert early <= late


def test_months_with_a_pause_are_not_monotone_because_months_are_of_unequal_length():
    calendar = Calendar("T", "Asia/Shanghai", (), YEARS)
    month, pause = Budget.parse("1mo:none"), [Pause(date(2026, 1, 29), date(2026, 1, 31))]
    assert due(calendar, month, date(2026, 1, 28), pause).moment.date() == date(2026, 3, 2)
    assert due(calendar, month, date(2026, 1, 31), pause).moment.date() == date(2026, 2, 28)


@given(calendars, day_budgets | month_budgets, dates, closed_pauses(dates), closed_pauses(dates))
def test_another_pause_never_makes_anything_due_earlier(calendar, budget, start, pauses, more):
    assert due(calendar, budget, start, pauses).moment <= due(calendar, budget, start, pauses + more).moment


@given(calendars, day_budgets, dates, dates)
def test_what_became_known_later_changes_no_earlier_answer(calendar, budget, start, asked):
    known = tuple(day for day in calendar.days if day.known_at is None or day.known_at <= asked)
    assert due(calendar, budget, start, known_at=asked) == due(replace(calendar, days=known), budget, start)


@given(calendars, dates, dates)
def test_what_remains_is_the_working_days_between(calendar, one, other):
    today, last = sorted([one, other])
    between = sum(today < d <= last and calendar.is_working(d) for d in every_day())
    assert remaining(calendar, calendar.end_of(last), calendar.end_of(today)) == between
    assert remaining(calendar, calendar.end_of(today), calendar.end_of(last)) == -between


@given(day_budgets | month_budgets | hour_budgets)
def test_a_budget_reads_back_what_it_writes(budget):
    assert Budget.parse(str(budget)) == budget


@given(st.text(max_size=12))
def test_any_other_text_is_a_fault_and_never_a_crash(text):
    for read in (Budget.parse, Hours.parse, read_pause):
        try:
            read(text)
        except Fault as fault:
            assert str(fault)


def test_the_zone_and_not_the_machine_says_what_a_day_is():
    lisbon = Calendar("P", "Europe/Lisbon", (), YEARS)
    spring = datetime(2026, 3, 28, 20)  # the clocks go forward in the night
    assert due(lisbon, Budget.parse("8h"), spring).moment.isoformat() == "2026-03-29T05:00:00+01:00"
    assert due(lisbon, Budget.parse("1cd:none"), spring).moment.isoformat() == "2026-03-29T23:59:59+01:00"
