"""Two cases that belong together: written down by somebody of the staff, or as whoever asks says."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from hashlib import sha256
from typing import Any

from django.db.models import Q
from django.utils.translation import gettext, override

from qinglian.capabilities.cases.actions.complaints import take_over
from qinglian.capabilities.cases.entries import log_link
from qinglian.capabilities.cases.history import matter_of
from qinglian.capabilities.cases.models import Case, CaseLink
from qinglian.capabilities.cases.rules import tidy_number
from qinglian.faults import Fault
from qinglian.faults import noop as _
from qinglian.zone import Matter
from qinglian.zone.matter import APPEAL

RELATED = "related"
RELATIONS = (RELATED, "follows", "complaint-about", APPEAL)


def write_link(
    case: Case, other: Case, relation: str, reason: str, now: datetime, person: int | None = None
) -> None:
    """Call it inside a transaction; person: none where the link came with the case itself."""
    if relation not in RELATIONS:
        raise Fault(_("%(found)r is none of %(words)s"), found=relation, words=", ".join(RELATIONS))
    if relation == APPEAL and not matter_of(case).hears_appeals:
        raise Fault(_("no appeal is heard in this matter; choose how else the two belong together"))
    if not reason.strip():
        raise Fault(_("%(fields)s not answered; fill in and send again"), fields="reason")
    both = Q(case=case, other=other) | Q(case=other, other=case, relation=RELATED)
    if CaseLink.objects.filter(both, relation=relation).exists():
        raise Fault(_("these two are linked like this already; nothing was changed"))
    link = CaseLink.objects.create(
        case=case, other=other, relation=relation, reason=reason.strip()[:500], person_id=person, at=now
    )
    log_link((case.number, other.number), relation, sha256(link.reason.encode()).hexdigest(), person, now)
    if relation == APPEAL:
        take_over(case, now)


def named_case(matter: Matter, answers: Mapping[str, Any]) -> tuple[Case, str] | None:
    """The case whose number whoever asks gives, and how this one stands to it; none that is not related.

    Whether there is one is told to the staff alone: nobody learns by asking which numbers exist.
    """
    number = tidy_number(str(answers.get(matter.related_by, ""))) if matter.related_by else ""
    if not number or "\x00" in number:
        return None
    other = Case.objects.select_related("matter_version").filter(number=number).first()
    if other is None:
        return None
    known = {each.matter: each.relation for each in matter.related}
    relation = known.get(other.matter_version.matter)
    return (other, relation) if relation else None


def link_named(case: Case, found: tuple[Case, str] | None, now: datetime) -> None:
    """Call it when the case is made, inside its transaction."""
    if found is None:
        return
    with override(case.language):
        said = gettext("As whoever asks says")
    write_link(case, found[0], found[1], said, now)
