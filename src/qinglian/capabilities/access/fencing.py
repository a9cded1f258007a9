"""What a capability says of its tables to the second fence: which rows a read request may see, on PostgreSQL.

A capability names it in its apps.py (`fence = Fenced({"notices_notice": "…"})`); a table that no capability
names stops the start, so that a new table is thought about. A row that may not import
`access` writes the mapping of tables alone. A rule is

- "open": every row, because it holds nothing of a person or a case, or is read by everybody anyway;
- "shut": none; a read request has no right to the table at all;
- a condition in SQL over the row, and over what the fence was told of the reader (`told`).
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date

from qinglian.capabilities.access.policies import Reader

OPEN, SHUT = "open", "shut"
# What the fence is told: sets of words as the keys of a JSON object, else one word, or nothing.
OWN, SHUT_OFF, SEES, ROOMS, DRAFTS, PERSON, USER, ALARMED, SEEN_LAST = (
    f"qinglian.{name}" for name in "own shut_off sees rooms drafts person user alarmed seen_last".split()
)
Told = tuple[str, list[object]] | None  # an expression that gives the text, with its values; nothing to tell


@dataclass(frozen=True)
class Fenced:
    tables: Mapping[str, str]  # table → rule
    functions: tuple[str, ...] = ()  # made before the rules; "{schema}" stands for where the tables are
    facts: Mapping[str, Callable[[Reader, date], Told]] = field(default_factory=dict)


def told(name: str) -> str:
    return f"current_setting('{name}', true)"


def among(name: str, word: str) -> str:
    """Whether a word is in a set. The set is read once for each statement, not for each row."""
    return f"((SELECT NULLIF({told(name)}, '')::jsonb) ? ({word})::text)"


def is_the(name: str, column: str) -> str:
    return f"{column}::text = {told(name)}"


def by_staff() -> str:
    """Whether whoever reads holds a post today."""
    return f"{told(PERSON)} <> ''"


def as_set(words: Iterable[object]) -> str:
    """A set as the fence is told it."""
    return json.dumps({str(each): 1 for each in words})


def set_of(query: str, word: str = "word") -> str:
    """The same, of what a query finds; no row gives nothing."""
    return f"(SELECT jsonb_object_agg({word}, 1)::text FROM ({query}) AS found)"
