"""Everything missing is told once, in one list; a second time takes a head, with reason, basis and remedy.

And when nobody says anything in time, the law takes the application as accepted from the day it came in.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta

import pytest
from tests import people
from tests.capabilities.desk_zone import act, lodge
from tests.people import MONDAY, SHENZHEN

from qinglian.capabilities.cases import actions, queries
from qinglian.capabilities.cases.models import Case, CaseEvent, Clock
from qinglian.capabilities.cases.rules import allowed
from qinglian.capabilities.cases.rungs import fire_due
from qinglian.capabilities.notices.queries import waiting_notices
from qinglian.faults import Fault
from qinglian.zone.current import current

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("desk_pack")]
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
AGAIN = {"items": "x", "reason": "r", "basis": "b", "remedy": "m"}


@pytest.fixture
def asked() -> int:
    """Asked once, supplied, in hand again."""
    case_id = lodge("permit").case_id
    act(case_id, "accept", people.li())
    act(case_id, "ask", people.li(), items="盖章页")
    act(case_id, "supply", actions.APPLICANT, detail="已补")
    return case_id


def offered(case_id: int, *roles: str) -> set[str]:
    return {each.id for each in queries.case_page(case_id, MONDAY, frozenset(roles)).actions}


def test_a_clerk_asks_once_and_only_a_head_asks_again(asked: int) -> None:
    assert not {"ask", "ask-again"} & offered(asked, "clerk")
    for action in ("ask", "ask-again"):
        with pytest.raises(Fault, match="at this stage"):
            act(asked, action, people.li(), **AGAIN)
    assert "ask-again" in offered(asked, "head")
    fresh = lodge("permit", secret="never asked").case_id
    act(fresh, "accept", people.li())
    assert "ask-again" not in offered(fresh, "head"), "nobody asks a second time before a first"
    for missing in ("reason", "basis", "remedy", "items"):
        with pytest.raises(Fault, match=missing):
            act(asked, "ask-again", people.zhao(), **{**AGAIN, missing: ""})
    act(asked, "ask-again", people.zhao(), **AGAIN)
    act(asked, "supply", actions.APPLICANT, detail="已补")
    assert not {"ask", "ask-again"} & offered(asked, "head", "clerk")


def test_a_matter_cannot_let_the_same_people_ask_twice() -> None:
    """The code holds it, whatever a matter says: by other roles than before, with reason, basis, remedy."""
    permit = current().matters["permit"]
    done = {"ask": 1}

    def may(**changed: object) -> bool:
        again = replace(permit.actions["ask-again"], guard=None, **changed)  # type: ignore[arg-type]
        matter = replace(permit, actions={**permit.actions, "ask-again": again})
        roles = {"clerk", "system"} if changed.get("by") else {"head"}
        return "ask-again" in allowed(matter, "handling", roles, done, {})

    assert may()
    assert not may(by=("clerk",)) and not may(by=("system",)) and not may(needs=("items", "reason", "basis"))
    endless = replace(permit, actions={"ask": replace(permit.actions["ask"], limit=None)})
    assert allowed(endless, "handling", {"clerk"}, {}, {}) == ["ask"]
    assert allowed(endless, "handling", {"clerk"}, done, {}) == []


def test_the_list_is_composed_of_fields_and_of_words_in_the_applicants_language(asked: int) -> None:
    lodged = lodge("permit", secret="composed")
    people.li()
    client, where = people.browser("li"), f"/en/desk/{lodged.number}/"
    page = client.get(where).content.decode()
    assert 'value="seal_page"' in page and "Sealed page" in page
    empty = client.post(f"{where}ask/", {"ask-seen": 1, "ask-items": " \n"})
    assert empty.status_code == 422 and "at least one item" in empty.content.decode()
    client.post(
        f"{where}ask/",
        {"ask-seen": 1, "ask-picked": ["seal_page", "name"], "ask-items": "租约\n\n 租约 \n授权书"},
    )
    event = CaseEvent.objects.get(case=lodged.case_id, action="ask")
    assert event.data["items"].splitlines() == ["姓名", "盖章页", "租约", "授权书"]


def at(month: int, day: int, hour: int = 9) -> datetime:
    return datetime(2026, month, day, hour, tzinfo=SHENZHEN)


def test_silence_of_five_days_accepts_from_the_day_of_receipt() -> None:
    """行政许可法 art. 32: told within five days, else accepted from receipt; art. 42: decided in twenty."""
    case = Case.objects.get(pk=lodge("permit", email="").case_id)
    due = Clock.objects.get(case=case).due
    assert due is not None and due.astimezone(SHENZHEN).date() == date(2026, 3, 9)
    assert fire_due(at(3, 9, 23)) == 0
    assert fire_due(at(3, 10)) == 1
    case.refresh_from_db()
    assert case.state == "handling" and case.handler_id is None
    event = case.events.get(action="accept")
    assert event.actor == "system" and event.data == {"counts_from": "2026-03-02T02:00:00+00:00"}
    decide = Clock.objects.get(case=case, rule="decide-in")
    assert decide.ledger["start"] == "2026-03-02T02:00:00+00:00"
    assert decide.due is not None and decide.due.astimezone(SHENZHEN).date() == date(2026, 3, 30)
    assert ("deemed", case.unit_holding_id) in waiting_notices(case.number)
    assert fire_due(at(3, 11)) == 0
    folded, rows = queries.refolded(case.number)
    assert folded.running("decide-in").start == MONDAY and rows["clocks"][1].due == decide.due  # type: ignore[union-attr]


def test_who_accepts_in_time_counts_from_that_day_and_who_asks_in_time_is_not_deemed() -> None:
    taken, asked = lodge("permit", secret="a").case_id, lodge("permit", secret="b").case_id
    act(taken, "accept", people.li(), at(3, 4))
    act(asked, "ask", people.li(), at(3, 6), items="x")
    fire_due(at(3, 12))
    assert Clock.objects.get(case=taken, rule="decide-in").ledger["start"].startswith("2026-03-04")
    assert Case.objects.get(pk=asked).state == "awaiting"
    assert not CaseEvent.objects.filter(actor="system", action="accept").exists()


def test_what_was_deemed_still_counts_from_receipt_when_its_words_are_erased() -> None:
    case_id = lodge("permit").case_id
    fire_due(at(3, 10))
    act(case_id, "withdraw", actions.APPLICANT, at(3, 11))
    from qinglian.capabilities.cases.retention import erase_due

    erase_due(at(3, 11) + 1200 * DAY)
    number = Case.objects.get(pk=case_id).number
    assert [run.start for run in queries.refolded(number)[0].runs] == [MONDAY, MONDAY]
