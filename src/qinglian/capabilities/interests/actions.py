from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction
from django.utils import timezone

from qinglian.capabilities.access.prepared_writes import insert
from qinglian.capabilities.interests.entries import log_conflict_check
from qinglian.capabilities.interests.models import TO_PEOPLE, ConflictCheck, DeclaredTie, TieKind
from qinglian.capabilities.interests.paths import conflicts, conflicts_with, kind_label, plain
from qinglian.capabilities.parties import actions as parties
from qinglian.capabilities.parties.actions import Hand, Mandate
from qinglian.capabilities.parties.queries import both_rows, pair_of
from qinglian.faults import Fault
from qinglian.faults import noop as _


@dataclass(frozen=True)
class Checked:
    """The id under which a check is kept, and the kinds of ties in the way: none where it is clear."""

    id: int
    kinds: tuple[str, ...]

    @property
    def clear(self) -> bool:
        return not self.kinds


def declare_tie(
    person: int,
    kind: str,
    now: datetime,
    *,
    enterprise: int | None = None,
    other: int | None = None,
    since: date | None = None,
    until: date | None = None,
    source: str = "declared",
) -> int:
    if kind not in TieKind.values:
        raise Fault(_("%(found)r is none of %(words)s"), found=kind, words=", ".join(TieKind.values))
    if (kind in TO_PEOPLE) != (other is not None) or (kind in TO_PEOPLE) == (enterprise is not None):
        raise Fault(_("a tie is to an enterprise or to a colleague, as its kind says; name that one"))
    if other == person:
        raise Fault(_("nobody declares a tie to themselves; name somebody else"))
    if since and until and until < since:
        raise Fault(_("the last day lies before the first; exchange them"))
    return DeclaredTie.objects.create(
        person_id=person, kind=kind, enterprise_id=enterprise, other_id=other,
        since=since, until=until, source=source, declared_at=now,
    ).pk  # fmt: skip


def end_tie(tie: int, person: int, until: date) -> None:
    """The last day a tie of one's own counts; it is not made longer, and the row stays."""
    row = DeclaredTie.objects.filter(pk=tie, person=person).first()
    if row is None:
        raise Fault(_("this is no tie of yours; look at your list again"))
    if (row.until is not None and row.until < until) or (row.since is not None and until < row.since):
        raise Fault(_("a tie ends after it began, and is not made longer; declare a new one instead"))
    row.until = until
    row.save(update_fields=["until"])


@transaction.atomic(savepoint=False)
def check_conflicts(
    person: int,
    enterprises: Sequence[int],
    on: date,
    now: datetime,
    asked_by: int | None = None,
    *,
    people: Sequence[int] = (),
    units: Sequence[str] = (),
) -> Checked:
    """Ask, and keep what was found, whichever it is. Call it before the act, outside its transaction:
    a refusal must not take its own trace away."""
    paths = conflicts(person, enterprises, on) + conflicts_with(person, people, units, on)
    outcome = "conflict" if paths else "clear"
    row = insert(
        ConflictCheck(
            person_id=person, enterprises=list(enterprises), on=on, outcome=outcome,
            paths=[plain(path) for path in paths], asked_by_id=asked_by, at=now,
            people=list(people), units=list(units),
        )
    )  # fmt: skip
    log_conflict_check(row.pk, person, (enterprises, people, units), outcome, now)
    return Checked(row.pk, tuple(dict.fromkeys(path[0].by for path in paths)))


def merge_enterprises(keep: int, drop: int, person: int, reason: str, now: datetime) -> int:
    """Propose that drop is keep, by somebody whom no tie binds to either; it waits for somebody else."""
    both_rows(keep, drop)
    return parties.merge_enterprises(keep, drop, _free(person, (keep, drop), now), reason, now)


def confirm_merge(proposal: int, person: int, now: datetime) -> None:
    parties.decide_merge(proposal, _free(person, pair_of(proposal), now), "confirmed", now)


def decline_merge(proposal: int, person: int, now: datetime) -> None:
    parties.decide_merge(proposal, _free(person, pair_of(proposal), now), "declined", now)


def undo_merge(merge: int, person: int, reason: str, now: datetime) -> int:
    """Propose that a confirmed merge be taken back; it too waits for somebody else."""
    return parties.undo_merge(merge, _free(person, pair_of(merge), now), reason, now)


def name_representative(enterprise: int, said: Mandate, person: int, now: datetime) -> int:
    """Record who may speak for an enterprise, by somebody whom no tie binds to it and who saw the proof."""
    return parties.name_representative(enterprise, said, _free(person, (enterprise,), now), now)


def end_representation(
    enterprise: int, representative: int, until: date | None, person: int, now: datetime
) -> None:
    """The last day, or None: at once; by somebody whom no tie binds to the enterprise."""
    parties.end_representation(representative, until, _free(person, (enterprise,), now), now)


def _free(person: int, enterprises: Sequence[int], now: datetime) -> Hand:
    """The person with the check that allows the act; Fault where a tie stands in the way, and it is kept."""
    checked = check_conflicts(person, enterprises, timezone.localtime(now).date(), now)
    if not checked.clear:
        raise Fault(
            _("you cannot propose or decide this; on record is: %(kind)s. Ask a colleague to look at it"),
            kind=kind_label(checked.kinds[0]),
        )
    return Hand(person, checked.id)
