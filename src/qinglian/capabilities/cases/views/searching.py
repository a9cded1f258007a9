"""The desk's search: whatever somebody typed, in either script, and what it found."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _

from qinglian.capabilities.access.gate import reads
from qinglian.capabilities.cases.finding import FACETS, Facet, found_cases
from qinglian.capabilities.cases.searching import LONGEST
from qinglian.capabilities.cases.views.queues import sight

Group = tuple[str, list[tuple[Facet, str]]]


@reads("cases.desk")
def search(request: HttpRequest) -> HttpResponse:
    question = request.GET.get("q", "").strip()[:LONGEST]
    chosen = {name: request.GET[name] for name in FACETS if request.GET.get(name)}
    after = request.GET.get("after", "")
    start = int(after) if after.isascii() and after.isdigit() and len(after) < 7 else 0
    found = found_cases(question, sight(request), chosen, timezone.now(), start)
    shown = {"question": question, "found": found, "groups": _groups(request, found.facets)}
    shown["further"] = _with(request, after=str(found.after))
    return render(request, "cases/search.html", shown)


def _groups(request: HttpRequest, facets: dict[str, list[Facet]]) -> list[Group]:
    """(label, [(facet, address that chooses it or lets go of it)]), where there is anything to choose."""
    labels = {"matter": _("Matter"), "unit": _("Unit"), "state": _("State"), "open": _("Open or ended")}
    groups = []
    for name, values in facets.items():
        if len(values) > 1 or any(each.chosen for each in values):
            groups.append((labels[name], [(each, _address(request, name, each)) for each in values]))
    return groups


def _address(request: HttpRequest, name: str, facet: Facet) -> str:
    return _with(request, after="", **{name: "" if facet.chosen else facet.value})


def _with(request: HttpRequest, **changed: str) -> str:
    """The address of this page with some of what was asked changed; empty: let go of."""
    asked = request.GET.copy()
    for name, value in changed.items():
        asked[name] = value
        if not value:
            del asked[name]
    return f"?{asked.urlencode()}"
