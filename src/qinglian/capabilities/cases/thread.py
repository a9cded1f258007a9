"""The thread between applicant and unit: dated, logged, moving no clock; and the call for a person."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import transaction

from qinglian.capabilities.cases.actions import Actor
from qinglian.capabilities.cases.handling import allowing, refuse_tied, today
from qinglian.capabilities.cases.history import matter_of, person_awaited
from qinglian.capabilities.cases.models import Case, CaseEvent
from qinglian.capabilities.cases.record import write_event
from qinglian.capabilities.cases.rules import CALL, TO_APPLICANT, TO_UNIT, Happening
from qinglian.capabilities.cases.telling import tell_applicant, tell_people, tell_unit
from qinglian.capabilities.parties.queries import nearest_holders
from qinglian.faults import Fault
from qinglian.faults import noop as _
from qinglian.zone import Matter
from qinglian.zone.matter import SYSTEM

LONGEST = 2000  # signs of one letter
MOST_A_DAY = 10  # of the applicant, in one case
TWICE = timedelta(minutes=10)  # the same words again within this are one letter, sent twice


def acting_roles(matter: Matter) -> frozenset[str]:
    """The roles of the unit that act in a matter, and so may write to whoever asked."""
    acting = {role for action in matter.actions.values() for role in action.by} | set(matter.assign_by)
    return frozenset(acting & set(matter.roles)) - {"applicant", SYSTEM}


def write_letter(case_id: int, actor: Actor, text: str, now: datetime) -> bool:
    """A letter into the thread; False where the same was written a moment ago. Fault says why not."""
    if actor.person_id is not None:
        refuse_tied(Case.objects.get(pk=case_id), actor.person_id, now)
    with transaction.atomic():
        case = _locked(case_id)
        _check(case, actor, text)
        way = TO_UNIT if actor.kind == "applicant" else TO_APPLICANT
        before = CaseEvent.objects.filter(case=case, action=way, person=actor.person_id).order_by("-seq")
        last = before.first()
        if last is not None and last.data.get("message") == text and now - last.at < TWICE:
            return False
        if way == TO_UNIT and before.filter(at__gt=now - timedelta(days=1)).count() >= MOST_A_DAY:
            raise Fault(
                _("%(most)d letters within a day are as many as a case takes; write again tomorrow"),
                most=MOST_A_DAY,
            )
        check = None if actor.person_id is None else allowing(case, actor.person_id, now)
        _write(case, Happening(way, case.state, now, actor.name, {"message": text}), actor, check)
        if way == TO_UNIT:
            tell_unit(case, way, now)
        else:
            tell_applicant(case, way, now)
    return True


def _check(case: Case, actor: Actor, text: str) -> None:
    if not case.open:
        raise Fault(_("this case has ended; nothing more can be written in it"))
    if actor.kind != "applicant" and not actor.roles & acting_roles(matter_of(case)):
        raise Fault(_("this cannot be done at this stage; read the page again to see what can"))
    if not text.strip():
        raise Fault(_("%(fields)s not answered; fill in and send again"), fields="message")
    if len(text) > LONGEST:
        raise Fault(
            _("this has %(length)d characters; at most %(most)d fit: shorten it, or send it in parts"),
            length=len(text),
            most=LONGEST,
        )


@transaction.atomic
def ask_for_person(case_id: int, actor: Actor, now: datetime) -> bool:
    """Until a person has seen to it, nothing in the case is decided by itself; False: asked before.

    It is put before whoever has the case; while nobody does, before those who give cases to people.
    """
    case = _locked(case_id)
    if not case.open:
        raise Fault(_("this case has ended; nothing more can be written in it"))
    if person_awaited(case.pk):
        return False
    _write(case, Happening(CALL, case.state, now, actor.name), actor, None)
    tell_unit(case, CALL, now)
    if not case.assignments.exists():
        matter = matter_of(case)
        for role in matter.assign_by:
            tell_people(case, CALL, nearest_holders(role, case.unit_holding_id, today(now)), now)
    return True


def _locked(case_id: int) -> Case:
    return Case.objects.select_related("matter_version").select_for_update(of=("self",)).get(pk=case_id)


def _write(case: Case, happening: Happening, actor: Actor, check: int | None) -> None:
    write_event(case, happening, actor.kind, actor.person_id, case.state, check)
