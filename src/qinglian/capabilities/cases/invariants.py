"""What must hold of every case, whatever was done with it: made again from its events and compared.

Each gives (what holds, of how many it was looked at, of which it does not hold).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from qinglian.capabilities.cases.history import read_version, with_version
from qinglian.capabilities.cases.models import Case, CaseEvent, Clock
from qinglian.capabilities.cases.rules import Folded, Happening, fold
from qinglian.capabilities.cases.schedule import derive, ledger_of
from qinglian.engines.clock import Budget

MANY = 500  # cases at a time
_TOLD = ("case_id", "seq", "action", "to_state", "at", "person__name", "data", "actor", "conflict_check_id")


@dataclass
class _Looked:
    cases: int = 0
    events: int = 0
    clocks: int = 0
    misnumbered: list[str] = field(default_factory=list)
    unchecked: list[str] = field(default_factory=list)
    misfolded: list[str] = field(default_factory=list)
    misreckoned: list[str] = field(default_factory=list)


def invariants(newest: int | None) -> Iterator[tuple[str, int, list[str]]]:
    """newest: only so many of the cases lodged last; None: all."""
    looked, rows = _Looked(), Case.objects.order_by("-pk").values_list("pk", flat=True)
    ids = list(rows if newest is None else rows[:newest])
    for place in range(0, len(ids), MANY):
        _look(ids[place : place + MANY], looked)
    yield _("the events of each case are numbered without a gap"), looked.events, looked.misnumbered
    yield _("each act of the staff carries its check for ties"), looked.events, looked.unchecked
    yield _("each case stands where its events bring it, clocks too"), looked.cases, looked.misfolded
    yield _("each due moment follows from calendar, budget and pauses"), looked.clocks, looked.misreckoned


def _look(ids: Sequence[int], looked: _Looked) -> None:
    events: dict[int, list[tuple[Any, ...]]] = defaultdict(list)
    for row in CaseEvent.objects.filter(case__in=ids).order_by("case_id", "seq").values_list(*_TOLD):
        events[row[0]].append(row)
    clocks: dict[int, list[Clock]] = defaultdict(list)
    for clock in Clock.objects.filter(case__in=ids).order_by("id"):
        clocks[clock.case_id].append(clock)
    for case in with_version(Case.objects.filter(pk__in=ids)).order_by("pk"):
        told, own = events[case.pk], clocks[case.pk]
        looked.cases, looked.events = looked.cases + 1, looked.events + len(told)
        looked.clocks += len(own)
        if [row[1] for row in told] != list(range(1, len(told) + 1)):
            looked.misnumbered.append(case.number)
        if any(row[7] == "staff" and row[8] is None for row in told):
            looked.unchecked.append(case.number)
        _fold(case, told, own, looked)


def _fold(case: Case, told: Sequence[tuple[Any, ...]], own: Sequence[Clock], looked: _Looked) -> None:
    happened = [Happening(row[2], row[3], row[4], row[5] or "", row[6]) for row in told]
    try:
        folded = fold(read_version(case.matter_version.sha), happened)
    except (KeyError, ValueError, IndexError):  # events that no matter could have had
        looked.misfolded.append(case.number)
        return
    if folded.state != case.state or _runs(folded, case) != {
        (clock.rule, clock.run): None if case.erased_at else clock.ledger for clock in own
    }:
        looked.misfolded.append(case.number)
        return
    if _wrong(case, folded, own):
        looked.misreckoned.append(case.number)


def _runs(folded: Folded, case: Case) -> dict[tuple[str, int], Any]:
    """Of an erased case the reasons in its clocks are gone."""
    return {(run.rule, run.number): None if case.erased_at else ledger_of(run) for run in folded.runs}


def _wrong(case: Case, folded: Folded, own: Sequence[Clock]) -> bool:
    """Whether a clock that runs is due at another moment, or the case's own due moment is not the first."""
    kept = {(clock.rule, clock.run): clock for clock in own}
    for run in folded.runs:
        clock = kept[run.rule, run.number]
        if not clock.stopped and clock.due != derive(clock.calendar, Budget.parse(clock.budget), run).moment:
            return True
    running: list[datetime] = [clock.due for clock in own if clock.running and clock.due is not None]
    return case.due != (min(running, default=None) if case.turn == "unit" else None)
