"""What the log says of interests. No name: people and enterprises stand there by their rows, hidden too."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from qinglian.capabilities.ledger.actions import append


def log_conflict_check(
    check: int,
    person: int,
    about: tuple[Sequence[int], Sequence[int], Sequence[str]],
    outcome: str,
    at: datetime,
) -> int:
    """about: enterprises, people, units. outcome: clear or conflict; which tie it was is not told."""
    fields = {"check": check, "person": person, "outcome": outcome}
    fields |= dict(zip(("enterprises", "people", "units"), map(list, about), strict=True))
    return append("interests.checked", fields, at)
