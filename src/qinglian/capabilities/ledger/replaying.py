"""Bringing back, from exported tiles, the entries that a restored database lacks."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

from django.db import transaction

from qinglian.batch.telling import Tell
from qinglian.batch.verify import Asked, Report, verify_log
from qinglian.capabilities.ledger import shelf
from qinglian.capabilities.ledger.models import Checkpoint, Entry, Tree
from qinglian.engines import merkle
from qinglian.faults import Fault
from qinglian.faults import noop as _

BATCH = 256


def checked_export(folder: Path, origin: str, vkeys: list[str], least: int, tell: Tell) -> Report:
    """What holds of an exported tree: signed by these keys, whole, and with `least` entries at the least."""
    keys = tuple(merkle.VerifierKey.parse(text) for text in vkeys)
    trust = merkle.Trust({origin: merkle.TrustedLog(origin, keys, 0, ())}, {})
    try:
        report = verify_log(folder, Asked(trust, tell=tell))
    except Fault as fault:
        raise fault.at(file=str(folder)) from None
    if not report.entries:
        raise Fault(
            _("the export keeps its entries back; take one of `qinglian site log export`"), file=str(folder)
        )
    if report.accepted.checkpoint.size < least:
        raise Fault(
            _("the export ends at %(found)s entries, and %(least)s were signed; take a newer one"),
            file=str(folder),
            found=report.accepted.checkpoint.size,
            least=least,
        )
    return report


@transaction.atomic
def replay(tree: Tree, folder: Path, report: Report, now: datetime) -> int:
    """Append what the export has beyond the tree, just as it stood; how many entries that were.

    An entry that is still pending here takes its old place. The others come back without their hidden
    values, which no export holds.
    """
    head = report.accepted.checkpoint
    tree = Tree.objects.select_for_update().get(pk=tree.pk)
    start, rows = tree.size, []
    for data in _entries(folder, tree.size, head.size):
        rows.append((_entry(tree, data), data))
        if len(rows) == BATCH:
            shelf.grow(tree, rows)
            rows = []
    if rows:
        shelf.grow(tree, rows)
    if (tree.size, bytes(tree.root)) != (head.size, head.root):
        raise Fault(
            _("the log of %(new)s entries does not continue that of %(old)s: keep both, one was altered"),
            old=start,
            new=head.size,
        )
    Checkpoint.objects.get_or_create(
        tree=tree,
        size=head.size,
        defaults={"root": head.root, "text": report.accepted.text, "signed_at": now},
    )
    return head.size - start


def _entry(tree: Tree, data: bytes) -> int:
    pending = Entry.objects.filter(log=tree.log, index=None, data=data).values_list("pk", flat=True).first()
    if pending is not None:
        return pending
    said: dict[str, Any] = dict(merkle.read_entry(data).open)
    at = datetime.fromisoformat(str(said["at"]))
    return Entry.objects.create(log=tree.log, kind=str(said["kind"]), at=at, data=data).pk


def _entries(folder: Path, start: int, size: int) -> Iterator[bytes]:
    width = merkle.tiles.WIDTH
    for number in range(start // width, -(-size // width)):
        wide = merkle.width_at(size, 0, number)
        data = (folder / merkle.tile_path(merkle.ENTRIES, number, wide)).read_bytes()
        for place, entry in enumerate(merkle.split_bundle(data, wide), number * width):
            if place >= start:
                yield entry
