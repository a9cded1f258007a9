"""What waits for a member of staff, and what could not be delivered. The gate says who asks."""

from __future__ import annotations

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from qinglian.capabilities.notices import actions, queries
from qinglian.capabilities.notices.letters import in_a_line
from qinglian.capabilities.notices.readings import Reader, in_sight

SHOWN = ("unread", "all")


def mine(request: HttpRequest) -> HttpResponse:
    reader: Reader = request.reader  # type: ignore[attr-defined]
    if request.method == "POST":
        actions.take_note(reader, timezone.now())
        return redirect("notices:mine")
    show = request.GET.get("show", "unread")
    if show not in SHOWN:
        raise Http404
    page = queries.notices_page(reader, show, request.GET.get("before", ""))
    seen = in_sight(reader, [row.number for row in page.rows])
    labels = {"unread": _("Not read yet"), "all": _("All")}
    return render(
        request,
        "notices/mine.html",
        {
            "page": page,
            "news_page": settings.DESK_NEWS_PAGE,
            "rows": [(row, in_a_line(row.kind), row.number in seen) for row in page.rows],
            "show": show,
            "many": queries.MANY,
            "filters": [(key, labels[key], page.counts[key]) for key in SHOWN],
        },
    )


def read(request: HttpRequest, notice: int) -> HttpResponse:
    if request.method == "POST":
        actions.take_note(request.reader, timezone.now(), notice)  # type: ignore[attr-defined]
    return redirect("notices:mine")


def outbox(request: HttpRequest) -> HttpResponse:
    if request.method == "POST":
        n = actions.send_again(timezone.now())
        said = ngettext("%(n)d letter is tried again.", "%(n)d letters are tried again.", n)
        messages.success(request, said % {"n": n})
        return redirect("notices:outbox")
    page = queries.outbox(timezone.now())
    seen = in_sight(request.reader, [row.number for row in page.stuck])  # type: ignore[attr-defined]
    shown = {"page": page, "seen": seen, "news_page": settings.DESK_NEWS_PAGE}
    return render(request, "notices/outbox.html", shown)
