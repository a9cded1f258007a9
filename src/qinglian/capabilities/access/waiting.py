"""Whether anything waits: several questions about a moment, compiled once, in one statement."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from weakref import WeakKeyDictionary

from django.core.exceptions import EmptyResultSet
from django.db import connection, connections
from django.db.models import QuerySet

from qinglian.capabilities.access.prepared import adapted, samples


class AnyOf:
    """Several questions about a moment in one statement: which of them have a row now.

    Each is given as a function from the moment to a query. One that is always empty is not asked.
    """

    def __init__(self, questions: Mapping[str, Callable[[datetime], QuerySet[Any]]]) -> None:
        self.questions = questions
        self._compiled: WeakKeyDictionary[Any, _Asked] = WeakKeyDictionary()

    def __call__(self, now: datetime) -> set[str]:
        here = connections[connection.alias]
        ready = self._compiled.get(here)
        if ready is None:
            ready = self._compiled[here] = self._compile(here)
        if not ready.names:
            return set()
        params = list(ready.params)
        for place in ready.slots:
            params[place] = adapted(here, now)
        with here.cursor() as cursor:
            cursor.execute(ready.sql, params)
            return {name for name, found in zip(ready.names, cursor.fetchone(), strict=True) if found}

    def _compile(self, here: Any) -> _Asked:
        """Twice: what differs between two moments is where the moment goes."""
        names, parts, params, slots = [], [], list[Any](), []
        one, two = (each["now"] for each in samples({"now": datetime}))
        for name, build in self.questions.items():
            try:
                (sql, these), (again, those) = (
                    build(at).order_by().values("pk")[:1].query.get_compiler(connection=here).as_sql()
                    for at in (one, two)
                )
            except EmptyResultSet:
                continue
            assert sql == again, "a value changes the statement; it cannot be prepared"
            for place, (this, other) in enumerate(zip(these, those, strict=True), len(params)):
                if this != other:
                    assert this == adapted(here, one), "the moment is not used as it is given"
                    slots.append(place)
            names.append(name)
            parts.append(f"EXISTS({sql})")
            params += these
        return _Asked(f"SELECT {', '.join(parts)}", tuple(names), tuple(params), tuple(slots))


@dataclass(frozen=True)
class _Asked:
    sql: str
    names: tuple[str, ...]
    params: tuple[Any, ...]
    slots: tuple[int, ...]  # places among the params that the moment takes
