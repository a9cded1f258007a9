"""Cases through the interfaces: what can be asked, asking, following, and the answers that are public."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from ninja import Header, Query, Router, Status
from ninja.security import APIKeyHeader

from qinglian.capabilities.access.gate import reader_of, require
from qinglian.capabilities.access.policies import Reader
from qinglian.capabilities.cases import queries
from qinglian.capabilities.cases.answered import AnswerReading, public_answer, public_answers
from qinglian.capabilities.cases.api_forms import (
    CaseNow,
    Lodge,
    LodgedCase,
    Matters,
    MatterWhole,
    PublicAnswer,
    PublicAnswers,
)
from qinglian.capabilities.cases.by_program import by_program, faults_of, lodge_by_program, secret_of
from qinglian.capabilities.cases.eyes import Withheld
from qinglian.capabilities.cases.handling import today
from qinglian.capabilities.cases.holding import holders_of, proved_cases
from qinglian.capabilities.cases.rules import tidy_number
from qinglian.capabilities.interfaces.answering import KEYED, WRONG, address, said
from qinglian.capabilities.interfaces.authenticating import ByKey, Key
from qinglian.capabilities.interfaces.problems import Problem, Wrong
from qinglian.capabilities.interfaces.scopes import LODGE, READ
from qinglian.capabilities.parties.queries import staff
from qinglian.faults import noop as _n
from qinglian.zone import Matter
from qinglian.zone.current import current

router = Router()
ROLES = frozenset({"applicant"})


class ByCode(APIKeyHeader):
    """The tracking code of the case, as its receipt tells it."""

    param_name = "Case-Code"

    def authenticate(self, request: HttpRequest, key: str | None) -> str | None:
        return key or None


def _row(matter: Matter) -> dict[str, Any]:
    unit = current().units.get(matter.unit)
    with translation.override("en"):
        guide = reverse("cases:matter", args=[matter.id])
    return {
        "id": matter.id,
        "version": matter.version,
        "sha": matter.sha,
        "kind": matter.kind,
        "title": said(matter.title),
        "summary": said(matter.summary),
        "unit": said(unit.title if unit else matter.unit),
        "by_program": by_program(matter),
        "guide": address(guide),
    }


@router.get(
    "/matters",
    response={200: Matters, **WRONG},
    url_name="matters",
    operation_id="matters",
    summary=_n("What can be asked for"),
)
def matters(request: HttpRequest) -> dict[str, Any]:
    return {"items": [_row(each) for each in current().matters.values()]}


@router.get(
    "/matters/{matter_id}",
    response={200: MatterWhole, **WRONG},
    url_name="matter",
    operation_id="matter",
    summary=_n("One matter: its fields and its clocks"),
)
def matter(request: HttpRequest, matter_id: str) -> dict[str, Any]:
    found = current().matters.get(matter_id)
    if found is None:
        raise Wrong(404, "")
    fields = [
        {
            "key": f.key,
            "type": f.type,
            "label": said(f.label),
            "hint": said(f.hint),
            "required": f.required,
            "conditional": f.show is not None,
            "max": f.max,
            "words": list(f.words),
            "labels": [said(o.label) for o in f.options]
            or [said(t) for t in (f.codes.codes.values() if f.codes else ())],
            "agree_to": f.undertaking.sha if f.undertaking else None,
        }
        for f in found.fields.values()
        if f.type != "files"
    ]
    clocks = [
        {
            "id": each.id,
            "title": said(each.title),
            "budget": str(each.budget),
            "calendar": each.calendar or found.calendar,
            "article": said(each.basis.cite),
        }
        for each in found.clocks.values()
    ]
    return _row(found) | {"fields": fields, "clocks": clocks}


@router.post(
    "/cases",
    auth=ByKey(LODGE),
    response={201: LodgedCase, 200: LodgedCase, 409: Problem, 413: Problem, **KEYED},
    url_name="lodge",
    operation_id="lodge",
    summary=_n("Lodge a case"),
)
def lodge(
    request: HttpRequest,
    body: Lodge,
    idempotency_key: str = Header(min_length=8, max_length=64, pattern=r"^[A-Za-z0-9_-]+$"),  # type: ignore[type-arg]
) -> Status[dict[str, Any]]:
    key: Key = request.auth  # type: ignore[attr-defined]
    found = current().matters.get(body.matter)
    if found is None:
        raise Wrong(
            422,
            _("The answers cannot be taken as they are."),
            [("matter", _("There is no such matter here."))],
        )
    language = body.language.lower()
    with translation.override(translation.get_language()):
        answers, faults = faults_of(found, body.answers)
    if faults:
        raise Wrong(
            422, _("The answers cannot be taken as they are."), [(f"answers.{k}", text) for k, text in faults]
        )
    now = timezone.now()
    holder = None if staff(key.user, today(now)) else key.user_id
    done = lodge_by_program(found, answers, language, secret_of(key.pk, idempotency_key), holder, now)
    if not done.same:
        raise Wrong(409, _("This Idempotency-Key was used for another request; use a new one for each case."))
    number = done.lodged.number
    with translation.override(language):
        page = reverse("cases:track") + f"?number={number}"
    told = {
        "number": number,
        "code": done.lodged.code,
        "url": address(f"/api/v1/cases/{number}"),
        "page": address(page),
        "again": done.again,
    }
    return Status(200 if done.again else 201, told)


def _reader(request: HttpRequest, number: str) -> Reader:
    """Whoever sent the code of this case, or a key of an account: as the gate reads them."""
    nobody = Reader()
    if isinstance(request.auth, str):  # type: ignore[attr-defined]
        return replace(nobody, tracked=queries.tracked_case(number, request.auth))  # type: ignore[attr-defined]
    user = request.auth.user_id  # type: ignore[attr-defined]
    proved_cases(user, today(timezone.now()))
    return replace(nobody, account=True, user_id=user)


@router.get(
    "/cases/{number}",
    auth=[ByCode(), ByKey(READ)],
    response={200: CaseNow, **KEYED},
    url_name="case",
    operation_id="case",
    summary=_n("Where a case is, whose turn it is, and until when"),
)
def case(request: HttpRequest, number: str) -> dict[str, Any]:
    number, now = tidy_number(number), timezone.now()
    request.reader = _reader(request, number)  # type: ignore[attr-defined]
    thing, row = queries.held(number)
    if thing is not None and reader_of(request).user_id is not None:
        thing = replace(thing, users=holders_of(thing.case_id, today(now)))
    require(request, thing)
    assert row is not None
    return _case(queries.case_page(row, now, ROLES, own=True))


def _moment(value: datetime | None) -> str | None:
    return timezone.localtime(value).isoformat(timespec="seconds") if value else None


def _seen(text: object) -> str | None:
    return None if isinstance(text, Withheld) or text is None else str(text)


def _case(page: queries.CasePage) -> dict[str, Any]:
    due = [clock.due for clock in page.clocks if clock.due and not clock.stopped and not clock.paused]
    return {
        "number": page.number,
        "matter": page.matter.id,
        "title": _seen(page.title),
        "state": page.state.id,
        "state_title": said(page.state.title),
        "turn": page.state.turn,
        "unit": said(page.unit),
        "lodged_at": _moment(page.lodged_at),
        "closed_at": _moment(page.closed_at),
        "due": _moment(min(due, default=None)),
        "answer": _seen(page.answer),
        "clocks": [
            {
                "id": clock.rule.id,
                "title": said(clock.rule.title),
                "budget": str(clock.budget),
                "started": _moment(clock.start),
                "due": _moment(clock.due),
                "status": clock.status,
                "paused": clock.paused,
                "stopped": _moment(clock.stopped),
            }
            for clock in page.clocks
        ],
        "steps": [
            {
                "seq": event.seq,
                "at": _moment(event.at),
                "what": said(event.title),
                "kind": event.action,
                "by": event.actor,
                "state": said(event.state.title),
                "said": {need: _seen(text) for need, text in event.said},
            }
            for event in reversed(page.events)
        ],
    }


def _public(reading: AnswerReading) -> dict[str, Any]:
    with translation.override("en"):
        page = reverse("cases:answer", args=[reading.number])
    return {
        "number": reading.number,
        "state": reading.state,
        "matter": said(reading.matter),
        "question": said(reading.question),
        "answer": said(reading.answer),
        "basis": [{"cite": said(b.cite), "article": b.article, "checked": b.checked} for b in reading.basis],
        "published": _moment(reading.published),
        "since": _moment(reading.on),
        "ground": reading.ground,
        "replaces": reading.replaces,
        "replaced_by": reading.replaced_by,
        "sha": reading.sha,
        "page": address(page),
    }


@router.get(
    "/answers",
    response={200: PublicAnswers, **WRONG},
    url_name="answers",
    operation_id="answers",
    summary=_n("Answers that are public, found by their words"),
)
def answers(
    request: HttpRequest,
    q: str = Query("", max_length=200),  # type: ignore[type-arg]
    matter: str = Query("", max_length=60),  # type: ignore[type-arg]
    after: int = Query(0, ge=0, le=100_000),  # type: ignore[type-arg]
) -> dict[str, Any]:
    found = public_answers(q.replace("\x00", ""), matter.replace("\x00", ""), after)
    return {"items": [_public(each) for each in found.rows], "n": found.n, "next": found.after}


@router.get(
    "/answers/{number}",
    response={200: PublicAnswer, **WRONG},
    url_name="answer",
    operation_id="answer",
    summary=_n("One public answer, or what is left of one that was withdrawn"),
)
def answer(request: HttpRequest, number: str) -> dict[str, Any]:
    found = public_answer(tidy_number(number))
    if found is None:
        raise Wrong(404, "")
    return _public(found)
