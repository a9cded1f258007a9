from __future__ import annotations

import sys

from django.conf import settings
from django.core.exceptions import RequestDataTooBig
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from qinglian.capabilities.access.fence import beyond
from qinglian.capabilities.access.gate import reads
from qinglian.capabilities.cases.answered import changed_answers
from qinglian.capabilities.figures import drawing
from qinglian.capabilities.figures import queries as figures
from qinglian.web import api_reading
from qinglian.web.doctor import is_up
from qinglian.web.measuring import exposition, may_measure
from qinglian.web.unavailable import broke, is_away, unavailable

# What the front page shows, where this platform has it.
FRONT = ("cases.answered-in-time", "cases.days-to-answer", "cases.pending", "cases.overdue")
DRAWN = "cases.answered-in-time"
ANSWERED = 3  # questions that were answered last
TRIED_AGAIN = 5  # minutes: the longest time over which allauth counts tries


@reads("web.public")
def front(request: HttpRequest) -> HttpResponse:
    shown = {
        "figures": figures.some(*FRONT),
        "drawn": _drawn(),
        "answered": changed_answers("", True, None, None, 0, ANSWERED),
    }
    return render(request, "front.html", shown)


def _drawn() -> drawing.Chart | None:
    """The chart of the front page: the last months of one figure."""
    page = figures.figure_page(DRAWN)
    cut = next((cut for cut in page.cuts if cut.name == "period"), None) if page else None
    return drawing.of_cut(page.figure, cut) if page and cut else None


@reads("web.public")
def live(request: HttpRequest) -> HttpResponse:
    """This process answers."""
    return HttpResponse("alive\n", content_type="text/plain")


@reads("web.public")
def ready(request: HttpRequest) -> HttpResponse:
    """And so does the database: a proxy may send visitors here."""
    up = is_up()
    return HttpResponse(
        "ready\n" if up else "no database\n", content_type="text/plain", status=200 if up else 503
    )


@reads("web.public")
def metrics(request: HttpRequest) -> HttpResponse:
    """For whoever sends the token; for everybody else there is no such page."""
    if not may_measure(request):
        raise Http404
    with beyond("counts of everything, for whoever runs the platform"):
        told = exposition()
    return HttpResponse(told, content_type="text/plain; version=0.0.4; charset=utf-8")


@reads("web.public")
def api_page(request: HttpRequest) -> HttpResponse:
    """What programs can ask for, made from the same description that they read."""
    return render(request, "api.html", {"operations": api_reading.operations(), "rate": settings.KEY_RATE})


def _error(request: HttpRequest, status: int, heading: str, sentence: str) -> HttpResponse:
    said = {"heading": heading, "sentence": sentence}
    with beyond("who is signed in stands in the frame, where a program's address looked at no session, too"):
        return render(request, "error.html", said, status=status)


def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    if isinstance(exception, RequestDataTooBig):  # seen by its stated length, before any of it is read
        return _error(
            request,
            413,
            _("That is too much text at once"),
            _(
                "At most one megabyte is taken; nothing was changed. Go back: what you wrote is still in the "
                "form. Shorten it, or send it in parts."
            ),
        )
    return _error(
        request, 400, _("That request cannot be read"), _("Go back, check what you sent and send it again.")
    )


def forbidden(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return _error(
        request,
        403,
        _("This page is not for this account"),
        _("Sign in with an account that holds a post here."),
    )


def csrf_failed(request: HttpRequest, reason: str = "") -> HttpResponse:
    return _error(
        request,
        403,
        _("This form was open too long"),
        _("Nothing was changed. Go back, read the page again and send it once more; allow cookies."),
    )


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return _error(
        request, 404, _("There is no such page"), _("Check the address, or start from the front page.")
    )


def too_many(request: HttpRequest) -> HttpResponse:
    """For allauth's own limits: whatever was tried too often was not looked at this time."""
    sentence = ngettext(
        "Nothing was changed. You can try again in %(n)d minute at the latest.",
        "Nothing was changed. You can try again in %(n)d minutes at the latest.",
        TRIED_AGAIN,
    ) % {"n": TRIED_AGAIN}
    response = _error(request, 429, _("Too many tries"), sentence)
    response.headers["Retry-After"] = str(TRIED_AGAIN * 60)
    return response


def broken(request: HttpRequest) -> HttpResponse:
    """In three languages at once and without the database: nothing more may break here."""
    if is_away(sys.exc_info()[1]):
        return unavailable(request)
    return broke(request)
