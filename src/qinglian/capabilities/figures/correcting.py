"""Rows that were published wrong are corrected: new ones take their place, and the old ones stay readable."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from qinglian.batch.figures.files import csv_text
from qinglian.batch.figures.grouping import Fact
from qinglian.capabilities.figures import published
from qinglian.capabilities.figures.actions import Anew, Tell, compute_all
from qinglian.capabilities.figures.declared import tables
from qinglian.capabilities.figures.entries import log_corrected
from qinglian.capabilities.figures.models import Batch, Edition
from qinglian.faults import Fault
from qinglian.faults import noop as _


@dataclass(frozen=True)
class Corrected:
    """The batches that took the place of others, and the edition with them."""

    batches: list[Batch]
    edition: Edition | None


def correct(
    table_id: str, through: str, reason: str, now: datetime, tell: Tell = lambda *_said: None
) -> Corrected:
    """Count a table anew from the batch that ends with this month on. All of it, or nothing.

    What waits for a later month because it was too few depends on all months before; so every batch from
    there on is counted again, and each that comes out otherwise is corrected for the same reason. Nobody
    waits while it is counted. Raises Fault where there is no such batch, no reason, or nothing that comes out
    otherwise.
    """
    batches: list[Batch] = []

    def keep(anew: Anew) -> None:
        for pk, content in anew.rows.items():
            batches.append(_in_place_of(Batch.objects.get(pk=pk), content, reason.strip(), now))

    edition = compute_all(now, tell, lambda: _anew(table_id, through, reason.strip()), keep)
    return Corrected(batches, edition)


def _anew(table_id: str, through: str, reason: str) -> Anew:
    """Nothing is written."""
    table = tables().get(table_id)
    parts = published.batches(table_id, "9999-12") if table is not None and table.grain == "month" else []
    if table is None or through not in {each.through for each in parts}:
        raise Fault(
            _("no rows of %(table)s were published up to %(through)s; there are: %(known)s"),
            table=table_id, through=through, known=", ".join(each.through for each in parts) or "-",
        )  # fmt: skip
    if not reason:
        raise Fault(_("a correction says why; give the reason with --reason"))
    rows, waiting, since = dict[int, published.Content](), list[Fact](), None
    for old in parts:
        until = published.first_moment(published.next_month(old.through))
        counted, waiting = published.by_month(
            table, waiting + published.rows_of(table, since, until), old.through
        )
        since = until
        text = csv_text(published.columns_of(table), counted)
        if old.through >= through and text != old.rows:
            rows[old.pk] = published.content(text, len(counted))
    if not rows:
        raise Fault(_("the rows come out as they were published; there is nothing to correct"))
    return Anew(table_id, rows, waiting)


def _in_place_of(old: Batch, rows: published.Content, reason: str, now: datetime) -> Batch:
    log_corrected(old.table, old.through, (old.sha, rows.sha), reason, now)
    return Batch.objects.create(
        table=old.table,
        through=old.through,
        rows=rows.text,
        n=rows.n,
        sha=rows.sha,
        made_at=now,
        corrects=old,
        reason=reason,
    )
