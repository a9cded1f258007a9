from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from pathlib import Path
from typing import Any

from django.contrib.auth import get_user_model
from django.db import IntegrityError, transaction
from django.utils import timezone

from qinglian.capabilities.access.prepared import Prepared
from qinglian.capabilities.access.prepared_writes import insert
from qinglian.capabilities.parties import merging, register, speaking, staffing
from qinglian.capabilities.parties.entries import (
    log_appointed,
    log_merge_decided,
    log_register_imported,
    log_standing_posted,
    log_units_kept,
)
from qinglian.capabilities.parties.identifiers import is_individual, stated
from qinglian.capabilities.parties.merging import Hand
from qinglian.capabilities.parties.models import (
    Enterprise,
    EnterpriseName,
    Identifier,
    Mention,
    Person,
    Post,
    StandingMark,
    Unit,
)
from qinglian.capabilities.parties.naming import plain_name, script_of, statement_hash
from qinglian.capabilities.parties.register import Imported, Progress
from qinglian.capabilities.parties.retaining import waiting as proof_waits
from qinglian.capabilities.parties.speaking import Mandate, Proof, account_named, hash_document
from qinglian.capabilities.parties.staffing import Given
from qinglian.faults import Fault
from qinglian.faults import noop as _
from qinglian.zone import Zone

SPEAKING = (
    Mandate,
    Proof,
    account_named,
    hash_document,
    proof_waits,
)  # made in a room of their own, and handed in here


@transaction.atomic
def keep_units(zone: Zone, now: datetime | None = None) -> None:
    """Bring the tree in step with the pack. A unit that left the pack is retired, never deleted."""
    before = _units_standing()
    for unit_id in zone.units:
        parents = [unit_id]
        while (above := zone.units[parents[0]].parent) is not None:
            parents.insert(0, above)
        for place, each in enumerate(parents):
            above = parents[place - 1] if place else None
            path = "".join(f"{part}/" for part in parents[: place + 1])
            Unit.objects.update_or_create(
                id=each, defaults={"parent_id": above, "path": path, "retired": False}
            )
    Unit.objects.exclude(id__in=zone.units).update(retired=True)
    after = _units_standing()
    if after != before:
        log_units_kept(sorted(after), sorted(before - after), now or timezone.now())


def _units_standing() -> set[str]:
    return set(Unit.objects.filter(retired=False).values_list("path", flat=True))


@transaction.atomic
def appoint(
    username: str, name: str, unit_id: str, role: str, since: date, password: str | None = None
) -> Person:
    """Give a person a post, and an account when there is none."""
    user, made = get_user_model().objects.get_or_create(username=username)
    if made:
        user.set_password(password)
        user.save()
    person, _made = Person.objects.get_or_create(user=user, defaults={"name": name})
    _post, fresh = Post.objects.get_or_create(person=person, unit_id=unit_id, role=role, since=since)
    if fresh:
        log_appointed(person.pk, unit_id, role, since, timezone.now())
    return person


def give_post(
    username: str, name: str, unit_id: str, role: str, since: date, until: date | None, now: datetime
) -> Given:
    """As `appoint`, for whoever runs the platform: all is checked, and a password made and told once."""
    return staffing.give_post(username, name, unit_id, role, since, until, now)


def end_post(username: str, unit_id: str, role: str, until: date, now: datetime) -> None:
    """The last day of a post; it is read anew with each request, so nothing opens on the day after."""
    staffing.end_post(username, unit_id, role, until, now)


def set_back_account(username: str, now: datetime) -> str:
    """For who lost app and recovery codes: a new password, and the second factor is set up anew."""
    return staffing.set_back(username, now)


def password_chosen(user_id: int) -> None:
    """Its holder alone knows it now."""
    Person.objects.filter(user=user_id, password_given=True).update(password_given=False)


@transaction.atomic(savepoint=False)
def state_enterprise(
    place: str, regno: str, name: str, now: datetime, where: tuple[str, str] | None = None
) -> int:
    """The id of the enterprise as stated; the same statement twice is one row. Nothing here was checked.

    where: the unit to which it was stated, and the level at which it is held there; without it no page
    of staff shows the row.
    """
    number, name = stated(place, regno), plain_name(name)[:200]
    statement = statement_hash(place, regno, name)
    known, made = _STATED.first(statement=statement), False
    if known is None:
        organisation = number is None or not is_individual(number)
        known, made = _first_stated(
            Enterprise(statement=statement, place=place, stated_at=now, organisation=organisation)
        )
    if made:
        insert(EnterpriseName(enterprise_id=known, script=script_of(name, place), name=name))
        if number is not None:
            insert(
                Identifier(
                    enterprise_id=known,
                    kind=number.kind,
                    value=number.value,
                    checked=number.checked,
                    source="stated",
                )
            )
    if where is None:
        return known
    if made:
        insert(Mention(enterprise_id=known, unit_id=where[0], level=where[1]))
    elif not _MENTIONED(enterprise=known, unit=where[0], level=where[1]):
        Mention.objects.get_or_create(enterprise_id=known, unit_id=where[0], level=where[1])
    return known


