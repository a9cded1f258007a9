"""The rows of a life, as the database takes them; and the same life some weeks earlier."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from functools import cached_property
from typing import Any

from bench.scale.lives import MARKS, Life, regno
from django.apps import apps
from django.db import connection, models

PEOPLE = ("person_id", "handler_id", "asked_by_id", "assigned_by_id", "read_by_id")
UNITS = ("unit_first_id", "unit_holding_id", "unit_id")
CHANGED = {*PEOPLE, *UNITS, "case_id", "number", "subject", "applicant_id", "enterprises"}
UNIT, HEAD = "service-centre", "bench-zhao（示例）"
# Model → how its rows are found from the case's.
OF_CASE = {
    "cases.CaseEvent": "case", "cases.Clock": "case", "cases.Fact": "case", "cases.Concern": "case",
    "cases.Assignment": "case", "cases.CaseText": "case",
}  # fmt: skip
EMPTY = (
    "cases.Decision",
    "cases.Proposal",
    "cases.Letter",
    "cases.Note",
    "cases.CaseLink",
    "cases.Contribution",
)


def model(name: str) -> type[models.Model]:
    return apps.get_model(name)


def columns(name: str) -> list[str]:
    return [each.column for each in model(name)._meta.concrete_fields]


@dataclass
class Row:
    """values: by column, ready to be written. marks: column → the marks in its text."""

    pk: int
    values: dict[str, Any]
    marks: dict[str, list[str]] = field(default_factory=dict)

    @cached_property
    def kept(self) -> list[Any]:
        """The values in the order of their columns: what a copy begins with."""
        return list(self.values.values())

    @cached_property
    def changing(self) -> list[tuple[int, str, Any]]:
        """(place, column, value) of what may be another in a copy; the rest is kept."""
        return [
            (n, column, value)
            for n, (column, value) in enumerate(self.values.items())
            if column in CHANGED or column in self.marks or (column == "data" and '"to": ' in value)
        ]


@dataclass
class Shape:
    """One life, moved in time: table → rows."""

    open: bool
    number: str
    year: int
    prefix: str
    lodged_at: datetime
    rows: dict[str, list[Row]]
    marks: dict[str, str]  # those that stand anywhere in it, and how
    on: list[datetime]  # when each event happened
    logged: list[tuple[str, Any]] = field(default_factory=list)  # the same, as an entry and as its row say it

    @cached_property
    def firm(self) -> bool:
        return self.rows["cases.Case"][0].values["applicant_id"] is not None


@dataclass(frozen=True)
class Template:
    """A life with its rows as Django reads them."""

    life: Life
    case: Any
    found: dict[str, list[Any]]

    @classmethod
    def of(cls, life: Life) -> Template:
        case = model("cases.Case").objects.select_related("matter_version").get(pk=life.case_id)
        found = {n: list(model(n).objects.filter(**{way: case}).order_by("pk")) for n, way in OF_CASE.items()}
        for name in EMPTY:
            if model(name).objects.filter(case=case).exists():
                raise RuntimeError(f"a life has rows of {name}, which are not copied")
        clocks = [each.pk for each in found["cases.Clock"]]
        checks = {r.conflict_check_id for n in ("cases.CaseEvent", "cases.Assignment") for r in found[n]} - {
            None
        }
        found["cases.ClockRung"] = list(
            model("cases.ClockRung").objects.filter(clock__in=clocks).order_by("pk")
        )
        found["interests.ConflictCheck"] = list(
            model("interests.ConflictCheck").objects.filter(pk__in=checks).order_by("pk")
        )
        found["notices.Notice"] = list(
            model("notices.Notice").objects.filter(subject=case.number).order_by("pk")
        )
        return cls(life, case, found)

    def shape(self, weeks: int) -> Shape:
        """The same life so many weeks earlier, its due moments derived anew by the calendar of then."""
        by = timedelta(weeks=-weeks)
        moved = {name: [_moved(each, by) for each in rows] for name, rows in self.found.items()}
        case = _moved(self.case, by)
        _rederive(case, moved, self.found)
        for notice in moved["notices.Notice"]:
            if not self.life.open and notice.read_at is None:
                notice.read_at = notice.queued_at + timedelta(hours=3)
        moved["cases.Case"] = [case]
        marks = {**MARKS, "number": self.case.number, "unit": UNIT, "regno": regno(), "head": HEAD}
        rows = {name: [_row(each, marks) for each in found] for name, found in moved.items()}
        used = {
            mark for found in rows.values() for row in found for each in row.marks.values() for mark in each
        }
        return Shape(
            self.life.open, self.case.number, case.lodged_at.year, self.case.number.partition("-")[0],
            case.lodged_at, rows, {name: marks[name] for name in used},
            [each.at for each in moved["cases.CaseEvent"]],
        )  # fmt: skip


def _moved(row: Any, by: timedelta) -> Any:
    made = type(row)(**{f.attname: _shifted(getattr(row, f.attname), by) for f in row._meta.concrete_fields})
    made._state.db = "default"
    return made


def _shifted(value: Any, by: timedelta) -> Any:
    if isinstance(value, datetime | date):
        return value + by
    if isinstance(value, dict):
        return {key: _shifted(each, by) for key, each in value.items()}
    if isinstance(value, list):
        return [_shifted(each, by) for each in value]
    if isinstance(value, str) and value[4:5] == "-" and value[10:11] == "T" and len(value) < 40:
        return (datetime.fromisoformat(value) + by).isoformat()
    return value


def _rederive(case: Any, moved: dict[str, list[Any]], before: dict[str, list[Any]]) -> None:
    """Clocks, their rungs and the case's due, as this calendar makes them."""
    from qinglian.capabilities.cases.schedule import derive, run_of
    from qinglian.engines.clock import Budget

    change = {}
    for clock, old in zip(moved["cases.Clock"], before["cases.Clock"], strict=True):
        answer = derive(clock.calendar, Budget.parse(clock.budget), run_of(clock))
        change[clock.pk] = answer.moment - old.due if answer.moment and old.due else timedelta()
        clock.due, clock.status = answer.moment, answer.status
    for rung, old in zip(moved["cases.ClockRung"], before["cases.ClockRung"], strict=True):
        rung.due = old.due + change[rung.clock_id] if old.due else None
    dues = [each.due for each in moved["cases.Clock"] if each.running and each.due]
    case.due = min(dues, default=None) if case.turn == "unit" else None


def _row(row: Any, marks: dict[str, str]) -> Row:
    from qinglian.capabilities.cases.grams import folded

    values, found = {}, {}
    if row._meta.label == "cases.CaseText":  # it is folded already
        marks = {name: folded(mark) for name, mark in marks.items()}
    for each in row._meta.concrete_fields:
        value = getattr(row, each.attname)
        if isinstance(each, models.JSONField):
            value = json.dumps(value, ensure_ascii=False)
        else:
            value = each.get_db_prep_save(value, connection)
        values[each.column] = value
        if isinstance(value, str) and (held := [name for name, mark in marks.items() if mark in value]):
            found[each.column] = held
    return Row(row.pk, values, found)
