"""What other units contribute: for whoever has the case, and for the unit that was asked."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db.models import QuerySet

from qinglian.capabilities.access.levels import readable
from qinglian.capabilities.access.policies import Thing
from qinglian.capabilities.cases.concerns import concerned, shut_from
from qinglian.capabilities.cases.eyes import Eyes, Withheld
from qinglian.capabilities.cases.headings import title_seen, unit_title
from qinglian.capabilities.cases.history import matter_of
from qinglian.capabilities.cases.models import Case, Contribution
from qinglian.capabilities.cases.sight import Sight
from qinglian.zone import Field

PAGE = 200


@dataclass(frozen=True)
class ContributionReading:
    id: int
    number: str
    title: str | Withheld
    matter: object
    unit: object  # that was asked
    holding: object
    question: str | Withheld
    asked_by: str
    asked_at: datetime
    due: datetime | None
    late: bool
    outcome: str  # given | without; empty while it waits
    text: str | Withheld
    name: str
    at: datetime | None


@dataclass(frozen=True)
class AskedPage:
    """What the unit that was asked sees of a case: what it is about, as far as it is cleared, and no more."""

    row: ContributionReading
    answers: list[tuple[Field, str | Withheld]]


def _rows() -> QuerySet[Contribution]:
    about = ("case__matter_version", "case__unit_holding", "unit", "asked_by", "person")
    return Contribution.objects.select_related(*about)


def _reading(row: Contribution, eyes: Eyes, now: datetime) -> ContributionReading:
    case = row.case
    matter = matter_of(case)
    return ContributionReading(
        id=row.pk,
        number=case.number,
        title=title_seen(case, matter, eyes),
        matter=matter.title,
        unit=unit_title(row.unit_id),
        holding=unit_title(case.unit_holding_id),
        question=eyes.see(matter.content, row.question),
        asked_by=row.asked_by.name,
        asked_at=row.asked_at,
        due=row.due,
        late=not row.outcome and row.due is not None and row.due < now,
        outcome=row.outcome,
        text=eyes.see(matter.content, row.text),
        name=row.person.name if row.person else "",
        at=row.at,
    )


def contributions_of(case_id: int, eyes: Eyes, now: datetime) -> list[ContributionReading]:
    """Of one case, for whoever has it, in the order in which they were asked for."""
    return [_reading(row, eyes, now) for row in _rows().filter(case=case_id).order_by("id")]


def asked_of(sight: Sight, now: datetime) -> list[ContributionReading]:
    """What these units still have to contribute, the nearest due first, of cases they are cleared for."""
    rows = _rows().filter(unit__in=list(sight.units), outcome="", case__open=True)
    shut = Case.objects.filter(shut_from(sight.belongs, sight.person)).values("pk")
    found = rows.exclude(case__in=shut).order_by("due", "id")[:PAGE]
    return [
        _reading(row, sight.eyes(row.unit_id), now)
        for row in found
        if _cleared(sight.units[row.unit_id], row.case.sensitivity)
    ]


def _cleared(roles: frozenset[str], level: str) -> bool:
    levels = readable(roles)
    return levels is None or level in levels


def asked_thing(contribution_id: int) -> Thing | None:
    """What the gate must know of a contribution: it is of the unit that was asked."""
    row = _rows().filter(pk=contribution_id).first()
    if row is None:
        return None
    shut = concerned(row.case)
    return Thing(
        case_id=row.case_id,
        unit_path=row.unit.path,
        sensitivity=row.case.sensitivity,
        shut_units=shut.units,
        shut_people=shut.people,
    )


def asked_page(contribution_id: int, eyes: Eyes, now: datetime) -> AskedPage:
    row = _rows().get(pk=contribution_id)
    case = row.case
    fields = matter_of(case).fields
    answers = [
        (fields[key], eyes.see(fields[key].sensitivity, value))
        for key, value in case.answers.items()
        if key in fields
    ]
    return AskedPage(_reading(row, eyes, now), answers)
