"""Rows about units for the published tables."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from qinglian.batch.figures.grouping import Fact
from qinglian.zone.current import current
from qinglian.zone.text import LANGUAGES


def units(_since: datetime | None, _now: datetime) -> Iterator[Fact]:
    """id, parent, and its title in three languages"""
    for unit in current().units.values():
        yield Fact(unit.id, (unit.id, unit.parent or "-", *(unit.title[language] for language in LANGUAGES)))
