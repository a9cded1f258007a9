"""A clock as a page shows it: its days one by one, what was skipped and why, what is left."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime
from itertools import groupby

from qinglian.capabilities.cases.eyes import Withheld
from qinglian.capabilities.cases.models import Clock
from qinglian.capabilities.cases.rules import Run
from qinglian.capabilities.cases.schedule import derive, run_of
from qinglian.engines.clock import Budget, Due, Skipped, remaining
from qinglian.zone import Action, ClockRule, Matter, Text, clock_moves
from qinglian.zone.current import current
from qinglian.zone.moves import PAUSED, RUNNING, START


@dataclass(frozen=True)
class TrackDay:
    on: date
    kind: str  # used | left | skip | pause
    x: int


@dataclass(frozen=True)
class SkippedDays:
    """Days passed over for one reason, in a row."""

    why: str
    name: dict[str, str]
    days: list[date]


@dataclass(frozen=True)
class PauseReading:
    """A time that the clock stood still, and what that did to the due moment."""

    start: datetime
    end: datetime
    days: int | None  # working days not counted for it; None for a budget of another unit
    before: datetime | None
    after: datetime | None
    why: Text | None  # what it waited for


@dataclass(frozen=True)
class ExtensionReading:
    """A budget that was added, and what that did to the due moment: none while the clock stood still."""

    start: datetime  # when it was given
    more: str  # the budget added
    exact: bool  # it counts in hours: a day alone would not tell where it ends
    before: datetime | None
    after: datetime | None
    why: str | Withheld


@dataclass(frozen=True)
class ClockReading:
    rule: ClockRule
    run: int
    budget: Budget
    start: datetime
    due: datetime | None
    status: str
    paused: bool
    paused_since: datetime | None
    pauses: list[PauseReading]  # those that are over
    stopped: datetime | None
    late: bool
    left: int | None  # working days; below 0 is over
    used: int
    days: list[TrackDay]
    today: int | None  # x of the mark in the track
    skipped: list[SkippedDays]
    extensions: list[ExtensionReading]
    calendar: str
    changes: list[tuple[datetime, datetime | None, datetime | None]]

    @property
    def moves(self) -> list[PauseReading | ExtensionReading]:
        """What moved the due moment, in the order in which it did."""
        return sorted([*self.extensions, *self.pauses], key=lambda each: each.start)


def _skipped_rows(skipped: tuple[Skipped, ...]) -> list[SkippedDays]:
    def key(each: Skipped) -> tuple[str, str]:
        return each.why, each.name

    rows = []
    for (why, _name), run in groupby(skipped, key):
        days = list(run)
        first = days[0]
        names = {
            "zh-hans": first.name,
            "zh-hant": first.name_hant or first.name,
            "en": first.name_en or first.name,
        }
        rows.append(SkippedDays(why, names, [each.date for each in days]))
    return rows


def read_clock(matter: Matter, clock: Clock, now: datetime) -> ClockReading:
    run = run_of(clock)
    answer = derive(clock.calendar, Budget.parse(clock.budget), run)
    calendar = current().calendars[clock.calendar]
    today = calendar.local(run.stopped or now).date()
    skipped = {each.date: each for each in answer.skipped}
    spread = sorted({*answer.counted, *skipped})
    days = [TrackDay(on, _kind(on, skipped, today), x) for x, on in enumerate(spread)]
    moment = clock.due if run.stopped else answer.moment  # what is over stays as it was
    late = moment is not None and (run.stopped or now) > moment
    running = run.stopped is None and moment is not None
    return ClockReading(
        rule=matter.clocks[clock.rule],
        run=clock.run,
        budget=answer.budget,
        start=run.start,
        due=moment,
        status=answer.status,
        paused=run.paused and run.stopped is None,
        paused_since=run.pauses[-1].start if run.paused else None,  # type: ignore[arg-type]
        pauses=_pauses(matter, clock, run),
        stopped=run.stopped,
        late=late,
        left=remaining(calendar, moment, now) if running and moment else None,
        used=sum(on <= today for on in answer.counted),
        days=days,
        today=next((d.x for d in days if d.on == today), None) if running else None,
        skipped=_skipped_rows(answer.skipped),
        extensions=_extensions(clock, run),
        calendar=clock.calendar,
        changes=[(c.at, c.before, c.after) for c in sorted(clock.changes.all(), key=lambda c: c.pk)],
    )


def _pauses(matter: Matter, clock: Clock, run: Run) -> list[PauseReading]:
    """Each pause that is over: the due moment without it, and with it."""
    budget, said = Budget.parse(clock.budget), []
    for n, pause in enumerate(run.pauses):
        start, end = pause.start, pause.end
        if not isinstance(start, datetime) or not isinstance(end, datetime) or end == run.stopped:
            continue
        given = [each for each in run.extensions if isinstance(each.at, datetime) and each.at <= start]
        before, after = (
            derive(clock.calendar, budget, replace(run, pauses=run.pauses[:upto], extensions=given))
            for upto in (n, n + 1)
        )
        days = _held(after) - _held(before) if budget.unit == "wd" else None
        waited = matter.states.get(pause.reason)
        said.append(
            PauseReading(start, end, days, before.moment, after.moment, waited.title if waited else None)
        )
    return said


def _extensions(clock: Clock, run: Run) -> list[ExtensionReading]:
    """Each budget that was added: the due moment without it, and with it, by what had paused until then."""
    budget, said = Budget.parse(clock.budget), []
    for n, given in enumerate(run.extensions):
        if not isinstance(given.at, datetime):
            continue
        held = [each for each in run.pauses if isinstance(each.start, datetime) and each.start < given.at]
        before, after = (
            derive(clock.calendar, budget, replace(run, pauses=held, extensions=run.extensions[:upto])).moment
            for upto in (n, n + 1)
        )
        more, exact = str(given.budget), given.budget.unit in ("h", "wh")
        said.append(ExtensionReading(given.at, more, exact, before, after, given.reason))
    return said


def begins_next(
    matter: Matter, state: str, actions: Iterable[Action], clocks: Iterable[ClockReading]
) -> ClockRule | None:
    """The clock that begins once one of these actions hands the case to the unit; none that runs already."""
    now = {each.rule.id: PAUSED if each.paused else RUNNING for each in clocks if not each.stopped}
    targets = [to for action in actions for to in action.targets if matter.states[to].turn == "unit"]
    moves = [move for to in targets for move in clock_moves(matter, state, to, now)]
    return next((matter.clocks[move.clock] for move in moves if move.do == START), None)


def _held(answer: Due) -> int:
    """Days that would have counted, had the clock not stood still."""
    return sum(each.why == "pause" for each in answer.skipped)


def _kind(on: date, skipped: dict[date, Skipped], today: date) -> str:
    if on in skipped:
        return "pause" if skipped[on].why == "pause" else "skip"
    return "used" if on <= today else "left"
