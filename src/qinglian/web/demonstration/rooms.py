"""Rooms: who is on duty when, named month by month, and the questions that are asked there."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from random import Random

from qinglian.capabilities.cases import actions as cases
from qinglian.capabilities.cases.actions import Actor
from qinglian.web.demonstration.staff import House
from qinglian.zone import Channel, Matter, Zone

NAMED_FOR = timedelta(days=45)  # longer than until the next naming, so that the roster reaches beyond today
ASKED_THERE = 0.14  # of the cases of a room's matter
TAKEN_OUT = 0.05  # of the questions in a room
GROUND = "no-question"


class Rooms:
    """The pack's rooms, with the people of the house on duty in them by turns."""

    def __init__(self, zone: Zone, house: House) -> None:
        self.house, self.channels = house, dict(zone.channels)
        self.heads = {
            channel.id: head
            for channel in self.channels.values()
            if (head := self._head(channel, zone)) is not None
        }
        self.duty: dict[str, Actor] = {}
        self.turns = 0

    def _head(self, channel: Channel, zone: Zone) -> Actor | None:
        """Whoever gives cases of the room's matter to others there."""
        roles = zone.matters[channel.matter].assign_by or ("head",)
        return next((each for role in roles for each in self.house.who(role, channel.unit)), None)

    def name(self, on: date, now: datetime) -> None:
        """Somebody for each room from this day on; call it when a month begins."""
        self.turns += 1
        for channel in self.channels.values():
            clerks = self.house.who("clerk", channel.unit)
            if channel.id not in self.heads or not clerks:
                continue
            chosen = clerks[self.turns % len(clerks)]
            head = self.heads[channel.id]
            cases.name_duty(channel.id, chosen.person_id or 0, on, on + NAMED_FOR, head, now)
            self.duty[channel.id] = chosen

    def may_ask(self, matter: Matter, dice: Random) -> bool:
        """Whether somebody asks in a room; matters without one are as they were."""
        there = any(each.matter == matter.id for each in self.channels.values())
        return there and dice.random() < ASKED_THERE

    def one_for(self, matter: str, dice: Random) -> str:
        """A room in which cases of the matter are asked; an empty text where nobody is on duty yet."""
        there = [each.id for each in self.channels.values() if each.matter == matter and each.id in self.duty]
        return dice.choice(there) if there else ""

    def take_out(self, case_id: int, room: str, now: datetime) -> None:
        """A question leaves the room for a ground; its case goes on."""
        cases.hide_question(case_id, GROUND, self.heads[room], now)
