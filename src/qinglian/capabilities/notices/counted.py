"""Rows about letters for the published tables."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from qinglian.batch.figures.grouping import Fact
from qinglian.capabilities.notices.models import Notice
from qinglian.zone.current import current

EARLIEST = datetime(1, 1, 2, tzinfo=UTC)


def letters(since: datetime | None, until: datetime) -> Iterator[Fact]:
    """outcome"""
    rows = Notice.objects.filter(queued_at__gte=since or EARLIEST, queued_at__lt=until).exclude(email="")
    found = rows.order_by("pk").values_list("pk", "queued_at", "sent_at", "stuck")
    for pk, at, sent, stuck in found.iterator():
        month = f"{at.astimezone(ZoneInfo(current().timezone)):%Y-%m}"
        yield Fact(pk, (month, "undeliverable" if stuck else "sent" if sent else "waiting"))
