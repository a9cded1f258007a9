"""Enterprises and their merges, for staff. Which rows somebody sees is asked in `queries.in_sight`.

Merges are proposed and decided a floor above, where ties are known: `interests.desk`.
"""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone

from qinglian.capabilities.access.endpoints import policies
from qinglian.capabilities.access.gate import asked_number, person_of, reader_of, reads, there
from qinglian.capabilities.parties import queries
from qinglian.capabilities.parties.readers import in_sight_of

LONGEST = 200


@reads("parties.enterprises")
def enterprises(request: HttpRequest) -> HttpResponse:
    words = request.GET.get("words", "").strip()[:LONGEST]
    found = queries.search(words, in_sight_of(request), asked_number(request, "before"))
    return render(request, "parties/enterprises.html", {"words": words, "found": found})


@reads("parties.enterprises")
def enterprise(request: HttpRequest, enterprise: int) -> HttpResponse:
    page = there(queries.enterprise_page(enterprise, in_sight_of(request), timezone.localdate()))
    records = policies()["parties.speakers"].door.test(reader_of(request))
    return render(request, "parties/enterprise.html", {"page": page, "row": page.row, "records": records})


@reads("parties.enterprises")
def merges(request: HttpRequest) -> HttpResponse:
    sees = in_sight_of(request)
    decided, before = queries.decided_merges(sees, asked_number(request, "before"))
    waiting = queries.waiting_merges(sees)
    shown = {"waiting": waiting, "decided": decided, "before": before, "me": person_of(request)}
    return render(request, "parties/merges.html", shown)
