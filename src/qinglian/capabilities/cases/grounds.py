"""What a case rests on: facts, what a register said, what a table decided, what waits for others."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from qinglian.capabilities.cases.eyes import Eyes, Withheld
from qinglian.capabilities.cases.models import Case, CaseEvent, Proposal
from qinglian.capabilities.cases.models import Fact as FactRow
from qinglian.capabilities.cases.pinned import table_files
from qinglian.capabilities.cases.saying import fact_said, said, source_said
from qinglian.zone import Action, Matter


@dataclass(frozen=True)
class FactReading:
    title: object
    value: str
    source: str
    at: datetime


@dataclass(frozen=True)
class Known:
    """What the register said where an answer stands."""

    value: str | Withheld
    same: bool
    register: str
    as_of: date | None


@dataclass(frozen=True)
class DecisionReading:
    table: str
    sha: str
    rows: str
    facts: list[tuple[object, str | Withheld]]
    files: list[str]  # hashes of the table and its domains as they then were


@dataclass(frozen=True)
class ProposalReading:
    id: int
    action: Action
    said: list[tuple[str, str | Withheld]]
    by: str
    at: datetime
    missing: int  # how many more must agree
    role: str
    mine: bool  # this reader proposed it
    answered: bool  # or has answered already


@dataclass(frozen=True)
class Grounds:
    facts: list[FactReading]
    known: Mapping[str, Known]


NONE = Grounds([], {})


def looked_up_of(case: Case, matter: Matter) -> dict[str, FactRow]:
    """Key → what was looked up last; nothing is asked of a matter that looks nothing up."""
    if not matter.facts and not any(field.prefill for field in matter.fields.values()):
        return {}
    return {row.key: row for row in FactRow.objects.filter(case=case).order_by("id")}


def grounds_of(case: Case, matter: Matter, eyes: Eyes, last: Mapping[str, FactRow]) -> Grounds:
    if not last:
        return NONE
    facts = [
        FactReading(fact.title, fact_said(last[key].value), source_said(fact.source), last[key].at)
        for key, fact in matter.facts.items()
        if key in last
    ]
    known = {
        key: _known(row, case, matter, eyes)
        for key, row in last.items()
        if key in matter.fields and row.value is not None
    }
    return Grounds(facts, known)


def values_looked_up(matter: Matter, last: Mapping[str, FactRow]) -> dict[str, Any]:
    """Key of each fact of the matter → its value."""
    return {key: row.value for key, row in last.items() if key in matter.facts}


def _known(row: FactRow, case: Case, matter: Matter, eyes: Eyes) -> Known:
    field = matter.fields[row.key]
    value = eyes.see(field.sensitivity, said(field, row.value), mine=True)
    return Known(value, case.answers.get(row.key) == row.value, row.register, row.as_of)


def decision_of(row: CaseEvent, matter: Matter, eyes: Eyes) -> DecisionReading | None:
    """What the event of an automatic decision says of it; nothing once it was erased."""
    told = row.data.get("decided")
    if not isinstance(told, dict):
        return None
    facts: list[tuple[object, str | Withheld]] = []
    for name, value in told["facts"].items():
        if name in matter.facts:
            facts.append((matter.facts[name].title, fact_said(value)))
        elif name in matter.fields:
            field = matter.fields[name]
            shown = (
                fact_said(value) if field.type in ("yes-no", "money") or value is None else said(field, value)
            )
            facts.append((field.label, eyes.see(field.sensitivity, shown, mine=True)))
    files = table_files(matter, told["table"])
    return DecisionReading(told["table"], told["sha"], ", ".join(told["rows"]), facts, files)


def waiting_proposal(case: Case, matter: Matter, eyes: Eyes, reader: int | None) -> ProposalReading | None:
    """What waits for others to agree: for the staff only."""
    if eyes.own or not case.open or not any(a.two_persons or a.collective for a in matter.actions.values()):
        return None
    rows = Proposal.objects.filter(case=case, outcome="").select_related("proposed_by")
    row = rows.prefetch_related("consents").first()
    if row is None or row.action not in matter.actions:
        return None
    action = matter.actions[row.action]
    answered = list(row.consents.all())
    return ProposalReading(
        id=row.pk,
        action=action,
        said=[(need, eyes.see(action.sensitivity, row.data[need])) for need in _in_order(action, row.data)],
        by=row.proposed_by.name,
        at=row.proposed_at,
        missing=row.needed - sum(each.agrees for each in answered),
        role=row.role,
        mine=row.proposed_by_id == reader,
        answered=any(each.person_id == reader for each in answered),
    )


def _in_order(action: Action, data: Mapping[str, Any]) -> list[str]:
    """As the matter asks for it: PostgreSQL keeps the keys of what was said in an order of its own."""
    return [
        *(need for need in action.needs if need in data),
        *(key for key in data if key not in action.needs),
    ]
