"""Rows about measures for the published tables."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from qinglian.batch.figures.grouping import Fact
from qinglian.zone.current import current
from qinglian.zone.text import LANGUAGES

NO_EVIDENCE = "none"  # nothing here records evidence yet: no measure can have another state


def areas(_since: datetime | None, _now: datetime) -> Iterator[Fact]:
    """id, and its title in three languages"""
    for area in current().areas.values():
        yield Fact(area.id, (area.id, *(area.title[language] for language in LANGUAGES)))


def measures(_since: datetime | None, _now: datetime) -> Iterator[Fact]:
    """id, area, state"""
    for measure in current().measures:
        yield Fact(measure.id, (measure.id, measure.area, NO_EVIDENCE))
