"""What a figure came to: its cells in every cut, as canonical JSON of whole numbers and texts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import Any

from qinglian.batch.figures.definitions import Figure
from qinglian.batch.figures.recipes import ALL, definition_sha, recipe, since
from qinglian.batch.figures.running import Answer, Engine
from qinglian.engines import canon

FORM = "figure-result/1"


@dataclass(frozen=True)
class Cell:
    """One number: over n, in one group of one cut. upper: the second quantile, where there is one."""

    cut: str
    item: str
    n: int
    value: int
    upper: int = 0


@dataclass(frozen=True)
class Computed:
    """document: what is published and hashed; sha: of it in canonical form."""

    document: Mapping[str, Any]
    sha: str

    @property
    def cells(self) -> list[Cell]:
        return [Cell(*cell) for cell in self.document["cells"]]


def compute(figure: Figure, through: str, inputs: Mapping[str, str], engine: Engine) -> Computed:
    """inputs: table → SHA-256 of its CSV. through: the last whole month of the tables by month."""
    answers = engine.run(recipe(figure, since(through, figure.months)))
    document = {
        "v": FORM,
        "figure": figure.id,
        "version": figure.version,
        "level": figure.level,
        "definition": definition_sha(figure),
        "through": through,
        "inputs": {table: inputs[table] for table in figure.tables},
        "cells": cells_of(answers),
    }
    return Computed(document, sha_of(document))


def sha_of(document: Mapping[str, Any]) -> str:
    return sha256(canon.dumps(document)).hexdigest()


def cells_of(answers: Sequence[Answer]) -> list[list[Any]]:
    """In one order, the whole first. Of no rows at all the whole is 0 of 0."""
    cells = sorted(answers, key=lambda a: (a[0] != ALL, a[0], a[1].zfill(12) if a[1].isdigit() else a[1]))
    if not cells or cells[0][0] != ALL:
        cells.insert(0, (ALL, "", 0, 0, 0))
    return [list(cell) for cell in cells]
