from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path
from typing import Any

from django.http import Http404

from qinglian.batch.export_log import export_log
from qinglian.capabilities.ledger import keyring, proving, shelf
from qinglian.capabilities.ledger.comparing import place
from qinglian.capabilities.ledger.kinds import kinds
from qinglian.capabilities.ledger.models import Checkpoint, Cosigner, Entry, EntryField, Tree
from qinglian.capabilities.ledger.proving import trust_text
from qinglian.capabilities.ledger.witnessing import size_at, threshold, witnesses
from qinglian.engines import merkle
from qinglian.engines.merkle.wire import to_base64
from qinglian.faults import Fault

__all__ = ["trust_text"]
PAGE = 50
HASHED = 2000  # entries at a time


@dataclass(frozen=True)
class Place:
    """Where an entry stands: the tree and its index there."""

    tree: str
    index: int


@dataclass(frozen=True)
class HeadReading:
    """A signed head as a page shows it."""

    tree: str
    log: str
    origin: str
    size: int
    root: str
    signed_at: datetime
    cosigners: list[tuple[str, datetime]]
    enough: bool  # as many witnesses as a trust file asks for, and at least one
    troubles: list[tuple[str, str]]  # (witness, silent | ahead | refused | false)
    text: str


@dataclass(frozen=True)
class EntryRow:
    index: int
    kind: str
    what: object
    at: datetime


@dataclass(frozen=True)
class EntryReading:
    tree: Tree
    index: int
    kind: str
    what: object
    at: datetime
    open: list[tuple[str, str]]
    hidden: list[str]
    leaf: str
    steps: list[str]
    head: HeadReading | None
    first: Checkpoint | None


def head(tree: Tree, index: int = -1) -> HeadReading | None:
    """The head by which the entry is proven; the newest one with witnesses enough, for the tree itself."""
    checkpoint = proving.best_checkpoint(tree, index)
    if checkpoint is None:
        return None
    cosigners = sorted(_cosigners(checkpoint.text))
    troubled = Cosigner.objects.filter(tree=tree).exclude(trouble="").order_by("name")
    known = witnesses()
    return HeadReading(
        tree=tree.pk,
        log=tree.log,
        origin=tree.origin,
        size=checkpoint.size,
        root=to_base64(bytes(checkpoint.root)),
        signed_at=checkpoint.signed_at,
        cosigners=cosigners,
        enough=len(cosigners) >= max(1, threshold(known)),
        troubles=list(troubled.values_list("name", "trouble")) if known else [],
        text=checkpoint.text,
    )


def _cosigners(text: str) -> Iterator[tuple[str, datetime]]:
    for witness in witnesses():
        try:
            signed = merkle.parse_note(text).signed_by(witness.keys)
        except Fault:
            continue
        moments = [moment for moment in signed.values() if moment is not None]
        if len(moments) == len(witness.keys):
            yield witness.name, datetime.fromtimestamp(max(moments), UTC)


def heads() -> list[HeadReading]:
    """The newest head of every tree that has one: the newest tree of each log first."""
    rows = Tree.objects.order_by("log", "-generation")
    return [found for tree in rows if (found := head(tree)) is not None]


@dataclass(frozen=True)
class FootReading:
    """What the foot of a page says of a log: its newest head, by whom it was cosigned."""

    size: int
    signed_at: datetime
    cosigners: list[tuple[str, datetime]]


def footer() -> FootReading | None:
    """Of the log that cases are told in; one question to the database, as long as witnesses keep up."""
    newest = Tree.objects.filter(log="restricted").order_by("-generation").values("pk")[:1]
    heads = Checkpoint.objects.filter(tree=newest).order_by("-size")
    wanted = threshold(witnesses())
    found = (heads.filter(cosigned__gte=wanted).first() if wanted else None) or heads.first()
    return FootReading(found.size, found.signed_at, sorted(_cosigners(found.text))) if found else None


def tree_named(slug: str) -> Tree:
    """Raises Http404 where no tree is called so."""
    tree = Tree.objects.filter(slug=slug).first()
    if tree is None:
        raise Http404
    return tree


def places(entry_ids: Iterable[int | None]) -> dict[int, Place]:
    """Where these entries stand; what is still pending is left out."""
    rows = Entry.objects.filter(pk__in=[pk for pk in entry_ids if pk], index__isnull=False)
    return {pk: Place(tree, index) for pk, tree, index in rows.values_list("pk", "tree_id", "index")}


