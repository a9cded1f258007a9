"""What a step does to the clocks, against a slow second telling."""

from __future__ import annotations

from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from qinglian.zone import clock_moves, load

MATTER = load(Path(__file__).parents[2] / "zones" / "qianhai").matters["consultation"]


def walk(*states: str) -> list[dict[str, str]]:
    """The open clocks after each state, lodging first."""
    now: dict[str, str] = {}
    before, seen = None, []
    for state in states:
        for move in clock_moves(MATTER, before, state, now):
            match move.do:
                case "start" | "resume":
                    now[move.clock] = "running"
                case "pause":
                    now[move.clock] = "paused"
                case "stop":
                    del now[move.clock]
        before = state
        seen.append(dict(now))
    return seen


def test_the_usual_way() -> None:
    assert walk("received", "handling", "answered", "closed") == [
        {"accept-in": "running"},
        {"answer-in": "running"},
        {"auto-close": "running"},
        {},
    ]


def test_supplying_resumes_and_reopening_starts_anew() -> None:
    assert [move.do for move in clock_moves(MATTER, "handling", "awaiting", {"answer-in": "running"})] == [
        "pause"
    ]
    assert [move.do for move in clock_moves(MATTER, "awaiting", "handling", {"answer-in": "paused"})] == [
        "resume"
    ]
    reopened = clock_moves(MATTER, "answered", "handling", {"auto-close": "running"})
    assert [(move.clock, move.do) for move in reopened] == [("answer-in", "start"), ("auto-close", "stop")]


def test_asked_before_it_was_taken_up_the_answer_clock_starts_when_supplied() -> None:
    assert walk("received", "awaiting", "handling") == [
        {"accept-in": "running"},
        {},
        {"answer-in": "running"},
    ]


def test_withdrawing_while_paused_stops_everything() -> None:
    assert walk("received", "handling", "awaiting", "withdrawn")[-1] == {}


def test_staying_moves_nothing() -> None:
    assert clock_moves(MATTER, "handling", "handling", {"answer-in": "running"}) == ()


@settings(max_examples=100)
@given(st.data())
def test_on_any_way_through_the_matter_a_clock_runs_exactly_where_it_should(data: st.DataObject) -> None:
    states = [MATTER.initial]
    while not MATTER.states[states[-1]].terminal and len(states) < 12:
        out = sorted({a.to for a in MATTER.actions.values() if states[-1] in a.from_})
        states.append(data.draw(st.sampled_from(out)))
    for state, clocks in zip(states, walk(*states), strict=True):
        assert ("accept-in" in clocks) == (state == "received")
        assert ("auto-close" in clocks) == (state == "answered")
        assert (clocks.get("answer-in") == "running") == (state == "handling")
        if MATTER.states[state].terminal:
            assert clocks == {}
