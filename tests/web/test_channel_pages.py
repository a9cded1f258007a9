"""Rooms by their pages: asked from the room, read by all, shut to who is no member; run from the desk."""

from __future__ import annotations

import re
import time

import pytest
from django.test import Client
from tests import people
from tests.people import MONDAY
from tests.web.conftest import NOW
from tests.web.reading import Page, holds_everywhere
from tests.web.test_accounts import signs_up

from qinglian.capabilities.cases import actions
from qinglian.capabilities.cases.models import Case, ChannelCode, ChannelQuestion, Duty

pytestmark = pytest.mark.django_db
PARK, SECTOR = "north-park", "cross-border-trade"
WHO = {
    "kind": "enterprise",
    "name": "陈记茶业（示例）有限公司",
    "place": "CN",
    "shown": ["kind", "name", "place", "regno", "email"],
}
WHAT = {"topic": "premises", "title": "共享办公室可以登记为住所吗？", "detail": "我们租用共享办公室。"}


@pytest.fixture(autouse=True)
def _letters(units: None, settings: object) -> None:
    settings.MAIL_READY = True  # type: ignore[attr-defined]
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"  # type: ignore[attr-defined]


def asks(browser: Client, language: str, channel: str = PARK, **changed: str) -> str:
    assert browser.post(f"/{language}/rooms/{channel}/ask/").status_code == 302
    there = f"/{language}/cases/new/consultation"
    assert browser.post(f"{there}/who/", WHO).status_code == 302
    asked = browser.get(f"{there}/question/")
    holds_everywhere(asked, language)
    assert asked.content.decode().count('class="hint marked"') == 3
    assert browser.post(f"{there}/question/", WHAT | changed).status_code == 302
    return f"{there}/check/"


def confirmed(client: Client) -> Client:
    session = client.session
    session["account_authentication_methods"] = [{"method": "mfa", "type": "totp", "at": time.time()}]
    session.save()
    return client


def test_somebody_asks_in_a_room_and_everybody_reads_the_answer(language: str) -> None:
    browser, other, li = Client(), Client(), people.li()
    actions.name_duty(PARK, li.person_id or 0, NOW.date(), NOW.date(), people.zhao(), MONDAY)
    empty = other.get(f"/{language}/rooms/{PARK}/")
    holds_everywhere(empty, language)
    assert "李（示例）" in Page(empty).text
    check = asks(browser, language)
    page = browser.get(check)
    holds_everywhere(page, language)
    assert page.content.decode().count('<span class="tag">') == 3
    assert browser.post(check).headers["Location"].endswith("/cases/lodged/")
    case = Case.objects.get()
    assert case.handler_id == li.person_id
    people.act(case.pk, "accept", li, MONDAY)
    people.act(case.pk, "answer", li, MONDAY, answer="可以登记。")
    for address in (f"/{language}/rooms/", f"/{language}/rooms/{PARK}/"):
        seen = other.get(address)
        holds_everywhere(seen, language)
        assert WHO["name"] not in seen.content.decode()
    text = Page(seen).text
    assert WHAT["title"] in text and "可以登记。" in text and case.number in text
    assert other.get(f"/{language}/cases/track/{case.number}/").status_code == 302, (
        "the number alone opens nothing"
    )
    browser.post(f"/{language}/cases/lodged/")
    assert (
        f"/rooms/{PARK}/#{case.number}"
        in browser.get(f"/{language}/cases/track/{case.number}/").content.decode()
    )


def test_on_the_way_one_can_turn_to_the_unit_alone(language: str) -> None:
    browser = Client()
    check = asks(browser, language, detail="陈记茶业（示例）有限公司租用共享办公室。")
    refused = browser.post(check, follow=True)
    assert not Case.objects.exists()
    assert people.matter().fields["name"].label.say(language) in Page(refused).text.split("1.")[0], (
        "what is wrong"
    )
    assert browser.post(f"/{language}/cases/new/consultation/privately/").status_code == 302
    assert "tag" not in re.findall(r'<dt>[^<]*<span class="(\w+)"', browser.get(check).content.decode())
    assert browser.post(check).headers["Location"].endswith("/cases/lodged/")
    assert Case.objects.count() == 1 and not ChannelQuestion.objects.exists()


