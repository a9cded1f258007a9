"""Rungs of a clock are due when its day says so, and each is done once, whoever works and whoever dies."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from tests import people
from tests.people import MONDAY, SHENZHEN

from qinglian.capabilities.cases import telling
from qinglian.capabilities.cases.actions import APPLICANT, publish_calendar
from qinglian.capabilities.cases.models import Case, CaseEvent, Clock, ClockRung
from qinglian.capabilities.cases.queries import case_page, refolded
from qinglian.capabilities.cases.rungs import fire_due, next_due
from qinglian.capabilities.notices.models import Notice
from qinglian.engines.clock import Day
from qinglian.zone.calendars import overlay
from qinglian.zone.current import current

Parallel = Callable[[list[Callable[[], Any]]], list[Any]]
SECOND = timedelta(seconds=1)


def at(month: int, day: int, hour: int = 23, minute: int = 59, second: int = 59) -> datetime:
    return datetime(2026, month, day, hour, minute, second, tzinfo=SHENZHEN)


def due_rows(case_id: int, rule: str) -> dict[str, datetime | None]:
    rows = ClockRung.objects.filter(clock__case=case_id, clock__rule=rule).order_by("id")
    return {row.rung: row.due for row in rows}


def told(case_id: int) -> list[str]:
    return list(
        CaseEvent.objects.filter(case=case_id, actor="system")
        .order_by("seq")
        .values_list("action", flat=True)
    )


def to_the_end(until: datetime) -> None:
    """Let the worker work at each due moment, as time goes by."""
    while (due := next_due()) is not None and due < until:
        fire_due(due + SECOND)


@pytest.mark.django_db
def test_rungs_stand_around_the_due_moment(units: None) -> None:
    case = people.chen_asks().case_id  # Monday; taken up within one working day: Tuesday
    assert due_rows(case, "accept-in") == {
        "-4h remind:clerk": at(3, 3, 19),
        "0 escalate:head": at(3, 3),
        "+1wd escalate:supervisor": at(3, 4),
    }
    people.act(case, "accept", people.li(), MONDAY)
    assert due_rows(case, "answer-in") == {  # five working days: next Monday
        "-1wd remind:clerk": at(3, 6),
        "0 escalate:head": at(3, 9),
        "+2wd escalate:supervisor": at(3, 11),
    }


@pytest.mark.django_db
def test_what_is_kept_in_time_reminds_nobody(units: None) -> None:
    case = people.chen_asks().case_id
    people.act(case, "accept", people.li(), MONDAY)
    assert set(due_rows(case, "accept-in").values()) == {None}
    people.act(case, "answer", people.li(), MONDAY)
    assert due_rows(case, "auto-close") == {"silence": at(3, 17)}
    assert ClockRung.objects.filter(outcome="void").count() == 6
    assert fire_due(at(3, 16)) == 0 and told(case) == []


@pytest.mark.django_db
def test_whoever_holds_the_role_is_told_and_the_record_says_so(units: None) -> None:
    li, zhao = people.li(), people.zhao()
    case = people.chen_asks().case_id
    before = Case.objects.values().get(pk=case)
    assert fire_due(at(3, 3, 19, 59, 59)) == 0, "at the moment itself there is still time"
    assert fire_due(at(3, 3, 20, 0, 0)) == 1
    assert fire_due(at(3, 4, 0, 0, 0)) == 1
    assert fire_due(at(3, 4, 0, 0, 0)) == 0
    assert told(case) == ["remind:clerk", "escalate:head"]
    rows = list(Notice.objects.exclude(person=None).order_by("id").values_list("kind", "person_id"))
    assert rows == [("deadline-near", li.person_id), ("deadline-passed", zhao.person_id)]
    assert Case.objects.values().get(pk=case) == before, "a rung moves nothing"
    folded, row = refolded(before["number"])
    assert folded.state == row["state"]
    page = case_page(case, at(3, 4, 9, 0, 0), frozenset({"clerk"}))
    assert [(e.action, e.rule.id if e.rule else "") for e in page.events[:2]] == [
        ("escalate", "accept-in"),
        ("remind", "accept-in"),
    ]


@pytest.mark.django_db
def test_nobody_in_the_unit_holds_the_role_so_the_unit_above_is_told(units: None) -> None:
    above = people._post("sun", "孙（示例）", "zone-authority", "supervisor")
    case = people.chen_asks().case_id
    to_the_end(at(3, 6))
    outcomes = list(ClockRung.objects.filter(clock__case=case).order_by("id").values_list("rung", "outcome"))
    assert outcomes == [
        ("-4h remind:clerk", "nobody"),
        ("0 escalate:head", "nobody"),
        ("+1wd escalate:supervisor", "told"),
    ]
    assert Notice.objects.get(kind="deadline-passed", unit=None).person_id == above.person_id
    assert Notice.objects.filter(unit=people.UNIT).exclude(kind="lodged").count() == 2


@pytest.mark.django_db
def test_a_pause_takes_the_due_moments_away_and_going_on_gives_new_ones(units: None) -> None:
    case = people.chen_asks().case_id
    people.act(case, "accept", people.li(), MONDAY)
    people.act(case, "ask", people.li(), at(3, 3, 10))
    assert set(due_rows(case, "answer-in").values()) == {None}
    to_the_end(at(3, 30))
    assert told(case) == []
    people.act(case, "supply", APPLICANT, at(3, 5, 10))
    assert due_rows(case, "answer-in") == {
        "-1wd remind:clerk": at(3, 10),
        "0 escalate:head": at(3, 11),
        "+2wd escalate:supervisor": at(3, 13),
    }


@pytest.mark.django_db
def test_an_extension_reminds_again_before_its_new_day(units: None) -> None:
    people.li()
    case = people.chen_asks().case_id
    people.act(case, "accept", people.li(), MONDAY)
    to_the_end(at(3, 9, 10))
    assert told(case) == ["remind:clerk"]
    people.extend(case, people.zhao(), at(3, 9, 11))
    assert due_rows(case, "answer-in")["-1wd remind:clerk"] == at(3, 13)
    to_the_end(at(3, 16, 10))
    assert told(case) == ["remind:clerk", "remind:clerk"]


@pytest.mark.django_db
def test_silence_closes_once_and_is_the_system_s(units: None) -> None:
    case = people.he_asks().case_id
    people.act(case, "accept", people.li(), MONDAY)
    people.act(case, "answer", people.li(), MONDAY)
    assert fire_due(at(3, 17)) == 0
    assert fire_due(at(3, 17) + SECOND) == 1 and fire_due(at(3, 20)) == 0
    row = Case.objects.get(pk=case)
    assert (row.state, row.open) == ("closed", False)
    assert list(row.events.filter(actor="system").values_list("action", flat=True)) == ["close"]
    assert ClockRung.objects.get(rung="silence").outcome == "acted"
    assert Notice.objects.filter(kind="close", email="he@example.com").count() == 1


def _projected(monkeypatch: pytest.MonkeyPatch, status: str) -> None:
    zone = current()
    calendar = zone.calendars["CN"]
    years = tuple(replace(y, status=status) if y.year == 2026 else y for y in calendar.years)
    calendars = {**zone.calendars, "CN": replace(calendar, years=years)}
    monkeypatch.setattr("qinglian.zone.current._zone", replace(zone, calendars=calendars))


@pytest.mark.django_db
def test_a_guessed_day_decides_nothing_until_it_is_published(
    units: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as guessing:
        _projected(guessing, "projected")
        publish_calendar("CN", MONDAY)
        case = people.chen_asks().case_id
        people.act(case, "accept", people.li(), MONDAY)
        people.act(case, "answer", people.li(), MONDAY)
        to_the_end(at(3, 20))
        assert told(case) == ["alarm:auto-close"]
        assert Case.objects.get(pk=case).state == "answered"
        assert Notice.objects.get(kind="alarm").unit_id == people.UNIT
    publish_calendar("CN", at(3, 21))
    assert fire_due(at(3, 21)) == 1
    assert told(case) == ["alarm:auto-close", "close"]


@pytest.mark.django_db
def test_a_published_calendar_moves_the_rungs_too(units: None, monkeypatch: pytest.MonkeyPatch) -> None:
    publish_calendar("CN", MONDAY)
    case = people.chen_asks().case_id
    zone = current()
    off = [Day(date(2026, 3, 4), "off", "临时放假", "臨時放假", "Extra holiday", "Notice of the tests")]
    calendars = {**zone.calendars, "CN": overlay(zone.calendars["CN"], off)}
    monkeypatch.setattr("qinglian.zone.current._zone", replace(zone, calendars=calendars))
    publish_calendar("CN", at(3, 2, 12))
    rows = due_rows(case, "accept-in")
    assert rows["0 escalate:head"] == at(3, 3), "the day itself does not move"
    assert rows["+1wd escalate:supervisor"] == at(3, 5), "the rung after it does"


@pytest.mark.django_db
def test_what_cannot_be_done_waits_and_holds_up_nothing_else(
    units: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    people.li()
    first, second = people.chen_asks(secret="a"), people.chen_asks(secret="b")
    real = telling.queue_notice

    def breaks(kind: str, subject: str, *given: Any, **named: Any) -> None:
        if subject == first.number:
            raise RuntimeError("broken for one case")
        real(kind, subject, *given, **named)

    monkeypatch.setattr(telling, "queue_notice", breaks)
    assert fire_due(at(3, 3, 21)) == 2
    assert told(first.case_id) == [] and told(second.case_id) == ["remind:clerk"]
    row = ClockRung.objects.get(clock__case=first.case_id, rung__startswith="-4h")
    assert (row.failures, row.fired) == (1, None) and row.next_try is not None
    assert fire_due(at(3, 3, 21)) == 0
    monkeypatch.undo()
    assert fire_due(row.next_try) == 1 and told(first.case_id) == ["remind:clerk"]


def test_two_workers_at_once_tell_each_once(committed: None, at_once: Parallel) -> None:
    people.li()
    cases = [people.chen_asks(secret=f"w{i}").case_id for i in range(12)]

    def works() -> int:
        done = 0
        for _pass in range(40):
            done += fire_due(at(3, 3, 21), limit=3)
        return done

    results = at_once([works, works])
    assert all(isinstance(each, int) for each in results), results
    assert [told(case) for case in cases] == [["remind:clerk"]] * 12
    assert Notice.objects.filter(kind="deadline-near").count() == 12 and sum(results) == 12


@pytest.mark.django_db
def test_clocks_from_before_there_were_rungs_are_armed(units: None) -> None:
    case = people.chen_asks().case_id
    before = due_rows(case, "accept-in")
    ClockRung.objects.all().delete()
    people.actions.arm_clocks(MONDAY)
    assert due_rows(case, "accept-in") == before
    people.actions.arm_clocks(MONDAY)
    assert ClockRung.objects.count() == len(before) and Clock.objects.count() == 1
