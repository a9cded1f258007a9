"""Who hears an appeal: nobody hears one against a decision of the unit in which they work."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from typing import Any

from qinglian.faults import noop as _
from qinglian.zone.forms import BAD
from qinglian.zone.gather import Gather
from qinglian.zone.matter import Matter
from qinglian.zone.sections.references import Known, resolve


def check_otherwise(clean: Mapping[str, Any], known: Known, gather: Gather) -> None:
    """Each of `otherwise` is a unit of the zone, and another than those that are asked before it."""
    asked = [clean["unit"]]
    for place, unit in enumerate(clean["otherwise"]):
        path = ("otherwise", place)
        resolve(gather, path, unit, known.units)
        before = next((each for each in asked if each == unit or each in known.above.get(unit, ())), None)
        if before is not None and BAD not in (before, unit):
            gather.add(
                _("%(unit)s is asked before, and what shuts it out shuts out this one; name another"),
                path,
                unit=before,
            )
        asked.append(unit)
    if clean["otherwise"] and not any(row["as"] == "appeal-of" for row in clean["related"]):
        gather.add(
            _('only an appeal goes elsewhere; write related with as = "appeal-of", or remove `otherwise`'),
            ("otherwise",),
        )


def unheard(
    matters: Mapping[str, Matter], above: Mapping[str, tuple[str, ...]]
) -> Iterator[tuple[Matter, Matter, str]]:
    """(appeal, what it is against, a unit that may decide it): whoever could hear it works in that unit."""
    for appeal in matters.values():
        hearing = (appeal.unit, *appeal.otherwise)
        for each in appeal.related:
            against = matters.get(each.matter)
            if each.relation != "appeal-of" or against is None or against.unit == appeal.unit:
                continue
            for unit in sorted(_deciding(against, above)):
                if all(unit in (one, *above.get(one, ())) for one in hearing):
                    yield appeal, against, unit
                    break


def _deciding(matter: Matter, units: Collection[str]) -> set[str]:
    """The units that may have a case of the matter when it ends."""
    if any(action.transfer for action in matter.actions.values()):
        return set(units)
    routed = set(matter.routing.table.outcomes) if matter.routing else set()
    elsewhere = {matter.complaint.otherwise} if matter.complaint else set()
    return {matter.unit, *matter.otherwise, *routed, *elsewhere} & set(units)
