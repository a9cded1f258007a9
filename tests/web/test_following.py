"""Number and code open a case; one of them, or a wrong one, tells nothing."""

from __future__ import annotations

import re

import pytest
from django.test import Client
from tests import people
from tests.web.conftest import NOW
from tests.web.reading import Page, holds_everywhere

from qinglian.capabilities.cases.models import Case

WRONG = "0000-0000-0000"


def test_number_and_code_show_the_case_whatever_way_they_are_typed(browser: Client, language: str) -> None:
    lodged = people.he_asks(NOW)
    response = browser.post(
        f"/{language}/cases/track/",
        {"number": f" {lodged.number.lower()} ", "code": lodged.code.replace("-", " ").lower()},
    )
    assert response.headers["Location"] == f"/{language}/cases/track/{lodged.number}/"
    shown = browser.get(response.headers["Location"])
    page = holds_everywhere(shown, language)
    matter = people.matter()
    assert people.HE["title"] in page.text and matter.states["received"].title.say(language) in page.text
    assert matter.clocks["accept-in"].title.say(language) in page.text
    assert "2026-03-03" in str([has.get("datetime") for has in page.all("time")])
    assert lodged.code not in page.text and "no-store" in shown.headers["Cache-Control"]


def test_a_wrong_number_and_a_wrong_code_read_alike(browser: Client, language: str) -> None:
    lodged = people.he_asks(NOW)
    pages = [
        browser.post(f"/{language}/cases/track/", {"number": number, "code": WRONG})
        for number in (lodged.number, "ZX-2026-999999-9")
    ]
    assert [page.status_code for page in pages] == [422, 422]
    bare = [re.sub(r"ZX-2026-\d{6}-\d|value=\"\w{64}\"", "", page.content.decode()) for page in pages]
    assert bare[0] == bare[1] and people.HE["title"] not in bare[0]
    holds_everywhere(pages[0], language)


@pytest.mark.parametrize("number", ["", "ZX", "\x00", "💥", "1" * 50, "ZX-2026-000001-7\x00"])
def test_strange_numbers_are_told_in_the_form(browser: Client, number: str) -> None:
    assert browser.post("/en/cases/track/", {"number": number, "code": WRONG}).status_code == 422


def test_without_the_code_a_case_cannot_be_read_or_moved(browser: Client) -> None:
    chen, he = people.chen_asks(NOW), people.he_asks(NOW)
    browser.post("/en/cases/track/", {"number": chen.number, "code": chen.code})
    for path in (f"/en/cases/track/{he.number}/", "/en/cases/track/ZX-2026-999999-9/"):
        assert browser.get(path).headers["Location"] == "/en/cases/track/"
    moved = browser.post(f"/en/cases/track/{he.number}/withdraw/", {"withdraw-seen": 1})
    assert moved.headers["Location"] == "/en/cases/track/"
    assert Case.objects.get(pk=he.case_id).state == "received"


def test_the_applicant_reads_the_answer_and_closes(browser: Client, language: str) -> None:
    lodged = people.he_asks(NOW)
    people.act(lodged.case_id, "accept", people.li(), NOW)
    people.act(lodged.case_id, "answer", people.li(), NOW, answer="<b>可以</b> & 免费")
    browser.post(f"/{language}/cases/track/", {"number": lodged.number, "code": lodged.code})
    where = f"/{language}/cases/track/{lodged.number}/"
    page = holds_everywhere(browser.get(where), language)
    assert "<b>可以</b> & 免费" in page.text
    unsaid = browser.post(f"{where}reopen/", {"reopen-seen": 3, "reopen-reason": "  "})
    assert unsaid.status_code == 422
    holds_everywhere(unsaid, language)
    assert browser.post(f"{where}close/", {"close-seen": 3}).headers["Location"] == where
    assert Case.objects.get().state == "closed"
    holds_everywhere(browser.get(where), language)


def test_what_was_read_before_somebody_acted_changes_nothing(browser: Client) -> None:
    lodged = people.chen_asks(NOW)
    browser.post("/en/cases/track/", {"number": lodged.number, "code": lodged.code})
    people.act(lodged.case_id, "accept", people.li(), NOW)
    where = f"/en/cases/track/{lodged.number}/"
    stale = browser.post(f"{where}withdraw/", {"withdraw-seen": 1}, follow=True)
    assert Page(stale).all("div", role="status") and Case.objects.get().state == "handling"


@pytest.mark.parametrize(
    ("action", "status"),
    [("accept", 302), ("answer", 422), ("nothing", 404), ("extend:answer-in", 404)],
)
def test_an_applicant_cannot_do_what_is_the_units(browser: Client, action: str, status: int) -> None:
    lodged = people.chen_asks(NOW)
    browser.post("/en/cases/track/", {"number": lodged.number, "code": lodged.code})
    response = browser.post(f"/en/cases/track/{lodged.number}/{action}/", {f"{action}-seen": 1})
    assert response.status_code == status and Case.objects.get().state == "received"


@pytest.mark.parametrize("seen", ["", "x", "-1", "99999999999999999999999", "1.5"])
def test_a_forged_mark_of_what_was_seen_breaks_nothing(browser: Client, seen: str) -> None:
    lodged = people.chen_asks(NOW)
    browser.post("/en/cases/track/", {"number": lodged.number, "code": lodged.code})
    response = browser.post(f"/en/cases/track/{lodged.number}/withdraw/", {"withdraw-seen": seen})
    assert response.status_code in (302, 422) and Case.objects.get().state == "received"
