"""Whether kept values are those that the entries commit to, and the entries those of the tree."""

from __future__ import annotations

import json
from collections.abc import Iterator

from qinglian.capabilities.ledger import shelf
from qinglian.capabilities.ledger.models import Entry, EntryField, Tree
from qinglian.engines import merkle
from qinglian.faults import Fault
from qinglian.faults import noop as _


def differences() -> Iterator[Fault]:
    for tree in Tree.objects.order_by("slug"):
        yield from _trees(tree)
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


def _trees(tree: Tree) -> Iterator[Fault]:
    tiles, number = shelf.reader(tree, tree.size), -1
    rows = Entry.objects.filter(tree=tree).order_by("index").values_list("index", "data")
    for number, (index, data) in enumerate(rows.iterator(chunk_size=500)):
        if number != index or tiles.node(0, number) != merkle.leaf_hash(bytes(data)):
            yield Fault(
                _("entry %(entry)s is not the one that was hashed, or is missing"),
                entry=f"{tree.pk}/{number}",
            )
            return
    if number + 1 != tree.size or merkle.tree_root(tree.size, tiles) != bytes(tree.root):
        yield Fault(_("entry %(entry)s is not the one that was hashed, or is missing"),
                    entry=f"{tree.pk}/{number + 1}")  # fmt: skip
