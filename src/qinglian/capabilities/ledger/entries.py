"""What the log says of itself: one named function for each kind of event."""

from __future__ import annotations

from datetime import datetime
from hashlib import sha256
from typing import Any

from qinglian.capabilities.ledger.appending import append
from qinglian.zone import Zone


def log_opened(
    log: str, origin: str, keys: list[str], now: datetime, before: dict[str, Any] | None = None
) -> int:
    """The first entry of a tree; before: origin, size and root of the tree that it takes over from."""
    shown = {"origin": origin, "keys": [sha256(key.encode()).hexdigest() for key in keys], "before": before}
    return append("ledger.opened", {}, now, log=log, open_fields=shown)


def log_anchored(origin: str, size: int, root: bytes, now: datetime) -> int:
    """The restricted log's head, told in the public log."""
    return append(
        "ledger.anchored", {}, now, open_fields={"origin": origin, "size": size, "root": root.hex()}
    )


def log_pack_in_force(zone: Zone, now: datetime) -> int:
    """A zone pack came into force: files are its paths, each with the SHA-256 of its bytes."""
    shown = {"zone": zone.id, "sha": zone.sha, "files": dict(zone.files)}
    return append("ledger.pack_in_force", {}, now, open_fields=shown)


def log_erased(leaf: bytes, names: list[str], reason: str, now: datetime) -> int:
    """Values were erased, of the entry with this leaf hash; the reason is hidden with its own salt."""
    shown = {"leaf": leaf.hex(), "fields": names}
    return append("ledger.erased", {"reason": reason}, now, open_fields=shown)


def log_moved(vendor: str, tables: int, rows: int, now: datetime) -> int:
    """The platform went to another kind of database, with all its rows, which were checked there."""
    return append("ledger.moved", {}, now, open_fields={"to": vendor, "tables": tables, "rows": rows})


def log_restored(how: str, made_at: str, sizes: dict[str, list[int]], now: datetime) -> int:
    """A backup was restored; how: same, replayed or new-log; sizes: origin → [in the backup, after]."""
    shown = {"how": how, "backup": made_at, "sizes": sizes}
    return append("ledger.restored", {}, now, open_fields=shown)
