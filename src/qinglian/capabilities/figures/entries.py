"""What the log says of published figures."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime

from qinglian.capabilities.ledger.actions import append


def log_corrected(table: str, through: str, shas: tuple[str, str], reason: str, now: datetime) -> int:
    """Rows that had been published were counted anew; shas: of the rows before and after.

    The reason is hidden: it is somebody's own words, and stands beside the figure.
    """
    shown = {"table": table, "through": through, "before": shas[0], "after": shas[1]}
    return append("figures.corrected", {"reason": reason}, now, open_fields=shown)


def log_published(
    as_of: date, through: str, manifest: str, attested: Mapping[str, str], now: datetime
) -> int:
    """Tables and figures were published; manifest: the hash of the list of all their hashes.

    attested: the hashes of the rows that are not published. They are hidden: of few rows a hash tells too
    much.
    """
    shown = {"as_of": as_of.isoformat(), "through": through, "manifest": manifest}
    return append("figures.published", {"attested": dict(attested)}, now, open_fields=shown)
