from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from pathlib import Path

from django.db import transaction

from qinglian.batch.verify import Report
from qinglian.capabilities.ledger.appending import append
from qinglian.capabilities.ledger.entries import log_erased, log_moved, log_pack_in_force, log_restored
from qinglian.capabilities.ledger.models import Entry, EntryField, Tree
from qinglian.capabilities.ledger.replaying import checked_export
from qinglian.capabilities.ledger.replaying import replay as replay_tree
from qinglian.capabilities.ledger.sequencing import open_trees, sequence
from qinglian.engines import canon
from qinglian.engines.merkle import leaf_hash
from qinglian.zone import Zone

__all__ = [
    "append",
    "checked_export",
    "erase",
    "keep_pack",
    "log_moved",
    "log_restored",
    "open_trees",
    "replay",
    "sequence",
]


def replay(slug: str, folder: Path, report: Report, now: datetime) -> int:
    """Append what a checked export of the tree has beyond it; how many entries that were."""
    return replay_tree(Tree.objects.get(slug=slug), folder, report, now)


@transaction.atomic
def keep_pack(zone: Zone, now: datetime) -> int | None:
    """Log the pack if it is another than the last one logged."""
    last = (
        Entry.objects.filter(kind="ledger.pack_in_force")
        .order_by("-id")
        .values_list("data", flat=True)
        .first()
    )
    if last is not None and canon.loads(bytes(last))["open"]["sha"] == zone.sha:
        return None
    return log_pack_in_force(zone, now)


@transaction.atomic
def erase(entry_ids: Iterable[int], reason: str, now: datetime, names: Iterable[str] | None = None) -> int:
    """Drop values and salts of these entries' fields (all, or those named); how many were dropped.

    What the log holds does not change. That it was done is logged too, once for each entry.
    """
    rows = EntryField.objects.select_for_update().filter(entry__in=list(entry_ids), erased_at=None)
    if names is not None:
        rows = rows.filter(name__in=list(names))
    found: dict[int, list[str]] = {}
    for entry_id, name in rows.order_by("entry_id", "name").values_list("entry_id", "name"):
        found.setdefault(entry_id, []).append(name)
    done = rows.filter(entry__in=found).update(value=None, salt=None, erased_at=now)
    for entry_id, data in Entry.objects.filter(pk__in=found).order_by("pk").values_list("pk", "data"):
        log_erased(leaf_hash(bytes(data)), found[entry_id], reason, now)
    return done
