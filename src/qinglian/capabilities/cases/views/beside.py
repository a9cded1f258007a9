"""What the staff keep beside a case: a note for colleagues, a link to another case."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone

from qinglian.capabilities.access.gate import reader_of, reads
from qinglian.capabilities.cases.desk_forms import LinkForm, NoteForm
from qinglian.capabilities.cases.links import link_cases
from qinglian.capabilities.cases.notes import levels_for, write_note
from qinglian.capabilities.cases.rules import tidy_number
from qinglian.capabilities.cases.views.desk import actor_of, attempt, page_of, show
from qinglian.capabilities.cases.views.queues import sight


@reads("cases.held")
def note(request: HttpRequest, number: str) -> HttpResponse:
    page = page_of(request, number)
    if request.method != "POST":
        return redirect("cases:desk-case", number)
    actor = actor_of(reader_of(request), page)
    form = NoteForm(levels_for(actor.roles, page.matter.sensitivity), request.POST)
    if not form.is_valid():
        return show(request, page, form)
    text, level = form.cleaned_data["text"], form.cleaned_data["level"]
    person = actor.person_id or 0
    return attempt(
        request, number, lambda: write_note(page.id, text, level, person, actor.roles, timezone.now())
    )


@reads("cases.held")
def link(request: HttpRequest, number: str) -> HttpResponse:
    page = page_of(request, number)
    if request.method != "POST":
        return redirect("cases:desk-case", number)
    form = LinkForm(request.POST)
    if not form.is_valid():
        return show(request, page, form)
    other, relation, reason = (form.cleaned_data[key] for key in ("number", "relation", "reason"))
    seen = sight(request)
    return attempt(
        request,
        number,
        lambda: link_cases(page.id, tidy_number(other), relation, reason, timezone.now(), sight=seen),
    )
