"""The zone's log of draws as files: entries, signed checkpoints, and outside witnesses that cosign them.

LOG/entries.ndjson, LOG/checkpoint, LOG/checkpoints/<size>; the log's keys lie elsewhere, with the operator.
"""

from __future__ import annotations

import os
import tomllib
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

from qinglian.batch.draw_folder import write_whole
from qinglian.batch.verify import read_text
from qinglian.batch.witness import Witness, locked, read_keys, read_state
from qinglian.engines.draw.logged import Missing, unpublished
from qinglian.engines.draw.transcript import read_transcript
from qinglian.engines.merkle import (
    ED25519,
    MLDSA44,
    Checkpoint,
    SigningKey,
    TileReader,
    Tree,
    Trust,
    consistency_proof,
    inclusion_proof,
    leaf_hash,
    parse_checkpoint,
    parse_note,
    read_proof,
    request_for,
    sign_checkpoint,
    verify_proof,
    with_cosignatures,
    write_proof,
)
from qinglian.faults import Fault
from qinglian.faults import noop as _

KEYS_VERSION = "draw-log-keys/1"


def new_log_keys(path: Path, origin: str, entropy: Callable[[int], bytes]) -> list[SigningKey]:
    """The log's Ed25519 and ML-DSA-44 keys, in a file that only its owner can read, never replaced."""
    keys = [SigningKey(origin, kind, entropy(32)) for kind in (ED25519, MLDSA44)]
    lines = "".join(f'  "{key.text}",\n' for key in keys)
    try:
        place = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        raise Fault(_("the file exists and may hold a key; choose another name"), file=str(path)) from None
    with os.fdopen(place, "w", encoding="utf-8") as file:
        file.write(f'v = "{KEYS_VERSION}"\nkeys = [\n{lines}]\n')
    return keys


def read_log_keys(path: Path) -> list[SigningKey]:
    """The keys of a log of draws; Fault, which repeats nothing of them, if the file is of another form."""
    try:
        data = tomllib.loads(read_text(path))
        if data.get("v") != KEYS_VERSION or not isinstance(data.get("keys"), list):
            raise Fault(_("not the keys of a log of draws; make them with `qinglian draw log`"))
        return [SigningKey.parse(text) for text in data["keys"]]
    except tomllib.TOMLDecodeError:
        raise Fault(
            _("not the keys of a log of draws; make them with `qinglian draw log`"), file=str(path)
        ) from None
    except Fault as fault:
        raise fault.at(file=str(path)) from None


@dataclass(frozen=True)
class DrawLog:
    """A log of draws in a folder."""

    path: Path

    def entries(self) -> list[bytes]:
        file = self.path / "entries.ndjson"
        return file.read_bytes().splitlines() if file.exists() else []

    def tree(self, size: int | None = None) -> tuple[Tree, TileReader]:
        """The tree of the first `size` entries, and its tiles."""
        entries = self.entries()[:size]
        tree, tiles = Tree().append(leaf_hash(entry) for entry in entries)
        return tree, TileReader({tile.path: tile.data for tile in tiles}.get, tree.size)

    def append(self, entry: bytes, keys: list[SigningKey], moment: int) -> int:
        """The index of a new entry; the checkpoint over all is signed. Fault if the entry stands there."""
        self.path.mkdir(parents=True, exist_ok=True)
        with locked(self.path / "entries"):
            entries = self.entries()
            if entry in entries:
                raise Fault(_("this stands in the log already"), file=str(self.path))
            write_whole(self.path / "entries.ndjson", b"".join(each + b"\n" for each in (*entries, entry)))
            tree, _tiles = self.tree()
            text = sign_checkpoint(Checkpoint(keys[0].name, tree.size, tree.root()), keys, moment)
            self._keep(text, tree.size)
        return len(entries)

    def _keep(self, text: str, size: int) -> None:
        write_whole(self.path / "checkpoints" / str(size), text.encode())
        write_whole(self.path / "checkpoint", text.encode())

    def attest(self, key: Path, state: Path, trust: Trust, now: Callable[[], int]) -> int:
        """A witness, with its own key and state, cosigns the newest checkpoint; the size it cosigned.

        It checks that the log grew honestly since it last cosigned; raises Fault, saying why, otherwise.
        """
        text = read_text(self.path / "checkpoint")
        checkpoint = parse_checkpoint(parse_note(text).body)
        heads = read_state(state)
        before = heads.get(checkpoint.origin)
        old = parse_checkpoint(parse_note(before).body).size if before else 0
        if old > checkpoint.size:
            raise Fault(_("the log shrank from %(old)s to %(new)s entries"), old=old, new=checkpoint.size)
        _tree, tiles = self.tree(checkpoint.size)
        request = request_for(old, consistency_proof(old, checkpoint.size, tiles), text)
        keys = read_keys(key)
        answer = Witness(keys, trust, state, now).answer(request)
        if answer.status != 200:
            raise answer.fault or Fault(_("the witness refused: the log does not continue what it cosigned"))
        self._keep(with_cosignatures(text, answer.body, [k.verifier for k in keys]), checkpoint.size)
        return checkpoint.size

    def proof(self, entry: bytes, trust: Trust | None = None) -> str:
        """A log proof of an entry, under the first checkpoint that holds it and that the trust believes.

        Without trust, or if it believes none, the first that holds it. Fault if the entry is not there.
        """
        entries = self.entries()
        if entry not in entries:
            raise Fault(_("the log does not hold this entry; was it entered?"), file=str(self.path))
        index = entries.index(entry)
        proofs = (self._proof_at(index, size, entry) for size in self._sizes() if size > index)
        first = None
        for text in proofs:
            first = first or text
            if trust is None or _believed(text, entry, trust):
                return text
        if first is None:
            raise Fault(_("the log has no checkpoint over this entry; commit again"), file=str(self.path))
        return first

    def _sizes(self) -> list[int]:
        names = (path.name for path in (self.path / "checkpoints").glob("*"))
        return sorted(int(name) for name in names if name.isascii() and name.isdigit())

    def _proof_at(self, index: int, size: int, entry: bytes) -> str:
        _tree, tiles = self.tree(size)
        text = read_text(self.path / "checkpoints" / str(size))
        return write_proof(index, inclusion_proof(index, size, tiles), text, entry)


def _believed(text: str, entry: bytes, trust: Trust) -> bool:
    try:
        return bool(verify_proof(read_proof(text), entry, trust).witnesses)
    except Fault:
        return False


def gaps(log: Path, records: Iterable[Path]) -> list[Missing]:
    """The commitments in a log of draws, or in a copy of its entries, of which no record is given."""
    if not (log / "entries.ndjson").is_file():
        raise Fault(_("no log of draws is here; give the folder that holds entries.ndjson"), file=str(log))
    found = []
    for path in records:
        try:
            found.append(read_transcript(read_text(path)))
        except Fault as fault:
            raise fault.at(file=str(path)) from None
    return unpublished(DrawLog(log).entries(), found)
