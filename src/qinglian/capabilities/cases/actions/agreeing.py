"""Acts that need others: one proposes, a second person or so many members agree, and then it takes effect."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from django.db import transaction

from qinglian.capabilities.access.prepared_writes import insert, update
from qinglian.capabilities.cases.actions.actors import Actor
from qinglian.capabilities.cases.actions.letters import issue
from qinglian.capabilities.cases.actions.recording import (
    Recorded,
    locked,
    record,
    refuse_tied_staff,
    tell,
)
from qinglian.capabilities.cases.handling import allowing, today
from qinglian.capabilities.cases.history import action_counts, matter_of
from qinglian.capabilities.cases.models import Case, Consent, Proposal
from qinglian.capabilities.cases.rules import Happening
from qinglian.capabilities.cases.telling import tell_people
from qinglian.capabilities.parties.queries import nearest_holders
from qinglian.faults import Fault
from qinglian.faults import noop as _
from qinglian.zone import Action, Matter


def propose(
    case: Case, matter: Matter, action: Action, actor: Actor, data: Mapping[str, str], now: datetime
) -> Recorded:
    """What one person would do; the words stay among the staff until others have agreed."""
    if case.proposals.filter(outcome="").exists():
        raise Fault(_("something is proposed in this case already; agree to it or decline it first"))
    role, number = _whom(action)
    done = record(case, matter, Happening(f"propose:{action.id}", case.state, now, actor.name), actor)
    own = action.collective is not None and role in actor.roles
    Proposal.objects.create(
        case=case,
        action=action.id,
        data=dict(data),
        role=role,
        needed=number - own,
        proposed_by_id=actor.person_id,
        conflict_check_id=done.check,
        proposed_at=now,
    )
    others = nearest_holders(role, case.unit_holding_id, today(now))
    tell_people(case, "proposed", [each for each in others if each != actor.person_id], now)
    return done


def _whom(action: Action) -> tuple[str, int]:
    """(role of those who must agree, how many in all)."""
    if action.collective is not None:
        return action.collective.role, action.collective.number
    assert action.two_persons is not None
    return action.two_persons, 1


def answer_proposal(
    proposal_id: int, actor: Actor, seen: int, agrees: bool, reason: str, now: datetime
) -> None:
    """Agree, or decline with a reason. The last who is needed makes the act take effect."""
    case_id = Proposal.objects.values_list("case_id", flat=True).get(pk=proposal_id)
    refuse_tied_staff(case_id, actor, seen, now)
    with transaction.atomic():
        case = locked(case_id, seen)
        proposal = case.proposals.select_for_update().get(pk=proposal_id)
        _check(proposal, actor)
        if not agrees and not reason.strip():
            raise Fault(_("%(fields)s not answered; fill in and send again"), fields="reason")
        insert(
            Consent(
                proposal=proposal,
                person_id=actor.person_id,
                proposer_id=proposal.proposed_by_id,
                agrees=agrees,
                reason=reason.strip(),
                conflict_check_id=allowing(case, actor.person_id or 0, now),
                at=now,
            )
        )
        matter = matter_of(case)
        if not agrees:
            _end(proposal, "declined", now)
            said = {"reason": reason.strip()}
            happening = Happening(f"decline:{proposal.action}", case.state, now, actor.name, said)
            record(case, matter, happening, actor)
        elif proposal.consents.filter(agrees=True).count() >= proposal.needed:
            _take(case, matter, proposal, actor, now)


def _check(proposal: Proposal, actor: Actor) -> None:
    if proposal.outcome:
        raise Fault(_("this proposal is over; read the page again"))
    if actor.person_id is None or proposal.role not in actor.roles:
        raise Fault(_("this cannot be done at this stage; read the page again to see what can"))
    if actor.person_id == proposal.proposed_by_id:
        raise Fault(_("who proposes does not agree to it as well; another person does"))
    if proposal.consents.filter(person=actor.person_id).exists():
        raise Fault(_("you have answered this proposal already"))


def _end(proposal: Proposal, outcome: str, now: datetime) -> None:
    proposal.outcome, proposal.ended_at = outcome, now
    update(proposal, "outcome", "ended_at", "event")


def _take(case: Case, matter: Matter, proposal: Proposal, actor: Actor, now: datetime) -> None:
    action = matter.actions[proposal.action]
    done_before = action_counts(case.pk)[action.id]
    if case.state not in action.from_ or (action.limit is not None and done_before >= action.limit):
        raise Fault(_("this cannot be done at this stage; read the page again to see what can"))
    agreed = proposal.consents.filter(agrees=True).order_by("id").values_list("person_id", flat=True)
    together = [proposal.proposed_by_id, *agreed]
    Proposal.objects.filter(pk=proposal.pk).update(outcome="void", ended_at=now)  # until the event is written
    data = {**proposal.data, "together": together}
    done = record(case, matter, Happening(action.id, action.to, now, actor.name, data), actor)
    proposal.event = done.event
    issue(case, matter, action, done.event, data, now)
    _end(proposal, "taken", now)
    tell(case, action.id, now, applicant=True, unit=False)
