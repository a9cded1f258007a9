"""A zone: its units, roles, calendars, measures and matters, read from a folder and never changed."""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from qinglian.engines.clock import Calendar
from qinglian.zone.matter import Matter
from qinglian.zone.text import Text

BASES = ("stated", "reported", "analogue")
CYCLES = ("weekly", "monthly", "quarterly", "half-yearly", "annual", "per-round", "on-event")
RETAINED = (
    "case-email",
    "case-content",
    "representation",
)  # what a zone says how many days after its end it keeps
CHANNEL_KINDS = ("park", "sector")
CHANNEL_READERS = ("everybody", "members")
PUBLISH = ("full", "summary", "none")


@dataclass(frozen=True, slots=True)
class Unit:
    id: str
    title: Text
    parent: str | None


@dataclass(frozen=True, slots=True)
class Level:
    """How closely something is held: the higher its rank, the fewer read it."""

    id: str
    title: Text
    rank: int
    confirm: bool  # reading it needs a sign-in that is fresh


@dataclass(frozen=True, slots=True)
class Publishing:
    """How the zone's numbers and rows are published.

    least: how many there must be in a group that is shown by itself; level: up to which level cases are
    counted at all; licence: of what is published, an SPDX id.
    """

    least: int
    level: str
    licence: str
    basis: Text


@dataclass(frozen=True, slots=True)
class Role:
    id: str
    title: Text
    clearance: str  # the highest level that it reads


@dataclass(frozen=True, slots=True)
class Area:
    id: str
    title: Text


@dataclass(frozen=True, slots=True)
class Source:
    id: str
    what: Text
    date: str  # as far as it is known: 2016, 2016-11 or 2016-11-30; empty when undated
    where: str


@dataclass(frozen=True, slots=True)
class Measure:
    """`text` is what the sources carry; `proposal` and all of lead … facts are the pack's own proposal."""

    id: str
    area: str
    basis: str
    sources: tuple[str, ...]
    text: Text
    proposal: Text | None
    note: Text | None
    lead: str
    partners: tuple[str, ...]
    cycle: str
    publish: str
    due: datetime.date | None
    facts: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Channel:
    """A room of a park or a sector: what is asked there is a case of `matter`, read by all in the room."""

    id: str
    kind: str
    title: Text
    summary: Text
    unit: str  # which answers, and names who is on duty
    matter: str
    shows: tuple[str, ...]  # the fields of a question that stand in the room
    readers: str  # everybody | members


@dataclass(frozen=True, slots=True)
class Zone:
    id: str
    title: Text
    demonstration: bool
    timezone: str
    calendar: str
    office_hours: tuple[str, ...] | None
    units: Mapping[str, Unit]
    roles: Mapping[str, Role]
    sensitivity: Mapping[str, Level]
    retention: Mapping[str, int]  # what → days after the end of a case; what is not there is kept
    publishing: Publishing | None  # without it nothing about cases is published
    standing_days: Mapping[str, int]  # kind of mark → how many days old it may be and still count
    calendars: Mapping[str, Calendar]
    measures_title: Text | None
    areas: Mapping[str, Area]
    sources: Mapping[str, Source]
    measures: tuple[Measure, ...]
    matters: Mapping[str, Matter]
    channels: Mapping[str, Channel]
    files: Mapping[str, str]
    sha: str
    root: Path


def above(units: Mapping[str, Unit]) -> dict[str, tuple[str, ...]]:
    """Unit → the units above it, the nearest first; a circle, told elsewhere, is walked once."""
    found: dict[str, tuple[str, ...]] = {}
    for unit in units.values():
        line: list[str] = []
        parent = unit.parent
        while parent is not None and parent in units and parent not in line:
            line.append(parent)
            parent = units[parent].parent
        found[unit.id] = tuple(line)
    return found
