"""Working days, budgets and pauses: from an event and a ledger to the moment something is due.

Everything is an argument: the calendar, the start, the pauses, what was known when. Nothing
here reads a clock or a file.
"""

from qinglian.engines.clock.budget import ROLLS, UNITS, Budget
from qinglian.engines.clock.calendar import Calendar, Day, Year
from qinglian.engines.clock.due import Due, due
from qinglian.engines.clock.fast import due_days, due_moments, working_between
from qinglian.engines.clock.hours import Hours
from qinglian.engines.clock.ledger import Extension, Pause
from qinglian.engines.clock.reading import read_date, read_moment, read_pause, read_pauses
from qinglian.engines.clock.silence import Silence, deemed, remaining
from qinglian.engines.clock.skips import Skipped

__all__ = [
    "ROLLS",
    "UNITS",
    "Budget",
    "Calendar",
    "Day",
    "Due",
    "Extension",
    "Hours",
    "Pause",
    "Silence",
    "Skipped",
    "Year",
    "deemed",
    "due",
    "due_days",
    "due_moments",
    "read_date",
    "read_moment",
    "read_pause",
    "read_pauses",
    "remaining",
    "working_between",
]