def newest_entries(tree: Tree, before: int | None) -> tuple[list[EntryRow], int | None]:
    """Entries that a signed head holds, newest first, below an index; and below which one the next begin."""
    signed = tree.checkpoints.order_by("-size").values_list("size", flat=True).first() or 0
    top = signed if before is None else min(signed, before)
    rows = Entry.objects.filter(tree=tree, index__lt=top, index__gte=top - PAGE).order_by("-index")
    found = [
        EntryRow(index, kind, _what(kind), at) for index, kind, at in rows.values_list("index", "kind", "at")
    ]
    return found, top - PAGE if top > PAGE else None


def _what(kind: str) -> object:
    known = kinds().get(kind)
    return known.what if known else kind


def entry(tree: Tree, index: int) -> EntryReading | None:
    """An entry that a signed head holds, as everybody may read it."""
    row = Entry.objects.filter(tree=tree, index=index).first()
    proof = proving.proof_file(tree, index) if row else None
    if row is None or proof is None:
        return None
    held = merkle.read_entry(bytes(row.data))
    return EntryReading(
        tree=tree,
        index=index,
        kind=row.kind,
        what=_what(row.kind),
        at=row.at,
        open=[(k, _plain(v)) for k, v in sorted(held.open.items()) if k not in ("kind", "at")],
        hidden=sorted(held.fields),
        leaf=to_base64(merkle.leaf_hash(bytes(row.data))),
        steps=[to_base64(step) for step in proof.proof],
        head=head(tree, index),
        first=proving.first_checkpoint(tree, index),
    )


def _plain(value: Any) -> str:
    """A value of an entry, line by line."""
    if isinstance(value, dict):
        return "\n".join(f"{name}: {_plain(each)}" for name, each in value.items())
    if isinstance(value, list):
        return "\n".join(_plain(each) for each in value)
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def proof_text(tree: Tree, index: int) -> str | None:
    """The `.tlog-proof` of an entry, which it carries; None while no signed head reaches it."""
    data = shelf.entry_data(tree, index)
    proof = proving.proof_file(tree, index, data) if data is not None else None
    return merkle.write_proof(proof.index, proof.proof, proof.checkpoint, proof.extra) if proof else None


def record_text(entry_id: int, *, reveal: bool, without: Iterable[str] = ()) -> str | None:
    """The record of an entry; reveal only to whoever may read what it tells. None while it is pending."""
    row = Entry.objects.select_related("tree").filter(pk=entry_id).first()
    found = proving.record(row, reveal=reveal) if row else None
    return merkle.write_record(found.without(without)) if found else None


def leaf_text(entry_id: int) -> str | None:
    """The fingerprint of an entry, base64: known before it has its place in the tree."""
    row = Entry.objects.filter(pk=entry_id).first()
    return to_base64(merkle.leaf_hash(bytes(row.data))) if row else None


def entry_id(tree: Tree, index: int) -> int | None:
    return Entry.objects.filter(tree=tree, index=index).values_list("pk", flat=True).first()


@dataclass(frozen=True)
class Logged:
    """An entry with what is known of it: open values, and the hidden ones that were not erased."""

    id: int
    place: str
    at: datetime
    open: dict[str, Any]
    told: dict[str, Any]


def logged(kind: str) -> Iterator[Logged]:
    """Every entry of a kind, oldest first: for whoever compares rows with the log."""
    rows = Entry.objects.filter(kind=kind).prefetch_related("hidden").order_by("pk")
    for row in rows.iterator(chunk_size=500):
        hidden = row.hidden.all()
        yield Logged(
            id=row.pk,
            place=place(row),
            at=row.at,
            open=dict(merkle.read_entry(bytes(row.data)).open),
            told={each.name: json.loads(each.value) for each in hidden if each.value is not None},
        )


def told(entry_id: int) -> dict[str, Any]:
    """The hidden values of an entry that were not erased."""
    rows = EntryField.objects.filter(entry=entry_id, erased_at=None)
    return {name: json.loads(value or "null") for name, value in rows.values_list("name", "value")}


