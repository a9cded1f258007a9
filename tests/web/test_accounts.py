"""Accounts of whoever asks: made with an address, never forced to a second factor, seeing their own alone."""

from __future__ import annotations

import re
from datetime import UTC, date, timedelta

import pytest
from django.contrib.auth import get_user_model
from django.core import mail
from django.core.cache import cache
from django.test import Client
from tests import people
from tests.web.conftest import NOW
from tests.web.reading import Page, holds_everywhere

from qinglian.capabilities.cases import actions
from qinglian.capabilities.cases.holding import own_cases
from qinglian.capabilities.cases.models import Case, CaseEvent, CaseHolder
from qinglian.capabilities.cases.thread import write_letter
from qinglian.capabilities.interests.actions import end_representation
from qinglian.capabilities.notices.models import Notice
from qinglian.capabilities.parties.actions import state_enterprise

pytestmark = pytest.mark.django_db
SECRET = "a long enough password"
TODAY = NOW.date()


@pytest.fixture(autouse=True)
def _letters(units: None, settings: object) -> None:
    cache.clear()
    settings.MAIL_READY = True  # type: ignore[attr-defined]
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"  # type: ignore[attr-defined]


def signs_up(address: str, language: str = "en") -> Client:
    """By the pages, with the code from the letter."""
    browser = Client()
    asked = browser.post(f"/{language}/sign-up/", {"email": address, "password1": SECRET})
    assert asked.status_code == 302, Page(asked).text
    assert asked.headers["Location"] == f"/{language}/sign-up/code/"
    assert browser.get(f"/{language}/cases/mine/").status_code == 302, "not before the address is known"
    holds_everywhere(browser.get(f"/{language}/sign-up/code/"), language)
    code = re.search(r"[:：]\s*([A-Z0-9-]{6,})", mail.outbox[-1].body)
    assert code is not None and mail.outbox[-1].to == [address], mail.outbox[-1].body
    done = browser.post(f"/{language}/sign-up/code/", {"code": code[1]})
    assert done.headers["Location"] == f"/{language}/cases/mine/"
    return browser


def user_id(address: str) -> int:
    return int(get_user_model().objects.get(email=address).pk)


def lodges(browser: Client, language: str = "en", **begun: str) -> Case:
    browser.post(f"/{language}/cases/new/consultation/begin/", begun)
    page = Page(browser.get(f"/{language}/cases/new/consultation/who/"))
    given = {k: v for k, v in page.values().items() if k in ("email", "name", "regno") and v}
    who = {"kind": "individual", "name": "何（示例）", "place": "HK"} | given
    if begun:
        who |= {"kind": "enterprise", "place": "CN"}
    browser.post(f"/{language}/cases/new/consultation/who/", who | {"shown": ["regno"]})
    said = {key: people.CHEN[key] for key in ("topic", "title", "detail")}
    browser.post(f"/{language}/cases/new/consultation/question/", said)
    assert browser.post(f"/{language}/cases/new/consultation/check/").status_code == 302
    return Case.objects.order_by("-id")[0]


def test_somebody_signs_up_asks_and_finds_the_case_in_the_list(language: str) -> None:
    he = signs_up("he@example.com", language)
    page = holds_everywhere(he.get(f"/{language}/cases/mine/"), language)
    assert "he@example.com" in page.text
    user = get_user_model().objects.get(email="he@example.com")
    assert "he" not in user.username[2:4] and user.username.startswith("a-"), "the name says nothing"
    case = lodges(he, language)
    assert case.email == "he@example.com", "what the account knows is filled in"
    assert CaseHolder.objects.get().user_id == user.pk
    page = holds_everywhere(he.get(f"/{language}/cases/mine/"), language)
    assert case.number in page.text and case.title in page.text
    later = Client()
    step = later.post(f"/{language}/sign-in/", {"login": "He@example.com", "password": SECRET})
    assert step.headers["Location"] == f"/{language}/cases/mine/", "no second factor is asked of applicants"
    holds_everywhere(later.get(f"/{language}/cases/track/{case.number}/"), language)
    assert later.get(f"/{language}/desk/").status_code == 403


def test_an_address_that_was_not_verified_opens_nothing() -> None:
    browser = Client()
    browser.post("/en/sign-up/", {"email": "he@example.com", "password1": SECRET})
    assert browser.post("/en/sign-up/code/", {"code": "WRONG1"}).status_code == 422
    cache.clear()  # one letter to an address in three minutes
    other = Client()
    step = other.post("/en/sign-in/", {"login": "he@example.com", "password": SECRET})
    assert step.headers["Location"] == "/en/sign-up/code/"
    assert other.get("/en/cases/mine/").headers["Location"].startswith("/en/sign-in/")


