"""Complaints about a unit or somebody in it: they see nothing of it, and another unit finds out and answers.

The service centre receives complaints; one that names it goes to the integrity station. 李 and 赵 work in the
service centre, 王 supervises there, 郑 is case officer of the station, 钱 works for the market regulator, 冯
supervises the authority above both.
"""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction
from django.test import Client
from django.utils import timezone
from tests import people
from tests.capabilities.desk_zone import STATION, act, feng, lodge, wu, zheng
from tests.people import MONDAY

from qinglian.capabilities.cases import queues
from qinglian.capabilities.cases.actions import Actor, assign_case
from qinglian.capabilities.cases.finding import found_cases
from qinglian.capabilities.cases.links import write_link
from qinglian.capabilities.cases.models import Case, Concern
from qinglian.capabilities.cases.rungs import fire_due
from qinglian.capabilities.cases.sight import Sight, sight_of
from qinglian.capabilities.interests.actions import declare_tie
from qinglian.capabilities.interests.models import ConflictCheck
from qinglian.capabilities.notices.models import Notice
from qinglian.capabilities.parties.actions import appoint
from qinglian.capabilities.parties.models import Person
from qinglian.capabilities.parties.readers import reader, roles_by_unit
from qinglian.faults import Fault

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("desk_pack")]
WORD = "wcomplaintw"
NOWHERE = "TS-2026-999999-9"


