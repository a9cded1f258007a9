"""What a page says when it cannot be: in the reader's language, with a way on, and telling nothing."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from allauth.account import app_settings as account
from allauth.core.internal.ratelimit import parse_rates
from django.http import HttpRequest, HttpResponse
from django.test import Client, RequestFactory
from django.utils.translation import gettext, override
from tests import people
from tests.web.conftest import LANGUAGES, NOW
from tests.web.reading import Page, holds_everywhere

from qinglian.capabilities.cases.models import Case
from qinglian.web.unavailable import broke, unavailable
from qinglian.web.views import TRIED_AGAIN
from qinglian.zone.current import current

HEADINGS = {
    400: "That request cannot be read",
    403: "This page is not for this account",
    404: "There is no such page",
    413: "That is too much text at once",
    "csrf": "This form was open too long",
}


def _says(language: str, kind: int | str) -> str:
    with override(language):
        return gettext(HEADINGS[kind])


def test_a_request_for_another_host_is_refused(browser: Client, language: str) -> None:
    response = browser.get(f"/{language}/", headers={"host": "evil.example"})
    assert response.status_code == 400
    page = holds_everywhere(response, language)
    assert _says(language, 400) in page.text and "evil" not in page.text


def test_too_much_at_once_is_refused(browser: Client, language: str) -> None:
    too_big = browser.post(f"/{language}/cases/track/", {"number": "1" * 1_100_000})
    too_many = browser.post(f"/{language}/cases/track/", {f"f{i}": "1" for i in range(300)})
    assert (too_big.status_code, too_many.status_code) == (413, 400)
    assert _says(language, 413) in holds_everywhere(too_big, language).text
    assert _says(language, 400) in holds_everywhere(too_many, language).text


def test_a_hundred_megabytes_are_refused_before_they_are_read(browser: Client, language: str) -> None:
    """By the length that the request states: its body is a single sign, which nobody asks for."""
    length = {"CONTENT_LENGTH": str(100 * 1024 * 1024)}
    form = "application/x-www-form-urlencoded"
    response = browser.generic("POST", f"/{language}/cases/track/", b"x", form, **length)
    assert response.status_code == 413
    assert _says(language, 413) in holds_everywhere(response, language).text


def test_an_account_without_a_post_is_told_so(browser: Client, language: str) -> None:
    people.outsider()
    browser = people.browser("outsider")
    for path in ("desk/", "desk/ZX-2026-000001-7/"):
        response = browser.get(f"/{language}/{path}")
        assert response.status_code == 403
        assert _says(language, 403) in holds_everywhere(response, language).text


NOWHERE = [
    "no/such/page/",
    "cases/new/nothing/",
    "cases/new/consultation/nothing/",
    "cases/calendars/XX/2026/",
    "cases/calendars/CN/1800/",
    "cases/calendars/CN/99999999999999999999/",
    "measures/none/",
    "measures/%00/",
    "cases/new/%E5%92%A8%E8%AF%A2/",
]


@pytest.mark.parametrize("path", NOWHERE)
def test_a_page_that_is_not_there_says_so_in_three_languages(
    browser: Client, language: str, path: str
) -> None:
    if path.endswith("consultation/nothing/"):
        browser.post("/en/cases/new/consultation/begin/")
    response = browser.get(f"/{language}/{path}")
    assert response.status_code == 404
    page = holds_everywhere(response, language)
    assert _says(language, 404) in page.text
    for code, attribute in LANGUAGES.items():
        assert page.language_links()[attribute].startswith(f"/{code}/")


def test_an_address_without_language_follows_the_browser(browser: Client, language: str) -> None:
    response = browser.get("/no/such/page/", headers={"accept-language": LANGUAGES[language]})
    assert response.status_code == 404
    assert _says(language, 404) in holds_everywhere(response, language).text


@pytest.mark.parametrize(
    "number", ["%00", "ZX-2026-000001-7%00", "%F0%9F%92%A9", "%FF%FE", "x" * 3000, "'--"]
)
def test_a_number_that_cannot_be_one_is_no_such_case(signed_in: Callable[[str], Client], number: str) -> None:
    client = signed_in("li")
    assert client.get(f"/en/desk/{number}/").status_code == 404
    assert client.post(f"/en/desk/{number}/accept/", {"accept-seen": 1}).status_code == 404
    assert client.get(f"/en/cases/track/{number}/").status_code == 302


def test_a_form_without_its_mark_is_refused(units: None, language: str) -> None:
    strict = Client(enforce_csrf_checks=True)
    for path in ("cases/track/", "cases/new/consultation/begin/", "sign-in/"):
        response = strict.post(f"/{language}/{path}", {"number": "1", "code": "1"})
        assert response.status_code == 403
        assert _says(language, "csrf") in holds_everywhere(response, language).text


def test_a_form_from_elsewhere_is_refused(units: None) -> None:
    strict = Client(enforce_csrf_checks=True)
    page = Page(strict.get("/en/cases/track/"))
    mark = page.values()["csrfmiddlewaretoken"]
    form = {"csrfmiddlewaretoken": mark, "number": "1", "code": "1"}
    assert strict.post("/en/cases/track/", form).status_code == 422
    elsewhere = {"origin": "https://evil.example", "referer": "https://evil.example/"}
    assert strict.post("/en/cases/track/", form, headers=elsewhere).status_code == 403


def test_a_breakdown_says_so_in_three_languages_and_nothing_more(
    browser: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_given: object) -> None:
        raise RuntimeError("a secret of the inside")

    monkeypatch.setattr("qinglian.capabilities.cases.queries.tracked_case", broken)
    browser.raise_request_exception = False
    response = browser.post("/en/cases/track/", {"number": "1", "code": "1"})
    assert response.status_code == 500
    page = Page(response)
    assert "secret" not in page.text and "Traceback" not in page.text and "RuntimeError" not in page.text
    for words in ("服务出错", "服務出錯", "Something broke here", "演示系统", "演示系統", "Demonstration"):
        assert words in page.text
    assert "default-src 'none'" in response.headers["Content-Security-Policy"]
    assert title("en") in page.text and title("zh-hans") not in page.text


def title(language: str) -> str:
    return current().title.say(language)


ASKED = [
    ("/en/", "zh-CN", "en"),
    ("/zh-hant/", "en", "zh-hant"),
    ("/x", "en-GB", "en"),
    ("/x", "zh-HK", "zh-hant"),
]


@pytest.mark.parametrize("page", [broke, unavailable])
@pytest.mark.parametrize(("path", "wish", "own"), ASKED)
def test_a_breakdown_is_told_first_in_the_language_of_the_address_or_of_the_browser(
    page: Callable[[HttpRequest], HttpResponse], path: str, wish: str, own: str
) -> None:
    """Without a database: this test has none, and any question to it fails."""
    shown = Page(page(RequestFactory().get(path, headers={"accept-language": wish})))
    (brand,) = (each for each in shown.all("a") if each.get("class") == "brand")
    assert brand["href"] == f"/{own}/" and title(own) in shown.text
    assert [title(each) in shown.text for each in LANGUAGES if title(each) != title(own)].count(True) == 0
    (tongue,) = (each["lang"] for each in shown.all("html"))
    assert tongue == LANGUAGES[own] and [each["lang"] for each in shown.all("h1")] == [tongue]


def test_too_many_tries_say_when_to_come_back_and_where_else_to_go(
    signed_in: Callable[[str], Client], language: str
) -> None:
    li = signed_in("li")
    answers = [li.post(f"/{language}/account/password/", {}) for _try in range(6)]
    assert answers[-1].status_code == 429, [each.status_code for each in answers]
    page = holds_everywhere(answers[-1], language)
    assert "5" in page.text and answers[-1].headers["Retry-After"] == "300"
    assert page.all("a", href=f"/{language}/", **{"class": "button quiet"})


def test_no_limit_counts_longer_than_its_page_says() -> None:
    rates = [rate for said in account.RATE_LIMITS.values() for rate in parse_rates(said)]
    assert max(rate.duration for rate in rates) == TRIED_AGAIN * 60


def test_an_address_that_only_takes_a_form_leads_back_to_the_page(signed_in: Callable[[str], Client]) -> None:
    client = signed_in("li")
    number = people.chen_asks(NOW).number
    assert client.get(f"/en/desk/{number}/accept/").headers["Location"] == f"/en/desk/{number}/"
    assert client.get(f"/en/desk/{number}/extend/answer-in/").headers["Location"] == f"/en/desk/{number}/"
    assert (
        client.get("/en/cases/new/consultation/begin/").headers["Location"] == "/en/cases/new/consultation/"
    )
    assert client.get("/en/sign-out/").status_code == 302
    assert client.get("/en/desk/").status_code == 200, "a link must not sign anybody out"
    assert Case.objects.get().state == "received"


def test_an_address_for_programs_that_is_not_there_says_so_to_whoever_is_signed_in(
    signed_in: Callable[[str], Client],
) -> None:
    """No session is looked at for what programs fetch; the page that says so has a frame that looks."""
    li = signed_in("li")
    for address in ("/log/public/tile/0/x999/999", "/log/nothing/checkpoint", "/api/v1/nothing"):
        answer = li.get(address)
        assert answer.status_code == 404, address
