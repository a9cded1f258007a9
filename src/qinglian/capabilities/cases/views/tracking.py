"""The applicant's page: whose turn it is, until when, and what can be done about it."""

from __future__ import annotations

from dataclasses import replace

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache

from qinglian.capabilities.access.gate import reader_of, reads, require
from qinglian.capabilities.cases import actions, queries
from qinglian.capabilities.cases.channels import room_of_case
from qinglian.capabilities.cases.claiming import mark_seen
from qinglian.capabilities.cases.eyes import Eyes
from qinglian.capabilities.cases.feeds import has_feed
from qinglian.capabilities.cases.forms import ActionForm, SupplyForm, TrackForm, written
from qinglian.capabilities.cases.guide import related
from qinglian.capabilities.cases.handling import today
from qinglian.capabilities.cases.history import person_awaited
from qinglian.capabilities.cases.holding import holders_of
from qinglian.capabilities.cases.letter_pages import letters_of
from qinglian.capabilities.cases.readings import begins_next
from qinglian.capabilities.cases.rules import tidy_number
from qinglian.capabilities.cases.thread_forms import LetterForm
from qinglian.capabilities.files.uploading import dropped
from qinglian.faults import Fault
from qinglian.zone import Action
from qinglian.zone.current import current

ROLES = frozenset({"applicant"})
SPOKEN = ("answered", "closed", "confirmed", "refused")  # there is something to appeal against
OF_ONESELF = ("kind", "place", "regno", "name", "email", "phone", "address")


@reads("cases.public")
@never_cache
def track(request: HttpRequest) -> HttpResponse:
    form = TrackForm(request.POST or None, initial={"number": request.GET.get("number", "")})
    if request.method != "POST":
        return render(request, "cases/track.html", {"form": form})
    if form.is_valid():
        number, code = form.cleaned_data["number"], form.cleaned_data["code"]
        found = queries.tracked_case(number, code)
        if found is not None:
            request.session["tracked"] = found
            return redirect("cases:status", tidy_number(number))
        form.add_error(None, _("No case has this number with this code. Check both and try again."))
    return render(request, "cases/track.html", {"form": form}, status=422)


def tracked(request: HttpRequest, number: str) -> queries.CasePage | None:
    """The case that this browser has given number and code of, if it is this one."""
    thing, row = queries.held(number)
    user = reader_of(request).user_id
    if user is not None and thing is not None:
        thing = replace(thing, users=holders_of(thing.case_id, today(timezone.now())))
    try:
        require(request, thing, "cases.tracked")
    except Http404:
        return None
    assert row is not None and thing is not None
    if user is not None and user in thing.users:
        mark_seen(row.pk, user)
    return queries.case_page(row, timezone.now(), ROLES, own=True)


def known_of(request: HttpRequest, number: str) -> dict[str, object]:
    """What whoever follows this case wrote of themselves there, so that it is not asked twice."""
    page = tracked(request, tidy_number(number))
    if page is None:
        return {}
    return {field.key: value for field, value in page.answers if field.key in OF_ONESELF}


@reads("cases.tracked")
def status(request: HttpRequest, number: str) -> HttpResponse:
    page = tracked(request, number)
    if page is None:
        return redirect("cases:track")
    return show(request, page)


def show(
    request: HttpRequest,
    page: queries.CasePage,
    wrong: ActionForm | None = None,
    letter: LetterForm | None = None,
) -> HttpResponse:
    forms = []
    for action in page.actions:
        bound = wrong if wrong is not None and wrong.prefix == action.id else None
        made = bound or SupplyForm.of_case(page.id, page.matter, action, initial={"seen": page.ver})
        forms.append((action, made))
    shown = {"page": page, "forms": forms, "letter": letter}
    shown["awaited"] = page.state.turn != "nobody" and person_awaited(page.id)
    shown |= _against(page)
    if "letters" in page.beside:
        shown["issued"] = letters_of(page.id, page.number, page.matter, Eyes(page.roles, own=True))
    if missing := _missing(page):
        shown |= {"missing": missing, "still": any(clock.paused for clock in page.clocks)}
        shown["begins"] = begins_next(page.matter, page.state.id, page.actions, page.clocks)
    shown["in_room"] = room_of_case(page.id) if "room" in page.beside else None
    shown["feed"] = has_feed(case_id=page.id)
    return render(request, "cases/status.html", shown, status=422 if wrong or letter else 200)


