"""Whom a case is about: read here, for the gate, for lists, and before somebody handles it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from django.db import connection
from django.db.models import BooleanField, F, Func, Q, QuerySet

from qinglian.capabilities.access.prepared import Prepared
from qinglian.capabilities.cases.history import matter_of
from qinglian.capabilities.cases.models import Case, CaseEvent, CaseLink, Concern
from qinglian.zone.matter import APPEAL


@dataclass(frozen=True)
class Concerned:
    """Ids of units and of people; whoever belongs to one of the units, or is one of them, sees nothing."""

    units: frozenset[str] = frozenset()
    people: frozenset[int] = frozenset()

    def __bool__(self) -> bool:
        return bool(self.units or self.people)


@dataclass(frozen=True)
class About:
    """What a conflict check is asked about before somebody handles a case."""

    enterprises: list[int]
    people: list[int]
    units: list[str]


def standing(case_id: int) -> QuerySet[Concern]:
    return Concern.objects.filter(case=case_id, lifted_at=None)


def concerned(case: Case) -> Concerned:
    """Whom the case is about, as far as it is known or suggested now: a complaint, or an appeal in one."""
    matter = matter_of(case)
    if matter.complaint is None and not matter.hears_appeals:
        return Concerned()
    rows = _STANDING(case=case.pk)
    return Concerned(
        frozenset(unit for unit, _person in rows if unit),
        frozenset(person for _unit, person in rows if person),
    )


_STANDING = Prepared(lambda case: standing(case).values_list("unit_id", "person_id"), case=int)
_APPEALED = Prepared(
    lambda case: CaseLink.objects.filter(case=case, relation=APPEAL).values_list(
        "other_id", "other__unit_holding_id"
    ),
    case=int,
)


def _of_those(cases: Iterable[int]) -> QuerySet[Concern, tuple[str | None, int | None]]:
    return Concern.objects.filter(case__in=list(cases), lifted_at=None).values_list("unit_id", "person_id")


def about(case: Case) -> About:
    """Who asked; whom it is about; and, where it is an appeal, who decided and in which unit.

    An appeal lodged before what it is against was known to be about somebody is about them too.
    """
    found = concerned(case)
    people, units = set(found.people), set(found.units)
    appealed = _APPEALED(case=case.pk)
    if appealed:
        units |= {unit for _case, unit in appealed}
        against = [pk for pk, _unit in appealed]
        acted = CaseEvent.objects.filter(case__in=against, actor="staff")
        people |= set(acted.values_list("person_id", flat=True).distinct())
        for unit, person in _of_those(against):
            units |= {unit} if unit else set()
            people |= {person} if person else set()
    enterprises = [case.applicant_id] if case.applicant_id is not None else []
    return About(enterprises, sorted(people), sorted(units))


def shut_from(belongs: Iterable[str], person: int | None) -> Q:
    """The cases that somebody who belongs to these units sees nothing of."""
    found = Q(pk__in=[])
    for concerns in _standing(belongs, person):
        found |= Q(pk__in=concerns.values("case"))
    return found


def open_to(belongs: Iterable[str], person: int | None) -> Q:
    """All the others. PostgreSQL believes of NOT IN that it leaves out half of the rows, and would then
    rather sort what it takes for few than walk a list in its order; of an array it knows better.
    """
    if connection.vendor != "postgresql":
        return ~shut_from(belongs, person)
    from django.contrib.postgres.expressions import ArraySubquery

    found = Q()
    for concerns in _standing(belongs, person):
        shut = ArraySubquery(concerns.values("case"))
        found &= Q(Func(F("pk"), shut, template="(%(expressions)s))", arg_joiner=" <> ALL (",
                        output_field=BooleanField()))  # fmt: skip
    return found


def _standing(belongs: Iterable[str], person: int | None) -> list[QuerySet[Concern]]:
    """Asked apart, so that each is found by an index of its own."""
    stand = Concern.objects.filter(lifted_at=None)
    units = list(belongs)
    of_units = [stand.filter(unit__in=units)] if units else []
    return of_units if person is None else [*of_units, stand.filter(person=person)]
