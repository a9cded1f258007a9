"""The cases of one account in one list: of its holder's own, and of nobody else's."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from qinglian.capabilities.cases.claiming import news_of
from qinglian.capabilities.cases.eyes import Eyes, Withheld
from qinglian.capabilities.cases.handling import today
from qinglian.capabilities.cases.headings import title_seen, unit_title
from qinglian.capabilities.cases.history import matter_of
from qinglian.capabilities.cases.holding import own_cases
from qinglian.capabilities.parties.queries import enterprise_names, represented
from qinglian.zone import State

PAGE = 50
APPLICANT = frozenset({"applicant"})


@dataclass(frozen=True)
class OwnRow:
    number: str
    title: str | Withheld
    matter: object
    state: State
    unit: object
    turn: str
    due: datetime | None
    lodged_at: datetime
    news: bool


@dataclass(frozen=True)
class OwnPage:
    rows: list[OwnRow]  # newest first
    speaks_for: list[tuple[int, str]]
    before: int | None


def own_page(user_id: int, now: datetime, before: int | None = None) -> OwnPage:
    firms = represented(user_id, today(now))
    cases = own_cases(user_id, today(now), firms).select_related("matter_version").order_by("-pk")
    cases = cases.defer("matter_version__pins")
    if before is not None:
        cases = cases.filter(pk__lt=before)
    found = list(cases[: PAGE + 1])
    news = news_of(user_id, [case.pk for case in found])
    rows = []
    for case in found[:PAGE]:
        matter = matter_of(case)
        rows.append(
            OwnRow(
                number=case.number,
                title=title_seen(case, matter, Eyes(APPLICANT, own=True)),
                matter=matter.title,
                state=matter.states[case.state],
                unit=unit_title(case.unit_holding_id),
                turn=case.turn,
                due=case.due,
                lodged_at=case.lodged_at,
                news=case.pk in news,
            )
        )
    more = found[PAGE - 1].pk if len(found) > PAGE else None
    return OwnPage(rows, list(_named(firms).items()), more)


def _named(firms: list[int]) -> dict[int, str]:
    names = enterprise_names(firms) if firms else {}
    return {each: names.get(each, str(each)) for each in firms}
