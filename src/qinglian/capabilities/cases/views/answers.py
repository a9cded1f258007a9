"""Answered questions: read by everybody, drafted from a case by one of the staff, approved by another."""

from __future__ import annotations

from collections.abc import Callable

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from qinglian.capabilities.access.gate import fresh, is_fresh, reader_of, reads, require
from qinglian.capabilities.cases import actions, answered, queries
from qinglian.capabilities.cases.answer_forms import AnswerForm, DeclineForm, WithdrawForm
from qinglian.capabilities.cases.eyes import Withheld
from qinglian.capabilities.cases.grams import other_script
from qinglian.capabilities.cases.views.queues import sight
from qinglian.faults import Fault
from qinglian.zone.text import LANGUAGES, language_of

LONGEST = 200


@reads("cases.public")
def answers(request: HttpRequest) -> HttpResponse:
    question, matter = request.GET.get("q", "").strip()[:LONGEST], request.GET.get("matter", "")[:60]
    start = request.GET.get("after", "")
    after = int(start) if start.isascii() and start.isdigit() and len(start) < 7 else 0
    found = answered.public_answers(question, matter, after)
    shown = {"question": question, "chosen": matter, "found": found}
    return render(request, "cases/answers.html", shown)


@reads("cases.public")
def answer(request: HttpRequest, number: str) -> HttpResponse:
    found = answered.public_answer(number)
    if found is None:
        raise Http404
    status = 410 if found.state == "withdrawn" else 200
    return render(request, "cases/public_answer.html", {"found": found}, status=status)


def _case(request: HttpRequest, number: str) -> tuple[queries.CasePage, frozenset[str]]:
    thing = queries.held_case(number)
    require(request, thing)
    assert thing is not None and thing.case_id is not None
    roles = reader_of(request).roles_in(thing.unit_path)
    return queries.case_page(thing.case_id, timezone.now(), roles, fresh=is_fresh(request)), roles


def _actor(request: HttpRequest, roles: frozenset[str]) -> actions.Actor:
    reader = reader_of(request)
    return actions.Actor("staff", roles, reader.person_id, reader.name)


def _bases(page: queries.CasePage) -> list[tuple[str, str]]:
    language = get_language() or "en"
    found = answered.bases_today(page.matter)
    return [(key, " ".join(filter(None, [each.cite.say(language), each.article]))) for key, each in found]


def _began(page: queries.CasePage) -> dict[str, str]:
    """The case's own words as a beginning, in its language; the other script as a machine would write it."""
    title = "" if isinstance(page.title, Withheld) else page.title
    said = "" if page.answer is None or isinstance(page.answer, Withheld) else page.answer
    tongue = language_of(page.language)
    begun = {}
    for language in LANGUAGES:
        if language == tongue:
            begun |= {f"question-{language}": title, f"answer-{language}": said}
        elif "en" not in (language, tongue):
            begun[f"question-{language}"] = other_script(title, language)
            begun[f"answer-{language}"] = other_script(said, language)
    return begun


@reads("cases.held")
def draft(request: HttpRequest, number: str) -> HttpResponse:
    """From an answered case, or anew from the answer that it already gave (`?replaces=`)."""
    page, roles = _case(request, number)
    if page.answer is None:
        raise Http404
    old = _replaced(request, page)
    form = AnswerForm(_bases(page), request.POST or None, replaces=old is not None, initial=_began(page))
    status = 200
    if request.method == "POST" and form.is_valid():
        try:
            actions.draft_answer(
                page.id, form.texts("question"), form.texts("answer"), form.cleaned_data["basis"],
                _actor(request, roles), timezone.now(),
                replaces=old.id if old else None, reason=form.cleaned_data.get("reason", ""),
            )  # fmt: skip
            messages.success(request, _("Drafted. Somebody else must approve it before anybody sees it."))
            return redirect("cases:desk-answers")
        except Fault as fault:
            form.add_error(None, _(fault.template) % fault.params)
    if request.method == "POST":
        status = 422
    return render(request, "cases/answer_draft.html", {"page": page, "form": form, "old": old}, status=status)


def _replaced(request: HttpRequest, page: queries.CasePage) -> answered.AnswerReading | None:
    number = request.GET.get("replaces", "")
    if not number:
        return None
    old = answered.public_answer(number)
    if old is None or old.state != "published":
        raise Http404
    return old


@reads("cases.desk")
def desk_answers(request: HttpRequest) -> HttpResponse:
    shown = answered.desk_answers(sight(request))
    return render(request, "cases/desk_answers.html", shown)


def _found(request: HttpRequest, number: str) -> tuple[answered.AnswerReading, frozenset[str]]:
    """One drawn from a case within sight, and the reader's roles over that case."""
    found = answered.desk_answer(number, sight(request))
    if found is None:
        raise Http404
    thing = queries.held_case(found.case)
    assert thing is not None
    return found, reader_of(request).roles_in(thing.unit_path)


def _show(
    request: HttpRequest,
    number: str,
    decline: DeclineForm | None = None,
    withdraw: WithdrawForm | None = None,
) -> HttpResponse:
    found, roles = _found(request, number)
    shown = {
        "found": found,
        "approves": answered.can_approve(found.id, roles, reader_of(request).person_id),
        "decline": decline or DeclineForm(),
        "withdraw": withdraw or WithdrawForm(),
    }
    return render(request, "cases/desk_answer.html", shown, status=422 if decline or withdraw else 200)


@reads("cases.desk")
def desk_answer(request: HttpRequest, number: str) -> HttpResponse:
    return _show(request, number)


def _try(request: HttpRequest, number: str, deed: Callable[[], None], done: str) -> HttpResponse:
    try:
        deed()
        messages.success(request, done)
    except Fault as fault:
        messages.warning(request, _(fault.template) % fault.params)
    return redirect("cases:desk-answer", number)


@reads("cases.desk")
@fresh
def publish(request: HttpRequest, number: str) -> HttpResponse:
    found, roles = _found(request, number)
    if request.method != "POST":
        return redirect("cases:desk-answer", number)
    by = _actor(request, roles)
    done = _("Published. It stands in the public log, too.")
    return _try(request, number, lambda: actions.decide_answer(found.id, by, True, timezone.now()), done)


@reads("cases.desk")
def decline(request: HttpRequest, number: str) -> HttpResponse:
    found, roles = _found(request, number)
    form = DeclineForm(request.POST or None)
    if request.method != "POST":
        return redirect("cases:desk-answer", number)
    if not form.is_valid():
        return _show(request, number, decline=form)
    by, because = _actor(request, roles), form.cleaned_data["reason"]
    done = _("Not published. Whoever drafted it reads why.")
    return _try(
        request, number, lambda: actions.decide_answer(found.id, by, False, timezone.now(), because), done
    )


@reads("cases.desk")
@fresh
def withdraw(request: HttpRequest, number: str) -> HttpResponse:
    found, roles = _found(request, number)
    form = WithdrawForm(request.POST or None)
    if request.method != "POST":
        return redirect("cases:desk-answer", number)
    if not form.is_valid():
        return _show(request, number, withdraw=form)
    by, ground = _actor(request, roles), form.cleaned_data["ground"]
    done = _("Withdrawn. Its number, the day and the ground stay; its words are gone.")
    return _try(request, number, lambda: actions.withdraw_answer(found.id, ground, by, timezone.now()), done)
