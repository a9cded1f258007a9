"""A case goes on to another unit: by a clause, told to the applicant, not for ever; the clocks run on."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client
from tests import people
from tests.capabilities.desk_zone import act, feng, lodge, wu, zheng
from tests.people import MONDAY

from qinglian.capabilities.cases import queries, queues
from qinglian.capabilities.cases.actions import Actor
from qinglian.capabilities.cases.models import Case, Clock
from qinglian.capabilities.cases.sight import Sight
from qinglian.capabilities.notices.letters import in_a_line
from qinglian.capabilities.notices.queries import waiting_notices
from qinglian.faults import Fault

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("desk_pack")]
CLAUSE = {"reason": "登记事项", "clause": "职责清单第3项"}


@pytest.fixture
def case() -> Case:
    lodged = lodge("permit")
    act(lodged.case_id, "accept", people.li())
    return Case.objects.get(pk=lodged.case_id)


def send(case: Case, unit: str, by: Actor, minutes: int = 1, **said: str) -> Case:
    act(case.pk, "send", by, MONDAY + timedelta(minutes=minutes), unit=unit, **{**CLAUSE, **said})
    case.refresh_from_db()
    return case


def test_the_other_unit_has_it_the_first_stays_responsible_and_the_clock_runs_on(case: Case) -> None:
    before = Clock.objects.get(case=case, rule="decide-in")
    send(case, people.OTHER_UNIT, people.li())
    assert (case.unit_holding_id, case.unit_first_id, case.handler_id) == (
        people.OTHER_UNIT,
        people.UNIT,
        None,
    )
    after = Clock.objects.get(case=case, rule="decide-in")
    assert (after.due, after.ledger, after.run) == (before.due, before.ledger, 1)
    assert ("moved", people.OTHER_UNIT) in waiting_notices(case.number)
    event = case.events.get(action="send")
    assert event.data == {"unit": people.OTHER_UNIT, "from_unit": people.UNIT, **CLAUSE}
    act(case.pk, "grant", people.qian(), MONDAY + timedelta(hours=1), answer="可以。")
    case.refresh_from_db()
    assert case.state == "granted" and case.handler_id == people.qian().person_id
    folded, rows = queries.refolded(case.number)
    assert folded.state == rows["state"] == "granted"


def test_the_applicant_reads_where_it_went_and_by_which_clause(case: Case) -> None:
    send(case, people.OTHER_UNIT, people.li())
    holder = Client()
    code = people.actions.code_from(f"permit {MONDAY}")
    holder.post("/zh-hans/cases/track/", {"number": case.number, "code": code})
    page = holder.get(f"/zh-hans/cases/track/{case.number}/").content.decode()
    assert "市场监管机构（示例）" in page and CLAUSE["clause"] in page and CLAUSE["reason"] in page
    assert "market-regulator" not in page


@pytest.mark.parametrize("missing", ["unit", "reason", "clause"])
def test_a_transfer_without_unit_reason_or_clause_changes_nothing(case: Case, missing: str) -> None:
    said = {"unit": people.OTHER_UNIT, **CLAUSE, missing: " "}
    with pytest.raises(Fault, match=missing):
        act(case.pk, "send", people.li(), **said)
    assert Case.objects.get(pk=case.pk).unit_holding_id == people.UNIT


def test_not_to_the_unit_that_has_it_nor_to_none(case: Case) -> None:
    for unit in (people.UNIT, "nowhere"):
        with pytest.raises(Fault, match="choose"):
            act(case.pk, "send", people.li(), unit=unit, **CLAUSE)
    assert not case.events.filter(action="send").exists()


def test_what_comes_back_stands_in_its_own_queue(case: Case) -> None:
    send(case, people.OTHER_UNIT, people.li())
    assert not case.returned
    send(case, people.UNIT, people.qian(), 2)
    assert case.returned and case.unit_holding_id == people.UNIT
    seen = Sight({people.UNIT: frozenset({"clerk"})}, people.li().person_id)
    assert [row.number for row in queues.desk(seen, "returned", MONDAY).rows] == [case.number]


def test_each_turn_of_a_transfer_is_told_in_words_of_its_own(case: Case) -> None:
    told = {in_a_line(kind) for kind in ("moved", "bounced", "contribute", "contributed", "deemed")}
    assert len(told) == 5 and in_a_line("nothing of the kind") not in told
    send(case, people.OTHER_UNIT, people.li())
    assert [kind for kind, _whom in waiting_notices(case.number)] == ["lodged", "moved"]


def test_after_two_transfers_a_supervisor_decides_once_and_is_told(case: Case) -> None:
    feng_, wang = feng(), people.wang()
    send(case, people.OTHER_UNIT, people.li())
    assert ("bounced", str(feng_.person_id)) not in waiting_notices(case.number)
    send(case, people.UNIT, people.qian(), 2)
    assert ("bounced", str(wang.person_id)) in waiting_notices(case.number)  # the nearest one
    with pytest.raises(Fault, match="at this stage"):
        send(case, people.OTHER_UNIT, people.li(), 3)
    page = queries.case_page(case.pk, MONDAY, people.li().roles)
    assert "send" not in [action.id for action in page.actions]
    page = queries.case_page(case.pk, MONDAY, wang.roles)
    assert "send" in [action.id for action in page.actions]
    send(case, people.OTHER_UNIT, wang, 4)
    for actor in (people.qian(), feng_, wang):
        with pytest.raises(Fault, match="at this stage"):
            send(case, people.UNIT, actor, 5)
    assert case.unit_holding_id == people.OTHER_UNIT


def test_a_complaint_does_not_go_to_the_unit_that_it_is_about() -> None:
    zheng_, lodged = zheng(), lodge("grievance", about_unit="market-regulator")
    act(lodged.case_id, "resolve", people.li(), concerns="unit:market-regulator")
    case = Case.objects.get(pk=lodged.case_id)
    with pytest.raises(Fault, match="choose another"):
        act(case.pk, "send", people.li(), MONDAY, unit="market-regulator", **CLAUSE)
    act(case.pk, "send", people.li(), MONDAY, unit="court", **CLAUSE)
    assert Case.objects.get(pk=case.pk).unit_holding_id == "court" and zheng_.person_id and wu().person_id


def test_a_clerk_sends_it_on_with_a_form_and_is_led_back_to_the_list(case: Case) -> None:
    people.li()
    client, where = people.browser("li"), f"/zh-hans/desk/{case.number}/"
    page = client.get(where).content.decode()
    assert '<option value="market-regulator">' in page and '<option value="service-centre">' not in page
    said = {"send-seen": case.ver, "send-unit": people.OTHER_UNIT, "send-reason": "r", "send-clause": " "}
    assert client.post(f"{where}send/", said).status_code == 422
    done = client.post(f"{where}send/", {**said, "send-clause": "c"})
    assert done.status_code == 302 and done.headers["Location"] == "/zh-hans/desk/"
    assert client.get(where).status_code == 404
    people.qian()
    assert "企业服务中心（示例）" in people.browser("qian").get(where).content.decode()
