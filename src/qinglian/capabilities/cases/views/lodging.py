"""Asking: a step a page, the path computed anew from the answers each time."""

from __future__ import annotations

import re
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache

from qinglian.capabilities.access.gate import reads
from qinglian.capabilities.cases import actions, drafts, queries
from qinglian.capabilities.cases.claiming import lodge_for
from qinglian.capabilities.cases.draft_terms import DRAFT_KEPT
from qinglian.capabilities.cases.forms import StepForm
from qinglian.capabilities.cases.models import Draft
from qinglian.capabilities.cases.papers import answers as file_answers
from qinglian.capabilities.cases.papers import held, of_draft
from qinglian.capabilities.cases.papers import shown as shown_answers
from qinglian.capabilities.cases.rules import kept_answers, visible
from qinglian.capabilities.cases.views.own_account import asker, fill_from_account
from qinglian.capabilities.cases.views.tracking import known_of
from qinglian.capabilities.files.uploading import dropped
from qinglian.capabilities.notices.rehearsal import may_die
from qinglian.faults import Fault
from qinglian.zone import Field, Matter, Step
from qinglian.zone.current import current

COOKIE = "qinglian_draft"
_HASH = re.compile("[0-9a-f]{64}")


def matter_or_404(matter_id: str) -> Matter:
    matter = current().matters.get(matter_id)
    if matter is None:
        raise Http404
    return matter


def draft_here(request: HttpRequest, matter: Matter | None) -> Draft | None:
    """The draft of this matter, or of any, that this browser holds."""
    draft = queries.draft_of(actions.hash_secret(request.COOKIES.get(COOKIE, "")))
    return draft if draft is not None and matter in (None, current().matters.get(draft.matter)) else None


def _no_draft(request: HttpRequest, matter: Matter) -> HttpResponse:
    """Its time is over, or another browser took it up: what was typed is not lost where it was kept."""
    if request.COOKIES.get(COOKIE) or request.method == "POST":
        messages.warning(
            request,
            _(
                "This browser no longer holds that draft: its time is over, or it was taken up elsewhere. "
                "With its code or its file it can be taken up again."
            ),
        )
    return redirect("cases:matter", matter.id)


@reads("cases.public")
def begin(request: HttpRequest, matter_id: str) -> HttpResponse:
    matter = matter_or_404(matter_id)
    if request.method != "POST":  # somebody who changes the language of a page that a form led to
        return redirect("cases:matter", matter.id)
    response = redirect("cases:step", matter.id, matter.steps[0].id)
    draft, secret = draft_here(request, matter), request.COOKIES.get(COOKIE, "")
    if draft is None or draft.case_id is not None:
        secret = actions.begin_draft(matter.id, timezone.now())
        response.set_cookie(
            COOKIE, secret, max_age=DRAFT_KEPT, httponly=True, samesite="Lax", secure=settings.SECURE
        )
        fill_from_account(request, matter, secret)
    elif draft.channel:  # begun in a room, and now from the page of the matter: nobody else reads it
        actions.choose_room(draft, "")
    if about := request.POST.get("about", "").strip():
        held = queries.draft_of(actions.hash_secret(secret))
        assert held is not None
        actions.ask_about(held, matter, about, known_of(request, about), timezone.now())
    return response


@reads("cases.public")
@never_cache
def step(request: HttpRequest, matter_id: str, step_id: str) -> HttpResponse:
    matter = matter_or_404(matter_id)
    here = next((each for each in matter.steps if each.id == step_id), None)
    if here is None:
        raise Http404
    draft = draft_here(request, matter)
    if draft is None:
        return _no_draft(request, matter)
    if draft.case_id is not None:
        return redirect("cases:lodged")
    if (changes := drafts.bring_up_to_date(draft, matter)) is not None:
        return render(request, "cases/changed.html", {"matter": matter, "changes": changes})
    if request.method != "POST":
        return _page(request, matter, here, draft, draft.answers)
    return _answered(request, matter, here, draft)


def _shown(matter: Matter, here: Step, answers: dict[str, Any]) -> list[Field]:
    """What this step asks, given every answer so far."""
    shown = visible(matter.fields.values(), answers)
    return [f for f in here.fields if f in shown]


def _answered(request: HttpRequest, matter: Matter, here: Step, draft: Draft) -> HttpResponse:
    """Ask again, filled in, for what is wrong, or for the field that an answer has just brought up."""
    files = _files(request, here, draft)
    own = {f.key for f in here.fields}
    elsewhere = {key: value for key, value in draft.answers.items() if key not in own}
    told = {*request.POST.getlist("shown"), *(name.partition("-")[0] for name in request.POST)}
    there = [f for f in here.fields if f.key in told]
    typed = StepForm(there, request.POST).typed() | file_answers(draft.pk, here.fields)
    shown = _shown(matter, here, elsewhere | typed)
    new = [f for f in shown if f not in there and f.show is not None]
    form = StepForm(shown, request.POST, **files)
    if "remove" in request.POST and not files["complaints"]:
        return _page(request, matter, here, draft, draft.answers | typed)
    if "later" in request.POST:
        return _put_aside(request, matter, here, draft, form, elsewhere)
    if new and not any(f.key in form.errors for f in there):
        return _page(request, matter, here, draft, draft.answers | typed, new=new)
    if not form.is_valid():
        return _page(request, matter, here, draft, form=form, status=422)
    actions.keep_answers(draft, kept_answers(matter, elsewhere | form.answers()), timezone.now())
    return _onward(request, matter, here)


