"""Queries compiled once give what they would give anew; and the verbs of the desk cost little."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta
from itertools import product
from typing import Any

import pytest
from django.db import connection, transaction
from django.db.models import Model
from django.test.utils import CaptureQueriesContext
from tests import people
from tests.people import MONDAY

from qinglian.capabilities.access.prepared import Prepared
from qinglian.capabilities.access.prepared_writes import PreparedUpdate, insert, insert_all, update
from qinglian.capabilities.cases import rungs
from qinglian.capabilities.cases.models import Case, CaseEvent, Clock, ClockRung
from qinglian.capabilities.interests.actions import declare_tie
from qinglian.capabilities.interests.models import ConflictCheck
from qinglian.capabilities.notices.models import Notice

VALUES: dict[type, list[Any]] = {
    int: [2026],
    str: ["internal", "confidential", "{prefix}-{yyyy}-{seq:06}-{check}", "no such"],
    date: [MONDAY.date(), date(2030, 1, 1)],
    datetime: [MONDAY, datetime(2030, 1, 1, tzinfo=UTC)],
}


def everywhere() -> Iterator[tuple[str, Prepared]]:
    for name, room in sorted(sys.modules.items()):
        if name.startswith("qinglian.capabilities."):
            for key, value in vars(room).items():
                if isinstance(value, Prepared):
                    yield f"{name.removeprefix('qinglian.capabilities.')}.{key}", value


def _plain(found: Any, deep: bool = True) -> Any:
    """An instance with its columns, and those that were selected with it."""
    if isinstance(found, Model):
        kept = {key: value for key, value in vars(found).items() if key != "_state"}
        beside = found._state.fields_cache.items() if deep else ()
        return type(found), kept, {key: _plain(each, False) for key, each in beside}
    return found


@pytest.mark.django_db(transaction=False)
def test_each_prepared_query_gives_what_the_query_itself_would(
    units: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    case, li = people.chen_asks(email="chen@example.com").case_id, people.li()
    people.act(case, "accept", li, MONDAY + timedelta(hours=1))
    people.act(people.he_asks().case_id, "accept", li, MONDAY + timedelta(hours=1))
    firm = Case.objects.get(pk=case).applicant_id
    declare_tie(people.wang().person_id or 0, "adviser", MONDAY, enterprise=firm)
    clock = Clock.objects.filter(case=case).latest("id")
    there = [case, firm, li.person_id, people.wang().person_id, clock.pk]
    monkeypatch.setitem(VALUES, int, [*VALUES[int], *there])
    asked, answered = 0, 0
    for name, prepared in everywhere():
        kinds = prepared.types
        for values in product(*(VALUES[kind] for kind in kinds.values())):
            said = dict(zip(kinds, values, strict=True))
            meant = [_plain(each) for each in prepared.build(**said)]
            assert [_plain(each) for each in prepared(**said)] == meant, (name, said)
            assert [_plain(each) for each in prepared(**said)] == meant, (name, said, "asked again")
            asked, answered = asked + 1, answered + bool(meant)
    assert asked > 40 and answered > 15, "so that the comparison compares something"


@pytest.mark.django_db
def test_a_value_that_changes_the_statement_or_is_lost_cannot_be_prepared(units: None) -> None:
    lost = Prepared(lambda case: Case.objects.filter(pk=7), case=int)
    with pytest.raises(AssertionError, match="not used as it is given"):
        lost(case=7)
    bent = Prepared(lambda case: Case.objects.filter(pk=case + 1), case=int)
    with pytest.raises(ValueError, match="unpack"):
        bent(case=7)
    other = Prepared(lambda case: Case.objects.filter(pk__in=range(case % 3)), case=int)
    with pytest.raises((AssertionError, ValueError)):
        other(case=7)


@pytest.mark.django_db(transaction=True)
def test_rows_are_locked_inside_a_transaction_only() -> None:
    held = Prepared(lambda case: Case.objects.select_for_update().filter(pk=case), case=int)
    with pytest.raises(Exception, match="transaction"):
        held(case=1)


@pytest.mark.django_db
def test_what_is_written_with_a_kept_statement_is_what_the_orm_would_write(units: None) -> None:
    case = people.chen_asks(email="chen@example.com").case_id
    people.act(case, "accept", people.li(), MONDAY + timedelta(hours=1))
    some = [CaseEvent.objects.latest("id"), Clock.objects.latest("id"), Notice.objects.latest("id"),
            ConflictCheck.objects.latest("id"), ClockRung.objects.latest("id")]  # fmt: skip
    for row in some:
        told = {}
        for how in (insert, lambda fresh: fresh.save(force_insert=True), lambda fresh: insert_all([fresh])):
            fresh = type(row).objects.get(pk=row.pk)
            fresh.pk, fresh._state.adding = None, True
            if isinstance(fresh, CaseEvent):
                fresh.seq = 77
            if isinstance(fresh, Clock):
                fresh.run = 77
            if isinstance(fresh, ClockRung):
                fresh.rung = "77"
            with transaction.atomic(), CaptureQueriesContext(connection) as said:
                how(fresh)
                if how is insert:
                    assert _plain(type(row).objects.get(pk=fresh.pk), False) == _plain(fresh, False)
                transaction.set_rollback(True)
            told[how] = said[0]["sql"].partition(" RETURNING ")[0]
        assert len(set(told.values())) == 1, told
    clock = Clock.objects.latest("id")
    insert_all([ClockRung(clock=clock, rung=f"7{n}", do="x", due=MONDAY) for n in range(3)])
    assert list(clock.rungs.filter(do="x").order_by("id").values_list("rung", flat=True)) == [
        "70",
        "71",
        "72",
    ]


@pytest.mark.django_db
def test_a_row_is_changed_only_where_it_still_is_as_it_was_seen(units: None) -> None:
    case = Case.objects.get(pk=people.chen_asks().case_id)
    case.answers, case.due, case.title = {"kept": ["一", 2]}, None, "another"
    assert update(case, "answers", "due", ver=case.ver) == 1
    assert update(case, "title", ver=case.ver + 1) == 0
    there = Case.objects.get(pk=case.pk)
    assert (there.answers, there.due) == (case.answers, None) and there.title != "another"
    assert not update(Case(pk=0, title="nobody"), "title")


@pytest.mark.django_db
def test_each_prepared_update_is_the_update_of_its_query(units: None) -> None:
    asked = 0
    for name, room in sorted(sys.modules.items()):
        for key, value in vars(room).items() if name.startswith("qinglian.capabilities.") else ():
            if not isinstance(value, PreparedUpdate):
                continue
            said = {each: VALUES[kind][0] for each, kind in value.types.items()}
            with CaptureQueriesContext(connection) as told:
                value(**said)
                rows, meant = value.build(**said)
                rows.update(**meant)
            assert told[0]["sql"] == told[1]["sql"], (name, key)
            asked += 1
    assert asked > 3


# What each verb may cost in statements, savepoints and all: before they were prepared it was twice as much.
MOST = {"lodge": 34, "accept": 32, "ask": 26, "supply": 21, "answer": 28, "reopen": 21, "rung": 17}


@pytest.mark.django_db
def test_the_verbs_of_the_desk_ask_the_database_little(units: None) -> None:
    li, spent = people.li(), dict[str, int]()

    def counted(verb: str, deed: Callable[[], Any]) -> Any:
        with CaptureQueriesContext(connection) as asked:
            given = deed()
        spent[verb] = len(asked)
        return given

    people.he_asks()  # what is asked for once, the matter's version and the series, is there
    regno = "91000000MA50000018"
    case = counted("lodge", lambda: people.chen_asks(regno=regno, email="chen@example.com")).case_id
    for n, (verb, actor) in enumerate(
        [("accept", li), ("ask", li), ("supply", people.actions.APPLICANT), ("answer", li),
         ("reopen", people.actions.APPLICANT)], 1
    ):  # fmt: skip
        ver, now = Case.objects.get(pk=case).ver, MONDAY + timedelta(hours=n)
        counted(verb, lambda v=verb, a=actor, s=ver, at=now: people.actions.act_on_case(
            case, v, a, s, people.SAYS, at))  # fmt: skip
    due = ClockRung.objects.filter(clock__case=case, fired=None).exclude(due=None).earliest("due").due
    assert due is not None
    ClockRung.objects.exclude(clock__case=case).update(due=None)
    counted("rung", lambda: rungs.fire_due(due + timedelta(seconds=1)))
    assert {verb: n for verb, n in spent.items() if n > MOST[verb]} == {}, spent
    assert Clock.objects.filter(case=case, stopped=False).count() == 1
