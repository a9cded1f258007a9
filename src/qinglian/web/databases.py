"""What the platform wants of a database, whichever it is."""

from __future__ import annotations

from typing import Any

import dj_database_url

SQLITE_BEGINS = (
    "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA foreign_keys=ON;"
    " PRAGMA temp_store=MEMORY; PRAGMA cache_size=-65536; PRAGMA mmap_size=268435456;"
)


def configured(url: str, busy: float) -> dict[str, Any]:
    """Django's settings for the database at this address; busy: seconds that a request waits for a lock."""
    found: dict[str, Any] = dict(dj_database_url.parse(url))
    options = dict(found.get("OPTIONS", {}))
    if found["ENGINE"].endswith("sqlite3"):
        options |= {"timeout": busy, "transaction_mode": "IMMEDIATE", "init_command": SQLITE_BEGINS}
        found["CONN_MAX_AGE"] = None
    if found["ENGINE"].endswith("postgresql"):
        options["options"] = f"{options.get('options', '')} -c lock_timeout={busy * 1000:.0f}".strip()
    return found | {"OPTIONS": options}
