"""What the log says of cases: one named function for each kind of event.

Cases are told in the restricted log, every value hidden; what holds for everybody in the public one. No name
of a person is in either: staff stand there by the number of their row, hidden too.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from qinglian.capabilities.ledger.actions import append


def log_case_event(
    number: str,
    seq: int,
    action: str,
    states: tuple[str, str],
    who: tuple[str, int | None],
    data: Mapping[str, Any],
    at: datetime,
) -> int:
    """Something happened in a case; person is the number of a row, and data what was said with the act.

    states: before and after. who: applicant, staff or system, and the person's row.
    """
    fields = {
        "number": number,
        "seq": seq,
        "action": action,
        "from_state": states[0],
        "to_state": states[1],
        "actor": who[0],
        "person": who[1],
        "data": dict(data),
    }
    return append("cases.event", fields, at)


def log_case_lodged(
    number: str, actor: str, matter: str, sha: str, answers: Mapping[str, Any], at: datetime
) -> int:
    """The first event of a case: what was asked, and under which version of the matter."""
    fields = {"number": number, "actor": actor, "matter": matter, "matter_sha": sha, "answers": dict(answers)}
    return append("cases.lodged", fields, at)


def log_matter_opened(matter: str, version: str, sha: str, files: Mapping[str, str], at: datetime) -> int:
    """The first case under a version of a matter was lodged; files: path → SHA-256 of the pinned text."""
    shown = {"matter": matter, "version": version, "sha": sha, "files": dict(files)}
    return append("cases.matter_opened", {}, at, open_fields=shown)


def log_calendar_published(calendar: str, sha: str, moved: int, at: datetime) -> int:
    """A calendar came into force; moved: how many due moments of open cases it moved."""
    shown = {"calendar": calendar, "sha": sha, "moved": moved}
    return append("cases.calendar_published", {}, at, open_fields=shown)


def log_note(number: str, note: int, person: int, sha: str, at: datetime) -> int:
    """Somebody of the staff wrote a note: its hash, so that it cannot change unseen; not what it says."""
    return append("cases.noted", {"number": number, "note": note, "person": person, "sha": sha}, at)


def log_concerns(
    number: str, about: tuple[list[str], list[int]], said_by: str, person: int | None, at: datetime
) -> int:
    """Whom a complaint is about, as the applicant suggests or the staff have found; about: units, people."""
    fields = {
        "number": number, "units": about[0], "people": about[1], "said_by": said_by, "person": person
    }  # fmt: skip
    return append("cases.concerns", fields, at)


def log_contribution(number: str, row: int, unit: str, what: str, person: int, at: datetime) -> int:
    """Another unit was asked to contribute, has (given), or the holder went on without it."""
    fields = {"number": number, "contribution": row, "unit": unit, "what": what, "person": person}
    return append("cases.contribution", fields, at)


def log_letter(number: str, place: int, event: int, sha: str, at: datetime) -> int:
    """A letter was issued with an event of a case: its number is the case's and place; sha: of its text."""
    return append("cases.letter", {"number": number, "place": place, "event": event, "sha": sha}, at)


def log_link(numbers: tuple[str, str], relation: str, sha: str, person: int | None, at: datetime) -> int:
    """Two cases were linked: the first stands to the second as relation says; sha: of the reason."""
    fields = {
        "number": numbers[0], "other": numbers[1], "relation": relation, "sha": sha, "person": person
    }  # fmt: skip
    return append("cases.linked", fields, at)


def log_answer_published(
    number: str, matter: str, sha: str, replaces: str, who: tuple[int, int | None], at: datetime
) -> int:
    """An answer was made public; sha: of its texts in canonical form. who: drafted and approved it."""
    shown = {"number": number, "matter": matter, "sha": sha, "replaces": replaces}
    return append(
        "cases.answer_published", {"drafted_by": who[0], "decided_by": who[1]}, at, open_fields=shown
    )


def log_answer_withdrawn(number: str, ground: str, person: int | None, at: datetime) -> int:
    """A public answer was taken back; nobody's person: its basis is not in the matter any more."""
    shown = {"number": number, "ground": ground}
    return append("cases.answer_withdrawn", {"person": person}, at, open_fields=shown)


def log_asked_in_channel(channel: str, number: str, sha: str, at: datetime) -> int:
    """A question was asked in a room; sha: of its words there, against which the room can be held."""
    shown = {"channel": channel, "number": number}
    return append("cases.asked_in_channel", {"sha": sha}, at, open_fields=shown)


def log_question_hidden(channel: str, number: str, ground: str, person: int | None, at: datetime) -> int:
    """A question was taken out of a room: that it was, and for which ground, stands open."""
    shown = {"channel": channel, "number": number, "ground": ground}
    return append("cases.question_hidden", {"person": person}, at, open_fields=shown)


def log_duty_named(
    channel: str, person: int, days: tuple[date, date], named_by: int | None, at: datetime
) -> int:
    """Somebody was named to be on duty in a room on these days."""
    fields = {
        "channel": channel,
        "person": person,
        "since": days[0].isoformat(),
        "until": days[1].isoformat(),
        "named_by": named_by,
    }
    return append("cases.duty_named", fields, at)


def log_channel_code(channel: str, person: int | None, at: datetime) -> int:
    """A new code by which members come into a room; not the code."""
    return append("cases.channel_code", {"channel": channel, "person": person}, at)


def log_hold_placed(
    hold: int, kind: str, object_id: str, said: tuple[str, date], person: int, at: datetime
) -> int:
    """Something is kept from being erased. said: the basis, and the last day; not the reason."""
    fields = {"hold": hold, "kind": kind, "object": object_id, "basis": said[0], "until": said[1].isoformat()}
    return append("cases.hold_placed", fields | {"person": person}, at)


def log_hold_lifted(hold: int, person: int, at: datetime) -> int:
    """A hold ended before its last day."""
    return append("cases.hold_lifted", {"hold": hold, "person": person}, at)
