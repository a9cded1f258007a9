"""Enterprises as others read them: through their merges, their numbers, and what was posted about them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Q, QuerySet

from qinglian.capabilities.access.prepared import Prepared
from qinglian.capabilities.parties.identifiers import OTHER, USUAL, read, stated
from qinglian.capabilities.parties.merging import family, merged_into, root, roots
from qinglian.capabilities.parties.models import (
    Enterprise,
    EnterpriseName,
    Identifier,
    MergeProposal,
    RegisterImport,
    Representative,
    StandingMark,
)
from qinglian.faults import Fault
from qinglian.zone.current import current


@dataclass(frozen=True)
class EnterpriseReading:
    """An enterprise as it is now: `id` is the row that its merges lead to."""

    id: int
    place: str
    district: str
    status: str
    organisation: bool
    names: list[tuple[str, str, str]]  # (script, kind, name)
    numbers: list[tuple[str, str, bool, str]]  # (kind, value, checked, source)
    rows: frozenset[int]  # all ids that mean it


def enterprise(enterprise_id: int) -> EnterpriseReading:
    """Whatever id it was known by: a merged one is read through its chain."""
    row = _row(enterprise_id)
    while row.merged_into_id is not None:
        row = _row(row.merged_into_id)
    rows = merged_into(row.pk)
    numbers = sorted(each for pk in rows for each in _NUMBERS(enterprise=pk))
    return EnterpriseReading(
        row.pk, row.place, row.district, row.status, row.organisation,
        _NAMES(enterprise=row.pk),
        [(kind, value, checked, source) for _id, kind, value, checked, source in numbers],
        frozenset(rows),
    )  # fmt: skip


def enterprise_names(ids: Iterable[int]) -> dict[int, str]:
    """Id → the first name of the row that it is now, of many at once; without those that have no name."""
    ends = roots(ids)
    rows = EnterpriseName.objects.filter(enterprise__in=set(ends.values())).order_by("-id")
    names = dict(rows.values_list("enterprise_id", "name"))
    return {each: names[end] for each, end in ends.items() if end in names}


def _row(pk: int) -> Enterprise:
    found: Enterprise | None = _ROW.first(pk=pk)
    if found is None:
        raise Enterprise.DoesNotExist(f"there is no enterprise {pk}")
    return found


_ROW = Prepared(lambda pk: Enterprise.objects.filter(pk=pk), pk=int)
_NUMBERS = Prepared(
    lambda enterprise: Identifier.objects.filter(enterprise=enterprise).values_list(
        "id", "kind", "value", "checked", "source"
    ),
    enterprise=int,
)
_NAMES = Prepared(
    lambda enterprise: (
        EnterpriseName.objects.filter(enterprise=enterprise)
        .order_by("id")
        .values_list("script", "kind", "name")
    ),
    enterprise=int,
)


def same_enterprise(enterprise_id: int) -> dict[int, str]:
    """Ids that mean the same enterprise → by what: `itself`, `merged`, or `number`, one that both state.

    A number is a lead that may be wrong; whoever asks for conflicts would rather ask once too often.
    """
    found = {pk: "itself" if pk == enterprise_id else "merged" for pk in family(enterprise_id)}
    numbers = {(kind, value) for pk in found for _id, kind, value, *_how in _NUMBERS(enterprise=pk)}
    for kind, value in numbers:
        for other in set(_BEARING(kind=kind, value=value)) - set(found):
            found |= {pk: "number" for pk in family(other) if pk not in found}
    return found


_BEARING = Prepared(
    lambda kind, value: Identifier.objects.filter(kind=kind, value=value).values_list(
        "enterprise_id", flat=True
    ),
    kind=str,
    value=str,
)


def find_enterprise(kind: str, number: str) -> int | None:
    """The enterprise that a register holds under this number, or None; Fault for a number that is none."""
    asked = read(kind, number)
    held = Identifier.objects.filter(kind=asked.kind, value=asked.value).exclude(source="stated")
    found = held.values_list("enterprise_id", flat=True).first()
    return None if found is None else root(found)


@dataclass(frozen=True)
class Registered:
    """What a register says of the organisation that holds a number, and since when we know it."""

    id: int
    place: str
    district: str
    names: dict[str, str]  # script → legal name
    source: str
    as_of: date


def registered(place: str, number: str) -> Registered | None:
    """By the number of that place's usual kind. Individual businesses bear people's names: none of them."""
    asked = stated(place, number)
    if asked is None or asked.kind == OTHER:
        return None
    held = _REGISTERED.first(kind=asked.kind, value=asked.value)
    if held is None:
        return None
    enterprise_id, source = held
    row = _row(root(enterprise_id))
    if not row.organisation:
        return None
    names = {script: name for script, kind, name in reversed(_NAMES(enterprise=row.pk)) if kind == "legal"}
    known = _READ_IN.first(source=source) or row.stated_at
    return Registered(row.pk, row.place, row.district, names, source, known.date())


_REGISTERED = Prepared(
    lambda kind, value: (
        Identifier.objects.filter(kind=kind, value=value)
        .exclude(source="stated")
        .order_by("pk")
        .values_list("enterprise_id", "source")[:1]
    ),
    kind=str,
    value=str,
)
_READ_IN = Prepared(
    lambda source: (
        RegisterImport.objects.filter(source=source).order_by("-at").values_list("at", flat=True)[:1]
    ),
    source=str,
)


def number_fault(place: str, number: str) -> Fault | None:
    """What is wrong with a number of that place's usual kind; None where it fits or no kind is usual."""
    kind = USUAL.get(place)
    try:
        if kind is not None:
            read(kind, number)
    except Fault as fault:
        return fault
    return None


