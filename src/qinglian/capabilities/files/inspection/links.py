"""Links that somebody presses: to pages, addresses for mail and telephone numbers, and nowhere else."""

from __future__ import annotations

import re
from urllib.parse import unquote

_SCHEME = re.compile(r"\s*([A-Za-z][A-Za-z0-9+.-]*):")
_WELL_KNOWN = frozenset("http https mailto tel".split())
_UNSEEN = re.compile(r"[\x00-\x20\x7f]")


def may_be_pressed(target: str) -> bool:
    """No program (javascript:), no file of the reader's machine or network (file:, \\\\host, C:)."""
    plain = _UNSEEN.sub("", unquote(target))
    if plain.replace("\\", "/").startswith("//"):
        return False
    scheme = _SCHEME.match(plain)
    return scheme is None or scheme[1].lower() in _WELL_KNOWN
