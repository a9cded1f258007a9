"""Numbers and days as people write them: exact, plain, one spelling; never a float."""

from __future__ import annotations

import re
from datetime import date, datetime
from decimal import Decimal

_NUMBER = re.compile(r"-?(?:0|[1-9][0-9]{0,27})(?:\.[0-9]{1,28})?")
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_SHOWN = 60


def number_of(value: object) -> Decimal | None:
    """An exact number from an int, a finite Decimal or a text such as `-1.50`; anything else is None.

    True and False are no numbers, a float is never exact, and `01` or `1e3` are not plain.
    """
    if isinstance(value, str):
        return Decimal(value) if _NUMBER.fullmatch(value) else None
    if isinstance(value, Decimal):
        return value if value.is_finite() else None
    if isinstance(value, int) and not isinstance(value, bool):
        return Decimal(value)
    return None


def day_of(value: object) -> date | None:
    """A calendar day from a date or a text such as `2026-01-31`; a moment (datetime) is None."""
    if isinstance(value, str):
        if not _DAY.fullmatch(value):
            return None
        try:
            return date.fromisoformat(value)
        except ValueError:
            return None
    return value if isinstance(value, date) and not isinstance(value, datetime) else None


def shown(value: object) -> str:
    """A value as a message shows it: short and printable, whatever was handed in."""
    try:
        text = str(value)
    except ValueError:  # an int of thousands of digits
        return type(value).__name__
    cut = "".join(sign if sign.isprintable() else "?" for sign in text[:_SHOWN])
    return cut if len(text) <= _SHOWN else cut + "…"
