"""What a public export says of itself, read as a stranger's: what has another form gets no further.

Names of tables and columns go into SQL, those of tables and figures into paths: each is held against its form
before it is used anywhere.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any, TypeGuard

from qinglian.batch.figures.definitions import GRAINS, ID, KINDS, LEVELS
from qinglian.faults import Fault
from qinglian.faults import noop as _

NAME = re.compile(r"[a-z][a-z0-9_]*", re.ASCII)
MONTH = re.compile(r"\d{4}-(0[1-9]|1[0-2])", re.ASCII)
MOST_MONTHS = 1200
Found = dict[str, dict[str, Any]]


def manifest_faults(said: Mapping[str, Any]) -> Iterator[Fault]:
    """What of the list of an edition has not its form."""
    if not isinstance(said.get("through"), str) or not MONTH.fullmatch(said["through"]):
        yield _no_form("through")
    if not _is_number(said.get("least")):
        yield _no_form("least")
    for kind, whole in (("tables", _is_listed_table), ("figures", _is_listed_figure)):
        rows = said.get(kind)
        if not isinstance(rows, dict):
            yield _no_form(kind)
            continue
        for id, row in sorted(rows.items()):
            if not ID.fullmatch(id) or not isinstance(row, dict) or not whole(row):
                yield _no_form(f"{kind}.{id}")


def tables(said: Mapping[str, Any]) -> tuple[Found, list[Fault]]:
    """Of a dictionary: id → table, and what has not its form."""
    return _by_id(said.get("tables"), "tables", _is_table)


def figures(said: Mapping[str, Any]) -> tuple[Found, list[Fault]]:
    """Of the definitions: id → figure, and what has not its form."""
    return _by_id(said.get("figures"), "figures", _is_figure)


def cells(document: Mapping[str, Any]) -> list[list[Any]]:
    """Those of a result; Fault for one that is no cell."""
    found = document.get("cells")
    if not isinstance(found, list):
        raise _no_form("cells")
    for place, cell in enumerate(found):
        texts, numbers = (cell[:2], cell[2:]) if isinstance(cell, list) and len(cell) == 5 else ([], [None])
        if not all(isinstance(each, str) for each in texts) or not all(_is_number(each) for each in numbers):
            raise _no_form(f"cells.{place}")
    return found


def _by_id(rows: object, kind: str, whole: Callable[[dict[str, Any]], bool]) -> tuple[Found, list[Fault]]:
    if not isinstance(rows, list):
        return {}, [_no_form(kind)]
    found: Found = {}
    faults = []
    for place, row in enumerate(rows):
        if isinstance(row, dict) and _is(row.get("id"), ID) and whole(row):
            found[row["id"]] = row
        else:
            faults.append(_no_form(f"{kind}.{row['id'] if _is_named(row) else place}"))
    return found, faults


def _is_named(row: object) -> TypeGuard[dict[str, Any]]:
    return isinstance(row, dict) and isinstance(row.get("id"), str)


def _is_listed_table(row: Mapping[str, Any]) -> bool:
    return isinstance(row.get("sha256"), str) and _is_number(row.get("rows"))


def _is_listed_figure(row: Mapping[str, Any]) -> bool:
    return isinstance(row.get("result"), str) and row.get("level") in LEVELS


def _is_table(row: Mapping[str, Any]) -> bool:
    columns, groups = row.get("columns"), row.get("groups")
    if not isinstance(columns, list) or not columns or row.get("grain") not in GRAINS:
        return False
    if not all(isinstance(each, dict) and each.get("type") in ("text", "whole") for each in columns):
        return False
    names = [each.get("name") for each in columns]
    once = _are(names, NAME) and len(set(names)) == len(names)
    return once and (groups is None or (_are(groups, NAME) and set(groups) <= set(names)))


def _is_figure(row: Mapping[str, Any]) -> bool:
    version, months = row.get("version"), row.get("months")
    return (
        row.get("level") in LEVELS
        and row.get("kind") in KINDS
        and isinstance(row.get("rows"), str)
        and _are(row.get("tables"), ID)
        and _are(row.get("cuts"), NAME)
        and _is_number(version)
        and _is_number(months)
        and 0 <= months <= MOST_MONTHS
    )


def _is_number(value: object) -> TypeGuard[int]:
    return type(value) is int


def _is(value: object, form: re.Pattern[str]) -> bool:
    return isinstance(value, str) and form.fullmatch(value) is not None


def _are(values: object, form: re.Pattern[str]) -> bool:
    return isinstance(values, list) and all(_is(each, form) for each in values)


def _no_form(key: str) -> Fault:
    return Fault(_("this part has not the form that an export has; fetch the export again"), key=key)