def _missing(page: queries.CasePage) -> list[str]:
    """What the unit waits for, while it does: the list of whoever asked last."""
    asked = next((e for e in page.events if any(need == "items" for need, _text in e.said)), None)
    if asked is None or page.state.turn != "applicant" or asked.state.id != page.state.id:
        return []
    text = next(text for need, text in asked.said if need == "items")
    return [line for line in text.splitlines() if line.strip()] if isinstance(text, str) else []


def _against(page: queries.CasePage) -> dict[str, object]:
    """The matters in which one can appeal against this case, or complain about it, as the pack says today."""
    matters = current().matters
    appeals = related(page.matter, matters, "appeal-of") if page.state.stage in SPOKEN else []
    return {"appeals": appeals, "complaints": related(page.matter, matters, "complaint-about")}


@reads("cases.tracked")
def record(request: HttpRequest, number: str, seq: int) -> HttpResponse:
    """What the log holds of one event, with its values and the proof: a file to keep."""
    page = tracked(request, number)
    if page is None:
        return redirect("cases:track")
    text = queries.own_record(page, seq)
    if text is None:
        raise Http404
    response = HttpResponse(text, content_type="application/json; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{page.number}-{seq}.json"'
    return response


def _files(request: HttpRequest, page: queries.CasePage, action: Action) -> list[tuple[str, Fault]]:
    """What was sent is taken in first, whatever else is wrong, and what is to go is let go."""
    field = page.matter.fields.get(action.takes or "")
    if field is None or action not in page.actions:
        return []
    _key, _colon, sha = request.POST.get("remove", "").partition(":")
    if sha:
        actions.take_back(page.id, field, sha)
    name = f"{action.id}-files"
    too_large = [(field.key, given) for sent, given in dropped(request) if sent == name]
    return actions.add_to_case(page.id, field, request.FILES.getlist(name), too_large, timezone.now())


@reads("cases.tracked")
def act(request: HttpRequest, number: str, action: str) -> HttpResponse:
    page = tracked(request, number)
    if page is None:
        return redirect("cases:track")
    if action not in page.matter.actions:
        raise Http404
    if request.method != "POST":  # somebody who changes the language of a form that came back
        return redirect("cases:status", number)
    chosen = page.matter.actions[action]
    form = SupplyForm.of_case(
        page.id, page.matter, chosen, request.POST, complaints=_files(request, page, chosen)
    )
    if "remove" in request.POST or not form.is_valid():
        return show(request, page, form)
    try:
        data = dict(form.cleaned_data)
        actions.act_on_case(page.id, action, actions.APPLICANT, data.pop("seen"), data, timezone.now())
    except actions.Stale:
        why = _("The case moved on while you were reading. Nothing was changed: read it again.")
        return _written_again(request, number, action, why)
    except Fault as fault:
        return _written_again(request, number, action, _(fault.template) % fault.params)
    return redirect("cases:status", number)


def _written_again(request: HttpRequest, number: str, action: str, why: str) -> HttpResponse:
    """The form as it was sent, over the case as it is now; where it is not open any more, the words alone."""
    page, sent = tracked(request, number), request.POST.copy()
    if page is None:
        return redirect("cases:track")
    sent[f"{action}-seen"] = str(page.ver)
    form = SupplyForm.of_case(page.id, page.matter, page.matter.actions[action], sent)
    words = written(form)
    if words and action in {each.id for each in page.actions}:
        form.add_error(None, why)
        return show(request, page, form)
    messages.warning(request, why)
    if words:
        messages.warning(request, _("What you wrote was not taken: %(words)s") % {"words": words})
    return redirect("cases:status", number)
