"""What the application can look up for a matter: each source by its name, and what it can answer.

A source that is not sure answers `unknown`, never a guess; one that has no answer here is absent. How each is
looked up is told by the platform; a test holds the two lists against each other.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from qinglian.zone.forms import ID

NUMBER = ("number",)


@dataclass(frozen=True, slots=True)
class Source:
    """answers: the words it can give, or NUMBER; of: what stands in place of the capitals, if anything."""

    name: str
    answers: tuple[str, ...]
    of: str = ""  # "" | "standing" | "clock" | "action"


SOURCES = (
    Source("registry.enterprise.status", ("registered", "stated", "unknown")),
    Source("registry.enterprise.place", ("CN", "HK", "MO", "other", "unknown")),
    Source("standing.KIND", ("holds", "none", "unknown"), "standing"),
    Source("clock.ID", ("not-begun", "running", "standing", "overdue", "over"), "clock"),
    Source("count.ID", NUMBER, "action"),
    Source("cases.open", NUMBER),
    Source("cases.lodged", NUMBER),
)
FORM = rf"[a-z]+\.({ID})(\.{ID})?"


def source_of(name: str) -> tuple[Source, str] | None:
    """(source, what its capitals stand for), or None where there is no such source."""
    for source in SOURCES:
        if source.name == name:
            return source, ""
        head, dot, tail = name.partition(".")
        if source.of and dot and source.name.partition(".")[0] == head and re.fullmatch(ID, tail):
            return source, tail
    return None
