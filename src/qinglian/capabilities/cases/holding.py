"""Cases in accounts: who holds one today. A representative's reach ends with the representation."""

from __future__ import annotations

from datetime import date

from django.db.models import Q, QuerySet

from qinglian.capabilities.access.fence import beyond, proved
from qinglian.capabilities.access.prepared import Prepared
from qinglian.capabilities.cases.models import Case, CaseHolder
from qinglian.capabilities.parties.queries import represented, representing


def holders_of(case_id: int | None, on: date) -> frozenset[int]:
    """The accounts that hold the case on that day, for themselves or for an enterprise."""
    found: set[int] = set()
    for user, enterprise in _HOLDERS(case=case_id) if case_id is not None else ():
        found |= {user} if user is not None else representing(enterprise, on)
    return frozenset(found)


_HOLDERS = Prepared(
    lambda case: CaseHolder.objects.filter(case=case).values_list("user_id", "enterprise_id"), case=int
)


def own_cases(user_id: int, on: date, firms: list[int] | None = None) -> QuerySet[Case]:
    """The cases of one account, and of no other: there is no query that takes another person.

    firms: those that it speaks for, where they are known already.
    """
    firms = represented(user_id, on) if firms is None else firms
    held = CaseHolder.objects.filter(Q(user=user_id) | Q(enterprise__in=firms))
    return Case.objects.filter(pk__in=held.values("case"))


def proved_cases(user_id: int, on: date) -> QuerySet[Case]:
    """The same, for a request that has shown an address or a key of the account and no session."""
    with beyond("an address or a key stands for the account"):
        held = own_cases(user_id, on)
        ids = list(held.values_list("pk", flat=True))
    proved(ids)
    return held
