"""Entries whose fields are hidden behind salted commitments: erase a field, and every proof stays.

An entry (the bytes in the log) is canonical JSON {"fields": {name: commitment}, "open": {…}, "v": "entry/1"}.
Field names and what is open are readable by all for ever: neither may hold personal data.
"""

from __future__ import annotations

import hmac
from base64 import b64encode
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from hashlib import sha256
from typing import Any

from qinglian.engines import canon
from qinglian.engines.merkle.tiles import LARGEST_ENTRY
from qinglian.engines.merkle.wire import hash_from_base64, to_base64
from qinglian.faults import Fault
from qinglian.faults import noop as _

VERSION = "entry/1"
SALT_SIZE = 32


def commitment(field: str, value: object, salt: bytes) -> bytes:
    """SHA-256(salt ‖ canonical JSON of [field, value]), 32 bytes; the salt is 32 random bytes, else Fault.

    Salts have one length, so that salt and text cannot be read two ways. Hiding and binding as a
    hash commitment with a random key is (RFC 6962 leaves it to the entry).
    """
    return commitment_to_text(field, canon.dumps(value), salt)


def commitment_to_text(field: str, text: bytes, salt: bytes) -> bytes:
    """Like `commitment`, for a value whose canonical JSON is at hand (it is kept beside the entry anyway)."""
    if len(salt) != SALT_SIZE:
        raise Fault(
            _("a salt of %(found)s bytes, not of 32; draw 32 random bytes"), key=field, found=len(salt)
        )
    return sha256(b"%b[%b,%b]" % (salt, _named(field), text)).digest()


@lru_cache(maxsize=4096)  # names of fields are declared: few, and the same again and again
def _named(field: str) -> bytes:
    return canon.dumps(field)


def field_salt(entry_key: bytes, field: str) -> bytes:
    """HMAC-SHA256(entry key, field): all salts of an entry from one secret of 32 random bytes.

    Only for entries that are erased as a whole, by destroying the key: whoever keeps it can try
    guesses for any field. For erasing single fields draw a salt for each. Source: RFC 2104.
    """
    if len(entry_key) != SALT_SIZE:
        raise Fault(
            _("an entry key of %(found)s bytes, not of 32; draw 32 random bytes"), found=len(entry_key)
        )
    return hmac.digest(entry_key, field.encode(), "sha256")


@dataclass(frozen=True)
class Entry:
    """What the log holds of an event: open values, and a commitment (32 bytes) for each hidden field."""

    open: Mapping[str, Any]
    fields: Mapping[str, bytes]

    @property
    def document(self) -> dict[str, Any]:
        fields = {name: to_base64(value) for name, value in self.fields.items()}
        return {"v": VERSION, "open": dict(self.open), "fields": fields}

    @property
    def data(self) -> bytes:
        """The entry's bytes, whose leaf hash is in the tree; Fault above 65,535 bytes (C2SP tlog-tiles)."""
        if all(map(str.isascii, self.fields)):  # then their order is that of the characters: written at once
            fields = [
                b'%b:"%b"' % (_named(name), b64encode(self.fields[name])) for name in sorted(self.fields)
            ]
            data = b'{"fields":{%b},"open":%b,"v":"%b"}' % (
                b",".join(fields), canon.dumps(self.open), VERSION.encode(),
            )  # fmt: skip
        else:
            data = canon.dumps(self.document)
        if len(data) > LARGEST_ENTRY:
            raise Fault(
                _("an entry of %(found)s bytes; the most is %(most)s: log a commitment, not the document"),
                found=len(data),
                most=LARGEST_ENTRY,
            )
        return data

    def check(self, field: str, value: object, salt: bytes) -> None:
        """Nothing if the entry commits to this value of the field; else Fault."""
        if field not in self.fields:
            raise Fault(_("the logged entry has no such field; leave it out"), key=field)
        if not hmac.compare_digest(self.fields[field], commitment(field, value, salt)):
            raise Fault(
                _("not what was logged: the value or its salt was altered; ask for the record again"),
                key=field,
            )


def seal_entry(values: Mapping[str, object], salts: Mapping[str, bytes], open_: Mapping[str, Any]) -> Entry:
    """The entry for `values`, each hidden under its salt (32 random bytes, kept beside it), and open values.

    Raises Fault if a salt is missing, short, or used for two fields.
    """
    return seal_texts({name: canon.dumps(value) for name, value in values.items()}, salts, open_)


def seal_texts(texts: Mapping[str, bytes], salts: Mapping[str, bytes], open_: Mapping[str, Any]) -> Entry:
    """Like `seal_entry`, for values whose canonical JSON is at hand."""
    missing = [name for name in texts if name not in salts]
    if missing:
        raise Fault(_("no salt for the field; draw 32 random bytes"), key=missing[0])
    if len({salts[name] for name in texts}) != len(texts):
        raise Fault(_("two fields share a salt; draw one for each"))
    return Entry(open_, {name: commitment_to_text(name, text, salts[name]) for name, text in texts.items()})


def entry_of(document: object) -> Entry:
    """An entry from its JSON value; Fault if it is not of form entry/1."""
    if (
        not isinstance(document, dict)
        or document.get("v") != VERSION
        or set(document) != {"v", "open", "fields"}
    ):
        raise Fault(_("not an entry of form %(version)s; it has just v, open and fields"), version=VERSION)
    opened, fields = document["open"], document["fields"]
    if not isinstance(opened, dict) or not isinstance(fields, dict):
        raise Fault(_("not an entry of form %(version)s; it has just v, open and fields"), version=VERSION)
    found = {}
    for name, text in fields.items():
        try:
            found[name] = hash_from_base64(text if isinstance(text, str) else "")
        except Fault as fault:
            raise fault.at(key=f"fields.{name}") from None
    return Entry(opened, found)


def read_entry(data: bytes) -> Entry:
    """An entry from the log's bytes, which must be canonical; else Fault."""
    return entry_of(canon.loads_canonical(data))
