"""The CSV files of a spec: indicators.csv, units.csv, experts.csv. Every fault is told at once, with its
line."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Mapping
from typing import Any

from qinglian.engines.composite.fields import number
from qinglian.engines.composite.spec import LANGUAGES, SOURCES, Indicator, Names
from qinglian.faults import Fault
from qinglian.faults import noop as _

NEEDED = ("code", "parent", "direction")
NUMBERS = ("low", "high", "target", "mean", "sd")
KNOWN = (
    *NEEDED,
    "weight",
    "source",
    "unit",
    "denominator",
    *NUMBERS,
    "treat",
    "breaks",
    "reason",
    *LANGUAGES,
)
ROLES = {
    "+1": "scored",
    "1": "scored",
    "-1": "scored",
    "ambiguous": "ambiguous",
    "denominator": "denominator",
    "deduction": "deduction",
}


def safely(reader: Any) -> Iterator[list[str]]:
    """The rows of a csv reader; what it cannot read is a Fault with its line."""
    try:
        yield from reader
    except csv.Error as error:
        raise Fault(
            _("not a table that can be read (%(reason)s); save it again as CSV in UTF-8"),
            line=reader.line_num,
            reason=str(error),
        ) from None


def parted_otherwise(header: list[str]) -> Fault | None:
    """The fault of a table whose only column is several, parted by another sign than the comma."""
    for sign, name in ((";", ";"), ("\t", "TAB"), ("|", "|")):
        if len(header) == 1 and sign in header[0]:
            return Fault(_("the cells are parted by %(sign)s; save the table with commas"), line=1, sign=name)
    return None


def rows(
    text: str, needed: tuple[str, ...], known: tuple[str, ...] | None, faults: list[Fault]
) -> Iterator[tuple[int, dict[str, str]]]:
    """(line, cells by column), cells stripped. An unknown or missing column, or a row of another length, is a
    fault."""
    reader = csv.reader(io.StringIO(text.removeprefix("\ufeff"), newline=""))
    header = [cell.strip() for cell in next(safely(reader), [])]
    if parted := parted_otherwise(header):
        faults.append(parted)
        return
    for name in needed:
        if name not in header:
            faults.append(Fault(_("the column %(name)s is missing; add it"), line=1, name=name))
    for name in header:
        if header.count(name) > 1 or (known is not None and name not in known):
            faults.append(
                Fault(
                    _("the column %(name)r is not known, or stands twice; known are %(known)s"),
                    line=1,
                    name=name,
                    known=", ".join(known or header),
                )
            )
    if faults:
        return
    for cells in safely(reader):
        if not any(cell.strip() for cell in cells):
            continue
        if len(cells) != len(header):
            faults.append(
                Fault(
                    _("the line has %(count)d cells, the header %(wanted)d; mend the commas"),
                    line=reader.line_num,
                    count=len(cells),
                    wanted=len(header),
                )
            )
            continue
        yield reader.line_num, {name: cell.strip() for name, cell in zip(header, cells, strict=True)}


def read_indicators(text: str, faults: list[Fault]) -> tuple[Indicator, ...]:
    """The rows of indicators.csv; a row at fault is left out and told."""
    found: dict[str, Indicator] = {}
    for line, row in rows(text, NEEDED, KNOWN, faults):
        before = len(faults)
        one = _indicator(row, line, faults)
        if one.code in found or not one.code:
            faults.append(
                Fault(
                    _("%(code)r stands twice or is empty; give each its own code"), line=line, code=one.code
                )
            )
        if len(faults) == before:
            found[one.code] = one
    return tuple(found.values())


def _indicator(row: Mapping[str, str], line: int, faults: list[Fault]) -> Indicator:
    role = ROLES.get(row["direction"], "")
    if not role:
        faults.append(
            Fault(
                _("%(value)r is not known here; known are %(known)s"),
                line=line,
                key="direction",
                value=row["direction"],
                known=", ".join(ROLES),
            )
        )
    numbers = {name: _real(row.get(name, ""), name, line, faults) for name in NUMBERS}
    weight = number(row["weight"]) if row.get("weight") else None
    one = Indicator(
        code=row["code"],
        names=_names(row),
        role=role,
        direction=(-1 if row["direction"] == "-1" else 1) if role == "scored" else 0,
        parent=row["parent"],
        weight=weight,
        breaks=tuple(part for part in row.get("breaks", "").split("|") if part),
        line=line,
        **{name: row.get(name, "") for name in ("source", "unit", "denominator", "treat", "reason")},  # type: ignore[arg-type]
        **numbers,  # type: ignore[arg-type]
    )
    faults.extend(_faults(one, row, line))
    return one


def _faults(one: Indicator, row: Mapping[str, str], line: int) -> Iterator[Fault]:
    if row.get("weight") and (one.weight is None or one.weight <= 0):
        yield Fault(
            _("a weight is a number above 0; %(value)r is none"), line=line, key="weight", value=row["weight"]
        )
    if one.low is not None and one.high is not None and one.low >= one.high:
        yield Fault(
            _(
                "the goalposts are reversed: low is %(low)s and high is %(high)s; which way is better is "
                "said by direction"
            ),
            line=line,
            key=one.code,
            low=row["low"],
            high=row["high"],
        )
    if one.source and one.source not in SOURCES:
        yield Fault(
            _("%(value)r is not known here; known are %(known)s"),
            line=line,
            key="source",
            value=one.source,
            known=", ".join(SOURCES),
        )
    if one.treat not in ("", "none", "log"):
        yield Fault(
            _("%(value)r is not known here; known are %(known)s"),
            line=line,
            key="treat",
            value=one.treat,
            known="none, log",
        )
    if one.role == "ambiguous" and (one.weight is not None or not one.reason):
        yield Fault(
            _(
                "an ambiguous indicator is shown and never scored: leave its weight empty, and write in "
                "reason why more may be good or bad"
            ),
            line=line,
            key=one.code,
        )
    if one.role == "scored" and not one.parent:
        yield Fault(_("a scored indicator belongs to a node; write its parent"), line=line, key=one.code)


def _real(text: str, name: str, line: int, faults: list[Fault]) -> float | None:
    if not text:
        return None
    value = number(text)
    if value is None:
        faults.append(
            Fault(_("%(value)r is no number; write digits, with a point"), line=line, key=name, value=text)
        )
        return None
    return float(value)


def _names(row: Mapping[str, str]) -> Names:
    return {language: row.get(language) or row.get("en") or row["code"] for language in LANGUAGES}


def read_units(text: str, faults: list[Fault]) -> tuple[dict[str, Names], dict[str, dict[str, str]]]:
    """(names by unit, groups by column and unit) of units.csv; every other column is a grouping."""
    names: dict[str, Names] = {}
    groups: dict[str, dict[str, str]] = {}
    for line, row in rows(text, ("unit",), None, faults):
        unit = row.pop("unit")
        if not unit or unit in names:
            faults.append(
                Fault(_("%(code)r stands twice or is empty; give each its own code"), line=line, code=unit)
            )
        given = {language: row.pop(language, "") for language in LANGUAGES}
        names[unit] = {language: name or given["en"] or unit for language, name in given.items()}
        for column, value in row.items():
            groups.setdefault(column, {})[unit] = value
    return names, groups


def read_budget(text: str, faults: list[Fault]) -> dict[str, dict[str, float]]:
    """Points by expert and code, of experts.csv with columns expert, code, points."""
    found: dict[str, dict[str, float]] = {}
    for line, row in rows(text, ("expert", "code", "points"), ("expert", "code", "points"), faults):
        points = number(row["points"])
        if points is None or points < 0 or row["code"] in found.get(row["expert"], {}):
            faults.append(
                Fault(_("each expert gives each code points once, 0 or more"), line=line, key=row["code"])
            )
            continue
        found.setdefault(row["expert"], {})[row["code"]] = float(points)
    return found


def read_pairs(text: str, faults: list[Fault]) -> dict[str, dict[tuple[str, str], float]]:
    """How much more a counts than b, by expert, of experts.csv with columns expert, a, b, ratio (3 or
    1/3)."""
    found: dict[str, dict[tuple[str, str], float]] = {}
    for line, row in rows(text, ("expert", "a", "b", "ratio"), ("expert", "a", "b", "ratio"), faults):
        top, _slash, bottom = row["ratio"].partition("/")
        over, under = number(top), number(bottom or "1")
        pairs = found.setdefault(row["expert"], {})
        if over is None or under is None or over <= 0 or under <= 0 or (row["a"], row["b"]) in pairs:
            faults.append(
                Fault(
                    _("a comparison stands once and is a ratio such as 3 or 1/3; %(value)r is none"),
                    line=line,
                    key="ratio",
                    value=row["ratio"],
                )
            )
            continue
        pairs[row["a"], row["b"]] = float(over / under)
    return found
