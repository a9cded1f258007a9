"""The log through the interfaces: its heads, and single entries with their proof."""

from __future__ import annotations

import json
from typing import Any

from django.http import Http404, HttpRequest
from ninja import Router, Schema

from qinglian.capabilities.interfaces.answering import WRONG
from qinglian.capabilities.interfaces.problems import Wrong
from qinglian.capabilities.ledger import queries as ledger
from qinglian.faults import noop as _n

router = Router()
MOST = 2**62


class Head(Schema):
    tree: str
    log: str
    origin: str
    size: int
    root: str
    signed_at: str
    checkpoint: str
    witnesses: list[str]
    enough: bool


class Heads(Schema):
    items: list[Head]


class Entry(Schema):
    tree: str
    index: int
    kind: str
    at: str
    record: dict[str, Any]
    proof: str


@router.get(
    "/log",
    response={200: Heads, **WRONG},
    url_name="log",
    operation_id="log",
    summary=_n("Signed heads of the log"),
)
def heads(request: HttpRequest) -> dict[str, Any]:
    found = [
        {
            "tree": head.tree,
            "log": head.log,
            "origin": head.origin,
            "size": head.size,
            "root": head.root,
            "signed_at": head.signed_at.isoformat(timespec="seconds"),
            "checkpoint": head.text,
            "witnesses": [name for name, _at in head.cosigners],
            "enough": head.enough,
        }
        for head in ledger.heads()
    ]
    return {"items": found}


@router.get(
    "/log/{tree}/entries/{index}",
    response={200: Entry, **WRONG},
    url_name="log-entry",
    operation_id="log-entry",
    summary=_n("An entry of the log with its proof"),
)
def entry(request: HttpRequest, tree: str, index: int) -> dict[str, Any]:
    try:
        known = ledger.tree_named(tree.replace("\0", ""))
    except Http404:
        raise Wrong(404, "") from None
    found = ledger.entry(known, index) if 0 <= index < MOST else None
    if found is None:
        raise Wrong(404, "")
    known_id = ledger.entry_id(known, index)
    record = ledger.record_text(known_id, reveal=False) if known_id else None
    return {
        "tree": found.tree.pk,
        "index": found.index,
        "kind": found.kind,
        "at": found.at.isoformat(timespec="seconds"),
        "record": json.loads(record or "{}"),
        "proof": ledger.proof_text(known, index) or "",
    }
