from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render

from qinglian.capabilities.access.gate import reads
from qinglian.capabilities.cases.calendar_pages import year_months
from qinglian.capabilities.cases.channels import matters_rooms
from qinglian.capabilities.cases.guide import as_offered, guide_of
from qinglian.capabilities.cases.pacing import measured, paces
from qinglian.zone.current import current


@reads("cases.public")
def matters(request: HttpRequest) -> HttpResponse:
    return render(request, "cases/matters.html", {"matters": as_offered(current().matters)})


@reads("cases.public")
def matter(request: HttpRequest, matter_id: str) -> HttpResponse:
    found = current().matters.get(matter_id)
    if found is None:
        raise Http404
    page = {"matter": found, "unit": current().units[found.unit]}
    page |= {"measured": measured(found), "paces": paces(found)}
    page["rooms"] = matters_rooms(found.id)
    return render(request, "cases/matter.html", page | {"guide": guide_of(found, current().matters)})


@reads("cases.public")
def calendars(request: HttpRequest) -> HttpResponse:
    return render(request, "cases/calendars.html", {"calendars": current().calendars.values()})


@reads("cases.public")
def calendar_year(request: HttpRequest, calendar_id: str, year: int) -> HttpResponse:
    calendar = current().calendars.get(calendar_id)
    entry = next((y for y in calendar.years if y.year == year), None) if calendar else None
    if calendar is None or entry is None:
        raise Http404
    page = {"calendar": calendar, "entry": entry, "months": year_months(calendar, year)}
    return render(
        request,
        "cases/calendar_year.html",
        page | {"listed": [d for d in calendar.days if d.date.year == year]},
    )
