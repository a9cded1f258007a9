"""How closely things are held: the zone's own levels, and what its roles are cleared for."""

from __future__ import annotations

from collections.abc import Iterable

from qinglian.zone.current import current


def clearance(roles: Iterable[str]) -> int:
    """The highest rank that any of these roles may read; below every level for a role of no clearance."""
    zone = current()
    cleared = (zone.roles[each].clearance for each in roles if each in zone.roles)
    return max((zone.sensitivity[level].rank for level in cleared), default=-1)


def may_read(roles: Iterable[str], level: str) -> bool:
    """Whether these roles are cleared for a level. One that the zone does not know counts as its highest."""
    return clearance(roles) >= _rank(level)


def readable(roles: Iterable[str]) -> frozenset[str] | None:
    """The levels that these roles may read, for lists; None when they may read every one."""
    ranks = {level.id: level.rank for level in current().sensitivity.values()}
    most = clearance(roles)
    return None if most >= max(ranks.values()) else frozenset(k for k, rank in ranks.items() if rank <= most)


def asks_again(level: str) -> bool:
    """Whether reading this level needs a sign-in that is fresh."""
    found = current().sensitivity.get(level)
    return found is None or found.confirm


def _rank(level: str) -> int:
    known = current().sensitivity
    return known[level].rank if level in known else max(each.rank for each in known.values())
