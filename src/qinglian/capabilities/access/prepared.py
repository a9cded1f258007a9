"""Queries of the ORM that are compiled once: the same statement each time, with other values.

Building and compiling a query takes Django several times as long as the database takes to answer it, and
the desk's verbs ask the same few questions for every event. A prepared query is written like any other:

    _TIES = Prepared(lambda person: DeclaredTie.objects.filter(person=person).order_by("id"), person=int)
    _TIES(person=7)

Beside it stands of which type each value is. No list can be a value (its length would change the
statement), and None cannot either.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from operator import itemgetter
from typing import Any
from weakref import WeakKeyDictionary

from django.db import connection, connections
from django.db.models import QuerySet
from django.db.models.query import get_related_populators

_SAMPLES: dict[type, Callable[[int], Any]] = {
    int: lambda place: 10_007 + place,
    str: lambda place: f"sample {place}",
    date: lambda place: date(1901, 1, 1 + place),
    datetime: lambda place: datetime(1901, 1, 1 + place, tzinfo=UTC),
}


@dataclass(frozen=True)
class _Compiled:
    sql: str
    params: tuple[Any, ...]
    slots: tuple[tuple[int, str], ...]  # place among the params → name of the value
    rows: Callable[[list[Any]], list[Any]]
    locks: bool


class Prepared:
    """Call it with the values by name: a list of what the query would give, read at once."""

    def __init__(self, build: Callable[..., QuerySet[Any]], **types: type) -> None:
        self.build, self.types = build, types
        self._compiled: WeakKeyDictionary[Any, _Compiled] = WeakKeyDictionary()

    def __call__(self, **values: Any) -> list[Any]:
        here = connections[connection.alias]
        ready = self._compiled.get(here)
        if ready is None:
            ready = self._compiled[here] = self._compile(here)
        if ready.locks and not here.in_atomic_block:
            raise RuntimeError("rows are locked inside a transaction, and there is none")
        params = list(ready.params)
        for place, name in ready.slots:
            params[place] = adapted(here, values[name])
        with here.cursor() as cursor:
            cursor.execute(ready.sql, params)
            return ready.rows(cursor.fetchall())

    def first(self, **values: Any) -> Any:
        """The first of them, or None."""
        found = self(**values)
        return found[0] if found else None

    def _compile(self, here: Any) -> _Compiled:
        """Twice, with values that differ: what differs between the two is where a value goes."""
        one, two = samples(self.types)
        query = self.build(**one)
        compiler = query.query.get_compiler(connection=here)
        sql, params = compiler.as_sql()
        again, others = self.build(**two).query.get_compiler(connection=here).as_sql()
        assert sql == again, "a value changes the statement; it cannot be prepared"
        slots = tuple(slots_of(here, (params, others), (one, two)))
        return _Compiled(sql, tuple(params), slots, _reader(query, compiler), query.query.select_for_update)


Values = dict[str, Any]


def samples(types: dict[str, type]) -> tuple[Values, Values]:
    """Values of these types, twice, no two alike."""
    one = {name: _SAMPLES[kind](n) for n, (name, kind) in enumerate(types.items())}
    two = {name: _SAMPLES[kind](n + 14) for n, (name, kind) in enumerate(types.items())}
    return one, two


def slots_of(
    here: Any, params: tuple[Sequence[Any], Sequence[Any]], said: tuple[Values, Values]
) -> list[tuple[int, str]]:
    """(place among the params, name of the value): params as compiled with either of what was said."""
    one, two = said
    slots = []
    for place, (this, other) in enumerate(zip(*params, strict=True)):
        if this != other:
            (name,) = [n for n in one if adapted(here, one[n]) == this and adapted(here, two[n]) == other]
            slots.append((place, name))
    assert {name for _place, name in slots} == set(one), "a value is not used as it is given"
    return slots


def adapted(here: Any, value: Any) -> Any:
    """A value as the database takes it; a moment is a day as well, so it is asked first."""
    if isinstance(value, datetime):
        return here.ops.adapt_datetimefield_value(value)
    if isinstance(value, date):
        return here.ops.adapt_datefield_value(value)
    return value


def _reader(query: QuerySet[Any], compiler: Any) -> Callable[[list[Any]], list[Any]]:
    """From rows of the database to what the query gives: instances, tuples, or single values."""
    converters = compiler.get_converters([each[0] for each in compiler.select])

    def converted(rows: list[Any]) -> list[Any]:
        return list(compiler.apply_converters(rows, converters)) if converters else rows

    if query._fields is None:
        return _instances(query, compiler, converted)
    flat = query._iterable_class.__name__ == "FlatValuesListIterable"
    give = itemgetter(0) if flat else tuple
    return lambda rows: [give(row) for row in converted(rows)]


def _instances(
    query: QuerySet[Any], compiler: Any, converted: Callable[[list[Any]], list[Any]]
) -> Callable[[list[Any]], list[Any]]:
    """As django.db.models.query.ModelIterable does it."""
    select, known, db = compiler.select, compiler.klass_info, query.db
    start, end = known["select_fields"][0], known["select_fields"][-1] + 1
    names = [each[0].target.attname for each in select[start:end]]
    populators = get_related_populators(known, select, db)
    notes = dict(compiler.annotation_col_map or {})

    def read(rows: list[Any]) -> list[Any]:
        found = []
        for row in converted(rows):
            each = known["model"].from_db(db, names, row[start:end])
            for populator in populators:
                populator.populate(row, each)
            for name, place in notes.items():
                setattr(each, name, row[place])
            found.append(each)
        return found

    return read
