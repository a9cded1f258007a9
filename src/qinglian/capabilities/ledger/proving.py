"""Proofs, records and the trust file, made from rows."""

from __future__ import annotations

import json
from typing import Any

from qinglian.capabilities.ledger import shelf
from qinglian.capabilities.ledger.models import Checkpoint, Entry, EntryField, Tree
from qinglian.capabilities.ledger.witnessing import Witness, threshold, witnesses
from qinglian.engines import merkle


def best_checkpoint(tree: Tree, index: int = -1) -> Checkpoint | None:
    """The newest checkpoint that reaches the entry and has witnesses enough; where none has, the newest."""
    wanted = threshold(witnesses())
    return (shelf.newest_checkpoint(tree, index, wanted) if wanted else None) or shelf.newest_checkpoint(
        tree, index
    )


def first_checkpoint(tree: Tree, index: int) -> Checkpoint | None:
    """The first signed head that holds the entry: it was there by then."""
    return tree.checkpoints.filter(size__gt=index).order_by("size").first()


def proof_file(tree: Tree, index: int, data: bytes | None = None) -> merkle.ProofFile | None:
    """The entry's place in the tree; None while no signed head reaches it. data: the entry to carry along."""
    checkpoint = best_checkpoint(tree, index)
    if checkpoint is None:
        return None
    tiles = shelf.near(tree, checkpoint.size, [index])
    steps = tuple(merkle.inclusion_proof(index, checkpoint.size, tiles))
    return merkle.ProofFile(index, steps, checkpoint.text, data)


def record(entry: Entry, *, reveal: bool) -> merkle.Record | None:
    """The entry with its proof; with reveal every value that was not erased, else none."""
    if entry.tree is None or entry.index is None:
        return None
    proof = proof_file(entry.tree, entry.index)
    if proof is None:
        return None
    shown: dict[str, tuple[Any, bytes]] = {}
    for row in EntryField.objects.filter(entry=entry, erased_at=None) if reveal else ():
        shown[row.name] = (json.loads(row.value or "null"), bytes(row.salt or b""))
    return merkle.Record(merkle.read_entry(bytes(entry.data)), shown, proof)


def trust_text(*, with_witnesses: bool = True) -> str:
    """The trust file for all trees of this platform: their keys, the witnesses, and how many are needed."""
    known: list[Witness] = witnesses() if with_witnesses else []
    lines = ['v = "trust/1"', ""]
    for tree in Tree.objects.order_by("slug"):
        lines += ["[[log]]", f"origin = {_quoted(tree.origin)}", f"keys = {_listed(tree.vkeys)}"]
        lines += [f"threshold = {threshold(known)}", f"witnesses = {_listed(w.name for w in known)}", ""]
    for witness in known:
        keys = _listed(key.text for key in witness.keys)
        lines += ["[[witness]]", f"name = {_quoted(witness.name)}", f"keys = {keys}", ""]
    return "\n".join(lines)


def _quoted(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)  # a basic string of TOML for the texts that occur here


def _listed(texts: Any) -> str:
    return "[" + ", ".join(_quoted(text) for text in texts) + "]"
