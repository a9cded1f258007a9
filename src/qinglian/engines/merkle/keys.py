"""Keys and signatures of notes: Ed25519 (0x01), Ed25519 cosignature (0x04), ML-DSA-44 (0x06).

Sources: C2SP signed-note (Signatures, Verifier keys), C2SP tlog-cosignature, RFC 8032, FIPS 204
(pure, empty context).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cached_property
from hashlib import sha256

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.asymmetric.mldsa import MLDSA44PrivateKey, MLDSA44PublicKey

from qinglian.engines.merkle.checkpoints import Checkpoint, parse_checkpoint
from qinglian.engines.merkle.wire import from_base64, to_base64
from qinglian.faults import Fault
from qinglian.faults import noop as _

ED25519, COSIGNATURE, MLDSA44 = 0x01, 0x04, 0x06
KINDS = {ED25519: "Ed25519", COSIGNATURE: "Ed25519 cosignature", MLDSA44: "ML-DSA-44"}
SEED_SIZE = 32
_PUBLIC_SIZE = {ED25519: 32, COSIGNATURE: 32, MLDSA44: 1312}
_SIGNATURE_SIZE = {ED25519: 64, COSIGNATURE: 8 + 64, MLDSA44: 8 + 2420}
_SECRET = "PRIVATE+KEY+"


def check_name(name: str) -> str:
    """A key name as it is, if it is not empty and has no space, plus or control sign; else Fault.

    Source: C2SP signed-note, Format; at most 255 bytes for ML-DSA-44 (C2SP tlog-cosignature).
    """
    bad = not name or "+" in name or any(sign.isspace() or ord(sign) < 32 for sign in name)
    if bad or len(name.encode("utf-8", "replace")) > 255 or not _encodable(name):
        raise Fault(_("%(name)r cannot name a key; write for example log.example/public"), name=name)
    return name


def _encodable(text: str) -> bool:
    return not any("\ud800" <= sign <= "\udfff" for sign in text)


def key_id(name: str, kind: int, public: bytes) -> bytes:
    """SHA-256(name ‖ 0x0A ‖ kind ‖ public key)[:4]. Source: C2SP signed-note, Signatures."""
    return sha256(name.encode() + b"\n" + bytes([kind]) + public).digest()[:4]


@dataclass(frozen=True)
class VerifierKey:
    """A public key with its name and signature type; `text` is its vkey (C2SP signed-note, Verifier keys)."""

    name: str
    kind: int
    public: bytes

    def __post_init__(self) -> None:
        check_name(self.name)
        if len(self.public) != _PUBLIC_SIZE.get(self.kind):
            raise Fault(
                _("%(name)s is of no known type; known are 1 (Ed25519), 4 (its cosignature), 6 (ML-DSA-44)"),
                name=self.name,
            )

    @property
    def id(self) -> bytes:
        return key_id(self.name, self.kind, self.public)

    @property
    def text(self) -> str:
        return f"{self.name}+{self.id.hex()}+{to_base64(bytes([self.kind]) + self.public)}"

    @classmethod
    def parse(cls, text: str) -> VerifierKey:
        """A vkey, `<name>+<8 hex digits>+<base64>`; Fault if it is none or its key id does not fit."""
        name, stated, material = _three(text)
        key = cls(name, material[0], material[1:])
        if key.id.hex() != stated:
            raise Fault(
                _("the key id of %(name)s does not fit the key; copy the key again, whole"), name=name
            )
        return key

    def verify(self, body: str, signature: bytes) -> int | None:
        """The POSIX second the signature states (None for Ed25519, 0x01), if it signs `body`; else Fault."""
        try:
            if len(signature) != _SIGNATURE_SIZE[self.kind]:
                raise InvalidSignature
            if self.kind == ED25519:
                Ed25519PublicKey.from_public_bytes(self.public).verify(signature, body.encode())
                return None
            moment, rest = int.from_bytes(signature[:8], "big"), signature[8:]
            if moment >= 2**63:
                raise InvalidSignature
            message = signed_message(self.kind, self.name, body, moment)
            if self.kind == COSIGNATURE:
                Ed25519PublicKey.from_public_bytes(self.public).verify(rest, message)
            else:
                MLDSA44PublicKey.from_public_bytes(self.public).verify(rest, message)
            return moment
        except (InvalidSignature, ValueError) as error:
            raise Fault(
                _("the %(kind)s signature of %(name)s is false: it or the text was altered; fetch both"),
                name=self.name,
                kind=KINDS[self.kind],
            ) from error


@dataclass(frozen=True, repr=False)
class SigningKey:
    """A secret key: name, signature type and 32-byte seed. Never shown by repr."""

    name: str
    kind: int
    seed: bytes

    def __post_init__(self) -> None:
        check_name(self.name)
        if self.kind not in KINDS or len(self.seed) != SEED_SIZE:
            raise Fault(_("not a signing key; make a new one with `qinglian witness keygen`"))

    def __repr__(self) -> str:
        return f"SigningKey({self.name!r}, {KINDS[self.kind]})"

    @cached_property
    def verifier(self) -> VerifierKey:
        return VerifierKey(self.name, self.kind, self._secret.public_key().public_bytes_raw())

    @property
    def text(self) -> str:
        """`PRIVATE+KEY+<name>+<id>+<base64(kind ‖ seed)>`, the spelling of Go's sumdb/note."""
        return f"{_SECRET}{self.name}+{self.verifier.id.hex()}+{to_base64(bytes([self.kind]) + self.seed)}"

    @classmethod
    def parse(cls, text: str) -> SigningKey:
        """The key that `text` spells; Fault, which never repeats the text, if it spells none."""
        name, stated, material = _three(text.removeprefix(_SECRET) if text.startswith(_SECRET) else "")
        key = cls(name, material[0], material[1:])
        if key.verifier.id.hex() != stated:
            raise Fault(
                _("the key id of %(name)s does not fit the key; copy the key again, whole"), name=name
            )
        return key

    def sign(self, body: str, moment: int) -> bytes:
        """The signature bytes over a note text; `moment` in POSIX seconds goes into types 0x04 and 0x06.

        Ed25519 per RFC 8032; ML-DSA-44 per FIPS 204, hedged by the library. Raises Fault if types
        0x04 or 0x06 are to sign what is no checkpoint.
        """
        if self.kind == ED25519:
            return self._secret.sign(body.encode())
        message = signed_message(self.kind, self.name, body, moment)
        return moment.to_bytes(8, "big") + self._secret.sign(message)

    @cached_property
    def _secret(self) -> Ed25519PrivateKey | MLDSA44PrivateKey:
        if self.kind == MLDSA44:
            return MLDSA44PrivateKey.from_seed_bytes(self.seed)
        return Ed25519PrivateKey.from_private_bytes(self.seed)


