"""Rooms of parks and sectors: a question is a case, somebody by name is on duty, all in it read on."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest
from django.contrib.auth import get_user_model
from django.db import IntegrityError, transaction
from django.utils.translation import override
from tests import people
from tests.people import MONDAY, act

from qinglian.capabilities.cases import actions, channels, queries
from qinglian.capabilities.cases.actions import Actor
from qinglian.capabilities.cases.duties import gaps, may_be_on_duty, on_duty, planned, roster
from qinglian.capabilities.cases.models import (
    Assignment,
    Case,
    CaseEvent,
    ChannelMember,
    ChannelQuestion,
    Duty,
)
from qinglian.capabilities.cases.retention import erase_due
from qinglian.capabilities.cases.sight import Sight
from qinglian.capabilities.interests.actions import declare_tie
from qinglian.capabilities.ledger.models import Entry
from qinglian.capabilities.notices.models import Notice
from qinglian.capabilities.parties.actions import state_enterprise
from qinglian.engines import canon
from qinglian.faults import Fault
from qinglian.zone.current import current

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("units")]
PARK, SECTOR = "north-park", "cross-border-trade"
TODAY = MONDAY.date()
DAY = timedelta(days=1)
WORDS = {
    "topic": "premises",
    "title": "共享办公室可以登记为住所吗？",
    "detail": "我们租用园区内的共享办公室。",
}


def asks(channel: str = PARK, secret: str = "room", **changed: str) -> int:
    code = actions.code_from(secret)
    said = people.CHEN | changed
    return actions.lodge_case(people.matter(), said, code, "zh-hans", MONDAY, channel).case_id


def duty(
    person: Actor, first: date = TODAY, last: date = TODAY, by: Actor | None = None, on: str = PARK
) -> None:
    by = by or people.zhao()
    actions.name_duty(on, person.person_id or 0, first, last, by, MONDAY)


def room(channel: str = PARK) -> list[channels.QuestionReading]:
    return channels.questions(channel, MONDAY + timedelta(hours=3)).rows


def test_a_question_is_a_case_with_the_same_clocks_and_goes_to_whoever_is_on_duty() -> None:
    li = people.li()
    duty(li)
    aside, asked = people.chen_asks().case_id, asks()
    one, other = Case.objects.get(pk=aside), Case.objects.get(pk=asked)
    assert [c.due for c in one.clocks.order_by("id")] == [c.due for c in other.clocks.order_by("id")]
    assert one.due == other.due and one.handler_id is None and other.handler_id == li.person_id
    given = Assignment.objects.get()
    assert given.conflict_check.outcome == "clear" and given.assigned_by_id == people.zhao().person_id
    event = CaseEvent.objects.get(case=asked, action="assign:person")
    assert (event.actor, event.conflict_check_id) == ("system", given.conflict_check_id)
    assert Notice.objects.filter(kind="assigned", person=li.person_id).count() == 1
    folded, kept = queries.refolded(other.number)
    assert folded.state == kept["state"] == "received", "who has it moves nothing"


def test_the_room_shows_the_question_and_the_answer_and_never_who_asked() -> None:
    li = people.li()
    asked = asks(email="chen@example.com")
    (row,) = room()
    assert (row.title, row.answer, row.late) == (WORDS["title"], "", False)
    assert [(field.key, value) for field, value in row.words] == [
        ("topic", "premises"),
        ("detail", WORDS["detail"]),
    ]
    assert not any(text in repr(row) for text in (people.CHEN["name"], "chen@example.com"))
    act(asked, "accept", li, MONDAY)
    act(asked, "answer", li, MONDAY + timedelta(hours=2), answer="可以。")
    (row,) = room()
    assert row.answer == "可以。" and row.answered_at == MONDAY + timedelta(hours=2) and row.due is None
    assert channels.questions(SECTOR, MONDAY).rows == [], "and no other room has it"


def test_an_answer_that_is_held_more_closely_is_for_whoever_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    li, asked = people.li(), asks()
    act(asked, "accept", li, MONDAY)
    act(asked, "answer", li, MONDAY, answer="可以。")
    matter = people.matter()
    closely = replace(
        matter, actions={**matter.actions, "answer": replace(matter.actions["answer"], sensitivity="sealed")}
    )
    monkeypatch.setattr(channels, "matter_of", lambda _case: closely)
    (row,) = room()
    assert row.answer == "" and row.held_back and row.answered_at


def test_the_words_of_the_room_are_in_the_public_log_by_their_hash() -> None:
    asks()
    row = ChannelQuestion.objects.get()
    assert row.sha == canon.digest(WORDS).hex(), "computed here from the words themselves"
    entry = Entry.objects.get(kind="cases.asked_in_channel")
    assert entry.log == "public" and PARK in str(entry.data) and people.CHEN["name"] not in str(entry.data)


def test_where_nobody_is_on_duty_the_head_is_told() -> None:
    zhao = people.zhao()
    case = Case.objects.get(pk=asks())
    assert case.handler_id is None and case.unit_holding_id == people.UNIT
    assert Notice.objects.get(kind="nobody-on-duty").person_id == zhao.person_id


def test_a_tie_of_whoever_is_on_duty_stands_in_the_way() -> None:
    li = people.li()
    duty(li)
    firm = state_enterprise("CN", "", people.CHEN["name"], MONDAY, where=(people.UNIT, "internal"))
    number = "91350100M000100Y43"
    firm = state_enterprise("CN", number, people.CHEN["name"], MONDAY, where=(people.UNIT, "internal"))
    declare_tie(li.person_id or 0, "shareholder", MONDAY, enterprise=firm)
    asked = asks(regno=number)
    assert Case.objects.get(pk=asked).handler_id is None and not Assignment.objects.exists()
    assert Notice.objects.get(kind="nobody-on-duty").person_id == people.zhao().person_id


@pytest.mark.parametrize(
    "changed",
    [
        {"detail": "我们是91350100M000100Y43，想问场地。", "regno": "91350100M000100Y43"},
        {"title": "请回信chen@example.com", "email": "chen@example.com"},
        {"detail": "陈记茶业（示例）有限公司想问场地。"},
        {"detail": "陳記茶業(示例)有限公司想問場地。"},
    ],
)
def test_what_says_who_asks_is_not_lodged_in_a_room_and_is_asked_privately(changed: dict[str, str]) -> None:
    with pytest.raises(Fault, match="what everybody in the room would read holds your"):
        asks(**changed)
    assert not Case.objects.exists() and not ChannelQuestion.objects.exists()
    assert people.chen_asks(**changed).case_id


@pytest.mark.parametrize(
    "said",
    ["我的身份證是 A123456(3)。", "身份证11010519491231002X",
     "致電 9123 4567", "＋８５２ ９１２３４５６７",
     "澳門 1234567(8)",
     "手机13800138000", "write to ho@example.com"],
)  # fmt: skip
def test_what_leads_to_a_person_is_not_put_before_a_room(said: str) -> None:
    """Nobody reads a question before the room does; the number need not be an answer to another field."""
    with pytest.raises(Fault, match="everybody in the room would read"):
        asks(detail=said)
    assert people.chen_asks(detail=said).case_id, "asked privately it may say so"


@pytest.mark.parametrize(
    "said",
    ["A123456(7) 是型號", "商業登記號碼 61234567-000", "0755-88886666",
     "ISO 9001 2015", "金額 50000000 元",
     "2026-11-30",
     "91350100M000100Y43", "FC-2026-001901-0", "熱線 12345"],
)  # fmt: skip
def test_other_numbers_may_be_asked_about(said: str) -> None:
    assert asks(detail=said)


def test_an_answer_in_a_room_does_not_say_who_asked() -> None:
    li = people.li()
    duty(li)
    asked = asks(email="chen@example.com")
    act(asked, "accept", li, MONDAY)
    for words in ("陳記茶業(示例)有限公司：可以。", "已回復 chen@example.com。", "申請人 A123456(3) 可以。"):
        with pytest.raises(Fault, match="everybody in the room reads the answer"):
            act(asked, "answer", li, MONDAY, answer=words)
    act(asked, "answer", li, MONDAY, answer="可以。熱線 2345 6789、9123 4567。")
    private = people.chen_asks().case_id
    act(private, "accept", li, MONDAY)
    act(private, "answer", li, MONDAY, answer="陈记茶业（示例）有限公司：可以。")


def test_a_room_that_is_gone_takes_no_question() -> None:
    with pytest.raises(Fault, match="this room is not there any more"):
        asks("no-such-room")
    assert not Case.objects.exists()


def test_of_two_entries_of_the_roster_the_last_named_holds() -> None:
    li, sun = people.li(), people._post("sun", "孙（示例）", people.UNIT, "clerk")
    duty(li, TODAY, TODAY + 6 * DAY)
    duty(sun, TODAY + 2 * DAY, TODAY + 3 * DAY)
    spans = roster(planned(PARK, TODAY, 9), TODAY, 9)
    assert [(s.first, s.last, s.duty.name if s.duty else None) for s in spans] == [
        (TODAY, TODAY + DAY, "李（示例）"),
        (TODAY + 2 * DAY, TODAY + 3 * DAY, "孙（示例）"),
        (TODAY + 4 * DAY, TODAY + 6 * DAY, "李（示例）"),
        (TODAY + 7 * DAY, TODAY + 8 * DAY, None),
    ]
    held = on_duty(PARK, TODAY + 3 * DAY)
    assert held is not None and (held.name, held.named_by_name) == ("孙（示例）", "赵（示例）")
    park = current().channels[PARK]
    people_there = may_be_on_duty(park, people.matter(), TODAY)
    bare = gaps(park, planned(PARK, TODAY), TODAY, people_there)
    assert bare == [date(2026, 3, n) for n in (9, 10, 11, 12, 13)], "no weekend"


@pytest.mark.parametrize(
    ("first", "last", "reason"),
    [
        (TODAY - DAY, TODAY, "begins today or later"),
        (TODAY + DAY, TODAY, "the last day lies before the first"),
        (TODAY, TODAY + 400 * DAY, "a year at most"),
    ],
)
def test_what_was_is_not_changed_and_no_duty_is_without_end(first: date, last: date, reason: str) -> None:
    with pytest.raises(Fault, match=reason):
        duty(people.li(), first, last)
    assert not Duty.objects.exists()


def test_only_who_gives_cases_to_others_names_and_only_who_handles_them_is_named() -> None:
    with pytest.raises(Fault, match="whoever gives cases to others"):
        duty(people.li(), by=people.li())
    with pytest.raises(Fault, match="no post that handles the case"):
        duty(people.qian())
    with pytest.raises(IntegrityError), transaction.atomic():
        who = people.li().person_id
        Duty.objects.create(
            channel=PARK, person_id=who, since=TODAY, until=TODAY - DAY, named_by_id=who, at=MONDAY
        )


def test_what_leaves_a_room_leaves_a_line_and_the_case_goes_on() -> None:
    li, zhao, asked = people.li(), people.zhao(), asks(email="chen@example.com")
    with pytest.raises(Fault, match="whoever gives cases to others"):
        actions.hide_question(asked, "no-question", li, MONDAY)
    before = Case.objects.get(pk=asked)
    actions.hide_question(asked, "names-somebody", zhao, MONDAY)
    (row,) = room()
    assert row.hidden_at == MONDAY and row.ground == "names-somebody" and not row.title and not row.words
    after = Case.objects.get(pk=asked)
    assert (after.open, after.due, after.state) == (before.open, before.due, before.state)
    entry = Entry.objects.get(kind="cases.question_hidden")
    assert entry.log == "public" and "names-somebody" in str(entry.data) and before.number in str(entry.data)
    assert Notice.objects.filter(kind="out-of-room", email="chen@example.com").exists()
    counts = channels.read_channel(current().channels[PARK], MONDAY).counts
    assert (counts.asked, counts.hidden, counts.open) == (1, 1, 1)
    with pytest.raises(Fault, match="stands in no room"):
        actions.hide_question(asked, "ordered", zhao, MONDAY)
    act(asked, "accept", li, MONDAY)
    act(asked, "answer", li, MONDAY, answer="可以。")
    assert room()[0].answer == "", "and the answer does not come in by the back door"
    with pytest.raises(IntegrityError), transaction.atomic():
        ChannelQuestion.objects.update(ground="because")


def test_counts_say_what_is_open_and_overdue() -> None:
    li = people.li()
    first, _second, third = (asks(secret=f"room {n}") for n in range(3))
    act(first, "accept", li, MONDAY)
    act(first, "answer", li, MONDAY, answer="可以。")
    act(third, "withdraw", actions.APPLICANT, MONDAY)
    counts = channels.read_channel(current().channels[PARK], MONDAY + 5 * DAY).counts
    assert (counts.asked, counts.answered, counts.open, counts.overdue) == (3, 1, 1, 1)


def test_what_a_room_showed_it_shows_though_the_pack_shows_more_now(monkeypatch: pytest.MonkeyPatch) -> None:
    asks()
    zone = current()
    wide = replace(zone.channels[PARK], shows=("topic", "title", "detail", "kind"))
    monkeypatch.setattr("qinglian.zone.current._zone", replace(zone, channels={**zone.channels, PARK: wide}))
    assert [field.key for field, _value in room()[0].words] == ["topic", "detail"]
    assert ChannelQuestion.objects.get().shows == ["topic", "title", "detail"]


def test_erased_words_leave_the_room_too() -> None:
    li, asked = people.li(), asks()
    duty(li)
    act(asked, "accept", li, MONDAY)
    act(asked, "answer", li, MONDAY, answer="可以。")
    act(asked, "close", actions.APPLICANT, MONDAY)
    assert erase_due(MONDAY + timedelta(days=1096), 50)
    (row,) = channels.questions(PARK, MONDAY + timedelta(days=1096)).rows
    assert row.erased and row.answer == "" and WORDS["detail"] not in repr(row)
    assert ChannelQuestion.objects.get().sha == ""
    assert queries.case_page(asked, MONDAY + timedelta(days=1096), li.roles).events, "the page still opens"


def test_members_come_in_by_the_last_code_and_leave_no_row() -> None:
    qian = people._post("qian", "钱（示例）", people.OTHER_UNIT, "head")
    user = get_user_model().objects.create_user("a member").pk
    with pytest.raises(Fault, match="not the code of the room"):
        actions.come_in(SECTOR, "", user, MONDAY)
    for secret in ("first", "second"):
        actions.make_channel_code(SECTOR, actions.code_from(secret), qian, MONDAY)
    with pytest.raises(Fault, match="not the code of the room"):
        actions.come_in(SECTOR, actions.code_from("first"), user, MONDAY)
    actions.come_in(SECTOR, actions.code_from("second").lower().replace("-", " "), user, MONDAY)
    actions.come_in(SECTOR, actions.code_from("second"), user, MONDAY)
    assert channels.members_of(SECTOR) == {user} and channels.rooms_of(user) == {SECTOR}
    thing = channels.thing_of_channel(SECTOR)
    assert thing is not None and not thing.open and thing.users == {user}
    actions.go_out(SECTOR, user)
    assert not ChannelMember.objects.exists()
    actions.come_in(SECTOR, actions.code_from("second"), user, MONDAY)
    member = ChannelMember.objects.get().pk
    with pytest.raises(Fault, match="whoever gives cases to others"):
        actions.send_out(SECTOR, member, people.li())
    actions.send_out(SECTOR, member, qian)
    assert not ChannelMember.objects.exists()
    with pytest.raises(Fault, match="everybody reads this room"):
        actions.make_channel_code(PARK, "code", people.zhao(), MONDAY)


def test_whoever_supervises_is_told_where_nobody_is_on_duty(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("django.utils.timezone.now", lambda: MONDAY)

    def told() -> tuple[str, str] | None:
        with override("en"):
            return channels.alarm({what: rows.count() for what, rows in channels.attended().items()})

    assert told() == ("In 2 rooms nobody is on duty today", "cases:desk-channels")
    duty(people.li())
    duty(people.li())
    assert told() == ("In 1 room nobody is on duty today", "cases:desk-channels")
    head = people._post("qian", "钱（示例）", people.OTHER_UNIT, "head")
    duty(people.qian(), by=head, on=SECTOR)
    assert told() is None
    monkeypatch.setattr("django.utils.timezone.now", lambda: MONDAY + 5 * DAY)
    assert told() is None, "a Saturday"


def test_the_desk_sees_the_rooms_of_its_units_only() -> None:
    own = Sight({people.UNIT: frozenset({"head"})})
    assert [each.reading.channel.id for each in channels.desk_channels(own, MONDAY)] == [PARK]
    assert channels.desk_channel(SECTOR, own, MONDAY) is None
    assert channels.desk_channel(PARK, own, MONDAY).runs  # type: ignore[union-attr]
    clerk = Sight({people.UNIT: frozenset({"clerk"})})
    found = channels.desk_channel(PARK, clerk, MONDAY)
    assert found is not None and not found.runs and found.members == [] and found.people == []
    duty(people.li())
    assert [each.id for each in channels.duties_today(people.li().person_id, MONDAY)] == [PARK]
    duty(people._post("sun", "孙（示例）", people.UNIT, "clerk"))
    assert channels.duties_today(people.li().person_id, MONDAY) == [], "somebody was named later for the day"
