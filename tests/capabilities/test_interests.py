"""Ties that somebody declares, the ways they lead to an enterprise, and what a check keeps of them."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.db import IntegrityError, transaction
from django.test import Client
from tests import people
from tests.people import MONDAY

from qinglian.capabilities.interests import actions, queries
from qinglian.capabilities.interests.models import ConflictCheck, DeclaredTie, TieKind
from qinglian.capabilities.interests.queries import Step
from qinglian.capabilities.parties.actions import state_enterprise
from qinglian.faults import Fault

DAY = MONDAY.date()
CODE = "91350100M000100Y43"


@pytest.fixture
def li(units: None) -> int:
    return people.li().person_id or 0


@pytest.fixture
def firm(units: None) -> int:
    return state_enterprise("CN", "", "陈记茶业（示例）有限公司", MONDAY)


def speaks(person: str, enterprise: int) -> None:
    user = people.get_user_model().objects.get(username=person)
    people.may_speak(enterprise, people.wang(), since=DAY, user=user.pk)


@pytest.mark.django_db
def test_without_a_tie_nothing_stands_in_the_way(li: int, firm: int) -> None:
    assert queries.conflicts(li, [firm], DAY) == [] and queries.conflicts(li, [], DAY) == []


@pytest.mark.django_db
def test_a_declared_tie_counts_from_its_first_day_to_its_last(li: int, firm: int) -> None:
    tie = actions.declare_tie(
        li, "shareholder", MONDAY, enterprise=firm, since=DAY, until=DAY + timedelta(days=5)
    )
    found = {n: queries.conflicts(li, [firm], DAY + timedelta(days=n)) for n in (-1, 0, 5, 6)}
    assert found == {-1: [], 0: [(Step("shareholder", firm, tie=tie),)], 5: found[0], 6: []}
    assert queries.conflicts(people.wang().person_id or 0, [firm], DAY) == []


@pytest.mark.django_db
def test_a_tie_is_found_through_a_chain_of_merges(li: int, firm: int) -> None:
    wang = people.wang().person_id or 0
    second, third = (state_enterprise("CN", "", f"陈记{n}（示例）", MONDAY) for n in (2, 3))
    for keep, drop in ((second, third), (firm, second)):
        actions.confirm_merge(actions.merge_enterprises(keep, drop, li, "同一家", MONDAY), wang, MONDAY)
    tie = actions.declare_tie(li, "officer", MONDAY, enterprise=third)
    assert queries.conflicts(li, [firm], DAY) == [(Step("officer", third, tie=tie), Step("merged", firm))]


@pytest.mark.django_db
def test_a_tie_is_found_by_a_number_that_both_state(li: int) -> None:
    tied = state_enterprise("CN", CODE, "陈记（示例）", MONDAY)
    asked = state_enterprise("CN", CODE.lower(), "陈记茶业（示例）", MONDAY)
    tie = actions.declare_tie(li, "creditor", MONDAY, enterprise=tied)
    assert queries.conflicts(li, [asked], DAY) == [(Step("creditor", tied, tie=tie), Step("number", asked))]


@pytest.mark.django_db
def test_whoever_speaks_for_an_enterprise_is_tied_to_it_without_declaring(li: int, firm: int) -> None:
    speaks("li", firm)
    assert queries.conflicts(li, [firm], DAY) == [(Step("representative", firm),)]


@pytest.mark.django_db
def test_a_tie_to_a_colleague_counts_where_the_colleague_speaks(li: int, firm: int) -> None:
    zhao = people.zhao().person_id or 0
    tie = actions.declare_tie(li, "close-relative", MONDAY, other=zhao)
    assert queries.conflicts(li, [firm], DAY) == []
    speaks("zhao", firm)
    assert queries.conflicts(li, [firm], DAY) == [
        (Step("close-relative", person=zhao, tie=tie), Step("representative", firm))
    ]


@pytest.mark.django_db
def test_a_check_is_kept_whichever_way_it_went_with_ids_and_no_names(li: int, firm: int) -> None:
    clear = actions.check_conflicts(li, [firm], DAY, MONDAY)
    actions.declare_tie(li, "shareholder", MONDAY, enterprise=firm)
    hit = actions.check_conflicts(li, [firm], DAY, MONDAY, people.zhao().person_id)
    assert (clear.clear, hit.clear, hit.kinds) == (True, False, ("shareholder",))
    row = ConflictCheck.objects.get(pk=hit.id)
    assert (row.outcome, row.enterprises, len(row.paths)) == ("conflict", [firm], 1)
    assert set(row.paths[0][0]) == {"by", "enterprise", "tie"}
    assert [each.outcome for each in queries.checks_of(li)] == ["conflict", "clear"]


@pytest.mark.django_db
def test_what_is_no_tie_is_refused(li: int, firm: int) -> None:
    zhao = people.zhao().person_id or 0
    for kind, named, said in [
        ("friend", {"enterprise": firm}, "none of"),
        ("shareholder", {"other": zhao}, "as its kind says"),
        ("close-relative", {"enterprise": firm}, "as its kind says"),
        ("shareholder", {}, "as its kind says"),
        ("close-relative", {"other": li}, "themselves"),
        ("officer", {"enterprise": firm, "since": DAY, "until": DAY - timedelta(days=1)}, "before the first"),
    ]:
        with pytest.raises(Fault, match=said):
            actions.declare_tie(li, kind, MONDAY, **named)  # type: ignore[arg-type]
    for wrong in (
        {"kind": "close-relative", "enterprise_id": firm},
        {"kind": "shareholder", "other_id": zhao},
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            DeclaredTie.objects.create(person_id=li, declared_at=MONDAY, **wrong)


@pytest.mark.django_db
def test_a_tie_is_ended_by_its_own_person_and_never_made_longer(li: int, firm: int) -> None:
    tie = actions.declare_tie(li, "shareholder", MONDAY, enterprise=firm, since=DAY)
    with pytest.raises(Fault, match="no tie of yours"):
        actions.end_tie(tie, people.zhao().person_id or 0, DAY)
    actions.end_tie(tie, li, DAY + timedelta(days=3))
    for until in (DAY + timedelta(days=4), DAY - timedelta(days=1)):
        with pytest.raises(Fault, match="not made longer"):
            actions.end_tie(tie, li, until)
    assert [each.counts for each in queries.ties_of(li, DAY + timedelta(days=4))] == [False]


@pytest.mark.django_db
def test_the_page_shows_ones_own_ties_alone(li: int, firm: int) -> None:
    zhao = people.zhao().person_id or 0
    actions.declare_tie(zhao, "shareholder", MONDAY, enterprise=firm)
    client = people.browser("li")
    page = client.get("/zh-hans/ties/").content.decode()
    assert "陈记茶业" not in page
    answer = client.post(
        "/zh-hans/ties/",
        {"kind": "officer", "place": "CN", "name": "陈记茶业（示例）有限公司", "since": "2026-01-05"},
    )
    assert answer.status_code == 302
    tie = DeclaredTie.objects.get(person=li)
    assert (tie.kind, tie.enterprise_id, tie.since) == ("officer", firm, date(2026, 1, 5))
    assert "陈记茶业" in client.get("/zh-hans/ties/").content.decode()
    wrong = client.post(
        "/en/ties/", {"kind": "officer", "place": "CN", "name": "x\x07", "number": CODE[:-1] + "4"}
    )
    text = wrong.content.decode()
    assert wrong.status_code == 422 and "check character" in text and "invisible" in text
    other = DeclaredTie.objects.get(person=zhao)
    client.post(f"/en/ties/{other.pk}/end/")
    client.post(f"/en/ties/{tie.pk}/end/")
    assert DeclaredTie.objects.get(pk=other.pk).until is None and DeclaredTie.objects.get(pk=tie.pk).until


@pytest.mark.django_db
def test_the_page_is_for_staff(units: None) -> None:
    assert Client().get("/en/ties/").status_code == 302


def test_every_kind_has_its_words() -> None:
    assert all(str(queries.kind_label(kind)) for kind in [*TieKind.values, queries.REPRESENTATIVE])
