"""Names as people write them, and as they are compared: pure, without rows."""

from __future__ import annotations

import re
import unicodedata
from hashlib import sha256

from qinglian.capabilities.parties.identifiers import shown, tidy
from qinglian.faults import Fault
from qinglian.faults import noop as _

SCRIPTS = ("zh-Hans", "zh-Hant", "en", "pt")
LONGEST = 200
_HAN = re.compile(r"[\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003ffff]")
# Besides control characters: signs that turn the direction of writing or cannot be seen.
_FORBIDDEN = {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"}


def read_name(text: str) -> str:
    """Composed, single spaces, nothing invisible; raises Fault for what no name holds."""
    text = text.strip()
    for place, sign in enumerate("" if text.isprintable() else text, 1):
        if unicodedata.category(sign) in _FORBIDDEN:
            raise Fault(
                _("character %(place)d is invisible (%(sign)s); type the name again without it"),
                place=place,
                sign=shown(sign),
            )
    name = plain_name(text)
    if len(name) > LONGEST:
        raise Fault(_("%(found)d characters; a name has at most %(most)d"), found=len(name), most=LONGEST)
    return name


def plain_name(text: str) -> str:
    return " ".join(unicodedata.normalize("NFC", text).split())


def script_of(name: str, place: str) -> str:
    """The script a stated name is most likely written in: nobody is asked for it."""
    if not _HAN.search(name):
        return "en"
    return "zh-Hant" if place in ("HK", "MO") else "zh-Hans"


def statement_hash(place: str, number: str, name: str) -> str:
    """The same statement is the same hash, however it was typed."""
    same = unicodedata.normalize("NFKC", name).strip()[:LONGEST]
    return sha256("\n".join((place, tidy(number)[:LONGEST], same)).encode()).hexdigest()
