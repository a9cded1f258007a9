"""A case that names another by its number: linked as whoever asks says, and nobody learns by asking."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from django.test import Client
from tests import people
from tests.people import MONDAY, act

from qinglian.capabilities.cases import actions, queries
from qinglian.capabilities.cases.models import Case, CaseLink, Concern
from qinglian.faults import Fault
from qinglian.zone.current import current

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("units")]
WHO = {"kind": "enterprise", "name": people.CHEN["name"], "place": "CN"}


@pytest.fixture(autouse=True)
def _now(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("django.utils.timezone.now", lambda: MONDAY + timedelta(hours=1))


@pytest.fixture
def answered() -> Case:
    """李 of the service centre has answered 陈."""
    case = people.chen_asks(email="chen@example.com").case_id
    act(case, "accept", people.li(), MONDAY)
    act(case, "answer", people.li(), MONDAY, answer="不可以。")
    return Case.objects.get(pk=case)


def lodge(matter: str, secret: str = "named", **answers: str) -> Case:
    said = WHO | {"title": "我不同意", "detail": "请重新审查。"} | answers
    code = actions.code_from(secret)
    return Case.objects.get(
        pk=actions.lodge_case(current().matters[matter], said, code, "zh-hant", MONDAY).case_id
    )


def test_an_appeal_is_linked_to_what_it_is_against_and_shut_to_who_decided(answered: Case) -> None:
    appeal = lodge("appeal", against_number=f" {answered.number.lower()} ")
    link = CaseLink.objects.get()
    assert (link.case_id, link.other_id, link.relation) == (appeal.pk, answered.pk, "appeal-of")
    assert link.person_id is None and link.reason == "根據申請人所述"
    li = people._post("li", "李（示例）", "zone-authority", "clerk")  # has a post there now, too
    with pytest.raises(Fault, match="you cannot handle this case"):
        act(appeal.pk, "accept", li, MONDAY)
    page = people.browser("li").get(f"/en/desk/{answered.number}/").content.decode()
    assert appeal.number in page and "is appealed against in" in page


@pytest.mark.parametrize("number", ["ZX-2026-999999-9", "none", "ZX 2026 000001 7"])
def test_a_number_that_is_none_changes_nothing_that_whoever_asks_could_see(
    answered: Case, number: str
) -> None:
    real = lodge("appeal", secret="a", against_number=answered.number)
    other = lodge("appeal", secret="b", against_number=number)
    assert CaseLink.objects.count() == 1 and other.unit_holding_id == real.unit_holding_id
    pages = [queries.case_page(each, MONDAY, frozenset({"applicant"}), own=True) for each in (real, other)]
    assert [len(page.events) for page in pages] == [1, 1]
    browser = Client()
    told = []
    for case, secret in ((real, "a"), (other, "b")):
        browser.post("/en/cases/track/", {"number": case.number, "code": actions.code_from(secret)})
        text = browser.get(f"/en/cases/track/{case.number}/").content.decode()
        told.append("linked" in text or "related" in text.lower())
    assert told == [False, False]


def test_a_case_of_another_matter_is_not_linked(answered: Case) -> None:
    other = lodge("improvement", secret="i", topic=current().matters["improvement"].fields["topic"].words[0])
    lodge("appeal", against_number=other.number)
    assert not CaseLink.objects.exists()


def test_a_complaint_about_a_case_is_shut_to_the_unit_that_had_it(answered: Case) -> None:
    """He did not know which unit it was; the number says it."""
    complaint = lodge("service-complaint", about_unit="unknown", case_known=True, case_number=answered.number)  # type: ignore[arg-type]
    assert {row.unit_id for row in Concern.objects.all()} == {people.UNIT}
    assert complaint.unit_holding_id not in (people.UNIT, "zone-authority")
    for name in ("li", "zhao", "wang"):
        getattr(people, name)()
        browser = people.browser(name)
        assert browser.get(f"/en/desk/{complaint.number}/").status_code == 404
        assert complaint.number not in browser.get(f"/en/desk/{answered.number}/").content.decode()
    link = CaseLink.objects.get()
    assert (link.case_id, link.relation) == (complaint.pk, "complaint-about")


def test_from_the_page_of_a_case_an_appeal_is_begun_and_nothing_asked_twice(answered: Case) -> None:
    browser = Client()
    place = f"/zh-hant/cases/track/{answered.number}/"
    browser.post("/zh-hant/cases/track/", {"number": answered.number, "code": actions.code_from("chen")})
    page = browser.get(place).content.decode()
    assert (
        "/zh-hant/cases/new/appeal/begin/" in page and "/zh-hant/cases/new/service-complaint/begin/" in page
    )
    for matter, key in (("appeal", "against_number"), ("service-complaint", "case_number")):
        begun = browser.post(f"/zh-hant/cases/new/{matter}/begin/", {"about": answered.number})
        assert begun.status_code == 302
        draft = queries.draft_of(actions.hash_secret(browser.cookies["qinglian_draft"].value))
        assert draft is not None
        assert draft.answers[key] == answered.number and draft.answers["name"] == people.CHEN["name"]
        assert draft.answers["email"] == "chen@example.com" and "detail" not in draft.answers


def test_a_stranger_who_knows_a_number_learns_nothing_from_it(answered: Case) -> None:
    stranger = Client()
    stranger.post("/en/cases/new/appeal/begin/", {"about": answered.number})
    draft = queries.draft_of(actions.hash_secret(stranger.cookies["qinglian_draft"].value))
    assert draft is not None and draft.answers == {"against_number": answered.number}


def test_before_there_is_an_answer_there_is_nothing_to_appeal_against() -> None:
    case = people.chen_asks()
    browser = Client()
    browser.post("/en/cases/track/", {"number": case.number, "code": case.code})
    page = browser.get(f"/en/cases/track/{case.number}/").content.decode()
    assert "/cases/new/appeal/begin/" not in page and "/cases/new/service-complaint/begin/" in page


def test_what_the_matter_keeps_from_the_public_is_kept_from_whoever_follows(
    answered: Case, monkeypatch: pytest.MonkeyPatch
) -> None:
    matter = replace(people.matter(), public=("number", "stage", "turn", "due"))
    monkeypatch.setattr(queries, "matter_of", lambda _case: matter)
    own = queries.case_page(answered, MONDAY, frozenset({"applicant"}), own=True)
    assert (own.title, own.unit, own.handler) == (answered.number, "", "")
    assert [event.action for event in own.events] == ["answer", "lodge"], "not that it was taken up"
    assert own.answer == "不可以。" and own.clocks and not any(event.name for event in own.events)
    staff = queries.case_page(answered, MONDAY, people.li().roles)
    assert staff.title == people.CHEN["title"] and staff.unit and len(staff.events) == 3
    browser = Client()
    browser.post("/en/cases/track/", {"number": answered.number, "code": actions.code_from("chen")})
    page = browser.get(f"/en/cases/track/{answered.number}/").content.decode()
    assert people.CHEN["title"] not in page.split("What you wrote")[0] and "李（示例）" not in page
    assert "Enterprise service centre" not in page


@pytest.mark.parametrize(
    ("decided", "heard"),
    [("service-centre", "zone-authority"), ("zone-authority", "audit"), ("audit", "zone-authority")],
)
def test_an_appeal_is_heard_by_a_unit_that_did_not_decide(answered: Case, decided: str, heard: str) -> None:
    Case.objects.filter(pk=answered.pk).update(unit_holding=decided)
    appeal = lodge("appeal", against_number=answered.number)
    assert appeal.unit_first_id == appeal.unit_holding_id == heard
    clerk = people._post("shi", "施（示例）", heard, "clerk")
    act(appeal.pk, "accept", clerk, MONDAY)
    assert Case.objects.get(pk=appeal.pk).handler_id == clerk.person_id


def test_an_appeal_in_a_complaint_is_shut_to_whom_the_complaint_is_about() -> None:
    """The audit office found out about whom in the authority; then neither of the two hears the appeal."""
    auditor = people._post("han", "韩（示例）", "audit", "clerk")
    about = people._post("li", "李（示例）", "zone-authority", "supervisor")
    complaint = lodge("service-complaint", about_unit="integrity-station", case_known=False)  # type: ignore[arg-type]
    assert complaint.unit_holding_id == "audit"
    act(complaint.pk, "accept", auditor, MONDAY)
    act(complaint.pk, "resolve", auditor, MONDAY, concerns=f"person:{about.person_id}")
    act(complaint.pk, "answer", auditor, MONDAY, answer="属实。")
    appeal = lodge("appeal", "again", against_number=complaint.number)
    assert appeal.unit_holding_id == "integrity-bureau"
    assert {(row.person_id, row.said_by) for row in appeal.concerns.all()} == {(about.person_id, "appealed")}
    people._post("li", "李（示例）", "integrity-bureau", "supervisor")
    people._post("shi", "施（示例）", "integrity-bureau", "clerk")
    pages = {
        name: people.browser(name).get(f"/en/desk/{appeal.number}/").status_code for name in ("li", "shi")
    }
    assert pages == {"li": 404, "shi": 200}
