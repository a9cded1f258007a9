"""What programs fetch of the log: checkpoint, tiles, proofs, records, keys. Source: C2SP tlog-tiles.

Nothing here depends on who asks or in which language, so others may keep it, and pages elsewhere may read it.
"""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.gzip import gzip_page

from qinglian.capabilities.ledger import queries

TEXT, BYTES = "text/plain; charset=utf-8", "application/octet-stream"
FOREVER = "public, max-age=31536000, immutable"  # a tile never changes (C2SP tlog-tiles, Merkle Tree)
EACH_TIME = "public, no-cache"


def trust(request: HttpRequest) -> HttpResponse:
    return _file(queries.trust_text(), TEXT, "keys.toml")


def checkpoint(request: HttpRequest, slug: str) -> HttpResponse:
    return _file(queries.checkpoint_text(queries.tree_named(slug)), TEXT)


@gzip_page
def tile(request: HttpRequest, slug: str, path: str) -> HttpResponse:
    response = _file(queries.tile(queries.tree_named(slug), path), BYTES)
    response["Cache-Control"] = FOREVER
    return response


def proof(request: HttpRequest, slug: str, index: int) -> HttpResponse:
    tree = queries.tree_named(slug)
    text = queries.proof_text(tree, index) if index < 2**62 else None
    return _file(text, TEXT, f"{slug}-{index}.tlog-proof")


def record(request: HttpRequest, slug: str, index: int) -> HttpResponse:
    tree = queries.tree_named(slug)
    known = queries.entry_id(tree, index) if index < 2**62 else None
    text = queries.record_text(known, reveal=False) if known else None
    return _file(text, TEXT, f"{slug}-{index}.json")


def _file(content: str | bytes | None, kind: str, name: str = "") -> HttpResponse:
    if content is None:
        raise Http404
    response = HttpResponse(content, content_type=kind)
    response["Cache-Control"] = EACH_TIME
    response["Access-Control-Allow-Origin"] = "*"
    response["Cross-Origin-Resource-Policy"] = "cross-origin"
    if name:
        response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response
