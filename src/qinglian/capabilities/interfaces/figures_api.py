"""Figures and published tables through the interfaces: whole numbers, with the recipe behind each."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils import translation
from ninja import Router, Schema

from qinglian.capabilities.figures import queries as figures
from qinglian.capabilities.interfaces.answering import WRONG, address
from qinglian.capabilities.interfaces.problems import Wrong
from qinglian.faults import noop as _n
from qinglian.zone.text import LANGUAGES

router = Router()
Texts = dict[str, str]


class FigureRow(Schema):
    """value and n are whole numbers; of a share or a mean, value is over n: where n is 0 there is none.

    null: it was never computed yet.
    """

    id: str
    version: int
    level: str
    kind: str
    title: Texts
    how: Texts
    unit: Texts
    n: int | None
    value: int | None
    as_of: str | None
    definition: str
    sha: str
    page: str


class Cell(Schema):
    cut: str
    item: str
    n: int | None
    value: int | None
    upper: int | None


class FigureWhole(FigureRow):
    cells: list[Cell]
    recipe: str
    inputs: dict[str, str]


class FigureRows(Schema):
    items: list[FigureRow]


class TableRow(Schema):
    id: str
    title: Texts
    rows: int
    sha256: str
    csv: str
    json_file: str
    parquet: str


class TableRows(Schema):
    items: list[TableRow]


def _texts(text: object) -> Texts:
    found = {}
    for language in LANGUAGES:
        with translation.override(language.lower()):
            found[language] = str(text)
    return found


def _link(name: str, *words: str) -> str:
    with translation.override("en"):
        return address(reverse(name, args=words))


def _row(reading: figures.FigureReading) -> dict[str, Any]:
    return {
        "id": reading.id,
        "version": reading.version,
        "level": reading.level,
        "kind": reading.kind,
        "title": _texts(reading.title),
        "how": _texts(reading.how),
        "unit": _texts(reading.unit),
        "n": reading.cell.n if reading.cell else None,
        "value": reading.cell.value if reading.cell else None,
        "as_of": reading.as_of.isoformat() if reading.as_of else None,
        "definition": reading.definition,
        "sha": reading.sha,
        "page": _link("figures:figure", reading.id),
    }


@router.get(
    "/figures",
    response={200: FigureRows, **WRONG},
    url_name="figures",
    operation_id="figures",
    summary=_n("Every figure, as it stands"),
)
def every(request: HttpRequest) -> dict[str, Any]:
    return {"items": [_row(each) for each in figures.catalogue()]}


@router.get(
    "/figures/{figure_id}",
    response={200: FigureWhole, **WRONG},
    url_name="figure",
    operation_id="figure",
    summary=_n("One figure with its groups and its recipe"),
)
def one(request: HttpRequest, figure_id: str) -> dict[str, Any]:
    found = figures.figure_page(figure_id)
    if found is None:
        raise Wrong(404, "")
    names = ("cut", "item", "n", "value", "upper")
    cells = [dict(zip(names, cell, strict=False)) for cell in found.document.get("cells", ())]
    return _row(found.figure) | {
        "cells": [dict.fromkeys(names) | cell for cell in cells],
        "recipe": found.recipe,
        "inputs": {table.id: sha for table, sha in found.inputs},
    }


@router.get(
    "/tables",
    response={200: TableRows, **WRONG},
    url_name="tables",
    operation_id="tables",
    summary=_n("Published tables, with where their files are"),
)
def tables(request: HttpRequest) -> dict[str, Any]:
    return {
        "items": [
            {
                "id": each.table.id,
                "title": _texts(each.table.title),
                "rows": each.n,
                "sha256": each.sha,
                "csv": _link("figures:table-file", each.table.id, "csv"),
                "json_file": _link("figures:table-file", each.table.id, "json"),
                "parquet": _link("figures:table-file", each.table.id, "parquet"),
            }
            for each in figures.table_list()
        ]
    }
