"""What is looked up for a case, and what tables decide over it: in the transaction that brought it there."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from qinglian.capabilities.cases.actions.actors import SYSTEM, Actor
from qinglian.capabilities.cases.actions.recording import Recorded, record, tell
from qinglian.capabilities.cases.history import action_counts, person_awaited
from qinglian.capabilities.cases.lookups import looked_up, registered_answers
from qinglian.capabilities.cases.models import Case, Decision, Fact
from qinglian.capabilities.cases.record import write_event
from qinglian.capabilities.cases.rules import Happening, allowed, values_of
from qinglian.capabilities.notices.actions import queue_notice
from qinglian.engines.tables import Answer
from qinglian.faults import Fault, Faults
from qinglian.zone import Action, Matter

MOST = 10  # decisions in a row; a matter that goes in a circle stops here, and a person has it


def keep_facts(case: Case, matter: Matter, now: datetime) -> dict[str, Any]:
    """Look up every fact of the matter and keep it with source and time."""
    if not matter.facts:
        return {}
    found = looked_up(matter, case, now)
    Fact.objects.bulk_create(
        Fact(case=case, key=each.key, value=each.value, source=each.source, at=now) for each in found
    )
    return {each.key: each.value for each in found}


def keep_register(case: Case, matter: Matter, now: datetime) -> None:
    """What the register said of the fields that it fills, beside what was answered."""
    asked = [field for field in matter.fields.values() if field.key in case.answers]
    Fact.objects.bulk_create(
        Fact(
            case=case,
            key=key,
            value=each.value,
            source=each.source,
            register=each.register,
            as_of=each.as_of,
            at=now,
        )
        for key, each in registered_answers(matter, asked, case.answers).items()
    )


def decide(case: Case, matter: Matter, now: datetime) -> None:
    """Take each automatic decision that is open where the case stands; without an answer a person is told."""
    for _turn in range(MOST):
        tables = [
            a for a in matter.actions.values() if a.decision and "system" in a.by and case.state in a.from_
        ]
        if not tables or not case.open or person_awaited(case.pk):
            return
        values = values_of(matter, case.answers, keep_facts(case, matter, now), SYSTEM.roles, SYSTEM.kind)
        try:
            ids = allowed(matter, case.state, SYSTEM.roles, action_counts(case.pk), values)
            action = next((each for each in tables if each.id in ids), None)
            if action is None:
                return
            by_table(case, matter, action, SYSTEM, {}, values, now)
        except (Fault, Faults):
            _undecided(case, tables[0], now)
            return


def _undecided(case: Case, action: Action, now: datetime) -> None:
    happening = Happening(f"undecided:{action.id}", case.state, now)
    write_event(case, happening, SYSTEM.kind, before=case.state)
    queue_notice("alarm", case.number, now, unit_id=case.unit_holding_id)


def by_table(
    case: Case,
    matter: Matter,
    action: Action,
    actor: Actor,
    said: Mapping[str, str],
    values: Mapping[str, Any],
    now: datetime,
) -> Recorded:
    """Where the table of an action sends the case; raises Fault or Faults when it has no answer."""
    assert action.decision is not None
    table = action.decision.table
    answer = table.decide(values)
    facts = {name: str(values[name]) if values[name] is not None else None for name in table.facts}
    told = {"table": table.name, "sha": answer.sha, "rows": list(answer.rows), "facts": facts}
    data: dict[str, Any] = {**said, "decided": told | {"outcome": answer.decision}}
    if items := _items(matter, answer, case.language):
        data["items"] = items
    happening = Happening(action.id, action.decision.outcomes[answer.decision], now, actor.name, data)
    done = record(case, matter, happening, actor)
    Decision.objects.create(
        case=case,
        event=done.event,
        action=action.id,
        table=action.decision.path,
        table_sha=answer.sha,
        rows=list(answer.rows),
        facts=facts,
        outcome=answer.decision,
        auto=actor.kind == SYSTEM.kind,
        at=now,
    )
    if actor.kind == SYSTEM.kind:
        tell(case, action.id, now, applicant=True, unit=False)
    return done


def _items(matter: Matter, answer: Answer, language: str) -> str:
    """Everything that is missing, a line each; what is called like a field reads as the field does."""
    rows = answer.outcome if isinstance(answer.outcome, list) else [answer.outcome]
    words = dict.fromkeys(word for row in rows for word in row.get("items", "").split("|") if word)
    labels = {key: field.label.say(language) for key, field in matter.fields.items()}
    return "\n".join(labels.get(word, word) for word in words)
