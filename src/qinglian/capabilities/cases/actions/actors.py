"""Who acts on a case, and what stops them."""

from __future__ import annotations

from dataclasses import dataclass


class Stale(Exception):
    """Somebody else acted on the case since it was read."""


@dataclass(frozen=True)
class Actor:
    kind: str  # applicant | staff | system
    roles: frozenset[str]
    person_id: int | None = None
    name: str = ""


APPLICANT = Actor("applicant", frozenset({"applicant"}))
SYSTEM = Actor("system", frozenset({"system"}))
