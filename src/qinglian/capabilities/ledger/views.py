"""The log, for everybody: nothing here depends on who asks."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render

from qinglian.capabilities.ledger import queries


def logs(request: HttpRequest) -> HttpResponse:
    return render(request, "ledger/logs.html", {"heads": queries.heads()})


def check(request: HttpRequest) -> HttpResponse:
    return render(request, "ledger/check.html")


def entries(request: HttpRequest, slug: str) -> HttpResponse:
    tree = queries.tree_named(slug)
    asked = request.GET.get("before", "")
    before = int(asked) if asked.isascii() and asked.isdigit() and len(asked) < 16 else None
    rows, older = queries.newest_entries(tree, before)
    page = {"tree": tree, "head": queries.head(tree), "rows": rows, "older": older}
    return render(request, "ledger/entries.html", page)


def entry(request: HttpRequest, slug: str, index: int) -> HttpResponse:
    found = queries.entry(queries.tree_named(slug), index) if index < 2**62 else None
    if found is None:
        raise Http404
    return render(request, "ledger/entry.html", {"entry": found})
