"""A file's name as somebody gave it, made harmless: shown, sent back, and never used as a path."""

from __future__ import annotations

import re
import unicodedata

from qinglian.capabilities.files.inspection.kinds import SUFFIXES

_LONGEST = 120
_RESERVED = re.compile(r"(con|prn|aux|nul|com\d|lpt\d)(\.|$)", re.IGNORECASE)
_UNFIT = re.compile(r"[<>:\"|?*%/\\]")


def plain(given: str) -> str:
    """The last part of a path, composed, without signs that cannot be seen or that turn the direction."""
    name = unicodedata.normalize("NFC", given).replace("\\", "/").rpartition("/")[2]
    seen = [c for c in name if unicodedata.category(c) not in ("Cc", "Cf", "Cs")]
    name = "".join(" " if unicodedata.category(c) in ("Zl", "Zp", "Zs") else c for c in seen)
    name = _UNFIT.sub("_", name)
    name = re.sub(r" +", " ", name).strip(". ")
    return f"_{name}" if _RESERVED.match(name) else name


def suffix(given: str) -> str:
    """What the name says of the kind, in small letters; empty where it says nothing."""
    stem, dot, end = plain(given).rpartition(".")
    return end.lower() if dot and stem else ""


def under_kind(given: str, kind: str) -> str:
    """The plain name, not too long, with an ending that its kind may bear."""
    name = plain(given)
    stem, dot, end = name.rpartition(".")
    if not (dot and stem and end.lower() in SUFFIXES[kind]):
        stem, end = name, SUFFIXES[kind][0]
    return f"{stem[:_LONGEST].rstrip('. ') or 'file'}.{end.lower()}"
