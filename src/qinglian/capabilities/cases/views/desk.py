"""One case at the desk: what was asked, what happened, what can be done."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.forms import Form
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _

from qinglian.capabilities.access.endpoints import policies
from qinglian.capabilities.access.gate import fresh, is_fresh, reader_of, reads, require
from qinglian.capabilities.access.policies import Reader
from qinglian.capabilities.cases import actions, queries
from qinglian.capabilities.cases.channel_forms import HideForm
from qinglian.capabilities.cases.channel_rights import runs
from qinglian.capabilities.cases.channels import room_of_case
from qinglian.capabilities.cases.desk_forms import (
    BACK_LABELS,
    RELATION_LABELS,
    ContributionForm,
    LinkForm,
    NoteForm,
)
from qinglian.capabilities.cases.desk_needs import Around, DeskActionForm
from qinglian.capabilities.cases.eyes import Eyes
from qinglian.capabilities.cases.forms import ActionForm, AssignForm, ConsentForm, written
from qinglian.capabilities.cases.handling import today
from qinglian.capabilities.cases.headings import thing_of
from qinglian.capabilities.cases.joint import contributions_of
from qinglian.capabilities.cases.letter_pages import letters_of
from qinglian.capabilities.cases.links import links_of
from qinglian.capabilities.cases.models import Case
from qinglian.capabilities.cases.notes import levels_for, notes_of
from qinglian.faults import Fault
from qinglian.zone import Action


def page_of(request: HttpRequest, number: str) -> queries.CasePage:
    """The case as this reader may see it; Http404 alike for no such case and for one of somebody else."""
    thing, row = queries.held(number)
    require(request, thing)
    assert thing is not None and row is not None
    reader = reader_of(request)
    roles = reader.roles_in(thing.unit_path)
    return queries.case_page(row, timezone.now(), roles, fresh=is_fresh(request), reader=reader.person_id)


def _room(page: queries.CasePage) -> dict[str, object]:
    """The room in which the case was asked, and the form that takes it out, for whoever runs the room."""
    found = room_of_case(page.id) if "room" in page.beside else None
    if found is None:
        return {}
    may = found.channel is not None and found.hidden_at is None and runs(found.channel, page.roles)
    return {"in_room": found, "hide": HideForm() if may else None}


@reads("cases.held")
def case(request: HttpRequest, number: str) -> HttpResponse:
    return show(request, page_of(request, number))


def show(request: HttpRequest, page: queries.CasePage, wrong: Form | None = None) -> HttpResponse:
    forms = []
    for action in page.actions:
        bound = wrong if wrong is not None and wrong.prefix == action.id else None
        forms.append((action, bound or _form(action, page, initial={"seen": page.ver})))
    extensions = [
        (
            clock,
            wrong
            if wrong is not None and wrong.prefix == f"extend-{clock.rule.id}"
            else _extend_form(clock, page),
        )
        for clock in page.extendable
    ]
    assign = None
    if page.handlers:
        given = wrong is not None and wrong.prefix == "assign"
        assign = wrong if given else AssignForm(page.handlers, initial={"seen": page.ver})
    shown = {"page": page, "forms": forms, "extensions": extensions, "assign": assign}
    shown |= _room(page) | {"holds": bool(policies()["cases.holds"].roles & page.roles)}
    shown |= _beside(request, page, wrong) | {"consent": _consent(page, wrong)}
    return render(request, "cases/desk_case.html", shown, status=422 if wrong else 200)


def _consent(page: queries.CasePage, wrong: Form | None) -> Form | None:
    """For whoever may answer what was proposed."""
    waits = page.proposal
    if waits is None or waits.mine or waits.answered or waits.role not in page.roles:
        return None
    given = wrong is not None and wrong.prefix == "consent"
    return wrong if given else ConsentForm(initial={"seen": page.ver})


@reads("cases.held")
def answer(request: HttpRequest, number: str, proposal: int) -> HttpResponse:
    page = page_of(request, number)
    if page.proposal is None or page.proposal.id != proposal or request.method != "POST":
        return redirect("cases:desk-case", number)
    form = ConsentForm(request.POST)
    if not form.is_valid():
        return show(request, page, form)
    said, actor = form.cleaned_data, actor_of(reader_of(request), page)
    return attempt(
        request,
        number,
        lambda: actions.answer_proposal(
            proposal, actor, said["seen"], said["agrees"], said["reason"], timezone.now()
        ),
    )


def _beside(request: HttpRequest, page: queries.CasePage, wrong: Form | None) -> dict[str, object]:
    """What the staff keep beside a case: notes among themselves, and the cases it belongs together with."""
    note, link = (wrong if wrong is not None and wrong.prefix == each else None for each in ("note", "link"))
    eyes = Eyes(page.roles, fresh=is_fresh(request))
    links = links_of(page.id, looks(request)) if "links" in page.beside else []
    parts = contributions_of(page.id, eyes, timezone.now()) if "contributions" in page.beside else []
    return {
        "parts": [(each, _without(each.id, wrong)) for each in parts],
        "letters": letters_of(page.id, page.number, page.matter, eyes) if "letters" in page.beside else [],
        "notes": notes_of(page.id, eyes) if "notes" in page.beside else [],
        "note": note
        or NoteForm(levels_for(page.roles, page.matter.sensitivity), initial={"level": page.matter.content}),
        "links": [
            (each, (RELATION_LABELS if each.forward else BACK_LABELS)[each.relation]) for each in links
        ],
        "link": link or LinkForm(),
    }


def _without(contribution: int, wrong: Form | None) -> Form:
    prefix = f"without-{contribution}"
    return wrong if wrong is not None and wrong.prefix == prefix else ContributionForm(prefix=prefix)


def looks(request: HttpRequest) -> Callable[[Case], Eyes | None]:
    """With which eyes this reader sees another case; None where not at all."""
    reader, seeing = reader_of(request), policies()["cases.held"].thing
    assert seeing is not None

    def look(case: Case) -> Eyes | None:
        thing = thing_of(case)
        return (
            Eyes(reader.roles_in(thing.unit_path), fresh=is_fresh(request))
            if seeing.test(reader, thing)
            else None
        )

    return look


def _form(action: Action, page: queries.CasePage, *args: Any, **kwargs: Any) -> DeskActionForm:
    around = Around(
        today(timezone.now()),
        page.unit_id,
        tuple(page.matter.fields.values()),
        page.language,
        action.joint.units if action.joint else (),
    )
    return DeskActionForm(action, around, *args, **kwargs)


def _extend_form(clock: queries.ClockReading, page: queries.CasePage) -> ActionForm:
    return ActionForm(["reason"], f"extend-{clock.rule.id}", initial={"seen": page.ver})


def actor_of(reader: Reader, page: queries.CasePage) -> actions.Actor:
    return actions.Actor("staff", page.roles, reader.person_id, reader.name)


def attempt(
    request: HttpRequest,
    number: str,
    deed: Callable[[], None],
    again: Callable[[str], HttpResponse | None] = lambda _why: None,
) -> HttpResponse:
    """again: the page with what was written, and why it was not taken; None where nothing was written."""
    try:
        deed()
        messages.success(request, _("Done. It stands in the record below."))
        why = ""
    except actions.Stale:
        why = _(
            "Somebody else acted on this case while you were reading. Nothing was changed: read it again."
        )
    except Fault as fault:
        why = _(fault.template) % fault.params
    seen = _still_seen(request, number)
    if why:
        if seen and (kept := again(why)) is not None:
            return kept
        messages.warning(request, why)
    return redirect("cases:desk-case", number) if seen else redirect("cases:desk")


def _written_again(request: HttpRequest, number: str, action: str, why: str) -> HttpResponse | None:
    """The form as it was sent, over the case as it is now; where it is not open any more, the words alone."""
    page, sent = page_of(request, number), request.POST.copy()
    sent[f"{action}-seen"] = str(page.ver)
    form = _form(page.matter.actions[action], page, sent)
    words = written(form)
    if words and action in {each.id for each in page.actions}:
        form.add_error(None, why)
        return show(request, page, form)
    if words:
        messages.warning(request, _("What you wrote was not taken: %(words)s") % {"words": words})
    return None


def _still_seen(request: HttpRequest, number: str) -> bool:
    """After a deed the case may stand with another unit."""
    try:
        require(request, queries.held_case(number))
    except Http404:
        return False
    return True


@reads("cases.held")
def act(request: HttpRequest, number: str, action: str) -> HttpResponse:
    page = page_of(request, number)
    if action not in page.matter.actions:
        raise Http404
    if request.method != "POST":  # somebody who changes the language of a form that came back
        return redirect("cases:desk-case", number)
    form = _form(page.matter.actions[action], page, request.POST)
    if not form.is_valid():
        return show(request, page, form)
    data = dict(form.cleaned_data)
    seen = data.pop("seen")
    actor = actor_of(reader_of(request), page)
    return attempt(
        request,
        number,
        lambda: actions.act_on_case(page.id, action, actor, seen, data, timezone.now()),
        lambda why: _written_again(request, number, action, why),
    )


@reads("cases.held")
def assign(request: HttpRequest, number: str) -> HttpResponse:
    page = page_of(request, number)
    if request.method != "POST":
        return redirect("cases:desk-case", number)
    form = AssignForm(page.handlers, request.POST)
    if page.handlers and not form.is_valid():
        return show(request, page, form)
    if not form.is_valid():
        raise Http404
    person, seen = form.cleaned_data["person"], form.cleaned_data["seen"]
    actor = actor_of(reader_of(request), page)
    return attempt(request, number, lambda: actions.assign_case(page.id, person, actor, seen, timezone.now()))


@reads("cases.held")
@fresh
def extend(request: HttpRequest, number: str, rule_id: str) -> HttpResponse:
    page = page_of(request, number)
    if rule_id not in page.matter.clocks:
        raise Http404
    if request.method != "POST":
        return redirect("cases:desk-case", number)
    form = ActionForm(["reason"], f"extend-{rule_id}", request.POST)
    if not form.is_valid():
        return show(request, page, form)
    seen, reason = form.cleaned_data["seen"], form.cleaned_data["reason"]
    actor = actor_of(reader_of(request), page)
    return attempt(
        request, number, lambda: actions.extend_clock(page.id, rule_id, actor, seen, reason, timezone.now())
    )
