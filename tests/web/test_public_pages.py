"""Every page that needs no account, in three languages."""

from __future__ import annotations

import pytest
from allauth.mfa.models import Authenticator
from django.contrib.auth import get_user_model
from django.test import Client
from tests import people
from tests.web.conftest import LANGUAGES
from tests.web.reading import holds_everywhere

from qinglian.capabilities.parties.factors import give_demonstration_factor
from qinglian.zone.current import current

PAGES = [
    "",
    "cases/",
    "cases/new/consultation/",
    "cases/track/",
    "cases/track/?number=ZX-2026-000001-7",
    "cases/calendars/",
    "cases/calendars/CN/2026/",
    "cases/calendars/HK/2026/",
    "cases/calendars/MO/2026/",
    "measures/",
    "log/",
    "log/check/",
    "sign-in/",
    "sign-in/?next=/en/desk/",
]


@pytest.mark.parametrize("path", PAGES)
def test_each_page_stands_in_three_languages(browser: Client, language: str, path: str) -> None:
    response = browser.get(f"/{language}/{path}")
    assert response.status_code == 200
    page = holds_everywhere(response, language)
    links = page.language_links()
    assert links == {attribute: f"/{code}/{path}" for code, attribute in LANGUAGES.items()}


def test_each_measure_has_its_page(browser: Client, language: str) -> None:
    for measure in current().measures:
        response = browser.get(f"/{language}/measures/{measure.id}/")
        assert response.status_code == 200
        page = holds_everywhere(response, language)
        assert measure.text.say(language) in page.text


def test_each_calendar_year_has_its_page(browser: Client) -> None:
    for calendar in current().calendars.values():
        for year in calendar.years:
            response = browser.get(f"/en/cases/calendars/{calendar.id}/{year.year}/")
            assert response.status_code == 200, (calendar.id, year.year)
            holds_everywhere(response, "en")


@pytest.mark.parametrize(
    ("wish", "prefix"),
    [
        ("zh-CN,zh;q=0.9", "/zh-hans/"),
        ("zh-HK", "/zh-hant/"),
        ("zh-TW,zh;q=0.8", "/zh-hant/"),
        ("zh-MO", "/zh-hant/"),
        ("en-GB", "/en/"),
        ("zh", "/zh-hans/"),
        ("fr", "/zh-hans/"),
        ("", "/zh-hans/"),
        ("*;q=x,,,", "/zh-hans/"),
    ],
)
def test_the_first_page_follows_what_the_browser_reads(browser: Client, wish: str, prefix: str) -> None:
    assert browser.get("/", headers={"accept-language": wish}).headers["Location"] == prefix


def test_a_page_is_answered_to_head_without_a_body(browser: Client) -> None:
    response = browser.head("/en/cases/")
    assert response.status_code == 200 and response.content == b""


@pytest.mark.parametrize("method", ["put", "delete", "patch", "options", "trace"])
@pytest.mark.parametrize(
    "path", ["", "cases/new/consultation/who/", "cases/track/", "cases/lodged/", "desk/"]
)
def test_odd_methods_break_nothing(browser: Client, method: str, path: str) -> None:
    assert getattr(browser, method)(f"/en/{path}").status_code < 500


def test_the_pages_of_a_demonstration_show_its_accounts_and_no_other(browser: Client, language: str) -> None:
    people.li()
    people.wang()  # with an app of its own: nobody can tell what it shows
    people.outsider()
    Authenticator.objects.filter(user__username="li").delete()
    give_demonstration_factor(get_user_model().objects.get(username="li"))
    text = holds_everywhere(browser.get(f"/{language}/sign-in/"), language).text
    assert "李（示例）" in text and "王（示例）" not in text and "outsider" not in text
