"""The demonstration, played: five years of a simulated calendar, day by day, by the desk's own verbs.

Each day is one transaction, so that whoever ends the play in the middle leaves whole days behind; what falls
due on the way is done by the worker's own jobs at its own moment. The same seed, day and size give the same
cases, byte for byte.
"""

from __future__ import annotations

import gc
import heapq
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from random import Random

from django.db import transaction
from django.utils import timezone

from qinglian.capabilities.cases.rungs import fire_due, next_due
from qinglian.capabilities.interests.actions import declare_tie
from qinglian.capabilities.parties.actions import state_enterprise
from qinglian.faults import Fault
from qinglian.faults import noop as _
from qinglian.web.demonstration import other_side, unit_side
from qinglian.web.demonstration.asking import Asker
from qinglian.web.demonstration.hours import ONE_DAY, Hours
from qinglian.web.demonstration.lives import NEVER, Life, Stage
from qinglian.web.demonstration.naming import Firm, firms, person
from qinglian.web.demonstration.register import keep_in_register
from qinglian.web.demonstration.rooms import Rooms
from qinglian.web.demonstration.staff import employ
from qinglian.web.working import jobs
from qinglian.zone import Matter
from qinglian.zone.current import current

FULL, THIN, THIN_YEARS = 2000, 70, 4  # cases of the last year, and of each of the years before it
MOST_ROUNDS = 500  # of one job at one moment
FIRMS = 420  # of a whole play; fewer in a small one
SECOND = timedelta(seconds=1)
LANGUAGES = {
    "CN": (("zh-hans", 95), ("en", 5)),
    "HK": (("zh-hant", 66), ("en", 34)),
    "MO": (("zh-hant", 92), ("en", 8)),
}
# How often cases of a kind are lodged by somebody who comes first; appeals follow from other cases alone.
KINDS = {"consultation": 40, "request": 24, "approval": 14, "registration": 14, "report": 6, "complaint": 4}
TIES = ("adviser", "relative-of-officer", "former-employee", "shareholder")


@dataclass(frozen=True)
class Day:
    """How far the play has come: the day that is over, and the cases lodged until then."""

    on: date
    cases: int


