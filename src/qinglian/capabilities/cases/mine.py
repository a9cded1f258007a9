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
from qinglian.capabilities.parties.queries import enterprise, represented
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
    cases = own_cases(user_id, today(now)).select_related("matter_version").order_by("-pk")
    if before is not None:
        cases = cases.filter(pk__lt=before)
    found, news = list(cases[: PAGE + 1]), news_of(user_id, now)
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
    return OwnPage(rows, speaks_for(user_id, now), more)


def speaks_for(user_id: int, now: datetime) -> list[tuple[int, str]]:
    """(id, name) of the enterprises that this account may speak for today."""
    firms = [(each, enterprise(each)) for each in represented(user_id, today(now))]
    return [(each, next((name for _s, _k, name in firm.names), str(each))) for each, firm in firms]