def _first_stated(row: Enterprise) -> tuple[int, bool]:
    """(id, whether it was written now): somebody may have been faster."""
    try:
        with transaction.atomic():
            return insert(row).pk, True
    except IntegrityError:
        return Enterprise.objects.values_list("pk", flat=True).get(statement=row.statement), False


_STATED = Prepared(
    lambda statement: Enterprise.objects.filter(statement=statement).values_list("pk", flat=True),
    statement=str,
)
_MENTIONED = Prepared(
    lambda enterprise, unit, level: Mention.objects.filter(
        enterprise=enterprise, unit=unit, level=level
    ).values_list("pk", flat=True),
    enterprise=int,
    unit=str,
    level=str,
)


def import_register(
    path: Path,
    source: str,
    now: datetime,
    *,
    encoding: str = "utf-8",
    say: Callable[[Fault], str] | None = None,
    tell: Progress = lambda *_told: None,
    steps: bool = False,
) -> Imported:
    """Read a register's CSV in. All rows or none; with `say`, which words a fault, the good rows alone.

    steps: written a few thousand rows at a time, so that nobody waits long; killed, it is begun again.
    """
    task = register.Task(path, encoding, source.strip()[:120], now, tell, log_register_imported, steps)
    return register.read_in(task, say)


def merge_enterprises(keep: int, drop: int, by: Hand, reason: str, now: datetime) -> int:
    """Propose that drop is keep; the id of the proposal. It waits for somebody else: see decide_merge."""
    return merging.propose(keep, drop, by, reason, now)


@transaction.atomic
def decide_merge(proposal: int, by: Hand, outcome: str, now: datetime) -> None:
    """Carry out (confirmed) or decline what another proposed; the dropped row resolves by its chain."""
    row = merging.decide(proposal, by, outcome, now)
    who = (row.proposed_by_id, by.person)
    log_merge_decided(proposal, row.keep_id, row.drop_id, row.undoes_id, outcome, who, now)


def undo_merge(merge: int, by: Hand, reason: str, now: datetime) -> int:
    """Propose that a confirmed merge be taken back; it too waits for somebody else."""
    return merging.propose_undo(merge, by, reason, now)


def post_standing(party: int, kind: str, as_of: date, until: date | None, basis: str, event: str) -> None:
    """A fact from above about an organisation. The same event twice is one mark."""
    _post(party, event, kind=kind, as_of=as_of, until=until, basis=basis)


def lift_standing(party: int, kind: str, as_of: date, basis: str, event: str) -> None:
    """What was posted of this kind no longer holds, from that day on."""
    _post(party, event, kind=kind, as_of=as_of, lifted=True, basis=basis)


@transaction.atomic
def _post(party: int, event: str, **said: Any) -> None:
    if not event or not said["basis"].strip():
        raise Fault(_("a mark names its event and its legal basis; write both"))
    organisation = Enterprise.objects.values_list("organisation", flat=True).get(pk=party)
    if not organisation:
        raise Fault(_("standing is for organisations; nothing is posted about a natural person"))
    mark = {"until": None, "lifted": False, **said}
    row, made = StandingMark.objects.get_or_create(
        event=event, defaults={"enterprise_id": party, "organisation": organisation, **mark}
    )
    if made:
        log_standing_posted(party, event, mark, timezone.now())
    elif any(getattr(row, key) != value for key, value in {"enterprise_id": party, **mark}.items()):
        raise Fault(_("event %(event)s posted something else before; a mark is never changed"), event=event)


def name_representative(enterprise: int, said: Mandate, by: Hand, now: datetime) -> int:
    """Who may speak for an enterprise, by which proof and for which days; those concerned are told."""
    return speaking.record(enterprise, said, by, now)


def end_representation(representative: int, until: date | None, by: Hand, now: datetime) -> None:
    """The last day somebody may speak for the enterprise; None: at once. Those concerned are told."""
    speaking.end(representative, until, by, now)
