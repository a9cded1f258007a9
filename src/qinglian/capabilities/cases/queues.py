"""The desk's lists: which cases wait for whom, narrowed as the reader wishes, a page at a time."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.db import connection
from django.db.models import BigIntegerField, CharField, Q, QuerySet
from django.db.models.fields.tuple_lookups import Tuple, TupleGreaterThan, TupleLessThan

from qinglian.capabilities.access.counting import counted
from qinglian.capabilities.access.fence import beyond
from qinglian.capabilities.cases.eyes import Eyes, Withheld
from qinglian.capabilities.cases.handling import today
from qinglian.capabilities.cases.headings import title_seen, unit_title
from qinglian.capabilities.cases.history import matter_of
from qinglian.capabilities.cases.models import Case, MatterVersion
from qinglian.capabilities.cases.searching import Search
from qinglian.capabilities.cases.sight import APART, Sight, along, in_sight
from qinglian.capabilities.parties.queries import members
from qinglian.engines.clock import remaining
from qinglian.zone import State
from qinglian.zone.current import current

PAGE = 50
MANY = 1000  # beyond it a count says "more than"
ENDED = "ended"
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)


@dataclass(frozen=True)
class Wish:
    """How a list is narrowed; what is empty narrows nothing."""

    matter: str = ""
    unit: str = ""
    handler: int | None = None
    nobody: bool = False  # those that nobody has yet
    state: str = ""
    since: date | None = None  # due on that day or later
    until: date | None = None
    words: str = ""


@dataclass(frozen=True)
class DeskRow:
    id: int
    ver: int
    number: str
    title: str | Withheld
    language: str  # of whoever asked, and of the title
    matter: object
    state: State
    unit: object
    handler: str
    due: datetime | None
    late: bool
    left: int | None
    turn: str


@dataclass(frozen=True)
class DeskPage:
    rows: list[DeskRow]
    counts: dict[str, int]  # of every queue; of the one that is shown, where the list is narrowed
    after: str | None  # where the next page begins


@dataclass(frozen=True)
class Choices:
    """What a list can be narrowed by: (value, text) each."""

    matters: list[tuple[str, object]] = field(default_factory=list)
    units: list[tuple[str, object]] = field(default_factory=list)
    handlers: list[tuple[int, str]] = field(default_factory=list)
    states: list[tuple[str, object]] = field(default_factory=list)


def _midnight(now: datetime) -> datetime:
    return now.astimezone(ZoneInfo(current().timezone)).replace(hour=0, minute=0, second=0, microsecond=0)


def _queues(sight: Sight, now: datetime) -> dict[str, Q]:
    """Of the open cases in sight: which stand in which queue."""
    return {
        "mine": Q(handler=sight.person) & ~Q(handler=None),
        "open": Q(),
        "today": Q(due__gte=now, due__lt=_midnight(now) + timedelta(days=1)),
        "overdue": Q(due__lt=now),
        "waiting": Q(turn="applicant"),
        "returned": Q(returned=True),
    }


QUEUES = ("mine", "open", "today", "overdue", "waiting", "returned", ENDED)


def desk(sight: Sight, name: str, now: datetime, after: str = "", wish: Wish | None = None) -> DeskPage:
    """The cases that roles in these units may read, the nearest deadline first; after: the page before."""
    wish = wish or Wish()
    which = Q(open=False) if name == ENDED else Q(_queues(sight, now)[name], open=True)
    one_page = _ended if name == ENDED else _waiting
    found: list[Case] = []
    with beyond("how many in each queue, and which hold the words; what is shown of them is read inside"):
        seen = Case.objects.filter(in_sight(sight), _narrowed(sight, wish, name))
        counts = _counts(seen, sight, now, name if wish != Wish() else "")
        if wish.words:
            found = one_page(seen.filter(which).only("pk", "due", "closed_at"), after, sight)
    if wish.words:
        places = {case.pk: place for place, case in enumerate(found)}
        rows = _shown(Case.objects.filter(pk__in=places))
        found = sorted(rows, key=lambda case: places[case.pk])
    elif counts.get(name):
        found = one_page(_shown(seen.filter(which)), after, sight)
    more = _place(found[PAGE - 1], name) if len(found) > PAGE else None
    shown = [desk_row(case, now, sight.eyes(case.unit_holding_id)) for case in found[:PAGE]]
    return DeskPage(shown, counts, more)


def _shown(rows: QuerySet[Case]) -> QuerySet[Case]:
    return rows.select_related("matter_version", "handler").defer("answers", "matter_version__pins")


def _counts(seen: QuerySet[Case], sight: Sight, now: datetime, only: str) -> dict[str, int]:
    """A narrowed list is counted alone: that nothing stands in another is known only after all was read."""
    lists = {name: seen.filter(which, open=True) for name, which in _queues(sight, now).items()}
    lists |= {ENDED: seen.filter(open=False)}
    if only:  # in the order of the list: by the index in which what it is narrowed by stands too
        order = ("-closed_at", "-id") if only == ENDED else ("due", "id")
        lists = {only: lists[only].order_by(*order)}
    return counted(lists, MANY + 1)


def _narrowed(sight: Sight, wish: Wish, name: str) -> Q:
    zone = ZoneInfo(current().timezone)
    when = "closed_at" if name == ENDED else "due"
    asked: list[tuple[object, Callable[[], Q]]] = [
        (wish.matter, lambda: along("matter_version_id", _versions(wish.matter), BigIntegerField())),
        (wish.unit, lambda: Q(unit_holding=wish.unit)),
        (wish.handler, lambda: Q(handler=wish.handler)),
        (wish.nobody, lambda: Q(handler=None)),
        (wish.state, lambda: _in_state(wish, sight)),
        (wish.since, lambda: Q(**{f"{when}__gte": _begins(wish.since, zone)})),
        (wish.until, lambda: Q(**{f"{when}__lt": _begins(wish.until, zone) + timedelta(days=1)})),
        (wish.words, lambda: Search(wish.words, sight).all()),
    ]
    narrowed = Q()
    for given, which in asked:
        if given:
            narrowed &= which()
    return narrowed


def _in_state(wish: Wish, sight: Sight) -> Q:
    """Of a few units along their list: the cases in that state of all units may be many more."""
    few = wish.unit or len(sight.units) <= APART
    return along("state", [wish.state], CharField()) if few else Q(state=wish.state)


def _versions(matter: str) -> list[int]:
    """Looked up first: joined, each version would be walked through all cases."""
    return list(MatterVersion.objects.filter(matter=matter).values_list("pk", flat=True))


def _begins(on: date | None, zone: ZoneInfo) -> datetime:
    assert on is not None
    return datetime.combine(on, time(), zone)


def _first(rows: QuerySet[Case], sight: Sight, n: int) -> list[Case]:
    """The first n in their order. Of a few units SQLite looks those of each up apart, by its index in that
    order: all of them together it would gather and sort first."""
    if connection.vendor == "sqlite" and 1 < len(sight.units) <= APART:
        found = Q()
        for unit in sight.units:
            found |= Q(pk__in=rows.filter(unit_holding=unit).values("pk")[:n])
        rows = rows.filter(found)
    return list(rows[:n])


def _waiting(rows: QuerySet[Case], after: str, sight: Sight) -> list[Case]:
    """The nearest deadline first, then those that have none. PostgreSQL puts these last by itself, and takes
    "it has a deadline" for rarer than it is."""
    place = _placed(after)
    if place is None and connection.vendor == "postgresql":
        return _first(rows.order_by("due", "id"), sight, PAGE + 1)
    timed = rows.exclude(due=None).order_by("due", "id")
    untimed = rows.filter(due=None).order_by("id")
    found: list[Case] = []
    if place is None or place[0] is not None:
        if place is not None and place[0] is not None:
            timed = timed.filter(_later(place[0], place[1]))
        found = _first(timed, sight, PAGE + 1)
    elif place is not None:
        untimed = untimed.filter(id__gt=place[1])
    if len(found) <= PAGE:
        found += _first(untimed, sight, PAGE + 1 - len(found))
    return found


def _ended(rows: QuerySet[Case], after: str, sight: Sight) -> list[Case]:
    place = _placed(after)
    if place is not None and place[0] is not None:
        rows = rows.filter(_earlier(place[0], place[1]))
    return _first(rows.order_by("-closed_at", "-id"), sight, PAGE + 1)


def _later(moment: datetime, last: int) -> Q:
    """The cases behind this one in a list. PostgreSQL begins there by the index only where both are compared
    at once, and then SQLite does not."""
    if connection.vendor == "postgresql":
        return Q(TupleGreaterThan(Tuple("due", "id"), (moment, last)))
    return Q(Q(due__gt=moment) | Q(due=moment, id__gt=last), due__gte=moment)


def _earlier(moment: datetime, last: int) -> Q:
    if connection.vendor == "postgresql":
        return Q(TupleLessThan(Tuple("closed_at", "id"), (moment, last)))
    return Q(Q(closed_at__lt=moment) | Q(closed_at=moment, id__lt=last), closed_at__lte=moment)


def _place(case: Case, name: str) -> str:
    moment = case.closed_at if name == ENDED else case.due
    return f"{(moment - _EPOCH) // _MICROSECOND if moment else ''}.{case.pk}"


def _placed(after: str) -> tuple[datetime | None, int] | None:
    """`microseconds.id`, `.id` among those without a deadline; whatever else begins at the beginning."""
    moment, _dot, last = after.partition(".")
    if not (last.isascii() and last.isdigit() and len(last) < 16 and len(moment) < 18):
        return None
    if not moment:
        return None, int(last)
    if not (moment.isascii() and moment.isdigit()):
        return None
    return _EPOCH + int(moment) * _MICROSECOND, int(last)


def desk_row(case: Case, now: datetime, eyes: Eyes) -> DeskRow:
    matter = matter_of(case)
    calendar = current().calendars[matter.calendar]
    return DeskRow(
        id=case.pk,
        ver=case.ver,
        number=case.number,
        title=title_seen(case, matter, eyes),
        language=case.language,
        matter=matter.title,
        state=matter.states[case.state],
        unit=unit_title(case.unit_holding_id),
        handler=case.handler.name if case.handler else "",
        due=case.due,
        late=case.open and case.due is not None and case.due < now,
        left=remaining(calendar, case.due, now) if case.due and case.open else None,
        turn=case.turn,
    )


def choices(sight: Sight, now: datetime) -> Choices:
    zone = current()
    states: dict[str, object] = {}
    for matter in zone.matters.values():
        for state in matter.states.values():
            states.setdefault(state.id, state.title)
    return Choices(
        matters=[(each.id, each.title) for each in zone.matters.values()],
        units=[(unit, unit_title(unit)) for unit in zone.units if unit in sight.units],
        handlers=members(sight.units, today(now)),
        states=list(states.items()),
    )
