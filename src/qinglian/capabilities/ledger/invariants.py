"""What must hold of the log: its entries are those that were hashed, and its heads are signed."""

from __future__ import annotations

from collections.abc import Iterator

from django.utils.translation import gettext as _

from qinglian.capabilities.ledger import shelf
from qinglian.capabilities.ledger.models import Checkpoint, Entry, Tree
from qinglian.engines import merkle
from qinglian.faults import Fault


def invariants(newest: int | None) -> Iterator[tuple[str, int, list[str]]]:
    """newest: only so many of the last entries of each tree; None: all."""
    looked, other, unsigned, trees = 0, list[str](), list[str](), 0
    for tree in Tree.objects.order_by("slug"):
        first = 0 if newest is None else max(0, tree.size - newest)
        looked, trees = looked + tree.size - first, trees + 1
        other += _other(tree, first)
        if tree.size and not _signed(tree):
            unsigned.append(tree.slug)
    yield _("each entry of the log is the one that was hashed"), looked, other
    yield _("the head of each log is signed, and follows from its entries"), trees, unsigned


def _other(tree: Tree, first: int) -> Iterator[str]:
    tiles, number = shelf.reader(tree, tree.size), first
    rows = Entry.objects.filter(tree=tree, index__gte=first).order_by("index").values_list("index", "data")
    for index, data in rows.iterator(chunk_size=500):
        if index != number or tiles.node(0, number) != merkle.leaf_hash(bytes(data)):
            yield f"{tree.slug}/{number}"
            return
        number += 1
    if number != tree.size:
        yield f"{tree.slug}/{number}"


def _signed(tree: Tree) -> bool:
    row = Checkpoint.objects.filter(tree=tree).order_by("-size").first()
    if row is None or merkle.tree_root(tree.size, shelf.reader(tree, tree.size)) != bytes(tree.root):
        return False
    try:
        return merkle.tree_root(row.size, shelf.reader(tree, row.size)) == bytes(row.root)
    except (Fault, LookupError):
        return False
