"""Whether what was filled in is what the platform would have made: a sample, held against its own code."""

from __future__ import annotations

import random

from bench.scale.rows import model
from django.db import connection


def disagreements(size: int = 200, seed: int = 1) -> list[str]:
    """Of a sample of cases: state and clocks folded from events, due moments, texts, the log's place."""
    from qinglian.capabilities.cases.grams import folded
    from qinglian.capabilities.cases.history import matter_of
    from qinglian.capabilities.cases.indexing import said
    from qinglian.capabilities.cases.queries import refolded
    from qinglian.capabilities.cases.schedule import derive, ledger_of
    from qinglian.engines.clock import Budget

    cases = model("cases.Case").objects
    most, dice, wrong = cases.order_by("-pk").values_list("pk", flat=True)[0], random.Random(seed), []
    for case in cases.select_related("matter_version").filter(pk__in=dice.sample(range(1, most + 1), size)):
        folded_case, rows = refolded(case.number)
        if folded_case.state != case.state:
            wrong.append(f"{case.number}: state {case.state}, folded {folded_case.state}")
        clocks = {(run.rule, run.number): run for run in folded_case.runs}
        for clock in rows["clocks"]:
            run = clocks.get((clock.rule, clock.run))
            if run is None or ledger_of(run) != clock.ledger:
                wrong.append(f"{case.number}: clock {clock.rule} {clock.run} is not what its events make")
            elif derive(clock.calendar, Budget.parse(clock.budget), run).moment != clock.due:
                wrong.append(f"{case.number}: clock {clock.rule} is due at another moment")
        meant = {level: folded(text) for level, text in said(case, matter_of(case)).items() if text}
        kept = dict(case.texts.values_list("level", "text"))
        if meant != kept:
            wrong.append(f"{case.number}: its text for search is not what it says: {meant} {kept}")
        if connection.vendor == "postgresql" and _indexed(case) != _meant(case):
            wrong.append(f"{case.number}: the terms of its texts are others than they have")
        if case.events.filter(entry__tree=None).exists():
            wrong.append(f"{case.number}: an event has no place in the log")
    return wrong


def _indexed(case) -> list[tuple]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT text_id, case_id, level, text, tsvector_to_array(body) FROM cases_terms"
            " WHERE text_id = ANY (%s) ORDER BY text_id",
            [list(case.texts.values_list("pk", flat=True))],
        )
        return cursor.fetchall()


def _meant(case) -> list[tuple]:
    from qinglian.capabilities.cases.grams import terms
    from qinglian.capabilities.cases.placing import marks

    return [
        (row.pk, case.pk, row.level, row.text,
         sorted({*terms(row.text), *marks(row.pk, case.unit_holding_id)}))
        for row in case.texts.order_by("pk")
    ]  # fmt: skip