def test_an_address_that_has_an_account_is_not_told_on_the_page() -> None:
    signs_up("he@example.com")
    n = get_user_model().objects.count()
    cache.clear()
    again = Client().post("/en/sign-up/", {"email": "he@example.com", "password1": SECRET})
    assert again.headers["Location"] == "/en/sign-up/code/", "the same as for a new one"
    assert get_user_model().objects.count() == n and "has one already" in mail.outbox[-1].body


def test_a_forgotten_password_is_made_anew_by_a_code(language: str) -> None:
    signs_up("he@example.com", language)
    browser = Client()
    holds_everywhere(browser.get(f"/{language}/sign-in/forgotten/"), language)
    asked = browser.post(f"/{language}/sign-in/forgotten/", {"email": "he@example.com"})
    assert asked.headers["Location"] == f"/{language}/sign-in/forgotten/code/"
    holds_everywhere(browser.get(asked.headers["Location"]), language)
    code = re.search(r"[:：]\s*([A-Z0-9-]{6,})", mail.outbox[-1].body)
    assert code is not None
    there = browser.post(asked.headers["Location"], {"code": code[1]}).headers["Location"]
    assert there == f"/{language}/sign-in/forgotten/new/"
    holds_everywhere(browser.get(there), language)
    new = "quite another password"
    assert browser.post(there, {"password1": new, "password2": new}).status_code == 302
    later = Client().post(f"/{language}/sign-in/", {"login": "he@example.com", "password": new})
    assert later.headers["Location"] == f"/{language}/cases/mine/"


def test_where_no_letter_can_leave_nobody_signs_up(settings: object, language: str) -> None:
    settings.MAIL_READY = False  # type: ignore[attr-defined]
    page = holds_everywhere(Client().get(f"/{language}/sign-up/"), language)
    assert not page.all("input", name="email")


def test_staff_still_need_no_address_and_a_second_factor() -> None:
    people.li()
    client = Client()
    step = client.post("/en/sign-in/", {"login": "li", "password": people.PASSWORD})
    assert step.headers["Location"].startswith("/en/sign-in/code/") and not mail.outbox


def test_a_guests_case_is_claimed_by_number_and_code(language: str) -> None:
    lodged, he = people.chen_asks(NOW), signs_up("he@example.com", language)
    mine = f"/{language}/cases/mine/"
    wrong = he.post(mine, {"number": lodged.number, "code": "0000-0000-0000"})
    assert wrong.status_code == 422 and not CaseHolder.objects.exists()
    assert holds_everywhere(wrong, language).values()["number"] == lodged.number
    for _finger in range(2):
        taken = he.post(mine, {"number": lodged.number, "code": lodged.code})
        assert taken.headers["Location"] == f"/{language}/cases/track/{lodged.number}/"
    assert CaseEvent.objects.filter(action="claim:account").count() == 1
    assert CaseEvent.objects.get(action="claim:account").entry_id is not None
    page = holds_everywhere(he.get(taken.headers["Location"]), language)
    assert people.CHEN["title"] in page.text


def test_nobody_sees_the_cases_of_another_account() -> None:
    he, chen = signs_up("he@example.com"), signs_up("chen@example.com")
    case = lodges(he)
    assert case.number not in Page(chen.get("/en/cases/mine/")).text
    for path in ("", "receipt/1/", "record/1/"):
        there = chen.get(f"/en/cases/track/{case.number}/{path}")
        assert there.headers["Location"] == "/en/cases/track/"
    moved = chen.post(f"/en/cases/track/{case.number}/withdraw/", {"withdraw-seen": 1})
    assert moved.headers["Location"] == "/en/cases/track/"
    assert (
        chen.get(f"/en/cases/mine/?before={case.pk + 1}&user={user_id('he@example.com')}").status_code == 200
    )
    assert case.number not in Page(chen.get(f"/en/cases/mine/?user={user_id('he@example.com')}")).text
    assert Case.objects.get().state == "received"
    assert not own_cases(user_id("chen@example.com"), TODAY).exists()


def firm() -> int:
    return state_enterprise("CN", "91350100M000100Y43", "陈记茶业（示例）有限公司", NOW)


def represents(address: str, firm_id: int, until: date | None = None) -> int:
    return people.may_speak(firm_id, people.zhao(), until=until, user=user_id(address))


