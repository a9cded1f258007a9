"""Two rows that are one enterprise, what is posted about it, and who may speak for it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from tests import people
from tests.people import MONDAY

from qinglian.capabilities.interests import actions as interests
from qinglian.capabilities.interests.models import ConflictCheck, DeclaredTie
from qinglian.capabilities.parties import actions, queries
from qinglian.capabilities.parties.identifiers import check_character
from qinglian.capabilities.parties.models import Enterprise, MergeProposal, Representative, StandingMark
from qinglian.faults import Fault
from qinglian.zone.current import current

LATER = MONDAY + timedelta(hours=1)
DAY = MONDAY.date()
Parallel = Callable[[list[Callable[[], Any]]], list[Any]]


def state(name: str, number: str = "") -> int:
    return actions.state_enterprise("CN", number, name, MONDAY)


@pytest.fixture
def three(units: None) -> tuple[int, int, int]:
    return state("青禾（示例）"), state("青禾贸易（示例）"), state("青禾商贸（示例）")


def merge(keep: int, drop: int) -> int:
    proposal = interests.merge_enterprises(keep, drop, people.li().person_id or 0, "同一家", MONDAY)
    interests.confirm_merge(proposal, people.wang().person_id or 0, LATER)
    return proposal


@pytest.mark.django_db
def test_a_merge_waits_for_somebody_else(three: tuple[int, int, int]) -> None:
    keep, drop, _other = three
    li, wang = people.li().person_id or 0, people.wang().person_id or 0
    proposal = interests.merge_enterprises(keep, drop, li, "同一家", MONDAY)
    assert Enterprise.objects.get(pk=drop).merged_into_id is None
    assert [each.id for each in queries.merges(waiting=True)] == [proposal]
    with pytest.raises(Fault, match="somebody else"):
        interests.confirm_merge(proposal, li, LATER)
    interests.confirm_merge(proposal, wang, LATER)
    assert queries.enterprise(drop).id == keep
    with pytest.raises(Fault, match="decided already"):
        interests.decline_merge(proposal, wang, LATER)


@pytest.mark.django_db
def test_the_database_itself_wants_two_people(three: tuple[int, int, int]) -> None:
    li = people.li().person_id or 0
    proposal = interests.merge_enterprises(three[0], three[1], li, "同一家", MONDAY)
    row = MergeProposal.objects.filter(pk=proposal)
    check = row.values_list("proposed_check", flat=True).get()
    for change in (
        {"outcome": "confirmed", "decided_by": li, "decided_at": LATER, "decided_check": check},
        {"outcome": "confirmed", "decided_by": people.wang().person_id, "decided_at": LATER},  # unchecked
        {"outcome": "confirmed"},
        {"proposed_check": None},
        {"decided_by": people.wang().person_id},
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            row.update(**change)


@pytest.mark.django_db
def test_whom_a_tie_binds_to_either_neither_proposes_nor_decides(three: tuple[int, int, int]) -> None:
    keep, drop, _other = three
    li, wang, zhao = (getattr(people, who)().person_id or 0 for who in ("li", "wang", "zhao"))
    interests.declare_tie(li, "shareholder", MONDAY, enterprise=drop)
    interests.declare_tie(wang, "officer", MONDAY, enterprise=keep)
    with pytest.raises(Fault, match="on record is: "):
        interests.merge_enterprises(keep, drop, li, "同一家", MONDAY)
    assert not MergeProposal.objects.exists()
    assert list(ConflictCheck.objects.values_list("person", "outcome")) == [(li, "conflict")]  # it stays told
    proposal = interests.merge_enterprises(keep, drop, zhao, "同一家", MONDAY)
    for decide in (interests.confirm_merge, interests.decline_merge):
        for who in (wang, li):
            with pytest.raises(Fault, match="on record is"):
                decide(proposal, who, LATER)
    assert MergeProposal.objects.get().outcome == ""
    interests.end_tie(_tie_of(wang), wang, DAY - timedelta(days=1))
    interests.confirm_merge(proposal, wang, LATER)
    row = MergeProposal.objects.get()
    for check, person in ((row.proposed_check_id, zhao), (row.decided_check_id, wang)):
        found = ConflictCheck.objects.get(pk=check)
        assert (found.person_id, found.outcome, found.enterprises) == (person, "clear", [keep, drop])


def _tie_of(person: int) -> int:
    return DeclaredTie.objects.values_list("pk", flat=True).get(person=person)


@pytest.mark.django_db
def test_a_chain_of_merges_is_followed_and_no_row_is_lost(three: tuple[int, int, int]) -> None:
    first, second, third = three
    merge(second, third)
    merge(first, second)
    assert {queries.enterprise(each).id for each in three} == {first}
    assert queries.enterprise(third).rows == frozenset(three)
    assert queries.same_enterprise(third) == {third: "itself", second: "merged", first: "merged"}
    assert Enterprise.objects.count() == 3


@pytest.mark.django_db
def test_an_undo_is_a_new_proposal_and_leaves_the_trace(three: tuple[int, int, int]) -> None:
    keep, drop, _other = three
    done = merge(keep, drop)
    li, wang = people.li().person_id or 0, people.wang().person_id or 0
    undo = interests.undo_merge(done, wang, "两家", LATER)
    with pytest.raises(Fault, match="somebody else"):
        interests.confirm_merge(undo, wang, LATER)
    interests.confirm_merge(undo, li, LATER)
    assert queries.enterprise(drop).id == drop and queries.enterprise(drop).status == "stated"
    assert [each.undoes for each in queries.merges(waiting=False)].count(done) == 1
    with pytest.raises(Fault, match="stands"):
        interests.undo_merge(done, wang, "again", LATER)
    merge(keep, drop)  # and it may be merged anew
    assert queries.enterprise(drop).id == keep
    with pytest.raises(Fault, match="stands"):
        interests.undo_merge(done, wang, "the old one", LATER)


@pytest.mark.django_db
def test_what_cannot_be_merged_is_refused_with_the_reason(three: tuple[int, int, int]) -> None:
    first, second, third = three
    li = people.li().person_id or 0
    merge(first, second)
    shop = "92000000MA5000001"
    one_person = state("青禾小店（示例）", shop + check_character(shop))
    for keep, drop, reason, said in [
        (first, first, "同一家", "itself"),
        (third, second, "同一家", "merged into"),
        (second, third, "同一家", f"into {first}"),
        (first, third, "  ", "reason"),
        (first, 999_999, "同一家", "no enterprise 999999"),
        (first, one_person, "同一家", "individual"),
    ]:
        with pytest.raises(Fault, match=said):
            interests.merge_enterprises(keep, drop, li, reason, MONDAY)
    interests.merge_enterprises(first, third, li, "同一家", MONDAY)
    with pytest.raises(Fault, match="waits already"):
        interests.merge_enterprises(first, third, li, "同一家", MONDAY)


@pytest.mark.django_db
def test_a_declined_merge_changes_nothing(three: tuple[int, int, int]) -> None:
    proposal = interests.merge_enterprises(three[0], three[1], people.li().person_id or 0, "同一家", MONDAY)
    interests.decline_merge(proposal, people.wang().person_id or 0, LATER)
    assert queries.enterprise(three[1]).id == three[1]
    with pytest.raises(Fault, match="stands"):
        interests.undo_merge(proposal, people.li().person_id or 0, "x", LATER)


def test_two_crossing_merges_at_once_make_no_circle(committed: None, at_once: Parallel) -> None:
    li, wang = people.li().person_id or 0, people.wang().person_id or 0
    a, b = state("甲（示例）"), state("乙（示例）")
    one = interests.merge_enterprises(a, b, li, "同一家", MONDAY)
    two = interests.merge_enterprises(b, a, li, "同一家", MONDAY)
    results = at_once(
        [lambda: interests.confirm_merge(one, wang, LATER), lambda: interests.confirm_merge(two, wang, LATER)]
    )
    assert sorted(isinstance(each, Fault) for each in results) == [False, True], results
    assert queries.enterprise(a).id == queries.enterprise(b).id


@pytest.fixture
def month(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    zone = replace(current(), standing_days={"class-a": 30})
    monkeypatch.setattr("qinglian.zone.current._zone", zone)
    yield


def post(
    party: int, kind: str = "class-a", as_of: date = DAY, until: date | None = None, event: str = "c-1"
) -> None:
    actions.post_standing(party, kind, as_of, until, "深圳经济特区社会信用条例 第五十六条", event)


def states(party: int, on: date) -> dict[str, str]:
    return {each.kind: each.state for each in queries.standing(party, on)}


@pytest.mark.django_db
def test_a_mark_holds_from_its_day_to_its_last(three: tuple[int, int, int], month: None) -> None:
    post(three[0], until=DAY + timedelta(days=10))
    days = {n: states(three[0], DAY + timedelta(days=n)) for n in (-1, 0, 10, 11)}
    assert days == {-1: {}, 0: {"class-a": "holds"}, 10: {"class-a": "holds"}, 11: {}}


@pytest.mark.django_db
def test_an_old_mark_or_one_the_pack_does_not_know_is_unknown(
    three: tuple[int, int, int], month: None
) -> None:
    post(three[0])
    post(three[0], "class-b", event="c-2")
    assert states(three[0], DAY + timedelta(days=30)) == {"class-a": "holds", "class-b": "unknown"}
    assert states(three[0], DAY + timedelta(days=31)) == {"class-a": "unknown", "class-b": "unknown"}


@pytest.mark.django_db
def test_the_newest_mark_rules_and_a_lift_ends_it_the_same_day(
    three: tuple[int, int, int], month: None
) -> None:
    post(three[0], until=DAY + timedelta(days=90))
    post(three[0], as_of=DAY + timedelta(days=5), until=DAY + timedelta(days=6), event="c-2")
    assert states(three[0], DAY + timedelta(days=7)) == {}
    assert states(three[0], DAY + timedelta(days=4)) == {"class-a": "holds"}
    actions.lift_standing(three[0], "class-a", DAY + timedelta(days=6), "第五十一条", "c-3")
    assert states(three[0], DAY + timedelta(days=6)) == {}


@pytest.mark.django_db
def test_the_same_event_is_one_mark_and_never_another(three: tuple[int, int, int]) -> None:
    post(three[0])
    post(three[0])
    assert StandingMark.objects.count() == 1
    with pytest.raises(Fault, match="never changed"):
        post(three[0], until=DAY)
    with pytest.raises(Fault, match="never changed"):
        post(three[1])
    with pytest.raises(Fault, match="basis"):
        actions.post_standing(three[0], "class-a", DAY, None, " ", "c-9")


@pytest.mark.django_db
def test_a_mark_follows_a_merge(three: tuple[int, int, int], month: None) -> None:
    post(three[1])
    merge(three[0], three[1])
    assert states(three[0], DAY) == states(three[1], DAY) == {"class-a": "holds"}


@pytest.mark.django_db
def test_nothing_is_posted_about_a_natural_person(units: None) -> None:
    body = "92000000MA5000001"
    shop = state("青禾小店（示例）", body + check_character(body))
    with pytest.raises(Fault, match="organisations"):
        post(shop)
    with pytest.raises(IntegrityError), transaction.atomic():
        StandingMark.objects.create(
            enterprise_id=shop, organisation=False, kind="class-a", as_of=DAY, basis="x", event="c-1"
        )


@pytest.mark.django_db
def test_a_representative_is_an_account_or_sealed_and_the_document_is_a_hash(
    three: tuple[int, int, int],
) -> None:
    li, user = people.li(), people.outsider()
    pk = people.may_speak(three[0], li, since=DAY, user=user.pk)
    row = Representative.objects.get(pk=pk)
    assert row.proof_hash == actions.hash_document("ａ1") and "A-1" not in row.proof_hash
    assert people.may_speak(three[0], li, since=DAY, sealed="envelope-1") != pk
    for wrong in ({}, {"user": user.pk, "sealed": "envelope-1"}):
        with pytest.raises(Fault, match="one of the two"):
            people.may_speak(three[0], li, since=DAY, **wrong)
    with pytest.raises(Fault, match="already; end that first"):
        people.may_speak(three[0], li, since=DAY, user=user.pk)
    with pytest.raises(IntegrityError), transaction.atomic():
        Representative.objects.filter(pk=pk).update(sealed="both")
    end = lambda days: interests.end_representation(  # noqa: E731
        three[0], pk, DAY + timedelta(days=days), li.person_id or 0, MONDAY
    )
    end(1)
    with pytest.raises(Fault, match="not made longer"):
        end(2)
    with pytest.raises(IntegrityError), transaction.atomic():
        Representative.objects.filter(pk=pk).update(ended_check=None)


@pytest.mark.django_db
def test_staff_who_may_speak_for_an_enterprise_are_found_while_they_may(three: tuple[int, int, int]) -> None:
    li = people.li()
    user = people.get_user_model().objects.get(username="li")
    pk = people.may_speak(three[0], people.wang(), since=DAY, user=user.pk)
    assert queries.representatives(list(three), DAY) == [(three[0], li.person_id)]
    assert queries.representatives(list(three), DAY - timedelta(days=1)) == []
    wang = people.wang().person_id or 0
    interests.end_representation(three[0], pk, DAY, wang, MONDAY)
    assert queries.representatives(list(three), DAY + timedelta(days=1)) == []
