"""Enterprises and their merges, for staff. Which rows somebody sees is asked in `queries.in_sight`.

Merges are proposed and decided a floor above, where ties are known: `interests.desk`.
"""

from __future__ import annotations

from typing import TypeVar

from django.db.models import Q
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone

from qinglian.capabilities.access.endpoints import policies
from qinglian.capabilities.access.gate import is_fresh, reader_of, reads, scope
from qinglian.capabilities.parties import queries
from qinglian.capabilities.parties.readers import roles_by_unit

Seen = TypeVar("Seen")
LONGEST = 200


def _sees(request: HttpRequest) -> Q:
    return queries.in_sight(roles_by_unit(scope(request)), is_fresh(request))


def _there(found: Seen | None) -> Seen:
    if found is None:
        raise Http404
    return found


def _me(request: HttpRequest) -> int:
    person = reader_of(request).person_id
    assert person is not None  # the policy lets in who holds a post
    return person


def _id(text: str | None) -> int | None:
    return int(text) if text and text.isascii() and text.isdigit() and len(text) < 16 else None


@reads("parties.enterprises")
def enterprises(request: HttpRequest) -> HttpResponse:
    words = request.GET.get("words", "").strip()[:LONGEST]
    found = queries.search(words, _sees(request), _id(request.GET.get("before")))
    return render(request, "parties/enterprises.html", {"words": words, "found": found})


@reads("parties.enterprises")
def enterprise(request: HttpRequest, enterprise: int) -> HttpResponse:
    page = _there(queries.enterprise_page(enterprise, _sees(request), timezone.localdate()))
    records = policies()["parties.speakers"].door.test(reader_of(request))
    return render(request, "parties/enterprise.html", {"page": page, "row": page.row, "records": records})


@reads("parties.enterprises")
def merges(request: HttpRequest) -> HttpResponse:
    sees = _sees(request)
    decided, before = queries.decided_merges(sees, _id(request.GET.get("before")))
    shown = {
        "waiting": queries.waiting_merges(sees), "decided": decided, "before": before, "me": _me(request)
    }  # fmt: skip
    return render(request, "parties/merges.html", shown)
