"""Checking exported files, offline: a proof, a record, a checkpoint, a whole exported log."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from qinglian.batch.telling import HASHING, Tell, silent
from qinglian.engines import canon
from qinglian.engines.merkle import (
    ENTRIES,
    Accepted,
    TileReader,
    Tree,
    Trust,
    leaf_hash,
    open_checkpoint,
    parse_trust,
    read_proof,
    read_record,
    split_bundle,
    tile_path,
    tree_root,
    verify_proof,
    verify_record,
    width_at,
)
from qinglian.engines.merkle.hashing import HASH_SIZE
from qinglian.engines.merkle.tiles import WIDTH
from qinglian.faults import Fault
from qinglian.faults import noop as _


@dataclass(frozen=True)
class Asked:
    """What to hold a file against: whom to believe, and the options of `qinglian verify`.

    entry: the bytes a proof is about. since: an older signed checkpoint that an exported log must
    continue. not_before: POSIX second before which a checkpoint is stale. frame: the list that the record of
    a draw is about; those of inspectors and conflicts lie beside it. draw: the
    record or commitment that an opened row is about. tell: is told how far a long frame or log is read.
    """

    trust: Trust
    entry: bytes | None = None
    since: str | None = None
    not_before: int | None = None
    frame: Path | None = None
    draw: Path | None = None
    tell: Tell = silent


@dataclass(frozen=True)
class Report:
    """What was found to hold. kind: proof, record, checkpoint or log; else told says it, in sentences
    (template, values)."""

    kind: str
    accepted: Accepted | None = None
    index: int | None = None
    open: Mapping[str, Any] = field(default_factory=dict)
    shown: Mapping[str, Any] = field(default_factory=dict)
    withheld: tuple[str, ...] = ()
    entries: bool = False
    since: int | None = None
    told: tuple[tuple[str, Mapping[str, Any]], ...] = ()


def read_bytes(path: Path) -> bytes:
    """A file's bytes; OSError if it cannot be read."""
    return path.read_bytes()


def read_text(path: Path) -> str:
    """A file's text, its line ends untouched; Fault if it is not UTF-8."""
    try:
        return path.read_bytes().decode("utf-8")
    except UnicodeDecodeError as error:
        raise Fault(
            _("not UTF-8 at byte %(byte)s; save the file as UTF-8"), file=str(path), byte=error.start
        ) from None


def load_trust(path: Path) -> Trust:
    """The trust file at `path`; Fault with the file's name if its form is wrong."""
    try:
        return parse_trust(read_text(path))
    except Fault as fault:
        raise fault.at(file=str(path)) from None


def verify_path(path: Path, asked: Asked) -> Report:
    """What holds of the file or exported folder at `path`; Fault, with file and reason, otherwise."""
    try:
        if path.is_dir():
            return verify_log(path, asked)
        return _verify_text(read_text(path), asked)
    except Fault as fault:
        raise fault.at(file=str(path)) from None


def _verify_text(text: str, asked: Asked) -> Report:
    if asked.since is not None:
        raise Fault(_("an older checkpoint can be compared with an exported log only; give its folder"))
    if text.startswith("c2sp.org/tlog-proof@"):
        return _verify_proof(text, asked)
    if asked.entry is not None:
        raise Fault(_("an entry can be held against a .tlog-proof file only; leave it out"))
    if text.lstrip().startswith("{"):
        kind = _kind(text)
        if kind not in KINDS:
            raise Fault(
                _("%(kind)s is no kind this command can check; known are %(known)s"),
                kind=kind,
                known=", ".join(KINDS),
            )
        return KINDS[kind](text, asked)
    if "\n\n— " in text:
        return Report("checkpoint", asked.trust.accept(text, asked.not_before))
    raise Fault(
        _("neither a proof, a record nor a checkpoint; give one of these, or an exported log’s folder")
    )


def _kind(text: str) -> str:
    document = canon.loads(text)
    first = json.loads(text, object_pairs_hook=lambda pairs: pairs[0] if pairs else None)
    if not first or first[0] != "v" or not isinstance(document["v"], str):
        raise Fault(_('the first key of a file that can be checked is "v", for example "v": "record/1"'))
    return str(document["v"])


