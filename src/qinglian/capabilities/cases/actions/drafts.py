"""Answers on the way, before there is a case."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from datetime import datetime
from hashlib import sha256
from typing import Any

from qinglian.capabilities.cases.draft_terms import over
from qinglian.capabilities.cases.models import Draft
from qinglian.zone import Matter
from qinglian.zone.current import current


def hash_secret(secret: str) -> str:
    return sha256(secret.encode()).hexdigest()


def begin_draft(matter_id: str, now: datetime, channel: str = "") -> str:
    """A secret for the visitor's cookie; the database keeps its hash. channel: the room it is asked in."""
    Draft.objects.filter(over(now)).delete()
    secret, matter = secrets.token_urlsafe(24), current().matters[matter_id]
    Draft.objects.create(
        secret_hash=hash_secret(secret),
        matter=matter_id,
        version=matter.version,
        matter_sha=matter.sha,
        touched_at=now,
        channel=channel,
    )
    return secret


def keep_answers(draft: Draft, answers: Mapping[str, Any], now: datetime) -> None:
    draft.answers = dict(answers)
    draft.touched_at = now
    draft.save(update_fields=["answers", "touched_at"])


def choose_room(draft: Draft, channel: str) -> None:
    """In which room the draft will be asked; empty: in none."""
    draft.channel = channel
    draft.save(update_fields=["channel"])


def ask_about(draft: Draft, matter: Matter, number: str, known: Mapping[str, Any], now: datetime) -> None:
    """Fill in the number of the case that it is about, and what is known of whoever asks from there."""
    field = matter.fields.get(matter.related_by)
    if field is None:
        return
    leads = [matter.fields[name] for name in field.show.names if name in matter.fields] if field.show else []
    said = {each.key: True for each in leads if each.type == "yes-no"}
    new = {key: value for key, value in known.items() if key in matter.fields}
    keep_answers(draft, {**new, **draft.answers, **said, field.key: number[:40]}, now)
