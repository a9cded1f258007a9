"""Asking, step by step: what is wrong comes back filled in, in the reader's language."""

from __future__ import annotations

import unicodedata

import pytest
from django.conf import settings
from django.test import Client
from django.utils.translation import gettext, override
from tests import people
from tests.web.reading import Page, holds_everywhere

from qinglian.capabilities.cases.models import Case, Draft
from qinglian.zone.current import current

WHO = {key: people.CHEN[key] for key in ("kind", "name", "place")} | {
    "shown": ["kind", "name", "place", "regno"]
}
QUESTION = {key: people.CHEN[key] for key in ("topic", "title", "detail")}


@pytest.fixture
def asking(browser: Client, language: str) -> Client:
    begun = browser.post(f"/{language}/cases/new/consultation/begin/")
    assert begun.headers["Location"] == f"/{language}/cases/new/consultation/who/"
    return browser


def _step(language: str, name: str) -> str:
    return f"/{language}/cases/new/consultation/{name}/"


def _in(language: str, text: str) -> str:
    with override(language):
        return gettext(text)


def test_an_empty_step_comes_back_with_what_is_missing(asking: Client, language: str) -> None:
    response = asking.post(_step(language, "who"), {})
    assert response.status_code == 422
    page = holds_everywhere(response, language)
    assert _in(language, "Choose one.") in page.text and _in(language, "Fill this in.") in page.text
    for key in ("kind", "name", "place"):
        label = current().matters["consultation"].fields[key].label.say(language)
        assert page.all("a", href=f"#id_{key}") and label in page.text
    assert Draft.objects.get().answers == {}


def test_what_was_typed_is_still_there(asking: Client, language: str) -> None:
    typed = {"kind": "enterprise", "name": '"><script>alert(1)</script>', "email": "not an address"}
    response = asking.post(_step(language, "who"), typed)
    assert response.status_code == 422
    page = holds_everywhere(response, language)
    assert page.values()["name"] == typed["name"] and page.values()["email"] == typed["email"]
    assert [has["value"] for has in page.all("input", name="kind") if "checked" in has] == ["enterprise"]
    assert _in(language, "Write an e-mail address such as name@example.com.") in page.text


def test_an_answer_brings_up_one_more_question(asking: Client, language: str) -> None:
    asking.post(_step(language, "who"), WHO)
    topic = QUESTION | {"topic": "cross-border", "shown": ["topic", "title", "detail"]}
    first = asking.post(_step(language, "question"), topic)
    assert first.status_code == 200
    page = holds_everywhere(first, language)
    assert len(page.all("input", name="side", type="radio")) == 3
    assert page.values()["title"] == QUESTION["title"] and QUESTION["detail"] in page.text
    unanswered = asking.post(
        _step(language, "question"), topic | {"shown": ["topic", "side", "title", "detail"]}
    )
    assert unanswered.status_code == 422 and _in(language, "Choose one.") in Page(unanswered).text
    answered = asking.post(_step(language, "question"), topic | {"side": "HK"})
    assert answered.headers["Location"] == _step(language, "check")
    assert Draft.objects.get().answers["side"] == "HK"


def test_a_question_that_is_no_longer_asked_loses_its_answer(asking: Client, language: str) -> None:
    asking.post(_step(language, "who"), WHO)
    asking.post(_step(language, "question"), QUESTION | {"topic": "cross-border", "side": "HK"})
    asking.post(_step(language, "question"), QUESTION | {"topic": "other", "side": "HK"})
    assert "side" not in Draft.objects.get().answers
    side = current().matters["consultation"].fields["side"].label.say(language)
    assert side not in Page(asking.get(_step(language, "check"))).text


def test_checking_comes_after_the_last_answer(asking: Client, language: str) -> None:
    assert asking.get(_step(language, "check")).headers["Location"] == _step(language, "who")
    asking.post(_step(language, "who"), WHO)
    assert asking.post(_step(language, "check")).headers["Location"] == _step(language, "question")
    assert not Case.objects.exists()
    asking.post(_step(language, "question"), QUESTION)
    page = holds_everywhere(asking.get(_step(language, "check")), language)
    assert all(
        text in page.text for text in (people.CHEN["name"], people.CHEN["title"], people.CHEN["detail"])
    )


def test_changing_one_part_leads_back_to_checking(asking: Client, language: str) -> None:
    asking.post(_step(language, "who"), WHO)
    asking.post(_step(language, "question"), QUESTION)
    changed = asking.post(_step(language, "who") + "?change", WHO | {"name": "何（示例）"})
    assert changed.headers["Location"] == _step(language, "check")
    assert "何（示例）" in Page(asking.get(_step(language, "check"))).text


def test_lodged_twice_from_the_page_is_one_case(asking: Client, language: str) -> None:
    asking.post(_step(language, "who"), WHO)
    asking.post(_step(language, "question"), QUESTION)
    for _finger in range(2):
        assert asking.post(_step(language, "check")).headers["Location"] == f"/{language}/cases/lodged/"
    case = Case.objects.get()
    assert case.language == language
    page = holds_everywhere(asking.get(f"/{language}/cases/lodged/"), language)
    assert case.number in page.text
    shown = asking.post(f"/{language}/cases/lodged/")
    assert shown.headers["Location"] == f"/{language}/cases/track/{case.number}/"
    assert asking.cookies["qinglian_draft"].value == ""
    assert asking.get(f"/{language}/cases/lodged/").status_code == 302, "the code is not shown again"
    holds_everywhere(asking.get(f"/{language}/cases/track/{case.number}/"), language)