@pytest.fixture(autouse=True)
def _now(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("django.utils.timezone.now", lambda: MONDAY + timedelta(hours=1))


def complain(unit: str, secret: str = "x") -> Case:
    return Case.objects.get(pk=lodge("grievance", title=WORD, about_unit=unit, secret=secret).case_id)


def sight(username: str) -> Sight:
    person = Person.objects.get(user__username=username)
    found = reader(person.user, None, timezone.localdate())
    return sight_of(found, roles_by_unit(found.roles), fresh=True)


def bare(client: Client, path: str, number: str) -> str:
    """A page without the number that was asked for, and without its one-time marks."""
    page = client.get(path).content.decode()
    return re.sub(r'value="\w{64}"', "", page.replace(number, ""))


def sees(username: str, number: str) -> bool:
    """In the list, the counts, the search and by the address alike; asserts that they agree."""
    seen, client, now = sight(username), people.browser(username), MONDAY + timedelta(hours=1)
    page = queues.desk(seen, "open", now)
    listed = [row.number for row in page.rows if row.number == number]
    searched = [row.number for row in found_cases(WORD, seen, {}, now).rows if row.number == number]
    by_number = [row.number for row in found_cases(number, seen, {}, now).rows if row.number == number]
    direct = client.get(f"/en/desk/{number}/").status_code == 200
    assert bool(listed) == bool(searched) == bool(by_number) == direct
    assert page.counts["open"] == len(page.rows)
    for path in ("/en/desk/", "/en/desk/notices/?show=all", f"/en/desk/search/?q={WORD}"):
        told = client.get(path).content.decode().replace(f'value="{WORD}"', "")
        assert (number in told) <= direct, path
    if not direct:
        assert bare(client, f"/en/desk/{number}/", number) == bare(client, f"/en/desk/{NOWHERE}/", NOWHERE)
        for way in ("resolve/", "answer/", "give/person/", "note/add/", "link/add/", "extend/answer-in/"):
            answers = [client.post(f"/en/desk/{each}/{way}", {}).status_code for each in (number, NOWHERE)]
            assert answers in ([404, 404], [302, 302]), way
    return direct


STAFF = (people.li, people.zhao, people.wang, people.qian, zheng, wu, feng)


def test_the_whole_unit_that_is_named_sees_nothing_of_it_head_and_supervisor_too() -> None:
    for person in STAFF:
        person()
    case = complain("service-centre")
    assert case.unit_first_id == case.unit_holding_id == STATION
    seen = {name: sees(name, case.number) for name in ("li", "zhao", "wang", "qian", "zheng", "wu", "feng")}
    assert seen == {
        "li": False, "zhao": False, "wang": False, "qian": False, "zheng": True, "wu": True, "feng": False,
    }  # fmt: skip


def test_a_post_in_both_units_shuts_the_case_to_its_holder() -> None:
    both = people._post("sun", "孙（示例）", STATION, "head")
    appoint("sun", "孙（示例）", "service-centre", "clerk", people.SINCE, people.PASSWORD)
    case, other = complain("service-centre"), complain("market-regulator", "other")
    assert not sees("sun", case.number)
    Case.objects.filter(pk=other.pk).update(unit_holding=STATION)
    assert sees("sun", other.number)
    assert not Notice.objects.filter(subject=case.number, person=both.person_id).exists()
    assert not Notice.objects.filter(subject=case.number).exclude(unit=None).exists()


def test_the_unit_is_told_person_by_person_and_nobody_from_whom_it_is_shut() -> None:
    zheng_, li = zheng(), people.li()
    case = complain("service-centre")
    told = set(Notice.objects.filter(subject=case.number).values_list("person", flat=True))
    assert told == {zheng_.person_id} and li.person_id not in told


def test_deadlines_are_not_told_to_somebody_from_whom_it_is_shut() -> None:
    """Nobody heads the station: the nearest head above is asked for, who belongs to the unit concerned."""
    person = people._post("sun", "孙（示例）", "integrity-bureau", "head").person_id
    appoint("sun", "孙（示例）", "service-centre", "clerk", people.SINCE, people.PASSWORD)
    zheng()
    case = complain("service-centre")
    assert fire_due(MONDAY + timedelta(days=30))
    assert Notice.objects.filter(subject=case.number, kind="deadline-passed").exists()
    assert not Notice.objects.filter(subject=case.number, person=person).exists()
    assert not Notice.objects.filter(subject=case.number).exclude(unit=None).exists()


def test_a_complaint_that_names_nobody_is_resolved_where_it_came_in() -> None:
    li, qian = people.li(), people.qian()
    case = complain("unknown")
    assert case.unit_holding_id == people.UNIT
    act(case.pk, "resolve", li, concerns="unit:market-regulator")
    case.refresh_from_db()
    assert case.state == "resolved" and case.unit_holding_id == people.UNIT
    assert list(Concern.objects.values_list("unit", "lifted_at")) == [("market-regulator", None)]
    Case.objects.filter(pk=case.pk).update(unit_holding=people.OTHER_UNIT)
    assert qian.person_id and not sees("qian", case.number)


def test_nobody_resolves_a_complaint_about_the_own_unit_it_goes_to_another() -> None:
    li, zheng_ = people.li(), zheng()
    people.zhao()
    for said in ("unit:service-centre", "unit:zone-authority", f"person:{people.zhao().person_id}"):
        case = complain("unknown", said)
        assert Notice.objects.filter(subject=case.number, unit=people.UNIT).exists()
        act(case.pk, "resolve", li, concerns=said)
        case.refresh_from_db()
        assert (case.state, case.unit_holding_id, case.handler_id) == ("received", STATION, None), said
        assert not sees("li", case.number) and not sees("zhao", case.number)
        assert not Notice.objects.filter(subject=case.number, unit=people.UNIT).exists()
        act(case.pk, "resolve", zheng_, concerns=said)
        case.refresh_from_db()
        assert case.state == "resolved" and case.handler_id == zheng_.person_id


def test_once_resolved_what_was_only_suggested_stands_no_more() -> None:
    people.li(), people.qian()
    case = complain("service-centre")
    act(case.pk, "resolve", zheng(), concerns="unit:market-regulator")
    Case.objects.filter(pk=case.pk).update(unit_holding=people.UNIT)
    assert sees("li", case.number)
    assert list(Concern.objects.filter(lifted_at=None).values_list("unit", flat=True)) == ["market-regulator"]


def test_nobody_handles_a_complaint_about_themselves_or_somebody_close() -> None:
    li, zhao, sun = people.li(), people.zhao(), people._post("sun", "孙（示例）", people.UNIT, "clerk")
    case = complain("unknown")
    act(case.pk, "resolve", zheng_to(case), concerns=f"person:{people.qian().person_id}")
    declare_tie(people.qian().person_id or 0, "close-relative", MONDAY, other=sun.person_id)
    Case.objects.filter(pk=case.pk).update(unit_holding=people.UNIT, handler=None)
    with pytest.raises(Fault, match="cannot handle this case"):
        act(case.pk, "answer", sun, answer="x")
    with pytest.raises(Fault, match="cannot handle this case"):
        assign_case(case.pk, sun.person_id or 0, zhao, Case.objects.get(pk=case.pk).ver, MONDAY)
    refused = ConflictCheck.objects.filter(outcome="conflict")
    assert refused.count() == 2 and {tuple(each.people) for each in refused} == {(people.qian().person_id,)}
    act(case.pk, "answer", li, answer="x")
    check = case.assignments.order_by("-id")[0].conflict_check
    assert (check.outcome, check.people, check.person_id) == (
        "clear",
        [people.qian().person_id],
        li.person_id,
    )


def zheng_to(case: Case) -> Actor:
    """The station resolves it."""
    Case.objects.filter(pk=case.pk).update(unit_holding=STATION)
    return zheng()


def test_a_person_whom_it_is_about_sees_nothing_of_it_even_with_a_post_above() -> None:
    li = people.li()
    feng_ = feng()
    case = complain("unknown")
    act(case.pk, "resolve", zheng_to(case), concerns=f"person:{feng_.person_id}")
    Case.objects.filter(pk=case.pk).update(unit_holding=people.UNIT)
    assert not sees("feng", case.number) and sees("li", case.number) and li.person_id


@pytest.mark.parametrize("said", ["unit:nowhere", "person:999999", "li", "none\nunit:court", "person:x"])
def test_what_is_no_unit_and_nobody_is_told(said: str) -> None:
    case = complain("unknown")
    with pytest.raises(Fault, match="choose again"):
        act(case.pk, "resolve", people.li(), concerns=said)
    assert Case.objects.get(pk=case.pk).state == "received" and not Concern.objects.exists()


def test_it_may_be_about_nobody_of_the_zone() -> None:
    case = complain("market-regulator")
    assert case.unit_holding_id == people.UNIT
    act(case.pk, "resolve", people.li(), concerns="none")
    assert not Concern.objects.filter(lifted_at=None).exists()


def test_an_appeal_is_not_handled_by_who_decided_nor_in_their_unit() -> None:
    li, zheng_ = people.li(), zheng()
    first = lodge("permit")
    act(first.case_id, "accept", li)
    appeal = Case.objects.get(pk=lodge("objection").case_id)
    write_link(appeal, Case.objects.get(pk=first.case_id), "appeal-of", "not fair", MONDAY)
    appoint("li", "李（示例）", STATION, "clerk", people.SINCE, people.PASSWORD)  # 李 has moved
    for actor in (li, people._post("sun", "孙（示例）", people.UNIT, "clerk")):
        with pytest.raises(Fault, match="cannot handle this case"):
            act(appeal.pk, "answer", actor, answer="x")
    act(appeal.pk, "answer", zheng_, answer="x")
    check = appeal.assignments.get().conflict_check
    assert check.units == [people.UNIT] and check.people == [li.person_id]


def test_nobody_handles_an_appeal_in_a_complaint_about_themselves() -> None:
    li, sun = people.li(), people._post("sun", "孙（示例）", STATION, "clerk")
    case, appeal = complain("unknown"), Case.objects.get(pk=lodge("objection").case_id)
    act(case.pk, "resolve", li, concerns=f"person:{sun.person_id}")
    act(case.pk, "answer", li, answer="x")
    write_link(appeal, case, "appeal-of", "not fair", MONDAY)
    appeal = Case.objects.get(pk=appeal.pk)
    assert appeal.unit_holding_id == "audit"  # the unit that had it is the one in which 孙 works
    sun, chu = (
        people._post("sun", "孙（示例）", "audit", "clerk"),
        people._post("chu", "楚（示例）", "audit", "clerk"),
    )
    with pytest.raises(Fault, match="cannot handle this case"):
        act(appeal.pk, "answer", sun, answer="x")
    with pytest.raises(Fault, match="cannot handle this case"):
        assign_case(
            appeal.pk,
            sun.person_id or 0,
            people._post("xu", "许（示例）", "audit", "head"),
            appeal.ver,
            MONDAY,
        )
    act(appeal.pk, "answer", chu, answer="x")
    check = appeal.assignments.get().conflict_check
    assert check.people == sorted([li.person_id or 0, sun.person_id or 0])


def test_whom_a_complaint_is_about_sees_no_appeal_in_it() -> None:
    """孙 reads every case of three units, wherever the appeal goes among them, but not this one."""
    li, sun = people.li(), people._post("sun", "孙（示例）", STATION, "supervisor")
    for unit in ("audit", "zone-authority", "party-committee"):
        people._post("sun", "孙（示例）", unit, "supervisor")
    case = complain("unknown")
    appeal = Case.objects.get(pk=lodge("objection", title=WORD, secret="y").case_id)
    assert sees("sun", appeal.number)
    act(case.pk, "resolve", li, concerns=f"person:{sun.person_id}")
    write_link(appeal, case, "appeal-of", "not fair", MONDAY)
    assert [row.said_by for row in appeal.concerns.filter(lifted_at=None)] == ["appealed"]
    Case.objects.filter(pk=appeal.pk).update(unit_holding="audit")
    assert not sees("sun", appeal.number)


def test_an_appeal_follows_what_is_found_out_later() -> None:
    """It was linked before anybody knew whom the complaint is about; then it is taken from 孙, who had it."""
    li, sun, wu_ = people.li(), people._post("sun", "孙（示例）", STATION, "clerk"), wu()
    case, appeal = (
        complain("unknown"),
        Case.objects.get(pk=lodge("objection", title=WORD, secret="y").case_id),
    )
    write_link(appeal, case, "appeal-of", "not fair", MONDAY)
    assign_case(appeal.pk, sun.person_id or 0, wu_, appeal.ver, MONDAY)
    assert sees("sun", appeal.number)
    act(case.pk, "resolve", li, concerns=f"person:{sun.person_id}")
    moved = Case.objects.get(pk=appeal.pk)
    assert (moved.unit_holding_id, moved.handler_id) == ("audit", None) and not sees("sun", appeal.number)
    assert moved.ver > appeal.ver and moved.events.last().data == {"unit": "audit", "from_unit": STATION}


def test_an_appeal_leaves_whoever_belongs_to_the_unit_that_turns_out_to_be_meant() -> None:
    """孙 of the station has a post in the market regulator too, which 李 finds it is about."""
    li, sun, wu_ = people.li(), people._post("sun", "孙（示例）", STATION, "clerk"), wu()
    case, appeal = (
        complain("unknown"),
        Case.objects.get(pk=lodge("objection", title=WORD, secret="y").case_id),
    )
    write_link(appeal, case, "appeal-of", "not fair", MONDAY)
    assign_case(appeal.pk, sun.person_id or 0, wu_, appeal.ver, MONDAY)
    appoint("sun", "孙（示例）", "market-regulator", "clerk", people.SINCE, people.PASSWORD)
    act(case.pk, "resolve", li, concerns="unit:market-regulator")
    left = Case.objects.get(pk=appeal.pk)
    assert (left.unit_holding_id, left.handler_id) == (STATION, None) and not sees("sun", appeal.number)


def test_an_appeal_follows_a_complaint_that_is_passed_on() -> None:
    """李 finds that it is about the own unit: then nobody there sees the appeal either."""
    li, both = people.li(), people._post("sun", "孙（示例）", STATION, "clerk")
    case, appeal = (
        complain("unknown"),
        Case.objects.get(pk=lodge("objection", title=WORD, secret="y").case_id),
    )
    write_link(appeal, case, "appeal-of", "not fair", MONDAY)
    appoint("sun", "孙（示例）", people.UNIT, "clerk", people.SINCE, people.PASSWORD)
    assert sees("sun", appeal.number) and both.person_id
    act(case.pk, "resolve", li, concerns=f"unit:{people.UNIT}")
    assert {row.unit_id for row in appeal.concerns.filter(lifted_at=None)} == {people.UNIT}
    assert not sees("sun", appeal.number)


def test_staff_call_nothing_an_appeal_that_is_none() -> None:
    people.li()
    case, other = complain("unknown"), lodge("permit")
    with pytest.raises(Fault, match="no appeal is heard in this matter"):
        write_link(Case.objects.get(pk=other.case_id), case, "appeal-of", "so that he sees it", MONDAY)


def test_the_applicant_sees_a_complaint_like_any_other_case() -> None:
    zheng()
    lodged = lodge("grievance", title=WORD, about_unit="service-centre", secret="own")
    holder = Client()
    holder.post("/en/cases/track/", {"number": lodged.number, "code": lodged.code})
    assert WORD in holder.get(f"/en/cases/track/{lodged.number}/").content.decode()


def test_the_database_wants_a_unit_or_a_person() -> None:
    case = complain("unknown")
    for about in ({}, {"unit_id": people.UNIT, "person_id": people.li().person_id}):
        with pytest.raises(IntegrityError), transaction.atomic():
            Concern.objects.create(case=case, said_by="staff", since=MONDAY, **about)
