"""Drafts that are put aside and taken up again: by a code, by a file, and under a newer form."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.crypto import salted_hmac
from django.utils.translation import get_language

from qinglian.capabilities.access.fence import beyond
from qinglian.capabilities.cases.actions import begin_draft, hash_secret
from qinglian.capabilities.cases.draft_file import KeptDraft, read_draft, write_draft
from qinglian.capabilities.cases.draft_terms import over
from qinglian.capabilities.cases.forms import StepForm, as_posted
from qinglian.capabilities.cases.models import Draft
from qinglian.capabilities.cases.rules import code_from, kept_answers, tidy_code, visible
from qinglian.capabilities.cases.saying import said
from qinglian.faults import Fault
from qinglian.faults import noop as _
from qinglian.zone import Field, Matter, Step
from qinglian.zone.current import current


@dataclass(frozen=True)
class Changes:
    """What became of a draft whose form has changed since."""

    before: str  # the version it was begun under; empty where that is not known
    now: str
    lost: list[tuple[str, str]]  # (question, answer) that no longer fit: shown once, so that nothing is lost
    asked: list[Field]  # required now, and not answered


@dataclass(frozen=True)
class TakenUp:
    secret: str
    matter: Matter
    changes: Changes | None


def give_code(draft: Draft, now: datetime) -> str:
    """A code by which this draft can be taken up again; it is told once, and voids the one before."""
    code = code_from(secrets.token_urlsafe(24))
    draft.resume_hash, draft.touched_at = _hash(code), now
    draft.save(update_fields=["resume_hash", "touched_at"])
    return code


def _hash(code: str) -> str:
    """Keyed, so that a stolen database alone does not let codes be tried."""
    return salted_hmac("qinglian resume code", tidy_code(code), algorithm="sha256").hexdigest()


@transaction.atomic
def take_up(code: str, now: datetime) -> TakenUp | None:
    """The draft with this code, for this browser from now on; None says nothing of why.

    The browser that had it before has it no longer: two windows do not write into one draft.
    """
    rows = Draft.objects.select_for_update().filter(case=None).exclude(over(now))
    draft = rows.filter(resume_hash=_hash(code)).first()
    matter = current().matters.get(draft.matter) if draft is not None else None
    if draft is None or matter is None:
        return None
    secret = secrets.token_urlsafe(24)
    draft.secret_hash, draft.touched_at = hash_secret(secret), now
    draft.save(update_fields=["secret_hash", "touched_at"])
    return TakenUp(secret, matter, bring_up_to_date(draft, matter))


@transaction.atomic
def open_file(data: bytes, now: datetime) -> TakenUp:
    """A new draft from a file that was kept; it needs nothing that is kept here."""
    kept = read_draft(data)
    if kept.zone != current().id:
        raise Fault(_("this draft was saved at another platform; open it there"))
    matter = current().matters.get(kept.matter)
    if matter is None:
        raise Fault(
            _("“%(title)s” is not offered here any more; your answers stand in the file to be read"),
            title=kept.title,
        )
    secret = begin_draft(matter.id, now)
    answers, changes = fitted(matter, kept)
    draft = Draft.objects.get(secret_hash=hash_secret(secret))
    draft.answers = answers
    draft.save(update_fields=["answers"])
    return TakenUp(secret, matter, changes)


def draft_text(draft: Draft, matter: Matter, now: datetime) -> str:
    return write_draft(current().id, matter, draft.answers, get_language() or "en", now)


def bring_up_to_date(draft: Draft, matter: Matter) -> Changes | None:
    """Hold the answers of a draft against the form as it is now; None where it did not change."""
    if draft.matter_sha in ("", matter.sha):
        return None
    kept = KeptDraft("", matter.id, "", draft.version, draft.matter_sha, draft.answers, {})
    draft.answers, changes = fitted(matter, kept)
    draft.matter_sha, draft.version = matter.sha, matter.version
    with beyond("a draft is brought in step when it is opened"):
        draft.save(update_fields=["answers", "matter_sha", "version"])
    return changes


def fitted(matter: Matter, kept: KeptDraft) -> tuple[dict[str, Any], Changes | None]:
    """The answers that the form of today takes, and what changed; no change where nothing is to be told."""
    known = {key: text for key, text in kept.answers.items() if key in matter.fields and text}
    good = {key: text for key, text in known.items() if not faulty(matter, known, key)}
    answers = kept_answers(matter, good)
    lost = [
        (kept.asked.get(key) or _label(matter, key), _said(matter, key, text))
        for key, text in kept.answers.items()
        if text and key not in answers and isinstance(text, str)
    ]
    same = kept.matter_sha == matter.sha
    shown = visible(matter.fields.values(), answers)
    asked = [] if same else [each for each in shown if each.required and each.key not in answers]
    if same and not lost:
        return answers, None
    return answers, Changes(kept.version, matter.version, lost, asked)


def _said(matter: Matter, key: str, answer: Any) -> str:
    return said(matter.fields[key], answer) if key in matter.fields else str(answer)


def _label(matter: Matter, key: str) -> str:
    return matter.fields[key].label.say(get_language() or "en") if key in matter.fields else key


def faulty(matter: Matter, answers: Mapping[str, Any], key: str) -> bool:
    """Whether the form would send this answer back."""
    if matter.fields[key].type == "files":
        return False  # they were looked at when they came in
    step = next(each for each in matter.steps if any(f.key == key for f in each.fields))
    asked = _asked(matter, step, answers)
    form = StepForm(asked, as_posted(asked, answers))
    return key in form.fields and bool(form.errors.get(key))


def _asked(matter: Matter, step: Step, answers: Mapping[str, Any]) -> list[Field]:
    shown = visible(matter.fields.values(), answers)
    return [field for field in step.fields if field in shown]
