"""Deadlines in a calendar: read by a kept parser, following every move, holding nothing of the case."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.test import Client
from hypothesis import given
from hypothesis import strategies as st
from icalendar import Calendar
from tests import people
from tests.web.conftest import NOW
from tests.web.reading import holds_everywhere

from qinglian.capabilities.cases import actions
from qinglian.capabilities.cases.ics import Deadline, calendar_text, fold_line
from qinglian.capabilities.cases.models import CalendarFeed, Case

RARE = "𠮷𡃁 (𬭎) 🙏🏽, a;b\\c\nnew line"


def subscribes(lodged: actions.Lodged, language: str = "en") -> tuple[Client, str]:
    he = Client()
    he.post(f"/{language}/cases/track/", {"number": lodged.number, "code": lodged.code})
    page = he.post(f"/{language}/cases/track/{lodged.number}/calendar/")
    holds_everywhere(page, language)
    found = re.search(r"http://localhost:8000(/\S+deadlines\.ics)", page.content.decode())
    assert found is not None
    return he, found[1]


def fetch(path: str) -> Any:
    response = Client().get(path)
    assert response.status_code == 200
    assert response.headers["Content-Type"].startswith("text/calendar")
    text = response.content.decode()
    assert all(len(line.encode()) <= 75 for line in text.split("\r\n")) and "\n" not in text.replace(
        "\r\n", ""
    )
    return Calendar.from_ical(text)


def one(path: str, part: str) -> Any:
    return next(each for each in fetch(path).walk("VEVENT") if part in str(each["SUMMARY"]))


def test_the_calendar_follows_every_move_of_a_deadline(units: None, language: str) -> None:
    lodged = people.he_asks(NOW, title="秘密的標題 🙏🏽")
    _he, path = subscribes(lodged, language)
    rule = people.matter().clocks["answer-in"].title.say(language)
    assert str(fetch(path)["METHOD"]) == "PUBLISH"
    people.act(lodged.case_id, "accept", people.li(), NOW)
    first = one(path, rule)
    due = Case.objects.get().due
    assert first["DTSTART"].dt == due == datetime(2026, 3, 9, 15, 59, 59, tzinfo=UTC)
    assert str(first["STATUS"]) == "CONFIRMED"
    people.act(lodged.case_id, "ask", people.li(), NOW + timedelta(hours=1))
    paused = one(path, rule)
    assert str(paused["STATUS"]) == "CANCELLED" and paused["UID"] == first["UID"]
    people.act(lodged.case_id, "supply", actions.APPLICANT, NOW + timedelta(days=3))
    moved = one(path, rule)
    assert moved["DTSTART"].dt > due and str(moved["STATUS"]) == "CONFIRMED"
    people.act(lodged.case_id, "withdraw", actions.APPLICANT, NOW + timedelta(days=4))
    over = one(path, rule)
    assert str(over["STATUS"]) == "CANCELLED"
    said = [each["SEQUENCE"] for each in (first, paused, moved, over)]
    assert said == sorted(set(said)), "every change has a higher number"
    assert all(str(each["STATUS"]) == "CANCELLED" for each in fetch(path).walk("VEVENT"))


def test_the_calendar_holds_nothing_of_the_case(units: None) -> None:
    lodged = people.he_asks(NOW, title="wtitlew", detail="wdetailw")
    _he, path = subscribes(lodged)
    body = Client().get(path).content.decode()
    for word in ("wtitlew", "wdetailw", people.HE["name"], people.HE["email"], lodged.code):
        assert word not in body
    rule = people.matter().clocks["accept-in"].title.en
    assert rule in body
    Case.objects.update(sensitivity="sealed")
    assert rule not in Client().get(path).content.decode(), "of what is held closely not even the clock"
    assert len(fetch(path).walk("VEVENT")) == 1
    assert path.split("/")[-2] not in str(CalendarFeed.objects.values())


def test_a_revoked_and_a_replaced_address_are_like_one_that_never_was(units: None) -> None:
    lodged = people.he_asks(NOW)
    he, path = subscribes(lodged)
    _again, second = subscribes(lodged)
    never = Client().get("/en/cases/calendar/never/deadlines.ics")
    assert Client().get(path).status_code == never.status_code == 404
    assert Client().get(second).status_code == 200
    he.post(f"/en/cases/track/{lodged.number}/calendar/", {"revoke": "1"})
    assert Client().get(second).status_code == 404
    holds_everywhere(he.get(f"/en/cases/track/{lodged.number}/"), "en")


def test_nobody_else_makes_or_revokes_an_address(units: None) -> None:
    lodged = people.he_asks(NOW)
    _he, path = subscribes(lodged)
    other = Client()
    chen = people.chen_asks(NOW)
    other.post("/en/cases/track/", {"number": chen.number, "code": chen.code})
    for said in ({}, {"revoke": "1"}):
        answer = other.post(f"/en/cases/track/{lodged.number}/calendar/", said)
        assert answer.headers["Location"] == "/en/cases/track/"
    assert Client().get(path).status_code == 200


def test_rare_signs_come_through_a_calendar_whole() -> None:
    moment = datetime(2026, 3, 9, 15, 59, 59, tzinfo=UTC)
    each = Deadline("u@x", moment, 1, moment, RARE * 4, RARE, "http://x/?a=1", "CONFIRMED")
    (event,) = Calendar.from_ical(calendar_text(RARE, [each])).walk("VEVENT")
    assert str(event["SUMMARY"]) == RARE * 4 and str(event["DESCRIPTION"]) == RARE


@given(st.text(st.characters(exclude_categories=["Cc", "Cs"]), max_size=300))
def test_folding_cuts_no_sign_and_loses_none(line: str) -> None:
    parts = list(fold_line(line))
    assert all(len(part.encode()) <= 75 for part in parts)
    assert parts[0] + "".join(part[1:] for part in parts[1:]) == line
    assert all(part.startswith(" ") for part in parts[1:])


@pytest.mark.parametrize("secret", ["x" * 500, "%00", "..", "💥"])
def test_strange_addresses_are_not_found(units: None, secret: str) -> None:
    assert Client().get(f"/en/cases/calendar/{secret}/deadlines.ics").status_code == 404
