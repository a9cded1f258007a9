"""Due moments a second: ours beside `holidays` and `chinesecalendar`, in one run, medians of several rounds.

The question is the same for all: the end of the n-th working day after a start, mainland calendar, 2025.
`holidays` answers it with get_nth_working_day; `chinesecalendar` has no such call, so its is_workday
is asked day by day, as its users do. Run: python bench/clock_due.py
"""

from __future__ import annotations

import random
import statistics
import time
from collections.abc import Callable
from datetime import date, timedelta

import chinese_calendar
import holidays

from qinglian.engines.clock import Budget, due, due_days, due_moments
from qinglian.zone.calendars import carried

ROUNDS, DAYS = 7, 5
OURS, FEW = 200_000, 2_000
CN = carried()["CN"]
LIBRARY = holidays.country_holidays("CN", years=range(2024, 2028))


def starts(count: int) -> list[date]:
    draw = random.Random(20261123)
    return [date(2025, 1, 1) + timedelta(draw.randrange(340)) for _ in range(count)]


def by_chinesecalendar(start: date) -> date:
    left, on = DAYS, start
    while left:
        on += timedelta(1)
        left -= chinese_calendar.is_workday(on)
    return on


def explained(asked: list[date]) -> list[date]:
    budget = Budget(DAYS, "wd")
    found = (due(CN, budget, start).moment for start in asked)
    return [moment.date() for moment in found if moment]


def rates(work: Callable[[list[date]], object], asked: list[date]) -> list[float]:
    found = []
    for _ in range(ROUNDS):
        begin = time.perf_counter()
        work(asked)
        found.append(len(asked) / (time.perf_counter() - begin))
    return found


def main() -> None:
    many, few = starts(OURS), starts(FEW)
    answer = due_days(CN, few, DAYS)
    assert answer == [by_chinesecalendar(start) for start in few]
    assert answer == [LIBRARY.get_nth_working_day(start, DAYS) for start in few]
    assert answer == explained(few)
    rows = {
        "ours, due moments": rates(lambda asked: due_moments(CN, asked, DAYS), many),
        "ours, due moments explained day by day": rates(explained, few * 10),
        "holidays 5th working day": rates(lambda a: [LIBRARY.get_nth_working_day(s, DAYS) for s in a], few),
        "chinesecalendar, day by day": rates(lambda a: [by_chinesecalendar(s) for s in a], few),
    }
    first = statistics.median(rows["ours, due moments"])
    print(
        f"{ROUNDS} rounds, {DAYS} working days; medians (lowest to highest) and how many times ours is faster"
    )
    for name, found in rows.items():
        middle = statistics.median(found)
        print(
            f"{name:40} {middle:12,.0f}/s  ({min(found):,.0f} to {max(found):,.0f})  {first / middle:8.1f}x"
        )


if __name__ == "__main__":
    main()
