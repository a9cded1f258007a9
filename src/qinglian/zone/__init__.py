"""A zone in files: read, checked as a whole, and given out as frozen dataclasses."""

from qinglian.zone.loading import load
from qinglian.zone.matter import (
    Action,
    Basis,
    ClockRule,
    Decision,
    Extend,
    Field,
    Matter,
    Option,
    Rung,
    Silence,
    State,
    Step,
)
from qinglian.zone.moves import Move, clock_moves
from qinglian.zone.pack import Area, Channel, Level, Measure, Role, Source, Unit, Zone
from qinglian.zone.reading import read_matter
from qinglian.zone.text import LANGUAGES, Text

__all__ = [
    "LANGUAGES",
    "Action",
    "Area",
    "Basis",
    "Channel",
    "ClockRule",
    "Decision",
    "Extend",
    "Field",
    "Level",
    "Matter",
    "Measure",
    "Move",
    "Option",
    "Role",
    "Rung",
    "Silence",
    "Source",
    "State",
    "Step",
    "Text",
    "Unit",
    "Zone",
    "clock_moves",
    "load",
    "read_matter",
]
