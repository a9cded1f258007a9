"""Cases held against what was logged of them."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from hashlib import sha256
from itertools import groupby
from typing import Any

from qinglian.batch.telling import COMPARING, Tell, silent
from qinglian.capabilities.cases.history import read_version
from qinglian.capabilities.cases.models import CalendarVersion, Case, CaseEvent, Clock, MatterVersion
from qinglian.capabilities.cases.rules import Happening, fold
from qinglian.capabilities.ledger import queries as ledger
from qinglian.faults import Fault
from qinglian.faults import noop as _

READ = 2000  # rows at a time
TOLD = 500  # cases or events after which it is told how far it has come


def differences(tell: Tell = silent) -> Iterator[Fault]:
    yield from _events(tell)
    yield from _matters()
    said = {(each.open["calendar"], each.open["sha"]) for each in ledger.logged("cases.calendar_published")}
    for calendar, sha in CalendarVersion.objects.order_by("id").values_list("calendar", "sha"):
        if (calendar, sha) not in said:
            yield Fault(_("calendar %(calendar)s: this version was never logged"), calendar=calendar)


def misfolded(tell: Callable[[int], None] = lambda _more: None) -> Iterator[str]:
    """Of all cases, the numbers of those whose state or runs of clocks are not what their events make.

    tell: hears how many more were looked at.
    """
    columns = ("case_id", "action", "to_state", "at", "person__name", "data")
    events = CaseEvent.objects.order_by("case_id", "seq").values_list(*columns).iterator(READ)
    ticks = Clock.objects.order_by("case_id", "id").values_list("case_id", "rule", "run", "stopped")
    told = groupby(events, key=lambda row: row[0])
    ticking = groupby(ticks.iterator(READ), key=lambda row: row[0])
    known = Case.objects.order_by("pk").values_list("pk", "number", "state", "matter_version__sha")
    due_events, due_clocks = next(told, None), next(ticking, None)
    n = 0
    for n, (pk, number, state, sha) in enumerate(known.iterator(READ), 1):
        happened, runs = [], []
        if due_events is not None and due_events[0] == pk:
            happened = [Happening(*row[1:4], row[4] or "", row[5]) for row in due_events[1]]
            due_events = next(told, None)
        if due_clocks is not None and due_clocks[0] == pk:
            runs = [tuple(row[1:]) for row in due_clocks[1]]
            due_clocks = next(ticking, None)
        folded = fold(read_version(sha), happened)
        if folded.state != state or sorted(runs) != sorted(
            (run.rule, run.number, run.stopped is not None) for run in folded.runs
        ):
            yield number
        if n % TOLD == 0:
            tell(TOLD)
    tell(n % TOLD)


def _events(tell: Tell) -> Iterator[Fault]:
    logged = {each.id: each for kind in ("cases.lodged", "cases.event") for each in ledger.logged(kind)}
    rows = CaseEvent.objects.select_related("case", "case__matter_version").order_by("id")
    whole = rows.count()
    for n, row in enumerate(rows.iterator(chunk_size=500)):
        if n % TOLD == 0:
            tell(COMPARING, n / whole, n)
        entry = logged.pop(row.entry_id or 0, None)
        about = {"number": row.case.number, "seq": row.seq}
        if entry is None:
            yield Fault(_("case %(number)s, event %(seq)s: it was never logged"), **about)
            continue
        wrong = [name for name, value in entry.told.items() if _of(row, name) != value]
        if row.at.replace(microsecond=0) != entry.at.replace(microsecond=0):
            wrong.append("at")
        if wrong:
            yield Fault(_("case %(number)s, event %(seq)s: not what was logged: %(fields)s"),
                        fields=", ".join(wrong), **about)  # fmt: skip
    for entry in logged.values():
        yield Fault(_("entry %(entry)s tells of an event whose row is not here"), entry=entry.place)


def _of(row: CaseEvent, name: str) -> Any:
    match name:
        case "number":
            return row.case.number
        case "matter":
            return row.case.matter_version.matter
        case "matter_sha":
            return row.case.matter_version.sha
        case "answers":
            return json.loads(json.dumps(row.case.answers))
        case "person":
            return row.person_id
    return getattr(row, name)


def _matters() -> Iterator[Fault]:
    said = {each.open["sha"]: each.open["files"] for each in ledger.logged("cases.matter_opened")}
    for version in MatterVersion.objects.order_by("id"):
        files = {path: sha256(text.encode()).hexdigest() for path, text in version.pins.items()}
        if said.get(version.sha) != files:
            yield Fault(
                _("matter %(matter)s: the texts kept of version %(version)s are not those that were logged"),
                matter=version.matter,
                version=version.version,
            )
