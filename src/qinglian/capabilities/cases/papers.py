"""The files of a draft and of a case: by which limits they come in, and what an answer says of them.

An answer is the list of their hashes. Their names stand in `files` alone, so that no log ever holds one.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from qinglian.capabilities.cases.models import Draft
from qinglian.capabilities.files import actions, queries
from qinglian.capabilities.files.limits import Limits
from qinglian.capabilities.files.queries import HeldFile
from qinglian.faults import Fault
from qinglian.faults import noop as _
from qinglian.zone import Field, Matter

TOO_LARGE = _("the file is larger than %(most)s MB; make it smaller, or send it in parts")


def of_draft(draft_id: int) -> str:
    return f"draft:{draft_id}"


def of_case(case_id: int) -> str:
    return f"case:{case_id}"


def of_supply(case_id: int) -> str:
    """What whoever asks has sent to add to a case, and not yet handed in."""
    return f"supply:{case_id}"


def event_slot(seq: int) -> str:
    """Where a case keeps the files that came with one of its events."""
    return f"event-{seq}"


def limits(field: Field) -> Limits:
    return Limits.asked(field.accept, field.max_mb, field.max)


def held(holder: str) -> dict[str, list[HeldFile]]:
    """Field → its files, in the order in which they came."""
    found: dict[str, list[HeldFile]] = {}
    for each in queries.held_by(holder):
        found.setdefault(each.slot, []).append(each)
    return found


def receive(
    holder: str,
    fields: Iterable[Field],
    sent: Mapping[str, Sequence[Any]],
    dropped: Iterable[tuple[str, str]],
    now: datetime,
) -> dict[str, list[tuple[str, Fault]]]:
    """Take in what was sent with a form; field → (name, fault) of each file that could not be. Seconds."""
    wrong: dict[str, list[tuple[str, Fault]]] = {}
    of_files = {each.key: each for each in fields if each.type == "files"}
    for key, name in dropped:
        if key in of_files:
            most = limits(of_files[key]).most_mb
            wrong.setdefault(key, []).append((queries.shown_name(name), Fault(TOO_LARGE, most=most)))
    for key, field in of_files.items():
        for upload in sent.get(key, ()):
            try:
                actions.take_in(upload, limits(field), now, holder=holder, slot=key)
            except Fault as fault:
                wrong.setdefault(key, []).append((queries.told_name(upload.name or "", fault), fault))
    return wrong


def let_go(holder: str, key: str, sha: str) -> None:
    actions.let_go(holder, sha, slot=key)


def hand_in(case_id: int, seq: int) -> None:
    """What was sent to be added came with this event; call it inside the transaction of the act."""
    actions.hand_over(of_supply(case_id), of_case(case_id), slot=event_slot(seq))


def answers(draft_id: int, fields: Iterable[Field]) -> dict[str, list[str]]:
    """What the answers of these fields are, by the files that the draft holds."""
    there = held(of_draft(draft_id))
    return {
        f.key: [each.sha for each in there[f.key]] for f in fields if f.type == "files" and f.key in there
    }


def truly_held(matter: Matter, draft: Draft) -> dict[str, Any]:
    """The draft's answers without files that it does not hold: a hash alone opens nothing."""
    there = answers(draft.pk, matter.fields.values())
    found: dict[str, Any] = dict(draft.answers)
    for key in [key for key in found if key in matter.fields and matter.fields[key].type == "files"]:
        found[key] = [sha for sha in there.get(key, []) if sha in found[key]]
        if not found[key]:
            del found[key]
    return found


def follow(draft_id: int, case_id: int, kept: Mapping[str, Any]) -> None:
    """What the case's answers name is the case's from now on; the draft's other files are let go."""
    for key, files in held(of_draft(draft_id)).items():
        for each in files:
            if each.sha not in kept.get(key, ()):
                actions.let_go(of_draft(draft_id), each.sha, slot=key)
    actions.hand_over(of_draft(draft_id), of_case(case_id))


def shown(fields: Iterable[Field], said: Mapping[str, Any], holder: str) -> list[tuple[Field, Any]]:
    """(field, answer) of each answered field; instead of hashes the files, as far as they are still there."""
    rows = [(field, said[field.key]) for field in fields if field.key in said]
    if not any(field.type == "files" for field, _answer in rows):
        return rows
    there = held(holder)
    return [(f, there.get(f.key, []) if f.type == "files" else answer) for f, answer in rows]


def forget(case_id: int) -> int:
    """The case keeps no file any more; how many it had. The content goes with the next sweep."""
    return actions.let_go(of_case(case_id)) + actions.let_go(of_supply(case_id))


def release_of_gone_drafts() -> int:
    """Drafts are erased in several ways; whatever their files were, nobody holds them any more."""
    ids = {int(holder.partition(":")[2]): holder for holder in queries.holders("draft:")}
    if not ids:
        return 0
    alive = set(Draft.objects.filter(pk__in=ids).values_list("pk", flat=True))
    return sum(actions.let_go(holder) for key, holder in ids.items() if key not in alive)
