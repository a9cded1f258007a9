"""Lives of cases, lived by the desk's own verbs in a simulated time: what is copied afterwards.

What people wrote stands in them as marks, which a copy replaces by words of its own.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from bench.scale.zone import ACTING

# Marks are left alone by folding, and none is part of another.
MARKS = {
    "title": "示例标题甲丑卯", "detail": "示例详情乙寅辰", "name": "示例名称丙巳午",
    "answer": "示例答复丁未申",
    "items": "示例补件戊酉戌", "supply": "示例补充己亥子", "reason": "示例理由庚丑寅",
}  # fmt: skip
REGNO = "91000000MC0000000"  # and its check character
CODE = "life {n}"
Step = tuple[str, str, int]  # (action, username or applicant, hours after the one before)

ACCEPT, ANSWER = ("accept", "bench-li", 4), ("answer", "bench-li", 30)
ASK, SUPPLY = ("ask", "bench-li", 8), ("supply", "applicant", 40)
CLOSE, REOPEN, WITHDRAW = (
    ("close", "applicant", 20),
    ("reopen", "applicant", 20),
    ("withdraw", "applicant", 9),
)
EXTEND = ("extend", "bench-zhao", 20)
GIVE = ("give", "bench-zhao", 5)
SENT = [("transfer-away", "bench-li", 10), ("transfer-back", "bench-qian", 20)]
TAKEN = [("accept", "bench-zheng", 4), ("resolve", "bench-zheng", 10)]
SAID = ("answer", "bench-zheng", 30)

ENDED: list[tuple[str, list[Step]]] = [
    ("consultation", [ACCEPT, ANSWER, CLOSE]),
    ("consultation", [ACCEPT, ANSWER]),  # closed by itself
    ("consultation", [ACCEPT, ASK, SUPPLY, ANSWER, CLOSE]),
    ("consultation", [ACCEPT, EXTEND, ANSWER, REOPEN, ANSWER, CLOSE]),
    ("consultation", [("accept", "bench-li", 60), ("answer", "bench-li", 200), CLOSE]),  # late
    ("consultation", [ACCEPT, WITHDRAW]),
    ("enterprise-request", [ACCEPT, ANSWER, CLOSE]),
    ("enterprise-request", [ACCEPT, *SENT, ANSWER]),
    ("enterprise-request", [ACCEPT, ASK, SUPPLY, ANSWER, CLOSE]),
    ("service-complaint", [*TAKEN, SAID, CLOSE]),
]
OPEN: list[tuple[str, list[Step]]] = [
    ("consultation", []),
    ("consultation", [ACCEPT]),
    ("consultation", [ACCEPT, GIVE]),
    ("consultation", [ACCEPT, ASK]),
    ("consultation", [ACCEPT, EXTEND]),
    ("consultation", [ACCEPT, ANSWER]),
    ("consultation", [ACCEPT, ANSWER, REOPEN]),
    ("enterprise-request", [ACCEPT]),
    ("enterprise-request", [ACCEPT, ASK, SUPPLY]),
    ("enterprise-request", [ACCEPT, *SENT]),
    ("service-complaint", [TAKEN[0]]),
    ("service-complaint", TAKEN),
]
OPEN_DAYS = (0, 1, 4, 8, 14)  # how long ago they were lodged
ENDED_DAYS = range(3)
HOW_MANY = 2 * (len(ENDED) * len(ENDED_DAYS) + len(OPEN) * len(OPEN_DAYS))


def regno() -> str:
    from qinglian.capabilities.parties.identifiers import check_character

    return REGNO + check_character(REGNO)


@dataclass(frozen=True)
class Life:
    case_id: int
    open: bool


def lived(until: datetime) -> Iterator[Life]:
    """Lodge and live each; what is open ends at `until`, what has ended ended before it."""
    n = itertools.count()
    for (matter, steps), kind in itertools.product(ENDED, ("enterprise", "individual")):
        for day in ENDED_DAYS:
            began = until - timedelta(days=70 + day)
            yield Life(_live(next(n), matter, steps, kind, _office(began, 9 + day % 8), until), False)
    for (matter, steps), kind in itertools.product(OPEN, ("enterprise", "individual")):
        for day in OPEN_DAYS:
            began = _office(until - timedelta(days=day), 9 + day % 8)
            yield Life(_live(next(n), matter, steps, kind, min(began, until), until), True)
    _pass(until)


def _office(moment: datetime, hour: int) -> datetime:
    from qinglian.zone.current import current

    calendar, day = current().calendars["CN"], moment.date()
    while not calendar.is_working(day):
        day -= timedelta(days=1)
    return datetime.combine(day, time(hour, 7 * hour % 60), ZoneInfo(current().timezone))


def _answers(matter: str, kind: str) -> dict[str, object]:
    from qinglian.zone.current import current

    firm = kind == "enterprise" or matter == "enterprise-request"
    said: dict[str, object] = {
        "kind": kind, "place": "CN", "name": MARKS["name"], "title": MARKS["title"],
        "detail": MARKS["detail"],
        "topic": "premises", "about_unit": "enforcement-team", "case_known": False,
    }  # fmt: skip
    if firm:
        said["regno"] = regno()
    known = current().matters[matter].fields
    return {key: value for key, value in said.items() if key in known}


def _live(n: int, matter: str, steps: list[Step], kind: str, began: datetime, until: datetime) -> int:
    from qinglian.capabilities.cases import actions
    from qinglian.zone.current import current

    code = actions.code_from(CODE.format(n=n))
    _pass(began)
    case_id = actions.lodge_case(
        current().matters[matter], _answers(matter, kind), code, "zh-hans", began
    ).case_id
    now = began
    for action, who, hours in steps:
        now += timedelta(hours=hours)
        if now >= until:
            break
        _pass(now)
        _act(case_id, action, who, now)
    _pass(until)
    return case_id


def _pass(until: datetime) -> None:
    """What falls due on the way is done by the worker's own job, a second after its moment."""
    from qinglian.capabilities.cases.rungs import fire_due, next_due

    while (due := next_due()) is not None and due < until:
        if not fire_due(due + timedelta(seconds=1)):
            raise RuntimeError("a rung could not be fired")


def _act(case_id: int, action: str, who: str, now: datetime) -> None:
    from qinglian.capabilities.cases import actions
    from qinglian.capabilities.cases.models import Case

    actor = actions.APPLICANT if who == "applicant" else _actor(who, now.date())
    case = Case.objects.get(pk=case_id)
    if action == "extend":
        actions.extend_clock(case_id, "answer-in", actor, case.ver, MARKS["reason"], now)
        return
    if action == "give":
        mate = _actor("bench-mo", now.date()).person_id
        actions.assign_case(case_id, mate or 0, actor, case.ver, now)
        return
    said = {
        "answer": MARKS["answer"], "items": MARKS["items"], "detail": MARKS["supply"],
        "reason": MARKS["reason"],
        "concerns": "unit:enforcement-team", "clause": "示例条款",
    }  # fmt: skip
    if action.startswith("transfer"):
        said["unit"] = "market-regulator" if action.endswith("away") else "service-centre"
        action = "transfer"
    actions.act_on_case(case_id, action, actor, case.ver, said, now)


def _actor(username: str, on: date):
    from django.contrib.auth import get_user_model

    from qinglian.capabilities.cases import actions
    from qinglian.capabilities.parties.queries import staff

    held = staff(get_user_model().objects.get(username=username), on)
    assert held is not None and username in ACTING
    roles = frozenset(role for each in held.roles.values() for role in each)
    return actions.Actor("staff", roles, held.person_id, held.name)
