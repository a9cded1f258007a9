"""How long a matter takes in fact, beside what it promises: from the clocks of its cases, once a day.

Counted are the runs whose due moment has passed, ended or not, among the cases lodged last: whoever looks
only at what has ended does not see what lies about. Pauses do not count, as they do not in the promise.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from zoneinfo import ZoneInfo

from django.db import transaction

from qinglian.capabilities.cases.handling import today
from qinglian.capabilities.cases.models import Case, Clock, MatterVersion, Pace
from qinglian.capabilities.cases.rules import Run
from qinglian.capabilities.cases.schedule import office_hours, run_of
from qinglian.engines.clock import Budget, Calendar, Due, due
from qinglian.faults import Fault
from qinglian.zone import ClockRule, Matter
from qinglian.zone.current import current

LOOKED_AT = 400  # cases of a matter, the last ones lodged
LEAST = 5  # fewer would tell of single cases
MOST = 65_536  # of a unit: what took longer is said to have taken that


@dataclass(frozen=True)
class PaceReading:
    n: int
    within: int
    running: int
    half: Budget | None
    ninth: Budget | None
    as_of: date
    enough: bool
    half_same_day: bool
    ninth_same_day: bool


def keep_paces(now: datetime, limit: int = 1) -> int:
    """A job: the paces of at most limit matters that have none of today; how many were made."""
    day = today(now)
    made = set(Pace.objects.filter(as_of=day).values_list("matter", flat=True))
    left = [each for each in current().matters.values() if each.id not in made and measured(each)]
    for matter in left[:limit]:
        _keep(matter, day)
    return len(left[:limit])


def measured(matter: Matter) -> list[ClockRule]:
    """The clocks by which something is promised: not those that only wait for silence."""
    return [rule for rule in matter.clocks.values() if rule.silence is None or rule.silence.basis is not None]


def _keep(matter: Matter, day: date) -> None:
    until = datetime.combine(day, time(), ZoneInfo(current().timezone))
    known = list(MatterVersion.objects.filter(matter=matter.id).values_list("pk", flat=True))
    cases = list(
        Case.objects.filter(matter_version__in=known).order_by("-pk").values_list("pk", flat=True)[:LOOKED_AT]
    )
    over = Clock.objects.filter(case__in=cases, due__lt=until)
    with transaction.atomic():
        for rule in measured(matter):
            _write(matter, rule, day, [each for each in over.filter(rule=rule.id) if _same(each, rule)])


def _same(clock: Clock, rule: ClockRule) -> bool:
    """Whether it ran under the promise of today: another budget, and its times say nothing of this one."""
    return clock.budget == str(rule.budget)


def _write(matter: Matter, rule: ClockRule, day: date, clocks: Sequence[Clock]) -> None:
    runs = [(run_of(each), each) for each in clocks]
    ended = [(run, each) for run, each in runs if run.stopped is not None]
    took = sorted(used(run, rule.budget, current().calendars[each.calendar]) for run, each in ended)
    Pace.objects.update_or_create(
        matter=matter.id,
        rule=rule.id,
        defaults={
            "as_of": day,
            "n": len(runs),
            "within": sum(_kept(run, each) for run, each in ended),
            "running": len(runs) - len(ended),
            "half": share(took, len(runs), 1, 2),
            "ninth": share(took, len(runs), 9, 10),
        },
    )


def _kept(run: Run, clock: Clock) -> bool:
    assert run.stopped is not None and clock.due is not None
    return run.stopped <= clock.due


def share(took: Sequence[int], n: int, part: int, of: int) -> int | None:
    """The least amount within which part/of of n runs ended; took: sorted, of those that ended."""
    place = -(-n * part // of) - 1
    return took[place] if 0 <= place < len(took) else None


def used(run: Run, budget: Budget, calendar: Calendar) -> int:
    """Days of the budget's kind up to the end of the run; of hours and months, the least that suffice."""
    assert run.stopped is not None
    first, last = (calendar.local(each).date() for each in (run.start, run.stopped))
    if first == last and budget.unit in ("wd", "cd", "mo"):
        return 0
    high = 1
    while high < MOST and not _enough(_long(high, run, budget, calendar), run):
        high *= 2
    whole = _long(high, run, budget, calendar) if budget.unit in ("wd", "cd") else None
    if whole is not None:
        return sum(on <= last for on in whole.counted)
    low = high // 2  # was not enough, or is nothing
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (low, middle) if _enough(_long(middle, run, budget, calendar), run) else (middle, high)
    return high


def _long(amount: int, run: Run, budget: Budget, calendar: Calendar) -> Due | None:
    """The run with another budget; None where that would end in a year that no calendar holds yet."""
    try:
        asked = Budget(amount, budget.unit, budget.roll)
        return due(calendar, asked, run.start, run.pauses, hours=office_hours())
    except Fault:
        return None


def _enough(answer: Due | None, run: Run) -> bool:
    assert run.stopped is not None
    return answer is None or (answer.moment is not None and answer.moment >= run.stopped)


def paces(matter: Matter) -> dict[str, PaceReading]:
    """Rule → how long it took in fact, as of the last morning on which that was looked at."""
    rows = Pace.objects.filter(matter=matter.id, rule__in=matter.clocks)
    return {row.rule: _reading(row, matter.clocks[row.rule].budget) for row in rows}


def _reading(row: Pace, budget: Budget) -> PaceReading:
    def amount(n: int | None) -> Budget | None:
        return Budget(n, budget.unit, budget.roll) if n else None

    enough = row.n >= LEAST
    return PaceReading(
        row.n, row.within, row.running, amount(row.half), amount(row.ninth), row.as_of, enough,
        row.half == 0, row.ninth == 0,
    )  # fmt: skip
