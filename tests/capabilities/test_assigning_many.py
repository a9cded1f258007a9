"""Many cases given at once: each with a check of its own; what is refused is named, the rest goes through."""

from __future__ import annotations

import pytest
from tests import people
from tests.people import MONDAY

from qinglian.capabilities.cases.assigning import assign_cases
from qinglian.capabilities.cases.models import Assignment, Case
from qinglian.capabilities.cases.sight import Sight
from qinglian.capabilities.interests.actions import declare_tie
from qinglian.capabilities.interests.models import ConflictCheck

pytestmark = pytest.mark.django_db


@pytest.fixture
def four(units: None) -> list[tuple[str, int]]:
    """Cases of four firms."""
    names = [f"甲{n}（示例）有限公司" for n in range(4)]
    return [(people.chen_asks(secret=name, name=name).number, 1) for name in names]


def head() -> Sight:
    return Sight({people.UNIT: frozenset({"head"})}, people.zhao().person_id)


def test_one_tie_stops_one_case_and_the_rest_goes_through(four: list[tuple[str, int]]) -> None:
    li = people.li()
    firm = Case.objects.get(number=four[1][0]).applicant_id
    declare_tie(li.person_id or 0, "creditor", MONDAY, enterprise=firm)
    outcome = assign_cases(four, li.person_id or 0, head(), "赵（示例）", MONDAY)
    assert outcome.given == [four[0][0], four[2][0], four[3][0]]
    [(number, fault)] = outcome.refused
    assert number == four[1][0] and "cannot handle" in str(fault)
    assert set(Case.objects.exclude(handler=None).values_list("number", flat=True)) == set(outcome.given)
    assert Assignment.objects.count() == 3
    assert Assignment.objects.values("conflict_check").distinct().count() == 3
    assert ConflictCheck.objects.filter(outcome="conflict").count() == 1


def test_a_row_that_is_stale_or_out_of_sight_changes_nothing_and_is_named(
    four: list[tuple[str, int]],
) -> None:
    Case.objects.filter(number=four[0][0]).update(unit_holding=people.OTHER_UNIT)
    rows = [four[0], (four[1][0], 7), four[2], ("ZX-2026-999999-9", 1), ("\x00", 1)]
    outcome = assign_cases(rows, people.li().person_id or 0, head(), "赵（示例）", MONDAY)
    assert outcome.given == [four[2][0]]
    said = {number: str(fault) for number, fault in outcome.refused}
    assert said[four[0][0]] == said["ZX-2026-999999-9"] == said["\x00"] != said[four[1][0]]
    assert list(Case.objects.exclude(handler=None).values_list("number", flat=True)) == [four[2][0]]


def test_a_clerk_gives_nothing(four: list[tuple[str, int]]) -> None:
    clerk = Sight({people.UNIT: frozenset({"clerk"})}, people.li().person_id)
    outcome = assign_cases(four, people.li().person_id or 0, clerk, "李（示例）", MONDAY)
    assert not outcome.given and len(outcome.refused) == 4
    assert not Case.objects.exclude(handler=None).exists()


def test_the_head_gives_from_the_list(four: list[tuple[str, int]]) -> None:
    li, client = people.li(), people.browser(_zhao())
    firm = Case.objects.get(number=four[1][0]).applicant_id
    declare_tie(li.person_id or 0, "creditor", MONDAY, enterprise=firm)
    sent = {
        "row": [f"{n}:{v}" for n, v in four[:2]],
        "give-person": li.person_id,
        "back": "show=open&words=甲",
    }
    done = client.post("/zh-hans/desk/give/", sent, follow=True)
    assert done.redirect_chain == [("/zh-hans/desk/?show=open&words=%E7%94%B2", 302)]
    page = done.content.decode()
    assert four[1][0] + ": " in page and "李（示例）" in page
    assert list(Case.objects.exclude(handler=None).values_list("number", flat=True)) == [four[0][0]]
    shown = [f"{n}:{v}" for n, v in four[2:]]
    client.post("/zh-hans/desk/give/", {"shown": shown, "all": "1", "give-person": li.person_id})
    assert Case.objects.exclude(handler=None).count() == 3
    for wrong in ({}, {"row": ["x"]}, {"row": shown, "give-person": ""}, {"row": shown, "give-person": "x"}):
        assert client.post("/zh-hans/desk/give/", wrong).status_code == 302
    assert Case.objects.exclude(handler=None).count() == 3
    assert client.get("/zh-hans/desk/give/").status_code == 302


def test_only_whoever_may_give_is_offered_it(four: list[tuple[str, int]]) -> None:
    people.li(), people.zhao()
    assert "give-person" in people.browser("zhao").get("/en/desk/").content.decode()
    assert "give-person" not in people.browser("li").get("/en/desk/").content.decode()


def _zhao() -> str:
    people.zhao()
    return "zhao"