def representatives(enterprise_ids: list[int], on: date) -> list[tuple[int, int]]:
    """(enterprise, person) of members of staff who may speak for one of these on that day."""
    rows = sorted(row for each in enterprise_ids for row in _SPEAKING(enterprise=each, on=on))
    return [(enterprise, person) for _id, enterprise, person in rows]


def speaks_for_any(person: int, on: date) -> bool:
    """Whether somebody of the staff may speak for any enterprise at all on that day."""
    return bool(_SPEAKS(person=person, on=on))


def represented(user_id: int, on: date) -> list[int]:
    """The enterprises that this account may speak for on that day, each as the row it is now."""
    rows = _acting(on).filter(user=user_id).order_by("enterprise_id")
    return sorted(set(roots(rows.values_list("enterprise_id", flat=True)).values()))


def represented_by(user_ids: Iterable[int], on: date) -> dict[int, list[int]]:
    """Account → the enterprises that it may speak for on that day, of many at once."""
    rows = list(_acting(on).filter(user__in=user_ids).values_list("user_id", "enterprise_id"))
    ends, found = roots({each for _user, each in rows}), dict[int, set[int]]()
    for user, each in rows:
        found.setdefault(user, set()).add(ends[each])
    return {user: sorted(each) for user, each in found.items()}


def representing(enterprise_id: int, on: date) -> frozenset[int]:
    """The accounts that may speak for this enterprise on that day."""
    rows = _acting(on).filter(enterprise__in=family(root(enterprise_id))).exclude(user=None)
    return frozenset(rows.values_list("user_id", flat=True))


def _acting(on: date) -> QuerySet[Representative]:
    """Those that open something: one that was ended at once opens nothing, though its last day still counts
    where ties are looked for."""
    return _standing(on).filter(cut_at=None)


def _standing(on: date) -> QuerySet[Representative]:
    return Representative.objects.filter(Q(until=None) | Q(until__gte=on), since__lte=on)


_SPEAKING = Prepared(
    lambda enterprise, on: (
        _standing(on)
        .filter(enterprise=enterprise)
        .exclude(user__person=None)
        .values_list("id", "enterprise_id", "user__person__id")
    ),
    enterprise=int,
    on=date,
)
_SPEAKS = Prepared(
    lambda person, on: _standing(on).filter(user__person=person).values_list("pk", flat=True)[:1],
    person=int,
    on=date,
)


@dataclass(frozen=True)
class MergeReading:
    id: int
    keep: int
    drop: int
    undoes: int | None
    reason: str
    proposed_by: str
    proposed_at: datetime
    outcome: str


def merges(*, waiting: bool) -> list[MergeReading]:
    """Proposals that wait, oldest first; or those decided, newest first."""
    rows = MergeProposal.objects.filter(outcome="") if waiting else MergeProposal.objects.exclude(outcome="")
    return [
        MergeReading(
            row.pk, row.keep_id, row.drop_id, row.undoes_id, row.reason, row.proposed_by.name,
            row.proposed_at, row.outcome,
        )
        for row in rows.select_related("proposed_by").order_by("id" if waiting else "-decided_at")
    ]  # fmt: skip


@dataclass(frozen=True)
class Standing:
    """`holds`, or `unknown`: posted so long ago, or of a kind so new to the pack, that a person decides."""

    kind: str
    state: str
    as_of: date
    until: date | None
    basis: str
    event: str


def standing(party: int, on: date) -> list[Standing]:
    """What was posted about an organisation and still counts on that day; the newest mark of a kind rules.

    After `until` nothing. A mark older than the pack's `standing_days` for its kind, or of a kind for which
    the pack sets none, is `unknown`. Marks of rows that were merged count alike.
    """
    newest: dict[str, StandingMark] = {}
    for mark in StandingMark.objects.filter(enterprise__in=family(party), as_of__lte=on).order_by(
        "as_of", "id"
    ):
        newest[mark.kind] = mark
    return [
        Standing(mark.kind, _how_sure(mark, on), mark.as_of, mark.until, mark.basis, mark.event)
        for _kind, mark in sorted(newest.items())
        if not mark.lifted and (mark.until is None or on <= mark.until)
    ]


def _how_sure(mark: StandingMark, on: date) -> str:
    days = current().standing_days.get(mark.kind)
    return "holds" if days is not None and (on - mark.as_of).days <= days else "unknown"
