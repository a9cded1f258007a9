"""Units that contribute to a case of another; and letters, as a page and on paper."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _

from qinglian.capabilities.access.gate import is_fresh, reader_of, reads, require
from qinglian.capabilities.cases import actions, joint
from qinglian.capabilities.cases.desk_forms import ContributionForm
from qinglian.capabilities.cases.eyes import Eyes
from qinglian.capabilities.cases.letter_pages import LetterReading, letters_of
from qinglian.capabilities.cases.queries import CasePage
from qinglian.capabilities.cases.sheets import letter_pdf
from qinglian.capabilities.cases.views.desk import actor_of, attempt, page_of, show
from qinglian.capabilities.cases.views.queues import sight
from qinglian.capabilities.cases.views.tracking import tracked
from qinglian.faults import Fault


@reads("cases.desk")
def asked(request: HttpRequest) -> HttpResponse:
    """What other units ask of ours."""
    rows = joint.asked_of(sight(request), timezone.now())
    return render(request, "cases/asked.html", {"rows": rows})


@reads("cases.held")
def contribute(request: HttpRequest, contribution: int) -> HttpResponse:
    thing = joint.asked_thing(contribution)
    require(request, thing)
    assert thing is not None
    reader = reader_of(request)
    roles = reader.roles_in(thing.unit_path)
    form = ContributionForm(request.POST if request.method == "POST" else None)
    if form.is_bound and form.is_valid():
        actor = actions.Actor("staff", roles, reader.person_id, reader.name)
        try:
            actions.contribute(contribution, form.cleaned_data["text"], actor, timezone.now())
        except Fault as fault:
            form.add_error(None, _(fault.template) % fault.params)
        else:
            messages.success(request, _("Your contribution was sent to the unit that has the case."))
            return redirect("cases:asked")
    page = joint.asked_page(contribution, Eyes(roles, fresh=is_fresh(request)), timezone.now())
    status = 422 if form.is_bound else 200
    return render(
        request, "cases/contribute.html", {"page": page, "row": page.row, "form": form}, status=status
    )


@reads("cases.held")
def without(request: HttpRequest, number: str, contribution: int) -> HttpResponse:
    """The holder says why the case goes on without a unit that was asked."""
    page = page_of(request, number)
    known = {each.id for each in joint.contributions_of(page.id, Eyes(page.roles), timezone.now())}
    if contribution not in known:
        raise Http404
    if request.method != "POST":
        return redirect("cases:desk-case", number)
    form = ContributionForm(request.POST, prefix=f"without-{contribution}")
    if not form.is_valid():
        return show(request, page, form)
    actor, reason = actor_of(reader_of(request), page), form.cleaned_data["text"]
    return attempt(
        request, number, lambda: actions.go_on_without(contribution, reason, actor, timezone.now())
    )


@reads("cases.held")
def desk_letter(request: HttpRequest, number: str, place: int) -> HttpResponse:
    page = page_of(request, number)
    return _letter(request, page, _on_desk(request, page), place, "cases:desk-case")


@reads("cases.tracked")
def own_letter(request: HttpRequest, number: str, place: int) -> HttpResponse:
    page = tracked(request, number)
    if page is None:
        return redirect("cases:track")
    return _letter(request, page, Eyes(page.roles, own=True), place, "cases:status")


@reads("cases.held")
def desk_letter_pdf(request: HttpRequest, number: str, place: int) -> HttpResponse:
    page = page_of(request, number)
    return _printed(page, _found(page, _on_desk(request, page), place))


@reads("cases.tracked")
def own_letter_pdf(request: HttpRequest, number: str, place: int) -> HttpResponse:
    page = tracked(request, number)
    if page is None:
        return redirect("cases:track")
    return _printed(page, _found(page, Eyes(page.roles, own=True), place))


def _on_desk(request: HttpRequest, page: CasePage) -> Eyes:
    return Eyes(page.roles, fresh=is_fresh(request))


def _found(page: CasePage, eyes: Eyes, place: int) -> LetterReading:
    letters = letters_of(page.id, page.number, page.matter, eyes)
    found = next((each for each in letters if each.place == place), None)
    if found is None:
        raise Http404
    return found


def _letter(request: HttpRequest, page: CasePage, eyes: Eyes, place: int, back: str) -> HttpResponse:
    shown = {"page": page, "letter": _found(page, eyes, place), "back": back}
    shown["printed"] = "cases:own-letter-pdf" if back == "cases:status" else "cases:desk-letter-pdf"
    return render(request, "cases/letter.html", shown)


def _printed(page: CasePage, letter: LetterReading) -> HttpResponse:
    found = letter_pdf(letter, page)
    if found is None:  # withheld from this reader
        raise Http404
    return as_pdf(found, f"{page.number}-L{letter.place}")


def as_pdf(content: bytes, name: str) -> HttpResponse:
    response = HttpResponse(content, content_type="application/pdf")
    response["Content-Disposition"] = f'inline; filename="{name}.pdf"'
    return response
