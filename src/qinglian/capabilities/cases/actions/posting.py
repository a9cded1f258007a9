"""A question into a room: what stands there, before whom it is put, and what must not stand there."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.utils.translation import get_language

from qinglian.capabilities.cases.duties import may_be_on_duty, on_duty
from qinglian.capabilities.cases.entries import log_asked_in_channel
from qinglian.capabilities.cases.handling import allowing, give, refuse_tied, today
from qinglian.capabilities.cases.models import Case, ChannelQuestion
from qinglian.capabilities.cases.publishable import numbers_of_people, tells, ways_to_people
from qinglian.capabilities.cases.record import write_event
from qinglian.capabilities.cases.rules import GIVEN, Happening
from qinglian.capabilities.cases.telling import tell_people
from qinglian.capabilities.notices.actions import queue_notice
from qinglian.capabilities.parties.queries import nearest_holders
from qinglian.engines import canon
from qinglian.faults import Fault
from qinglian.faults import noop as _
from qinglian.zone import Channel, Matter
from qinglian.zone.current import current

NO_NUMBER = "\0"


def channel_of(channel_id: str) -> Channel:
    """The room of this id; Fault where the pack has it no longer."""
    channel = current().channels.get(channel_id)
    if channel is None:
        raise Fault(_("this room is not there any more; choose another, or ask without a room"))
    return channel


def refuse_telling(matter: Matter, channel: Channel, answers: Mapping[str, Any]) -> None:
    """Raise Fault where the words for the room say who asks."""
    texts = [str(answers.get(key, "")) for key in channel.shows]
    found = [each for each in tells(matter, answers, NO_NUMBER, texts) if each is not None]
    if found:
        raise Fault(
            _("what everybody in the room would read holds your “%(field)s”: take it out, or ask privately"),
            field=found[0].label.say(get_language() or "en"),
        )
    looks = [sign for text in texts for sign in (*numbers_of_people(text), *ways_to_people(text))]
    if looks:
        raise Fault(
            _("everybody in the room would read “%(sign)s”, somebody’s own: take it out, or ask privately"),
            sign=looks[0],
        )


def refuse_answering(case: Case, matter: Matter, answer: str) -> None:
    """Raise Fault where an answer that a room reads says who asked, or names anybody by a number."""
    if not ChannelQuestion.objects.filter(case=case, hidden_at=None).exists():
        return
    found = [each for each in tells(matter, case.answers, NO_NUMBER, [answer]) if each is not None]
    if found:
        raise Fault(
            _("everybody in the room reads the answer, and it holds “%(field)s” of who asked: take it out"),
            field=found[0].label.say(get_language() or "en"),
        )
    if looks := numbers_of_people(answer):
        raise Fault(
            _("everybody in the room reads the answer, and it holds “%(sign)s”: take it out"), sign=looks[0]
        )


def post_question(case: Case, matter: Matter, channel: Channel, now: datetime) -> None:
    """Call it inside the transaction that lodges; the case is then with the room's unit."""
    shown = {key: case.answers[key] for key in channel.shows if key in case.answers}
    sha = canon.digest(shown).hex()
    ChannelQuestion.objects.create(case=case, channel=channel.id, shows=list(shown), sha=sha, at=now)
    log_asked_in_channel(channel.id, case.number, sha, now)
    if not _put_before(case, matter, channel, now):
        heads = matter.assign_by or ("head",)
        for role in heads:
            tell_people(case, "nobody-on-duty", nearest_holders(role, channel.unit, today(now)), now)


def _put_before(case: Case, matter: Matter, channel: Channel, now: datetime) -> bool:
    """Give it to whoever is on duty, unless a tie stands in the way or they act there no more."""
    duty = on_duty(channel.id, today(now))
    if duty is None or duty.person not in dict(may_be_on_duty(channel, matter, today(now))):
        return False
    try:
        refuse_tied(case, duty.person, now, asked_by=duty.named_by)
    except Fault:
        return False
    check = allowing(case, duty.person, now, duty.named_by)
    happening = Happening(GIVEN, case.state, now, data={"to": duty.person})
    write_event(case, happening, "system", before=case.state, check=check)
    give(case, duty.person, check, duty.named_by, now)
    case.handler_id = duty.person
    queue_notice("assigned", case.number, now, person_id=duty.person)
    return True
