"""Run as a process of its own, with the models of one platform: what is there after it was killed?

Reads a verb a line, answers a line of JSON. `fill N` lodges N cases, `hurry` makes every rung due, `again`
lets letters that were taken be taken again, `left` counts what the worker still has to do, `check` looks for
everything half or double.
"""

from __future__ import annotations

import json
import os
import sys
from collections import Counter
from importlib.util import find_spec
from typing import Any

os.environ["DJANGO_SETTINGS_MODULE"] = "qinglian.web.settings"

import django

django.setup()

from django.db import connection  # noqa: E402
from django.utils import timezone  # noqa: E402

from qinglian.capabilities.cases import actions, queries  # noqa: E402
from qinglian.capabilities.cases.models import Case, CaseEvent, Clock, ClockRung, NumberSeries  # noqa: E402
from qinglian.capabilities.cases.schedule import derive, ledger_of  # noqa: E402
from qinglian.capabilities.notices.models import Notice  # noqa: E402
from qinglian.capabilities.parties.actions import appoint  # noqa: E402
from qinglian.engines.clock import Budget  # noqa: E402
from qinglian.zone.current import current  # noqa: E402

ANSWERS = {
    "kind": "individual",
    "name": "何（示例）",
    "place": "HK",
    "topic": "policy",
    "detail": "演示",
    "email": "he@example.com",
}


def fill(count: str) -> int:
    """Cases, and somebody to be told of them."""
    now = timezone.now()
    for username, role in [("li", "clerk"), ("zhao", "head"), ("wang", "supervisor")]:
        appoint(
            username, f"{username}（示例）", "service-centre", role, now.date(), "a password of the tests"
        )
    matter = current().matters["consultation"]
    start = Case.objects.count()
    for n in range(start, start + int(count)):
        code = actions.code_from(f"fill {n}")
        actions.lodge_case(matter, ANSWERS | {"title": f"fill {n}"}, code, "zh-hant", now)
    return Case.objects.count()


def hurry() -> int:
    return ClockRung.objects.exclude(due=None).update(due=timezone.now())


def again() -> int:
    """As if the time had gone by for which a letter is taken."""
    return Notice.objects.exclude(next_try=None).update(next_try=timezone.now())


def left() -> dict[str, int]:
    rungs = ClockRung.objects.filter(fired=None).exclude(due=None)
    return {"rungs": rungs.count(), "letters": Notice.objects.filter(sent_at=None).exclude(email="").count()}


def check() -> dict[str, Any]:
    wrong: list[str] = []
    for case in Case.objects.order_by("id"):
        wrong += _case(case)
    wrong += _numbers() + _log()
    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            (said,) = cursor.execute("PRAGMA integrity_check").fetchone()
        wrong += [] if said == "ok" else [said]
    return {"wrong": wrong, "cases": list(Case.objects.order_by("id").values_list("title", "number"))}


def _case(case: Case) -> list[str]:
    wrong = []
    events = list(case.events.order_by("seq"))
    if not events:
        return [f"{case.number}: no event"]
    if [e.seq for e in events] != list(range(1, len(events) + 1)) or [e.action for e in events[:1]] != [
        "lodge"
    ]:
        wrong.append(f"{case.number}: events {[(e.seq, e.action) for e in events]}")
    folded, row = queries.refolded(case.number)
    if folded.state != row["state"]:
        wrong.append(f"{case.number}: state {row['state']}, events say {folded.state}")
    clocks = {(c.rule, c.run): c for c in row["clocks"]}
    if set(clocks) != {(r.rule, r.number) for r in folded.runs}:
        wrong.append(f"{case.number}: clocks {set(clocks)}")
    for run in folded.runs:
        clock = clocks[run.rule, run.number]
        due = derive(clock.calendar, Budget.parse(clock.budget), run).moment
        if clock.ledger != ledger_of(run) or (clock.due != due and not clock.stopped):
            wrong.append(f"{case.number}: {run.rule} {clock.ledger}, {clock.due}")
        wrong += _rungs(case, clock)
    letters = Counter(Notice.objects.filter(subject=case.number, kind="lodged").values_list("email", "unit"))
    if letters != Counter({(case.email, None): 1 if case.email else 0, ("", case.unit_holding_id): 1}):
        wrong.append(f"{case.number}: notices {letters}")
    return wrong


def _rungs(case: Case, clock: Clock) -> list[str]:
    """Each rung of the matter is there; what was fired left one event, the rest none."""
    matter = queries.matter_of(case)
    rule = matter.clocks[clock.rule]
    rungs = {row.rung: row for row in clock.rungs.all()}
    wrong = []
    if len(rungs) != len(rule.ladder) + (rule.silence is not None):
        wrong.append(f"{case.number}: rungs {sorted(rungs)}")
    told = Counter(e.data["rung"] for e in case.events.filter(actor="system") if "rung" in e.data)
    for key, row in rungs.items():
        if told[key] != (row.fired is not None):
            wrong.append(f"{case.number}: {key} fired {row.fired}, told {told[key]} times")
    return wrong


def _numbers() -> list[str]:
    """Numbers are given one after the other, and none is lost with what was rolled back."""
    last = sum(NumberSeries.objects.values_list("last", flat=True))
    return [] if last == Case.objects.count() else [f"{last} numbers given, {Case.objects.count()} cases"]


def _log() -> list[str]:
    """Each event has its own entry in the log, once there is a log."""
    if find_spec("qinglian.capabilities.ledger") is None or not hasattr(CaseEvent, "entry"):
        return []
    entries = list(CaseEvent.objects.values_list("entry", flat=True))
    twice = [entry for entry, n in Counter(entries).items() if n > 1]
    return (
        [f"log: {entries.count(None)} events without entry, {twice} twice"]
        if None in entries or twice
        else []
    )


if __name__ == "__main__":
    VERBS = {each.__name__: each for each in (fill, hurry, again, left, check)}
    for line in sys.stdin:
        verb, *words = line.split()
        print(json.dumps(VERBS[verb](*words), ensure_ascii=False), flush=True)
        connection.close()
