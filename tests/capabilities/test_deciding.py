"""Tables decide at once and say why; what needs two persons or a council takes effect when they agree."""

from __future__ import annotations

import html
from datetime import timedelta
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from tests import people
from tests.capabilities.test_fields import registered
from tests.people import MONDAY

from qinglian.capabilities.cases import actions, queries
from qinglian.capabilities.cases.actions import Actor
from qinglian.capabilities.cases.lookups import ANSWERS
from qinglian.capabilities.cases.models import Case, Consent, Decision, Fact, Proposal
from qinglian.capabilities.cases.rules import receiver
from qinglian.capabilities.notices.queries import waiting_notices
from qinglian.faults import Fault
from qinglian.zone import Zone
from qinglian.zone.current import current
from qinglian.zone.facts import SOURCES
from qinglian.zone.pack import above

ANSWER: dict[str, Any] = {
    "place": "HK",
    "regno": "12345678",
    "name": "改过的名称（示例）",
    "kind_of_help": "rent",
    "new_here": False,
    "sectors": ["F"],
    "amount": {"currency": "CNY", "amount": "100.00"},
    "home": {"place": "HK", "region": "九龍", "street": "某街1號"},
    "promise": {"text": "texts/promise", "version": "2026.1", "sha": "0" * 64, "read": "en"},
}


@pytest.fixture
def rich(db: None, monkeypatch: pytest.MonkeyPatch) -> Zone:
    return people.use_pack("rich", monkeypatch)


def asks(secret: str = "a", **changed: Any) -> Case:
    grant = current().matters["grant"]
    code = actions.code_from(secret)
    return Case.objects.get(pk=actions.lodge_case(grant, ANSWER | changed, code, "en", MONDAY).case_id)


def head(name: str, unit: str = "fund") -> Actor:
    return people._post(name, f"{name}（示例）", unit, "head")


def clerk(name: str = "li", unit: str = "fund") -> Actor:
    return people._post(name, f"{name}（示例）", unit, "clerk")


def test_every_source_that_a_matter_can_name_is_looked_up() -> None:
    assert set(ANSWERS) == {source.name for source in SOURCES}


def test_a_table_decides_at_lodging_and_says_by_which_row_over_which_facts(rich: Zone) -> None:
    registered()
    case = asks()
    assert (case.state, case.open) == ("paid", False)
    decision = Decision.objects.get(case=case)
    table = current().matters["grant"].actions["decide"].decision
    assert table is not None
    assert (decision.rows, decision.outcome, decision.auto) == (["1"], "pay", True)
    assert decision.table_sha == table.table.sha
    assert decision.facts == {"new_here": "False", "register": "registered", "others": "0"}
    kept = {fact.key: (fact.value, fact.source) for fact in Fact.objects.filter(case=case)}
    assert kept["register"] == ("registered", "registry.enterprise.status")
    assert kept["default"] == ("none", "standing.grave-default")
    page = queries.case_page(case.pk, MONDAY, frozenset({"applicant"}), own=True)
    shown = page.events[0].decision
    assert shown is not None and shown.rows == "1" and len(shown.facts) == 3


def test_what_the_register_said_is_kept_beside_a_corrected_answer(rich: Zone) -> None:
    registered()
    case = asks()
    known = queries.case_page(case.pk, MONDAY, frozenset({"applicant"}), own=True).grounds.known["name"]
    assert (known.value, known.same, known.register) == (
        "登记在册（示例）有限公司",
        False,
        "example register",
    )


def test_another_row_sends_the_case_to_a_person(rich: Zone) -> None:
    case = asks()
    assert (case.state, case.turn) == ("looked", "unit")
    assert Decision.objects.get(case=case).outcome == "look"


