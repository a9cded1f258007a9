"""A deadline that was moved, by a pause or an extension: from which day to which, and what for."""

from __future__ import annotations

from datetime import datetime, timedelta
from itertools import pairwise

import pytest
from django.test import Client
from tests import people
from tests.web.reading import holds_everywhere

from qinglian.capabilities.cases import actions, queries
from qinglian.capabilities.cases.readings import ExtensionReading, PauseReading

ASKED = people.MONDAY + timedelta(hours=2)
WAITS = {"zh-hans": "等待补充", "zh-hant": "等待補充", "en": "Waiting for what is missing"}
MOVED = {
    "zh-hans": "其间2个工作日不计，到期日由2026年3月9日移到2026年3月11日。",
    "zh-hant": "其間2個工作天不計，到期日由2026年3月9日移到2026年3月11日。",
    "en": "2 working days were not counted, which moved the day from 9 March 2026 to 11 March 2026.",
}


def _paused_until(end: datetime) -> actions.Lodged:
    lodged, li = people.he_asks(people.MONDAY), people.li()
    people.act(lodged.case_id, "accept", li, people.MONDAY)
    people.act(lodged.case_id, "ask", li, ASKED)
    people.act(lodged.case_id, "supply", actions.APPLICANT, end)
    return lodged


def _pauses(lodged: actions.Lodged, now: datetime) -> list[PauseReading]:
    page = queries.case_page(lodged.case_id, now, frozenset({"applicant"}), own=True)
    (clock,) = (each for each in page.clocks if each.rule.id == "answer-in")
    assert not clock.pauses or clock.pauses[-1].after == clock.due or clock.extensions
    return clock.pauses


