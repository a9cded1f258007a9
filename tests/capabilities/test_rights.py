"""Who may do what, how often, and until when; and what nobody may."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth import get_user_model
from django.db import DatabaseError, IntegrityError, connection, transaction
from tests import people
from tests.people import MONDAY

from qinglian.capabilities.access.policies import Reader, staff_in_unit
from qinglian.capabilities.cases import actions, queries, queues
from qinglian.capabilities.cases.models import Case, CaseEvent
from qinglian.capabilities.cases.sight import Sight
from qinglian.capabilities.notices.queries import waiting_notices
from qinglian.capabilities.parties.models import Person
from qinglian.capabilities.parties.queries import staff
from qinglian.capabilities.parties.readers import reader, roles_by_unit
from qinglian.faults import Fault

HOUR = timedelta(hours=1)
Parallel = Callable[[list[Callable[[], Any]]], list[Any]]


@pytest.fixture
def case_id(units: None) -> int:
    return people.he_asks().case_id


@pytest.fixture
def in_hand(case_id: int) -> int:
    people.act(case_id, "accept", people.li(), MONDAY + HOUR)
    return case_id


@pytest.mark.django_db
@pytest.mark.parametrize("who", [people.wang, people.zhao, lambda: actions.APPLICANT, lambda: actions.SYSTEM])
def test_only_the_case_officer_takes_up_and_answers(in_hand: int, who: Callable[[], actions.Actor]) -> None:
    with pytest.raises(Fault):
        people.act(in_hand, "answer", who(), MONDAY + HOUR)
    assert "answer" not in {a.id for a in queries.case_page(in_hand, MONDAY, who().roles).actions}


@pytest.mark.django_db
def test_the_unit_cannot_act_for_the_applicant(in_hand: int) -> None:
    for action in ("withdraw", "supply", "close", "reopen"):
        with pytest.raises(Fault):
            people.act(in_hand, action, people.li(), MONDAY + HOUR)


@pytest.mark.django_db
def test_what_is_missing_is_asked_once(in_hand: int) -> None:
    people.act(in_hand, "ask", people.li(), MONDAY + 2 * HOUR)
    people.act(in_hand, "supply", actions.APPLICANT, MONDAY + 3 * HOUR)
    with pytest.raises(Fault):
        people.act(in_hand, "ask", people.li(), MONDAY + 4 * HOUR)
    assert "ask" not in {a.id for a in queries.case_page(in_hand, MONDAY, people.li().roles).actions}


@pytest.mark.django_db
def test_a_case_is_reopened_once(in_hand: int) -> None:
    people.act(in_hand, "answer", people.li(), MONDAY + 2 * HOUR)
    people.act(in_hand, "reopen", actions.APPLICANT, MONDAY + 3 * HOUR)
    people.act(in_hand, "answer", people.li(), MONDAY + 4 * HOUR)
    with pytest.raises(Fault):
        people.act(in_hand, "reopen", actions.APPLICANT, MONDAY + 5 * HOUR)


@pytest.mark.django_db
@pytest.mark.parametrize("said", ["", " \n\t", "\u3000"])
def test_an_action_says_what_it_must(in_hand: int, said: str) -> None:
    with pytest.raises(Fault, match="answer"):
        people.act(in_hand, "answer", people.li(), MONDAY + HOUR, answer=said)


@pytest.mark.django_db
def test_the_head_extends_once_with_a_reason_before_the_due_moment(in_hand: int) -> None:
    due = Case.objects.get(pk=in_hand).due
    assert due is not None
    for who in (people.li, people.wang, lambda: actions.APPLICANT):
        with pytest.raises(Fault):
            people.extend(in_hand, who(), MONDAY + HOUR)
    with pytest.raises(Fault, match="reason"):
        people.extend(in_hand, people.zhao(), MONDAY + HOUR, reason="  ")
    people.extend(in_hand, people.zhao(), due)
    assert Case.objects.get(pk=in_hand).due == due + timedelta(days=7)  # five working days more
    assert ("extended", "he@example.com") in waiting_notices(Case.objects.get(pk=in_hand).number)
    with pytest.raises(Fault, match="as often as"):
        people.extend(in_hand, people.zhao(), due)


@pytest.mark.django_db
def test_a_deadline_that_has_passed_is_not_extended(in_hand: int) -> None:
    due = Case.objects.get(pk=in_hand).due
    assert due is not None
    with pytest.raises(Fault, match="passed"):
        people.extend(in_hand, people.zhao(), due + timedelta(seconds=1))
    assert not queries.case_page(in_hand, due + timedelta(seconds=1), people.zhao().roles).extendable
    assert queries.overdue_cases(due) == [] and len(queries.overdue_cases(due + timedelta(seconds=1))) == 1


@pytest.mark.django_db
def test_a_deadline_that_the_matter_does_not_extend_is_not_extended(case_id: int) -> None:
    with pytest.raises(Fault):
        people.extend(case_id, people.zhao(), MONDAY, rule="accept-in")


@pytest.mark.django_db
def test_another_unit_sees_no_such_case(case_id: int) -> None:
    number = Case.objects.get(pk=case_id).number
    qian = people.qian()
    assert qian.roles == {"clerk"}
    client = people.browser("qian")
    mine = client.get(f"/en/desk/{number}/")
    none = client.get("/en/desk/ZX-2026-999999-9/")
    assert mine.status_code == none.status_code == 404
    assert _bare(mine.content, number) == _bare(none.content, "ZX-2026-999999-9")
    acted = client.post(f"/en/desk/{number}/accept/", {"accept-seen": 1})
    assert acted.status_code == 404 and Case.objects.get(pk=case_id).state == "received"
    assert number not in client.get("/en/desk/").content.decode()


def _bare(page: bytes, number: str) -> str:
    """A page without the address that was asked for and without its one-time marks."""
    return re.sub(r'value="\w{64}"', "", page.decode().replace(number, ""))


@pytest.mark.django_db
def test_a_post_above_sees_the_units_below(case_id: int) -> None:
    above = people._post("sun", "孙（示例）", "zone-authority", "supervisor")
    assert above.roles == {"supervisor"}
    number = Case.objects.get(pk=case_id).number
    thing = queries.held_case(number)
    assert thing is not None and thing.case_id == case_id
    assert staff_in_unit().thing.test(_reader("sun"), thing)  # type: ignore[union-attr]
    people.qian()
    assert not staff_in_unit().thing.test(_reader("qian"), thing)  # type: ignore[union-attr]
    assert queues.desk(Sight(roles_by_unit(_reader("sun").roles)), "open", MONDAY).rows
    assert not queues.desk(Sight(roles_by_unit(_reader("qian").roles)), "open", MONDAY).rows


def _reader(username: str) -> Reader:
    return reader(get_user_model().objects.get(username=username), None, MONDAY.date())


@pytest.mark.django_db
def test_a_post_ends_with_its_last_day() -> None:
    people.units()
    people.li()
    person = Person.objects.get(user__username="li")
    person.posts.update(until=MONDAY.date())
    assert person.user is not None
    assert staff(person.user, MONDAY.date()) is not None
    assert staff(person.user, MONDAY.date() + timedelta(days=1)) is None
    assert staff(person.user, people.SINCE - timedelta(days=1)) is None
    assert staff(people.outsider(), MONDAY.date()) is None


@pytest.mark.django_db
@pytest.mark.parametrize(
    "sql",
    [
        "UPDATE cases_caseevent SET to_state = 'closed'",
        "UPDATE cases_caseevent SET at = at",
        "DELETE FROM cases_caseevent",
    ],
)
def test_the_database_itself_refuses_to_change_an_event(case_id: int, sql: str) -> None:
    with (
        pytest.raises(DatabaseError, match="append-only"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(sql)
    assert CaseEvent.objects.get().to_state == "received"


@pytest.mark.django_db
def test_an_event_of_staff_names_a_person(case_id: int) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        CaseEvent.objects.create(
            case_id=case_id, seq=9, action="accept", to_state="handling", actor="staff", at=MONDAY
        )


@pytest.mark.django_db
def test_whoever_read_an_older_page_changes_nothing(case_id: int) -> None:
    people.act(case_id, "accept", people.li(), MONDAY)
    with pytest.raises(actions.Stale):
        actions.act_on_case(case_id, "ask", people.li(), 1, people.SAYS, MONDAY)
    with pytest.raises(actions.Stale):
        actions.extend_clock(case_id, "answer-in", people.zhao(), 1, "late", MONDAY)
    assert CaseEvent.objects.count() == 2


def test_of_two_at_once_one_wins_and_the_other_is_told(committed: None, at_once: Parallel) -> None:
    li, he = people.li(), actions.APPLICANT
    for i in range(4):
        case_id = people.chen_asks(secret=f"at once {i}").case_id
        deeds = [("accept", li), ("withdraw", he), ("ask", li)]
        results = at_once(
            [
                lambda a=action, w=who, c=case_id: actions.act_on_case(c, a, w, 1, people.SAYS, MONDAY)
                for action, who in deeds
            ]
        )
        assert sorted(map(str, results)).count("None") == 1, results
        assert sum(isinstance(each, actions.Stale) for each in results) == 2, results
        case = Case.objects.get(pk=case_id)
        assert case.ver == case.events.count() == 2
        assert queries.refolded(case.number)[0].state == case.state


def test_of_two_extensions_at_once_one_counts(committed: None, at_once: Parallel) -> None:
    zhao = people.zhao()
    case_id = people.chen_asks().case_id
    people.act(case_id, "accept", people.li(), MONDAY)
    deed = [lambda: actions.extend_clock(case_id, "answer-in", zhao, 2, "核对", MONDAY)] * 2
    results = at_once(deed)
    assert sorted(isinstance(each, actions.Stale) for each in results) == [False, True]
    assert CaseEvent.objects.filter(case=case_id, action="extend:answer-in").count() == 1
