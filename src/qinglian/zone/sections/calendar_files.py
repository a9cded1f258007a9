"""`calendars/*.csv`: what a pack lays over the carried calendars, or a whole calendar of its own."""

from __future__ import annotations

import csv
import re
from collections.abc import Mapping

from qinglian.engines.clock import Calendar
from qinglian.faults import Fault, Faults
from qinglian.faults import noop as _
from qinglian.zone.calendars import carried, read_calendar, read_overlay

_FILE = re.compile(r"calendars/([A-Z][A-Za-z0-9-]{0,19})\.csv")


def is_calendar(path: str) -> bool:
    return _FILE.fullmatch(path) is not None


def calendars_of(texts: Mapping[str, str]) -> tuple[dict[str, Calendar], list[Fault]]:
    """Every calendar the zone can name, by id; texts: path in the pack → CSV."""
    known, faults = carried(), list[Fault]()
    for path, text in texts.items():
        found = _FILE.fullmatch(path)
        if found is None:
            continue
        name = found[1]
        try:
            known[name] = (
                read_overlay(known[name], text + "\n") if name in known else read_calendar(text + "\n", name)
            )
        except (Fault, Faults) as error:
            faults += [f.at(file=path) for f in (error.faults if isinstance(error, Faults) else [error])]
        except csv.Error as error:
            faults.append(Fault(_("not CSV: %(reason)s; save it anew as CSV UTF-8"), file=path, reason=error))
    return known, faults
