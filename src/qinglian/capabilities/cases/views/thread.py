"""Letters between applicant and unit, the call for a person, and receipts."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _

from qinglian.capabilities.access.gate import is_fresh, reader_of, reads, require
from qinglian.capabilities.cases import actions, queries
from qinglian.capabilities.cases.receipts import receipt as receipt_of
from qinglian.capabilities.cases.sheets import receipt_pdf
from qinglian.capabilities.cases.thread import ask_for_person, write_letter
from qinglian.capabilities.cases.thread_forms import LetterForm
from qinglian.capabilities.cases.views import tracking
from qinglian.capabilities.cases.views.together import as_pdf
from qinglian.faults import Fault


@reads("cases.tracked")
def letter(request: HttpRequest, number: str) -> HttpResponse:
    page = tracking.tracked(request, number)
    if page is None:
        return redirect("cases:track")
    if request.method != "POST":
        return redirect("cases:status", number)
    form = LetterForm(request.POST)
    if form.is_valid() and _sent(request, form, page.id, actions.APPLICANT):
        return redirect("cases:status", number)
    return tracking.show(request, page, letter=form)


@reads("cases.held")
def desk_letter(request: HttpRequest, number: str) -> HttpResponse:
    """The unit's side: a letter that is not sent comes back, filled, on a page of the thread alone."""
    thing = queries.held_case(number)
    require(request, thing)
    assert thing is not None and thing.case_id is not None
    reader = reader_of(request)
    roles = reader.roles_in(thing.unit_path)
    form = LetterForm(request.POST) if request.method == "POST" else None
    actor = actions.Actor("staff", roles, reader.person_id, reader.name)
    if form is not None and form.is_valid() and _sent(request, form, thing.case_id, actor):
        return redirect("cases:desk-case", number)
    page = queries.case_page(thing.case_id, timezone.now(), roles, fresh=is_fresh(request))
    shown = {"page": page, "letter": form}
    return render(request, "cases/desk_thread.html", shown, status=422 if form else 200)


def _sent(request: HttpRequest, form: LetterForm, case_id: int, actor: actions.Actor) -> bool:
    """Whether it stands in the thread now; if not, why not is told above the form, filled as it was."""
    try:
        write_letter(case_id, actor, form.cleaned_data["message"], timezone.now())
    except Fault as fault:
        form.add_error(None, _(fault.template) % fault.params)
        return False
    messages.success(request, _("Your letter stands in the thread."))
    return True


@reads("cases.tracked")
def person(request: HttpRequest, number: str) -> HttpResponse:
    page = tracking.tracked(request, number)
    if page is None:
        return redirect("cases:track")
    if request.method == "POST":
        try:
            ask_for_person(page.id, actions.APPLICANT, timezone.now())
            messages.success(
                request,
                _("A person was asked for. Until a person has seen to it nothing is decided by itself."),
            )
        except Fault as fault:
            messages.warning(request, _(fault.template) % fault.params)
    return redirect("cases:status", number)


@reads("cases.tracked")
def receipt(request: HttpRequest, number: str, seq: int) -> HttpResponse:
    page = tracking.tracked(request, number)
    if page is None:
        return redirect("cases:track")
    found = receipt_of(page, seq)
    if found is None:
        raise Http404
    return render(request, "cases/receipt.html", {"receipt": found, "page": page})


@reads("cases.tracked")
def printed_receipt(request: HttpRequest, number: str, seq: int) -> HttpResponse:
    page = tracking.tracked(request, number)
    if page is None:
        return redirect("cases:track")
    found = receipt_of(page, seq)
    if found is None:
        raise Http404
    return as_pdf(receipt_pdf(found), f"{number}-{seq}")
