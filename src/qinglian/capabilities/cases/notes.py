"""Notes among the staff: for colleagues who are cleared for them, never for whoever asked."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256

from django.db import transaction

from qinglian.capabilities.access.levels import may_read
from qinglian.capabilities.cases.entries import log_note
from qinglian.capabilities.cases.eyes import Eyes, Withheld
from qinglian.capabilities.cases.models import Case, Note
from qinglian.faults import Fault
from qinglian.faults import noop as _
from qinglian.zone.current import current


@dataclass(frozen=True)
class NoteReading:
    name: str
    at: datetime
    level: object
    text: str | Withheld


@transaction.atomic
def write_note(case_id: int, text: str, level: str, person: int, roles: frozenset[str], now: datetime) -> int:
    """Write a note at a level that its writer may read; the log keeps its hash, not what it says."""
    if not text.strip():
        raise Fault(_("%(fields)s not answered; fill in and send again"), fields="note")
    if level not in current().sensitivity or not may_read(roles, level):
        raise Fault(_("you are not cleared for this level; choose one that you may read"))
    case = Case.objects.select_for_update(of=("self",)).get(pk=case_id)
    note = Note.objects.create(case=case, person_id=person, text=text.strip(), sensitivity=level, at=now)
    log_note(case.number, note.pk, person, sha256(note.text.encode()).hexdigest(), now)
    return note.pk


def notes_of(case_id: int, eyes: Eyes) -> list[NoteReading]:
    """The notes on a case, newest first, as far as somebody may read them; nothing for whoever asked."""
    if eyes.own:
        return []
    zone = current()
    return [
        NoteReading(
            note.person.name,
            note.at,
            zone.sensitivity[note.sensitivity].title if note.sensitivity in zone.sensitivity else "",
            eyes.see(note.sensitivity, note.text),
        )
        for note in Note.objects.filter(case=case_id).select_related("person").order_by("-id")
    ]


def levels_for(roles: frozenset[str], least: str) -> list[tuple[str, object]]:
    """The levels at which somebody may write of a case that is held at `least`, the least close first."""
    zone = current()
    from_rank = zone.sensitivity[least].rank if least in zone.sensitivity else 0
    known = sorted(zone.sensitivity.values(), key=lambda level: level.rank)
    return [
        (level.id, level.title) for level in known if level.rank >= from_rank and may_read(roles, level.id)
    ]
