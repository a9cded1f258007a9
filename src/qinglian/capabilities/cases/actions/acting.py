"""One action of a matter, taken by whoever the matter allows."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from django.db import transaction

from qinglian.capabilities.cases.actions.actors import SYSTEM, Actor
from qinglian.capabilities.cases.actions.agreeing import propose
from qinglian.capabilities.cases.actions.complaints import resolve_complaint, resolves
from qinglian.capabilities.cases.actions.contributions import ask_to_contribute, asked_units, wait_for_all
from qinglian.capabilities.cases.actions.deciding import by_table, decide, keep_facts
from qinglian.capabilities.cases.actions.letters import issue
from qinglian.capabilities.cases.actions.posting import refuse_answering
from qinglian.capabilities.cases.actions.recording import (
    Recorded,
    locked,
    record,
    refuse_tied_staff,
    tell,
)
from qinglian.capabilities.cases.actions.transfers import told_of_transfer, transfer
from qinglian.capabilities.cases.handling import give
from qinglian.capabilities.cases.history import counted, happenings, matter_of, person_awaited
from qinglian.capabilities.cases.models import Case
from qinglian.capabilities.cases.papers import hand_in, held, of_supply
from qinglian.capabilities.cases.rules import COUNTS_FROM, Happening, allowed, values_of
from qinglian.faults import Fault
from qinglian.faults import noop as _
from qinglian.zone import Action, Matter


def act_on_case(
    case_id: int, action_id: str, actor: Actor, seen: int, data: Mapping[str, Any], now: datetime
) -> None:
    """Take one action of the matter. seen is the `ver` that the actor was looking at.

    Raises Stale when somebody was faster, Fault when the matter does not allow it here and now, or when a
    tie binds the actor to who asked. Whoever of the staff acts first has the case from then on.
    """
    refuse_tied_staff(case_id, actor, seen, now)
    with transaction.atomic():
        _act(case_id, action_id, actor, seen, data, now)


def _act(
    case_id: int, action_id: str, actor: Actor, seen: int, data: Mapping[str, Any], now: datetime
) -> None:
    case = locked(case_id, seen)
    matter = matter_of(case)
    past = happenings(case_id)
    looked_up = _facts(case, matter, action_id, now)
    values = values_of(matter, case.answers, looked_up, actor.roles, actor.kind)
    if action_id not in allowed(matter, case.state, actor.roles, counted(past), values):
        raise Fault(_("this cannot be done at this stage; read the page again to see what can"))
    action = matter.actions[action_id]
    if actor.kind == "system" and action.decision is not None and person_awaited(case_id):
        raise Fault(_("the applicant asked for a person; a person decides"))
    kept = {need: str(data.get(need, "")).strip() for need in action.needs}
    if empty := [need for need, text in kept.items() if not text]:
        raise Fault(_("%(fields)s not answered; fill in and send again"), fields=", ".join(empty))
    if "answer" in kept and actor.kind == "staff":
        refuse_answering(case, matter, kept["answer"])
    if resolves(matter, action_id) and not resolve_complaint(case, matter, kept["concerns"], actor, now):
        return
    if actor.kind == "staff" and action.decision is None:
        wait_for_all(case, matter, action.to)
    if action.two_persons or action.collective:
        done = propose(case, matter, action, actor, kept, now)
        _first(case, actor, done, now)
        return
    if action.decision:
        done = by_table(case, matter, action, actor, kept, values, now)
    else:
        units = asked_units(case, action, data.get("units", ()))
        done = _record(case, matter, action, actor, kept, units, past, now)
    if not action.transfer:
        _first(case, actor, done, now)
    unit_hears = actor.kind != "staff" or action.transfer is not None
    kind = "moved" if action.transfer else action_id
    tell(case, kind, now, applicant=actor.kind != "applicant", unit=unit_hears)
    decide(case, matter, now)


def _record(
    case: Case,
    matter: Matter,
    action: Action,
    actor: Actor,
    kept: Mapping[str, str],
    units: list[str],
    past: list[Happening],
    now: datetime,
) -> Recorded:
    """The event, and what goes with it: the units that contribute, the unit that it goes on to."""
    said: dict[str, Any] = {**kept, **told_of_transfer(case, action, kept)}
    if units:
        said["units"] = units
    sent = held(of_supply(case.pk)).get(action.takes, []) if action.takes else []
    if sent:
        said["files"] = [each.sha for each in sent]
    done = record(case, matter, Happening(action.id, action.to, now, actor.name, said), actor, past)
    if sent:
        hand_in(case.pk, done.event.seq)
    issue(case, matter, action, done.event, said, now)
    if units:
        ask_to_contribute(case, matter, action, units, "\n".join(kept.values()), actor, now)
    if action.transfer:
        transfer(case, matter, action, kept["unit"], now)
    return done


def deem(case_id: int, action_id: str, seen: int, since: datetime, now: datetime) -> None:
    """What the law makes of silence: the action counts from since, and so do the clocks that it starts."""
    with transaction.atomic():
        case = locked(case_id, seen)
        matter = matter_of(case)
        looked_up = _facts(case, matter, action_id, now)
        values = values_of(matter, case.answers, looked_up, SYSTEM.roles, SYSTEM.kind)
        past = happenings(case_id)
        if action_id not in allowed(matter, case.state, SYSTEM.roles, counted(past), values):
            raise Fault(_("this cannot be done at this stage; read the page again to see what can"))
        data = {COUNTS_FROM: since.astimezone(UTC).isoformat()}
        to = matter.actions[action_id].to
        record(case, matter, Happening(action_id, to, now, SYSTEM.name, data), SYSTEM, past)
        tell(case, "deemed", now, applicant=True, unit=True)


def _facts(case: Case, matter: Matter, action_id: str, now: datetime) -> dict[str, Any]:
    """Looked up now where the action's guard asks for it."""
    action = matter.actions.get(action_id)
    if action is None:
        return {}
    asked = {
        *(action.guard.names if action.guard else ()),
        *(action.decision.table.facts if action.decision else ()),
    }
    return keep_facts(case, matter, now) if asked & set(matter.facts) else {}


def _first(case: Case, actor: Actor, done: Recorded, now: datetime) -> None:
    if done.check is not None and actor.person_id is not None and case.handler_id is None:
        give(case, actor.person_id, done.check, actor.person_id, now)
