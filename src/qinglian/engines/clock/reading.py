"""Moments and pauses as people write them: 2026-02-10, 2026-02-10T10:00, 2026-02-11/2026-02-13."""

from __future__ import annotations

from datetime import date, datetime

from qinglian.engines.clock.ledger import Pause
from qinglian.faults import Fault
from qinglian.faults import noop as _


def read_date(text: str) -> date:
    """A date as 2026-02-10; Fault with the mend."""
    try:
        return date.fromisoformat(text.strip())
    except ValueError:
        raise Fault(_("%(text)r is not a date; write it as 2026-02-10"), text=text) from None


def read_moment(text: str) -> datetime | date:
    """A date, or a moment with or without offset; Fault with the mend."""
    text = text.strip()
    try:
        return date.fromisoformat(text) if len(text) <= 10 else datetime.fromisoformat(text)
    except ValueError:
        raise Fault(
            _(
                "%(text)r is neither a date nor a moment; "
                "write 2026-02-10, 2026-02-10T10:00 or 2026-02-10T10:00+08:00"
            ),
            text=text,
        ) from None


def read_pause(text: str) -> Pause:
    """`A/B`: A is not counted and B is; `A/` is still open."""
    start, slash, end = text.strip().partition("/")
    if not slash or not start:
        raise Fault(
            _("pause %(text)r cannot be read; write 2026-02-11/2026-02-13, or 2026-02-11/ while it is open"),
            text=text,
        )
    return Pause(read_moment(start), read_moment(end) if end.strip() else None)


def read_pauses(text: str) -> list[Pause]:
    """Pauses joined by `;`; an empty text has none."""
    return [read_pause(part) for part in text.split(";") if part.strip()]
