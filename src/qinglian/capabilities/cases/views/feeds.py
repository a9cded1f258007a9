"""Deadlines in one's own calendar: the address is told once, fetched by a program, and can be revoked."""

from __future__ import annotations

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from qinglian.capabilities.access.gate import reads
from qinglian.capabilities.cases import feeds
from qinglian.capabilities.cases.views import tracking


@reads("cases.public")
def calendar(request: HttpRequest, secret: str) -> HttpResponse:
    """Whoever has the address reads it: numbers and deadlines, nothing of what a case is about."""
    found = feeds.feed(secret)
    if found is None:
        raise Http404
    text = feeds.calendar_of(feeds.cases_of(found, timezone.now()))
    response = HttpResponse(text, content_type="text/calendar; charset=utf-8")
    response["Content-Disposition"] = 'inline; filename="deadlines.ics"'
    return response


@reads("cases.tracked")
def case_address(request: HttpRequest, number: str) -> HttpResponse:
    page = tracking.tracked(request, number)
    if page is None:
        return redirect("cases:track")
    if request.method != "POST":
        return redirect("cases:status", number)
    if "revoke" in request.POST:
        feeds.revoke_feed(timezone.now(), case_id=page.id)
        messages.success(request, _("The address of the calendar was revoked."))
        return redirect("cases:status", number)
    secret = feeds.open_feed(timezone.now(), case_id=page.id)
    back = reverse("cases:status", args=[number])
    return show_address(request, secret, back)


def show_address(request: HttpRequest, secret: str, back: str) -> HttpResponse:
    """In the answer to a POST, and nowhere after."""
    address = f"{settings.PUBLIC_URL}{reverse('cases:calendar', args=[secret])}"
    return render(request, "cases/calendar_address.html", {"address": address, "back": back})
