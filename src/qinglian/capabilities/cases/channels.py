"""Rooms as they are read: what was asked, what was answered, who is on duty, and what waits."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db.models import Max, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from qinglian.capabilities.access.fence import beyond
from qinglian.capabilities.access.policies import Thing
from qinglian.capabilities.cases.channel_rights import runs
from qinglian.capabilities.cases.duties import (
    OnDuty,
    Span,
    duty_on,
    gaps,
    may_be_on_duty,
    on_duty,
    planned,
    roster,
)
from qinglian.capabilities.cases.handling import today
from qinglian.capabilities.cases.headings import unit_title
from qinglian.capabilities.cases.history import matter_of
from qinglian.capabilities.cases.models import (
    CaseEvent,
    ChannelCode,
    ChannelMember,
    ChannelQuestion,
    Duty,
)
from qinglian.capabilities.cases.sight import Sight
from qinglian.capabilities.parties.queries import (
    account_addresses,
    enterprise_names,
    represented_by,
    unit_path,
)
from qinglian.engines.clock import remaining
from qinglian.zone import Channel, Field, Matter, State
from qinglian.zone.current import current

PAGE = 20
LOOKED_BACK = timedelta(days=90)
MOST = 2000  # questions of a room that are counted
DONE = ("answered", "closed", "confirmed", "refused")


@dataclass(frozen=True)
class Counts:
    """Of the questions of the last 90 days; hidden ones count, they go on as cases."""

    asked: int
    answered: int
    open: int
    overdue: int
    hidden: int


@dataclass(frozen=True)
class ChannelReading:
    channel: Channel
    matter: Matter
    unit: object
    duty: OnDuty | None
    counts: Counts


@dataclass(frozen=True)
class QuestionReading:
    id: int
    number: str
    at: datetime
    title: str
    language: str  # of the question
    words: list[tuple[Field, object]]
    state: State
    unit: object
    due: datetime | None
    late: bool
    left: int | None
    answer: str
    answered_at: datetime | None
    held_back: bool  # answered, but more closely than the question
    erased: bool
    hidden_at: datetime | None
    ground: str


@dataclass(frozen=True)
class QuestionList:
    rows: list[QuestionReading]
    before: int | None  # where the next page begins


@dataclass(frozen=True)
class Member:
    id: int
    name: str
    since: datetime


@dataclass(frozen=True)
class DeskChannel:
    reading: ChannelReading
    runs: bool
    roster: list[Span]
    gaps: list[date]
    people: list[tuple[int, str]]
    members: list[Member]
    code_made: datetime | None


def thing_of_channel(channel_id: str) -> Thing | None:
    """What the gate must know of a room; a room that the pack does not have is nobody's."""
    channel = current().channels.get(channel_id)
    if channel is None:
        return None
    open_to_all = channel.readers == "everybody"
    users = frozenset() if open_to_all else members_of(channel_id)
    return Thing(
        unit_path=unit_path(channel.unit),
        sensitivity=current().matters[channel.matter].sensitivity,
        users=users,
        open=open_to_all,
    )


def members_of(channel_id: str) -> frozenset[int]:
    return frozenset(ChannelMember.objects.filter(channel=channel_id).values_list("user_id", flat=True))


def rooms_of(user_id: int | None) -> frozenset[str]:
    """Ids of the rooms that this account came into."""
    if user_id is None:
        return frozenset()
    return frozenset(ChannelMember.objects.filter(user=user_id).values_list("channel", flat=True))


def every_channel(now: datetime) -> list[ChannelReading]:
    return [read_channel(each, now) for each in current().channels.values()]


def read_channel(channel: Channel, now: datetime, rows: list[OnDuty] | None = None) -> ChannelReading:
    """rows: what is planned, where it is known already."""
    duty = on_duty(channel.id, today(now)) if rows is None else duty_on(rows, today(now))
    return ChannelReading(
        channel,
        current().matters[channel.matter],
        unit_title(channel.unit),
        duty,
        _counts(channel.id, now),
    )


def _counts(channel_id: str, now: datetime) -> Counts:
    asked = ChannelQuestion.objects.filter(channel=channel_id, at__gt=now - LOOKED_BACK).order_by("-id")
    told = ("case__state", "case__open", "case__due", "hidden_at", "case__matter_version__matter")
    with beyond("how many, for everybody: nothing that was asked"):
        rows = list(asked.values_list(*told)[:MOST])
    return Counts(
        asked=len(rows),
        answered=sum(_stage(matter, state) in DONE for state, *_rest, matter in rows),
        open=sum(is_open and _stage(matter, state) not in DONE for state, is_open, *_rest, matter in rows),
        overdue=sum(is_open and due is not None and due < now for _state, is_open, due, *_rest in rows),
        hidden=sum(hidden is not None for *_rest, hidden, _matter in rows),
    )


def _stage(matter: str, state: str) -> str:
    known = current().matters.get(matter)
    return known.states[state].stage if known and state in known.states else ""


def questions(channel_id: str, now: datetime, before: int | None = None) -> QuestionList:
    """What was asked in a room, the newest first. Who asked stands nowhere in it."""
    rows = ChannelQuestion.objects.filter(channel=channel_id)
    if before is not None:
        rows = rows.filter(id__lt=before)
    found = list(rows.select_related("case__matter_version").order_by("-id")[: PAGE + 1])
    answers = _answers([each.case_id for each in found])
    following = found[PAGE - 1].pk if len(found) > PAGE else None
    return QuestionList([_question(row, answers, now) for row in found[:PAGE]], following)


