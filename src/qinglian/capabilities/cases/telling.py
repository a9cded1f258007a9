"""Who is told that something happened in a case. What happened is said only where a letter may say it."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from qinglian.capabilities.access.levels import may_read
from qinglian.capabilities.cases.concerns import concerned
from qinglian.capabilities.cases.handling import seeing, today
from qinglian.capabilities.cases.history import matter_of
from qinglian.capabilities.cases.holding import holders_of
from qinglian.capabilities.cases.models import Case
from qinglian.capabilities.interfaces.actions import announce
from qinglian.capabilities.interfaces.scopes import CASE_MOVED
from qinglian.capabilities.notices.actions import queue_notice
from qinglian.capabilities.parties.queries import account_letters, members
from qinglian.zone import Matter

PLAIN = "news"  # the kind of a letter that says nothing but that there is news
_APPLICANT = frozenset({"applicant"})


def held_closely(matter: Matter, level: str) -> bool:
    """More closely than applicants of the zone are cleared for: then a letter says nothing of it."""
    return not all(may_read(_APPLICANT, each) for each in (level, matter.content))


def tell_applicant(case: Case, kind: str, now: datetime) -> None:
    """To the address given with the case, and to the accounts that hold it today, each in its language."""
    holders = holders_of(case.pk, today(now))
    announce(CASE_MOVED, case.number, now, holders)
    said = PLAIN if held_closely(matter_of(case), case.sensitivity) else kind
    letters = dict(account_letters(holders))
    if case.email:
        letters.setdefault(case.email, case.language)
    for email, language in letters.items():
        queue_notice(said, case.number, now, language=language, email=email)


def tell_unit(case: Case, kind: str, now: datetime, *, whole: bool = False) -> None:
    """Whoever has the case; while nobody does, or if the whole unit shall know, the unit.

    Of a complaint about somebody, one by one, those from whom it is not shut.
    """
    if case.handler_id is not None and not whole:
        staff = [case.handler_id]
    elif concerned(case):
        staff = [person for person, _name in members([case.unit_holding_id], today(now))]
    else:
        queue_notice(kind, case.number, now, unit_id=case.unit_holding_id)
        return
    tell_people(case, kind, staff, now)


def tell_people(case: Case, kind: str, people: Iterable[int], now: datetime) -> list[int]:
    """Those of them from whom the case is not shut; who they were."""
    told = seeing(case, people, today(now))
    for person in told:
        queue_notice(kind, case.number, now, person_id=person)
    return told