def _verify_proof(text: str, asked: Asked) -> Report:
    proof = read_proof(text)
    entry = asked.entry if asked.entry is not None else proof.extra
    if entry is None:
        raise Fault(_("the proof does not carry its entry; give the entry’s file with --entry"))
    return Report("proof", verify_proof(proof, entry, asked.trust, asked.not_before), proof.index)


def _verify_record(text: str, asked: Asked) -> Report:
    record = read_record(text)
    accepted = verify_record(record, asked.trust, asked.not_before)
    shown = {name: value for name, (value, _salt) in sorted(record.reveal.items())}
    return Report("record", accepted, record.proof.index, record.entry.open, shown, tuple(record.withheld))


def _verify_draw(text: str, asked: Asked) -> Report:
    from qinglian.batch.draw_verify import verify_draw

    return Report("draw", told=verify_draw(text, asked.frame, asked.trust, asked.tell))


def _verify_leaf(text: str, asked: Asked) -> Report:
    from qinglian.batch.draw_verify import verify_leaf

    return Report("draw", told=verify_leaf(text, asked.draw))


# Every JSON file that can be checked, by its "v"; what an edition or a receipt adds goes here.
KINDS: dict[str, Callable[[str, Asked], Report]] = {
    "record/1": _verify_record,
    "draw/1": _verify_draw,
    "draw-leaf/1": _verify_leaf,
}


def verify_log(folder: Path, asked: Asked) -> Report:
    """What holds of an exported log: signatures, every entry, every tile, the root, and the older checkpoint.

    Reads one tile at a time. A log that keeps its entries back (no `tile/entries`) is checked from
    its leaf hashes up. Source: C2SP tlog-tiles.
    """
    _in(folder, "checkpoint")
    accepted = asked.trust.accept(read_text(folder / "checkpoint"), asked.not_before)
    size = accepted.checkpoint.size
    entries = (folder / "tile" / "entries").is_dir()
    tree = Tree()
    for number in range(-(-size // WIDTH)):
        tree, tiles = tree.append(_leaves(folder, size, number, entries))
        asked.tell(HASHING, tree.size / size, tree.size)
        for tile in tiles:
            wanted = width_at(size, tile.level, tile.index)
            if tile.width == wanted and _in(folder, tile.path) != tile.data:
                raise Fault(
                    _("the tile is not made of what is below it; fetch the export again"), file=tile.path
                )
    if tree.root() != accepted.checkpoint.root:
        raise Fault(
            _("the exported entries do not hash to the signed root: one was altered; fetch them again")
        )
    since = _continues(folder, accepted, asked) if asked.since is not None else None
    return Report("log", accepted, entries=entries, since=since)


def _leaves(folder: Path, size: int, number: int, entries: bool) -> Iterator[bytes]:
    width = width_at(size, 0, number)
    if not entries:
        data = TileReader(lambda path: _in(folder, path), size).tile(0, number)
        return (data[at : at + HASH_SIZE] for at in range(0, len(data), HASH_SIZE))
    path = tile_path(ENTRIES, number, width)
    try:
        return (leaf_hash(entry) for entry in split_bundle(_in(folder, path), width))
    except Fault as fault:
        raise fault.at(file=path) from None


def _continues(folder: Path, accepted: Accepted, asked: Asked) -> int:
    new = accepted.checkpoint
    old, _signed = open_checkpoint(asked.since or "", new.origin, asked.trust.log(new.origin).keys)
    if old.size > new.size:
        raise Fault(
            _("a stale export: %(new)s entries, but %(old)s in the older checkpoint; fetch it again"),
            new=new.size,
            old=old.size,
        )
    if tree_root(old.size, TileReader(lambda path: _in(folder, path), new.size)) != old.root:
        raise Fault(
            _("the log of %(new)s entries does not continue that of %(old)s: keep both, one was altered"),
            old=old.size,
            new=new.size,
        )
    return old.size


def _in(folder: Path, path: str) -> bytes:
    place = folder / path
    if not place.is_file():
        raise Fault(_("the file is missing in the export; fetch the export again"), file=path)
    return place.read_bytes()
