"""The one way into the log."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from functools import cache
from typing import Any

from django.db import DEFAULT_DB_ALIAS, connection, connections
from django.db.models import Model

from qinglian.capabilities.ledger.kinds import kind as declared
from qinglian.capabilities.ledger.models import Entry, EntryField
from qinglian.engines import canon
from qinglian.engines.merkle import seal_texts
from qinglian.engines.merkle.fields import SALT_SIZE


def append(
    kind: str,
    fields: Mapping[str, Any],
    at: datetime,
    *,
    log: str | None = None,
    open_fields: Mapping[str, Any] | None = None,
) -> int:
    """The id of a pending entry, written with what it tells of: call it inside that transaction.

    fields are hidden behind commitments, open_fields are readable by all for ever. Raises UnknownKind
    for what no apps.py declares, and RuntimeError outside a transaction. log: only for kinds of both logs.
    """
    known = declared(kind)
    log = log or known.logs[0]
    shown = dict(open_fields or {})
    known.check(log, fields, shown)
    if not connection.in_atomic_block:
        raise RuntimeError(f"{kind}: an entry is written in the transaction of what it tells of")
    drawn = os.urandom(SALT_SIZE * len(fields))  # in one draw: each asks the system
    salts = {name: drawn[n * SALT_SIZE : (n + 1) * SALT_SIZE] for n, name in enumerate(fields)}
    texts = {name: canon.dumps(value) for name, value in fields.items()}
    entry = seal_texts(texts, salts, {"kind": kind, "at": moment(at), **shown})
    hidden = [(name, text.decode(), salts[name]) for name, text in texts.items()]
    return _lay_down((log, kind, at, entry.data), hidden)


def _lay_down(entry: tuple[str, str, datetime, bytes], hidden: Sequence[tuple[str, str, bytes]]) -> int:
    """A pending entry (log, kind, at, data) and its hidden values (name, value, salt); the entry's id.

    Two statements, since every event of the platform pays for them: through the ORM they took longer than
    all the rest of what is done here.
    """
    log, kind, at, data = entry
    ours = connections[DEFAULT_DB_ALIAS]  # asked for once: the name that leads to it costs each time
    written = ours.ops.adapt_datetimefield_value(at)
    with ours.cursor() as cursor:
        cursor.execute(_entry_sql(), [log, kind, written, data])
        pk: int = cursor.fetchone()[0]
        if hidden:
            cursor.execute(
                _fields_sql(len(hidden)),
                [part for name, value, salt in hidden for part in (pk, name, value, salt)],
            )
    return pk


@cache
def _entry_sql() -> str:
    return f"INSERT INTO {_table(Entry)} (log, kind, at, data) VALUES (%s, %s, %s, %s) RETURNING id"


@cache
def _fields_sql(count: int) -> str:
    rows = ", ".join(["(%s, %s, %s, %s)"] * count)
    return f"INSERT INTO {_table(EntryField)} (entry_id, name, value, salt) VALUES {rows}"


def _table(model: type[Model]) -> str:
    return connection.ops.quote_name(model._meta.db_table)


def moment(at: datetime) -> str:
    """A moment as entries state it: UTC, to the second."""
    return at.astimezone(UTC).replace(microsecond=0, tzinfo=None).isoformat() + "Z"
