"""What the log says of published figures."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime

from qinglian.capabilities.ledger.actions import append


def log_published(
    as_of: date, through: str, manifest: str, attested: Mapping[str, str], now: datetime
) -> int:
    """Tables and figures were published; manifest: the hash of the list of all their hashes.

    attested: the hashes of the rows that are not published. They are hidden: of few rows a hash tells too
    much.
    """
    shown = {"as_of": as_of.isoformat(), "through": through, "manifest": manifest}
    return append("figures.published", {"attested": dict(attested)}, now, open_fields=shown)
