"""Rows about cases for the published tables: facts of a month each, without a name, a number or a day.

`since` and `until` bound what happened; a fact is given once, in the month in which it became certain, and
says then what it says for ever. No row carries anything by which rows of two tables could be joined.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from django.db.models import Q, QuerySet

from qinglian.batch.figures.grouping import Fact, Values
from qinglian.capabilities.cases.history import read_version, with_version
from qinglian.capabilities.cases.models import AnsweredQuestion, Case, CaseEvent, Clock
from qinglian.capabilities.cases.rules import COUNTS_FROM, Run
from qinglian.capabilities.cases.schedule import run_of
from qinglian.capabilities.interests.queries import checks_between
from qinglian.engines.clock import Calendar, working_between
from qinglian.zone import Matter
from qinglian.zone.current import current
from qinglian.zone.text import LANGUAGES

TAKE_UP, ANSWER = "take-up", "answer"
EARLIEST = datetime(1, 1, 2, tzinfo=UTC)
ENDED = {"confirmed": "granted", "refused": "refused", "withdrawn": "withdrawn"}
MANY = 500


def counted() -> QuerySet[Case]:
    """The cases that may be counted at all: up to the level that the zone says."""
    said, levels = current().publishing, current().sensitivity
    if said is None:
        return Case.objects.none()
    return Case.objects.filter(
        sensitivity__in=[level.id for level in levels.values() if level.rank <= levels[said.level].rank]
    )


def month(moment: datetime) -> str:
    return f"{moment.astimezone(ZoneInfo(current().timezone)):%Y-%m}"


def lodged(since: datetime | None, until: datetime) -> Iterator[Fact]:
    """unit, matter"""
    rows = counted().filter(lodged_at__gte=since or EARLIEST, lodged_at__lt=until).order_by("id")
    found = rows.values_list("id", "lodged_at", "unit_first", "matter_version__matter")
    for case_id, at, unit, matter in found.iterator(chunk_size=MANY):
        yield Fact(case_id, (month(at), unit, matter))


class _Event(NamedTuple):
    case_id: int
    action: str
    from_state: str
    to_state: str
    actor: str
    at: datetime
    data: dict[str, Any]


@dataclass(frozen=True)
class _Known:
    """A case with what is needed of its events."""

    case: Case
    matter: Matter
    events: list[_Event]

    def unit_at(self, moment: datetime) -> str:
        """Who held it then: the unit from which it next went on, or the one that has it now."""
        for event in self.events:
            if event.at > moment and (sent := event.data.get("from_unit")):
                return str(sent)
        return self.case.unit_holding_id

    def stage_at(self, moment: datetime) -> str:
        """The stage that it was in after what happened by then."""
        last = [event for event in self.events if event.at <= moment]
        return self.matter.states[last[-1].to_state].stage if last else ""


def _known(cases: QuerySet[Case]) -> Iterator[_Known]:
    """Some at a time, so that memory stays small."""
    ids = list(cases.order_by("id").values_list("id", flat=True))
    for place in range(0, len(ids), MANY):
        some = ids[place : place + MANY]
        events: dict[int, list[_Event]] = defaultdict(list)
        rows = CaseEvent.objects.filter(case__in=some).order_by("case_id", "seq")
        for row in rows.values_list(*_Event._fields):
            events[row[0]].append(_Event(*row))
        for case in with_version(Case.objects.filter(pk__in=some)).order_by("id"):
            yield _Known(case, read_version(case.matter_version.sha), events[case.pk])


def closed(since: datetime | None, until: datetime) -> Iterator[Fact]:
    """unit, matter, ended, asked, reopened, sent: what became of a case, once it is over."""
    for known in _known(counted().filter(closed_at__gte=since or EARLIEST, closed_at__lt=until)):
        matter, case = known.matter, known.case
        done = Counter(event.action for event in known.events)
        asked = sum(done[a.id] for a in matter.actions.values() if "items" in a.needs)
        sent = sum(done[a.id] for a in matter.actions.values() if a.transfer) + done["moved:unit"]
        again = sum(
            matter.states[e.from_state].stage == "answered" and not matter.states[e.to_state].terminal
            for e in known.events
            if e.from_state and e.from_state != e.to_state
        )
        values = (case.unit_holding_id, matter.id, _ended(known), asked, again, sent)
        yield Fact(case.pk, (month(case.closed_at), *values))


def _ended(known: _Known) -> str:
    """granted, refused, withdrawn; else agreed (the applicant said so), silent (nobody did) or by-unit."""
    stage = known.matter.states[known.case.state].stage
    if stage in ENDED:
        return ENDED[stage]
    last = next(
        e for e in reversed(known.events) if e.to_state == known.case.state and e.from_state != e.to_state
    )
    return {"applicant": "agreed", "system": "silent"}.get(last.actor, "by-unit")


def duties(matter: Matter) -> dict[str, str]:
    """The clocks by which a unit must act: rule → take-up, or answer. What runs for the applicant is none."""
    found = {}
    for rule in matter.clocks.values():
        state = matter.states.get(rule.starts.partition(":")[2])
        if state is not None and state.turn == "unit":
            found[rule.id] = TAKE_UP if state.initial else ANSWER
    return found


@dataclass(frozen=True)
class _Ran:
    known: _Known
    clock: Clock
    run: Run
    duty: str


def _ran(cases: QuerySet[Case], clocks: Q) -> Iterator[_Ran]:
    of_case: dict[int, list[Clock]] = defaultdict(list)
    for clock in Clock.objects.filter(clocks, case__in=cases).order_by("id").iterator(chunk_size=MANY):
        of_case[clock.case_id].append(clock)
    for known in _known(Case.objects.filter(pk__in=list(of_case))):
        named = duties(known.matter)
        for clock in of_case[known.case.pk]:
            if clock.rule in named:
                yield _Ran(known, clock, run_of(clock), named[clock.rule])


def deadlines(since: datetime | None, until: datetime) -> Iterator[Fact]:
    """unit, matter, duty, kept: a deadline is decided when its unit acts, or when it runs out before that.

    What the applicant withdrew before it ran out is neither kept nor missed.
    """
    for ran in _ran(counted(), Q(due__lt=until) | Q(stopped=True)):
        due, end = ran.clock.due, ran.run.stopped
        kept = end is not None and (due is None or end <= due)
        decided = end if kept else due
        if decided is None or not (since or EARLIEST) <= decided < until:
            continue
        if kept and ran.known.stage_at(decided) == "withdrawn":
            continue
        values = (ran.known.unit_at(decided), ran.known.matter.id, ran.duty, int(kept))
        yield Fact(ran.known.case.pk, (month(decided), *values))


def answered(since: datetime | None, until: datetime) -> Iterator[Fact]:
    """unit, matter, days, days_in_fact: how long an answer took, by the law's reckoning and in fact.

    Working days of the clock's calendar, the first day not counted; days leaves out when the clock stood
    still. In fact: from the lodging, or, of a case that came back, from then on.
    """
    for ran in _ran(counted(), Q(stopped=True)):
        end = ran.run.stopped
        if ran.duty != ANSWER or end is None or not (since or EARLIEST) <= end < until:
            continue
        if ran.known.stage_at(end) not in ("answered", "confirmed", "refused"):
            continue
        calendar = current().calendars[ran.clock.calendar]
        began = ran.known.case.lodged_at if ran.run.number == 1 else ran.run.start
        last = _day(calendar, end)
        values = (
            ran.known.unit_at(end),
            ran.known.matter.id,
            working_between(calendar, _day(calendar, ran.run.start), last) - _paused(calendar, ran.run, last),
            working_between(calendar, _day(calendar, began), last),
        )
        yield Fact(ran.known.case.pk, (month(end), *values))


def _day(calendar: Calendar, moment: datetime) -> date:
    return calendar.local(moment).date()


def _paused(calendar: Calendar, run: Run, last: date) -> int:
    """Working days on which the clock stood still: the day it stopped, not that on which it went on."""
    first, still = _day(calendar, run.start), set[date]()
    for pause in run.pauses:
        begin = _day(calendar, pause.start)  # type: ignore[arg-type]
        end = _day(calendar, pause.end) if pause.end else last  # type: ignore[arg-type]
        still |= {date.fromordinal(n) for n in range(begin.toordinal(), end.toordinal())}
    return sum(calendar.is_working(on) for on in still if first < on <= last)


def month_ends(since: datetime | None, until: datetime) -> Iterator[Fact]:
    """unit, matter, overdue: every case that was in hand when a month ended."""
    ends = _ends(since, until)
    if not ends:
        return
    rows = counted().filter(Q(closed_at=None) | Q(closed_at__gte=ends[0]), lodged_at__lt=until)
    clocks: dict[int, list[Clock]] = defaultdict(list)
    for clock in Clock.objects.filter(case__in=rows).exclude(due=None).iterator(chunk_size=MANY):
        clocks[clock.case_id].append(clock)
    for known in _known(rows):
        named, case = duties(known.matter), known.case
        own = [(clock.due, run_of(clock).stopped) for clock in clocks[case.pk] if clock.rule in named]
        for end in ends:
            if case.lodged_at < end and (case.closed_at is None or case.closed_at >= end):
                late = any(due < end and (stopped is None or stopped >= end) for due, stopped in own)
                name = month(datetime.fromtimestamp(end.timestamp() - 1, UTC))
                yield Fact(case.pk, (name, known.unit_at(end), known.matter.id, int(late)))


def _ends(since: datetime | None, until: datetime) -> list[datetime]:
    """The first moments of the months after since, up to until."""
    first = counted().order_by("lodged_at").values_list("lodged_at", flat=True).first()
    begin = since or first
    if begin is None:
        return []
    tz, found = ZoneInfo(current().timezone), []
    on = begin.astimezone(tz)
    year, number = on.year, on.month
    while True:
        year, number = (year + 1, 1) if number == 12 else (year, number + 1)
        end = datetime(year, number, 1, tzinfo=tz)
        if end > until:
            return found
        found.append(end)


def in_hand(_since: datetime | None, now: datetime) -> Iterator[Fact]:
    """unit, matter, turn, overdue: every case that is in hand now."""
    late = set(
        Clock.objects.filter(stopped=False, running=True, due__lt=now, case__turn="unit").values_list(
            "case", flat=True
        )
    )
    rows = counted().filter(open=True).order_by("id")
    for pk, unit, matter, turn in rows.values_list("id", "unit_holding", "matter_version__matter", "turn"):
        yield Fact(pk, (unit, matter, turn, int(pk in late)))


def deemed(since: datetime | None, until: datetime) -> Iterator[Fact]:
    """unit, matter: the law took something as done because the unit was silent."""
    rows = CaseEvent.objects.filter(
        actor="system", at__gte=since or EARLIEST, at__lt=until, case__in=counted()
    ).select_related("case__matter_version")
    for event in rows.order_by("id").iterator(chunk_size=MANY):
        if COUNTS_FROM in event.data:
            case = event.case
            yield Fact(case.pk, (month(event.at), case.unit_holding_id, case.matter_version.matter))


def checks(since: datetime | None, until: datetime) -> Iterator[Fact]:
    """tied: every time it was asked whether a tie stands in the way of somebody handling a case."""
    for pk, at, clear in checks_between(since or EARLIEST, until):
        yield Fact(pk, (month(at), int(not clear)))


def answers(_since: datetime | None, _now: datetime) -> Iterator[Fact]:
    """number, matter, published, state, ground: every answer that was made public."""
    rows = AnsweredQuestion.objects.filter(outcome="published").order_by("number")
    for row in rows.only("number", "matter", "decided_at", "withdrawn_at", "superseded_at", "ground"):
        state = "withdrawn" if row.withdrawn_at else "superseded" if row.superseded_at else "public"
        assert row.decided_at is not None
        yield Fact(row.number, (row.number, row.matter, month(row.decided_at), state, row.ground or "-"))


def matters(_since: datetime | None, _now: datetime) -> Iterator[Fact]:
    """id, kind, unit, and its title in three languages: as the pack has them today."""
    for matter in current().matters.values():
        titles: Values = tuple(matter.title[language] for language in LANGUAGES)
        yield Fact(matter.id, (matter.id, matter.kind, matter.unit, *titles))
