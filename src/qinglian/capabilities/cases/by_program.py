"""Lodging by a program of somebody's: the same answers, rules and verbs as the form, in one request."""

from __future__ import annotations

import hmac
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _

from qinglian.capabilities.cases.actions import Lodged, hash_secret
from qinglian.capabilities.cases.claiming import lodge_for
from qinglian.capabilities.cases.forms import StepForm, as_posted
from qinglian.capabilities.cases.models import Case, Draft
from qinglian.capabilities.cases.rules import kept_answers, visible
from qinglian.zone import Field, Matter

_SHAPES: dict[str, tuple[type, ...]] = {
    **dict.fromkeys(("multi-choice", "codes"), (list,)),
    **dict.fromkeys(("money", "address", "undertaking"), (dict,)),
    "yes-no": (bool,),
}


@dataclass(frozen=True)
class Lodging:
    lodged: Lodged
    again: bool  # the same request was answered before: nothing new was made
    same: bool  # and it said the same


def by_program(matter: Matter) -> bool:
    """Whether a program can lodge it: files come by the form alone."""
    return not any(f.type == "files" and f.required for f in matter.fields.values())


def faults_of(matter: Matter, answers: Mapping[str, Any]) -> tuple[dict[str, Any], list[tuple[str, str]]]:
    """What is kept of the answers, and what is wrong with them: everything at once, by field."""
    known = matter.fields
    found = [(key, _("This matter asks no such thing.")) for key in answers if key not in known]
    there = {key: value for key, value in answers.items() if key in known}
    found += [(key, _say_shape(kind)) for key, kind in _misshapen(known, there)]
    if found:
        return {}, found
    shown = visible(known.values(), there)
    keys = {f.key for f in shown}
    found += [
        (key, _("This is not asked after the other answers; leave it out."))
        for key in there
        if key not in keys
    ]
    form = StepForm(shown, as_posted(shown, there))
    if not form.is_valid():
        found += [(key, text) for key, texts in form.errors.items() for text in texts]
    return (kept_answers(matter, form.answers()) if not found else {}), found


def _misshapen(known: Mapping[str, Field], answers: Mapping[str, Any]) -> list[tuple[str, str]]:
    return [
        (key, known[key].type)
        for key, value in answers.items()
        if known[key].type == "files" or not isinstance(value, _SHAPES.get(known[key].type, (str,)))
    ]


def _say_shape(kind: str) -> str:
    match kind:
        case "files":
            return _("Files are sent by the form, not here; leave it out.")
        case "multi-choice" | "codes":
            return _("Write a list of values.")
        case "money":
            return _("Write an object with amount and currency.")
        case "address":
            return _("Write an object with the parts of the address.")
        case "undertaking":
            return _("Write an object with the sha of the text that is agreed to.")
        case "yes-no":
            return _("Write true or false.")
    return _("Write a text.")


def secret_of(key_id: int, idempotency: str) -> str:
    """The same for the same request of the same key, and known to nobody outside."""
    said = f"qinglian by program {key_id} {idempotency}".encode()
    return hmac.new(settings.SECRET_KEY.encode(), said, sha256).hexdigest()


@transaction.atomic
def lodge_by_program(
    matter: Matter, answers: Mapping[str, Any], language: str, secret: str, user_id: int | None, now: datetime
) -> Lodging:
    """Lodge checked answers once, however often the request is sent."""
    draft, made = Draft.objects.get_or_create(
        secret_hash=hash_secret(secret),
        defaults={
            "matter": matter.id,
            "version": matter.version,
            "matter_sha": matter.sha,
            "answers": dict(answers),
            "touched_at": now,
        },
    )
    same = draft.matter == matter.id and (made or _said(draft) in (None, dict(answers)))
    if not same and draft.case_id is not None:
        number = Case.objects.values_list("number", flat=True).get(pk=draft.case_id)
        return Lodging(Lodged(draft.case_id, number, ""), again=True, same=False)
    lodged = lodge_for(secret, language, now, user_id)
    return Lodging(lodged, again=not made, same=True)


def _said(draft: Draft) -> dict[str, Any] | None:
    """What the case of this draft was lodged with; none of one that was erased."""
    case = draft.case
    return dict(case.answers) if case is not None and case.erased_at is None else None
