"""What the platform wants of a database, whichever it is."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import dj_database_url

SQLITE_BEGINS = (
    "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA foreign_keys=ON;"
    " PRAGMA temp_store=MEMORY; PRAGMA cache_size=-65536; PRAGMA mmap_size=268435456;"
)

KEPT = 300  # seconds that a thread keeps its connection to PostgreSQL; asked each time whether it still holds


def configured(url: str, busy: float) -> dict[str, Any]:
    """Django's settings for the database at this address; busy: seconds that a request waits for a lock."""
    found: dict[str, Any] = dict(dj_database_url.parse(url))
    options = dict(found.get("OPTIONS", {}))
    if found["ENGINE"].endswith("sqlite3"):
        options |= {"timeout": busy, "transaction_mode": "IMMEDIATE", "init_command": SQLITE_BEGINS}
        found["CONN_MAX_AGE"] = None
    if found["ENGINE"].endswith("postgresql"):
        found["CONN_MAX_AGE"], found["CONN_HEALTH_CHECKS"] = KEPT, True
        # To compile a statement costs more than any of ours takes to run, and the rules of the second fence
        # make PostgreSQL believe that it pays. Whoever sets it in DATABASE_URL comes later, and so decides.
        ours = f"-c jit=off -c lock_timeout={busy * 1000:.0f}"
        options["options"] = f"{ours} {options.get('options', '')}".strip()
    return found | {"OPTIONS": options}


@contextmanager
def not_waiting_for_the_disk() -> Iterator[None]:
    """What is written may be lost when the machine loses its power, until this ends; not when a process dies.

    For what can be made again from nothing. At the end everything is on the disk.
    """
    from django.db import connection  # the settings import this room

    if connection.in_atomic_block:  # neither database lets it be changed there
        yield
        return
    before, after = _HURRY[connection.vendor]
    with connection.cursor() as cursor:
        cursor.execute(before)
    try:
        yield
    finally:
        with connection.cursor() as cursor:
            for each in after:
                cursor.execute(each)


_HURRY = {
    "sqlite": ("PRAGMA synchronous=OFF", ("PRAGMA synchronous=FULL", "PRAGMA wal_checkpoint(TRUNCATE)")),
    "postgresql": ("SET synchronous_commit = off", ("RESET synchronous_commit",)),
}
