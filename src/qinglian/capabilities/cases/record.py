"""Where every event of a case is written: one place, so that whoever follows events misses none."""

from __future__ import annotations

from qinglian.capabilities.access.prepared_writes import insert
from qinglian.capabilities.cases.entries import log_case_event, log_case_lodged
from qinglian.capabilities.cases.indexing import index_case, index_event
from qinglian.capabilities.cases.models import Case, CaseEvent
from qinglian.capabilities.cases.rules import CLAIM, Happening
from qinglian.capabilities.notices.rehearsal import may_die

FIRST_SAID = ("lodge", CLAIM)  # with these come answers, or an enterprise with its names


def write_event(
    case: Case,
    happening: Happening,
    actor: str,
    person_id: int | None = None,
    before: str = "",
    check: int | None = None,
    seq: int | None = None,
) -> CaseEvent:
    """Call it inside the transaction of what it tells; before is the state that the case was in.

    check: the conflict check that allowed a member of staff to act. seq: its place among the events, where
    whoever calls has just counted them.
    """
    if seq is None:
        seq = case.events.count() + 1
    event = insert(
        CaseEvent(
            case=case,
            seq=seq,
            action=happening.action,
            from_state=before,
            to_state=happening.to,
            actor=actor,
            person_id=person_id,
            conflict_check_id=check,
            at=happening.at,
            data=dict(happening.data),
            entry_id=_logged(case, seq, happening, (actor, person_id), before),
        )
    )
    if happening.action in FIRST_SAID:
        index_case(case, new=seq == 1)
    else:
        index_event(case, happening.action, happening.data)
    may_die("event-written")
    return event


def _logged(case: Case, seq: int, happening: Happening, who: tuple[str, int | None], before: str) -> int:
    if happening.action == "lodge":
        version = case.matter_version
        return log_case_lodged(case.number, who[0], version.matter, version.sha, case.answers, happening.at)
    states = (before, happening.to)
    return log_case_event(case.number, seq, happening.action, states, who, happening.data, happening.at)
