"""What a step from one state to another does to the clocks of a case."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from qinglian.zone.matter import ClockRule, Matter

START, PAUSE, RESUME, STOP = "start", "pause", "resume", "stop"
RUNNING, PAUSED = "running", "paused"


@dataclass(frozen=True, slots=True)
class Move:
    clock: str
    do: str


def clock_moves(
    matter: Matter, before: str | None, after: str, open_clocks: Mapping[str, str]
) -> tuple[Move, ...]:
    """The moves when a case goes from `before` (None: it is lodged) to `after`.

    open_clocks: id of each clock that was started and not stopped → `running` or `paused`.

    In this order, for each clock: an open one stops at a moment in `stops`; one still open pauses on
    entering a state of `pause_in`, and resumes on entering any other; one that is not open starts at
    `starts`, anew, with its whole budget. So coming back from a pause resumes and never restarts, and a
    case reopened after the clock stopped gets a new one. Staying in a state neither leaves nor enters it.
    """
    if before == after:
        return ()
    found = (_move(clock, before, after, open_clocks.get(clock.id)) for clock in matter.clocks.values())
    return tuple(move for moves in found for move in moves)


def _move(clock: ClockRule, before: str | None, after: str, now: str | None) -> list[Move]:
    moments = {f"enter:{after}"} | ({f"leave:{before}"} if before else set())
    moves = []
    if now is not None and moments & set(clock.stops):
        moves.append(Move(clock.id, STOP))
        now = None
    elif now is not None:
        paused = after in clock.pause_in
        if paused != (now == PAUSED):
            return [Move(clock.id, PAUSE if paused else RESUME)]
    if now is None and clock.starts in moments and clock.starts not in clock.stops:
        moves.append(Move(clock.id, START))
    return moves
