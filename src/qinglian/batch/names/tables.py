"""Reads the tables that come with the package (`nametables/`) into the engine's knowledge."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Mapping
from functools import cache
from pathlib import Path

from qinglian.batch.names.scripts import LibraryScripts
from qinglian.engines.names import Knowledge, Matcher, knowledge

FOLDER = Path(__file__).parents[2] / "nametables"


def rows(name: str, folder: Path = FOLDER) -> list[dict[str, str]]:
    path = folder / name
    if not path.exists():
        return []
    with path.open(encoding="utf-8-sig", newline="") as text:
        return list(csv.DictReader(text))


def load(
    folder: Path = FOLDER,
    *,
    learned: bool = True,
    hand: bool = True,
    more: Iterable[Mapping[str, str]] = (),
) -> Knowledge:
    """Knowledge from the tables of a folder; learned words count after those written by hand, then `more`.

    learned: whether learned words and weights are read; hand: whether words written by hand are.
    """
    written = rows("terms.csv", folder) if hand else []
    taught = rows("learned.csv", folder) if learned else []
    return knowledge(
        LibraryScripts(),
        regions=rows("regions.csv", folder),
        forms=rows("forms.csv", folder),
        terms=[*written, *taught, *more],
        weights=rows("weights.csv", folder) if learned else [],
        polyphones=rows("polyphones.csv", folder),
        cantonese=rows("cantonese.csv", folder),
        macau=rows("macau.csv", folder),
    )


@cache
def matcher() -> Matcher:
    """The matcher over the tables that come with the package; made once."""
    return Matcher(load())
