from __future__ import annotations

from datetime import datetime

from qinglian.capabilities.access.models import Erasure, Hold


def held_ids(kind: str, now: datetime) -> set[str]:
    """Ids of the things of this kind whose personal data must stay for now."""
    rows = Hold.objects.filter(kind=kind, lifted_at=None, since__lte=now, until__gt=now)
    return set(rows.values_list("object_id", flat=True))


def erasures() -> list[tuple[datetime, str, str, int, int]]:
    """(when, rule, column, erased, held), newest first."""
    rows = Erasure.objects.order_by("-at", "rule", "column")
    return list(rows.values_list("at", "rule", "column", "erased", "held"))
