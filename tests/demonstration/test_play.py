"""A small play, on whichever database there is."""

from __future__ import annotations

from collections import Counter

import pytest
from django.db import transaction
from tests.demonstration.conftest import UNTIL, Played, everything, play

from qinglian.capabilities.cases.models import Case, CaseEvent, MatterVersion, NumberSeries
from qinglian.capabilities.cases.queries import refolded
from qinglian.capabilities.cases.schedule import derive, ledger_of
from qinglian.engines.clock import Budget
from qinglian.web.comparing import differences


def test_what_was_played_holds_together(played: Played) -> None:
    assert played.cases == Case.objects.count() >= 60
    assert sum(NumberSeries.objects.values_list("last", flat=True)) >= played.cases
    for case in Case.objects.order_by("id"):
        events = list(case.events.order_by("seq"))
        assert [each.seq for each in events] == list(range(1, len(events) + 1))
        assert all(each.conflict_check_id for each in events if each.actor == "staff"), case.number
        folded, row = refolded(case.number)
        assert folded.state == row["state"]
        clocks = {(clock.rule, clock.run): clock for clock in row["clocks"]}
        assert set(clocks) == {(run.rule, run.number) for run in folded.runs}
        for run in folded.runs:
            clock = clocks[run.rule, run.number]
            if case.erased_at is None:
                assert clock.ledger == ledger_of(run), case.number
            if not clock.stopped:
                assert clock.due == derive(clock.calendar, Budget.parse(clock.budget), run).moment
    assert [str(each) for each in differences()] == []
    done = Counter(CaseEvent.objects.values_list("action", flat=True))
    assert done["answer"] and done["close"] and done["ask"] and done["accept"], done
    assert max(Case.objects.values_list("lodged_at", flat=True)).date() <= UNTIL
    assert MatterVersion.objects.count() > 3


def test_the_same_seed_gives_the_same_cases_and_another_does_not(db: None) -> None:
    found = []
    for seed in (7, 7, 8):
        with transaction.atomic():
            play(seed, size=14 / 2000)
            found.append(repr(everything()))
            transaction.set_rollback(True)
    assert found[0] == found[1]
    assert found[0] != found[2]


@pytest.mark.django_db
def test_a_zone_that_is_no_demonstration_plays_none(monkeypatch: pytest.MonkeyPatch) -> None:
    from dataclasses import replace
    from datetime import UTC, datetime

    from qinglian.faults import Fault
    from qinglian.web.demonstration import play as begin
    from qinglian.zone.current import current

    real = replace(current(), demonstration=False)
    monkeypatch.setattr("qinglian.zone.current._zone", real)
    with pytest.raises(Fault, match="not a demonstration"):
        begin(UNTIL, 1, 10, datetime(2026, 11, 23, tzinfo=UTC))
    assert not Case.objects.exists()
