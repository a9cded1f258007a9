"""Notes among the staff, and cases that belong together: who finds them, and who never does."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction
from django.test import Client
from tests import people
from tests.people import MONDAY

from qinglian.capabilities.cases import queries
from qinglian.capabilities.cases.eyes import Eyes, Withheld
from qinglian.capabilities.cases.links import link_cases, links_of
from qinglian.capabilities.cases.models import Case, CaseLink, Note
from qinglian.capabilities.cases.notes import levels_for, notes_of, write_note
from qinglian.capabilities.cases.retention import erase_due
from qinglian.capabilities.cases.sight import Sight
from qinglian.capabilities.ledger.queries import logged
from qinglian.faults import Fault

pytestmark = pytest.mark.django_db
CLERK, HEAD, SUPERVISOR = (frozenset({each}) for each in ("clerk", "head", "supervisor"))
WORD = "wnotew: ask the archive first"


@pytest.fixture
def case_id(units: None) -> int:
    return people.chen_asks().case_id


def note(case_id: int, text: str = WORD, level: str = "internal") -> int:
    return write_note(case_id, text, level, people.li().person_id or 0, CLERK, MONDAY)


def looks(*units: str) -> Callable[[Case], Eyes | None]:
    """As somebody who sees the cases of these units."""
    return lambda case: Eyes(CLERK) if case.unit_holding_id in (units or (people.UNIT,)) else None


def sight(*units: str) -> Sight:
    return Sight({unit: CLERK for unit in units or (people.UNIT,)}, people.li().person_id)


def test_a_note_is_read_by_colleagues_and_never_by_whoever_asked(case_id: int) -> None:
    note(case_id)
    assert [each.text for each in notes_of(case_id, Eyes(CLERK))] == [WORD]
    assert notes_of(case_id, Eyes(frozenset({"applicant"}), own=True)) == []
    number, holder = Case.objects.get(pk=case_id).number, Client()
    holder.post("/en/cases/track/", {"number": number, "code": people.actions.code_from("chen")})
    assert WORD in people.browser("li").get(f"/en/desk/{number}/").content.decode()
    page = holder.get(f"/en/cases/track/{number}/")
    assert page.status_code == 200 and "wnotew" not in page.content.decode()
    for seq in (1, 2):
        record = holder.get(f"/en/cases/track/{number}/record/{seq}/")
        assert "wnotew" not in record.content.decode()


def test_a_note_is_read_at_its_level(case_id: int) -> None:
    note(case_id, level="confidential")
    assert isinstance(notes_of(case_id, Eyes(SUPERVISOR))[0].text, Withheld)
    assert notes_of(case_id, Eyes(HEAD))[0].text == WORD
    for level in ("sealed", "no such level"):
        with pytest.raises(Fault, match="cleared"):
            note(case_id, level=level)
    assert [level for level, _title in levels_for(CLERK, "open")] == ["open", "internal", "confidential"]
    assert [level for level, _title in levels_for(CLERK, "internal")] == ["internal", "confidential"], (
        "a note on a case is never offered as more open than the case"
    )


def test_the_log_holds_that_a_note_was_written_not_what_it_says(case_id: int) -> None:
    note(case_id)
    told = [each.told for each in logged("cases.noted")]
    assert len(told) == 1 and told[0]["number"] == Case.objects.get(pk=case_id).number
    assert "wnotew" not in str(told)
    with pytest.raises(Fault, match="fill in"):
        note(case_id, text=" \n")


def test_what_staff_wrote_beside_a_case_goes_with_its_content(case_id: int) -> None:
    other = people.he_asks()
    note(case_id)
    link_cases(case_id, other.number, "follows", "wreasonw", MONDAY, sight=sight())
    people.act(case_id, "withdraw", people.actions.APPLICANT, MONDAY)
    erase_due(MONDAY + timedelta(days=1200))
    assert "wnotew" not in Note.objects.get().text and "wreasonw" not in CaseLink.objects.get().reason


def test_a_link_is_found_from_both_sides_with_its_reason(case_id: int) -> None:
    other = people.he_asks()
    link_cases(case_id, other.number, "follows", "the same papers", MONDAY, sight=sight())
    here, there = links_of(case_id, looks())[0], links_of(other.case_id, looks())[0]
    assert (here.number, here.forward, here.reason) == (other.number, True, "the same papers")
    assert (there.number, there.forward, there.name) == (
        Case.objects.get(pk=case_id).number, False, "李（示例）",
    )  # fmt: skip
    with pytest.raises(Fault, match="linked like this already"):
        link_cases(case_id, other.number, "follows", "again", MONDAY, sight=sight())
    link_cases(case_id, other.number, "related", "once", MONDAY, sight=sight())
    with pytest.raises(Fault, match="linked like this already"):
        number = Case.objects.get(pk=case_id).number
        link_cases(other.case_id, number, "related", "the other way round", MONDAY, sight=sight())


def test_a_case_out_of_sight_cannot_be_linked_and_is_like_none_at_all(case_id: int) -> None:
    other = people.he_asks()
    Case.objects.filter(pk=other.case_id).update(unit_holding=people.OTHER_UNIT)
    said = []
    for number in (other.number, "ZX-2026-999999-9", "\x00"):
        with pytest.raises(Fault) as caught:
            link_cases(case_id, number, "related", "x", MONDAY, sight=sight())
        said.append(str(caught.value))
    assert len(set(said)) == 1
    with pytest.raises(Fault, match="the case itself"):
        own = Case.objects.get(pk=case_id).number
        link_cases(case_id, own, "related", "x", MONDAY, sight=sight())


def test_a_link_to_a_case_that_the_reader_does_not_see_is_not_there(case_id: int) -> None:
    other = people.he_asks()
    link_cases(case_id, other.number, "related", "both", MONDAY, sight=sight())
    Case.objects.filter(pk=other.case_id).update(unit_holding=people.OTHER_UNIT)
    assert links_of(case_id, looks()) == []
    assert len(links_of(case_id, looks(people.UNIT, people.OTHER_UNIT))) == 1


def test_the_database_wants_two_cases_and_a_reason(case_id: int) -> None:
    for other, reason in ((case_id, "x"), (people.he_asks().case_id, "")):
        with pytest.raises(IntegrityError), transaction.atomic():
            CaseLink.objects.create(
                case_id=case_id, other_id=other, relation="related", reason=reason, at=MONDAY
            )


def test_notes_and_links_are_written_at_the_desk(case_id: int) -> None:
    other, client, number = people.he_asks(), people.browser(_li()), Case.objects.get(pk=case_id).number
    where = f"/zh-hant/desk/{number}/"
    assert client.post(f"{where}note/add/", {"note-text": " ", "note-level": "internal"}).status_code == 422
    assert client.post(f"{where}note/add/", {"note-text": WORD, "note-level": "sealed"}).status_code == 422
    client.post(f"{where}note/add/", {"note-text": WORD, "note-level": "internal"})
    said = {"link-number": other.number.lower(), "link-relation": "follows", "link-reason": "為同一件事"}
    assert client.post(f"{where}link/add/", {**said, "link-reason": ""}).status_code == 422
    client.post(f"{where}link/add/", said)
    page = client.get(where).content.decode()
    assert WORD in page and other.number in page and "為同一件事" in page
    assert client.get(f"{where}note/add/").status_code == client.get(f"{where}link/add/").status_code == 302
    there = client.get(f"/zh-hant/desk/{other.number}/").content.decode()
    assert number in there
    assert queries.held_case(number) is not None


def _li() -> str:
    people.li()
    return "li"