def test_a_table_without_an_answer_decides_nothing_and_tells_a_person(
    rich: Zone, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(ANSWERS, "registry.enterprise.status", lambda *_given: "burnt")  # type: ignore[misc]
    case = asks()
    assert (case.state, case.turn) == ("received", "unit")
    assert not Decision.objects.exists()
    assert list(case.events.values_list("action", flat=True)) == ["lodge", "undecided:decide"]
    assert any(kind == "alarm" for kind, *_rest in waiting_notices_of(case))


def waiting_notices_of(case: Case) -> list[Any]:
    return list(waiting_notices(case.number))


def test_the_topic_decides_which_unit_receives_the_case(rich: Zone) -> None:
    assert asks().unit_first_id == "fund"
    assert asks("b", kind_of_help="talent").unit_first_id == "office"


@pytest.mark.parametrize(("named", "unit"), [("office", "watch"), ("unknown", "watch"), ("watch", "fund")])
def test_a_complaint_never_goes_to_the_unit_it_names(rich: Zone, named: str, unit: str) -> None:
    matter = current().matters["conduct"]
    assert receiver(matter, {"about_unit": named}, above(rich.units)) == unit


SAID = {"reason": "材料不符", "basis": "第一条", "remedy": "可以申诉"}


def test_a_refusal_takes_effect_when_a_second_person_agrees(rich: Zone) -> None:
    case, li, zhao = asks(), clerk(), head("zhao")
    people.act(case.pk, "refuse", li, MONDAY, **SAID)
    case.refresh_from_db()
    assert case.state == "looked"
    applicant = queries.case_page(case.pk, MONDAY, frozenset({"applicant"}), own=True)
    assert applicant.proposal is None and all("材料不符" not in str(e.said) for e in applicant.events)
    assert [e.action for e in applicant.events] == ["decide", "lodge"]
    page = queries.case_page(case.pk, MONDAY, zhao.roles, reader=zhao.person_id)
    assert page.proposal and page.proposal.said[0] == ("reason", "材料不符") and not page.proposal.mine
    actions.answer_proposal(page.proposal.id, zhao, page.ver, True, "", MONDAY)
    case.refresh_from_db()
    assert (case.state, case.open) == ("refused", False)
    proposal = Proposal.objects.get()
    assert proposal.outcome == "taken" and proposal.event and proposal.event.action == "refuse"
    told = queries.case_page(case.pk, MONDAY, frozenset({"applicant"}), own=True).events[0]
    assert told.together == ("li（示例）", "zhao（示例）") and ("reason", "材料不符") in told.said
    state, _clocks = queries.refolded(case.number)
    assert state.state == "refused"


def test_who_proposes_cannot_agree_and_the_database_says_so_too(rich: Zone) -> None:
    case, zhao = asks(), people._post("zhao", "zhao（示例）", "fund", "clerk")
    zhao = Actor("staff", frozenset({"clerk", "head"}), zhao.person_id, zhao.name)
    people.act(case.pk, "refuse", zhao, MONDAY, **SAID)
    proposal, ver = Proposal.objects.get(), Case.objects.get().ver
    with pytest.raises(Fault, match="who proposes does not agree"):
        actions.answer_proposal(proposal.pk, zhao, ver, True, "", MONDAY)
    with pytest.raises(IntegrityError), transaction.atomic():
        Consent.objects.create(
            proposal=proposal, person_id=zhao.person_id, proposer_id=zhao.person_id, agrees=True,
            conflict_check=proposal.conflict_check, at=MONDAY,
        )  # fmt: skip


def test_who_declines_says_why_and_the_case_stays(rich: Zone) -> None:
    case, li, zhao = asks(), clerk(), head("zhao")
    people.act(case.pk, "refuse", li, MONDAY, **SAID)
    proposal, ver = Proposal.objects.get(), Case.objects.get().ver
    with pytest.raises(Fault, match="reason"):
        actions.answer_proposal(proposal.pk, zhao, ver, False, " ", MONDAY)
    actions.answer_proposal(proposal.pk, zhao, ver, False, "证据不足", MONDAY)
    case.refresh_from_db()
    assert case.state == "looked" and Proposal.objects.get().outcome == "declined"
    people.act(case.pk, "refuse", li, MONDAY, **SAID)
    assert Proposal.objects.filter(outcome="").count() == 1


def test_a_council_decides_when_so_many_have_agreed(rich: Zone) -> None:
    case, heads = asks(), [head(name) for name in ("zhao", "sun", "zhou")]
    people.act(case.pk, "council", heads[0], MONDAY)
    proposal = Proposal.objects.get()
    assert proposal.needed == 2
    for member, expected in zip(heads[1:], ("looked", "paid"), strict=True):
        assert case.state == "looked"
        actions.answer_proposal(proposal.pk, member, Case.objects.get().ver, True, "", MONDAY)
        case.refresh_from_db()
        assert case.state == expected
    assert len(Proposal.objects.get().event.data["together"]) == 3  # type: ignore[union-attr]


def test_nobody_without_the_role_and_nobody_twice(rich: Zone) -> None:
    case, heads, li = asks(), [head(name) for name in ("zhao", "sun")], clerk()
    people.act(case.pk, "council", heads[0], MONDAY)
    proposal = Proposal.objects.get()
    with pytest.raises(Fault, match="cannot be done"):
        actions.answer_proposal(proposal.pk, li, Case.objects.get().ver, True, "", MONDAY)
    actions.answer_proposal(proposal.pk, heads[1], Case.objects.get().ver, True, "", MONDAY)
    with pytest.raises(Fault, match="already"):
        actions.answer_proposal(proposal.pk, heads[1], Case.objects.get().ver, True, "", MONDAY)


def test_a_proposal_is_void_once_the_case_moved_on(rich: Zone) -> None:
    case, li, zhao = asks(), clerk(), head("zhao")
    people.act(case.pk, "refuse", li, MONDAY, **SAID)
    people.act(case.pk, "pay", zhao, MONDAY + timedelta(hours=1))
    assert Proposal.objects.get().outcome == "void"
    with pytest.raises(Fault, match="over"):
        actions.answer_proposal(Proposal.objects.get().pk, zhao, Case.objects.get().ver, True, "", MONDAY)


def test_the_desk_shows_what_waits_and_takes_the_answer(rich: Zone) -> None:
    case, li = asks(), clerk()
    head("zhao")
    people.act(case.pk, "refuse", li, MONDAY, **SAID)
    browser = people.browser("zhao")
    page = html.unescape(browser.get(f"/en/desk/{case.number}/").content.decode())
    assert "Proposed: Refuse" in page and "材料不符" in page and "What was looked up" in page
    assert "Decided by row 2 of a table" in page
    there = f"/en/desk/{case.number}/answer/{Proposal.objects.get().pk}/"
    ver = Case.objects.get().ver
    answer = browser.post(there, {"consent-seen": ver, "consent-agrees": "no"})
    assert answer.status_code == 422 and "Fill this in." in answer.content.decode()
    assert browser.post(there, {"consent-seen": ver, "consent-agrees": "yes"}).status_code == 302
    case.refresh_from_db()
    assert case.state == "refused"
