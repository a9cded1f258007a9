"""What the database knows of how its rows are spread, and chooses its ways by; made anew once a day.

Without it SQLite takes a new table for one of a million rows. PostgreSQL keeps it up by itself, but not at
once after many rows came in together.
"""

from __future__ import annotations

from datetime import date, datetime

from django.db import connection

LOOKED_AT = 2000  # rows of each index that SQLite looks at: enough to choose by, and a moment at any size
_last: dict[str, date] = {}  # of this process


def refresh_statistics() -> None:
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute(f"PRAGMA analysis_limit={LOOKED_AT}")
        cursor.execute("ANALYZE")


def keep_statistics(now: datetime, limit: int = 1) -> int:
    """A job: once a day, and when the worker begins. Nobody waits for it, so it counts as nothing done."""
    if _last.get("day") != now.date():
        refresh_statistics()
        _last["day"] = now.date()
    return 0