def opened(entry_id: int) -> dict[str, Any]:
    """The values of an entry that everybody may read."""
    return dict(merkle.read_entry(bytes(Entry.objects.values_list("data", flat=True).get(pk=entry_id))).open)


def checkpoint_text(tree: Tree) -> str | None:
    found = proving.best_checkpoint(tree)
    return found.text if found else None


def tile(tree: Tree, path: str) -> bytes | None:
    """A tile or bundle below `tile/`, as far as a signed head reaches; None for what is not there."""
    newest = tree.checkpoints.order_by("-size").values_list("size", flat=True).first() or 0
    try:
        level, index, width = merkle.parse_tile_path(f"tile/{path}")
    except Fault:
        return None
    if not 0 < width <= merkle.width_at(newest, level, index):
        return None
    if level == merkle.ENTRIES:
        return shelf.bundle(tree, index, index * 256 + width)
    return shelf.reader(tree, newest).tile(level, index)[: width * 32]


def export(folder: Path, log: str | None = None, keys: Path | None = None) -> dict[str, int]:
    """Every tree (of one log, if it is named) as static files below the folder, the trust file there or in
    keys; tree → entries that a head reaches."""
    written = {}
    for tree in Tree.objects.filter(**({"log": log} if log else {})).order_by("slug"):
        checkpoint = proving.best_checkpoint(tree)
        if checkpoint is None:
            continue
        size = checkpoint.size
        export_log(
            folder / tree.pk,
            checkpoint.text,
            shelf.reader(tree, size),
            lambda number, tree=tree, size=size: shelf.bundle(tree, number, size),  # type: ignore[misc]
        )
        written[tree.pk] = size
    ((keys or folder) / "keys.toml").write_text(trust_text(), "utf-8")
    return written


def recomputed_roots(
    tell: Callable[[int], None] = lambda _more: None,
) -> dict[str, tuple[bytes, bytes]]:
    """Tree → its root as the row states it, and as every entry that is here hashes to.

    tell: hears how many more entries were hashed. Of the tree no more than its right edge is kept.
    """
    found = {}
    for tree in Tree.objects.order_by("slug"):
        rows = Entry.objects.filter(tree=tree).order_by("index").values_list("data", flat=True)
        leaves = (merkle.leaf_hash(bytes(data)) for data in rows.iterator(chunk_size=HASHED))
        grown = merkle.Tree()
        while some := list(islice(leaves, HASHED)):
            grown, _tiles = grown.append(some)
            tell(len(some))
        found[tree.pk] = (bytes(tree.root), grown.root() if grown.size == tree.size else b"")
    return found


def size_of(slug: str) -> int:
    return Tree.objects.values_list("size", flat=True).get(slug=slug)


def standing() -> dict[str, dict[str, Any]]:
    """Tree → log, origin, size, root and newest checkpoint, as a backup states them."""
    found = {}
    for tree in Tree.objects.order_by("slug"):
        newest = tree.checkpoints.order_by("-size").values_list("text", flat=True).first()
        found[tree.pk] = {
            "log": tree.log,
            "origin": tree.origin,
            "size": tree.size,
            "root": bytes(tree.root).hex(),
            "checkpoint": newest or "",
        }
    return found


@dataclass(frozen=True)
class Known:
    """The furthest head of a tree that somebody remembers; a witness tells its size and not its root."""

    origin: str
    vkeys: list[str]
    size: int
    root: bytes | None
    who: str


def known_heads(said: Mapping[str, Mapping[str, Any]]) -> dict[str, Known]:
    """Tree → the furthest head known beside the database: in the folder of keys, and by the witnesses.

    said: what a backup says of each tree; the witnesses are asked whether they are further than that.
    """
    found = {}
    for slug, text in keyring.heads().items():
        kept = merkle.parse_checkpoint(merkle.parse_note(text).body)
        vkeys = [key.verifier.text for key in keyring.read(slug, kept.origin)]
        found[slug] = Known(kept.origin, vkeys, kept.size, kept.root, str(keyring.folder()))
    for slug, tree in said.items():
        for witness in witnesses() if tree["checkpoint"] else ():
            size = size_at(witness, tree["checkpoint"])
            if size is not None and (slug not in found or size > found[slug].size):
                vkeys = found[slug].vkeys if slug in found else []
                found[slug] = Known(tree["origin"], vkeys, size, None, witness.name)
    return found