def signed_message(kind: int, name: str, body: str, moment: int) -> bytes:
    """What types 0x04 and 0x06 sign over the checkpoint `body` at POSIX second `moment`.

    Source: C2SP tlog-cosignature, Ed25519 signed message and ML-DSA-44 signed message.
    """
    checkpoint = parse_checkpoint(body)
    if kind == COSIGNATURE:
        return f"cosignature/v1\ntime {moment}\n{body}".encode()
    return cosigned_message(name, moment, checkpoint)


def cosigned_message(name: str, moment: int, checkpoint: Checkpoint) -> bytes:
    """The `cosigned_message` of a whole tree (start 0). Source: C2SP tlog-cosignature, ML-DSA-44."""
    origin, signer = checkpoint.origin.encode(), name.encode()
    if len(origin) > 255:
        raise Fault(_("the origin has more than 255 bytes; ML-DSA-44 signatures need a shorter one"))
    return b"".join(
        (
            b"subtree/v1\n\0",
            bytes([len(signer)]) + signer,
            moment.to_bytes(8, "big"),
            bytes([len(origin)]) + origin,
            bytes(8),
            checkpoint.size.to_bytes(8, "big"),
            checkpoint.root,
        )
    )


def _three(text: str) -> tuple[str, str, bytes]:
    found = re.fullmatch(r"([^+]+)\+([0-9a-f]{8})\+(.+)", text)
    if not found:
        raise Fault(_("not a key; write <name>+<8 hex digits>+<base64>"))
    return found[1], found[2], from_base64(found[3])
