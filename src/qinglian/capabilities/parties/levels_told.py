"""What the second fence is told of posts: each unit in sight, with what the roles there may read."""

from __future__ import annotations

from datetime import date

from qinglian.capabilities.access.fencing import Told, set_of
from qinglian.capabilities.access.levels import readable
from qinglian.capabilities.access.policies import Reader
from qinglian.zone.current import current

# The enterprises that an account (1) may speak for on a day (2, 3), and the rows that they were merged into.
SPOKEN_FOR = """WITH RECURSIVE firm (id) AS (
    SELECT enterprise_id FROM parties_representative
    WHERE user_id = %s AND since <= %s AND (until IS NULL OR until >= %s)
    UNION SELECT e.merged_into_id FROM parties_enterprise e JOIN firm ON e.id = firm.id
    WHERE e.merged_into_id IS NOT NULL) SELECT id FROM firm"""
EVERY = "*"  # also levels that the zone does not know


def sees(reader: Reader, _on: date) -> Told:
    """The set of "unit" and "unit|level". None who holds no post."""
    pairs = [
        (path, f"{mark}{level}")
        for path, roles in sorted(reader.roles.items())
        for mark, levels in (("", [""]), ("|", _levels(roles)))
        for level in levels
    ]
    if not pairs:
        return None
    rows = ", ".join(["(%s, %s)"] * len(pairs))
    text = set_of(
        f"SELECT unit.id || held.level AS word FROM parties_unit unit JOIN (VALUES {rows}) held (path, level)"
        " ON starts_with(unit.path, held.path)"
    )
    return text, [part for pair in pairs for part in pair]


def _levels(roles: frozenset[str]) -> list[str]:
    some = readable(roles)
    return sorted(some) if some is not None else [*current().sensitivity, EVERY]
