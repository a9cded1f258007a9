"""Rows that were published wrong are corrected: new ones take their place, and the old ones stay readable."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256

from django.db import transaction

from qinglian.batch.figures import Table
from qinglian.batch.figures.files import csv_text
from qinglian.batch.figures.grouping import Fact
from qinglian.capabilities.figures import published
from qinglian.capabilities.figures.actions import compute_all
from qinglian.capabilities.figures.declared import tables
from qinglian.capabilities.figures.entries import log_corrected
from qinglian.capabilities.figures.models import Batch, Edition, Waiting
from qinglian.faults import Fault
from qinglian.faults import noop as _


@dataclass(frozen=True)
class Corrected:
    """The batches that took the place of others, and the edition with them."""

    batches: list[Batch]
    edition: Edition | None


@transaction.atomic
def correct(table_id: str, through: str, reason: str, now: datetime) -> Corrected:
    """Count a table anew from the batch that ends with this month on. All of it, or nothing.

    What waits for a later month because it was too few depends on all months before; so every batch from
    there on is counted again, and each that comes out otherwise is corrected for the same reason. Raises
    Fault where there is no such batch, no reason, or nothing that comes out otherwise.
    """
    table, reason = tables().get(table_id), reason.strip()
    parts = published.batches(table_id, "9999-12") if table is not None and table.grain == "month" else []
    if table is None or through not in {each.through for each in parts}:
        raise Fault(
            _("no rows of %(table)s were published up to %(through)s; there are: %(known)s"),
            table=table_id, through=through, known=", ".join(each.through for each in parts) or "-",
        )  # fmt: skip
    if not reason:
        raise Fault(_("a correction says why; give the reason with --reason"))
    made, waiting, since = [], list[Fact](), None
    for old in parts:
        until = published.first_moment(published.next_month(old.through))
        facts = waiting + published.rows_of(table, since, until)
        rows, waiting = published.by_month(table, facts, old.through)
        since = until
        text = csv_text(published.columns_of(table), rows)
        if old.through >= through and text != old.rows:
            made.append(_in_place_of(old, text, len(rows), reason, now))
    if not made:
        raise Fault(_("the rows come out as they were published; there is nothing to correct"))
    _wait(table, waiting)
    return Corrected(made, compute_all(now, corrected={table_id}))


def _in_place_of(old: Batch, text: str, n: int, reason: str, now: datetime) -> Batch:
    sha = sha256(text.encode()).hexdigest()
    log_corrected(old.table, old.through, (old.sha, sha), reason, now)
    return Batch.objects.create(
        table=old.table,
        through=old.through,
        rows=text,
        n=n,
        sha=sha,
        made_at=now,
        corrects=old,
        reason=reason,
    )


def _wait(table: Table, waiting: list[Fact]) -> None:
    facts = [[fact.subject, list(fact.values)] for fact in waiting]
    Waiting.objects.update_or_create(table=table.id, defaults={"facts": facts})
