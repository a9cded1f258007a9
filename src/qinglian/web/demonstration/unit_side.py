"""What the unit does next in a case: the first of STEPS that has something to do, does it."""

from __future__ import annotations

from datetime import datetime

from qinglian.capabilities.cases import actions as cases
from qinglian.capabilities.cases.actions import APPLICANT
from qinglian.capabilities.cases.glances import Glance, waiting_contributions, waiting_proposal_id
from qinglian.capabilities.cases.links import Sight, link_cases
from qinglian.capabilities.cases.notes import write_note
from qinglian.capabilities.cases.thread import write_letter
from qinglian.faults import Fault
from qinglian.web.demonstration.lives import NEVER, STAFF, Life
from qinglian.web.demonstration.rooms import TAKEN_OUT
from qinglian.zone import Action
from qinglian.zone.current import current


def unit(life: Life, seen: Glance, now: datetime) -> datetime | None:
    """When to come back to it; None where nothing is left to do."""
    for step in STEPS:
        if (when := step(life, seen, now)) is not None:
            return when
    return None


def _withdrawn(life: Life, seen: Glance, now: datetime) -> datetime | None:
    """The applicant thinks better of it while the unit has it."""
    if not life.wishes.withdraws:
        return None
    for action in life.open_to(seen, "applicant"):
        if life.ends(action) and not action.needs:
            life.act(action, APPLICANT, seen, now)
            return NEVER
    return None


def _agreed(life: Life, seen: Glance, now: datetime) -> datetime | None:
    """Others answer what was proposed: most agree, some send it back once."""
    if not life.proposed:
        return None
    proposal = waiting_proposal_id(life.case_id)
    action = life.matter.actions[life.proposed]
    role = action.collective.role if action.collective else str(action.two_persons)
    asked = [each for each in life.stage.house.who(role, life.unit) if each.person_id not in life.tied]
    if proposal is None or not asked:
        life.proposed = ""
        return life.later(now, 0.3)
    head = asked[0]
    life.tied.add(head.person_id or 0)  # each is asked once
    declines = life.dice.random() < 0.08 and not life.done["declined"]
    reason = life.speaker.say("said", "declined")[life.asker.language] if declines else ""
    cases.answer_proposal(proposal, head, seen.ver, not declines, reason, now)
    if declines:
        life.done["declined"] += 1
        life.proposed, life.tied = "", set()
        life.done[action.id] -= 1
    return life.later(now, 0.4)


def _contributed(life: Life, _seen: Glance, now: datetime) -> datetime | None:
    """Units that were asked contribute; for one that does not, the holder goes on and says why."""
    asked = any(action.joint and life.done[action.id] for action in life.matter.actions.values())
    waiting = waiting_contributions(life.case_id) if asked else []
    if not waiting:
        return None
    row, unit_id = waiting[0]
    others = life.stage.house.who("clerk", unit_id)
    if life.dice.random() < 0.85 and others:
        text = life.speaker.say("said", "contribution")[life.asker.language]
        cases.contribute(row, text, life.dice.choice(others), now)
    elif (holder := life.somebody(STAFF)) is not None:
        text = life.speaker.say("said", "without")[life.asker.language]
        cases.go_on_without(row, text, holder, now)
    return life.later(now, 0.4)


def _taken_out(life: Life, _seen: Glance, now: datetime) -> datetime | None:
    """A few questions are taken out of their room, openly; the case goes on."""
    if not life.room or life.done["looked at in the room"]:
        return None
    life.done["looked at in the room"] += 1
    if life.dice.random() >= TAKEN_OUT:
        return None
    life.stage.rooms.take_out(life.case_id, life.room, now)
    return life.later(now, 0.2)


def _given(life: Life, seen: Glance, now: datetime) -> datetime | None:
    """The head gives the case to somebody: at once in some units, and wherever a tie stood in the way."""
    wanted = life.wishes.assigns or life.tied
    if life.handler is not None or not wanted or not life.matter.assign_by or life.done["given"] > 2:
        return None
    head = next(iter(life.stage.house.who(life.matter.assign_by[0], life.unit)), None)
    clerks = [each for each in life.stage.house.who("clerk", life.unit) if each.person_id not in life.tied]
    if head is None or not clerks:
        return None
    chosen = life.dice.choice(clerks)
    life.done["given"] += 1
    try:
        cases.assign_case(life.case_id, chosen.person_id or 0, head, seen.ver, now)
    except Fault:
        life.tied.add(chosen.person_id or 0)
        raise
    life.handler = chosen
    return life.later(now, 0.2)


def _noted(life: Life, _seen: Glance, now: datetime) -> datetime | None:
    if not life.wishes.notes or life.done["noted"] or life.handler is None:
        return None
    who = life.handler
    life.done["noted"] += 1
    text = life.speaker.say("said", "note").hans
    write_note(life.case_id, text, life.matter.content, who.person_id or 0, who.roles, now)
    return life.later(now, 0.1)


def _written(life: Life, _seen: Glance, now: datetime) -> datetime | None:
    """The applicant asks in between; whoever has the case writes back."""
    if not life.wishes.writes or life.handler is None or life.done["written"] > 1:
        return None
    mine = life.done["written"] == 0
    life.done["written"] += 1
    key, actor = ("message", APPLICANT) if mine else ("reply", life.handler)
    write_letter(life.case_id, actor, life.speaker.say("said", key)[life.asker.language], now)
    return life.later(now, 0.3)