def _files(request: HttpRequest, here: Step, draft: Draft) -> dict[str, Any]:
    """What was sent is taken in first, whatever else is wrong, and what is to go is let go."""
    key, _colon, sha = request.POST.get("remove", "").partition(":")
    field = next((f for f in here.fields if f.key == key and f.type == "files"), None)
    if field is not None and _HASH.fullmatch(sha):
        actions.remove_file(draft, field, sha, timezone.now())
    sent = {key: request.FILES.getlist(key) for key in request.FILES}
    complaints = actions.add_files(draft, here.fields, sent, dropped(request), timezone.now())
    return {"papers": held(of_draft(draft.pk)), "complaints": complaints}


def _put_aside(
    request: HttpRequest, matter: Matter, here: Step, draft: Draft, form: StepForm, elsewhere: dict[str, Any]
) -> HttpResponse:
    """What is missing may be missing for now; what is wrong is told, so that it is not lost."""
    for key in [key for key in form.errors if key in form.fields and form.is_blank(key)]:
        del form.errors[key]
    if form.errors:
        return _page(request, matter, here, draft, form=form, status=422)
    actions.keep_answers(draft, kept_answers(matter, elsewhere | form.answers()), timezone.now())
    return redirect("cases:keep", matter.id)


def _onward(request: HttpRequest, matter: Matter, here: Step) -> HttpResponseRedirect:
    following = matter.steps[matter.steps.index(here) + 1 :]
    if following and "change" not in request.GET:
        return redirect("cases:step", matter.id, following[0].id)
    return redirect("cases:check", matter.id)


def _page(
    request: HttpRequest,
    matter: Matter,
    here: Step,
    draft: Draft,
    initial: dict[str, Any] | None = None,
    form: StepForm | None = None,
    new: list[Field] | None = None,
    status: int = 200,
) -> HttpResponse:
    """The step, with what the register says filled in where nothing was answered yet."""
    shown = _shown(matter, here, draft.answers if initial is None else initial)
    known = queries.registered_answers(matter, shown, draft.answers)
    if form is None:
        filled = {key: each.value for key, each in known.items()}
        form = StepForm(shown, initial=filled | (initial or {}), papers=held(of_draft(draft.pk)))
    page: dict[str, Any] = {"matter": matter, "step": here, "form": form, "new": new or [], "known": known}
    page["room"] = queries.room_of(draft)
    page["place"] = matter.steps.index(here) + 1
    page["back"] = matter.steps[page["place"] - 2] if page["place"] > 1 else None
    return render(request, "cases/step.html", page, status=status)


def _unfinished(matter: Matter, answers: dict[str, Any]) -> Step | None:
    """The first step that still lacks an answer."""
    shown = {f.key for f in visible(matter.fields.values(), answers)}
    for each in matter.steps:
        if any(f.required and f.key in shown and f.key not in answers for f in each.fields):
            return each
    return None


@reads("cases.public")
@never_cache
def check(request: HttpRequest, matter_id: str) -> HttpResponse:
    matter = matter_or_404(matter_id)
    draft = draft_here(request, matter)
    if draft is None:
        return _no_draft(request, matter)
    if draft.case_id is not None:
        return redirect("cases:lodged")
    if (changes := drafts.bring_up_to_date(draft, matter)) is not None:
        return render(request, "cases/changed.html", {"matter": matter, "changes": changes})
    if (missing := _unfinished(matter, draft.answers)) is not None:
        return redirect("cases:step", matter.id, missing.id)
    if request.method == "POST":
        language = get_language() or settings.LANGUAGE_CODE
        try:
            lodge_for(request.COOKIES[COOKIE], language, timezone.now(), asker(request))
        except Fault as fault:  # the representation ended since the draft was begun
            messages.warning(request, _(fault.template) % fault.params)
            return redirect("cases:check", matter.id)
        may_die("before-reply")
        return redirect("cases:lodged")
    holder = of_draft(draft.pk)
    parts = [(each, shown_answers(each.fields, draft.answers, holder)) for each in matter.steps]
    shown = {"matter": matter, "parts": parts, "room": queries.room_of(draft)}
    return render(request, "cases/check.html", shown)


@reads("cases.public")
@never_cache
def lodged(request: HttpRequest) -> HttpResponse:
    """Number and code, while the browser holds the draft's cookie; it is dropped when the visitor goes on."""
    secret = request.COOKIES.get(COOKIE, "")
    draft = queries.draft_of(actions.hash_secret(secret))
    if draft is None or draft.case is None:
        return redirect("cases:track")
    if request.method == "POST":
        request.session["tracked"] = draft.case_id
        response = redirect("cases:status", draft.case.number)
        response.delete_cookie(COOKIE, samesite="Lax")
        return response
    page = queries.case_page(draft.case_id, timezone.now(), frozenset())
    return render(request, "cases/lodged.html", {"page": page, "code": queries.lodged_code(secret)})
