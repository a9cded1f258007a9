"""Whether kept values are those that the entries commit to, and the entries those of the tree."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator

from qinglian.batch.telling import HASHING, Tell, silent
from qinglian.capabilities.ledger import shelf
from qinglian.capabilities.ledger.models import Entry, EntryField, Tree
from qinglian.engines import merkle
from qinglian.faults import Fault
from qinglian.faults import noop as _

TOLD = 500  # entries after which it is told how far it has come


def differences(tell: Tell = silent) -> Iterator[Fault]:
    trees = list(Tree.objects.order_by("slug"))
    whole, before = sum(tree.size for tree in trees), 0
    for tree in trees:
        yield from _trees(tree, lambda n, so_far=before: tell(HASHING, (so_far + n) / whole, so_far + n))  # type: ignore[misc]
        before += tree.size
    fields = EntryField.objects.filter(erased_at=None).select_related("entry").order_by("id")
    for row in fields.iterator(chunk_size=500):
        held = merkle.read_entry(bytes(row.entry.data))
        try:
            held.check(row.name, json.loads(row.value or "null"), bytes(row.salt or b""))
        except Fault:
            yield Fault(
                _("entry %(entry)s: the value of %(field)s is not the one that was logged"),
                entry=place(row.entry),
                field=row.name,
            )


def place(entry: Entry) -> str:
    return f"{entry.tree_id}/{entry.index}" if entry.tree_id else f"({entry.pk})"


def _trees(tree: Tree, tell: Callable[[int], None]) -> Iterator[Fault]:
    tiles, number = shelf.reader(tree, tree.size), -1
    rows = Entry.objects.filter(tree=tree).order_by("index").values_list("index", "data")
    for number, (index, data) in enumerate(rows.iterator(chunk_size=500)):
        if number != index or tiles.node(0, number) != merkle.leaf_hash(bytes(data)):
            yield Fault(
                _("entry %(entry)s is not the one that was hashed, or is missing"),
                entry=f"{tree.pk}/{number}",
            )
            return
        if number % TOLD == 0:
            tell(number)
    if number + 1 != tree.size or merkle.tree_root(tree.size, tiles) != bytes(tree.root):
        yield Fault(_("entry %(entry)s is not the one that was hashed, or is missing"),
                    entry=f"{tree.pk}/{number + 1}")  # fmt: skip
