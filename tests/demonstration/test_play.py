"""A small play, on whichever database there is."""

from __future__ import annotations

from collections import Counter
from datetime import date

import pytest
from django.db import connection, transaction
from django.utils.translation import override
from tests.demonstration.conftest import UNTIL, Played, everything, play

from qinglian.capabilities.cases.models import (
    Case,
    CaseEvent,
    ChannelQuestion,
    Duty,
    MatterVersion,
    NumberSeries,
)
from qinglian.capabilities.figures.models import Batch, Edition
from qinglian.capabilities.ledger.models import Entry, Tree
from qinglian.web.invariants import invariants
from qinglian.zone.current import current


def test_what_was_played_holds_together(played: Played) -> None:
    assert played.cases == Case.objects.count() >= 60
    assert sum(NumberSeries.objects.values_list("last", flat=True)) >= played.cases
    looked = list(invariants())
    assert [(each.said, each.wrong) for each in looked if each.wrong] == []
    assert all(each.n for each in looked[:-1]) and len(looked) >= 9, "each looked at something"
    assert sum(each.n == CaseEvent.objects.count() for each in looked) == 2
    done = Counter(CaseEvent.objects.values_list("action", flat=True))
    assert done["answer"] and done["close"] and done["ask"] and done["accept"], done
    assert max(Case.objects.values_list("lodged_at", flat=True)).date() <= UNTIL
    assert MatterVersion.objects.count() > 3
    in_rooms = list(ChannelQuestion.objects.values_list("channel", "case__handler"))
    assert in_rooms and all(handler for _room, handler in in_rooms), "somebody is on duty, and has it"
    assert {duty.channel for duty in Duty.objects.filter(until__gt=UNTIL)} == set(current().channels)
    _each_damage_is_seen()


def _each_damage_is_seen() -> None:
    """What somebody with the database in hand could change, each found by the rule that is about it."""
    case = Case.objects.filter(open=True).latest("id")
    batch = Batch.objects.latest("id")
    damages = {
        "numbered without a gap": lambda: CaseEvent.objects.filter(case=case, seq=1).update(seq=900),
        "check for ties": lambda: CaseEvent.objects.filter(actor="staff").update(conflict_check=None),
        "events bring it": lambda: Case.objects.filter(pk=case.pk).update(state="closed"),
        "due moment follows": lambda: Case.objects.filter(pk=case.pk).update(due=case.lodged_at),
        "hash of its rows": lambda: Batch.objects.filter(pk=batch.pk).update(rows=batch.rows + "x"),
        "edition of the figures": lambda: Edition.objects.update(manifest={"figures": {}, "tables": {}}),
        "the one that was hashed": lambda: Entry.objects.filter(index=3).update(data=b"{}"),
        "head of each log": lambda: Tree.objects.update(root=bytes(32)),
    }
    for rule, damage in damages.items():
        with transaction.atomic(), override("en"):
            _open_the_guards()
            damage()
            found = [each.said for each in invariants(40) if each.wrong]
            assert any(rule in said for said in found), (rule, found)
            transaction.set_rollback(True)


def _open_the_guards() -> None:
    """What the database itself refuses, it lets happen until this is rolled back."""
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'")
            for (name,) in cursor.fetchall():
                cursor.execute(f'DROP TRIGGER "{name}"')
            return
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        for model in (CaseEvent, Batch, Edition, Entry):
            cursor.execute(f'ALTER TABLE "{model._meta.db_table}" DISABLE TRIGGER USER')


def test_the_same_seed_gives_the_same_cases_and_another_does_not(db: None) -> None:
    found = []
    for seed in (7, 7, 8):
        with transaction.atomic():
            play(seed, size=14 / 2000, until=date(2022, 7, 1))  # soon after the calendar begins
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
