"""What the capabilities declare in their apps.py: `figures` and `tables`, and nothing else is computed.

tables, figures = TABLES, FIGURES
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache
from typing import Any

from django.apps import apps
from django.core.checks import CheckMessage, Error

from qinglian.batch.figures import Figure, Table


@cache
def tables() -> dict[str, Table]:
    """Every declared table by its id."""
    return {table.id: table for table in sorted(_declared("tables"), key=lambda each: each.id)}


@cache
def figures() -> dict[str, Figure]:
    """Every declared figure by its id, in the order in which its capability names them."""
    return {figure.id: figure for figure in _declared("figures")}


def _declared(kind: str) -> list[Any]:
    return [each for config in apps.get_app_configs() for each in getattr(config, kind, [])]


def every_declaration_holds(app_configs: Any = None, **_kwargs: Any) -> list[CheckMessage]:
    """What is wrong with them, told before the platform starts."""
    said = [fault for each in [*_declared("tables"), *_declared("figures")] for fault in each.faults()]
    for config in apps.get_app_configs():
        for each in [*getattr(config, "tables", []), *getattr(config, "figures", [])]:
            if not each.id.startswith(f"{config.label}."):
                said.append(f"{each.id}: an id begins with its capability, {config.label}.")
    for kind in ("tables", "figures"):
        said += _twice(each.id for each in _declared(kind))
    for figure in _declared("figures"):
        said += _unknown(figure)
    return [Error(fault, id="figures.E001") for fault in said]


def _twice(ids: Iterable[str]) -> list[str]:
    seen = list(ids)
    return [f"{id}: declared twice" for id in sorted(set(seen)) if seen.count(id) > 1]


def _unknown(figure: Figure) -> list[str]:
    known = tables()
    if missing := [each for each in figure.tables if each not in known]:
        return [f"{figure.id}: no table is called {each}" for each in missing]
    closed = [each for each in figure.tables if known[each].level != "open"]
    if (figure.level == "open") == bool(closed):
        return [f"{figure.id}: open over open tables, attested over a table that is not published"]
    return []
