"""From a person to an enterprise: every way by which the one may be tied to the other."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict, dataclass
from datetime import date

from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from qinglian.capabilities.access.prepared import Prepared
from qinglian.capabilities.interests.models import DeclaredTie, TieKind
from qinglian.capabilities.parties import queries as parties

REPRESENTATIVE = "representative"  # not declared: it stands beside the enterprise
ONESELF, OWN_UNIT = "oneself", "own-unit"  # not declared either: it is about them, or about where they work


@dataclass(frozen=True)
class Step:
    """One step of a path: by what, and to which row."""

    by: str  # a TieKind, representative, merged or number
    enterprise: int | None = None
    person: int | None = None
    tie: int | None = None
    unit: str | None = None


Path = tuple[Step, ...]


def kind_label(kind: str) -> object:
    """What stands in the way, in the reader's language: the kind alone, not with whom."""
    said = {
        REPRESENTATIVE: _("speaks for the enterprise"),
        ONESELF: _("it is about them, or against what they decided"),
        OWN_UNIT: _("belongs to the unit that it is about"),
    }
    return said[kind] if kind in said else TieKind(kind).label


def conflicts(person: int, enterprises: Iterable[int], on: date) -> list[Path]:
    """Every way from this person to one of the enterprises on that day; none is the good answer.

    Direct: a declared tie, or speaking for it. Over a colleague with a declared tie who may speak for it.
    An enterprise is found through its merges, and through a registration number that two rows share.
    """
    found: list[Path] = []
    asked_about = list(enterprises)
    ties = _TIES(person=person, on=on) if asked_about else []
    if not ties and not (asked_about and parties.speaks_for_any(person, on)):
        return []  # every path begins with one or the other: most people of a unit have neither
    for asked in asked_about:
        same = parties.same_enterprise(asked)
        speaks = parties.representatives(sorted(same), on)
        for tie in ties:
            if tie.enterprise_id is not None:
                if tie.enterprise_id not in same:
                    continue
                found.append(
                    (Step(tie.kind, tie.enterprise_id, tie=tie.pk), *_on(asked, tie.enterprise_id, same))
                )
                continue
            found += [
                (Step(tie.kind, person=tie.other_id, tie=tie.pk), *_speaking(asked, enterprise, same))
                for enterprise, other in speaks
                if other == tie.other_id
            ]
        found += [_speaking(asked, enterprise, same) for enterprise, who in speaks if who == person]
    return found


def conflicts_with(person: int, people: Iterable[int], units: Iterable[str], on: date) -> list[Path]:
    """Every way from this person to the people and units that something is about.

    To themselves; to somebody whom either of the two has declared as close; to a unit in which they, or in a
    unit below it, hold a post on that day.
    """
    asked, where, found = set(people), sorted(set(units)), list[Path]()
    if person in asked:
        found.append((Step(ONESELF, person=person),))
    if asked:
        for tie in counting_ties(person, on).filter(other__in=asked).order_by("id"):
            found.append((Step(tie.kind, person=tie.other_id, tie=tie.pk),))
    for other in sorted(asked - {person}):
        for tie in counting_ties(other, on).filter(other=person).order_by("id"):
            found.append((Step(tie.kind, person=other, tie=tie.pk),))
    if where:
        belongs = parties.belongs_to(person, on)
        found += [(Step(OWN_UNIT, unit=unit),) for unit in where if unit in belongs]
    return found


def counting_ties(person: int, on: date) -> QuerySet[DeclaredTie]:
    return DeclaredTie.objects.filter(
        Q(since=None) | Q(since__lte=on), Q(until=None) | Q(until__gte=on), person=person
    )


_TIES = Prepared(lambda person, on: counting_ties(person, on).order_by("id"), person=int, on=date)


def _speaking(asked: int, enterprise: int, same: dict[int, str]) -> Path:
    return (Step(REPRESENTATIVE, enterprise), *_on(asked, enterprise, same))


def _on(asked: int, reached: int, same: dict[int, str]) -> Path:
    return () if reached == asked else (Step(same[reached], asked),)


def plain(path: Path) -> list[dict[str, object]]:
    return [{key: value for key, value in asdict(step).items() if value is not None} for step in path]
