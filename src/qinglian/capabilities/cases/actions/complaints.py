"""Complaints: whom one is about is found out by another unit, and until then theirs knows nothing of it.

Who may see it follows from `concerns`; here it is said, and the case goes to a unit that may. An appeal in a
complaint is about them too, and is heard by a unit that neither decided nor is one of them.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from django.db.models import F

from qinglian.capabilities.cases.actions.actors import SYSTEM, Actor
from qinglian.capabilities.cases.actions.recording import tell
from qinglian.capabilities.cases.concerns import Concerned, concerned, standing
from qinglian.capabilities.cases.entries import log_concerns
from qinglian.capabilities.cases.handling import allowing, move, seeing, today
from qinglian.capabilities.cases.history import matter_of
from qinglian.capabilities.cases.models import Case, CaseLink, Concern
from qinglian.capabilities.cases.record import write_event
from qinglian.capabilities.cases.rules import MOVED, Happening
from qinglian.capabilities.notices.actions import forget_notices
from qinglian.capabilities.parties.queries import belongs_to, colleagues, units_above
from qinglian.faults import Fault
from qinglian.faults import noop as _
from qinglian.zone import Matter
from qinglian.zone.current import current
from qinglian.zone.matter import APPEAL

NONE = "none"  # it is about nobody of the zone
APPEALED = "appealed"  # who said whom it is about: the complaint that it is an appeal in
UNIT, PERSON = "unit:", "person:"


def suggested(matter: Matter, answers: Mapping[str, Any], other: Case | None = None) -> list[str]:
    """The units that the applicant names, or that had the case which the complaint is about."""
    if matter.complaint is None:
        return []
    named = answers.get(matter.complaint.suggests)
    said = [named] if isinstance(named, str) and named in current().units else []
    had = [other.unit_holding_id, other.unit_first_id] if other is not None else []
    return list(dict.fromkeys([*said, *had]))


def receiving_unit(
    matter: Matter, answers: Mapping[str, Any], first: str, named: tuple[Case, str] | None, now: datetime
) -> str:
    """The unit that receives a case: first, unless it is about that one or one above it, or against it."""
    other, relation = named or (None, "")
    about = set(suggested(matter, answers, other))
    if other is not None and relation == APPEAL:
        about |= _tied(other, now)
    return _free(matter, first, about)


def _free(matter: Matter, first: str, about: Iterable[str]) -> str:
    """The first of these units that does not stand in what the case is about."""
    shut = set(about)
    if not shut:
        return first
    roots = [unit.id for unit in current().units.values() if unit.parent is None]
    others = [matter.complaint.otherwise] if matter.complaint else []
    for unit in (first, *others, *matter.otherwise, *roots):
        if not shut & set(units_above(unit)):
            return unit
    raise Fault(_("no unit of the zone can receive this complaint; ask who runs the platform"))


def _tied(other: Case, now: datetime) -> set[str]:
    """Who hears no appeal in this case: who decided, the units it is about, and theirs whom it is about."""
    found, on = concerned(other), today(now)
    return {other.unit_holding_id, *found.units}.union(
        *(belongs_to(each, on, direct=True) for each in found.people)
    )


def keep_suggestion(case: Case, matter: Matter, other: Case | None, now: datetime) -> None:
    """Call it when the case is made: from then on the units that were named see nothing of it."""
    named = suggested(matter, case.answers, other)
    if named:
        _say(case, Concerned(units=frozenset(named)), "applicant", None, now)


def take_over(appeal: Case, now: datetime) -> None:
    """Whom the cases that it appeals against are about, it is about; call it whenever that was said anew.

    Who may not see it any more does not have it; if that is the unit, one hears it that is not shut out.
    """
    matter = matter_of(appeal)
    if not matter.hears_appeals:
        return
    links = CaseLink.objects.filter(case=appeal, relation=APPEAL).select_related("other__matter_version")
    against = [link.other for link in links]
    found = [concerned(each) for each in against]
    units = frozenset(unit for each in found for unit in each.units)
    people = frozenset(person for each in found for person in each.people)
    told = standing(appeal.pk).filter(said_by=APPEALED)
    if set(told.values_list("unit_id", "person_id")) != {(u, None) for u in units} | {
        (None, p) for p in people
    }:
        told.update(lifted_at=now)
        _say(appeal, Concerned(units, people), APPEALED, None, now)
    tied = set[str]().union(*(_tied(each, now) for each in against))
    if appeal.open and tied & set(units_above(appeal.unit_holding_id)):
        _hand_to(appeal, _free(matter, appeal.unit_holding_id, tied), SYSTEM, None, now)
    elif appeal.handler_id is not None and not seeing(appeal, [appeal.handler_id], today(now)):
        appeal.handler_id = None
        Case.objects.filter(pk=appeal.pk).update(handler=None, ver=F("ver") + 1)


def _take_over_appeals(case: Case, now: datetime) -> None:
    for link in CaseLink.objects.filter(other=case, relation=APPEAL).select_related("case__matter_version"):
        take_over(link.case, now)


def read_concerns(text: str, now: datetime) -> Concerned:
    """`unit:ID` and `person:ID`, a line each, or `none`; raises Fault for what is neither."""
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    staff = {str(person) for person, _name, _unit in colleagues(today(now))}
    units, people = set[str](), set[int]()
    for line in lines:
        if line.startswith(UNIT) and line.removeprefix(UNIT) in current().units:
            units.add(line.removeprefix(UNIT))
        elif line.startswith(PERSON) and line.removeprefix(PERSON) in staff:
            people.add(int(line.removeprefix(PERSON)))
        elif line != NONE or len(lines) > 1:
            raise Fault(_("%(found)s is no unit and nobody of the staff; choose again"), found=line[:80])
    return Concerned(frozenset(units), frozenset(people))


def own(found: Concerned, person: int, now: datetime) -> set[str]:
    """Of the units that it is about, and in which those people work: those that this person belongs to."""
    on = today(now)
    about = set(found.units).union(*(belongs_to(each, on, direct=True) for each in found.people))
    return about & belongs_to(person, on)


def resolves(matter: Matter, action: str) -> bool:
    return matter.complaint is not None and matter.complaint.action == action


def resolve_complaint(case: Case, matter: Matter, text: str, actor: Actor, now: datetime) -> bool:
    """Whom it is about, as another unit has found; what was only suggested stands no more.

    False where the actor belongs to what it is about: then nothing is resolved, and the case goes to a unit
    that does not.
    """
    assert actor.person_id is not None
    found = read_concerns(text, now)
    if about := own(found, actor.person_id, now):
        _pass_on(case, matter, about, actor, now)
        return False
    standing(case.pk).update(lifted_at=now)
    _say(case, found, "staff", actor.person_id, now)
    _take_over_appeals(case, now)
    return True


def _pass_on(case: Case, matter: Matter, about: set[str], actor: Actor, now: datetime) -> None:
    assert actor.person_id is not None
    check = allowing(case, actor.person_id, now)
    known = {concern.unit_id for concern in standing(case.pk) if concern.unit_id}
    unit = _free(matter, case.unit_holding_id, about | known)
    _say(case, Concerned(units=frozenset(about - known)), "staff", actor.person_id, now)
    _hand_to(case, unit, actor, check, now)
    _take_over_appeals(case, now)


def _hand_to(case: Case, unit: str, actor: Actor, check: int | None, now: datetime) -> None:
    before = case.unit_holding_id
    move(case, unit)
    forget_notices(case.number, before)
    happening = Happening(MOVED, case.state, now, actor.name, {"unit": unit, "from_unit": before})
    Case.objects.filter(pk=case.pk).update(ver=F("ver") + 1)
    write_event(case, happening, actor.kind, actor.person_id, case.state, check)
    tell(case, "moved", now, applicant=True, unit=True)


def _say(case: Case, found: Concerned, said_by: str, person: int | None, now: datetime) -> None:
    rows = [Concern(case=case, unit_id=unit, said_by=said_by, since=now) for unit in sorted(found.units)]
    rows += [Concern(case=case, person_id=each, said_by=said_by, since=now) for each in sorted(found.people)]
    Concern.objects.bulk_create(rows)
    log_concerns(case.number, (sorted(found.units), sorted(found.people)), said_by, person, now)
