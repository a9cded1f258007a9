"""Joint handling: other units contribute inside the clock of the case; each contribution is dated.

The case is not answered before all have contributed, or the holder has said why it goes on without one.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import pgettext

from qinglian.capabilities.access.prepared import Prepared
from qinglian.capabilities.cases.actions.actors import Actor
from qinglian.capabilities.cases.actions.recording import tell
from qinglian.capabilities.cases.concerns import concerned
from qinglian.capabilities.cases.entries import log_contribution
from qinglian.capabilities.cases.handling import allowing, refuse_tied
from qinglian.capabilities.cases.history import matter_of
from qinglian.capabilities.cases.models import Case, Contribution
from qinglian.capabilities.cases.schedule import derive_from
from qinglian.capabilities.cases.wording import worded
from qinglian.capabilities.notices.actions import queue_notice
from qinglian.capabilities.parties.queries import units_above
from qinglian.faults import Fault
from qinglian.faults import noop as _
from qinglian.zone import Action, Matter, clock_moves
from qinglian.zone.moves import PAUSED, RUNNING, STOP

GIVEN, WITHOUT = "given", "without"


def asked_units(case: Case, action: Action, chosen: Iterable[str]) -> list[str]:
    """Which units are asked; raises Fault where one cannot be."""
    units = list(dict.fromkeys(chosen))
    if action.joint is None:
        return []
    if not units:
        raise Fault(_("no unit was chosen; choose at least one that contributes"))
    shut = concerned(case).units
    waiting = set(open_contributions(case.pk).values_list("unit_id", flat=True))
    for unit in units:
        if unit not in action.joint.units or unit == case.unit_holding_id:
            raise Fault(_("%(found)s cannot be asked in this matter; choose again"), found=unit[:80])
        if shut & set(units_above(unit)):
            raise Fault(_("the complaint may be about this unit; choose another"))
        if unit in waiting:
            raise Fault(_("this unit was asked already and has not answered yet; choose another"))
    return units


def ask_to_contribute(
    case: Case,
    matter: Matter,
    action: Action,
    units: Iterable[str],
    question: str,
    actor: Actor,
    now: datetime,
) -> None:
    """After the event: a row for each unit, due by its own budget and not later than the clock they share."""
    joint = action.joint
    assert joint is not None and actor.person_id is not None
    rule = matter.clocks[joint.clock]
    due = derive_from(rule.calendar or matter.calendar, joint.budget, now)
    shared = case.clocks.filter(rule=joint.clock).order_by("-run").values_list("due", flat=True).first()
    if shared is not None and (due is None or shared < due):
        due = shared
    for unit in units:
        row = Contribution.objects.create(
            case=case, unit_id=unit, question=question, asked_by_id=actor.person_id, asked_at=now,
            clock=joint.clock, due=due,
        )  # fmt: skip
        log_contribution(case.number, row.pk, unit, "asked", actor.person_id, now)
        queue_notice("contribute", case.number, now, unit_id=unit)


def open_contributions(case_id: int) -> QuerySet[Contribution]:
    return Contribution.objects.filter(case=case_id, outcome="")


def wait_for_all(case: Case, matter: Matter, to: str) -> None:
    """Raise Fault where an act would end a clock inside which somebody still has to contribute."""
    if not any(action.joint for action in matter.actions.values()):
        return
    waiting = _WAITING(case=case.pk)
    if not waiting:
        return
    running = {
        rule: PAUSED if not runs else RUNNING
        for rule, runs in case.clocks.filter(stopped=False).values_list("rule", "running")
    }
    ended = {move.clock for move in clock_moves(matter, case.state, to, running) if move.do == STOP}
    units = [unit for clock, unit in waiting if clock in ended]
    if units:
        raise Fault(
            _("%(units)s have not contributed yet; wait, or say why you go on without them"),
            units=pgettext("list", ", ").join(worded("unit", unit, own=False) for unit in units),
        )


_WAITING = Prepared(lambda case: open_contributions(case).values_list("clock", "unit_id"), case=int)


def contribute(contribution_id: int, text: str, actor: Actor, now: datetime) -> None:
    """By somebody of the unit that was asked, whom no tie binds to the case."""
    row = Contribution.objects.select_related("case").get(pk=contribution_id)
    _must_act(row, actor)
    assert actor.person_id is not None
    refuse_tied(row.case, actor.person_id, now)
    with transaction.atomic():
        row, case = _locked(contribution_id)
        check = allowing(case, actor.person_id, now)
        _end(row, case, GIVEN, text, actor, now, check)
        _tell_holder(case, now)


def go_on_without(contribution_id: int, reason: str, actor: Actor, now: datetime) -> None:
    """By whoever has the case: why it is answered without this unit."""
    row = Contribution.objects.select_related("case__matter_version").get(pk=contribution_id)
    matter = matter_of(row.case)
    asking = {role for action in matter.actions.values() if action.joint for role in action.by}
    if not actor.roles & asking:
        raise Fault(_("this cannot be done at this stage; read the page again to see what can"))
    assert actor.person_id is not None
    refuse_tied(row.case, actor.person_id, now)
    with transaction.atomic():
        row, case = _locked(contribution_id)
        _end(row, case, WITHOUT, reason, actor, now, None)


def _must_act(row: Contribution, actor: Actor) -> None:
    acting = {role for action in matter_of(row.case).actions.values() for role in action.by}
    if not actor.roles & acting:
        raise Fault(_("this cannot be done at this stage; read the page again to see what can"))


def _locked(contribution_id: int) -> tuple[Contribution, Case]:
    row = Contribution.objects.select_for_update(of=("self",)).get(pk=contribution_id)
    if row.outcome:
        raise Fault(_("this was answered meanwhile; read the page again"))
    case = Case.objects.select_related("matter_version").select_for_update(of=("self",)).get(pk=row.case_id)
    if not case.open:
        raise Fault(_("this case has ended; nothing more can be written in it"))
    return row, case


def _end(
    row: Contribution, case: Case, outcome: str, text: str, actor: Actor, now: datetime, check: int | None
) -> None:
    if not text.strip():
        raise Fault(_("%(fields)s not answered; fill in and send again"), fields="text")
    Contribution.objects.filter(pk=row.pk).update(
        outcome=outcome, text=text.strip(), person=actor.person_id, at=now, conflict_check=check
    )
    log_contribution(case.number, row.pk, row.unit_id, outcome, actor.person_id or 0, now)


def _tell_holder(case: Case, now: datetime) -> None:
    tell(case, "contributed", now, applicant=False, unit=True)
