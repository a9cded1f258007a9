"""What a database says that is silent, behind or unable: a sentence and the mend instead of a trace."""

from __future__ import annotations

from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor

from qinglian.faults import Fault
from qinglian.faults import noop as _n

STATE = _n("the database is not at the state of this version; run `qinglian site prepare` first")


def must_be_ready() -> None:
    """Before anything is served or worked on: a Fault, or the database's own error for `fault_of`."""
    if _behind():
        raise Fault(STATE)


def _behind() -> bool:
    steps = MigrationExecutor(connection)
    return bool(steps.migration_plan(steps.loader.graph.leaf_nodes()))


def fault_of(error: Exception) -> Fault:
    """error: what a `site` command met; raises it again where it is not of the database."""
    if not isinstance(error, DatabaseError):
        raise error
    reason = str(error).strip().splitlines()[0]
    try:
        behind = _behind()
    except DatabaseError as silent:
        reason = str(silent).strip().splitlines()[0]
        return Fault(
            _n("the database does not answer: %(reason)s; see that it runs, and that DATABASE_URL names it"),
            reason=reason,
        )
    if behind:
        return Fault(STATE)
    return Fault(_n("the database could not do this: %(reason)s"), reason=reason)
