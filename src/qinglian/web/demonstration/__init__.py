"""The demonstration: what is there of it, and how it is begun."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime

from qinglian.capabilities.cases.queries import any_case
from qinglian.faults import Fault
from qinglian.faults import noop as _
from qinglian.web.databases import not_waiting_for_the_disk
from qinglian.web.demonstration.playing import FULL, Day, Play
from qinglian.web.models import Demonstration
from qinglian.zone.current import current


def standing() -> Demonstration | None:
    """How far a play has come here; none where none was begun."""
    return Demonstration.objects.exclude(until=None).first()


def play(until: date, seed: int, cases: int, now: datetime) -> Iterator[Day]:
    """Play it from the first day on; each day is told once it is kept. Raises Fault where it cannot begin."""
    if not current().demonstration:
        raise Fault(
            _("this zone is not a demonstration; set demonstration = true in its zone.toml or leave it empty")
        )
    if any_case():
        raise Fault(_("there are cases already; a demonstration begins in an empty database"))
    Demonstration.objects.all().delete()
    row = Demonstration.objects.create(since=now, until=until, seed=seed, cases=cases)
    return _days(row, Play(until, seed, cases / FULL))


def _days(row: Demonstration, played: Play) -> Iterator[Day]:
    with not_waiting_for_the_disk():
        for day in played.days():
            if day.on == row.until:
                row.ended_at = datetime.now(played.hours.tz)
            if day.on.day == 1 or row.ended_at:
                row.reached = day.on
                row.save(update_fields=["reached", "ended_at"])
            yield day