def test_a_draft_of_a_room_that_is_begun_from_the_matter_is_asked_without_one() -> None:
    browser = Client()
    asks(browser, "en")
    browser.post("/en/cases/new/consultation/begin/")
    assert browser.post("/en/cases/new/consultation/check/").headers["Location"].endswith("/cases/lodged/")
    assert Case.objects.exists() and not ChannelQuestion.objects.exists()


def test_a_room_of_members_opens_by_its_code_and_to_nobody_else(language: str) -> None:
    head = people._post("qian", "钱（示例）", people.OTHER_UNIT, "head")
    code = actions.code_from("secret")
    actions.make_channel_code(SECTOR, code, head, MONDAY)
    stranger = Client()
    shut = stranger.get(f"/{language}/rooms/{SECTOR}/")
    assert shut.status_code == 302 and shut.headers["Location"].endswith(f"/rooms/{SECTOR}/join/")
    assert "/sign-in/" in stranger.get(shut.headers["Location"]).headers["Location"]
    assert stranger.post(f"/{language}/rooms/{SECTOR}/ask/").status_code == 404
    member = signs_up("he@example.com", language)
    door = f"/{language}/rooms/{SECTOR}/join/"
    holds_everywhere(member.get(door), language)
    wrong = member.post(door, {"code": "0000-0000-0000"})
    assert wrong.status_code == 422
    holds_everywhere(wrong, language)
    assert member.post(door, {"code": code}).headers["Location"] == f"/{language}/rooms/{SECTOR}/"
    check = asks(member, language, SECTOR)
    assert member.post(check).status_code == 302
    assert WHAT["title"] in Page(member.get(f"/{language}/rooms/{SECTOR}/")).text
    assert stranger.get(f"/{language}/rooms/{SECTOR}/").status_code == 302
    member.post(f"/{language}/rooms/{SECTOR}/leave/")
    assert member.get(f"/{language}/rooms/{SECTOR}/").status_code == 302


def test_a_head_names_who_is_on_duty_and_takes_a_question_out(signed_in: object, language: str) -> None:
    zhao, li = people.browser(_named("zhao")), people.li()
    listed = zhao.get(f"/{language}/desk/rooms/")
    holds_everywhere(listed, language)
    there = f"/{language}/desk/rooms/{PARK}/"
    holds_everywhere(zhao.get(there), language)
    wrong = zhao.post(there, {"duty-person": "", "duty-since": "tomorrow", "duty-until": ""})
    assert wrong.status_code == 422 and not Duty.objects.exists()
    holds_everywhere(wrong, language)
    day = NOW.date().isoformat()
    good = {"duty-person": str(li.person_id), "duty-since": day, "duty-until": day}
    assert zhao.post(there, good).status_code == 302 and Duty.objects.count() == 1
    case = actions.lodge_case(people.matter(), people.CHEN, actions.code_from("x"), "en", MONDAY, PARK)
    page = zhao.get(f"/{language}/desk/{case.number}/")
    holds_everywhere(page, language)
    assert f"/desk/{case.number}/room/hide/" in page.content.decode()
    hide = f"/{language}/desk/{case.number}/room/hide/"
    assert zhao.post(hide, {}).status_code == 302 and ChannelQuestion.objects.get().hidden_at is None
    confirmed(zhao).post(hide, {"hide-ground": "no-question"})
    assert ChannelQuestion.objects.get().ground == "no-question"
    shut = Client().get(f"/{language}/rooms/{PARK}/")
    holds_everywhere(shut, language)
    assert people.CHEN["title"] not in Page(shut).text and case.number in Page(shut).text


def _named(name: str) -> str:
    getattr(people, name)()
    return name


def test_the_code_is_shown_once_and_only_to_whoever_runs_the_room(language: str) -> None:
    people._post("qian", "钱（示例）", people.OTHER_UNIT, "head")
    head = confirmed(people.browser("qian"))
    there = f"/{language}/desk/rooms/{SECTOR}/"
    shown = head.post(f"{there}code/", follow=True)
    code = re.search(r"[0-9A-Z]{4}-[0-9A-Z]{4}-[0-9A-Z]{4}", Page(shown).text)
    assert code is not None and ChannelCode.objects.count() == 1
    assert code[0] not in head.get(there).content.decode()
    li = people.browser(_named("li"))
    assert li.get(there).status_code == 404, "another unit's room"
    assert "code/" not in li.get(f"/{language}/desk/rooms/{PARK}/").content.decode()
