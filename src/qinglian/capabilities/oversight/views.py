from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render

from qinglian.capabilities.access.gate import reads
from qinglian.zone.current import current


@reads("oversight.public")
def measures(request: HttpRequest) -> HttpResponse:
    zone = current()
    areas = [(area, [m for m in zone.measures if m.area == area.id]) for area in zone.areas.values()]
    return render(request, "oversight/measures.html", {"areas": areas})


@reads("oversight.public")
def measure(request: HttpRequest, measure_id: str) -> HttpResponse:
    zone = current()
    found = next((m for m in zone.measures if m.id == measure_id), None)
    if found is None:
        raise Http404
    units = zone.units
    page = {
        "measure": found,
        "area": zone.areas[found.area],
        "lead": units[found.lead].title,
        "partners": [units[u].title for u in found.partners],
        "sources": [zone.sources[s] for s in found.sources],
    }
    return render(request, "oversight/measure.html", page)