def test_a_pause_says_from_which_day_to_which_it_moved_the_deadline_and_why(
    units: None, language: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """From Monday noon to Thursday noon: neither Monday nor Thursday is lost, two days are."""
    end = ASKED + timedelta(days=3)
    lodged = _paused_until(end)
    monkeypatch.setattr("django.utils.timezone.now", lambda: end)
    he = Client()
    he.post(f"/{language}/cases/track/", {"number": lodged.number, "code": lodged.code})
    for browser, place in ((he, "cases/track"), (people.browser("li"), "desk")):
        page = holds_everywhere(browser.get(f"/{language}/{place}/{lodged.number}/"), language)
        assert WAITS[language] in page.text and MOVED[language] in page.text


def test_over_a_weekend_only_working_days_are_counted_and_a_second_pause_by_itself(units: None) -> None:
    end = ASKED + timedelta(days=7)
    lodged = _paused_until(end)
    (pause,) = _pauses(lodged, end)
    assert (pause.start, pause.end, pause.days) == (ASKED, end, 4)
    head = people.zhao()
    again = end + timedelta(days=1)
    people.act(lodged.case_id, "ask-again", head, again, basis="第八条", remedy="可以申诉")
    people.extend(lodged.case_id, head, again + timedelta(hours=1))
    on = again + timedelta(days=2)
    people.act(lodged.case_id, "supply", actions.APPLICANT, on)
    first, second = _pauses(lodged, on)
    assert first == pause, "what came later changes nothing of what was said"
    assert second.before == first.after and second.days == 2
    assert first.after is not None and second.after is not None
    assert second.after - first.after == timedelta(days=4), "two working days, over a weekend"


EXTENDED = {
    "zh-hans": "2026年3月3日延长5个工作日，到期日由2026年3月9日移到2026年3月16日：需要向别的部门核对",
    "zh-hant": "2026年3月3日延長5個工作天，到期日由2026年3月9日移到2026年3月16日：需要向别的部门核对",
    "en": "Extended by 5 working days on 3 March 2026, which moved the day from 9 March 2026 to "
    "16 March 2026: 需要向别的部门核对",
}


def test_an_extension_says_from_which_day_to_which_it_moved_the_deadline_and_why(
    units: None, language: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    lodged, on = people.he_asks(people.MONDAY), people.MONDAY + timedelta(days=1)
    people.act(lodged.case_id, "accept", people.li(), people.MONDAY)
    people.extend(lodged.case_id, people.zhao(), on)
    monkeypatch.setattr("django.utils.timezone.now", lambda: on)
    he = Client()
    he.post(f"/{language}/cases/track/", {"number": lodged.number, "code": lodged.code})
    for browser, path in (
        (he, f"cases/track/{lodged.number}/"),
        (people.browser("li"), f"desk/{lodged.number}/"),
    ):
        said = holds_everywhere(browser.get(f"/{language}/{path}"), language).text
        words = EXTENDED[language].replace(" ", "")
        assert words in "".join(said.split()), said


def test_what_moved_a_deadline_is_told_in_its_order_and_each_from_where_the_last_one_left_it(
    units: None,
) -> None:
    """The supplement comes after three days, then the head extends, then somebody else asks once more."""
    end = ASKED + timedelta(days=3)
    lodged, head = _paused_until(end), people.zhao()
    people.extend(lodged.case_id, head, end + timedelta(hours=1))
    again = end + timedelta(days=1)
    people.act(lodged.case_id, "ask-again", head, again, basis="第八条", remedy="可以申诉")
    on = again + timedelta(days=4)
    people.act(lodged.case_id, "supply", actions.APPLICANT, on)
    page = queries.case_page(lodged.case_id, on, frozenset({"applicant"}), own=True)
    (clock,) = (each for each in page.clocks if each.rule.id == "answer-in")
    assert [type(each).__name__ for each in clock.moves] == [
        "PauseReading",
        "ExtensionReading",
        "PauseReading",
    ]
    for one, next_one in pairwise(clock.moves):
        assert one.after == next_one.before
    assert clock.moves[-1].after == clock.due
    (given,) = clock.extensions
    assert given.before is not None and given.after == given.before + timedelta(days=7), (
        "five, over a weekend"
    )


def test_an_extension_given_while_the_clock_stands_still_names_no_day_until_there_is_one(units: None) -> None:
    lodged, head = people.he_asks(people.MONDAY), people.zhao()
    people.act(lodged.case_id, "accept", people.li(), people.MONDAY)
    people.act(lodged.case_id, "ask", people.li(), ASKED)
    people.extend(lodged.case_id, head, ASKED + timedelta(hours=1))
    (given,) = _extensions(lodged, ASKED + timedelta(hours=2))
    assert (given.before, given.after) == (None, None)
    end = ASKED + timedelta(days=3)
    people.act(lodged.case_id, "supply", actions.APPLICANT, end)
    (given,) = _extensions(lodged, end)
    assert given.before is not None and given.after == given.before + timedelta(days=7)


def _extensions(lodged: actions.Lodged, now: datetime) -> list[ExtensionReading]:
    page = queries.case_page(lodged.case_id, now, frozenset({"applicant"}), own=True)
    (clock,) = (each for each in page.clocks if each.rule.id == "answer-in")
    return clock.extensions


def test_a_pause_of_an_hour_moves_nothing_and_says_so(units: None) -> None:
    end = ASKED + timedelta(hours=1)
    (pause,) = _pauses(_paused_until(end), end)
    assert pause.days == 0 and pause.before == pause.after


STILL = {
    "zh-hans": "在此之前，单位的时限暂停计算。",
    "zh-hant": "在此之前，單位的時限暫停計算。",
    "en": "Until then the clock of the unit stands still.",
}
NOT_BEGUN = {
    "zh-hans": "“答复时限”尚未开始计算，您补齐提交后才开始。",
    "zh-hant": "「答覆時限」尚未開始計算，您補齊提交後才開始。",
    "en": "“Answered within” has not begun to count: it does when you have sent it.",
}


@pytest.mark.parametrize("taken_up", [True, False])
def test_a_clock_is_said_to_stand_still_only_where_one_does(
    units: None, language: str, monkeypatch: pytest.MonkeyPatch, taken_up: bool
) -> None:
    """Asked before it was taken up, no time for the answer has begun that could stand still."""
    lodged, li = people.he_asks(people.MONDAY), people.li()
    if taken_up:
        people.act(lodged.case_id, "accept", li, people.MONDAY)
    people.act(lodged.case_id, "ask", li, ASKED)
    monkeypatch.setattr("django.utils.timezone.now", lambda: ASKED)
    he = Client()
    he.post(f"/{language}/cases/track/", {"number": lodged.number, "code": lodged.code})
    shown = holds_everywhere(he.get(f"/{language}/cases/track/{lodged.number}/"), language)
    assert (STILL[language] in shown.text, NOT_BEGUN[language] in shown.text) == (taken_up, not taken_up)
    people.act(lodged.case_id, "supply", actions.APPLICANT, ASKED + timedelta(hours=1))
    page = queries.case_page(lodged.case_id, ASKED + timedelta(hours=1), frozenset({"applicant"}), own=True)
    assert any(each.rule.id == "answer-in" and not each.stopped for each in page.clocks), "as it said"
