"""The desk: what is due first stands first, few questions to the database, nothing without a post."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from tests import people
from tests.web.conftest import NOW
from tests.web.reading import Page, holds_everywhere

from qinglian.capabilities.cases import queues
from qinglian.capabilities.cases.actions import APPLICANT
from qinglian.capabilities.cases.links import link_cases
from qinglian.capabilities.cases.models import Case
from qinglian.capabilities.cases.notes import write_note
from qinglian.capabilities.cases.sight import Sight

Browser = Callable[[str], Client]
BUDGET = 12


@pytest.fixture
def sixty(units: None) -> list[str]:
    """Sixty cases: every third taken up, every ninth waiting for the applicant."""
    li, numbers = people.li(), []
    for i in range(60):
        began = NOW - timedelta(hours=3 * (60 - i))
        lodged = people.chen_asks(began, secret=f"case {i}", title=f"question {i}")
        numbers.append(lodged.number)
        if i % 3 == 0:
            people.act(lodged.case_id, "accept", li, began + timedelta(minutes=30))
        if i % 9 == 0:
            people.act(lodged.case_id, "ask", li, began + timedelta(hours=1))
    return numbers


def _numbers(page: Page) -> list[str]:
    found = [
        str(has["href"]).split("/desk/")[1].strip("/") for has in page.all("a") if "/desk/ZX" in str(has)
    ]
    return list(dict.fromkeys(found))


def test_every_case_stands_on_the_desk_once_the_nearest_first(signed_in: Browser, sixty: list[str]) -> None:
    client = signed_in("li")
    first = holds_everywhere(client.get("/en/desk/"), "en")
    further = [str(has["href"]) for has in first.all("a") if "after=" in str(has["href"])]
    second = holds_everywhere(client.get(f"/en/desk/{further[-1]}"), "en")
    found = _numbers(first) + _numbers(second)
    assert sorted(found) == sorted(sixty)
    dues = [Case.objects.get(number=number).due for number in found]
    known = [due for due in dues if due is not None]
    assert known == sorted(known) and dues[: len(known)] == known


def test_the_pages_ask_the_database_little(signed_in: Browser, sixty: list[str], browser: Client) -> None:
    client = signed_in("li")
    case_id = _long_case()
    number = Case.objects.get(pk=case_id).number
    browser.post("/en/cases/track/", {"number": number, "code": people.actions.code_from("long")})
    for who, path in [
        (client, "/en/desk/"),
        (client, "/en/desk/?show=ended"),
        (client, f"/en/desk/{number}/"),
        (browser, f"/en/cases/track/{number}/"),
    ]:
        who.get(path)
        with CaptureQueriesContext(
            connection,
        ) as asked:
            assert who.get(path).status_code == 200
        own = [
            each for each in asked if not each["sql"].startswith("SELECT set_config('")
        ]  # the second fence's
        assert len(own) <= BUDGET, [
            path,
            *(query["sql"][:700].partition(" FROM ")[2][:150] for query in asked),
        ]


def _long_case() -> int:
    """A case that was paused, extended, answered and reopened: five runs of clocks."""
    li, case_id = people.li(), people.chen_asks(NOW - timedelta(days=3), secret="long").case_id
    at = NOW - timedelta(days=2)
    for action in ("accept", "ask", "supply", "answer", "reopen"):
        people.act(case_id, action, APPLICANT if action in ("supply", "reopen") else li, at)
        at += timedelta(hours=1)
    people.extend(case_id, people.zhao(), at)
    people.act(case_id, "answer", li, at)
    write_note(case_id, "ask the archive", "internal", li.person_id or 0, li.roles, at)
    other, sight = people.chen_asks(at, secret="linked").number, Sight({people.UNIT: li.roles}, li.person_id)
    link_cases(case_id, other, "related", "the same papers", at, sight=sight)
    return case_id


@pytest.mark.parametrize(
    "after",
    [
        "x",
        "-1",
        "1e9",
        "٣",
        "²",
        "9" * 40,
        "%00",
        "1;DROP",
        "999999",
        "1.2.3",
        ".",
        ".5",
        "9" * 16 + ".1",
        "-1.1",
        "1.٣",
    ],
)
def test_a_bad_place_to_go_on_from_breaks_nothing(signed_in: Browser, after: str) -> None:
    client = signed_in("li")
    for show in queues.QUEUES:
        assert client.get(f"/en/desk/?show={show}&after={after}").status_code == 200
    assert client.get("/en/desk/?show=everything").status_code == 404


def test_whoever_is_not_signed_in_is_sent_to_sign_in(browser: Client, language: str) -> None:
    for path in ("desk/", "desk/ZX-2026-000001-7/", "desk/ZX-2026-000001-7/accept/"):
        where = browser.get(f"/{language}/{path}").headers["Location"]
        assert where == f"/{language}/sign-in/?next=/{language}/{path}"


def test_signing_in_leads_to_the_desk_and_never_elsewhere(browser: Client, language: str) -> None:
    people.li()
    form = {"login": "li", "password": people.PASSWORD}
    elsewhere = {"next": "https://evil.example/"}
    step = browser.post(f"/{language}/sign-in/", form | elsewhere).headers["Location"]
    assert step == f"/{language}/sign-in/code/"
    code = people.code_of("li")
    assert browser.post(step, {"code": code}).headers["Location"] == f"/{language}/desk/"
    page = holds_everywhere(browser.get(f"/{language}/desk/"), language)
    assert page.all("form", action=f"/{language}/sign-out/")
    assert browser.post(f"/{language}/sign-out/").headers["Location"] == f"/{language}/"
    assert browser.get(f"/{language}/desk/").status_code == 302


def test_a_wrong_password_and_no_such_account_read_alike(browser: Client, language: str) -> None:
    people.li()
    pages = [
        browser.post(f"/{language}/sign-in/", {"login": name, "password": "wrong wrong wrong"})
        for name in ("li", "ly")
    ]
    assert [page.status_code for page in pages] == [422, 422]
    texts = [holds_everywhere(page, language).text for page in pages]
    assert texts[0] == texts[1]


def test_a_case_is_taken_up_and_answered_at_the_desk(signed_in: Browser, language: str) -> None:
    client, lodged = signed_in("li"), people.he_asks(NOW)
    where = f"/{language}/desk/{lodged.number}/"
    page = holds_everywhere(client.get(where), language)
    assert page.values()["accept-seen"] == "1"
    done = client.post(f"{where}accept/", {"accept-seen": 1}, follow=True)
    assert Page(done).all("div", role="status") and Case.objects.get().state == "handling"
    empty = client.post(f"{where}answer/", {"answer-seen": 2, "answer-answer": "\u3000\n"})
    assert empty.status_code == 422
    failed = holds_everywhere(empty, language)
    assert failed.all("a", href="#id_answer-answer")
    client.post(f"{where}answer/", {"answer-seen": 2, "answer-answer": "可以。"})
    assert Case.objects.get().state == "answered"
    assert "可以。" in holds_everywhere(client.get(where), language).text


def test_a_failed_form_at_the_desk_keeps_what_was_written(signed_in: Browser) -> None:
    client, lodged = signed_in("li"), people.he_asks(NOW)
    people.act(lodged.case_id, "accept", people.li(), NOW)
    long = "长" * 4001
    response = client.post(f"/en/desk/{lodged.number}/answer/", {"answer-seen": 2, "answer-answer": long})
    assert response.status_code == 422 and long in Page(response).text


def test_the_second_clerk_is_told_that_somebody_was_faster(signed_in: Browser) -> None:
    client, lodged = signed_in("li"), people.he_asks(NOW)
    client.post(f"/en/desk/{lodged.number}/accept/", {"accept-seen": 1})
    second = client.post(f"/en/desk/{lodged.number}/ask/", {"ask-seen": 1, "ask-items": "x"}, follow=True)
    assert Page(second).all("div", role="status")
    assert Case.objects.get().state == "handling"


def test_the_head_extends_and_the_officer_is_not_offered_it(signed_in: Browser, language: str) -> None:
    lodged = people.he_asks(NOW)
    people.act(lodged.case_id, "accept", people.li(), NOW)
    where = f"/{language}/desk/{lodged.number}/"
    extend = f"{where}extend/answer-in/"
    assert not Page(signed_in("li").get(where)).all("form", action=extend)
    head = signed_in("zhao")
    assert holds_everywhere(head.get(where), language).all("form", action=extend)
    unsaid = head.post(extend, {"extend-answer-in-seen": 2})
    assert unsaid.status_code == 422
    holds_everywhere(unsaid, language)
    due = Case.objects.get().due
    head.post(extend, {"extend-answer-in-seen": 2, "extend-answer-in-reason": "需要核对"})
    assert Case.objects.get().due == due + timedelta(days=7)
    assert "需要核对" in holds_everywhere(head.get(where), language).text


def test_a_narrowed_list_keeps_its_narrowing_on_every_way_on(signed_in: Browser, language: str) -> None:
    client, li = signed_in("zhao"), people.li()
    for n in range(queues.PAGE + 3):
        people.chen_asks(NOW, secret=f"n {n}", title=f"前海 {n}")
    page = holds_everywhere(
        client.get(f"/{language}/desk/?show=open&words=前海&handler=nobody&since=2026-01-01"), language
    )
    ways = [str(has["href"]) for has in page.all("a") if str(has["href"]).startswith("?")]
    kept = [way for way in ways if "words=" in way]
    assert len(kept) == len(queues.QUEUES) + 1 and any("after=" in way for way in kept)
    assert all("handler=nobody" in way and "since=2026-01-01" in way for way in kept)
    assert len(_numbers(holds_everywhere(client.get(f"/{language}/desk/{kept[-1]}"), language))) == 3
    assert not _numbers(Page(client.get(f"/{language}/desk/?handler={li.person_id}")))


@pytest.mark.parametrize(
    "asked", ["matter=x", "handler=x", "since=yesterday", "state=x", "unit=court", "until=2026-13-01"]
)
def test_a_wish_that_cannot_be_understood_is_told_beside_its_field(signed_in: Browser, asked: str) -> None:
    page = signed_in("li").get(f"/en/desk/?{asked}")
    assert page.status_code == 422
    found = holds_everywhere(page, "en")
    assert found.all("a", href=f"#id_{asked.partition('=')[0]}")


def test_every_empty_queue_says_in_words_that_it_is_empty(signed_in: Browser, language: str) -> None:
    client, told = signed_in("li"), set()
    for show in queues.QUEUES:
        page = client.get(f"/{language}/desk/?show={show}")
        text = holds_everywhere(page, language).text
        assert not _numbers(Page(page))
        told.add(text.split("</details>")[-1])
    people.chen_asks(NOW)
    assert "ZX-" not in client.get(f"/{language}/desk/?words=nothing+like+it").content.decode()


def test_every_key_that_the_desk_tells_is_there_once_and_none_is_secret(
    signed_in: Browser, sixty: list[str], language: str
) -> None:
    """Access keys work without script, and only together with the browser's own: WCAG 2.1.4 is kept."""
    browser = signed_in("zhao")
    people.chen_asks(NOW, secret="the last")
    for path, keys in (("", [*"1234567", *"sflnk"]), (f"{sixty[1]}/", [*"dahk"])):
        page = holds_everywhere(browser.get(f"/{language}/desk/{path}"), language)
        held = [str(has["accesskey"]) for _tag, has in page.tags if "accesskey" in has]
        assert sorted(held) == sorted(keys)
        ids = {has.get("id") for _tag, has in page.tags}
        aims = [
            str(has["href"]) for has in page.all("a") if "accesskey" in has and str(has["href"])[0] == "#"
        ]
        assert aims and all(aim[1:] in ids for aim in aims)
        assert len(page.all("kbd")) == len(keys) - (5 if not path else 0), "1 to 7 are told as a span"
