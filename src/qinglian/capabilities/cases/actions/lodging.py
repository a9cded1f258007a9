"""From answers to a case: row, event, clocks and notices, or none of them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import transaction
from django.db.models import F

from qinglian.capabilities.access.prepared import Prepared
from qinglian.capabilities.access.prepared_writes import PreparedUpdate, insert, update
from qinglian.capabilities.cases.actions.complaints import keep_suggestion, receiving_unit
from qinglian.capabilities.cases.actions.deciding import decide, keep_register
from qinglian.capabilities.cases.actions.drafts import hash_secret
from qinglian.capabilities.cases.actions.linking import link_named, named_case
from qinglian.capabilities.cases.actions.posting import channel_of, post_question, refuse_telling
from qinglian.capabilities.cases.actions.recording import tell
from qinglian.capabilities.cases.entries import log_matter_opened
from qinglian.capabilities.cases.models import Case, Draft, MatterVersion, NumberSeries
from qinglian.capabilities.cases.papers import follow, truly_held
from qinglian.capabilities.cases.record import write_event
from qinglian.capabilities.cases.rules import (
    Happening,
    case_number,
    code_from,
    code_hash,
    fold,
    kept_answers,
    receiver,
    visible,
)
from qinglian.capabilities.cases.schedule import write_clocks
from qinglian.capabilities.notices.rehearsal import may_die
from qinglian.capabilities.parties.actions import state_enterprise
from qinglian.faults import Fault
from qinglian.faults import noop as _
from qinglian.zone import Matter
from qinglian.zone.current import current
from qinglian.zone.pack import above


@dataclass(frozen=True)
class Lodged:
    case_id: int
    number: str
    code: str


@transaction.atomic
def lodge_draft(secret: str, language: str, now: datetime) -> Lodged:
    """Lodge what the draft holds. Asked twice, by an impatient finger or two windows, it answers the same."""
    draft = Draft.objects.select_for_update().get(secret_hash=hash_secret(secret))
    code = code_from(secret)
    if draft.case_id is None:
        matter = current().matters[draft.matter]
        answers = truly_held(matter, draft)
        lodged = lodge_case(matter, answers, code, language, now, draft.channel)
        follow(draft.pk, lodged.case_id, kept_answers(matter, answers))
        draft.case_id, draft.answers, draft.touched_at = lodged.case_id, {}, now
        draft.resume_hash = None
        draft.save()
        may_die("before-commit")
        return lodged
    return Lodged(draft.case_id, Case.objects.values_list("number", flat=True).get(pk=draft.case_id), code)


@transaction.atomic
def lodge_case(
    matter: Matter, answers: Mapping[str, Any], code: str, language: str, now: datetime, channel: str = ""
) -> Lodged:
    """Row, event, clocks and notices of a new case, or none of them. channel: the room it is asked in."""
    answers = kept_answers(matter, answers)
    asked = visible(matter.fields.values(), answers)
    missing = [each.key for each in asked if each.required and each.key not in answers]
    if missing:
        raise Fault(_("%(fields)s not answered; fill in and send again"), fields=", ".join(missing))
    happening = Happening("lodge", matter.initial, now)
    room = channel_of(channel) if channel else None
    named = named_case(matter, answers)
    if room is None:
        first = receiver(matter, answers, above(current().units))
        unit = receiving_unit(matter, answers, first, named, now)
    else:
        refuse_telling(matter, room, answers)
        unit = room.unit
    state = matter.states[matter.initial]
    case = Case(
        number=next_number(matter.number, matter.prefix, now),
        matter_version=_version(matter, now),
        state=matter.initial,
        turn=state.turn,
        sensitivity=matter.sensitivity,
        title=answers.get("title", "")[:200],
        answers=answers,
        language=language,
        email=answers.get("email", ""),
        applicant_id=_stated_enterprise(matter, answers, unit, now),
        unit_first_id=unit,
        unit_holding_id=unit,
        code_hash=code_hash(code, settings.SECRET_KEY),
        lodged_at=now,
    )
    insert(case)
    keep_suggestion(case, matter, named[0] if named else None, now)
    write_event(case, happening, "applicant", seq=1)
    case.due = write_clocks(case, matter, fold(matter, [happening]), now, new=True)
    update(case, "due")
    keep_register(case, matter, now)
    link_named(case, named, now)
    tell(case, "lodged", now, applicant=True, unit=True)
    if room is not None:
        post_question(case, matter, room, now)
    decide(case, matter, now)
    return Lodged(case.pk, case.number, code)


def next_number(pattern: str, prefix: str, now: datetime) -> str:
    """The next one of its series in the zone's year; call it inside the transaction that uses it."""
    year = now.astimezone(ZoneInfo(current().timezone)).year
    if not _ONE_MORE(pattern=pattern, year=year):
        NumberSeries.objects.get_or_create(pattern=pattern, year=year)
        _ONE_MORE(pattern=pattern, year=year)
    return case_number(pattern, prefix, year, _GIVEN.first(pattern=pattern, year=year))


_ONE_MORE = PreparedUpdate(
    lambda pattern, year: (
        NumberSeries.objects.filter(pattern=pattern, year=year),
        {"last": F("last") + 1},
    ),
    pattern=str,
    year=int,
)
_GIVEN = Prepared(
    lambda pattern, year: NumberSeries.objects.filter(pattern=pattern, year=year).values_list(
        "last", flat=True
    ),
    pattern=str,
    year=int,
)


def _version(matter: Matter, now: datetime) -> MatterVersion:
    known: MatterVersion | None = _VERSION.first(sha=matter.sha)
    if known is not None:
        return known
    main = next(path for path in matter.pins if path.endswith(f"matters/{matter.id}.toml"))
    version, made = MatterVersion.objects.get_or_create(
        sha=matter.sha,
        defaults={
            "matter": matter.id,
            "version": matter.version,
            "main": main,
            "pins": dict(matter.pins),
            "opened_at": now,
        },
    )
    if made:
        files = {path: hash_secret(text) for path, text in matter.pins.items()}
        log_matter_opened(matter.id, matter.version, matter.sha, files, now)
    return version


_VERSION = Prepared(lambda sha: MatterVersion.objects.filter(sha=sha), sha=str)


def _stated_enterprise(matter: Matter, answers: Mapping[str, Any], unit: str, now: datetime) -> int | None:
    """Who asks as an enterprise, or in a matter where only enterprises ask: with a number and a name."""
    only = "kind" not in matter.fields and answers.get("regno") and answers.get("name")
    if answers.get("kind") != "enterprise" and not only:
        return None
    said = (answers.get("place", ""), answers.get("regno", ""), answers["name"])
    levels = {matter.sensitivity, *(matter.fields[k].sensitivity for k in ("name", "regno") if k in answers)}
    closest = max(levels, key=lambda level: current().sensitivity[level].rank)
    return state_enterprise(*said, now, where=(unit, closest))
