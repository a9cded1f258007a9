"""A letter as a page and on paper; and which of its signs a printer may lack, so that none is left blank."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from datetime import datetime

from qinglian.capabilities.cases.eyes import Eyes, Withheld
from qinglian.capabilities.cases.models import Letter
from qinglian.capabilities.ledger import queries as ledger
from qinglian.zone import Matter

COMMON = ("gb2312", "big5")  # the signs that every font of either script has


@dataclass(frozen=True)
class LetterReading:
    number: str
    place: int
    title: str
    language: str
    text: str | Withheld
    at: datetime
    sha: str
    index: ledger.Place | None  # of its entry in the log; none while it is pending
    rare: list[tuple[str, str]]  # (sign, U+…)


def letters_of(case_id: int, number: str, matter: Matter, eyes: Eyes) -> list[LetterReading]:
    rows = list(Letter.objects.filter(case=case_id).select_related("event").order_by("place"))
    places = ledger.places(row.entry_id for row in rows)
    return [_reading(row, number, matter, eyes, places.get(row.entry_id)) for row in rows]


def _reading(
    row: Letter, number: str, matter: Matter, eyes: Eyes, index: ledger.Place | None
) -> LetterReading:
    action = matter.actions.get(row.event.action)
    text = eyes.see(action.sensitivity if action else matter.content, row.text, mine=True)
    rare = rare_signs(row.text) if isinstance(text, str) else []
    return LetterReading(
        f"{number}/L{row.place}", row.place, row.title, row.language, text, row.at, row.sha, index, rare
    )


def rare_signs(text: str) -> list[tuple[str, str]]:
    """Han that is in neither of the common sets: a font may have no shape for it, and print nothing."""
    found = dict.fromkeys(sign for sign in text if _is_han(sign) and not _is_common(sign))
    return [(sign, f"U+{ord(sign):04X}") for sign in found]


def _is_han(sign: str) -> bool:
    return unicodedata.name(sign, "").startswith(("CJK UNIFIED", "CJK COMPATIBILITY IDEOGRAPH"))


def _is_common(sign: str) -> bool:
    for coding in COMMON:
        try:
            sign.encode(coding)
        except UnicodeEncodeError:
            continue
        return True
    return False