def test_the_cookies_stay_out_of_reach_of_scripts(asking: Client) -> None:
    cookie = asking.cookies["qinglian_draft"]
    assert cookie["httponly"] and cookie["samesite"] == "Lax" and not cookie["domain"]
    assert settings.SESSION_COOKIE_HTTPONLY and settings.CSRF_COOKIE_HTTPONLY
    assert asking.get(_step("en", "who")).headers["Cache-Control"].count("no-store") == 1


def test_another_browser_sees_nothing_of_a_draft(asking: Client, language: str) -> None:
    asking.post(_step(language, "who"), WHO)
    other = Client()
    assert (
        other.get(_step(language, "question")).headers["Location"] == f"/{language}/cases/new/consultation/"
    )
    other.cookies["qinglian_draft"] = "0" * 32
    assert other.get(_step(language, "check")).headers["Location"] == f"/{language}/cases/new/consultation/"


LAWFUL = {
    "emoji": "能用表情吗 🙏🏽👩‍💼",
    "rarer names": "𠮷野家 𡃁仔 𬭎 (ext. B and E)",
    "combining marks": "Ze\u0301 a\u030angstro\u0308m",
    "right to left": "שלום ‏مرحبا",
    "percent and braces": "100% {{ title }} %(name)s {% csrf_token %}",
    "quotes": "It's “so” 「如此」 <b>&amp;",
    "a long word": "长" * 80,
}


@pytest.mark.parametrize("kind", LAWFUL)
def test_what_people_write_is_kept_and_shown(browser: Client, kind: str) -> None:
    text = LAWFUL[kind]
    browser.post("/en/cases/new/consultation/begin/")
    browser.post(_step("en", "who"), WHO | {"name": text})
    browser.post(_step("en", "question"), QUESTION | {"title": text, "detail": f"{text}\r\n2"})
    browser.post(_step("en", "check"))
    case, written = Case.objects.get(), unicodedata.normalize("NFC", text)
    assert case.title == case.answers["name"] == written
    assert case.answers["detail"] == f"{written}\n2"
    browser.post("/en/cases/lodged/")
    shown = browser.get(f"/en/cases/track/{case.number}/")
    assert Page(shown).text.count(written) >= 2
    holds_everywhere(shown, "en")


@pytest.mark.parametrize("bad", ["\x00", "\x1b[2J", "\x07", "\x7f", "\x85", "\u202e"])
def test_control_characters_are_told_not_kept(browser: Client, bad: str) -> None:
    browser.post("/en/cases/new/consultation/begin/")
    response = browser.post(_step("en", "who"), WHO | {"name": f"a{bad}b"})
    assert response.status_code == 422 and Draft.objects.get().answers == {}


def test_far_too_long_a_text_comes_back_whole(browser: Client, language: str) -> None:
    browser.post("/en/cases/new/consultation/begin/")
    text = "长文" * 16_000 + "end"  # 96 kB
    response = browser.post(_step(language, "question"), QUESTION | {"detail": text})
    assert response.status_code == 422
    page = holds_everywhere(response, language)
    assert text in page.text and "32003" in page.text and "4000" in page.text


def test_an_answer_that_was_not_offered_is_refused(browser: Client) -> None:
    browser.post("/en/cases/new/consultation/begin/")
    response = browser.post(_step("en", "who"), WHO | {"place": "atlantis", "kind": ["individual", "x"]})
    assert response.status_code == 422 and "atlantis" not in Page(response).text


CODE = "91350100M000100Y43"
WRONG = "the code does not fit its check character"


def test_a_number_with_a_wrong_check_character_comes_back_with_the_reason(
    asking: Client, language: str
) -> None:
    wrong = asking.post(_step(language, "who"), WHO | {"regno": CODE[:-1] + "4"})
    assert wrong.status_code == 422
    page = holds_everywhere(wrong, language)
    assert page.all("a", href="#id_regno") and page.values()["regno"] == CODE[:-1] + "4"
    assert language != "en" or WRONG in page.text
    assert Draft.objects.get().answers == {}


@pytest.mark.parametrize(
    ("place", "number", "status"),
    [
        ("CN", CODE, 302),
        ("CN", "９１３５０１００m000100y43", 302),
        ("CN", "91350100 M000100Y43", 302),
        ("CN", "12345678", 422),
        ("HK", "12345678-000", 302),
        ("HK", CODE, 422),
        ("MO", "12345 SO", 302),
        ("other", "HRB 12/345", 302),
    ],
)
def test_a_number_is_held_against_the_rules_of_its_place(
    asking: Client, place: str, number: str, status: int
) -> None:
    asked = asking.post("/en/cases/new/consultation/who/", WHO | {"place": place, "regno": number})
    assert asked.status_code == status


def test_whoever_asks_as_an_individual_is_asked_for_no_number(asking: Client, language: str) -> None:
    asked = asking.post(_step(language, "who"), WHO | {"kind": "individual", "regno": "nonsense"})
    assert asked.status_code == 302 and "regno" not in Draft.objects.get().answers