def _answers(case_ids: Iterable[int]) -> dict[int, CaseEvent]:
    """Case → its last event that holds an answer."""
    rows = CaseEvent.objects.filter(case__in=list(case_ids), actor="staff", data__has_key="answer")
    return {row.case_id: row for row in rows.order_by("seq")}


def _question(row: ChannelQuestion, answers: dict[int, CaseEvent], now: datetime) -> QuestionReading:
    case, matter = row.case, matter_of(row.case)
    event = answers.get(row.case_id)
    action = matter.actions.get(event.action) if event else None
    openly = action is not None and action.sensitivity == matter.content
    due = case.due if case.open else None
    shut = row.hidden_at is not None
    calendar = current().calendars[matter.calendar]
    fields = [matter.fields[key] for key in row.shows if key in matter.fields and key != "title"]
    return QuestionReading(
        id=row.pk,
        number=case.number,
        at=row.at,
        title="" if shut or "title" not in row.shows else case.title,
        language=case.language,
        words=[] if shut else [(each, case.answers[each.key]) for each in fields if each.key in case.answers],
        state=matter.states[case.state],
        unit=unit_title(case.unit_holding_id),
        due=due,
        late=due is not None and due < now,
        left=remaining(calendar, due, now) if due else None,
        answer=str(event.data["answer"]) if event and openly and not shut else "",
        answered_at=event.at if event else None,
        held_back=event is not None and not openly,
        erased=case.erased_at is not None,
        hidden_at=row.hidden_at,
        ground=row.ground,
    )


@dataclass(frozen=True)
class InRoom:
    """Where a case stands before others, for the page of the case."""

    channel: Channel | None  # none where the pack has it no longer
    hidden_at: datetime | None
    ground: str


def room_of_case(case_id: int) -> InRoom | None:
    row = ChannelQuestion.objects.filter(case=case_id).first()
    return InRoom(current().channels.get(row.channel), row.hidden_at, row.ground) if row else None


def desk_channels(sight: Sight, now: datetime) -> list[DeskChannel]:
    """The rooms of the units within sight, with their rosters."""
    found = [each for each in current().channels.values() if each.unit in sight.units]
    return [_on_desk(each, sight, now) for each in found]


def desk_channel(channel_id: str, sight: Sight, now: datetime) -> DeskChannel | None:
    channel = current().channels.get(channel_id)
    return _on_desk(channel, sight, now) if channel is not None and channel.unit in sight.units else None


def _on_desk(channel: Channel, sight: Sight, now: datetime) -> DeskChannel:
    on, matter = today(now), current().matters[channel.matter]
    leads = runs(channel, sight.units[channel.unit])
    rows, people = planned(channel.id, on), may_be_on_duty(channel, matter, on)
    code = ChannelCode.objects.filter(channel=channel.id).order_by("-id").first()
    return DeskChannel(
        reading=read_channel(channel, now, rows),
        runs=leads,
        roster=roster(rows, on),
        gaps=gaps(channel, rows, on, people),
        people=people if leads else [],
        members=_members(channel, now) if leads else [],
        code_made=code.at if code else None,
    )


def _members(channel: Channel, now: datetime) -> list[Member]:
    """By the enterprises for which they speak; else by the address, of which only the beginning is shown."""
    rows = list(ChannelMember.objects.filter(channel=channel.id).order_by("since", "id"))
    users = [row.user_id for row in rows]
    firms = represented_by(users, today(now))
    with beyond("of an address only the beginning is shown, to whoever runs the room"):
        addresses = account_addresses(users)
    names = enterprise_names({each for own in firms.values() for each in own})
    said = {user: [names[each] for each in own if each in names] for user, own in firms.items()}
    shown = {user: " · ".join(said.get(user, [])) or _hinted(addresses.get(user, "")) for user in users}
    return [Member(row.pk, shown[row.user_id], row.since) for row in rows]


def _hinted(address: str) -> str:
    name, _at, domain = address.partition("@")
    return f"{name[:1]}…@{domain}" if domain else _("an account without an address")


def duties_today(person: int | None, now: datetime) -> list[Channel]:
    """The rooms in which this person is on duty today."""
    if person is None or not current().channels:
        return []
    on = today(now)
    mine = Duty.objects.filter(person=person, since__lte=on, until__gte=on).values_list("channel", flat=True)
    rooms = [current().channels[each] for each in dict.fromkeys(mine) if each in current().channels]
    return [each for each in rooms if (duty := on_duty(each.id, on)) is not None and duty.person == person]


def attended() -> dict[str, QuerySet[Duty]]:
    """Of each room in which somebody is on duty today, one row: what the alarm counts."""
    on = today(timezone.now())
    rows = Duty.objects.filter(since__lte=on, until__gte=on, channel__in=_asked(on))
    return {
        "rooms": Duty.objects.filter(pk__in=rows.values("channel").annotate(last=Max("pk")).values("last"))
    }


def alarm(counted: Mapping[str, int]) -> tuple[str, str] | None:
    """Told to whoever supervises when nobody is on duty in a room on a working day."""
    empty = len(_asked(today(timezone.now()))) - counted["rooms"]
    if empty <= 0:
        return None
    said = ngettext("In %(n)d room nobody is on duty today", "In %(n)d rooms nobody is on duty today", empty)
    return said % {"n": empty}, "cases:desk-channels"


def _asked(on: date) -> list[str]:
    """The rooms that somebody should be on duty in on that day."""
    return [each.id for each in current().channels.values() if _works(each, on)]


def _works(channel: Channel, on: date) -> bool:
    zone = current()
    return zone.calendars[zone.matters[channel.matter].calendar].is_working(on)


def matters_rooms(matter_id: str) -> list[Channel]:
    """The rooms in which this can be asked."""
    return [each for each in current().channels.values() if each.matter == matter_id]