class Play:
    """seed, until (the day that it ends before) and size (1 is the whole play) decide everything in it."""

    def __init__(self, until: date, seed: int = 1, size: float = 1.0) -> None:
        self.zone = current()
        self.until, self.seed, self.size = until, seed, size
        self.dice = Random(f"{seed} {until}")
        self.hours = Hours(self.zone)
        self.first = self._first_day()
        self.agenda: list[tuple[datetime, int, Life, bool]] = []  # (when, a number, whose, whether it begins)
        self.placed = 0
        self.next_due: datetime | None = None  # none where somebody has acted since it was looked up
        self.end = datetime.combine(until, time(), self.hours.tz)

    def _first_day(self) -> date:
        """As many years before as there are, or since the first for which the calendar is published."""
        if not self.hours.published(self.until):
            raise Fault(_("the calendar of the zone does not know this day; choose another with --until"))
        first = years_before(self.until, THIN_YEARS + 1)
        while not self.hours.published(first):
            first = date(first.year + 1, 1, 1)
        return first

    def days(self) -> Iterator[Day]:
        """Play it; each day is told when it is over."""
        self._set_the_stage()
        self._place_cases()
        frozen = gc.get_threshold()
        gc.set_threshold(50_000, 20, 50)  # the play makes many rows and keeps none
        try:
            on = self.first
            while on < self.until:
                self._live_through(on)
                yield Day(on, len(self.stage.lodged))
                on += ONE_DAY
            self._work_off()
            yield Day(self.until, len(self.stage.lodged))
        finally:
            gc.set_threshold(*frozen)

    # Before the first day

    @transaction.atomic
    def _set_the_stage(self) -> None:
        matters = self.zone.matters
        house = employ(self.zone, matters.values(), self.first - timedelta(days=60))
        self.stage = Stage(house, self.hours, Rooms(self.zone, house), dict(matters))
        count = max(12, round(FIRMS * min(1.0, self.size * 2)))
        made = firms(self.dice, self.first)
        self.firms: list[Firm] = [next(made) for _n in range(count)]
        opened = datetime.combine(self.first - timedelta(days=30), time(9), self.hours.tz)
        keep_in_register([firm for n, firm in enumerate(self.firms) if n % 10 < 6], opened)
        clerks = [each for each in house.everybody() if "clerk" in each.roles]
        for n, clerk in enumerate(clerks[:: max(1, len(clerks) // 6)]):
            firm = self.firms[n]
            known = state_enterprise(firm.place, firm.number, firm.name("zh-hans"), opened)
            declare_tie(clerk.person_id or 0, TIES[n % len(TIES)], opened, enterprise=known)

    def _place_cases(self) -> None:
        """When what is asked, and by whom: all drawn before the first day."""
        year = years_before(self.until, 1)
        for n in range(THIN_YEARS, 0, -1):
            last = years_before(self.until, n)
            self._place(years_before(self.until, n + 1), last, max(1, round(THIN * self.size)))
        self._place(year, self.until, max(1, round(FULL * self.size)))

    def _place(self, first: date, last: date, count: int) -> None:
        days = [first + ONE_DAY * n for n in range((last - first).days)]
        days = [on for on in days if on >= self.first]
        if not days:
            return
        weights = [self.hours.weight(on, first, last) for on in days]
        asked = {matter.id: KINDS.get(matter.kind, 0) for matter in self.zone.matters.values()}
        ids = [matter for matter in asked if asked[matter]] or list(asked)
        for on in self.dice.choices(days, weights, k=count):
            chosen = self.dice.choices(ids, [asked[matter] or 1 for matter in ids])[0]
            life = self._life(self.zone.matters[chosen])
            self._put(self.hours.any_time(on, self.dice), life, begins=True)

    def _life(self, matter: Matter) -> Life:
        seed = f"{self.seed} {self.until} {self.placed}"
        dice = Random(seed)
        given = {}
        if matter.complaint is not None:
            field = matter.fields[matter.complaint.suggests]
            given[matter.complaint.suggests] = dice.choice(field.words)
        return Life(self.stage, matter, self._asker(matter, dice), seed, given)

    def _asker(self, matter: Matter, dice: Random) -> Asker:
        alone = "kind" in matter.fields and dice.random() < 0.3
        firm = None if alone else self.firms[int(len(self.firms) * dice.random() ** 1.6)]
        place = firm.place if firm else dice.choices(("CN", "HK", "MO"), (70, 24, 6))[0]
        languages, shares = zip(*LANGUAGES[place], strict=True)
        language = dice.choices(languages, shares)[0]
        name = firm.name(language) if firm else person(dice, language)
        email = f"asker{self.placed}@example.com" if dice.random() < 0.12 else ""
        return Asker(name, place, language, firm, email)

    def _put(self, when: datetime, life: Life, *, begins: bool = False) -> None:
        self.placed += 1
        heapq.heappush(self.agenda, (when, self.placed, life, begins))

    # Day by day

    def _live_through(self, on: date) -> None:
        night = datetime.combine(on + ONE_DAY, time(), self.hours.tz)
        if on.day == 1 or on == self.first:
            self.stage.rooms.name(on, datetime.combine(on, time(8), self.hours.tz))
        due = self.next_due if self.next_due is not None else next_due()
        self.next_due = due
        if (self.agenda and self.agenda[0][0] < night) or (due is not None and due < night):
            with transaction.atomic():
                while self.agenda and self.agenda[0][0] < night:
                    when, _number, life, begins = heapq.heappop(self.agenda)
                    self._time_passes(when)
                    self._lives(life, when, begins)
                self._time_passes(night)
            self.next_due = None
            self._job("notices.outbox.send_due", night)
        if on.weekday() == 6:
            self._job("cases.retention.erase_due", night)
        if on.day == 1:
            self._job("ledger.actions.sequence", timezone.now())

    def _lives(self, life: Life, when: datetime, begins: bool) -> None:
        then = (
            life.begin(when)
            if begins
            else life.wake(when, unit_side.unit, other_side.applicant, other_side.after)
        )
        if then is not NEVER and then < self.end:
            self._put(then, life)
        for born_at, born in self.stage.born:
            if born_at < self.end:
                self._put(born_at, born, begins=True)
        self.stage.born.clear()

    def _time_passes(self, until: datetime) -> None:
        """What falls due on the way is done by the worker's own job, a second after its moment."""
        while (due := next_due()) is not None and due < until:
            if not fire_due(due + SECOND, 200):
                break  # it failed, and said so

    def _work_off(self) -> None:
        """Every job of the worker, until nothing is due at the end of the last day; the log signs now."""
        for name in jobs():
            short = name.removeprefix("qinglian.").removeprefix("capabilities.")
            self._job(short, timezone.now() if short.startswith(("ledger.", "web.")) else self.end)

    def _job(self, name: str, now: datetime) -> None:
        """Until nothing more is due; the log is signed at its own time, since a signature is of now."""
        known = jobs()
        job = known.get(f"qinglian.capabilities.{name}") or known[f"qinglian.{name}"]
        for _round in range(MOST_ROUNDS):
            if not job(now, 200):
                return


def years_before(on: date, years: int) -> date:
    try:
        return on.replace(year=on.year - years)
    except ValueError:  # 29 February
        return on.replace(year=on.year - years, day=28)
