"""Two invented samples of schools, made by whole numbers alone so that every machine makes the same; their
figures by other programs stand in vectors/survey/known.csv.

    python -m tests.engines.survey_samples       writes vectors/survey/clusters.csv and strata.csv
"""

from __future__ import annotations

import csv
from collections.abc import Iterator
from pathlib import Path

VECTORS = Path(__file__).parent / "vectors" / "survey"
KINDS = "EEEEEMMH"


def numbers(seed: int) -> Iterator[int]:
    """0 … 9999, one after the other, from a linear congruential generator."""
    state = seed
    while True:
        state = (6364136223846793005 * state + 1442695040888963407) % 2**64
        yield (state >> 33) % 10_000


def clusters() -> list[dict[str, object]]:
    """15 of 757 districts, with all their schools: districts differ in size and level."""
    drawn, rows = numbers(15), []
    for district in range(15):
        level = 500 + next(drawn) % 300
        rows += [
            school(drawn, level) | {"dnum": f"D{district * 37 + 12}", "pw": f"{757 / 15:.9f}", "fpc": 757}
            for _school in range(3 + next(drawn) % 22)
        ]
    return rows


def strata() -> list[dict[str, object]]:
    """100 of 4,421 elementary, 50 of 1,018 middle and 50 of 755 high schools."""
    drawn, rows = numbers(3), []
    for kind, frame, sampled in (("E", 4421, 100), ("M", 1018, 50), ("H", 755, 50)):
        rows += [
            school(drawn, 560 + len(rows) % 7 * 20)
            | {"stype": kind, "pw": f"{frame / sampled:.9f}", "fpc": frame}
            for _school in range(sampled)
        ]
    return rows


def school(drawn: Iterator[int], level: int) -> dict[str, object]:
    score = level + next(drawn) % 181 + next(drawn) % 121 - 150
    return {
        "stype": KINDS[next(drawn) % len(KINDS)],
        "score": score,
        "pupils": 150 + next(drawn) % 900 + next(drawn) % 700,
        "met": "Yes" if next(drawn) % 1000 < score else "No",
    }


def write(name: str, rows: list[dict[str, object]]) -> None:
    with (VECTORS / f"{name}.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, list(rows[0]), lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)


if __name__ == "__main__":
    write("clusters", clusters())
    write("strata", strata())
