"""Which cases somebody may know of, by the roles held in each unit: the one filter of every list."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from django.db.models import Q

from qinglian.capabilities.access.levels import readable
from qinglian.capabilities.access.policies import Reader
from qinglian.capabilities.cases.concerns import shut_from
from qinglian.capabilities.cases.eyes import Eyes


@dataclass(frozen=True)
class Sight:
    """Who looks at lists of cases: the roles held in each unit, and whether signed in just now."""

    units: Mapping[str, frozenset[str]]  # unit id → roles held there or above
    person: int | None = None
    fresh: bool = True
    belongs: frozenset[str] = frozenset()  # units of the reader's own posts, and those above them

    def eyes(self, unit: str) -> Eyes:
        return Eyes(self.units.get(unit, frozenset()), fresh=self.fresh)


def sight_of(reader: Reader, units: Mapping[str, frozenset[str]], *, fresh: bool) -> Sight:
    return Sight(units, reader.person_id, fresh=fresh, belongs=reader.belongs_to())


def groups(units: Mapping[str, frozenset[str]]) -> dict[frozenset[str] | None, list[str]]:
    """The levels that roles may read (None: every one) → the units where they may."""
    found: dict[frozenset[str] | None, list[str]] = {}
    for unit, roles in units.items():
        found.setdefault(readable(roles), []).append(unit)
    return found


def in_sight(sight: Sight) -> Q:
    """The cases of these units that the roles held there are cleared for."""
    found = Q(pk__in=[])
    for levels, ids in groups(sight.units).items():
        found |= of_group(levels, ids)
    return found & ~shut_from(sight.belongs, sight.person)


def of_group(levels: frozenset[str] | None, units: list[str]) -> Q:
    cleared = Q() if levels is None else Q(sensitivity__in=levels)
    return Q(unit_holding__in=units) & cleared
