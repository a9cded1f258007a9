"""Signatures of hooks as the Standard Webhooks specification writes them; pure.

`webhook-signature: v1,BASE64(HMAC-SHA256(secret, "ID.TIMESTAMP.BODY"))`; a secret is told as `whsec_BASE64`.
"""

from __future__ import annotations

import base64
import hmac
from collections.abc import Iterable
from hashlib import sha256

PREFIX = "whsec_"
TOLERANCE = 300  # seconds by which the stated time may differ from the receiver's clock


def told(secret: bytes) -> str:
    return PREFIX + base64.b64encode(secret).decode()


def read(text: str) -> bytes:
    """The secret's bytes; ValueError for what is none."""
    return base64.b64decode(text.removeprefix(PREFIX), validate=True)


def signature(secret: bytes, message: str, timestamp: int, body: bytes) -> str:
    signed = f"{message}.{timestamp}.".encode() + body
    return "v1," + base64.b64encode(hmac.new(secret, signed, sha256).digest()).decode()


def is_right(
    secrets: Iterable[bytes], message: str, timestamp: int, body: bytes, given: str, now: int
) -> bool:
    """What a receiver checks: one of the signatures given is ours, and the time stated is near."""
    if abs(now - timestamp) > TOLERANCE:
        return False
    ours = [signature(each, message, timestamp, body) for each in secrets]
    return any(hmac.compare_digest(own, each) for own in ours for each in given.split(" "))
