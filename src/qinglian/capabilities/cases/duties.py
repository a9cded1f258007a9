"""Who is on duty in a room: of two entries that hold a day, the one named last does."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from qinglian.capabilities.cases.models import Duty
from qinglian.capabilities.parties.queries import people_in
from qinglian.zone import Channel, Matter
from qinglian.zone.current import current
from qinglian.zone.matter import SYSTEM
from qinglian.zone.pack import above

PLANNED = 31  # days of a roster that are shown
LOOKED_AHEAD = 14  # days in which a gap of the roster is told


@dataclass(frozen=True)
class OnDuty:
    person: int
    name: str
    since: date
    until: date
    named_by: int
    named_by_name: str


@dataclass(frozen=True)
class Span:
    """Days in a row with the same person on duty, or with nobody."""

    first: date
    last: date
    duty: OnDuty | None


def may_be_on_duty(channel: Channel, matter: Matter, on: date) -> list[tuple[int, str]]:
    """(id, name) of those who act in the matter, in the unit of the room or above it."""
    acting = {role for action in matter.actions.values() for role in action.by} & set(matter.roles)
    line = [channel.unit, *above(current().units)[channel.unit]]
    path = "".join(f"{unit}/" for unit in reversed(line))
    return people_in(path, frozenset(acting - {"applicant", SYSTEM}), on)


def planned(channel_id: str, first: date, days: int = PLANNED) -> list[OnDuty]:
    """The entries that hold some of these days, the one named last first."""
    last = first + timedelta(days=days - 1)
    rows = Duty.objects.filter(channel=channel_id, since__lte=last, until__gte=first)
    return [
        OnDuty(each.person_id, each.person.name, each.since, each.until, each.named_by_id, each.named_by.name)
        for each in rows.select_related("person", "named_by").order_by("-id")
    ]


def on_duty(channel_id: str, on: date) -> OnDuty | None:
    return duty_on(planned(channel_id, on, 1), on)


def duty_on(rows: list[OnDuty], on: date) -> OnDuty | None:
    return next((each for each in rows if each.since <= on <= each.until), None)


def roster(rows: list[OnDuty], first: date, days: int = PLANNED) -> list[Span]:
    """From first on, span by span; rows: what is planned for these days."""
    spans: list[Span] = []
    for each in (first + timedelta(days=n) for n in range(days)):
        duty = duty_on(rows, each)
        if spans and spans[-1].duty == duty:
            spans[-1] = Span(spans[-1].first, each, duty)
        else:
            spans.append(Span(each, each, duty))
    return spans


def gaps(channel: Channel, rows: list[OnDuty], first: date, people: list[tuple[int, str]]) -> list[date]:
    """The working days soon on which nobody is on duty, or somebody who is none of the people that may be."""
    zone = current()
    matter = zone.matters[channel.matter]
    calendar = zone.calendars[matter.calendar]
    acting = dict(people)
    found = []
    for each in (first + timedelta(days=n) for n in range(LOOKED_AHEAD)):
        duty = duty_on(rows, each)
        if calendar.is_working(each) and (duty is None or duty.person not in acting):
            found.append(each)
    return found
