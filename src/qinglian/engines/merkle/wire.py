"""The small pieces every C2SP text is made of: strict base64, strict decimals."""

from __future__ import annotations

import base64
import binascii

from qinglian.engines.merkle.hashing import HASH_SIZE
from qinglian.faults import Fault
from qinglian.faults import noop as _


def to_base64(data: bytes) -> str:
    """Standard base64 with padding. Source: RFC 4648 section 4."""
    return base64.b64encode(data).decode("ascii")


def from_base64(text: str, *, line: int | None = None) -> bytes:
    """The bytes of strict standard base64; other alphabets, spaces and loose bits raise Fault."""
    try:
        data = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        data = None
    if data is None or to_base64(data) != text:
        raise Fault(_("not strict base64; copy the text again, whole (RFC 4648 section 4)"), line=line)
    return data


def hash_from_base64(text: str, *, line: int | None = None) -> bytes:
    """A base64 line that must hold one SHA-256 hash (32 bytes)."""
    data = from_base64(text, line=line)
    if len(data) != HASH_SIZE:
        raise Fault(
            _("a hash of %(found)s bytes, not of 32; copy the line again, whole"), line=line, found=len(data)
        )
    return data


def decimal(text: str, *, line: int | None = None) -> int:
    """An ASCII decimal without sign or leading zeros, below 2**63; else Fault."""
    plain = text.isascii() and text.isdigit() and len(text) <= 19 and (text == "0" or text[0] != "0")
    if not plain or int(text) >= 2**63:
        raise Fault(
            _("%(text)r is no plain decimal number; write digits without leading zeros"), line=line, text=text
        )
    return int(text)
