"""Every type of answer: asked without script, kept as meant, told back when wrong, shown where it stands."""

from __future__ import annotations

import html
from typing import Any

import pytest
from django.test import Client
from django.utils.translation import override
from tests import people
from tests.people import MONDAY
from tests.web.reading import Page

from qinglian.capabilities.cases.fields import _code_named
from qinglian.capabilities.cases.forms import StepForm
from qinglian.capabilities.cases.models import Case, Draft
from qinglian.capabilities.cases.rules import kept_answers
from qinglian.capabilities.cases.saying import said
from qinglian.capabilities.parties.models import Enterprise, EnterpriseName, Identifier
from qinglian.zone import Zone
from qinglian.zone.current import current

USCC = "91440300MA5EXAMP0X"
WHO = {"place": "HK", "regno": "12345678"}
WHAT: dict[str, Any] = {
    "name": "𠮷祥（示例）有限公司 🫖",
    "kind_of_help": "rent",
    "new_here": "false",
    "sectors": ["F", "L.7"],
    "years": ["Y2026"],
    "amount": "１，200.5",
    "home-place": "HK",
    "home-region": "九龍",
    "home-street": "某街1號（示例）",
    "promise": "agreed",
}


@pytest.fixture
def rich(db: None, monkeypatch: pytest.MonkeyPatch) -> Zone:
    return people.use_pack("rich", monkeypatch)


def begun(**who: str) -> Client:
    client = Client()
    client.post("/en/cases/new/grant/begin/")
    answer = client.post("/en/cases/new/grant/who/", WHO | who)
    assert answer.status_code == 302, html.unescape(answer.content.decode())
    return client


def kept() -> dict[str, Any]:
    return Draft.objects.latest("id").answers


def test_every_type_is_asked_kept_and_shown(rich: Zone) -> None:
    client = begun()
    page = client.get("/en/cases/new/grant/what/").content.decode()
    assert "I promise that what I wrote is true." in page and "<script" not in page.split("<main")[1]
    assert client.post("/en/cases/new/grant/what/", WHAT).headers["Location"] == "/en/cases/new/grant/check/"
    promise = current().matters["grant"].fields["promise"].undertaking
    assert promise is not None
    assert kept() == WHO | {
        "name": "𠮷祥（示例）有限公司 🫖",
        "kind_of_help": "rent",
        "new_here": False,
        "sectors": ["F", "L.7"],
        "years": ["Y2026"],
        "amount": {"currency": "CNY", "amount": "1200.50"},
        "home": {"place": "HK", "region": "九龍", "street": "某街1號（示例）"},
        "promise": {"text": "texts/promise", "version": "2026.1", "sha": promise.sha, "read": "en"},
    }
    shown = html.unescape(client.get("/en/cases/new/grant/check/").content.decode())
    for text in ("𠮷祥（示例）有限公司 🫖", "Finance, Leasing and business", "1,200.50 yuan renminbi",
                 "某街1號（示例）, 九龍, Hong Kong", "version 2026.1"):  # fmt: skip
        assert text in shown
    response = client.get("/en/cases/new/grant/what/")
    again = response.content.decode()
    assert 'value="1200.50"' in again and 'value="九龍"' in again
    ticked = {(each["name"], each["value"]) for each in Page(response).all("input") if "checked" in each}
    assert ticked == {
        ("kind_of_help", "rent"), ("new_here", "false"), ("sectors", "F"), ("sectors", "L.7"),
        ("years", "Y2026"), ("promise", "agreed"),
    }  # fmt: skip


WRONG = [
    ({"amount": "viel"}, "Write an amount with digits"),
    ({"amount": "1.234"}, "Write an amount with digits"),
    ({"amount": "1" * 400}, "Write an amount with digits"),
    ({"amount": "-5"}, "Write an amount with digits"),
    ({"sectors": ["F", "I", "L.7"]}, "3 are picked; at most 2 can be"),
    ({"sectors": []}, "Pick at least one."),
    ({"sectors": ["Z"]}, "Choose one of the answers shown."),
    ({"new_here": ""}, "Choose one."),
    ({"home-place": "MO"}, "Choose where the address is."),
    ({"home-region": ""}, "Write the city or district, and the street"),
    ({"home-street": "街" * 201}, "A line of the address has 201 characters; at most 200 fit"),
    ({"home-street": "a\u202eb"}, "control character"),
    ({"promise": ""}, "Read the text and tick the box"),
    ({"name": "字" * 121}, "This has 121 characters; at most 120 fit"),
]


