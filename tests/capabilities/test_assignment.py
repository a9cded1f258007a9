"""Who has a case: with a check that allowed it, and nobody whom a tie binds to who asked."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import translation
from tests import people
from tests.people import MONDAY

from qinglian.capabilities.cases import queries
from qinglian.capabilities.cases.actions import Actor, Stale, assign_case
from qinglian.capabilities.cases.desk_needs import _whom
from qinglian.capabilities.cases.models import Assignment, Case, CaseEvent
from qinglian.capabilities.interests.actions import declare_tie
from qinglian.capabilities.interests.models import ConflictCheck
from qinglian.capabilities.notices.queries import waiting_notices
from qinglian.capabilities.parties.queries import members
from qinglian.faults import Fault

HOUR = timedelta(hours=1)


@pytest.fixture(autouse=True)
def _english() -> Iterator[None]:
    """The kind of a tie is told in the language of whoever asks."""
    with translation.override("en"):
        yield


@pytest.fixture
def case_id(units: None) -> int:
    return people.chen_asks().case_id


def sun() -> Actor:
    return people._post("sun", "孙（示例）", people.UNIT, "clerk")


def tie(actor: Actor, case_id: int, kind: str = "shareholder") -> None:
    declare_tie(actor.person_id or 0, kind, MONDAY, enterprise=Case.objects.get(pk=case_id).applicant_id)


def give(case_id: int, to: Actor, by: Actor) -> None:
    assign_case(case_id, to.person_id or 0, by, Case.objects.get(pk=case_id).ver, MONDAY)


@pytest.mark.django_db
def test_whoever_acts_first_has_the_case_with_the_check_that_allowed_it(case_id: int) -> None:
    li = people.li()
    people.act(case_id, "accept", li, MONDAY)
    given = Assignment.objects.get()
    assert (given.case_id, given.person_id, given.assigned_by_id) == (case_id, li.person_id, li.person_id)
    assert given.conflict_check.outcome == "clear"
    event = CaseEvent.objects.get(action="accept")
    assert event.conflict_check_id == given.conflict_check_id
    people.act(case_id, "answer", li, MONDAY + HOUR)
    assert Assignment.objects.count() == ConflictCheck.objects.count() == 1
    assert queries.case_page(case_id, MONDAY, li.roles).handler == "李（示例）"


@pytest.mark.django_db
def test_a_case_of_an_individual_is_checked_too(units: None) -> None:
    case_id = people.he_asks().case_id
    people.act(case_id, "accept", people.li(), MONDAY)
    assert Assignment.objects.get().conflict_check.enterprises == []


@pytest.mark.django_db
def test_a_tied_clerk_changes_nothing_and_the_refusal_is_kept(case_id: int) -> None:
    li = people.li()
    tie(li, case_id)
    with pytest.raises(Fault, match="you cannot handle this case; on record is: shareholder"):
        people.act(case_id, "accept", li, MONDAY)
    assert Case.objects.get(pk=case_id).state == "received" and not Assignment.objects.exists()
    assert ConflictCheck.objects.get().outcome == "conflict"


@pytest.mark.django_db
def test_a_tie_declared_later_stops_whoever_has_the_case(case_id: int) -> None:
    li = people.li()
    people.act(case_id, "accept", li, MONDAY)
    tie(li, case_id, "creditor")
    with pytest.raises(Fault, match="creditor"):
        people.act(case_id, "answer", li, MONDAY)
    people.act(case_id, "answer", sun(), MONDAY + HOUR)
    assert (
        CaseEvent.objects.get(action="answer").conflict_check_id != Assignment.objects.get().conflict_check_id
    )


@pytest.mark.django_db
def test_another_clerk_acts_with_a_check_of_their_own_and_the_case_stays(case_id: int) -> None:
    people.act(case_id, "accept", people.li(), MONDAY)
    other = sun()
    people.act(case_id, "ask", other, MONDAY)
    checks = dict(
        CaseEvent.objects.exclude(conflict_check=None).values_list("action", "conflict_check__person")
    )
    assert checks == {"accept": people.li().person_id, "ask": other.person_id}
    assert Assignment.objects.get().person_id == people.li().person_id


@pytest.mark.django_db
def test_more_time_is_not_given_by_somebody_with_a_tie(case_id: int) -> None:
    people.act(case_id, "accept", people.li(), MONDAY)
    zhao = people.zhao()
    tie(zhao, case_id, "relative-of-officer")
    with pytest.raises(Fault, match="close relative"):
        people.extend(case_id, zhao, MONDAY)
    assert (
        Assignment.objects.count() == 1 and not CaseEvent.objects.filter(action__startswith="extend").exists()
    )


@pytest.mark.django_db
def test_the_head_gives_a_case_and_whoever_gets_it_is_told(case_id: int) -> None:
    zhao, other = people.zhao(), sun()
    people.act(case_id, "accept", people.li(), MONDAY)
    give(case_id, other, zhao)
    given = Assignment.objects.order_by("-id")[0]
    assert (given.person_id, given.assigned_by_id) == (other.person_id, zhao.person_id)
    assert given.conflict_check.person_id == other.person_id
    assert given.conflict_check.asked_by_id == zhao.person_id
    case = Case.objects.get(pk=case_id)
    assert ("assigned", str(other.person_id)) in waiting_notices(case.number)
    page = queries.case_page(case_id, MONDAY, zhao.roles)
    assert page.handler == "孙（示例）" and page.events[0].given == "孙（示例）" and page.events[0].said == []
    folded, rows = queries.refolded(case.number)
    assert folded.state == rows["state"] == "handling" and case.ver == 3


@pytest.mark.django_db
def test_a_case_is_not_given_to_somebody_with_a_tie_and_only_the_kind_is_told(case_id: int) -> None:
    other = sun()
    tie(other, case_id, "former-employee")
    with pytest.raises(Fault) as caught:
        give(case_id, other, people.zhao())
    assert str(caught.value).startswith(
        "孙（示例） cannot handle this case; on record is: worked there before."
    )
    assert "陈记" not in str(caught.value) and not Assignment.objects.exists()
    assert ConflictCheck.objects.filter(person=other.person_id, outcome="conflict").count() == 1


@pytest.mark.django_db
def test_whoever_gives_a_case_has_no_tie_either(case_id: int) -> None:
    zhao = people.zhao()
    tie(zhao, case_id)
    with pytest.raises(Fault, match="you cannot handle"):
        give(case_id, people.li(), zhao)


@pytest.mark.django_db
def test_only_who_may_gives_and_only_to_people_of_the_unit(case_id: int) -> None:
    li, zhao, other = people.li(), people.zhao(), sun()
    for by in (li, people.wang()):
        with pytest.raises(Fault, match="at this stage"):
            give(case_id, other, by)
    for to in (people.qian(), people.wang()):
        with pytest.raises(Fault, match="no post"):
            give(case_id, to, zhao)
    give(case_id, other, zhao)
    with pytest.raises(Fault, match="has the case already"):
        give(case_id, other, zhao)
    with pytest.raises(Stale):
        assign_case(case_id, li.person_id or 0, zhao, 1, MONDAY)
    assert queries.case_page(case_id, MONDAY, li.roles).handlers == []
    acting = [(li.person_id, "李（示例）"), (zhao.person_id, "赵（示例）")]  # a head asks a second time
    assert queries.case_page(case_id, MONDAY, zhao.roles).handlers == acting


@pytest.mark.django_db
def test_the_database_wants_a_check_for_each_assignment_and_each_check_once(case_id: int) -> None:
    people.act(case_id, "accept", people.li(), MONDAY)
    given = Assignment.objects.get()
    for check in (None, given.conflict_check_id):
        with pytest.raises(IntegrityError), transaction.atomic():
            Assignment.objects.create(
                case_id=case_id, person_id=given.person_id, conflict_check_id=check,
                assigned_by_id=given.person_id, at=MONDAY,
            )  # fmt: skip


@pytest.mark.django_db
def test_the_desk_gives_a_case_with_a_form(case_id: int) -> None:
    people.zhao(), people.li()
    other = sun()
    number = Case.objects.get(pk=case_id).number
    head = people.browser("zhao")
    page = head.get(f"/zh-hans/desk/{number}/").content.decode()
    assert "孙（示例）" in page and "assign-person" in page
    address = f"/zh-hans/desk/{number}/give/person/"
    assert head.post(address, {"assign-seen": 1, "assign-person": ""}).status_code == 422
    assert head.post(address, {"assign-seen": 1, "assign-person": other.person_id}).status_code == 302
    assert "孙（示例）" in head.get(f"/zh-hans/desk/{number}/").content.decode()
    clerk = people.browser("li")
    assert "assign-person" not in clerk.get(f"/zh-hans/desk/{number}/").content.decode()
    assert clerk.post(address, {"assign-seen": 2, "assign-person": other.person_id}).status_code == 404
    assert clerk.get(address).status_code == 302


def test_two_people_of_one_name_are_told_apart(units: None) -> None:
    """In the lists from which a person is chosen, whoever gives a case must know to which of the two."""
    people.li()
    assert [name for _person, name in members([people.UNIT], people.SINCE)] == ["李（示例）"]
    people._post("li2", "李（示例）", people.UNIT, "head")
    people._post("li3", "李（示例）", people.UNIT, "head")
    with translation.override("zh-hant"):
        names = [name for _person, name in members([people.UNIT], people.SINCE)]
        chosen = [label for value, label in _whom(people.SINCE) if value.startswith("person:")]
    assert len(set(names)) == 3 and len(set(chosen)) == 3
    assert "李（示例） · 企業服務中心（示例） · 經辦人" in names
    assert "李（示例） · 企業服務中心（示例） · 單位負責人 · li2" in names


def test_a_shared_name_costs_a_question_only_where_the_posts_are_alike_too(units: None) -> None:
    people.li()
    people._post("li2", "李（示例）", people.UNIT, "head")
    with CaptureQueriesContext(connection) as asked:
        assert len({name for _person, name in members([people.UNIT], people.SINCE)}) == 2
    assert len([each for each in asked if each["sql"].startswith("SELECT")]) == 1
