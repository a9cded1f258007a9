"""Due moments for a table of cases: `calendar,from,budget,pauses` in, `due,status` added."""

from __future__ import annotations

import csv
import os
import tempfile
from collections.abc import Callable, Iterable, Iterator
from datetime import datetime
from functools import cache
from pathlib import Path

from qinglian.engines.clock import Budget, Calendar, Hours, due, due_moments, read_moment, read_pauses
from qinglian.faults import Fault, Faults
from qinglian.faults import noop as _
from qinglian.zone.calendars import find

NEEDED = ("calendar", "from", "budget", "pauses")
ADDED = ("due", "status")
Row = dict[str, str]


def due_table(source: Path, target: Path, hours: Hours | None = None) -> int:
    """Write target from source with due and status added; the number of rows. Other columns stay as they are.

    An empty budget roll is never guessed, and working hours need hours. Faults names every bad
    row with its line and its mend; then nothing is written.
    """
    try:
        with source.open(encoding="utf-8-sig", newline="") as text:
            reader = csv.DictReader(text)
            columns = _columns(reader, source)
            rows = list(_answered(reader, source, hours))
    except UnicodeDecodeError:
        raise Fault(_("the file is not UTF-8; save it as CSV UTF-8"), file=str(source)) from None
    except csv.Error as error:
        raise Fault(
            _("the table cannot be read as CSV (%(reason)s); save it as CSV UTF-8"),
            file=str(source),
            reason=str(error),
        ) from None
    write_whole(target, [*columns, *ADDED], rows)
    return len(rows)


def _columns(reader: csv.DictReader[str], source: Path) -> list[str]:
    columns = list(reader.fieldnames or ())
    missing = [name for name in NEEDED if name not in columns]
    if missing:
        raise Fault(
            _("column %(missing)s is missing; the first line needs calendar,from,budget,pauses"),
            file=str(source),
            line=1,
            missing=", ".join(missing),
        )
    twice = sorted({name for name in columns if columns.count(name) > 1 or name in ADDED})
    if twice:
        raise Fault(
            _("column %(twice)s would stand twice in the answer; rename or remove it"),
            file=str(source),
            line=1,
            twice=", ".join(twice),
        )
    return columns


def _answered(reader: csv.DictReader[str], source: Path, hours: Hours | None) -> Iterator[Row]:
    answer, faults = _answers(hours), []
    for row in reader:
        try:
            if None in row or None in row.values():
                raise Fault(_("this row has more or fewer cells than the first line; add or remove commas"))
            row["due"], row["status"] = answer(row["calendar"], row["from"], row["budget"], row["pauses"])
            yield row
        except (Fault, Faults) as found:
            several = found.faults if isinstance(found, Faults) else [found]
            faults += [fault.at(file=str(source), line=reader.line_num) for fault in several]
    if faults:
        raise Faults(faults)


def _answers(hours: Hours | None) -> Callable[[str, str, str, str], tuple[str, str]]:
    """The answer to one row; the same question is asked once."""
    calendar_of, budget_of = cache(_calendar), cache(Budget.parse)

    @cache
    def answer(name: str, start: str, budget: str, pauses: str) -> tuple[str, str]:
        calendar, total, begin = calendar_of(name.strip()), budget_of(budget.strip()), read_moment(start)
        if total.unit == "wd" and not pauses.strip():
            first = calendar.local(begin).date() if isinstance(begin, datetime) else begin
            moment = due_moments(calendar, [first], total.amount)[0]
            return moment.isoformat(), calendar.status(first, moment.date())
        found = due(calendar, total, begin, read_pauses(pauses), hours=hours)
        return found.moment.isoformat() if found.moment else "", found.status

    return answer


def _calendar(name: str) -> Calendar:
    try:
        return find(name)
    except (Fault, Faults):
        raise
    except (OSError, ValueError):  # a path may hold a zero byte
        raise Fault(_("calendar file %(name)s cannot be read; check its path"), name=name) from None


def write_whole(target: Path, columns: list[str], rows: Iterable[Row]) -> None:
    """Write a CSV beside the target and put it in its place at once, or leave everything as it was."""
    handle, name = tempfile.mkstemp(dir=target.parent, prefix=f".{target.name}.", suffix=".part")
    try:
        with os.fdopen(handle, "w", encoding="utf-8", newline="") as text:
            writer = csv.DictWriter(text, columns, lineterminator="\n")
            writer.writeheader()
            writer.writerows(rows)
        os.chmod(name, 0o666 & ~_umask())
        os.replace(name, target)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask
