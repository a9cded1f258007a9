"""A witness's keeping: its keys, its state file, and the one step that checks, stores and only then signs.

The state is read and written under a lock on `<state>.lock`, so that several processes may share it,
and is on the disk (fsync of file and folder) before a signature exists. POSIX systems only.
"""

from __future__ import annotations

import fcntl
import hashlib
import json
import os
import tomllib
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from qinglian.batch.verify import read_text
from qinglian.engines import canon
from qinglian.engines.merkle import (
    COSIGNATURE,
    MLDSA44,
    Checkpoint,
    Request,
    SigningKey,
    Trust,
    Verdict,
    consider,
    cosign,
    parse_checkpoint,
    parse_note,
)
from qinglian.faults import Fault
from qinglian.faults import noop as _

KEYS_VERSION = "witness-keys/1"
STATE_VERSION = "witness-state/1"
MOST_CONFLICTS = 1000


def new_keys(name: str, entropy: Callable[[int], bytes]) -> list[SigningKey]:
    """An Ed25519 and an ML-DSA-44 cosigning key of one name, from `entropy(32)` each."""
    return [SigningKey(name, kind, entropy(32)) for kind in (COSIGNATURE, MLDSA44)]


def write_keys(path: Path, keys: list[SigningKey]) -> None:
    """A key file that only its owner can read; an existing file is never replaced."""
    lines = "".join(f'  "{key.text}",\n' for key in keys)
    text = f'v = "{KEYS_VERSION}"\nkeys = [\n{lines}]\n'
    try:
        place = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        raise Fault(_("the file exists and may hold a key; choose another name"), file=str(path)) from None
    with os.fdopen(place, "w", encoding="utf-8") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())


def new_state(path: Path) -> None:
    """The empty state of a new witness; an existing file is never replaced."""
    with locked(path):
        if path.exists():
            raise Fault(_("the file exists and says what was cosigned; choose another name"), file=str(path))
        write_state(path, {})


def read_keys(path: Path) -> list[SigningKey]:
    """The cosigning keys in a key file; Fault, which repeats nothing of them, if its form is wrong."""
    try:
        data = tomllib.loads(read_text(path))
        texts = data.get("keys")
        fits = set(data) == {"v", "keys"} and data["v"] == KEYS_VERSION and isinstance(texts, list)
        if not fits or not texts or not all(isinstance(text, str) for text in texts):
            raise Fault(_("not a file of witness keys; make one with `qinglian witness keygen`"))
        keys = [SigningKey.parse(text) for text in texts]
        if any(key.kind not in (COSIGNATURE, MLDSA44) for key in keys):
            raise Fault(_("a witness signs with cosignature keys (types 4 and 6); make them with keygen"))
    except tomllib.TOMLDecodeError:
        raise Fault(
            _("not a file of witness keys; make one with `qinglian witness keygen`"), file=str(path)
        ) from None
    except Fault as fault:
        raise fault.at(file=str(path)) from None
    return keys


@dataclass(frozen=True)
class Answer:
    """status and body to send; fault says why it is no 200; conflict if evidence was kept."""

    status: int
    body: str
    fault: Fault | None = None
    conflict: bool = False


@dataclass(frozen=True)
class Witness:
    """Keys, whom it watches, and where it keeps what it cosigned last; `now()` gives POSIX seconds."""

    keys: list[SigningKey]
    trust: Trust
    state: Path
    now: Callable[[], int]

    def answer(self, request: Request) -> Answer:
        """Check, store, sign: atomically for all processes on this state file (C2SP tlog-witness).

        Raises Fault for a damaged state file and OSError if it cannot be written; then nothing is signed.
        """
        with locked(self.state):
            heads = read_state(self.state)
            before = heads.get(request.checkpoint.origin)
            verdict = consider(request, self.trust, _checkpoint(before))
            if verdict.conflict and before is not None:
                keep_conflict(self.state, before, request.note.text)
            if verdict.status != 200:
                return _refusal(verdict)
            if before is None or parse_note(before).body != request.note.body:
                write_state(self.state, {**heads, request.checkpoint.origin: request.note.text})
            # Inside the lock: the time must not be later than that of a larger head.
            return Answer(200, cosign(request.note.body, self.keys, self.now()))


def _checkpoint(note: str | None) -> Checkpoint | None:
    return parse_checkpoint(parse_note(note).body) if note is not None else None


def _refusal(verdict: Verdict) -> Answer:
    body = f"{verdict.size}\n" if verdict.size is not None else f"{verdict.fault}\n"
    return Answer(verdict.status, body, verdict.fault, verdict.conflict)


@contextmanager
def locked(state: Path) -> Iterator[None]:
    """Alone with the state file, among threads and processes, while inside."""
    place = os.open(f"{state}.lock", os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(place, fcntl.LOCK_EX)
        yield
    finally:
        os.close(place)


def read_state(path: Path) -> dict[str, str]:
    """Origin → the signed checkpoint cosigned last. Fault if the file is missing or damaged.

    A key whose state is lost must not sign again: it would cosign a fork.
    """
    try:
        text = read_text(path)
    except FileNotFoundError:
        raise Fault(
            _("the state is missing; put it back, never an older copy, or make a new witness with keygen"),
            file=str(path),
        ) from None
    try:
        data = canon.loads(text)
        if (
            not isinstance(data, dict)
            or data.get("v") != STATE_VERSION
            or not isinstance(data.get("heads"), dict)
        ):
            raise Fault(_("not a witness’s state; put the right file back, never an older copy"))
        for origin, note in data["heads"].items():
            head = parse_checkpoint(parse_note(note if isinstance(note, str) else "").body)
            if head.origin != origin:
                raise Fault(_("not a witness’s state; put the right file back, never an older copy"))
        return dict(data["heads"])
    except Fault as fault:
        raise fault.at(file=str(path)) from None


def write_state(path: Path, heads: Mapping[str, str]) -> None:
    """The state in one step: a new file beside, flushed to the disk, renamed over, the folder flushed."""
    document = {"v": STATE_VERSION, "heads": dict(sorted(heads.items()))}
    fresh = path.with_name(path.name + ".new")
    with open(fresh, "w", encoding="utf-8", newline="\n") as file:
        json.dump(document, file, ensure_ascii=False, indent=1)
        file.write("\n")
        file.flush()
        os.fsync(file.fileno())
    os.replace(fresh, path)
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


def keep_conflict(state: Path, before: str, after: str) -> None:
    """Two heads the log signed that do not agree, kept once in `<state>.conflicts/` for everybody to see."""
    folder = state.with_name(state.name + ".conflicts")
    folder.mkdir(exist_ok=True)
    bodies = parse_note(before).body + parse_note(after).body
    place = folder / (hashlib.sha256(bodies.encode()).hexdigest()[:32] + ".txt")
    if not place.exists() and len(list(folder.iterdir())) < MOST_CONFLICTS:
        fresh = place.with_suffix(".new")
        fresh.write_bytes(f"{before}\n{after}".encode())
        os.replace(fresh, place)
