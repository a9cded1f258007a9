"""Answers made public: drafted by one, approved by another, superseded or withdrawn, never edited."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import get_language

from qinglian.capabilities.cases.actions.actors import Actor
from qinglian.capabilities.cases.actions.lodging import next_number
from qinglian.capabilities.cases.entries import log_answer_published, log_answer_withdrawn
from qinglian.capabilities.cases.grams import kept
from qinglian.capabilities.cases.history import matter_of
from qinglian.capabilities.cases.models import AnsweredQuestion, Case
from qinglian.capabilities.cases.publishable import bases, may_approve, numbers_of_people, tells
from qinglian.capabilities.interfaces.actions import announce
from qinglian.capabilities.interfaces.scopes import ANSWER_PUBLISHED, ANSWER_WITHDRAWN
from qinglian.engines import canon
from qinglian.faults import Fault
from qinglian.faults import noop as _
from qinglian.zone.current import current
from qinglian.zone.text import LANGUAGES

NUMBER = "DF-{yyyy}-{seq:06}-{check}"  # a series of its own
GROUNDS = ("wrong", "ordered", "names-somebody")  # what a person may say; `basis-changed` is found by the job


@transaction.atomic
def draft_answer(
    case_id: int,
    question: Mapping[str, str],
    answer: Mapping[str, str],
    basis: Collection[str],
    by: Actor,
    now: datetime,
    replaces: int | None = None,
    reason: str = "",
) -> AnsweredQuestion:
    """Write down an answer without whoever asked, to be approved by somebody else.

    question, answer: zone language → text, all three. basis: keys of the matter's bases as it stands today.
    Raises Fault where a language or the basis is missing, or where the texts still say who asked.
    """
    case = Case.objects.select_related("matter_version").get(pk=case_id)
    assert by.person_id is not None
    _whole(question, answer)
    _says_nobody(case, [*question.values(), *answer.values()])
    rests_on = [each for each in _bases_today(case.matter_version.matter) if each["key"] in basis]
    if not rests_on:
        raise Fault(_("an answer rests on a basis; choose at least one"), key="basis")
    if replaces is not None:
        _refuse_replacing(replaces, case_id, reason)
    texts = {"question": dict(question), "answer": dict(answer), "basis": rests_on}
    return AnsweredQuestion.objects.create(
        number=next_number(NUMBER, "", now),
        case=case,
        matter=case.matter_version.matter,
        replaces_id=replaces,
        reason=reason.strip(),
        sha=canon.digest(texts).hex(),
        text=kept("\n".join([*question.values(), *answer.values()])),
        drafted_by_id=by.person_id,
        drafted_at=now,
        **texts,
    )


def _bases_today(matter: str) -> list[dict[str, Any]]:
    return bases(current().matters[matter]) if matter in current().matters else []


def _whole(question: Mapping[str, str], answer: Mapping[str, str]) -> None:
    for name, texts in (("question", question), ("answer", answer)):
        for language in LANGUAGES:
            if not texts.get(language, "").strip():
                raise Fault(_("written in all three languages, or not published; fill in the rest"),
                            key=f"{name}-{language}")  # fmt: skip


def _says_nobody(case: Case, texts: list[str]) -> None:
    for field in tells(matter_of(case), case.answers, case.number, texts):
        if field is None:
            raise Fault(_("the text holds the number of the case; take it out"))
        label = field.label.say(get_language() or "en")
        raise Fault(_("the text holds what was answered to “%(field)s”; take it out"), field=label)
    if looks := numbers_of_people("\n".join(texts)):
        raise Fault(_("the text holds “%(sign)s”, the number of a person; take it out"), sign=looks[0])


def _refuse_replacing(pk: int, case_id: int, reason: str) -> None:
    old = AnsweredQuestion.objects.select_for_update().get(pk=pk)
    live = old.outcome == "published" and old.withdrawn_at is None and old.superseded_at is None
    if not live or old.case_id != case_id or AnsweredQuestion.objects.filter(replaces=pk).exists():
        raise Fault(_("this answer cannot be replaced any more; read the page again"))
    if not reason.strip():
        raise Fault(_("%(fields)s not answered; fill in and send again"), fields="reason")


@transaction.atomic
def decide_answer(pk: int, by: Actor, publish: bool, now: datetime, because: str = "") -> None:
    """Publish what somebody else drafted, or decline it with a reason. It is read once more for names."""
    row = AnsweredQuestion.objects.select_for_update().select_related("case__matter_version").get(pk=pk)
    if row.outcome:
        raise Fault(_("this was decided already; read the page again"))
    if row.drafted_by_id == by.person_id:
        raise Fault(_("whoever drafted it does not approve it; ask somebody else"))
    if not may_approve(matter_of(row.case), by.roles):
        raise Fault(_("this cannot be done at this stage; read the page again to see what can"))
    if not publish and not because.strip():
        raise Fault(_("%(fields)s not answered; fill in and send again"), fields="reason")
    row.outcome, row.decided_by_id, row.decided_at = (
        ("published" if publish else "declined"),
        by.person_id,
        now,
    )
    if publish:
        _says_nobody(row.case, [*row.question.values(), *row.answer.values()])
        AnsweredQuestion.objects.filter(pk=row.replaces_id).update(superseded_at=now)
        replaced = row.replaces.number if row.replaces else ""
        log_answer_published(
            row.number, row.matter, row.sha, replaced, (row.drafted_by_id, by.person_id), now
        )
        announce(ANSWER_PUBLISHED, row.number, now)
        if replaced:
            announce(ANSWER_WITHDRAWN, replaced, now)
    else:
        row.declined_because, row.replaces_id = because.strip(), None
    row.save()


@transaction.atomic
def withdraw_answer(pk: int, ground: str, by: Actor, now: datetime) -> None:
    """Take a published answer back: number, day and ground stay, the words go, also of what it replaced."""
    if ground not in GROUNDS:
        raise Fault(_("no such ground; choose one that is shown"))
    row = AnsweredQuestion.objects.select_related("case__matter_version").get(pk=pk)
    if not may_approve(matter_of(row.case), by.roles):
        raise Fault(_("this cannot be done at this stage; read the page again to see what can"))
    _withdraw(pk, ground, by.person_id, now)


def _withdraw(pk: int | None, ground: str, person: int | None, now: datetime) -> None:
    """Every earlier wording goes with it: it rests on the same words."""
    while pk is not None:
        row = AnsweredQuestion.objects.select_for_update().get(pk=pk)
        if row.outcome != "published" or row.withdrawn_at is not None:
            raise Fault(_("this answer is not public any more; read the page again"))
        row.question, row.answer, row.text = {}, {}, ""
        row.withdrawn_at, row.ground = now, ground
        row.save()
        log_answer_withdrawn(row.number, ground, person, now)
        announce(ANSWER_WITHDRAWN, row.number, now)
        pk = row.replaces_id


def withdraw_outdated(now: datetime, limit: int = 50) -> int:
    """A job: withdraw answers that rest on a basis which the matter of today does not name any more."""
    done = 0
    live = AnsweredQuestion.objects.filter(outcome="published", superseded_at=None, withdrawn_at=None)
    for pk, matter, basis in list(live.order_by("pk").values_list("pk", "matter", "basis")):
        known = {each["key"] for each in _bases_today(matter)}
        if not {each["key"] for each in basis} <= known and done < limit:
            with transaction.atomic():
                _withdraw(pk, "basis-changed", None, now)
            done += 1
    return done
