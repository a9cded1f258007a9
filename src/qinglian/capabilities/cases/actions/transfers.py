"""A case goes on to another unit, by a clause of the duties; the first that received it stays responsible.

After as many times as the matter says, only the role that it names may still send the case on, once: that
decides, so that nobody is sent from door to door.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from qinglian.capabilities.cases.concerns import concerned
from qinglian.capabilities.cases.handling import move, today
from qinglian.capabilities.cases.history import action_counts
from qinglian.capabilities.cases.models import Case
from qinglian.capabilities.cases.rules import times_sent
from qinglian.capabilities.cases.telling import tell_people
from qinglian.capabilities.parties.queries import nearest_holders, units_above
from qinglian.faults import Fault
from qinglian.faults import noop as _
from qinglian.zone import Action, Matter
from qinglian.zone.current import current


def told_of_transfer(case: Case, action: Action, data: Mapping[str, str]) -> dict[str, str]:
    """What the event says of a transfer beside its needs; raises Fault where the case cannot go there."""
    if action.transfer is None:
        return {}
    unit = data["unit"]
    if unit not in current().units:
        raise Fault(_("%(found)s is no unit of the zone; choose again"), found=unit[:80])
    if unit == case.unit_holding_id:
        raise Fault(_("this unit has the case already; choose another"))
    if concerned(case).units & set(units_above(unit)):
        raise Fault(_("the complaint may be about this unit; choose another"))
    return {"from_unit": case.unit_holding_id}


def transfer(case: Case, matter: Matter, action: Action, unit: str, now: datetime) -> None:
    """After the event: the unit that has it now; and who decides, once it has gone to and fro too often."""
    assert action.transfer is not None
    move(case, unit)
    if times_sent(matter, action_counts(case.pk)) == action.transfer.bounces:
        tell_people(case, "bounced", nearest_holders(action.transfer.then, unit, today(now)), now)
