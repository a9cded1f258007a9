"""What the staff of a room do: name who is on duty, take a question out, let members in; and members' own."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from django.conf import settings
from django.db import transaction

from qinglian.capabilities.cases.actions.actors import Actor
from qinglian.capabilities.cases.actions.posting import channel_of
from qinglian.capabilities.cases.channel_rights import runs
from qinglian.capabilities.cases.duties import may_be_on_duty
from qinglian.capabilities.cases.entries import log_channel_code, log_duty_named, log_question_hidden
from qinglian.capabilities.cases.handling import today
from qinglian.capabilities.cases.models import Case, ChannelCode, ChannelMember, ChannelQuestion, Duty
from qinglian.capabilities.cases.rules import code_hash
from qinglian.capabilities.cases.telling import tell_applicant
from qinglian.faults import Fault
from qinglian.faults import noop as _
from qinglian.zone import Channel
from qinglian.zone.current import current

LONGEST = timedelta(days=366)
TAKEN_OUT = "out-of-room"


def _run(channel_id: str, by: Actor) -> Channel:
    channel = channel_of(channel_id)
    if by.person_id is None or not runs(channel, by.roles):
        raise Fault(_("this is for whoever gives cases to others in the unit of the room; ask them"))
    return channel


@transaction.atomic
def name_duty(channel_id: str, person: int, since: date, until: date, by: Actor, now: datetime) -> None:
    """From the named day to the named day, both included; what was named before gives way on those days."""
    channel = _run(channel_id, by)
    if until < since:
        raise Fault(_("the last day lies before the first; exchange the two"))
    if until < today(now) or since < today(now):
        raise Fault(_("a duty begins today or later: who was on duty stays as it was"))
    if until - since > LONGEST:
        raise Fault(_("a duty lasts a year at most; name the next one then"))
    if person not in dict(may_be_on_duty(channel, current().matters[channel.matter], today(now))):
        raise Fault(_("this person holds no post that handles the case; choose somebody else"))
    Duty.objects.create(
        channel=channel_id, person_id=person, since=since, until=until, named_by_id=by.person_id, at=now
    )
    log_duty_named(channel_id, person, (since, until), by.person_id, now)


@transaction.atomic
def hide_question(case_id: int, ground: str, by: Actor, now: datetime) -> None:
    """Out of the room, for a ground; the case goes on, whoever asked is told, and a tombstone stays."""
    row = ChannelQuestion.objects.select_for_update().filter(case=case_id).first()
    if row is None or row.hidden_at is not None:
        raise Fault(_("this question stands in no room; read the page again"))
    _run(row.channel, by)
    case = Case.objects.select_related("matter_version").get(pk=case_id)
    ChannelQuestion.objects.filter(pk=row.pk).update(hidden_at=now, hidden_by=by.person_id, ground=ground)
    log_question_hidden(row.channel, case.number, ground, by.person_id, now)
    tell_applicant(case, TAKEN_OUT, now)


@transaction.atomic
def make_channel_code(channel_id: str, code: str, by: Actor, now: datetime) -> None:
    """The code made before works no longer; whoever came in by it stays in."""
    channel = _run(channel_id, by)
    if channel.readers != "members":
        raise Fault(_("everybody reads this room; it needs no code"))
    ChannelCode.objects.create(
        channel=channel_id, code_hash=code_hash(code, settings.SECRET_KEY), made_by_id=by.person_id, at=now
    )
    log_channel_code(channel_id, by.person_id, now)


@transaction.atomic
def come_in(channel_id: str, code: str, user_id: int, now: datetime) -> None:
    channel_of(channel_id)
    last = ChannelCode.objects.filter(channel=channel_id).order_by("-id").first()
    if last is None or last.code_hash != code_hash(code, settings.SECRET_KEY):
        raise Fault(_("this is not the code of the room; ask whoever is on duty for the one of today"))
    ChannelMember.objects.get_or_create(channel=channel_id, user_id=user_id, defaults={"since": now})


def go_out(channel_id: str, user_id: int) -> None:
    ChannelMember.objects.filter(channel=channel_id, user=user_id).delete()


def send_out(channel_id: str, member: int, by: Actor) -> None:
    """By whoever runs the room; the code should be made anew, too."""
    _run(channel_id, by)
    ChannelMember.objects.filter(channel=channel_id, pk=member).delete()
