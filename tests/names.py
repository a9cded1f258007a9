"""The pairs that names are measured on, and which part of them was never looked at."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from tools.learn_names import part

VECTORS = Path(__file__).parent / "engines" / "vectors" / "names"


@dataclass(frozen=True)
class Pair:
    group: str  # P1 … P7 the same company, N1 … N5 two companies
    a: str
    b: str
    same: bool
    part: str  # of the company: train, tune, or kept (for measuring: neither words nor rules were made on it)

    @property
    def kept(self) -> bool:
        return self.part == "kept"


def rows(name: str) -> list[dict[str, str]]:
    with (VECTORS / name).open(encoding="utf-8", newline="") as text:
        return list(csv.DictReader(text))


def pairs() -> Iterator[Pair]:
    """Every pair; it belongs to the company of its first name."""
    found = rows("cross_script_pairs.csv")
    home = {row["b"]: row["a"] for row in found if row["group"][:2] in ("P1", "P2")}
    for row in found:
        company = home.get(row["a"], row["a"])
        yield Pair(row["group"][:2], row["a"], row["b"], row["y"] == "1", part(company))
