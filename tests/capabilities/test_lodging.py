"""A case begins whole or not at all."""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import Any

import pytest
from django.apps import apps
from tests import people
from tests.people import MONDAY

from qinglian.capabilities.cases import actions, queries
from qinglian.capabilities.cases.draft_terms import DRAFT_KEPT
from qinglian.capabilities.cases.models import Case, Draft
from qinglian.capabilities.cases.rules import kept_answers
from qinglian.capabilities.notices.queries import waiting_notices
from qinglian.capabilities.parties.models import Enterprise, Identifier
from qinglian.faults import Fault


@pytest.mark.django_db
def test_row_event_clocks_and_notices_appear_together(units: None) -> None:
    lodged = people.he_asks()
    case = Case.objects.get(pk=lodged.case_id)
    assert (case.state, case.turn, case.open, case.ver) == ("received", "unit", True, 1)
    assert [(e.seq, e.action, e.actor) for e in case.events.all()] == [(1, "lodge", "applicant")]
    clock = case.clocks.get()
    assert (clock.rule, clock.run, clock.running) == ("accept-in", 1, True)
    assert clock.due == case.due == MONDAY.replace(day=3, hour=23, minute=59, second=59)
    assert waiting_notices(case.number) == [("lodged", "he@example.com"), ("lodged", people.UNIT)]


@pytest.mark.django_db
def test_without_an_address_only_the_unit_is_told(units: None) -> None:
    assert waiting_notices(people.chen_asks().number) == [("lodged", people.UNIT)]


def _everything() -> dict[str, list[Any]]:
    """Every row of every table of the platform, the log's too."""
    kept = [model for model in apps.get_models() if model.__module__.startswith("qinglian.")]
    return {model._meta.label: list(model.objects.order_by("pk").values()) for model in kept}


def _breaks(monkeypatch: pytest.MonkeyPatch, step: str) -> None:
    def broken(*_given: Any, **_named: Any) -> None:
        raise RuntimeError("this step broke")

    rooms = [room for name, room in sys.modules.items() if name.startswith("qinglian.capabilities.cases.")]
    used = [room for room in rooms if hasattr(room, step)]
    assert used
    for room in used:
        monkeypatch.setattr(room, step, broken)


@pytest.mark.django_db
@pytest.mark.parametrize(
    "step", ["next_number", "_version", "write_event", "write_clocks", "tell", "queue_notice"]
)
def test_nothing_remains_when_a_step_breaks(units: None, monkeypatch: pytest.MonkeyPatch, step: str) -> None:
    secret = people.chen_fills_in()
    before = _everything()
    _breaks(monkeypatch, step)
    with pytest.raises(RuntimeError):
        actions.lodge_draft(secret, "zh-hans", MONDAY)
    assert _everything() == before


@pytest.mark.django_db
@pytest.mark.parametrize("step", ["write_event", "write_clocks", "tell"])
def test_an_action_that_breaks_leaves_the_case_as_it_was(
    units: None, monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    case_id, li = people.he_asks().case_id, people.li()
    before = _everything()
    _breaks(monkeypatch, step)
    with pytest.raises(RuntimeError):
        people.act(case_id, "accept", li, MONDAY)
    assert _everything() == before


@pytest.mark.django_db
def test_a_lodged_draft_keeps_no_answers_and_answers_the_same(units: None) -> None:
    secret = people.chen_fills_in()
    first = actions.lodge_draft(secret, "zh-hans", MONDAY)
    assert actions.lodge_draft(secret, "en", MONDAY) == first
    assert Draft.objects.get().answers == {} and Case.objects.get().language == "zh-hans"
    assert queries.tracked_case(first.number, queries.lodged_code(secret)) == first.case_id


@pytest.mark.django_db
def test_a_hidden_answer_is_absent_not_empty(units: None) -> None:
    lodged = people.chen_asks(side="HK", email="")
    answers = Case.objects.get(pk=lodged.case_id).answers
    assert "side" not in answers and "email" not in answers
    shown = queries.case_page(lodged.case_id, MONDAY, frozenset()).answers
    assert "side" not in {field.key for field, _value in shown}


@pytest.mark.django_db
def test_an_individual_becomes_no_enterprise(units: None) -> None:
    lodged = people.he_asks(regno="12345678")
    case = Case.objects.get(pk=lodged.case_id)
    assert case.applicant is None and "regno" not in case.answers and not Enterprise.objects.exists()


@pytest.mark.django_db
@pytest.mark.parametrize("gone", ["title", "name", "topic"])
def test_a_required_answer_that_is_missing_is_named(units: None, gone: str) -> None:
    with pytest.raises(Fault) as caught:
        people.chen_asks(**{gone: ""})
    assert gone in str(caught.value)
    assert not Case.objects.exists()


@pytest.mark.django_db
def test_a_conditional_answer_is_required_once_it_is_asked(units: None) -> None:
    with pytest.raises(Fault, match="side"):
        people.he_asks(side="")


@pytest.mark.django_db
def test_the_same_enterprise_stated_twice_is_one_row(units: None) -> None:
    people.chen_asks(regno="91440300ma5example")
    people.chen_asks(regno=" ９１４４０３００ＭＡ５ＥＸＡＭＰＬＥ ")
    assert Identifier.objects.get(enterprise=Enterprise.objects.get()).value == "91440300MA5EXAMPLE"


@pytest.mark.django_db
def test_a_name_that_grows_in_normal_form_is_still_lodged(units: None) -> None:
    people.chen_asks(name="\ufdfa" * 120, regno="\ufdfa" * 40)  # each sign is 18 in normal form
    assert Enterprise.objects.count() == 1


@pytest.mark.django_db
def test_a_draft_older_than_a_day_is_gone(units: None) -> None:
    secret = people.chen_fills_in()
    actions.begin_draft("consultation", MONDAY + DRAFT_KEPT + DRAFT_KEPT)
    assert queries.draft_of(actions.hash_secret(secret)) is None


def test_kept_answers_follow_the_path() -> None:
    matter = people.matter()
    everything = people.HE | {"regno": "1", "phone": "none such"}
    assert kept_answers(matter, everything) == people.HE
    assert "regno" in kept_answers(matter, everything | {"kind": "enterprise"})


Parallel = Callable[[list[Callable[[], Any]]], list[Any]]


def test_one_draft_sent_twice_at_once_is_one_case(committed: None, at_once: Parallel) -> None:
    for _again in range(3):
        secret = people.chen_fills_in()
        results = at_once([lambda: actions.lodge_draft(secret, "zh-hans", MONDAY)] * 2)  # noqa: B023
        assert results[0] == results[1], results
    assert Case.objects.count() == 3


def test_numbers_given_at_once_have_no_double_and_no_gap(committed: None, at_once: Parallel) -> None:
    asks = [lambda i=i: people.chen_asks(secret=f"s{i}") for i in range(8)]
    results = at_once(asks)
    assert all(isinstance(each, actions.Lodged) for each in results), results
    assert sorted(each.number.split("-")[2] for each in results) == [f"{n:06}" for n in range(1, 9)]
