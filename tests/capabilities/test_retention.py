"""What is erased when its time is over, by a simulated calendar; what stays; and that a hold stops it."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from django.db import DatabaseError, connection, transaction
from tests import people
from tests.people import MONDAY

from qinglian.capabilities.access.actions import hold, lift_hold
from qinglian.capabilities.access.models import Erasure
from qinglian.capabilities.cases import actions, queries
from qinglian.capabilities.cases.comparing import differences
from qinglian.capabilities.cases.models import Case, CaseEvent, Draft
from qinglian.capabilities.cases.retention import erase_due
from qinglian.capabilities.ledger.actions import sequence
from qinglian.capabilities.notices.models import Notice
from qinglian.faults import Fault
from qinglian.zone.current import current

pytestmark = pytest.mark.django_db
LAW = "第四十七条"
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
WRITTEN = {"name": "wname（示例）", "title": "wtitle", "detail": "wdetail", "email": "wmail@example.com"}
SAID = {"items": "witems", "detail": "wsupplied", "answer": "wanswer", "reason": "wreason"}


def closed_case(secret: str = "he") -> tuple[int, datetime]:
    """Asked, extended, supplied, answered and closed, with words of their own everywhere."""
    lodged = people.he_asks(secret=secret, **WRITTEN)
    li, zhao, now = people.li(), people.zhao(), MONDAY
    people.act(lodged.case_id, "accept", li, now + HOUR)
    people.extend(lodged.case_id, zhao, now + 2 * HOUR, reason="wextended")
    for n, (action, who) in enumerate(
        [("ask", li), ("supply", actions.APPLICANT), ("answer", li), ("close", actions.APPLICANT)]
    ):
        people.act(lodged.case_id, action, who, now + (3 + n) * HOUR, **SAID)
    Notice.objects.exclude(email="").update(sent_at=now + 6 * HOUR)
    return lodged.case_id, now + 6 * HOUR


def everything() -> str:
    """All that the database holds, as text."""
    found = []
    for table in connection.introspection.table_names():
        if table == "cases_matterversion":
            continue  # texts of the pack
        with connection.cursor() as cursor:
            cursor.execute(f'SELECT * FROM "{table}"')
            found.append(str([[bytes(v) if isinstance(v, memoryview) else v for v in row] for row in cursor]))
    return "\n".join(found)


def days(what: str) -> timedelta:
    return timedelta(days=current().retention[what])


def test_the_address_goes_first_and_the_rest_stays(units: None) -> None:
    case_id, end = closed_case()
    assert erase_due(end + days("case-email") - HOUR) == 0
    assert "wmail@example.com" in everything()
    assert erase_due(end + days("case-email") + HOUR) == 1
    assert "wmail@example.com" not in everything()
    case = Case.objects.get(pk=case_id)
    assert case.title == "wtitle" and case.answers["detail"] == "wdetail" and "email" not in case.answers
    assert not Notice.objects.exclude(email="").exists()
    written = {row.column: row.erased for row in Erasure.objects.filter(rule="case-email")}
    assert written["cases.Case.email"] == 1 and written["cases.Case.answers"] == 1
    assert written["notices.Notice.email"] > 0
    assert erase_due(end + days("case-email") + 2 * HOUR) == 0


def test_what_was_written_goes_and_the_structure_stays(units: None) -> None:
    case_id, end = closed_case()
    while sequence(end):
        pass
    before = CaseEvent.objects.filter(case=case_id).order_by("seq")
    structure = list(before.values_list("seq", "action", "from_state", "to_state", "actor", "person", "at"))
    later = end + days("case-content") + HOUR
    assert erase_due(later) == 2  # by each of the two rules
    text = everything()
    for word in (*WRITTEN.values(), *SAID.values(), "wextended"):
        assert word not in text, word
    after = CaseEvent.objects.filter(case=case_id).order_by("seq")
    assert structure == list(
        after.values_list("seq", "action", "from_state", "to_state", "actor", "person", "at")
    )
    case = Case.objects.get(pk=case_id)
    assert case.answers == {"kind": "individual", "place": "HK", "topic": "cross-border", "side": "HK"}
    folded, rows = queries.refolded(case.number)
    assert folded.state == rows["state"] == "closed"
    page = queries.case_page(case_id, later, frozenset({"head"}))
    assert page.title == case.number and page.answer is None and len(page.events) == len(structure)
    assert list(differences()) == [], "what is left still agrees with the log"
    counts = {row.column: row.erased for row in Erasure.objects.filter(rule="case-content")}
    assert counts["cases.Case.answers"] == 3 and counts["cases.CaseEvent.data"] == 4
    assert erase_due(later + DAY) == 0


def test_a_case_on_hold_is_not_touched(units: None) -> None:
    held_id, end = closed_case("held")
    free_id, _end = closed_case("free")
    before = everything_of(held_id)
    later = end + days("case-content") + HOUR
    until = later + 30 * DAY
    wang = people.wang()
    assert wang.person_id is not None
    hold_id = hold("case", str(held_id), "a court asks for it", wang.person_id, end, until, basis=LAW)
    erase_due(later)
    assert everything_of(held_id) == before and everything_of(free_id) != before
    assert {row.held for row in Erasure.objects.filter(rule="case-content")} == {1}
    assert erase_due(later + DAY) == 0
    lift_hold(hold_id, wang.person_id, "the court has it", later + 2 * DAY)
    assert erase_due(later + 2 * DAY) > 0 and everything_of(held_id) != before


def test_a_hold_ends_by_itself(units: None) -> None:
    case_id, end = closed_case()
    later = end + days("case-content") + HOUR
    wang = people.wang()
    assert wang.person_id is not None
    hold("case", str(case_id), "until tomorrow", wang.person_id, later, later + DAY, basis=LAW)
    assert erase_due(later + HOUR) == 0 and erase_due(later + 2 * DAY) > 0
    with pytest.raises(Fault):
        hold("case", str(case_id), "  ", wang.person_id, later, later + DAY, basis=LAW)
    with pytest.raises(Fault):
        hold("case", str(case_id), "backwards", wang.person_id, later, later, basis=LAW)


def everything_of(case_id: int) -> list[object]:
    case = Case.objects.get(pk=case_id)
    data = list(case.events.order_by("seq").values_list("data", flat=True))
    return [case.title, case.email, case.answers, data]


def test_an_open_case_and_a_zone_that_says_nothing_erase_nothing(
    units: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    people.he_asks(secret="open", **WRITTEN)
    assert erase_due(MONDAY + 9999 * DAY) == 0
    _case, end = closed_case()
    monkeypatch.setattr("qinglian.zone.current._zone", replace(current(), retention={}))
    assert erase_due(end + 9999 * DAY) == 0 and "wanswer" in everything()


def test_drafts_go_after_a_day(units: None) -> None:
    people.chen_fills_in(title="wdraft")
    assert erase_due(MONDAY + DAY - HOUR) == 0 and Draft.objects.count() == 1
    assert erase_due(MONDAY + DAY + HOUR) > 0 and "wdraft" not in everything()
    assert Erasure.objects.get().column == "cases.Draft.answers"


@pytest.mark.parametrize(
    "sql",
    [
        "UPDATE cases_caseevent SET data = '{}'",
        """UPDATE cases_caseevent SET data = '{"answer": "another"}'""",
        """UPDATE cases_caseevent SET data = '{"erased": "2030-01-01"}', to_state = 'received'""",
        """UPDATE cases_caseevent SET data = '{"erased": "2030-01-01"}', seq = 99""",
    ],
)
def test_an_event_changes_in_no_other_way(units: None, sql: str) -> None:
    closed_case()
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute(sql)


def test_what_was_erased_does_not_come_back(units: None) -> None:
    case_id, end = closed_case()
    erase_due(end + days("case-content") + HOUR)
    events = CaseEvent.objects.filter(case=case_id, action="answer")
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        events.update(data={"answer": "another", "erased": "2030-01-01"})


def test_the_fence_names_every_column() -> None:
    from importlib import import_module

    fenced = set(import_module("qinglian.capabilities.cases.migrations.0007_erasure").COLUMNS)
    assert fenced == {each.column for each in CaseEvent._meta.local_fields} - {"data"}