def test_a_representative_asks_for_the_enterprise_and_others_who_speak_for_it_see_it(language: str) -> None:
    chen, he = signs_up("chen@example.com", language), signs_up("he@example.com", language)
    tea = firm()
    represents("chen@example.com", tea)
    represents("he@example.com", tea)
    case = lodges(chen, language, enterprise=str(tea))
    assert (
        case.answers["name"] == "陈记茶业（示例）有限公司" and case.answers["regno"] == "91350100M000100Y43"
    )
    holder = CaseHolder.objects.get()
    assert holder.enterprise_id == tea and holder.user_id is None
    page = holds_everywhere(he.get(f"/{language}/cases/mine/"), language)
    assert case.number in page.text and "陈记茶业（示例）有限公司" in page.text
    own = lodges(he, language)
    assert own.number not in Page(chen.get(f"/{language}/cases/mine/")).text, "a person's own stay apart"


def test_the_reach_of_a_representative_ends_with_the_representation(monkeypatch: pytest.MonkeyPatch) -> None:
    chen = signs_up("chen@example.com")
    tea = firm()
    row = represents("chen@example.com", tea)
    case = lodges(chen, enterprise=str(tea))
    where = f"/en/cases/track/{case.number}/"
    assert chen.get(where).status_code == 200
    end_representation(tea, row, TODAY, people.zhao().person_id or 0, NOW)
    assert chen.get(where).status_code == 200, "the last day still counts"
    tomorrow = NOW + timedelta(days=1)
    monkeypatch.setattr("django.utils.timezone.now", lambda: tomorrow.astimezone(UTC))
    assert chen.get(where).headers["Location"] == "/en/cases/track/", "the session is still open"
    assert case.number not in Page(chen.get("/en/cases/mine/")).text
    chen.post("/en/cases/new/consultation/begin/", {"enterprise": str(tea)})
    assert "91350100M000100Y43" not in chen.get("/en/cases/new/consultation/who/").content.decode()
    Case.objects.update(email="")  # the address given with the case is another way
    write_letter(case.pk, people.li(), "x", tomorrow)
    assert not Notice.objects.filter(kind="say:applicant").exists(), "nor is the account written to"


def test_nobody_asks_for_an_enterprise_that_they_do_not_speak_for() -> None:
    he, tea = signs_up("he@example.com"), firm()
    he.post("/en/cases/new/consultation/begin/", {"enterprise": str(tea)})
    page = he.get("/en/cases/new/consultation/who/").content.decode()
    assert "陈记茶业" not in page
    lodged = people.chen_asks(NOW)
    claimed = he.post("/en/cases/mine/", {"number": lodged.number, "code": lodged.code, "enterprise": tea})
    assert claimed.status_code == 302 and not CaseHolder.objects.exclude(enterprise=None).exists()


def test_letters_go_to_each_account_in_its_language_and_news_stand_in_the_list() -> None:
    he = signs_up("he@example.com", "zh-hant")
    lodged = people.chen_asks(NOW)
    he.post("/zh-hant/cases/mine/", {"number": lodged.number, "code": lodged.code})
    he.get(f"/zh-hant/cases/track/{lodged.number}/")
    assert not Page(he.get("/en/cases/mine/")).all("span", **{"class": "tag due"})
    people.act(lodged.case_id, "accept", people.li(), NOW)
    people.act(lodged.case_id, "answer", people.li(), NOW)
    notice = Notice.objects.exclude(email="").order_by("-id")[0]
    assert (notice.kind, notice.email, notice.language) == ("answer", "he@example.com", "zh-hant")
    assert Page(he.get("/en/cases/mine/")).all("span", **{"class": "tag due"})
    he.get(f"/en/cases/track/{lodged.number}/")
    assert not Page(he.get("/en/cases/mine/")).all("span", **{"class": "tag due"})


def test_one_address_gets_one_letter() -> None:
    he = signs_up("he@example.com")
    case = lodges(he)
    people.act(case.pk, "accept", people.li(), NOW)
    assert Notice.objects.filter(kind="accept", email="he@example.com").count() == 1


def test_the_calendar_of_an_account_holds_its_cases_and_no_other() -> None:
    he = signs_up("he@example.com")
    case, other = lodges(he), people.chen_asks(NOW)
    page = he.post("/en/cases/mine/calendar/")
    found = re.search(r"http://localhost:8000(/\S+deadlines\.ics)", page.content.decode())
    assert found is not None
    body = Client().get(found[1]).content.decode()
    assert case.number in body and other.number not in body
    he.post("/en/cases/mine/calendar/", {"revoke": "1"})
    assert Client().get(found[1]).status_code == 404


def test_staff_who_ask_hold_nothing_by_their_post() -> None:
    people.li()
    li = people.browser("li")
    lodges(li)
    assert not CaseHolder.objects.exists()
    assert actions.APPLICANT.person_id is None
