"""Many cases given at once: each with its own check, each whole or not at all."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime

from qinglian.capabilities.cases.actions import Actor, Stale, assign_case
from qinglian.capabilities.cases.models import Case
from qinglian.capabilities.cases.sight import Sight, in_sight
from qinglian.faults import Fault
from qinglian.faults import noop as _


@dataclass
class Given:
    """What came of it: numbers that went through, and those that did not, each with the reason."""

    given: list[str] = field(default_factory=list)
    refused: list[tuple[str, Fault]] = field(default_factory=list)


def assign_cases(
    rows: Iterable[tuple[str, int]], person: int, sight: Sight, name: str, now: datetime
) -> Given:
    """Give each of (number, seen) to this person, by whoever looks. What is out of sight does not exist."""
    wanted = dict(rows)
    outcome = Given()
    known = {
        number: (pk, unit)
        for number, pk, unit in Case.objects.filter(
            in_sight(sight), number__in=[n for n in wanted if "\x00" not in n]
        ).values_list("number", "pk", "unit_holding_id")
    }
    for number, seen in wanted.items():
        if number not in known:
            outcome.refused.append((number, Fault(_("no such case; read the list again"))))
            continue
        case_id, unit = known[number]
        by = Actor("staff", sight.units[unit], sight.person, name)
        try:
            assign_case(case_id, person, by, seen, now)
        except Stale:
            fault = Fault(_("somebody else acted on it meanwhile; read it again"))
            outcome.refused.append((number, fault))
        except Fault as fault:
            outcome.refused.append((number, fault))
        else:
            outcome.given.append(number)
    return outcome
