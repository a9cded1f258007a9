"""What is stored of a case, read back as the rules want it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from functools import lru_cache

from django.db.models import QuerySet

from qinglian.capabilities.access.prepared import Prepared
from qinglian.capabilities.cases.models import Case, CaseEvent, MatterVersion
from qinglian.capabilities.cases.rules import CALL, Happening
from qinglian.zone import Matter, read_matter


@lru_cache(maxsize=256)
def read_version(sha: str) -> Matter:
    version = MatterVersion.objects.get(sha=sha)
    return read_matter(version.pins, version.main)


def matter_of(case: Case) -> Matter:
    """The matter as it stood when the case was lodged, whatever the pack says today."""
    return read_version(case.matter_version.sha)


def with_version(rows: QuerySet[Case]) -> QuerySet[Case]:
    """With the matter's version, but for its texts, which are long: `read_version` has them read already."""
    return rows.select_related("matter_version").defer("matter_version__main", "matter_version__pins")


def looked_at(case_id: int) -> Case:
    """The row of a case with its matter's version; raises DoesNotExist."""
    return _one(_ONE(case=case_id))


def held(case_id: int) -> Case:
    """The same, for whoever writes: nobody else writes in this case until the transaction is over."""
    return _one(_HELD(case=case_id))


def _one(rows: list[Case]) -> Case:
    if not rows:
        raise Case.DoesNotExist("there is no such case")
    return rows[0]


_ONE = Prepared(lambda case: with_version(Case.objects.filter(pk=case)), case=int)
_HELD = Prepared(
    lambda case: with_version(Case.objects.select_for_update(of=("self",)).filter(pk=case)), case=int
)


def happenings(case_id: int) -> list[Happening]:
    return [
        Happening(action, to, at, person or "", data)
        for action, to, at, person, data in _HAPPENED(case=case_id)
    ]


_HAPPENED = Prepared(
    lambda case: (
        CaseEvent.objects.filter(case=case)
        .order_by("seq")
        .values_list("action", "to_state", "at", "person__name", "data")
    ),
    case=int,
)


def counted(past: Iterable[Happening]) -> Counter[str]:
    """How often each act was taken, of events that were read already."""
    return Counter(each.action for each in past)


def action_counts(case_id: int) -> Counter[str]:
    return Counter(_ACTIONS(case=case_id))


_ACTIONS = Prepared(
    lambda case: CaseEvent.objects.filter(case=case).values_list("action", flat=True), case=int
)


def person_awaited(case_id: int) -> bool:
    """Whether the applicant asked for a person, and none of the staff has acted or written since."""
    asked = _CALLED.first(case=case_id)
    return asked is not None and not _since(case_id, asked).exists()


def _since(case_id: int, seq: int) -> QuerySet[CaseEvent]:
    return CaseEvent.objects.filter(case=case_id, actor="staff", seq__gt=seq)


_CALLED = Prepared(
    lambda case: (
        CaseEvent.objects.filter(case=case, action=CALL).order_by("-seq").values_list("seq", flat=True)[:1]
    ),
    case=int,
)
