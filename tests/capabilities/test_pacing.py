"""How long a matter takes in fact: counted again by hand; what is late or not done stands in it."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from django.test import Client
from hypothesis import given
from hypothesis import strategies as st
from tests import people
from tests.people import MONDAY, SHENZHEN, act, chen_asks, li

from qinglian.capabilities.cases.models import Clock, Pace
from qinglian.capabilities.cases.pacing import keep_paces, paces, share, used
from qinglian.capabilities.cases.rules import Run
from qinglian.engines.clock import Budget, Pause
from qinglian.zone.current import current

AT = datetime(2026, 1, 5, 9, 0, tzinfo=SHENZHEN)


def by_hand(run: Run) -> int:
    """Working days after the first up to the last, without those that lie in a pause."""
    calendar, n = current().calendars["CN"], 0
    assert run.stopped is not None
    on = run.start.date() + timedelta(days=1)
    while on <= run.stopped.date():
        paused = any(each.start.date() <= on < each.end.date() for each in run.pauses)
        n += calendar.is_working(on) and not paused
        on += timedelta(days=1)
    return n


@given(st.integers(0, 90), st.integers(0, 40), st.integers(0, 12), st.integers(9, 17))
def test_the_days_that_a_run_took_are_those_counted_one_by_one(
    days: int, before: int, paused: int, hour: int
) -> None:
    """Across Spring Festival of 2026 with its moved working days."""
    run = Run("answer-in", 1, AT)
    run.stopped = AT.replace(hour=hour) + timedelta(days=days)
    begins = AT + timedelta(days=before)
    ends = begins + timedelta(days=paused)
    if paused and before and ends < run.stopped - timedelta(days=1):
        run.pauses.append(Pause(begins, ends, "awaiting"))
    assert used(run, Budget.parse("5wd"), current().calendars["CN"]) == by_hand(run)


def test_shares_are_the_least_amounts_that_hold_for_so_many() -> None:
    assert share([0, 1, 1, 2, 9], 5, 1, 2) == 1
    assert share([0, 1, 1, 2, 9], 5, 9, 10) == 9
    assert share([0, 1, 1, 2], 5, 9, 10) is None, "the fifth is not ended yet"
    assert share([], 0, 1, 2) is None


@pytest.mark.django_db
def test_the_guide_says_how_long_it_took_and_leaves_nothing_out(units: None) -> None:
    """Six questions: three taken up on the day, one next day, one two days late, one never."""
    matter, clerk = people.matter(), li()
    for n, days in enumerate((0, 0, 0, 1, 3, None)):
        case = chen_asks(secret=f"asked {n}").case_id
        if days is not None:
            act(case, "accept", clerk, MONDAY + timedelta(days=days, hours=1))
    chen_asks(MONDAY + timedelta(days=10), secret="its time is not over")
    on = MONDAY + timedelta(days=10)
    assert sum(keep_paces(on, 1) for _each in range(20)) == len(current().matters)
    assert keep_paces(on, 1) == 0, "once a day"
    found = paces(matter)["accept-in"]
    assert (found.n, found.within, found.running) == (6, 4, 1)
    assert found.half_same_day and found.ninth is None, "the one that never was is the slowest"
    assert "auto-close" not in paces(matter), "silence promises nothing"
    page = Client().get("/en/cases/new/consultation/").content.decode()
    assert "In fact, as of 12 March 2026: 4 of 6 in time. Half were done on the same day." in page
    assert "1 is overdue and not done." in page
    assert keep_paces(on + timedelta(days=1), 99) == len(current().matters), "and anew the next day"


@pytest.mark.django_db
def test_few_cases_are_no_figure_and_none_is_grey(units: None) -> None:
    page = Client().get("/zh-hant/cases/new/consultation/").content.decode()
    assert page.count('<span class="tag">實際用時：尚無數字。') == 2
    for n in range(4):
        chen_asks(secret=f"asked {n}")
    keep_paces(MONDAY + timedelta(days=9), 99)
    page = Client().get("/zh-hant/cases/new/consultation/").content.decode()
    assert '<span class="tag">實際用時：個案太少，尚無數字（4）。' in page


@pytest.mark.django_db
def test_a_promise_that_changed_is_not_measured_by_the_old_one(units: None) -> None:
    for n in range(6):
        chen_asks(secret=f"asked {n}")
    Clock.objects.update(budget="3wd")
    keep_paces(MONDAY + timedelta(days=9), 99)
    assert set(Pace.objects.values_list("n", flat=True)) == {0}
