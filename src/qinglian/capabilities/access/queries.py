from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from qinglian.capabilities.access.models import Erasure, Hold


def held_ids(kind: str, now: datetime) -> set[str]:
    """Ids of the things of this kind whose personal data must stay for now."""
    rows = Hold.objects.filter(kind=kind, lifted_at=None, since__lte=now, until__gt=now)
    return set(rows.values_list("object_id", flat=True))


@dataclass(frozen=True)
class HoldReading:
    id: int
    kind: str
    object_id: str
    reason: str
    basis: str
    by: str
    since: datetime
    until: datetime
    lifted_at: datetime | None
    lifted_by: str
    lifted_because: str

    def stands(self, now: datetime) -> bool:
        return self.lifted_at is None and now < self.until


def holds() -> list[HoldReading]:
    """Every hold there ever was, newest first."""
    rows = Hold.objects.select_related("person", "lifted_by").order_by("-id")
    return [
        HoldReading(
            row.pk, row.kind, row.object_id, row.reason, row.basis, row.person.name, row.since, row.until,
            row.lifted_at, row.lifted_by.name if row.lifted_by else "", row.lifted_because,
        )
        for row in rows
    ]  # fmt: skip


def erasures() -> list[tuple[datetime, str, str, int, int]]:
    """(when, rule, column, erased, held), newest first."""
    rows = Erasure.objects.order_by("-at", "rule", "column")
    return list(rows.values_list("at", "rule", "column", "erased", "held"))
