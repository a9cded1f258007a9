"""How a case is headed, in lists and on pages: its title as far as the reader may see it, and its unit."""

from __future__ import annotations

from qinglian.capabilities.access.policies import Thing
from qinglian.capabilities.cases.concerns import Concerned, concerned
from qinglian.capabilities.cases.eyes import Eyes, Withheld
from qinglian.capabilities.cases.models import Case
from qinglian.zone import Matter
from qinglian.zone.current import current


def thing_of(case: Case) -> Thing:
    """What the gate must know of a case. Only a complaint is about somebody."""
    found = Concerned()
    if getattr(case, "has_concerns", True):
        found = concerned(case)
    return Thing(
        case_id=case.pk,
        unit_path=case.unit_holding.path,
        sensitivity=case.sensitivity,
        shut_units=found.units,
        shut_people=found.people,
    )


def title_level(matter: Matter) -> str:
    field = matter.fields.get("title")
    return field.sensitivity if field else matter.content


def title_seen(case: Case, matter: Matter, eyes: Eyes) -> str | Withheld:
    title = case.title or case.number  # of what was erased, or never had one
    return eyes.see(title_level(matter), title, mine=True)


def unit_title(unit_id: str) -> object:
    unit = current().units.get(unit_id)
    return unit.title if unit else unit_id
