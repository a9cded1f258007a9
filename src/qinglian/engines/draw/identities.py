"""Names behind pseudonyms that their owner can open: salt = HMAC(key, id), pid = H(salt ‖ id)."""

from __future__ import annotations

import hmac
import re
import unicodedata

from qinglian.engines.draw.hashing import Hash
from qinglian.faults import Fault
from qinglian.faults import noop as _

PSEUDONYM = 16  # bytes; a ticket's input is then 32 + 7 + 16 = 55 bytes, one block of either hash
LONGEST = 200
_UPPER = str.maketrans("abcdefghijklmnopqrstuvwxyz", "ABCDEFGHIJKLMNOPQRSTUVWXYZ")
_UNSEEN = {"Cc", "Cf", "Zs", "Zl", "Zp"}
_HEX = re.compile(r"[0-9a-f]{32}")


def canonical_id(text: str) -> str:
    """An identifier in its one form: NFC, spaces around it gone, ASCII letters in upper case.

    It is its own canonical form: NFC is asked twice, for an I with a dot above joins only in upper case.
    Raises Fault for an empty one, more than 200 bytes, or a sign that cannot be seen: a control or format
    sign, or a space that is not U+0020, by which one subject could stand twice in a list.
    """
    if text.isascii() and text.isprintable():
        found = text.strip(" ").upper()
        if found and len(found) <= LONGEST:
            return found
    else:
        upper = unicodedata.normalize("NFC", text).translate(_UPPER)
        found = unicodedata.normalize("NFC", upper).strip(" ")
    unseen = not found.isascii() and any(
        unicodedata.category(sign) in _UNSEEN for sign in found if sign != " "
    )
    if not found or unseen or (found.isascii() and not found.isprintable()):
        raise Fault(
            _("%(id)r is no identifier; it is empty or holds a sign that cannot be seen: correct the list"),
            id=text,
        )
    try:
        size = len(found.encode())
    except UnicodeEncodeError:
        raise Fault(_("half of a surrogate pair stands alone; write the whole character")) from None
    if size > LONGEST:
        raise Fault(_("an identifier of %(size)s bytes; the most is %(most)s"), size=size, most=LONGEST)
    return found


def _mac(key: bytes, message: bytes, h: Hash) -> bytes:
    """HMAC over either hash. Source: RFC 2104 (block of 64 bytes)."""
    key = (h(key) if len(key) > 64 else key).ljust(64, b"\0")
    inner = h(bytes(byte ^ 0x36 for byte in key) + message)
    return h(bytes(byte ^ 0x5C for byte in key) + inner)


def salt_of(key: bytes, identity: str, hash_name: str, h: Hash) -> bytes:
    """HMAC(key, canonical id), 32 bytes, by the plan's hash; the key is 32 random bytes. Source: RFC 2104."""
    if len(key) != 32:
        raise Fault(
            _("a key of %(found)s bytes, not of 32; make one with `qinglian draw plan`"), found=len(key)
        )
    message = identity.encode()
    return hmac.digest(key, message, "sha256") if hash_name == "sha256" else _mac(key, message, h)


def pseudonym(salt: bytes, identity: str, h: Hash) -> str:
    """The first 16 bytes of H(salt ‖ canonical id) as 32 hex digits: what the published lists hold."""
    return h(salt + identity.encode())[:PSEUDONYM].hex()


def is_pseudonym(text: str) -> bool:
    return _HEX.fullmatch(text) is not None


def arc_hash(salt: bytes, target: str, inspector: str, h: Hash) -> str:
    """A conflict, hidden, without ground: H(salt ‖ target ‖ inspector) of two pseudonyms, 64 hex digits."""
    return h(salt + bytes.fromhex(target) + bytes.fromhex(inspector)).hex()
