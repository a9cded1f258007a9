"""State and clocks are what the events amount to, whatever way a case goes."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import date, datetime, time, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests import people
from tests.people import MONDAY

from qinglian.capabilities.cases import queries
from qinglian.capabilities.cases.models import Case
from qinglian.capabilities.cases.schedule import derive, ledger_of
from qinglian.engines.clock import Budget
from qinglian.faults import Fault
from qinglian.zone.current import current

ACTIONS = ("accept", "ask", "supply", "answer", "close", "reopen", "withdraw", "extend")
# Mostly something the state allows (the first number picks it), at times anything at all.
STEPS = st.tuples(st.integers(0, 5), st.none() | st.sampled_from(ACTIONS), st.integers(1, 100))
# What each end may do in the shipped matter, written down a second time, by hand.
MAY = {
    "received": {"accept", "ask", "withdraw"},
    "handling": {"ask", "answer", "withdraw"},
    "awaiting": {"supply", "withdraw"},
    "answered": {"close", "reopen"},
    "closed": set(),
    "withdrawn": set(),
}
TO = {
    "accept": "handling",
    "ask": "awaiting",
    "supply": "handling",
    "answer": "answered",
    "close": "closed",
    "reopen": "handling",
    "withdraw": "withdrawn",
}


def _who(action: str) -> people.Actor:
    return people.actions.APPLICANT if action in ("supply", "close", "reopen", "withdraw") else people.li()


def _holds(case_id: int, now: datetime) -> None:
    """Rows equal what the events amount to."""
    case = Case.objects.get(pk=case_id)
    folded, row = queries.refolded(case.number)
    assert folded.state == row["state"] == case.state
    assert len(folded.runs) == len(row["clocks"])
    runs = {(run.rule, run.number): run for run in folded.runs}
    for clock in row["clocks"]:
        run = runs[clock.rule, clock.run]
        assert clock.ledger == ledger_of(run)
        assert clock.stopped == (run.stopped is not None)
        assert clock.running == (run.stopped is None and not run.paused)
        answer = derive(clock.calendar, Budget.parse(clock.budget), run)
        assert (clock.due, clock.status) == (answer.moment, answer.status)
    running = [clock.due for clock in row["clocks"] if clock.running and clock.due]
    assert case.due == (min(running, default=None) if case.turn == "unit" else None)
    assert [event.seq for event in case.events.order_by("seq")] == list(range(1, case.ver + 1))
    assert case.open == (case.state not in ("closed", "withdrawn"))
    assert (case.closed_at is None) == case.open
    queries.case_page(case_id, now, frozenset({"clerk", "head", "applicant"}))


@pytest.mark.django_db
@settings(max_examples=12, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=st.lists(STEPS, min_size=4, max_size=12))
def test_rows_equal_the_fold_of_events_after_any_walk(
    units: None, steps: list[tuple[int, str | None, int]]
) -> None:
    now = MONDAY
    case_id = people.chen_asks(now).case_id
    state, done = "received", Counter[str]()
    for pick, wild, hours in steps:
        now += timedelta(hours=hours)
        likely = [*sorted(MAY[state]), "extend"]
        action = wild or likely[pick % len(likely)]
        if action == "extend":
            _try_to_extend(case_id, now)
        else:
            possible = action in MAY[state] and not (action in ("ask", "reopen") and done[action])
            assert _tried(case_id, action, now) == possible, (state, action)
            if possible:
                state = TO[action]
                done[action] += 1
        assert Case.objects.get(pk=case_id).state == state
        _holds(case_id, now)


def _tried(case_id: int, action: str, now: datetime) -> bool:
    before = Case.objects.values().get(pk=case_id)
    try:
        people.act(case_id, action, _who(action), now)
    except Fault:
        assert Case.objects.values().get(pk=case_id) == before
        return False
    return True


def _try_to_extend(case_id: int, now: datetime) -> None:
    page = queries.case_page(case_id, now, frozenset({"head"}))
    try:
        people.extend(case_id, people.zhao(), now)
        assert page.extendable
    except Fault:
        assert not page.extendable


def _by_hand(start: date, budget: int, pauses: list[tuple[date, date]]) -> datetime:
    """The last second of the last working day, counted one by one: not the first day, nor any in a pause."""
    calendar, on, left = current().calendars["CN"], start, budget
    while left:
        on += timedelta(days=1)
        if calendar.is_working(on) and not any(a <= on < b for a, b in pauses):
            left -= 1
    return datetime.combine(on, time(23, 59, 59), people.SHENZHEN)


@pytest.mark.django_db
@settings(max_examples=12, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(waits=st.tuples(*[st.integers(0, 200)] * 3), longer=st.booleans())
def test_the_due_moment_equals_a_count_by_hand(
    units: None, waits: tuple[int, int, int], longer: bool
) -> None:
    accepted = MONDAY + timedelta(hours=waits[0])
    asked = accepted + timedelta(hours=waits[1])
    supplied = asked + timedelta(hours=waits[2])
    case_id = people.chen_asks().case_id
    people.act(case_id, "accept", people.li(), accepted)
    if longer:
        people.extend(case_id, people.zhao(), accepted)
    people.act(case_id, "ask", people.li(), asked)
    assert Case.objects.get(pk=case_id).due is None
    people.act(case_id, "supply", people.actions.APPLICANT, supplied)
    expected = _by_hand(accepted.date(), 10 if longer else 5, [(asked.date(), supplied.date())])
    assert Case.objects.get(pk=case_id).due == expected


@pytest.mark.django_db
def test_the_pause_moves_the_due_moment_by_the_working_days_it_lasted(units: None) -> None:
    case_id = people.chen_asks().case_id
    people.act(case_id, "accept", people.li(), MONDAY)
    assert Case.objects.get(pk=case_id).due == datetime(2026, 3, 9, 23, 59, 59, tzinfo=people.SHENZHEN)
    people.act(case_id, "ask", people.li(), MONDAY + timedelta(days=1))
    page = queries.case_page(case_id, MONDAY + timedelta(days=2), frozenset())
    assert [clock.paused for clock in page.clocks if not clock.stopped] == [True]
    people.act(case_id, "supply", people.actions.APPLICANT, MONDAY + timedelta(days=4))  # three days later
    assert Case.objects.get(pk=case_id).due == datetime(2026, 3, 12, 23, 59, 59, tzinfo=people.SHENZHEN)


@pytest.mark.django_db
def test_a_reopened_case_gets_a_new_clock_with_its_whole_budget(units: None) -> None:
    case_id = people.chen_asks().case_id
    for day, (action, actor) in enumerate(
        [("accept", people.li()), ("answer", people.li()), ("reopen", people.actions.APPLICANT)]
    ):
        people.act(case_id, action, actor, MONDAY + timedelta(days=day))
    runs = [(c.rule, c.run, c.stopped) for c in Case.objects.get(pk=case_id).clocks.order_by("id")]
    assert runs == [
        ("accept-in", 1, True),
        ("answer-in", 1, True),
        ("auto-close", 1, True),
        ("answer-in", 2, False),
    ]
    assert Case.objects.get(pk=case_id).due == datetime(2026, 3, 11, 23, 59, 59, tzinfo=people.SHENZHEN)


@pytest.mark.django_db
def test_a_case_keeps_the_matter_under_which_it_was_lodged(
    units: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    old, changed = people.matter(), _changed_matter()
    case_id = people.chen_asks().case_id
    zone = replace(current(), matters={**current().matters, "consultation": changed})
    monkeypatch.setattr("qinglian.zone.current._zone", zone)
    later = people.chen_asks(secret="later").case_id
    for case, version, days in [(case_id, old, "5wd"), (later, changed, "9wd")]:
        people.act(case, "accept", people.li(), MONDAY)
        page = queries.case_page(case, MONDAY, frozenset())
        assert page.matter.sha == version.sha and page.matter.version == version.version
        assert str(page.clocks[-1].budget) == days


def _changed_matter() -> people.Matter:
    from qinglian.zone import read_matter

    old = people.matter()
    main = "matters/consultation.toml"
    text = old.pins[main].replace('budget = "5wd"', 'budget = "9wd"').replace('"2026.2"', '"2026.3"')
    return read_matter({**old.pins, main: text}, main)
