"""The desk's search: what was found, narrowed down by matter, unit, state and whether it is open."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, F, Q

from qinglian.capabilities.access.fence import beyond
from qinglian.capabilities.cases.headings import unit_title
from qinglian.capabilities.cases.models import Case
from qinglian.capabilities.cases.queues import DeskRow, desk_row
from qinglian.capabilities.cases.searching import Search
from qinglian.capabilities.cases.sight import Sight
from qinglian.capabilities.cases.weighing import WANTED
from qinglian.zone.current import current

PAGE = 50
MOST = WANTED  # hits that are counted and paged through; who has more narrows down
FACETS = {"matter": "matter_version__matter", "unit": "unit_holding", "state": "state", "open": "open"}


@dataclass(frozen=True)
class Facet:
    """One way to narrow down: how many hits there are with this value."""

    value: str
    title: object
    n: int
    chosen: bool


@dataclass(frozen=True)
class Found:
    rows: list[DeskRow]
    n: int  # hits, at most MOST
    more: bool  # whether there were more than MOST
    facets: dict[str, list[Facet]]
    after: int | None  # where the next page begins


def found_cases(
    question: str,
    sight: Sight,
    chosen: Mapping[str, str],
    now: datetime,
    after: int = 0,
) -> Found:
    """Newest first. The counts beside each value are of everything found, before it is narrowed down."""
    with beyond("which cases: what is shown of them is asked for inside"):
        ids = _newest(Search(question, sight, newest_first=True))
    narrowed = Case.objects.filter(Q(pk__in=ids[:MOST]), *_narrowing(chosen))
    rows = narrowed.select_related("matter_version", "handler").defer("answers", "matter_version__pins")
    rows = rows.order_by("-id")[after : after + PAGE + 1]
    seen = [desk_row(case, now, sight.eyes(case.unit_holding_id)) for case in rows]
    n = narrowed.count() if chosen else min(len(ids), MOST)
    following = after + PAGE if len(seen) > PAGE else None
    return Found(seen[:PAGE], n, len(ids) > MOST, _facets(ids[:MOST], chosen), following)


def _newest(search: Search) -> list[int]:
    """The newest hits, one more than are told; older cases are asked only where the newest were too few."""
    ids = list[int]()
    for which in search.parts():
        hits = Case.objects.filter(which).order_by("-id").values_list("pk", flat=True)
        ids += hits[: MOST + 1 - len(ids)]
        if len(ids) > MOST:
            break
    return ids


def _narrowing(chosen: Mapping[str, str]) -> list[Q]:
    return [
        Q(**{FACETS[name]: value == "yes" if name == "open" else value})
        for name, value in chosen.items()
        if name in FACETS
    ]


def _facets(ids: list[int], chosen: Mapping[str, str]) -> dict[str, list[Facet]]:
    """Values in one question to the database, the most frequent first."""
    columns = [F(path) for path in FACETS.values()]
    groups = Case.objects.filter(pk__in=ids).values_list(*(c.name for c in columns)).annotate(n=Count("pk"))
    counted: dict[str, dict[str, int]] = {name: {} for name in FACETS}
    states = {}
    for matter, unit, state, is_open, n in groups.order_by():
        values = {"matter": matter, "unit": unit, "state": state, "open": "yes" if is_open else "no"}
        states[state] = matter
        for name, value in values.items():
            counted[name][value] = counted[name].get(value, 0) + n
    return {
        name: [
            Facet(value, _title(name, value, states.get(value, "")), n, chosen.get(name) == value)
            for value, n in sorted(values.items(), key=lambda each: (-each[1], each[0]))
        ]
        for name, values in counted.items()
    }


def _title(name: str, value: str, matter: str) -> object:
    """As the pack says it today; the id where it says nothing any more. Open or ended is said by the page."""
    known = current().matters
    if name == "matter":
        return known[value].title if value in known else value
    if name == "unit":
        return unit_title(value)
    if name == "state" and matter in known and value in known[matter].states:
        return known[matter].states[value].title
    return value
