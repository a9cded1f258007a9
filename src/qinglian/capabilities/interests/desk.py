"""Proposing and deciding merges: two people, neither of them tied to one of the enterprises."""

from __future__ import annotations

from collections.abc import Callable

from django.contrib import messages
from django.db.models import Q
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _

from qinglian.capabilities.access.gate import asked_number, fresh, is_fresh, person_of, reads, there
from qinglian.capabilities.interests import actions
from qinglian.capabilities.interests.forms import ProposalForm, UndoForm
from qinglian.capabilities.parties import queries
from qinglian.capabilities.parties.readers import in_sight_of
from qinglian.faults import Fault

LONGEST = 200


def _try(request: HttpRequest, deed: Callable[[], object], done: str) -> bool:
    try:
        deed()
    except Fault as fault:
        messages.warning(request, _(fault.template) % fault.params)
        return False
    messages.success(request, done)
    return True


@reads("parties.enterprises")
def propose(request: HttpRequest) -> HttpResponse:
    """Choose two, then see them side by side and say which one stays."""
    sees = in_sight_of(request)
    asked = [asked_number(request, name) for name in ("first", "second")]
    rows = [there(queries.shown(each, sees)) for each in asked if each is not None]
    if len(rows) < 2 or rows[0].id == rows[1].id:
        return _choose(request, rows[0] if rows else None, sees)
    form = ProposalForm(rows, request.POST or None)
    if request.method == "POST" and form.is_valid():
        keep = form.cleaned_data["keep"]
        drop = next(each.id for each in rows if each.id != keep)
        deed = lambda: actions.merge_enterprises(  # noqa: E731
            keep, drop, person_of(request), form.cleaned_data["reason"], timezone.now()
        )
        if _try(request, deed, _("Proposed. It waits for somebody else.")):
            return redirect("parties:merges")
    page = {"form": form, "pair": rows, "alike": queries.comparison(*rows)}
    return render(request, "interests/propose.html", page, status=422 if request.method == "POST" else 200)


def _choose(request: HttpRequest, first: queries.EnterpriseShown | None, sees: Q) -> HttpResponse:
    words = request.GET.get("words", "").strip()[:LONGEST]
    found = queries.search(words, sees, asked_number(request, "before")) if words else None
    page = {"first": first, "words": words, "found": found}
    return render(request, "interests/choose.html", page)


@reads("parties.enterprises")
@fresh
def merge(request: HttpRequest, merge: int) -> HttpResponse:
    """A proposal with both rows; what is sent here decides it."""
    page = there(queries.merge_shown(merge, in_sight_of(request)))
    if request.method == "POST":
        return _decide(request, page)
    return _show(request, page, UndoForm())


def _show(request: HttpRequest, page: queries.MergeShown, form: UndoForm, status: int = 200) -> HttpResponse:
    shown = {
        "merge": page,
        "pair": [page.keep, page.drop],
        "alike": queries.comparison(page.keep, page.drop),
        "own": page.proposer == person_of(request),
        "fresh": is_fresh(request),
        "form": form,
    }
    return render(request, "interests/merge.html", shown, status=status)


def _decide(request: HttpRequest, page: queries.MergeShown) -> HttpResponse:
    deeds = {
        "confirm": (actions.confirm_merge, _("Confirmed.")),
        "decline": (actions.decline_merge, _("Declined. Nothing was changed.")),
    }
    if request.POST.get("decision") not in deeds:
        raise Http404
    decide, done = deeds[request.POST["decision"]]
    _try(request, lambda: decide(page.id, person_of(request), timezone.now()), done)
    return redirect("interests:merge", page.id)


@reads("parties.enterprises")
def undo(request: HttpRequest, merge: int) -> HttpResponse:
    page = there(queries.merge_shown(merge, in_sight_of(request)))
    if request.method != "POST":
        return redirect("interests:merge", page.id)
    form = UndoForm(request.POST)
    if not form.is_valid():
        return _show(request, page, form, 422)
    deed = lambda: actions.undo_merge(  # noqa: E731
        page.id, person_of(request), form.cleaned_data["reason"], timezone.now()
    )
    if _try(request, deed, _("Proposed. It waits for somebody else.")):
        return redirect("parties:merges")
    return redirect("interests:merge", page.id)
