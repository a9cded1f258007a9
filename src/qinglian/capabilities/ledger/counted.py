"""Rows about the log for the published tables."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from django.db.models import Count, Q, QuerySet
from django.db.models.functions import TruncMonth

from qinglian.batch.figures.grouping import Fact
from qinglian.capabilities.ledger.models import Checkpoint, Entry
from qinglian.capabilities.ledger.witnessing import threshold, witnesses
from qinglian.zone.current import current

EARLIEST = datetime(1, 1, 2, tzinfo=UTC)


def months(since: datetime | None, until: datetime) -> Iterator[Fact]:
    """log, entries, heads, cosigned: for each month and log in which anything was written."""
    begin, enough = since or EARLIEST, max(1, threshold(witnesses()))
    entries = _by_month(Entry.objects.filter(at__gte=begin, at__lt=until), "at", "log")
    signed = Checkpoint.objects.filter(signed_at__gte=begin, signed_at__lt=until)
    heads = _by_month(signed, "signed_at", "tree__log")
    cosigned = _by_month(signed.filter(Q(cosigned__gte=enough)), "signed_at", "tree__log")
    for month, log in sorted(entries | heads):
        key = (month, log)
        yield Fact(key, (month, log, entries[key], heads[key], cosigned[key]))


def _by_month(rows: QuerySet[Entry] | QuerySet[Checkpoint], at: str, log: str) -> Counter[tuple[str, str]]:
    month = TruncMonth(at, tzinfo=ZoneInfo(current().timezone))
    found = rows.annotate(month=month).values("month", log).order_by("month", log).annotate(n=Count("pk"))
    return Counter({(f"{row['month']:%Y-%m}", row[log]): row["n"] for row in found})