def _linked(life: Life, _seen: Glance, now: datetime) -> datetime | None:
    """Whoever has an appeal links it to what it is against, where lodging it has not done so."""
    other = life.given.get("against_number")
    if not other or life.matter.related_by or life.handler is None or life.done["linked"]:
        return None
    life.done["linked"] += 1
    roles = life.handler.roles
    below = {each for each in current().units if life.unit in _above(each)}
    sight = Sight(dict.fromkeys(below, roles), life.handler.person_id, belongs=frozenset(_above(life.unit)))
    reason = life.speaker.say("said", "linked").hans
    link_cases(life.case_id, str(other), "appeal-of", reason, now, sight=sight)
    return life.later(now, 0.1)


def _above(unit_id: str) -> list[str]:
    """The unit and those above it."""
    found: list[str] = []
    here: str | None = unit_id
    while here is not None:
        found.append(here)
        here = current().units[here].parent
    return found


def _extended(life: Life, seen: Glance, now: datetime) -> datetime | None:
    """A head gives more time, once, with the reason, before the deadline."""
    if not life.wishes.extends or life.done["extended"] or life.handler is None:
        return None
    rules = [
        rule
        for rule in life.matter.clocks.values()
        if rule.extend is not None and rule.starts == f"enter:{seen.state}"
    ]
    if not rules or rules[0].extend is None:
        return None
    life.done["extended"] += 1
    head = next(iter(life.stage.house.who(rules[0].extend.by, life.unit)), None)
    if head is None:
        return None
    reason = life.speaker.say("said", "extension")[life.asker.language]
    cases.extend_clock(life.case_id, rules[0].id, head, seen.ver, reason, now)
    return life.until_answered(now)


def _asked(life: Life, seen: Glance, now: datetime) -> datetime | None:
    for action in life.open_to(seen, *STAFF):
        again = "remedy" in action.needs and not life.asks_again
        if "items" in action.needs and life.wishes.asks and not life.done[action.id] and not again:
            return _taken(life, action, seen, now)
    return None


def _passed_on(life: Life, seen: Glance, now: datetime) -> datetime | None:
    for action in life.open_to(seen, *STAFF):
        if not action.transfer or not life.wishes.transfers or life.done[action.id]:
            continue
        others = [each for each in life.stage.house.offices if each != life.unit and _handles(life, each)]
        if others:
            when = _taken(life, action, seen, now, unit=life.dice.choice(others))
            life.handler, life.tied = None, set()
            return when
    return None


def _handles(life: Life, unit_id: str) -> bool:
    """Whether the matter's cases come to this unit at all."""
    table = life.matter.routing.table.outcomes if life.matter.routing else ()
    return unit_id in table or unit_id == life.matter.unit


def _joined(life: Life, seen: Glance, now: datetime) -> datetime | None:
    for action in life.open_to(seen, *STAFF):
        if action.joint is None or not life.wishes.joins or life.done[action.id]:
            continue
        others = [each for each in action.joint.units if each != life.unit]
        chosen = life.dice.sample(others, min(len(others), life.dice.choice((1, 1, 2))))
        return _taken(life, action, seen, now, units=chosen)
    return None


def _moved_on(life: Life, seen: Glance, now: datetime) -> datetime | None:
    """Take it up, find out whom it is about, and answer in the end; or refuse, as some are."""
    ways = [
        action
        for action in life.open_to(seen, *STAFF)
        if not (action.transfer or action.joint or "items" in action.needs)
    ]
    no = [action for action in ways if life.refuses(action)]
    yes = [action for action in ways if not life.refuses(action)]
    chosen = next(iter(no if no and life.wishes.refuses else yes), None)
    if chosen is None:
        return None
    if "concerns" in chosen.needs:
        return _taken(life, chosen, seen, now, concerns=_whom(life))
    return _taken(life, chosen, seen, now)


def _whom(life: Life) -> str:
    """Whom a complaint is about: the unit that was named, or nobody."""
    assert life.matter.complaint is not None
    named = str(life.given.get(life.matter.complaint.suggests, ""))
    return f"unit:{named}" if named in current().units and life.dice.random() < 0.8 else "none"


def _taken(life: Life, action: Action, seen: Glance, now: datetime, **said: object) -> datetime | None:
    """By whoever has the case or comes to it; where others must agree, it waits for them."""
    actor = life.somebody(list(action.by))
    if actor is None:
        return None
    try:
        life.act(action, actor, seen, now, **said)
    except Fault:
        life.tied.add(actor.person_id or 0)
        raise
    if life.handler is None and not action.transfer:
        life.handler = actor
    if action.two_persons or action.collective:
        life.proposed, life.tied = action.id, {actor.person_id or 0}
        return life.later(now, 0.6)
    moved = action.to != seen.state
    return life.until_answered(now) if moved and _answered_next(life, action.to) else life.later(now, 0.4)


def _answered_next(life: Life, state: str) -> bool:
    """Whether what comes next is the answer itself, which takes its time."""
    here = Glance(0, state, True, life.unit)
    return any("answer" in action.needs for action in life.open_to(here, *STAFF))


STEPS = (
    _withdrawn, _taken_out, _agreed, _contributed, _given, _linked, _noted, _written, _asked, _extended,
    _passed_on, _joined, _moved_on,
)  # fmt: skip
