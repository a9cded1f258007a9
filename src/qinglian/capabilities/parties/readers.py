"""People with posts, as the gate must know them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from django.contrib.auth.models import AbstractBaseUser
from django.db.models import Q
from django.http import HttpRequest

from qinglian.capabilities.access.gate import is_fresh, scope
from qinglian.capabilities.access.policies import Reader
from qinglian.capabilities.parties.models import Unit
from qinglian.capabilities.parties.queries import in_sight, staff


def reader(user: AbstractBaseUser, tracked: int | None, on: date, strong: bool = False) -> Reader:
    """Who asks, as the gate must know it: posts are those of the day.

    A password that somebody else knows is no strong one, whatever came with it.
    """
    posts = staff(user, on)
    if posts is None:
        return Reader(account=bool(user.pk), tracked=tracked, strong=strong, user_id=user.pk)
    strong = strong and not posts.password_given
    return Reader(True, posts.person_id, posts.name, posts.roles, tracked, strong, user.pk)


def roles_by_unit(scope: Mapping[str, frozenset[str]]) -> dict[str, frozenset[str]]:
    """Unit id → roles, for every unit at or below a path of the scope."""
    below = Q()
    for path in scope:
        below |= Q(path__startswith=path)
    units = Unit.objects.filter(below).values_list("id", "path") if scope else []
    return {
        unit: frozenset(role for above, roles in scope.items() if path.startswith(above) for role in roles)
        for unit, path in units
    }


def in_sight_of(request: HttpRequest) -> Q:
    """Which enterprises the reader may see: where they stand in a register, or were stated to them."""
    return in_sight(roles_by_unit(scope(request)), is_fresh(request))
