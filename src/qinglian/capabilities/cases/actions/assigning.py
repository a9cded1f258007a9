"""Who has a case."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from qinglian.capabilities.cases.actions.actors import Actor
from qinglian.capabilities.cases.actions.recording import locked, record, refuse_tied_staff
from qinglian.capabilities.cases.handling import allowing, assigned, give, handlers, refuse_tied, today
from qinglian.capabilities.cases.history import looked_at, matter_of
from qinglian.capabilities.cases.models import Case
from qinglian.capabilities.cases.rules import GIVEN, Happening
from qinglian.capabilities.notices.actions import queue_notice
from qinglian.faults import Fault
from qinglian.faults import noop as _


def assign_case(case_id: int, person: int, by: Actor, seen: int, now: datetime) -> None:
    """Give a case to somebody of the unit. Neither who gives it nor who gets it may be tied to who asked."""
    case: Case = looked_at(case_id)
    matter = matter_of(case)
    if not case.open or by.person_id is None or not by.roles & set(matter.assign_by):
        raise Fault(_("this cannot be done at this stage; read the page again to see what can"))
    if person not in dict(handlers(case, matter, today(now))):
        raise Fault(_("this person holds no post that handles the case; choose somebody else"))
    if (held := assigned(case)) is not None and held.person_id == person:
        raise Fault(_("this person has the case already; choose somebody else"))
    refuse_tied_staff(case_id, by, seen, now)
    refuse_tied(case, person, now, asked_by=by.person_id)
    with transaction.atomic():
        case = locked(case_id, seen)
        record(case, matter, Happening(GIVEN, case.state, now, by.name, {"to": person}), by)
        check = allowing(case, person, now, by.person_id)
        give(case, person, check, by.person_id, now)
        queue_notice("assigned", case.number, now, person_id=person)
