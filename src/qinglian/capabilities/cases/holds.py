"""Holds: what is kept from being erased while it is needed, placed and lifted by name and logged."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta

from django.db import transaction
from django.utils import timezone

from qinglian.batch.telling import Tell, silent
from qinglian.capabilities.access import actions as access
from qinglian.capabilities.access.queries import HoldReading, holds
from qinglian.capabilities.cases.entries import log_hold_lifted, log_hold_placed
from qinglian.capabilities.cases.eyes import Withheld
from qinglian.capabilities.cases.history import matter_of
from qinglian.capabilities.cases.models import Case
from qinglian.capabilities.cases.rules import tidy_number
from qinglian.capabilities.cases.sight import Sight, in_sight
from qinglian.capabilities.ledger import queries as ledger
from qinglian.capabilities.parties.queries import enterprise_of
from qinglian.faults import Fault
from qinglian.faults import noop as _

CASE, REPRESENTATION = "case", "representation"
KINDS = (CASE, REPRESENTATION)


@dataclass(frozen=True)
class Held:
    """A hold with the name of what it keeps: a case's number, or the number of a record."""

    hold: HoldReading
    name: str
    stands: bool
    reason: str | Withheld
    because: str | Withheld  # why it was lifted

    @property
    def last_day(self) -> date:
        return timezone.localtime(self.hold.until - timedelta(seconds=1)).date()


def place(kind: str, name: str, reason: str, basis: str, until: date, person: int, now: datetime) -> int:
    """until: the last day on which nothing of it is erased."""
    if kind not in KINDS:
        raise Fault(_("%(found)r is none of %(words)s"), found=kind, words=", ".join(KINDS))
    ends = timezone.make_aware(datetime.combine(until + timedelta(days=1), time()))
    with transaction.atomic():
        thing = _case(name) if kind == CASE else _record(name)
        made = access.hold(kind, str(thing), reason, person, now, ends, basis=basis)
        log_hold_placed(made, kind, str(thing), (basis.strip(), until), person, now)
    return made


def _case(number: str) -> int:
    row = Case.objects.select_for_update().filter(number=tidy_number(number)).first()
    if row is None:
        raise Fault(_("no case has the number %(found)s"), found=number.strip()[:40])
    if row.erased_at is not None:
        raise Fault(_("case %(number)s was erased already; nothing is left to be kept"), number=row.number)
    return row.pk


def _record(number: str) -> int:
    found = int(number) if number.isascii() and number.isdigit() and len(number) < 16 else 0
    enterprise_of(found)  # a Fault where there is none
    return found


@transaction.atomic
def lift(hold: int, because: str, person: int, now: datetime) -> None:
    access.lift_hold(hold, person, because, now)
    log_hold_lifted(hold, person, now)


def every_hold(now: datetime) -> list[Held]:
    """For whoever runs the platform, newest first."""
    rows = holds()
    numbers = _numbers(rows)
    return [
        Held(
            row, numbers.get(row.object_id, "") if row.kind == CASE else row.object_id, row.stands(now),
            row.reason, row.lifted_because,
        )
        for row in rows
    ]  # fmt: skip


def holds_in_sight(sight: Sight, now: datetime) -> list[Held]:
    """Of cases that the reader may see, those in force first; why is read as closely as the case's words."""
    rows = Case.objects.select_related("matter_version").filter(in_sight(sight), pk__in=_ids(holds()))
    eyes = {row.number: (sight.eyes(row.unit_holding_id), matter_of(row).content) for row in rows}
    found = []
    for each in every_hold(now):
        if each.hold.kind == CASE and each.name in eyes:
            see, level = eyes[each.name]
            said = see.see(level, each.hold.reason), see.see(level, each.hold.lifted_because)
            found.append(replace(each, reason=said[0], because=said[1]))
    return sorted(found, key=lambda each: not each.stands)


def may_hold(sight: Sight, number: str) -> bool:
    return Case.objects.filter(in_sight(sight), number=tidy_number(number)).exists()


def _ids(rows: list[HoldReading]) -> list[int]:
    return [int(row.object_id) for row in rows if row.kind == CASE]


def _numbers(rows: list[HoldReading]) -> dict[str, str]:
    return {str(pk): n for pk, n in Case.objects.filter(pk__in=_ids(rows)).values_list("pk", "number")}


def differences(_tell: Tell = silent) -> Iterator[Fault]:
    """Holds held against what was logged of them."""
    placed = {each.told.get("hold") for each in ledger.logged("cases.hold_placed")}
    lifted = {each.told.get("hold") for each in ledger.logged("cases.hold_lifted")}
    here = {row.id: row for row in holds()}
    for row in here.values():
        if row.id not in placed:
            yield Fault(_("hold %(id)d: it was never logged"), id=row.id)
        if (row.lifted_at is not None) != (row.id in lifted):
            yield Fault(_("hold %(id)d: that it was lifted, or was not, is not what was logged"), id=row.id)
    for gone in sorted(each for each in placed - set(here) if isinstance(each, int)):
        yield Fault(_("hold %(id)d: logged, and its row is not here"), id=gone)
