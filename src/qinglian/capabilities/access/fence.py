"""The second fence, on PostgreSQL: while a request only reads, its connection is somebody who may see less.

Between the gate's door and the end of the answer the connection has taken a role that can do nothing but
SELECT, and the database itself holds back the rows that the reader may not know of (`fencing`, `building`).
Where no fence was built the requests go on without it; `site doctor` says so.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from contextvars import ContextVar
from datetime import date
from typing import Any

from django.conf import settings
from django.db import InternalError, connection, transaction

from qinglian.capabilities.access.building import SEEN, fenced, state
from qinglian.capabilities.access.fencing import DRAFTS, OWN, PERSON, SEEN_LAST, SEES, USER, as_set
from qinglian.capabilities.access.policies import Reader

_up: ContextVar[bool] = ContextVar("fence is up", default=False)


def stands() -> bool:
    """Whether a fence was built in this database, and the platform's user can take the reader's role."""
    name = connection.settings_dict["NAME"]
    if connection.vendor != "postgresql" or settings.FENCE == "off":
        return False
    if name not in SEEN:
        SEEN[name] = state() == "stands"
        if not SEEN[name]:
            logging.getLogger("qinglian").warning(
                "the second fence does not stand; see: qinglian site doctor"
            )
    return SEEN[name]


def is_up() -> bool:
    return _up.get()


class Fence:
    """Around one request: `rise` when it is known who reads, `fall` whatever came of it."""

    def __init__(self) -> None:
        self.transaction: transaction.Atomic | None = None
        self.inner = False

    def rise(self, reader: Reader, on: date) -> None:
        if not stands() or _up.get():
            return
        self.inner = connection.in_atomic_block  # a test's own transaction
        self.transaction = transaction.atomic(savepoint=False)
        self.transaction.__enter__()
        _tell(facts_of(reader, on), settings.FENCE_ROLE)
        _up.set(True)

    def fall(self) -> None:
        if self.transaction is None:
            return
        try:
            if self.inner and not connection.needs_rollback:
                with suppress(InternalError):  # what failed inside has already undone it
                    _tell({}, "none")
        finally:
            _up.set(False)
            held, self.transaction = self.transaction, None
            held.__exit__(None, None, None)


def facts_of(reader: Reader, on: date) -> dict[str, tuple[str, list[Any]]]:
    """What the database is told of the reader: setting → (expression, values)."""
    strong = reader.strong or not reader.roles  # a post alone, without the second factor, opens nothing
    person = str(reader.person_id) if reader.person_id is not None and strong else ""
    facts: dict[str, tuple[str, list[Any]]] = {
        PERSON: ("%s::text", [person]),
        USER: ("%s::text", [str(reader.user_id or "")]),
        **{name: ("''", []) for name in (DRAFTS, SEES, SEEN_LAST)},
    }
    for each in fenced().values():
        for name, fact in each.facts.items():
            facts[name] = (fact(reader, on) if strong else None) or ("''", [])
    return facts


def _tell(facts: Mapping[str, tuple[str, list[Any]]], role: str) -> None:
    """In one statement, the role last."""
    parts = [f"set_config('{name}', COALESCE({said}, ''), true)" for name, (said, _values) in facts.items()]
    values = [value for _said, given in facts.values() for value in given]
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {', '.join([*parts, 'set_config(%s, %s, true)'])}", [*values, "role", role])
        cursor.fetchone()


@contextmanager
def beyond(why: str) -> Iterator[None]:
    """Inside, the request reads and writes as the platform itself; `why` is said in the code that asks.

    For what proves who reads (a code, a key, a draft's secret), for counts of things without their content,
    and for the few marks that a page leaves when it was looked at.
    """
    assert why
    if not _up.get():
        yield
        return
    _tell({}, "none")
    _up.set(False)
    try:
        yield
    finally:
        _up.set(True)
        if not connection.needs_rollback:
            _tell({}, settings.FENCE_ROLE)


def proved(case_ids: Iterable[int], drafts: Iterable[int] = ()) -> None:
    """Whoever reads has just proved, with this very request, that these are theirs."""
    given = {OWN: list(case_ids), DRAFTS: list(drafts)}
    more = {name: as_set(each) for name, each in given.items() if each}
    if not _up.get() or not more:
        return
    known = "COALESCE(NULLIF(current_setting('{name}', true), ''), '{{}}')::jsonb"
    parts = [f"set_config('{n}', ({known.format(name=n)} || %s::jsonb)::text, true)" for n in more]
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {', '.join(parts)}", list(more.values()))
