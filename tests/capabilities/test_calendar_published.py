"""A newly published calendar moves what is open, says what it was before, and leaves what is over alone."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest
from tests import people
from tests.people import MONDAY

from qinglian.capabilities.cases import queries
from qinglian.capabilities.cases.actions import APPLICANT, publish_calendar
from qinglian.capabilities.cases.models import CalendarVersion, Case, Clock, ClockChange
from qinglian.capabilities.notices.queries import waiting_notices
from qinglian.engines.clock import Day
from qinglian.zone.calendars import overlay
from qinglian.zone.current import current


def _closed_on(monkeypatch: pytest.MonkeyPatch, *days: date) -> None:
    """Put a zone in use in which these working days are off."""
    zone = current()
    off = [Day(day, "off", "临时放假", "臨時放假", "Extra holiday", "Notice of the tests") for day in days]
    monkeypatch.setattr(
        "qinglian.zone.current._zone",
        replace(zone, calendars={**zone.calendars, "CN": overlay(zone.calendars["CN"], off)}),
    )


@pytest.fixture
def open_case(units: None) -> Case:
    publish_calendar("CN", MONDAY)
    case = people.he_asks()
    people.act(case.case_id, "accept", people.li(), MONDAY)
    return Case.objects.get(pk=case.case_id)


WEDNESDAY = date(2026, 3, 4)
LATER = MONDAY + timedelta(hours=2)


@pytest.mark.django_db
def test_open_clocks_move_and_keep_before_and_after(open_case: Case, monkeypatch: pytest.MonkeyPatch) -> None:
    before, sha = open_case.due, current().calendars["CN"].sha
    assert before is not None
    _closed_on(monkeypatch, WEDNESDAY)
    assert publish_calendar("CN", LATER) == 1
    open_case.refresh_from_db()
    assert open_case.due == before + timedelta(days=1)
    change = ClockChange.objects.get()
    assert (change.before, change.after, change.at) == (before, open_case.due, LATER)
    assert (change.sha_before, change.sha_after) == (sha, current().calendars["CN"].sha)
    assert waiting_notices(open_case.number).count(("due-moved", "he@example.com")) == 1
    reading = queries.case_page(open_case.pk, LATER, frozenset()).clocks[-1]
    assert reading.due == open_case.due and reading.changes == [(LATER, before, open_case.due)]


@pytest.mark.django_db
def test_publishing_the_same_calendar_again_does_nothing(
    open_case: Case, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert publish_calendar("CN", LATER) == 0 and not ClockChange.objects.exists()
    _closed_on(monkeypatch, WEDNESDAY)
    assert [publish_calendar("CN", LATER) for _again in range(3)] == [1, 0, 0]
    assert ClockChange.objects.count() == 1 and CalendarVersion.objects.count() == 2


@pytest.mark.django_db
def test_a_day_beyond_the_due_moment_moves_nothing(open_case: Case, monkeypatch: pytest.MonkeyPatch) -> None:
    _closed_on(monkeypatch, date(2026, 6, 3))
    assert publish_calendar("CN", LATER) == 0
    clock = Clock.objects.get(case=open_case, stopped=False)
    assert clock.calendar_sha == current().calendars["CN"].sha and not ClockChange.objects.exists()


@pytest.mark.django_db
def test_a_calendar_taken_back_moves_the_clock_back_and_keeps_both_changes(
    open_case: Case, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = open_case.due
    with monkeypatch.context() as while_closed:
        _closed_on(while_closed, WEDNESDAY)
        publish_calendar("CN", LATER)
    assert publish_calendar("CN", LATER + timedelta(hours=1)) == 1
    open_case.refresh_from_db()
    assert open_case.due == before and ClockChange.objects.count() == 2


@pytest.mark.django_db
def test_clocks_that_are_over_stay_as_they_were_even_when_the_case_goes_on(
    open_case: Case, monkeypatch: pytest.MonkeyPatch
) -> None:
    over = Clock.objects.filter(case=open_case, rule="accept-in")
    before = over.values().get()
    _closed_on(monkeypatch, date(2026, 3, 3))  # the day on which accept-in was due
    publish_calendar("CN", LATER)
    assert over.values().get() == before
    people.act(open_case.pk, "answer", people.li(), LATER)
    assert over.values().get() == before
    reading = next(
        c for c in queries.case_page(open_case.pk, LATER, frozenset()).clocks if c.rule.id == "accept-in"
    )
    assert reading.due == before["due"]
    assert not ClockChange.objects.filter(clock__rule="accept-in").exists()


@pytest.mark.django_db
def test_a_clock_that_stands_still_moves_when_it_goes_on(
    open_case: Case, monkeypatch: pytest.MonkeyPatch
) -> None:
    people.act(open_case.pk, "ask", people.li(), LATER)
    _closed_on(monkeypatch, WEDNESDAY)
    assert publish_calendar("CN", LATER) == 0
    people.act(open_case.pk, "supply", APPLICANT, LATER)
    expected = MONDAY.replace(day=10, hour=23, minute=59, second=59)
    assert Case.objects.get(pk=open_case.pk).due == expected


@pytest.mark.django_db
def test_another_calendar_moves_nothing(open_case: Case) -> None:
    assert publish_calendar("HK", LATER) == 0 and not ClockChange.objects.exists()


@pytest.mark.django_db
def test_a_clock_that_an_older_calendar_wrote_is_found_the_next_time(
    open_case: Case, monkeypatch: pytest.MonkeyPatch
) -> None:
    clock = open_case.clocks.get(stopped=False)
    old_due, old_sha = clock.due, clock.calendar_sha
    _closed_on(monkeypatch, WEDNESDAY)
    publish_calendar("CN", LATER)
    Clock.objects.filter(pk=clock.pk).update(
        due=old_due, calendar_sha=old_sha
    )  # by a process not yet restarted
    versions = CalendarVersion.objects.count()
    assert publish_calendar("CN", LATER) == 1 and CalendarVersion.objects.count() == versions
    clock.refresh_from_db()
    assert clock.due == old_due + timedelta(days=1)
    assert publish_calendar("CN", LATER) == 0
