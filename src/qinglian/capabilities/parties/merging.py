"""Two rows that are one enterprise: proposed by one person, confirmed by another, undone the same way."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db import IntegrityError, transaction

from qinglian.capabilities.access.prepared import Prepared
from qinglian.capabilities.parties.models import Enterprise, MergeProposal
from qinglian.faults import Fault
from qinglian.faults import noop as _


def root(enterprise_id: int) -> int:
    """Where the chain of merges ends; an enterprise that was never merged is its own end."""
    while (into := _into(enterprise_id)) is not None:
        enterprise_id = into
    return enterprise_id


def roots(ids: Iterable[int]) -> dict[int, int]:
    """The same of many at once: as many questions as the longest chain has links."""
    ends = {each: each for each in ids}
    waiting = set(ends)
    while waiting:
        rows = Enterprise.objects.filter(pk__in=waiting, merged_into__isnull=False)
        into = dict(rows.values_list("pk", "merged_into_id"))
        ends = {each: into.get(end, end) for each, end in ends.items()}
        waiting = set(into.values())
    return ends


def _into(enterprise_id: int) -> int | None:
    rows = _INTO(pk=enterprise_id)
    if not rows:
        raise Enterprise.DoesNotExist(f"there is no enterprise {enterprise_id}")
    into: int | None = rows[0]
    return into


_INTO = Prepared(
    lambda pk: Enterprise.objects.filter(pk=pk).values_list("merged_into_id", flat=True),
    pk=int,
)


def family(enterprise_id: int) -> set[int]:
    """Every row that is this enterprise: the end of its chain, and all that was merged into it."""
    return merged_into(root(enterprise_id))


def merged_into(end: int) -> set[int]:
    """The row at which a chain ends, and every row whose chain ends there."""
    members, waiting = {end}, [end]
    while waiting:
        new = set(_MERGED(into=waiting.pop())) - members
        members |= new
        waiting += new
    return members


_MERGED = Prepared(
    lambda into: Enterprise.objects.filter(merged_into=into).values_list("id", flat=True), into=int
)


def check_merge(keep: Enterprise, drop: Enterprise) -> None:
    if keep.pk == drop.pk:
        raise Fault(_("an enterprise cannot be merged into itself; choose two"))
    for each in (keep, drop):
        if each.merged_into_id is not None:
            raise Fault(
                _("enterprise %(id)d is merged into %(into)d already; choose that one"),
                id=each.pk,
                into=root(each.pk),
            )
    if keep.organisation != drop.organisation:
        raise Fault(_("one is an organisation and the other an individual business; they are not the same"))


def both_rows(keep: int, drop: int) -> dict[int, Enterprise]:
    rows = Enterprise.objects.in_bulk([keep, drop])
    if missing := {keep, drop} - set(rows):
        raise Fault(_("there is no enterprise %(id)d; look the number up again"), id=min(missing))
    return rows


def pair_of(proposal: int) -> tuple[int, int]:
    """The two rows that a proposal is about."""
    return MergeProposal.objects.values_list("keep_id", "drop_id").get(pk=proposal)


@dataclass(frozen=True)
class Hand:
    """Who proposes or decides, and the check for conflicts of interest that allowed it."""

    person: int
    check: int


@transaction.atomic
def propose(keep: int, drop: int, by: Hand, reason: str, now: datetime, undoes: int | None = None) -> int:
    if not reason.strip():
        raise Fault(_("a merge is told with its reason; write it"))
    rows = both_rows(keep, drop)
    if undoes is None:
        check_merge(rows[keep], rows[drop])
    try:
        with transaction.atomic():
            return MergeProposal.objects.create(
                keep_id=keep, drop_id=drop, undoes_id=undoes, reason=reason.strip(),
                proposed_by_id=by.person, proposed_check_id=by.check, proposed_at=now,
            ).pk  # fmt: skip
    except IntegrityError:
        raise Fault(
            _("a proposal about enterprise %(id)d waits already; decide that one first"), id=drop
        ) from None


@transaction.atomic
def propose_undo(merge: int, by: Hand, reason: str, now: datetime) -> int:
    done = MergeProposal.objects.filter(pk=merge, outcome="confirmed", undoes=None).first()
    if done is None or not _stands(done):
        raise Fault(_("this is not a merge that stands; only a confirmed merge can be undone, and once"))
    return propose(done.keep_id, done.drop_id, by, reason, now, undoes=merge)


def _stands(merge: MergeProposal) -> bool:
    undone = MergeProposal.objects.filter(undoes=merge, outcome="confirmed").exists()
    return not undone and Enterprise.objects.filter(pk=merge.drop_id, merged_into=merge.keep_id).exists()


@transaction.atomic
def decide(proposal: int, by: Hand, outcome: str, now: datetime) -> MergeProposal:
    row = MergeProposal.objects.select_for_update().get(pk=proposal)
    if row.outcome:
        raise Fault(_("this was decided already; nothing was changed"))
    if row.proposed_by_id == by.person:
        raise Fault(_("whoever proposes does not decide; ask somebody else to"))
    # Both rows are held, the smaller id first, so that two decisions at once meet in one order.
    rows = {
        each.pk: each
        for each in Enterprise.objects.select_for_update()
        .filter(pk__in=[row.keep_id, row.drop_id])
        .order_by("id")
    }
    if outcome == "confirmed":
        (_merge if row.undoes_id is None else _undo)(row, rows[row.keep_id], rows[row.drop_id])
    row.outcome, row.decided_at = outcome, now
    row.decided_by_id, row.decided_check_id = by.person, by.check
    row.save(update_fields=["outcome", "decided_by", "decided_check", "decided_at"])
    return row


def _merge(row: MergeProposal, keep: Enterprise, drop: Enterprise) -> None:
    check_merge(keep, drop)
    drop.status, drop.merged_into = "merged", keep
    drop.save(update_fields=["status", "merged_into"])


def _undo(row: MergeProposal, keep: Enterprise, drop: Enterprise) -> None:
    if row.undoes is None or not _stands(row.undoes):
        raise Fault(_("this is not a merge that stands; only a confirmed merge can be undone, and once"))
    from_register = drop.identifiers.exclude(source="stated").exists()
    drop.status, drop.merged_into = "registered" if from_register else "stated", None
    drop.save(update_fields=["status", "merged_into"])
