"""Writing a row with a statement that was compiled once: beside `prepared`, and for the same reason.

    event = insert(CaseEvent(case=case, seq=3, …))      as CaseEvent.objects.create(…)
    update(case, "state", "due")                        as case.save(update_fields=[…])
    update(case, "state", "ver", ver=seen)              … where ver is still what was seen
    _VOID = PreparedUpdate(lambda clock: (ClockRung.objects.filter(clock=clock), {"due": None}), clock=int)
    _VOID(clock=7)                                      as the query's own update(due=None)

Values go through their fields as the ORM sends them; how many rows were changed is what comes back.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, TypeVar
from weakref import WeakKeyDictionary

from django.db import connection, connections, transaction
from django.db.models import Model, QuerySet
from django.db.models.fields import Field
from django.db.models.sql import InsertQuery, UpdateQuery

from qinglian.capabilities.access.prepared import adapted, samples, slots_of

Row = TypeVar("Row", bound=Model)
_Kept = tuple[str, tuple[Any, ...]]  # a statement, and the fields whose values it takes
_kept: WeakKeyDictionary[Any, dict[Any, _Kept]] = WeakKeyDictionary()


def insert(row: Row) -> Row:
    """A new row; it has its id afterwards."""
    here = connections[connection.alias]
    sql, fields = _statement(here, type(row), lambda: _insert_sql(here, row))
    with transaction.mark_for_rollback_on_error(using=here.alias), here.cursor() as cursor:
        cursor.execute(sql, _values(here, row, fields))
        row.pk = cursor.fetchone()[0]
    row._state.adding, row._state.db = False, here.alias
    return row


def insert_all(rows: Sequence[Model]) -> None:
    """New rows of one table in one statement; for few of them. They do not learn their ids."""
    if not rows:
        return
    here = connections[connection.alias]
    asked = (type(rows[0]), len(rows))
    sql, fields = _statement(here, asked, lambda: _insert_sql(here, rows[0], len(rows)))
    _changed(here, sql, [value for row in rows for value in _values(here, row, fields)])


def _values(here: Any, row: Model, fields: Sequence[Any]) -> list[Any]:
    return [each.get_db_prep_save(each.pre_save(row, add=True), connection=here) for each in fields]


def update(row: Model, *names: str, **seen: Any) -> int:
    """These columns of a row as the instance has them, if those in seen are still so; 1, or 0."""
    here = connections[connection.alias]
    asked = (type(row), names, tuple(seen))
    sql, fields = _statement(here, asked, lambda: _update_sql(here, type(row), names, tuple(seen)))
    given = [*(getattr(row, each.attname) for each in fields[: len(names)]), row.pk, *seen.values()]
    values = [each.get_db_prep_save(v, connection=here) for each, v in zip(fields, given, strict=True)]
    return _changed(here, sql, values)


class PreparedUpdate:
    """Call it with the values by name. Built from (the rows, what they shall say); types as in Prepared."""

    def __init__(self, build: Callable[..., tuple[QuerySet[Any], dict[str, Any]]], **types: type) -> None:
        self.build, self.types = build, types
        self._compiled: WeakKeyDictionary[Any, tuple[str, list[Any], list[tuple[int, str]]]] = (
            WeakKeyDictionary()
        )

    def __call__(self, **values: Any) -> int:
        here = connections[connection.alias]
        ready = self._compiled.get(here)
        if ready is None:
            ready = self._compiled[here] = self._compile(here)
        sql, params, slots = ready[0], list(ready[1]), ready[2]
        for place, name in slots:
            params[place] = adapted(here, values[name])
        return _changed(here, sql, params)

    def _compile(self, here: Any) -> tuple[str, list[Any], list[tuple[int, str]]]:
        one, two = samples(self.types)
        sql, params = self._sql(here, one)
        again, others = self._sql(here, two)
        assert sql == again, "a value changes the statement; it cannot be prepared"
        return sql, list(params), slots_of(here, (params, others), (one, two))

    def _sql(self, here: Any, values: dict[str, Any]) -> tuple[str, tuple[Any, ...]]:
        rows, said = self.build(**values)
        query = rows.query.chain(UpdateQuery)  # type: ignore[no-untyped-call]
        query.add_update_values(said)
        query.clear_ordering(force=True)
        query.clear_select_clause()
        compiled: tuple[str, tuple[Any, ...]] = query.get_compiler(connection=here).as_sql()
        return compiled


def _changed(here: Any, sql: str, values: list[Any]) -> int:
    with transaction.mark_for_rollback_on_error(using=here.alias), here.cursor() as cursor:
        cursor.execute(sql, values)
        changed: int = cursor.rowcount
        return changed


def _statement(here: Any, asked: Any, build: Callable[[], _Kept]) -> _Kept:
    known = _kept.setdefault(here, {})
    if asked not in known:
        known[asked] = build()
    return known[asked]


def _insert_sql(here: Any, row: Model, times: int = 0) -> _Kept:
    """For one row, which learns its id; times: for so many, which do not."""
    model = type(row)
    meta = model._meta
    fields = tuple(each for each in meta.local_concrete_fields if each is not meta.pk)
    assert not meta.parents, "a row of one table"
    query = InsertQuery(model)  # type: ignore[no-untyped-call]
    query.insert_values(fields, [row])  # type: ignore[no-untyped-call]
    compiler = query.get_compiler(connection=here)
    compiler.returning_fields = None if times else [meta.pk]
    ((sql, params),) = compiler.as_sql()
    assert sql.count("%s") == len(fields) == len(params), "each value as it is given"
    more = f", ({', '.join(['%s'] * len(fields))})" * (times - 1)
    return sql + more, fields


def _update_sql(here: Any, model: type[Model], names: tuple[str, ...], seen: tuple[str, ...]) -> _Kept:
    quoted, meta = here.ops.quote_name, model._meta
    fields: list[Field[Any, Any]] = [meta.get_field(name) for name in names]  # type: ignore[misc]
    where: list[Field[Any, Any]] = [meta.pk, *(meta.get_field(name) for name in seen)]  # type: ignore[list-item]
    said = ", ".join(f"{quoted(each.column)} = %s" for each in fields)
    asked = " AND ".join(f"{quoted(each.column)} = %s" for each in where)
    return f"UPDATE {quoted(meta.db_table)} SET {said} WHERE {asked}", (*fields, *where)