@pytest.mark.parametrize(("wrong", "expected"), WRONG)
def test_what_is_wrong_is_told_with_its_mend_and_the_form_comes_back_filled(
    rich: Zone, wrong: dict[str, Any], expected: str
) -> None:
    client = begun()
    answer = client.post("/en/cases/new/grant/what/", WHAT | wrong)
    page = html.unescape(answer.content.decode())
    assert answer.status_code == 422
    assert expected in page
    assert "Something needs your attention" in page
    if "home-street" not in wrong:
        assert "某街1號（示例）" in page
    if "amount" not in wrong:
        assert "１，200.5" in page
    assert "home" not in kept()


def test_an_amount_brings_up_a_question_and_another_lets_it_go(rich: Zone) -> None:
    client = begun()
    more = WHAT | {"amount": "200000"}
    page = client.post("/en/cases/new/grant/what/", more).content.decode()
    assert "Your answer brings up one more question" in page and 'name="since"' in page
    assert client.post("/en/cases/new/grant/what/", more | {"since": "2026-03-01"}).status_code == 302
    assert kept()["since"] == "2026-03-01"
    matter = current().matters["grant"]
    assert "since" not in kept_answers(matter, kept() | {"amount": {"currency": "CNY", "amount": "5.00"}})


def test_one_hundred_megabytes_are_refused_before_they_are_read(rich: Zone) -> None:
    client = begun()
    answer = client.post("/en/cases/new/grant/what/", WHAT | {"name": "字" * 30_000_000})
    assert answer.status_code in (400, 413)
    assert "name" not in kept()


def test_many_codes_are_picked_from_a_box_that_scrolls(rich: Zone, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("qinglian.capabilities.cases.fields.TICKED", 2)
    with override("en"):
        form = StepForm([current().matters["grant"].fields["sectors"]])
        assert "<select" in str(form["sectors"]) and "multiple" in str(form["sectors"])


def registered(place: str = "CN", organisation: bool = True) -> None:
    firm = Enterprise.objects.create(
        place=place, district="前海（示例）", status="registered", stated_at=MONDAY, organisation=organisation
    )
    EnterpriseName.objects.create(enterprise=firm, script="zh-Hans", name="登记在册（示例）有限公司")
    Identifier.objects.create(
        enterprise=firm, kind="hk-br", value="12345678", checked=False, source="example register"
    )


def test_what_the_register_knows_is_filled_in_with_its_source_and_day(rich: Zone) -> None:
    registered()
    client = begun()
    page = html.unescape(client.get("/en/cases/new/grant/what/").content.decode())
    assert 'value="登记在册（示例）有限公司"' in page
    assert "From the register (example register), as of 2 March 2026" in page


def test_nothing_is_filled_in_from_statements_or_of_people_who_trade(rich: Zone) -> None:
    registered(organisation=False)
    client = begun()
    page = client.get("/en/cases/new/grant/what/").content.decode()
    assert "登记在册" not in page and "From the register" not in page


@pytest.mark.parametrize("language", ["zh-hans", "zh-hant", "en"])
def test_an_answer_reads_in_every_language(rich: Zone, language: str) -> None:
    fields = current().matters["grant"].fields
    home = {"place": "CN", "region": "深圳", "street": "某路1号", "room": "2楼", "postcode": "518000"}
    with override(language):
        assert said(fields["home"], home) == (
            "2楼, 某路1号, 深圳, Mainland China, 518000" if language == "en" else
            f"{'中国内地' if language == 'zh-hans' else '中國內地'}深圳某路1号2楼 518000"
        )  # fmt: skip
        expected = {"zh-hans": "人民币1,234,567.00元", "zh-hant": "人民幣1,234,567.00元"}
        money = said(fields["amount"], {"currency": "CNY", "amount": "1234567.00"})
        assert money == expected.get(language, "1,234,567.00 yuan renminbi")
        assert said(fields["since"], "2026-03-01") == ("1 March 2026" if language == "en" else "2026年3月1日")


def test_a_second_press_of_the_button_lodges_nothing_more(rich: Zone) -> None:
    client = begun()
    client.post("/en/cases/new/grant/what/", WHAT)
    for _press in range(2):
        assert client.post("/en/cases/new/grant/check/").status_code == 302
    assert Case.objects.count() == 1


@pytest.mark.parametrize(("code", "read"), [("I6510", "软件开发 · I6510"), ("set-up", "软件开发")])
def test_a_classification_is_read_with_its_code_and_a_word_for_programs_without(code: str, read: str) -> None:
    assert _code_named(code, "软件开发") == read
