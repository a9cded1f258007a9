"""Who handles a case: nobody whom a tie binds to who asked. Each act carries the check that allowed it."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from zoneinfo import ZoneInfo

from qinglian.capabilities.access.prepared import Prepared
from qinglian.capabilities.access.prepared_writes import insert, update
from qinglian.capabilities.cases.concerns import About, about, concerned
from qinglian.capabilities.cases.models import Assignment, Case
from qinglian.capabilities.interests.actions import Checked, check_conflicts
from qinglian.capabilities.interests.queries import conflicts, conflicts_with, kind_label
from qinglian.capabilities.parties.queries import belongs_to, people_in, person_name
from qinglian.faults import Fault
from qinglian.faults import noop as _
from qinglian.zone import Matter
from qinglian.zone.current import current
from qinglian.zone.matter import SYSTEM


def assigned(case: Case) -> Assignment | None:
    """The assignment that holds: the last one, unless the case has gone to another unit since."""
    if case.handler_id is None:
        return None
    return _LAST(case=case.pk).pop()


_LAST = Prepared(
    lambda case: Assignment.objects.filter(case=case).select_related("conflict_check").order_by("-id")[:1],
    case=int,
)


def handlers(case: Case, matter: Matter, on: date) -> list[tuple[int, str]]:
    """(id, name) of those who may be given the case: who hold a role that acts in it, there or above."""
    acting = {role for action in matter.actions.values() for role in action.by} & set(matter.roles)
    return people_in(case.unit_holding.path, frozenset(acting - {"applicant", SYSTEM}), on)


def today(now: datetime) -> date:
    return now.astimezone(ZoneInfo(current().timezone)).date()


def refuse_tied(case: Case, person: int, now: datetime, asked_by: int | None = None) -> None:
    """Raise Fault where a tie stands in the way, and keep that it was asked.

    Call it before the transaction of the act: a refusal must not be rolled back with it. Of the tie only its
    kind is told, also to whoever wants to give the case to somebody.
    """
    on, asked = today(now), about(case)
    if not conflicts(person, asked.enterprises, on) + conflicts_with(person, asked.people, asked.units, on):
        return
    checked = _check(person, asked, now, asked_by or person)
    kind = kind_label(checked.kinds[0]) if checked.kinds else ""
    if asked_by is None:
        raise Fault(
            _(
                "you cannot handle this case; on record is: %(kind)s. "
                "Ask the head of your unit to give it to another"
            ),
            kind=kind,
        )
    raise Fault(
        _("%(name)s cannot handle this case; on record is: %(kind)s. Choose somebody else"),
        name=person_name(person),
        kind=kind,
    )


def allowing(case: Case, person: int, now: datetime, asked_by: int | None = None) -> int:
    """The id of the check that allows it, made inside the transaction of the act.

    For whoever has the case, the check of the assignment stands, as long as it asked about the same.
    """
    held, asked = assigned(case), about(case)
    if held is not None and held.person_id == person:
        check = held.conflict_check
        if About(check.enterprises, check.people, check.units) == asked:
            return held.conflict_check_id
    checked = _check(person, asked, now, asked_by or person)
    if not checked.clear:  # declared this very moment
        raise Fault(_("a tie stands in the way; nothing was changed: read the page again"))
    return checked.id


def _check(person: int, asked: About, now: datetime, asked_by: int) -> Checked:
    return check_conflicts(
        person, asked.enterprises, today(now), now, asked_by, people=asked.people, units=asked.units
    )


def move(case: Case, unit: str) -> None:
    """To another unit: nobody there has it yet. What comes back to a unit that sent it on, says so."""
    been = {data.get("from_unit") for data in case.events.values_list("data", flat=True)}
    case.unit_holding_id, case.handler_id, case.returned = unit, None, unit in {case.unit_first_id, *been}
    Case.objects.filter(pk=case.pk).update(unit_holding=unit, handler=None, returned=case.returned)


def seeing(case: Case, people: Iterable[int], on: date) -> list[int]:
    """Those of these people from whom the case is not shut."""
    found = concerned(case)
    if not found:
        return list(people)
    return [each for each in people if each not in found.people and not belongs_to(each, on) & found.units]


def give(case: Case, person: int, check: int, by: int, now: datetime) -> None:
    insert(Assignment(case=case, person_id=person, conflict_check_id=check, assigned_by_id=by, at=now))
    case.handler_id = person
    update(case, "handler")
