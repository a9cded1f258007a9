"""A case at a glance: for whoever is about to act on it and has no page before them."""

from __future__ import annotations

from dataclasses import dataclass

from qinglian.capabilities.access.prepared import Prepared
from qinglian.capabilities.cases.models import Case, Contribution, Proposal


@dataclass(frozen=True)
class Glance:
    """ver: as whoever acts must have seen it."""

    ver: int
    state: str
    open: bool
    unit: str


def glance(case_id: int) -> Glance:
    """Raises DoesNotExist."""
    rows = _GLANCE(case=case_id)
    if not rows:
        raise Case.DoesNotExist("there is no such case")
    return Glance(*rows[0])


_GLANCE = Prepared(
    lambda case: Case.objects.filter(pk=case).values_list("ver", "state", "open", "unit_holding_id"), case=int
)


def waiting_proposal_id(case_id: int) -> int | None:
    """Of what waits in the case for others to agree."""
    found: int | None = _PROPOSED.first(case=case_id)
    return found


def waiting_contributions(case_id: int) -> list[tuple[int, str]]:
    """(id, unit) of what other units were asked to contribute and have not yet."""
    return _AWAITED(case=case_id)


_PROPOSED = Prepared(
    lambda case: (
        Proposal.objects.filter(case=case, outcome="").order_by("pk").values_list("pk", flat=True)[:1]
    ),
    case=int,
)
_AWAITED = Prepared(
    lambda case: (
        Contribution.objects.filter(case=case, outcome="").order_by("id").values_list("pk", "unit_id")
    ),
    case=int,
)
