from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime

from qinglian.capabilities.interests.models import ConflictCheck, DeclaredTie, TieKind
from qinglian.capabilities.interests.paths import (
    REPRESENTATIVE,
    Path,
    Step,
    conflicts,
    conflicts_with,
    counting_ties,
    kind_label,
)
from qinglian.capabilities.parties import queries as parties

SHOWN = 50
PATHS = (REPRESENTATIVE, Path, Step, conflicts, conflicts_with, kind_label)  # found in a room of their own


@dataclass(frozen=True)
class TieReading:
    id: int
    kind: object
    name: str
    since: date | None
    until: date | None
    counts: bool


@dataclass(frozen=True)
class CheckReading:
    at: datetime
    outcome: str


def ties_of(person: int, on: date) -> list[TieReading]:
    """What somebody declared, for that person's own eyes."""
    rows = DeclaredTie.objects.filter(person=person).select_related("other").order_by("-id")[:SHOWN]
    counting = set(counting_ties(person, on).values_list("id", flat=True))
    firms = parties.enterprise_names({row.enterprise_id for row in rows if row.enterprise_id is not None})
    names = [row.other.name if row.other else firms.get(row.enterprise_id, "") for row in rows]
    return [
        TieReading(row.pk, TieKind(row.kind).label, name, row.since, row.until, row.pk in counting)
        for row, name in zip(rows, names, strict=True)
    ]


def checks_of(person: int) -> list[CheckReading]:
    """When it was asked about somebody, and what came out; not about what."""
    rows = ConflictCheck.objects.filter(person=person).order_by("-id")[:SHOWN]
    return [CheckReading(row.at, row.outcome) for row in rows]


def checks_between(since: datetime, until: datetime) -> Iterator[tuple[int, datetime, bool]]:
    """(id, when, whether nothing stood in the way): not about whom, and not in which case."""
    rows = ConflictCheck.objects.filter(at__gte=since, at__lt=until).exclude(outcome="unasked").order_by("id")
    for pk, at, outcome in rows.values_list("id", "at", "outcome").iterator():
        yield pk, at, outcome == "clear"
