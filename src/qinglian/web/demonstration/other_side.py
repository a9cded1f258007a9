"""What whoever asked does, and what comes after the end: published answers, appeals, complaints."""

from __future__ import annotations

from datetime import datetime, timedelta

from qinglian.capabilities.cases import actions as cases
from qinglian.capabilities.cases.actions import APPLICANT
from qinglian.capabilities.cases.answered import bases_today
from qinglian.capabilities.cases.glances import Glance
from qinglian.web.demonstration.lives import NEVER, Life

AGAINST = ("appeal-of", "appeals"), ("complaint-about", "complains")


def applicant(life: Life, seen: Glance, now: datetime) -> datetime | None:
    """Supplies what was asked for, asks again, closes, or says nothing: then silence closes it."""
    options = list(life.open_to(seen, "applicant"))
    supplies = next((each for each in options if "detail" in each.needs), None)
    if supplies is not None:
        if not life.wishes.supplies:
            return None
        return _comes_back(life, "supplied", now) or _takes(life, supplies, seen, now)
    again = next((each for each in options if "reason" in each.needs), None)
    if again is not None and life.wishes.reopens and not life.done[again.id]:
        return _comes_back(life, "asked again", now) or _takes(life, again, seen, now)
    closes = next((each for each in options if life.ends(each) and not each.needs), None)
    if closes is not None and life.wishes.closes:
        if (when := _comes_back(life, "closed", now)) is not None:
            return when
        life.act(closes, APPLICANT, seen, now)
    return after(life, seen, now)


def _comes_back(life: Life, what: str, now: datetime) -> datetime | None:
    """Nobody answers the moment they are asked: the first time it is only noticed."""
    if life.done[what]:
        return None
    life.done[what] += 1
    return life.whenever(now, 2.5)


def _takes(life: Life, action: object, seen: Glance, now: datetime) -> datetime:
    life.act(action, APPLICANT, seen, now)  # type: ignore[arg-type]
    return life.later(now, 0.6)


def after(life: Life, seen: Glance, now: datetime) -> datetime | None:
    """One thing at a time: an answer made public, then whoever is not content."""
    if (when := _published(life, now)) is not None:
        return when
    for relation, wish in AGAINST:
        if getattr(life.wishes, wish) and not life.done[relation]:
            life.done[relation] += 1
            _not_content(life, relation, seen, now)
    return None


def _published(life: Life, now: datetime) -> datetime | None:
    """Drafted without whoever asked, decided by somebody else, some replaced or taken back later."""
    asked = life.matter.kind in ("consultation", "request") and any(
        "answer" in action.needs and life.done[action.id] for action in life.matter.actions.values()
    )
    if not life.wishes.publishes or not asked or life.handler is None or life.done["public"] > 2:
        return None
    heads = [
        each
        for role in life.matter.assign_by
        for each in life.stage.house.who(role, life.unit)
        if each.person_id != life.handler.person_id
    ]
    if not heads:
        return None
    step = life.done["public"]
    life.done["public"] += 1
    if step == 0:
        _draft(life, now)
        return life.later(now, 1.5)
    if step == 1:
        publish = life.dice.random() < 0.92
        because = "" if publish else life.speaker.say("said", "declined").hans
        cases.decide_answer(life.answer_id, heads[0], publish, now, because)
        last = publish and life.dice.random() < 0.1
        return life.later(now, 20) if last else NEVER
    if life.dice.random() < 0.4:
        cases.withdraw_answer(life.answer_id, "wrong", heads[0], now)
    else:
        _draft(life, now, replaces=life.answer_id)
        cases.decide_answer(life.answer_id, heads[0], True, now + timedelta(minutes=20))
    return None


def _draft(life: Life, now: datetime, replaces: int | None = None) -> None:
    assert life.handler is not None
    life.speaker.turn_to_something_else()
    question = life.speaker.title(life.topic).by_zone_language()
    answer = life.speaker.answer().by_zone_language()
    basis = [key for key, _basis in bases_today(life.matter)][:1]
    reason = life.speaker.say("said", "replaced").hans if replaces is not None else ""
    row = cases.draft_answer(life.case_id, question, answer, basis, life.handler, now, replaces, reason)
    life.answer_id = row.pk


def _not_content(life: Life, relation: str, seen: Glance, now: datetime) -> None:
    """A case of another matter, about this one: an appeal against a refusal, a complaint about the unit."""
    other = life.stage.matter_as(relation, life.matter.id)
    refused = life.matter.states[seen.state].stage == "refused"
    if other is None or (relation == "appeal-of" and not refused):
        return
    given: dict[str, object] = {}
    if relation == "appeal-of":
        given["against_number"] = life.number
    else:
        given |= {"case_number": life.number}
        if other.complaint is not None:
            given[other.complaint.suggests] = life.unit
    born = Life(life.stage, other, life.asker, f"{life.seed}/{relation}", given)
    life.stage.born.append((life.whenever(now, 4), born))
