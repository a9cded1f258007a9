"""A draft put aside is taken up again: by its code, from its file, and under a newer form."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from tests import people
from tests.web.conftest import NOW
from tests.web.reading import Page, holds_everywhere

from qinglian.capabilities.cases.draft_file import LARGEST, read_draft
from qinglian.capabilities.cases.models import Case, Draft
from qinglian.capabilities.cases.retention import erase_due
from qinglian.engines import canon
from qinglian.zone.current import current

WHO = {key: people.CHEN[key] for key in ("kind", "place")} | {"name": "𠮷·野．家 (𬭎) 🙏🏽 J. Ng"}
QUESTION = {key: people.CHEN[key] for key in ("topic", "title", "detail")}
NEW = "/en/cases/new/consultation/"


def fills_in(browser: Client, language: str = "en") -> Client:
    """Everything answered, and nothing lodged."""
    browser.post(f"/{language}/cases/new/consultation/begin/")
    browser.post(f"/{language}/cases/new/consultation/who/", WHO | {"shown": ["regno"]})
    browser.post(f"/{language}/cases/new/consultation/question/", QUESTION)
    return browser


def code_of(browser: Client, language: str = "en") -> str:
    page = browser.post(f"/{language}/cases/new/consultation/keep/")
    found = re.search(r'<p class="big code">([0-9A-Z-]+)</p>', page.content.decode())
    assert found is not None
    return found[1]


def file_of(browser: Client, language: str = "en") -> bytes:
    response = browser.get(f"/{language}/cases/new/consultation/keep/file/")
    assert "attachment" in response.headers["Content-Disposition"]
    return bytes(response.content)


def opens(browser: Client, data: bytes, language: str = "en") -> Any:
    return browser.post(
        f"/{language}/cases/resume/file/", {"draft": SimpleUploadedFile("d.json", data, "application/json")}
    )


def answered() -> dict[str, str]:
    return WHO | QUESTION


def test_a_half_filled_step_is_put_aside_with_what_is_right(browser: Client, language: str) -> None:
    browser.post(f"/{language}/cases/new/consultation/begin/")
    who = f"/{language}/cases/new/consultation/who/"
    aside = browser.post(who, {"name": "何", "later": "1"})
    assert aside.headers["Location"] == f"/{language}/cases/new/consultation/keep/"
    assert Draft.objects.get().answers == {"name": "何"}
    wrong = browser.post(who, {"name": "何", "email": "no address", "later": "1"})
    assert wrong.status_code == 422 and Page(wrong).values()["email"] == "no address"
    holds_everywhere(browser.get(aside.headers["Location"]), language)


def test_the_code_opens_the_draft_elsewhere_and_the_first_browser_no_longer_holds_it(
    browser: Client, language: str
) -> None:
    code = code_of(fills_in(browser, language), language)
    assert code not in str(Draft.objects.values())
    elsewhere = Client()
    taken = elsewhere.post(f"/{language}/cases/resume/", {"code": f" {code.lower().replace('-', ' ')}"})
    assert taken.headers["Location"] == f"/{language}/cases/new/consultation/check/"
    page = holds_everywhere(elsewhere.get(taken.headers["Location"]), language)
    assert WHO["name"] in page.text and QUESTION["title"] in page.text
    told = browser.get(f"/{language}/cases/new/consultation/check/", follow=True)
    assert Page(told).all("div", role="status") and WHO["name"] not in told.content.decode()
    assert elsewhere.post(f"/{language}/cases/new/consultation/check/").status_code == 302
    assert Case.objects.get().answers == answered()
    assert Client().post(f"/{language}/cases/resume/", {"code": code}).status_code == 422, "it was lodged"


def test_the_code_is_shown_once_and_a_new_one_voids_it(browser: Client, language: str) -> None:
    code = code_of(fills_in(browser, language), language)
    keep = f"/{language}/cases/new/consultation/keep/"
    page = browser.get(keep)
    assert code not in page.content.decode() and "no-store" in page.headers["Cache-Control"]
    holds_everywhere(browser.post(keep), language)
    assert Client().post(f"/{language}/cases/resume/", {"code": code}).status_code == 422


def test_wrong_expired_and_lodged_codes_read_alike(
    browser: Client, language: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    code = code_of(fills_in(browser, language), language)

    def tries(said: str) -> str:
        response = Client().post(f"/{language}/cases/resume/", {"code": said})
        assert response.status_code == 422
        holds_everywhere(response, language)
        return re.sub(r'value="[^"]*"', "", response.content.decode())

    wrong = tries("0000-0000-0000")
    later = NOW + timedelta(days=14, seconds=1)
    monkeypatch.setattr("django.utils.timezone.now", lambda: later.astimezone(UTC))
    assert tries(code) == wrong


def test_the_expiry_that_is_told_is_the_one_that_holds(browser: Client) -> None:
    fills_in(browser)
    page = browser.post(f"{NEW}keep/")
    assert "16 March 2026" in Page(page).text  # 14 days after the 2nd
    assert erase_due(NOW + timedelta(days=14)) == 0
    assert erase_due(NOW + timedelta(days=14, seconds=1)) == 1 and not Draft.objects.exists()


def test_the_file_is_readable_and_opens_after_the_server_forgot(browser: Client, language: str) -> None:
    data = file_of(fills_in(browser, language), language)
    told = json.loads(data)
    assert next(iter(told)) == "v" and told["v"] == "draft/1"
    assert told["version"] == current().matters["consultation"].version
    assert {row["key"]: row["answer"] for row in told["answers"]} == answered()
    label = current().matters["consultation"].fields["title"].label.say(language)
    assert label in {row["asked"] for row in told["answers"]}
    Draft.objects.all().delete()
    elsewhere = Client()
    there = opens(elsewhere, data, language).headers["Location"]
    assert there == f"/{language}/cases/new/consultation/check/"
    elsewhere.post(there)
    assert Case.objects.get().answers == answered()


def altered(data: bytes, change: Callable[[dict[str, Any]], None]) -> bytes:
    """A file that somebody rewrote, sum and all."""
    told = json.loads(data)
    del told["sum"]
    change(told)
    told["sum"] = canon.digest(told).hex()
    return json.dumps(told).encode()


HOSTILE: dict[str, Callable[[bytes], bytes]] = {
    "empty": lambda _data: b"",
    "not JSON": lambda _data: b"PK\x03\x04 a zip",
    "not UTF-8": lambda data: data.replace(b"draft/1", b"draft\xff1"),
    "a sign changed": lambda data: data.replace(b"CN", b"HK", 1),
    "cut off": lambda data: data[: len(data) // 2],
    "another form": lambda data: altered(data, lambda told: told.update(v="draft/2")),
    "another platform": lambda data: altered(data, lambda told: told.update(zone="elsewhere")),
    "no such service": lambda data: altered(data, lambda told: told.update(matter="no-such")),
    "a list": lambda _data: b"[" * 50_000 + b"]" * 50_000,
    "answers of another kind": lambda data: altered(data, lambda told: told.update(answers=[{"key": 1}])),
    "a key too many": lambda data: altered(data, lambda told: told.update(extra="x")),
    "too large": lambda data: data + b" " * LARGEST,
    "twins": lambda data: data.replace(b'"zone"', b'"zone": "x",\n "zone"', 1),
}


@pytest.mark.parametrize("kind", HOSTILE)
def test_a_hostile_file_is_refused_with_what_to_do(browser: Client, language: str, kind: str) -> None:
    data = HOSTILE[kind](file_of(fills_in(Client(), language), language))
    before = Draft.objects.count()
    response = opens(browser, data, language)
    assert response.status_code == 422 and Draft.objects.count() == before
    page = holds_everywhere(response, language)
    assert page.all("div", id="id_draft_error")
    assert page.all("input", name="draft", **{"aria-invalid": "true"})


def test_answers_that_nobody_may_give_do_not_come_in_by_a_file(browser: Client) -> None:
    def evil(told: dict[str, Any]) -> None:
        said = {"place": "atlantis", "detail": "x" * 5000, "name": "a\x1bb", "nothing": "1", "email": "x"}
        told["answers"] = [
            row | {"answer": said.pop(row["key"], row["answer"])} for row in told["answers"]
        ] + [{"key": key, "asked": key, "answer": text} for key, text in said.items()]

    response = opens(browser, altered(file_of(fills_in(Client())), evil))
    assert response.status_code == 200, "what no longer fits is told"
    page = holds_everywhere(response, "en")
    assert "atlantis" in page.text
    kept = {"kind", "topic", "title"}
    assert Draft.objects.order_by("-id").first().answers == {key: answered()[key] for key in kept}


def test_a_file_of_an_older_version_says_what_changed(
    browser: Client, language: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    data = file_of(fills_in(Client(), language), language)
    kept_code = code_of(fills_in(held := Client(), language), language)
    _newer_form(monkeypatch)
    for response in (
        opens(browser, data, language),
        held.get(f"/{language}/cases/new/consultation/question/"),
    ):
        assert response.status_code == 200
        page = holds_everywhere(response, language)
        assert "2026.2" in page.text and "2027.1" in page.text
        assert (
            QUESTION["topic"] in page.text
            and people.matter().fields["email"].label.say(language) in page.text
        ), "what is lost, and what is asked now"
    assert held.get(f"/{language}/cases/new/consultation/check/").headers["Location"].endswith("/who/")
    again = Client().post(f"/{language}/cases/resume/", {"code": kept_code})
    assert again.status_code == 302, "it was brought up to date before"
    for draft in Draft.objects.exclude(answers={}):
        assert {k: draft.answers.get(k) for k in ("name", "title")} == {
            "name": WHO["name"],
            "title": QUESTION["title"],
        }


def _newer_form(monkeypatch: pytest.MonkeyPatch) -> None:
    """The topic that was chosen is offered no more, and an address for mail is required."""
    old = people.matter()

    def field(each: Any) -> Any:
        if each.key == "topic":
            return replace(each, options=tuple(o for o in each.options if o.value != QUESTION["topic"]))
        return replace(each, required=True) if each.key == "email" else each

    steps = tuple(replace(s, fields=tuple(field(f) for f in s.fields)) for s in old.steps)
    new = replace(old, steps=steps, version="2027.1", sha="0" * 64)
    zone = replace(current(), matters={**current().matters, old.id: new})
    monkeypatch.setattr("qinglian.zone.current._zone", zone)


def test_the_sum_can_be_made_by_anybody(browser: Client) -> None:
    """Known answer, made without the code that writes it."""
    data = file_of(fills_in(browser))
    told = json.loads(data)
    said = told.pop("sum")
    plain = json.dumps(told, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    assert hashlib.sha256(plain.encode()).hexdigest() == said
    assert read_draft(data).answers == answered()


def test_another_draft_in_this_browser_is_not_dropped_unseen(browser: Client, language: str) -> None:
    fills_in(browser, language)
    page = holds_everywhere(browser.get(f"/{language}/cases/resume/"), language)
    assert page.all("a", href=f"/{language}/cases/new/consultation/keep/")
