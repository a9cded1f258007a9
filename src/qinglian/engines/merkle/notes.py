"""Signed notes, and checkpoints as such. Sources: C2SP signed-note, tlog-checkpoint, tlog-cosignature."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from qinglian.engines.merkle.checkpoints import Checkpoint, parse_checkpoint
from qinglian.engines.merkle.keys import ED25519, SigningKey, VerifierKey, check_name
from qinglian.engines.merkle.wire import from_base64, to_base64
from qinglian.faults import Fault
from qinglian.faults import noop as _

MOST_SIGNATURES = 64
_DASH = "— "


@dataclass(frozen=True)
class Signature:
    """One signature line: key name, key id (4 bytes), what the key made. Source: C2SP signed-note, Format."""

    name: str
    id: bytes
    data: bytes

    @property
    def line(self) -> str:
        return f"{_DASH}{self.name} {to_base64(self.id + self.data)}\n"


@dataclass(frozen=True)
class Note:
    """A text that ends its last line, and its signatures, none checked yet (C2SP signed-note, Format)."""

    body: str
    signatures: tuple[Signature, ...]

    @property
    def text(self) -> str:
        return self.body + "\n" + "".join(signature.line for signature in self.signatures)

    def signed_by(self, keys: Iterable[VerifierKey]) -> dict[VerifierKey, int | None]:
        """The known keys that signed, each with the POSIX second it states (None if its type states none).

        Unknown keys are passed over. A false signature of a known key is a Fault: the whole note is
        refused (C2SP signed-note, Signatures).
        """
        known = {(key.name, key.id): key for key in keys}
        found: dict[VerifierKey, int | None] = {}
        for signature in self.signatures:
            key = known.get((signature.name, signature.id))
            if key is not None:
                found[key] = key.verify(self.body, signature.data)
        return found


def parse_note(text: str) -> Note:
    """A signed note taken apart; Fault with the line that is wrong. Source: C2SP signed-note, Format."""
    if any(ord(sign) < 32 and sign != "\n" for sign in text):
        raise Fault(_("a control character in a signed note; fetch it again, unchanged"))
    body, gap, tail = text.rpartition("\n\n")
    if not gap or not tail.endswith("\n") or not tail.startswith(_DASH):
        raise Fault(_("not a signed note: it needs a text, an empty line, and lines that begin with —"))
    body += "\n"
    before = body.count("\n") + 1
    return Note(body, parse_signatures(tail, before))


def parse_signatures(text: str, before: int = 0) -> tuple[Signature, ...]:
    """Signature lines, each ended; `before` lines stand above them. Source: C2SP signed-note, Format."""
    lines = text.split("\n")
    if lines.pop() or not lines:
        raise Fault(
            _("the last signature line is cut short; fetch it again, whole"), line=before + len(lines) + 1
        )
    if len(lines) > MOST_SIGNATURES:
        raise Fault(_("more than %(most)s signatures; leave out those nobody needs"), most=MOST_SIGNATURES)
    found = []
    for number, line in enumerate(lines, before + 1):
        parts = line.removeprefix(_DASH).split(" ")
        if not line.startswith(_DASH) or len(parts) != 2:
            raise Fault(_("not a signature line; it is: — name base64"), line=number)
        data = from_base64(parts[1], line=number)
        if len(data) <= 4:
            raise Fault(_("the signature is cut short; fetch the note again, whole"), line=number)
        found.append(Signature(check_name(parts[0]), data[:4], data[4:]))
    return tuple(found)


def sign_note(body: str, keys: Sequence[SigningKey], moment: int) -> Note:
    """A note text signed by each key in turn; `moment` in POSIX seconds, for the types that state it.

    Raises Fault for a text that cannot be a note's, or without keys. Source: C2SP signed-note, Format.
    """
    if not body.endswith("\n") or any(ord(sign) < 32 and sign != "\n" for sign in body) or not keys:
        raise Fault(_("a note needs a key and a text that ends its last line, without control characters"))
    return Note(body, tuple(Signature(k.name, k.verifier.id, k.sign(body, moment)) for k in keys))


def sign_checkpoint(checkpoint: Checkpoint, keys: Sequence[SigningKey], moment: int) -> str:
    """The signed checkpoint as text, one line for each key, of a log whose keys bear its origin as name.

    Give an Ed25519 key (a public log MUST, C2SP tlog-tiles, Checkpoints) and an ML-DSA-44 key
    (SHOULD, C2SP tlog-checkpoint, Signatures). `moment`: POSIX seconds. Raises Fault for keys of
    another name, extension lines, or no Ed25519 key.
    """
    if checkpoint.extensions or any(key.name != checkpoint.origin for key in keys):
        raise Fault(
            _("a log signs its own origin and no extension lines; give keys named %(origin)s"),
            origin=checkpoint.origin,
        )
    if not any(key.kind == ED25519 for key in keys):
        raise Fault(_("a checkpoint needs an Ed25519 signature; give a key of that type too"))
    return sign_note(checkpoint.body, keys, moment).text


def cosign(body: str, keys: Sequence[SigningKey], moment: int) -> str:
    """A witness's signature lines over a checkpoint body, at POSIX second `moment` (C2SP tlog-cosignature).

    Raises Fault for a key of type 0x01, which states no time.
    """
    if any(key.kind == ED25519 for key in keys):
        raise Fault(_("a witness signs with cosignature keys (types 4 and 6); make them with keygen"))
    return "".join(signature.line for signature in sign_note(body, keys, moment).signatures)


def with_cosignatures(text: str, lines: str, keys: Iterable[VerifierKey]) -> str:
    """The signed checkpoint with those of a witness's lines that known keys made; unknown ones are left out.

    Raises Fault for a false signature of a known key, or if none is known. Source: C2SP tlog-witness.
    """
    note, known = parse_note(text), {(key.name, key.id): key for key in keys}
    fresh = []
    for signature in parse_signatures(lines):
        key = known.get((signature.name, signature.id))
        if key is not None:
            key.verify(note.body, signature.data)
            fresh.append(signature)
    if not fresh:
        raise Fault(
            _("the witness answered with no signature of a known key; correct the trust file or ask it")
        )
    places = {(signature.name, signature.id) for signature in fresh}
    kept = tuple(old for old in note.signatures if (old.name, old.id) not in places)
    return Note(note.body, kept + tuple(fresh)).text


def open_checkpoint(
    text: str, origin: str, keys: Iterable[VerifierKey]
) -> tuple[Checkpoint, dict[VerifierKey, int | None]]:
    """(checkpoint, who of `keys` signed and when) of a signed checkpoint of that origin.

    Raises Fault for another origin, a false signature, or if none of the keys signed. Whether
    enough did is `Trust.accept`'s question. Source: C2SP tlog-checkpoint, C2SP signed-note.
    """
    note = parse_note(text)
    checkpoint = parse_checkpoint(note.body)
    if checkpoint.origin != origin:
        raise Fault(
            _("a checkpoint of %(found)s, not of %(origin)s; take the right one"),
            found=checkpoint.origin,
            origin=origin,
        )
    signed = note.signed_by(keys)
    if not signed:
        raise Fault(
            _("no known key signed the checkpoint of %(origin)s; correct the trust file"), origin=origin
        )
    return checkpoint, signed
