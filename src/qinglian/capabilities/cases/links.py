"""Cases that belong together: linked by somebody who sees both, with a reason, and found from either side."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.db.models import Q

from qinglian.capabilities.cases.actions.linking import RELATIONS as RELATIONS
from qinglian.capabilities.cases.actions.linking import write_link
from qinglian.capabilities.cases.eyes import Eyes, Withheld
from qinglian.capabilities.cases.headings import title_seen
from qinglian.capabilities.cases.history import matter_of
from qinglian.capabilities.cases.models import Case, CaseLink
from qinglian.capabilities.cases.sight import Sight, in_sight
from qinglian.faults import Fault
from qinglian.faults import noop as _


@dataclass(frozen=True)
class LinkReading:
    """The other case as this reader may see it; `forward`: this case stands to it as `relation` says."""

    number: str
    title: str | Withheld
    matter: object
    relation: str
    forward: bool
    reason: str
    name: str
    at: datetime


@transaction.atomic
def link_cases(case_id: int, other: str, relation: str, reason: str, now: datetime, *, sight: Sight) -> None:
    """By somebody of the staff who sees both. A case out of sight is like one that does not exist."""
    found = None if "\x00" in other else Case.objects.filter(in_sight(sight), number=other).first()
    if found is None:
        raise Fault(_("no case has this number; check it and try again"))
    if found.pk == case_id:
        raise Fault(_("this is the case itself; give the number of another"))
    assert sight.person is not None
    write_link(Case.objects.get(pk=case_id), found, relation, reason, now, sight.person)


def links_of(case_id: int, looks: Callable[[Case], Eyes | None]) -> list[LinkReading]:
    """Both ways, oldest first; a case that the reader may not see at all (no eyes) is not there."""
    sides = [f"{side}__{what}" for side in ("case", "other") for what in ("matter_version", "unit_holding")]
    rows = CaseLink.objects.filter(Q(case=case_id) | Q(other=case_id)).select_related("person", *sides)
    found = []
    for link in rows.defer("case__answers", "other__answers").order_by("id"):
        forward = link.case_id == case_id
        other = link.other if forward else link.case
        eyes = looks(other)
        if eyes is not None:
            found.append(_reading(link, other, eyes, forward))
    return found


def _reading(link: CaseLink, other: Case, eyes: Eyes, forward: bool) -> LinkReading:
    matter = matter_of(other)
    name = link.person.name if link.person else ""
    return LinkReading(
        other.number, title_seen(other, matter, eyes), matter.title, link.relation, forward,
        link.reason, name, link.at,
    )  # fmt: skip
