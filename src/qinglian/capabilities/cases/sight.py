"""Which cases somebody may know of, by the roles held in each unit: the one filter of every list."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.db import connection
from django.db.models import CharField, F, Field, Func, Q
from django.db.models.lookups import In

from qinglian.capabilities.access.levels import readable
from qinglian.capabilities.access.policies import Reader
from qinglian.capabilities.cases.concerns import open_to
from qinglian.capabilities.cases.eyes import Eyes
from qinglian.capabilities.cases.placing import APART as APART


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
    return found & open_to(sight.belongs, sight.person)


def of_group(levels: frozenset[str] | None, units: list[str], *, apart: int = APART) -> Q:
    """Of no more units than `apart`, the database may look cases up by unit."""
    cleared = Q() if levels is None else Q(sensitivity__in=levels)
    held = along("unit_holding_id", units, CharField()) if len(units) > apart else Q(unit_holding__in=units)
    return held & cleared


def along(column: str, values: Iterable[object], kind: Field[Any, Any]) -> Q:
    """The rows with one of these values, met along the list in its order. SQLite would rather look the values
    up, gather what they hold and sort all of it; a plus before the column keeps it from that."""
    if connection.vendor != "sqlite":
        return Q(**{f"{column}__in": list(values)})
    return Q(In(Func(F(column), template="+%(expressions)s", output_field=kind), list(values)))
