"""Programs ask, lodge and follow: with keys that are for something, and the same rules as the form."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any
from xml.etree import ElementTree as ET

import pytest
from django.contrib.auth import get_user_model
from django.http import HttpResponse
from django.test import Client
from tests import people
from tests.web.conftest import NOW
from tests.web.reading import holds_everywhere

from qinglian.capabilities.cases import actions as cases
from qinglian.capabilities.cases.models import AnsweredQuestion, Case, CaseHolder
from qinglian.capabilities.interfaces.actions import make_key, revoke_key
from qinglian.capabilities.interfaces.models import Key, KeyUse
from qinglian.capabilities.interfaces.queries import key_of
from qinglian.capabilities.interfaces.scopes import LODGE, READ
from qinglian.capabilities.ledger.actions import open_trees
from qinglian.faults import Fault
from qinglian.zone.current import current

pytestmark = pytest.mark.django_db
ASKS = {"matter": "consultation", "language": "zh-Hant", "answers": people.HE}


@pytest.fixture
def owner(units: None) -> int:
    user = get_user_model().objects.create_user("a-1", email="he@example.com", password=people.PASSWORD)
    return int(user.pk)


def key(user: int, *scopes: str, days: int = 30) -> str:
    return make_key(user, "books", scopes or (LODGE, READ), days, NOW)


def lodge(token: str, body: Any = None, idem: str = "order-0001", **headers: str) -> HttpResponse:
    return Client().post(
        "/api/v1/cases",
        json.dumps(ASKS if body is None else body),
        content_type="application/json",
        headers={"Authorization": f"Bearer {token}", "Idempotency-Key": idem} | headers,
    )


def test_a_program_lodges_what_the_form_would_and_its_account_holds_it(owner: int) -> None:
    answered = lodge(key(owner))
    assert answered.status_code == 201, answered.content
    told = answered.json()
    case = Case.objects.get(number=told["number"])
    assert case.answers == people.HE and case.language == "zh-hant" and not told["again"]
    assert CaseHolder.objects.filter(case=case, user=owner).exists()
    page = Client().get(f"/api/v1/cases/{told['number']}", headers={"Case-Code": told["code"]})
    assert page.status_code == 200
    now = page.json()
    assert (now["turn"], now["title"]) == ("unit", people.HE["title"])
    assert now["due"] and now["clocks"][0]["due"] >= now["due"]
    assert set(now["unit"]) == {"zh-Hans", "zh-Hant", "en"}


def test_the_same_request_sent_again_lodges_nothing_new(owner: int) -> None:
    token = key(owner)
    first, again = lodge(token).json(), lodge(token)
    assert again.status_code == 200 and again.json() == first | {"again": True}
    assert Case.objects.count() == 1
    other = lodge(token, ASKS | {"answers": people.HE | {"title": "another"}})
    assert other.status_code == 409 and Case.objects.count() == 1
    assert "code" not in other.json()
    assert lodge(token, idem="order-0002").status_code == 201 and Case.objects.count() == 2


def test_one_key_never_learns_the_case_of_another(owner: int) -> None:
    """The same word of two keys is two requests, and the code cannot be computed from what is sent."""
    one, two = lodge(key(owner)).json(), lodge(key(owner)).json()
    assert one["number"] != two["number"] and one["code"] != two["code"]
    assert one["code"] != cases.code_from("order-0001")


@pytest.mark.parametrize(
    ("answers", "where"),
    [
        ({"kind": "individual"}, {f"answers.{key}" for key in ("name", "title", "detail", "topic", "place")}),
        (people.HE | {"nonsense": "x"}, {"answers.nonsense"}),
        (people.HE | {"title": ["a", "list"]}, {"answers.title"}),
        (people.HE | {"topic": "premises"}, {"answers.side"}),  # hidden by the other answers
        (people.HE | {"email": "no address", "title": "x" * 201}, {"answers.email", "answers.title"}),
        (people.HE | {"papers": ["0" * 64]}, {"answers.papers"}),
    ],
)  # fmt: skip
def test_everything_wrong_is_told_at_once_by_its_field(
    owner: int, answers: dict[str, Any], where: set[str]
) -> None:
    answered = lodge(key(owner), ASKS | {"answers": answers})
    assert answered.status_code == 422 and answered["Content-Type"] == "application/problem+json"
    assert {each["field"] for each in answered.json()["errors"]} == where
    assert all(each["detail"] for each in answered.json()["errors"])
    assert not Case.objects.exists()


def test_faults_are_told_in_the_language_asked_for(owner: int) -> None:
    said = {
        language: lodge(key(owner), {**ASKS, "answers": {}}, **{"Accept-Language": language}).json()["detail"]
        for language in ("zh-hans", "zh-hant", "en")
    }
    assert len(set(said.values())) == 3


@pytest.mark.parametrize("body", ['"a text"', "[]", "{", "null", '{"matter": "consultation", "more": 1}'])
def test_a_body_of_another_form_is_refused(owner: int, body: str) -> None:
    headers = {"Authorization": f"Bearer {key(owner)}", "Idempotency-Key": "order-0001"}
    answered = Client().post("/api/v1/cases", body, content_type="application/json", headers=headers)
    assert answered.status_code in (400, 422) and answered.json()["status"] == answered.status_code


def test_keys_that_do_not_hold_open_nothing(owner: int) -> None:
    token = key(owner)
    ident = token.split("_")[1]
    assert lodge("").status_code == 401
    assert lodge("nonsense").status_code == 401
    assert lodge(f"qk_{ident}_wrong").status_code == 401
    assert lodge(token + "x").status_code == 401
    assert key_of(token, NOW + timedelta(days=31)) is None
    only_reads = key(owner, READ)
    assert lodge(only_reads).status_code == 403
    assert revoke_key(ident, owner, NOW) and lodge(token).status_code == 401
    assert not revoke_key(ident, owner + 1, NOW)
    assert not Case.objects.exists()


def test_only_the_hash_of_a_key_is_kept(owner: int) -> None:
    token = key(owner)
    row = Key.objects.get()
    held = " ".join(str(getattr(row, f.attname)) for f in Key._meta.concrete_fields)
    assert token.rpartition("_")[2] not in held and row.sha in held


def test_a_key_is_counted_by_the_minute(owner: int, settings: Any) -> None:
    settings.KEY_RATE = 3
    token = key(owner, READ)
    asks = {"Authorization": f"Bearer {token}"}
    statuses = [Client().get("/api/v1/cases/ZX-1", headers=asks).status_code for _ in range(4)]
    assert statuses == [404, 404, 404, 429]
    last = Client().get("/api/v1/cases/ZX-1", headers=asks)
    assert 1 <= int(last["Retry-After"]) <= 60
    assert KeyUse.objects.get().n == 5


def test_no_such_case_and_not_yours_are_one_answer(owner: int) -> None:
    lodged = people.chen_asks()
    asks = {"Authorization": f"Bearer {key(owner, READ)}"}
    answers = [
        Client().get(f"/api/v1/cases/{lodged.number}", headers=asks),
        Client().get("/api/v1/cases/ZX-2026-999999-9", headers=asks),
        Client().get(f"/api/v1/cases/{lodged.number}", headers={"Case-Code": "0000-0000-0000"}),
        Client().get("/api/v1/cases/ZX-2026-999999-9", headers={"Case-Code": "0000-0000-0000"}),
    ]
    assert {(each.status_code, each.content) for each in answers} == {(404, answers[0].content)}
    assert Client().get(f"/api/v1/cases/{lodged.number}").status_code == 401


def test_staff_lodge_like_anybody_and_hold_nothing(units: None) -> None:
    people.li()
    user = get_user_model().objects.get(username="li")
    assert lodge(key(user.pk)).status_code == 201
    assert not CaseHolder.objects.exists()


def test_the_catalogue_says_what_the_pack_says(units: None) -> None:
    rows = Client().get("/api/v1/matters").json()["items"]
    assert {row["id"]: row["sha"] for row in rows} == {m.id: m.sha for m in current().matters.values()}
    whole = Client().get("/api/v1/matters/consultation").json()
    pack = current().matters["consultation"]
    assert [f["key"] for f in whole["fields"]] == [f.key for f in pack.fields.values() if f.type != "files"]
    topic = next(f for f in whole["fields"] if f["key"] == "topic")
    assert tuple(topic["words"]) == pack.fields["topic"].words and len(topic["labels"]) == len(topic["words"])
    assert [c["budget"] for c in whole["clocks"]] == [str(c.budget) for c in pack.clocks.values()]
    assert Client().get("/api/v1/matters/none").status_code == 404


def published(word: str = "会议室") -> str:
    texts = {language: f"{word} {language}" for language in ("zh-Hans", "zh-Hant", "en")}
    zhao, li = people.zhao(), people.li()
    lodged = people.chen_asks(secret=word)
    people.act(lodged.case_id, "accept", li, NOW)
    people.act(lodged.case_id, "answer", li, NOW)
    from qinglian.capabilities.cases.answered import bases_today

    bases = [key for key, _basis in bases_today(people.matter())]
    drafted = cases.draft_answer(lodged.case_id, texts, texts, bases[:1], li, NOW)
    cases.decide_answer(drafted.pk, zhao, True, NOW)
    return str(drafted.number)


def test_public_answers_are_read_by_programs_and_followed_by_feed(units: None) -> None:
    number = published()
    listed = Client().get("/api/v1/answers?q=会议").json()
    assert [row["number"] for row in listed["items"]] == [number] and listed["n"] == 1
    feed = ET.fromstring(Client().get("/en/answers/feed.atom").content)
    space = {"a": "http://www.w3.org/2005/Atom"}
    titles = [each.text or "" for each in feed.findall("a:entry/a:title", space)]
    assert len(titles) == 1 and number in titles[0] and "会议" not in titles[0]
    assert "会议" in (feed.findtext("a:entry/a:summary", "", space))
    row = AnsweredQuestion.objects.get()
    cases.withdraw_answer(row.pk, "wrong", people.zhao(), NOW + timedelta(hours=1))
    left = Client().get(f"/api/v1/answers/{number}").json()
    assert left["state"] == "withdrawn" and left["question"] is None and left["ground"] == "wrong"
    assert "会议" not in Client().get("/en/answers/feed.atom").content.decode()
    kept = Client().get(f"/api/v1/requests/{number}.json").json()[0]
    assert (kept["status"], kept["description"], kept["status_notes"]) == ("archived", "", "")
    assert Client().get("/api/v1/answers").json()["n"] == 0


def test_the_page_for_programs_shows_every_operation(language: str, units: None) -> None:
    from qinglian.web.api import described

    page = Client().get(f"/{language}/api/")
    holds_everywhere(page, language)
    text = page.content.decode()
    assert all(path in text for path in described()["paths"])


def test_an_account_makes_keys_and_hooks_on_its_page(units: None) -> None:
    user = get_user_model().objects.create_user("a-2", email="o@example.com", password=people.PASSWORD)
    browser = Client()
    browser.force_login(user, backend="allauth.account.auth_backends.AuthenticationBackend")
    for language in ("zh-hans", "zh-hant", "en"):
        holds_everywhere(browser.get(f"/{language}/account/interfaces/"), language)
    wrong = browser.post("/en/account/interfaces/keys/", {"key-label": "x", "key-days": "0"})
    assert wrong.status_code == 422 and 'value="x"' in wrong.content.decode()
    asked = {"key-label": "books", "key-scopes": [LODGE], "key-days": "30"}
    told = browser.post("/en/account/interfaces/keys/", asked).content.decode()
    token = told[told.index("qk_") :].split("<")[0]
    assert lodge(token).status_code == 201
    assert token not in browser.get("/en/account/interfaces/").content.decode()
    bad = browser.post(
        "/en/account/interfaces/hooks/", {"hook-url": "http://10.0.0.1/", "hook-events": "case.moved"}
    )
    assert bad.status_code == 422 and "http://10.0.0.1/" in bad.content.decode()
    ident = token.split("_")[1]
    browser.post(f"/en/account/interfaces/keys/{ident}/end/")
    assert lodge(token, idem="order-0009").status_code == 401
    assert Client().get("/en/account/interfaces/").status_code == 302


def test_an_account_has_only_so_many_keys(owner: int) -> None:
    for _ in range(10):
        key(owner)
    with pytest.raises(Fault, match="at most"):
        key(owner)


def test_what_is_public_stands_in_the_shape_of_open311(units: None) -> None:
    number = published()
    services = Client().get("/api/v1/services.json").json()
    assert {each["service_code"] for each in services} == set(current().matters)
    [found] = Client().get("/api/v1/requests.json?service_code=consultation&status=closed").json()
    assert found["service_request_id"] == number and "会议" in found["description"]
    assert not {"lat", "long", "address", "account_id"} & set(found)
    for nothing in (
        "status=open",
        "status=archived",
        "service_code=appeal",
        "page=2",
        "end_date=2020-01-01T00:00:00Z",
    ):
        assert Client().get(f"/api/v1/requests.json?{nothing}").json() == [], nothing
    wrong = Client().get("/api/v1/requests.json?start_date=yesterday")
    assert wrong.status_code == 422 and wrong.json()["errors"][0]["field"] == "start_date"


def test_figures_are_read_as_the_whole_numbers_that_were_published(units: None) -> None:
    from qinglian.capabilities.figures.actions import compute_all
    from qinglian.capabilities.figures.models import Result

    listed = Client().get("/api/v1/figures").json()["items"]
    assert listed and all(
        each["value"] is None and each["n"] is None for each in listed
    )  # nothing yet is no zero
    open_trees(NOW)
    people.chen_asks()
    compute_all(NOW + timedelta(days=40))
    listed = Client().get("/api/v1/figures").json()["items"]
    assert {each["id"] for each in listed} == set(Result.objects.values_list("figure", flat=True))
    for each in listed:
        whole = Client().get(f"/api/v1/figures/{each['id']}").json()
        row = Result.objects.filter(figure=each["id"]).order_by("-id")[0]
        assert [
            [c["cut"], c["item"], c["n"], c["value"], c["upper"]] for c in whole["cells"]
        ] == row.document["cells"]
        assert whole["sha"] == row.sha and whole["how"]["en"] != whole["how"]["zh-Hans"]
        assert whole["recipe"]
    assert Client().get("/api/v1/figures/none.such").status_code == 404
    tables = Client().get("/api/v1/tables").json()["items"]
    assert tables and all(
        Client().get(each["csv"].replace("http://localhost:8000", "")).status_code == 200 for each in tables
    )
