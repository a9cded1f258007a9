"""What every verb on a case does last: the row, the event, the clocks, and who is told."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from qinglian.capabilities.access.prepared_writes import PreparedUpdate, update
from qinglian.capabilities.cases.actions.actors import Actor, Stale
from qinglian.capabilities.cases.handling import allowing, refuse_tied
from qinglian.capabilities.cases.history import happenings, held, looked_at
from qinglian.capabilities.cases.models import Case, CaseEvent, Proposal
from qinglian.capabilities.cases.record import write_event
from qinglian.capabilities.cases.rules import Folded, Happening, apply, fold
from qinglian.capabilities.cases.schedule import write_clocks
from qinglian.capabilities.cases.telling import tell_applicant, tell_unit
from qinglian.zone import Matter


def locked(case_id: int, seen: int) -> Case:
    """The case, for whoever writes now; raises Stale when it is not as it was seen."""
    case: Case = held(case_id)
    if case.ver != seen:
        raise Stale
    return case


def refuse_tied_staff(case_id: int, actor: Actor, seen: int, now: datetime) -> None:
    """Outside the transaction of the act, so that a refusal is kept. A stale page asks nothing."""
    if actor.person_id is not None:
        case: Case = looked_at(case_id)
        if case.ver != seen:
            raise Stale
        refuse_tied(case, actor.person_id, now)


@dataclass(frozen=True)
class Recorded:
    event: CaseEvent
    check: int | None  # the conflict check that allowed it, where one of the staff did it


def record(
    case: Case,
    matter: Matter,
    happening: Happening,
    actor: Actor,
    past: Sequence[Happening] | None = None,
) -> Recorded:
    """Write what happened: the row, its event and its clocks. past: all before, where it was read already."""
    past = happenings(case.pk) if past is None else past
    folded = fold(matter, past)
    before = folded.state or ""
    apply(matter, folded, happening)
    check = None if actor.person_id is None else allowing(case, actor.person_id, happening.at)
    event = write_event(case, happening, actor.kind, actor.person_id, before, check, len(past) + 1)
    _keep(case, matter, folded, happening, came_back(matter, before, happening.to, actor))
    if happening.to != before and any(
        each.two_persons or each.collective for each in matter.actions.values()
    ):
        end_proposals(case, happening.at)
    return Recorded(event, check)


def came_back(matter: Matter, before: str, to: str, actor: Actor) -> bool | None:
    """Whether the act brings the case back to the unit: what was asked for, or a case that had ended.

    None: the act says nothing of it. Its end, and a step that the staff take with it, take it out of there;
    that it was given to somebody does not.
    """
    if matter.states[to].terminal or (actor.kind == "staff" and to != before):
        return False
    was = matter.states.get(before)
    back = was is not None and (was.turn == "applicant" or was.terminal) and matter.states[to].turn == "unit"
    return True if back and actor.kind == "applicant" else None


def _keep(case: Case, matter: Matter, folded: Folded, happening: Happening, back: bool | None) -> None:
    """The row and its clocks, as the events now say."""
    state, seen = matter.states[happening.to], case.ver
    case.ver, case.state, case.turn, case.open = seen + 1, happening.to, state.turn, not state.terminal
    case.closed_at = happening.at if state.terminal else None
    case.due = write_clocks(case, matter, folded, happening.at)
    case.returned = case.returned if back is None else back
    if not update(case, "ver", "state", "turn", "open", "closed_at", "due", "returned", ver=seen):
        raise Stale


def end_proposals(case: Case, now: datetime) -> None:
    """A proposal is over when the case moves on without it."""
    _END_PROPOSALS(case=case.pk, now=now)


_END_PROPOSALS = PreparedUpdate(
    lambda case, now: (Proposal.objects.filter(case=case, outcome=""), {"outcome": "void", "ended_at": now}),
    case=int,
    now=datetime,
)


def tell(case: Case, kind: str, now: datetime, *, applicant: bool, unit: bool) -> None:
    if applicant:
        tell_applicant(case, kind, now)
    if unit:
        tell_unit(case, kind, now, whole=True)
