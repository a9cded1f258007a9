"""Enterprises as pages of staff show them: what a reader may see, by name or number, and side by side."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache

from django.db.models import Exists, OuterRef, Q, QuerySet

from qinglian.capabilities.access.levels import asks_again, may_read
from qinglian.capabilities.files.queries import HeldFile, held_by
from qinglian.capabilities.parties.enterprises import Standing, standing
from qinglian.capabilities.parties.identifiers import KINDS, LONGEST, read, tidy
from qinglian.capabilities.parties.merging import family, root
from qinglian.capabilities.parties.models import (
    Enterprise,
    EnterpriseName,
    Identifier,
    Mention,
    MergeProposal,
    Representative,
)
from qinglian.capabilities.parties.naming import plain_name
from qinglian.faults import Fault
from qinglian.zone.current import current

PAGE = 20
_WIDE_BRACKETS = str.maketrans("()", "（）")


def in_sight(units: Mapping[str, frozenset[str]], fresh: bool) -> Q:
    """Which enterprises somebody with these roles in these units may see.

    What stands in a register every member of staff may; what was only stated, whoever may read it where it
    was stated: in that unit, and cleared for the level at which it is held there.
    """
    by_levels: dict[frozenset[str], list[str]] = {}
    for unit, roles in units.items():
        levels = (each for each in current().sensitivity if may_read(roles, each))
        by_levels.setdefault(frozenset(each for each in levels if fresh or not asks_again(each)), []).append(
            unit
        )
    held = Q(pk__in=[])
    for readable, names in by_levels.items():
        held |= Q(unit__in=names, level__in=sorted(readable))
    registered = Identifier.objects.filter(enterprise=OuterRef("pk")).exclude(source="stated")
    mentioned = Mention.objects.filter(held, enterprise=OuterRef("pk"))
    return Q(status="registered") | Q(Exists(registered)) | Q(Exists(mentioned))


@cache
def _conversions() -> tuple[Callable[[str], str], ...]:
    """Between the scripts, where OpenCC is installed (the extra `names`); none where it is not."""
    try:
        import opencc
    except ImportError:
        return ()
    return tuple(opencc.OpenCC(way).convert for way in ("t2s", "s2t", "s2hk"))


def spellings(text: str) -> list[str]:
    """A name as it may stand in a row: as typed, half-width, with wide brackets, and in the other script."""
    plain = plain_name(text)
    half = plain_name(unicodedata.normalize("NFKC", text))
    found = {plain, half, half.translate(_WIDE_BRACKETS)}
    return sorted(found | {convert(each) for each in found for convert in _conversions()})


def _numbers_meant(text: str) -> set[str]:
    meant = {tidy(text)[:LONGEST]}
    for kind in KINDS:
        try:
            meant.add(read(kind, text).value)
        except Fault:
            continue
    return meant


@dataclass(frozen=True)
class NameShown:
    script: str
    kind: str
    name: str
    since: date | None
    until: date | None
    row: int


@dataclass(frozen=True)
class NumberShown:
    kind: str
    value: str
    checked: bool
    source: str
    row: int


@dataclass(frozen=True)
class EnterpriseShown:
    id: int
    place: str
    district: str
    status: str
    organisation: bool
    known_since: datetime
    into: int | None
    names: list[NameShown]
    numbers: list[NumberShown]

    @property
    def name(self) -> str:
        return self.called.name if self.called else ""

    @property
    def script(self) -> str:
        return self.called.script if self.called else ""

    @property
    def called(self) -> NameShown | None:
        return next(iter(sorted(self.names, key=lambda each: each.kind != "legal")), None)


@dataclass(frozen=True)
class Found:
    rows: list[EnterpriseShown]
    before: int | None  # where the next page begins


def search(text: str, sees: Q, before: int | None = None) -> Found:
    """What a reader may see whose name holds the text, or whose number it is; all of it for no text."""
    rows = Enterprise.objects.filter(sees).order_by("-id")
    if text.strip():
        said = Q()
        for each in spellings(text):
            said |= Q(name__icontains=each)
        named = EnterpriseName.objects.filter(said, enterprise=OuterRef("pk"))
        numbered = Identifier.objects.filter(value__in=_numbers_meant(text)).values("enterprise")
        rows = rows.filter(Q(Exists(named)) | Q(pk__in=numbered))
    if before is not None:
        rows = rows.filter(pk__lt=before)
    found = _shown(rows[: PAGE + 1])
    return Found(found[:PAGE], found[PAGE - 1].id if len(found) > PAGE else None)


def _shown(rows: QuerySet[Enterprise]) -> list[EnterpriseShown]:
    found = list(rows)
    ids = [row.pk for row in found]
    names: dict[int, list[NameShown]] = {pk: [] for pk in ids}
    for n in EnterpriseName.objects.filter(enterprise__in=ids).order_by("id"):
        names[n.enterprise_id].append(NameShown(n.script, n.kind, n.name, n.since, n.until, n.enterprise_id))
    numbers: dict[int, list[NumberShown]] = {pk: [] for pk in ids}
    for i in Identifier.objects.filter(enterprise__in=ids).order_by("id"):
        numbers[i.enterprise_id].append(NumberShown(i.kind, i.value, i.checked, i.source, i.enterprise_id))
    return [
        EnterpriseShown(
            row.pk, row.place, row.district, row.status, row.organisation, row.stated_at,
            row.merged_into_id, names[row.pk], numbers[row.pk],
        )
        for row in found
    ]  # fmt: skip


def shown(enterprise_id: int, sees: Q) -> EnterpriseShown | None:
    """One row by itself; None alike for what is not there and for what this reader may not see."""
    return next(iter(_shown(Enterprise.objects.filter(sees, pk=enterprise_id))), None)


@dataclass(frozen=True)
class MergeShown:
    """A proposal with both its rows; `stands`: it was confirmed, and was not undone."""

    id: int
    keep: EnterpriseShown
    drop: EnterpriseShown
    undoes: int | None
    reason: str
    proposer: int
    proposed_by: str
    proposed_at: datetime
    outcome: str
    decided_by: str
    decided_at: datetime | None
    stands: bool
    undo_waits: bool


def _proposals(sees: Q) -> QuerySet[MergeProposal]:
    """Those of which the reader may see both rows."""
    seen = Enterprise.objects.filter(sees).values("pk")
    return MergeProposal.objects.filter(keep__in=seen, drop__in=seen)


def _merges_shown(rows: QuerySet[MergeProposal], sees: Q) -> list[MergeShown]:
    found = list(rows.select_related("proposed_by", "decided_by"))
    ids = {pk for row in found for pk in (row.keep_id, row.drop_id)}
    both = {each.id: each for each in _shown(Enterprise.objects.filter(sees, pk__in=ids))}
    undoing = MergeProposal.objects.filter(undoes__in=[row.pk for row in found])
    undone = set(undoing.values_list("undoes_id", "outcome"))
    return [
        MergeShown(
            row.pk, both[row.keep_id], both[row.drop_id], row.undoes_id, row.reason,
            row.proposed_by_id, row.proposed_by.name, row.proposed_at, row.outcome,
            row.decided_by.name if row.decided_by else "", row.decided_at,
            row.outcome == "confirmed" and row.undoes_id is None and (row.pk, "confirmed") not in undone
            and both[row.drop_id].into == row.keep_id,
            (row.pk, "") in undone,
        )
        for row in found
    ]  # fmt: skip


def waiting_merges(sees: Q) -> list[MergeShown]:
    """Oldest first."""
    return _merges_shown(_proposals(sees).filter(outcome="").order_by("id"), sees)


def decided_merges(sees: Q, before: int | None = None) -> tuple[list[MergeShown], int | None]:
    """A page of them, the newest proposal first, and where the next page begins."""
    rows = _proposals(sees).exclude(outcome="").order_by("-id")
    if before is not None:
        rows = rows.filter(pk__lt=before)
    found = _merges_shown(rows[: PAGE + 1], sees)
    return found[:PAGE], found[PAGE - 1].id if len(found) > PAGE else None


def merge_shown(merge: int, sees: Q) -> MergeShown | None:
    return next(iter(_merges_shown(_proposals(sees).filter(pk=merge), sees)), None)


@dataclass(frozen=True)
class RepresentativeShown:
    """By which proof and for which days; who it is stands neither here nor on any page."""

    id: int
    proof: str
    account: bool
    since: date
    until: date | None
    now: bool
    basis: str
    recorded_by: str
    recorded_at: datetime
    cut_at: datetime | None
    ended_by: str
    over: bool
    document: str  # SHA-256
    reference: str
    file: HeldFile | None
    erased: bool


@dataclass(frozen=True)
class EnterprisePage:
    row: EnterpriseShown
    names: list[NameShown]
    numbers: list[NumberShown]
    representatives: list[RepresentativeShown]
    marks: list[Standing]
    merges: list[MergeShown]  # in the order in which they were proposed
    into: EnterpriseShown | None  # where its chain of merges ends, if it may be seen
    alike: list[EnterpriseShown]  # other rows that bear one of its numbers: a lead, nobody's finding


def enterprise_page(enterprise_id: int, sees: Q, on: date) -> EnterprisePage | None:
    """An enterprise with all that was merged into it; a merged row by itself, and where it went."""
    row = shown(enterprise_id, sees)
    if row is None:
        return None
    ids = family(row.id) if row.into is None else {row.id}
    rows = sorted(_shown(Enterprise.objects.filter(sees, pk__in=ids)), key=lambda r: (r.id != row.id, r.id))
    seen = [each.id for each in rows]
    about = _proposals(sees).filter(Q(keep__in=seen) | Q(drop__in=seen)).order_by("id")
    return EnterprisePage(
        row,
        [name for each in rows for name in each.names],
        [number for each in rows for number in each.numbers],
        _representatives(seen, on),
        standing(row.id, on),
        _merges_shown(about, sees),
        shown(root(row.id), sees) if row.into is not None else None,
        _with_same_number(rows, sees) if row.into is None else [],
    )


def _with_same_number(rows: list[EnterpriseShown], sees: Q) -> list[EnterpriseShown]:
    """Those not merged yet; of many the first."""
    borne = Q(pk__in=[])
    for kind, value in {(number.kind, number.value) for each in rows for number in each.numbers}:
        borne |= Q(kind=kind, value=value)
    others = Identifier.objects.filter(borne).exclude(enterprise__in=[each.id for each in rows])
    found = Enterprise.objects.filter(sees, merged_into=None, pk__in=others.values("enterprise"))
    return _shown(found.order_by("id")[:PAGE])


def _representatives(enterprises: list[int], on: date) -> list[RepresentativeShown]:
    rows = Representative.objects.filter(enterprise__in=enterprises).select_related("recorded_by", "ended_by")
    return [
        RepresentativeShown(
            row.pk, row.proof, row.user_id is not None, row.since, row.until,
            row.since <= on and (row.until is None or on <= row.until) and row.cut_at is None,
            row.basis, row.recorded_by.name, row.recorded_at, row.cut_at,
            row.ended_by.name if row.ended_by else "",
            row.cut_at is not None or (row.until is not None and row.until < on),
            row.document, row.reference, next(iter(held_by(holder_of(row.pk))), None),
            row.erased_at is not None,
        )
        for row in rows.order_by("-since", "-id")
    ]  # fmt: skip


def all_representatives(enterprise_id: int, on: date) -> list[RepresentativeShown]:
    """For whoever runs the platform: of this enterprise and of all that was merged into it."""
    return _representatives(sorted(family(enterprise_id)), on)


def representative_shown(
    enterprise_id: int, representative: int, sees: Q, on: date
) -> tuple[EnterpriseShown, RepresentativeShown] | None:
    """The record with its enterprise, as that page shows it; None alike for what is not there or not seen."""
    page = enterprise_page(enterprise_id, sees, on)
    rows = page.representatives if page is not None and page.row.into is None else []
    return next(((page.row, each) for each in rows if page and each.id == representative), None)


def holder_of(representative: int) -> str:
    """As whom `files` knows the record, for the file of its proof."""
    return f"representative:{representative}"


def comparison(one: EnterpriseShown, other: EnterpriseShown) -> dict[str, str]:
    """What of two rows is the same: same | shared (some of it) | differs | unknown (one says nothing)."""
    said = [
        {
            "names": {unicodedata.normalize("NFKC", n.name).casefold() for n in each.names},
            "numbers": {(n.kind, n.value) for n in each.numbers},
            "place": {each.place} - {""},
            "district": {each.district} - {""},
            "form": {each.organisation},
            "status": {each.status},
        }
        for each in (one, other)
    ]
    return {what: _alike(said[0][what], said[1][what]) for what in said[0]}


def _alike(one: set[object], other: set[object]) -> str:
    if not one or not other:
        return "unknown"
    if one == other:
        return "same"
    return "shared" if one & other else "differs"
