"""The life of one case: who does what next, and when. Every step is a verb of the desk, asked like any other.

A life knows its matter only by what the matter says: states, actions, needs, clocks; so it can be lived under
any matter of any pack. Each has dice of its own, so that no other life changes what happens in it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from random import Random
from typing import Any

from qinglian.capabilities.cases import actions as cases
from qinglian.capabilities.cases.actions import APPLICANT, Actor, Stale
from qinglian.capabilities.cases.glances import Glance, glance
from qinglian.capabilities.cases.thread import ask_for_person
from qinglian.faults import Fault
from qinglian.web.demonstration.asking import Asker, Sheet, fill, topic_of
from qinglian.web.demonstration.hours import Hours, around
from qinglian.web.demonstration.phrases import Speaker
from qinglian.web.demonstration.rooms import Rooms
from qinglian.web.demonstration.staff import House
from qinglian.zone import Action, Matter

NEVER = datetime.max
MOST_TRIES = 4  # of somebody whom a tie binds, or whom somebody else was faster than
USUAL_DAYS = 4  # until an answer, where the matter promises none in working days
STAFF = ("clerk", "head", "supervisor")
Turn = Callable[["Life", Glance, datetime], "datetime | None"]


@dataclass(frozen=True)
class Wishes:
    """What the people of one case are like; drawn when it begins."""

    assigns: bool
    asks: bool
    supplies: bool
    transfers: bool
    joins: bool
    extends: bool
    refuses: bool
    reopens: bool
    closes: bool
    withdraws: bool
    writes: bool
    calls: bool
    notes: bool
    publishes: bool
    appeals: bool
    complains: bool

    @classmethod
    def drawn(cls, dice: Random) -> Wishes:
        """In the order of the names: how many in a hundred cases are like that."""
        shares = (25, 16, 88, 12, 10, 10, 22, 9, 30, 3, 8, 1.5, 8, 8, 40, 2.5)
        return cls(*(dice.random() * 100 < share for share in shares))


@dataclass
class Stage:
    """What all lives share: who works where, the calendar, and where what was lived is put."""

    house: House
    hours: Hours
    rooms: Rooms
    matters: dict[str, Matter]
    lodged: list[str] = field(default_factory=list)
    refused: Counter[str] = field(default_factory=Counter)  # what the verbs refused, by its words
    born: list[tuple[datetime, Life]] = field(default_factory=list)  # that begin because of another

    def matter_as(self, relation: str, matter: str) -> Matter | None:
        """The matter whose cases stand to those of that one as the relation says."""
        for each in self.matters.values():
            if any(row.matter == matter and row.relation == relation for row in each.related):
                return each
        return None


class Life:
    def __init__(
        self, stage: Stage, matter: Matter, asker: Asker, seed: str, given: dict[str, Any] | None = None
    ) -> None:
        self.stage, self.matter, self.asker = stage, matter, asker
        self.seed, self.given = seed, given or {}
        self.dice = Random(seed)
        self.speaker = Speaker(self.dice)
        self.wishes = Wishes.drawn(self.dice)
        self.asks_again = Random(f"{seed} again").random() < 0.15  # a head, of those that were asked once
        self.done: Counter[str] = Counter()
        self.case_id, self.number, self.unit = 0, "", matter.unit
        self.handler: Actor | None = None
        self.proposed: str = ""  # the action that waits for others to agree
        self.tied: set[int] = set()  # whom a tie was found to bind
        self.tries = 0
        self.topic = ""
        self.answer_id = 0  # of the answer made public
        self.room = ""  # in which it is asked, before all who read there

    def begin(self, now: datetime) -> datetime:
        """Lodge it; when to look at it next."""
        sheet = Sheet(self.matter, self.asker, self.speaker, now, self.given)
        code = cases.code_from(f"demonstration {self.seed}")
        answers = fill(sheet)
        self.topic = topic_of(sheet)
        lodged = self._lodge(answers, code, now)
        self.case_id, self.number = lodged.case_id, lodged.number
        self.stage.lodged.append(lodged.number)
        if self.wishes.calls:
            ask_for_person(self.case_id, APPLICANT, now)
        self.unit = glance(self.case_id).unit
        if self.room:
            self.handler = self.stage.rooms.duty[self.room]
        return self.later(now, 0.5)

    def _lodge(self, answers: dict[str, Any], code: str, now: datetime) -> cases.Lodged:
        """In the room; or privately, where the words would tell all who read there who asks."""
        said = (self.matter, answers, code, self.asker.language, now)
        if self.stage.rooms.may_ask(self.matter, self.dice):
            self.room = self.stage.rooms.one_for(self.matter.id, self.dice)
        try:
            return cases.lodge_case(*said, self.room)
        except Fault as no:
            if not self.room:
                raise
            self.stage.refused[no.template] += 1
            self.room = ""
            return cases.lodge_case(*said)

    def wake(self, now: datetime, unit: Turn, applicant: Turn, after: Turn) -> datetime:
        """Do the next thing; when to do the one after that."""
        seen = glance(self.case_id)
        self.unit = seen.unit
        turn = self.matter.states[seen.state].turn if seen.open else "nobody"
        side = {"unit": unit, "applicant": applicant}.get(turn, after)
        try:
            return side(self, seen, now) or NEVER
        except (Fault, Stale) as no:
            return self._refused(no, now)

    def _refused(self, no: Fault | Stale, now: datetime) -> datetime:
        """A tie stood in the way, or somebody was faster: try otherwise, but not for ever."""
        self.stage.refused[no.template if isinstance(no, Fault) else "stale"] += 1
        self.tries += 1
        if self.handler is not None and self.handler.person_id in self.tied:
            self.handler = None  # was on duty, and is tied
        return self.later(now, 0.1) if self.tries < MOST_TRIES else NEVER

    # What the sides share

    def act(self, action: Action, actor: Actor, seen: Glance, now: datetime, **said: Any) -> None:
        """Take one action of the matter, with words for all that it needs."""
        data = {need: self._words(need, action) for need in action.needs} | said
        cases.act_on_case(self.case_id, action.id, actor, seen.ver, data, now)
        self.done[action.id] += 1

    def _words(self, need: str, action: Action) -> str:
        speaker, language = self.speaker, self.asker.language
        match need:
            case "items":
                return speaker.items()[language]
            case "answer":
                return speaker.answer()[language]
            case "detail":
                return speaker.say("said", "asked" if action.joint else "detail")[language]
            case "clause":
                return speaker.say("said", "clause", n=self.dice.randrange(1, 20))[language]
            case "reason" if action.transfer:
                return speaker.say("said", "transfer")[language]
            case "reason" if self.refuses(action):
                return speaker.say("said", "refusal")[language]
            case "reason" | "basis" | "remedy":
                return speaker.say("said", need)[language]
        return speaker.say("said", "note")[language]

    def open_to(self, seen: Glance, *roles: str) -> Iterator[Action]:
        """The actions that somebody with one of these roles may still take where the case stands."""
        for action in self.matter.actions.values():
            free = action.limit is None or self.done[action.id] < action.limit
            if seen.state in action.from_ and set(roles) & set(action.by) and not action.decision and free:
                yield action

    def refuses(self, action: Action) -> bool:
        return bool(action.to) and self.matter.states[action.to].stage == "refused"

    def ends(self, action: Action) -> bool:
        return bool(action.to) and self.matter.states[action.to].terminal

    def somebody(self, roles: tuple[str, ...] | list[str]) -> Actor | None:
        """Whoever has the case, if their role serves; else somebody of the unit who is free."""
        if self.handler is not None and self.handler.roles & set(roles):
            return self.handler
        for role in roles:
            free = [each for each in self.stage.house.who(role, self.unit) if each.person_id not in self.tied]
            if free:
                return self.dice.choice(free)
        return None

    def later(self, now: datetime, days: float) -> datetime:
        """When the unit comes to it, at the pace of the unit."""
        wait = around(days, self.dice) * self.stage.house.pace(self.unit)
        return self.stage.hours.days_on(now, wait, self.dice)

    def until_answered(self, now: datetime) -> datetime:
        """As long as this unit takes for what the matter promises: some well within it, one rarely."""
        promised = [rule.budget.amount for rule in self.matter.clocks.values() if rule.budget.unit == "wd"]
        return self.later(now, max(promised, default=USUAL_DAYS) * 0.45)

    def whenever(self, now: datetime, days: float) -> datetime:
        """When somebody outside comes to it, whatever the hour."""
        return now + timedelta(days=around(days, self.dice, 0.8))
