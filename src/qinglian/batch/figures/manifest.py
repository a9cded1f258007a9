"""The list of everything that was published at one time: its hash stands in the log."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from qinglian.batch.figures.definitions import Figure

FORM = "figures/1"


def manifest_of(
    as_of: str,
    through: str,
    least: int,
    tables: Mapping[str, tuple[str, int]],
    results: Mapping[str, tuple[Figure, str]],
) -> dict[str, Any]:
    """tables: id → (SHA-256 of its CSV, rows); results: id → (figure, SHA-256 of its result)."""
    return {
        "v": FORM,
        "as_of": as_of,
        "through": through,
        "least": least,
        "tables": {id: {"sha256": sha, "rows": rows} for id, (sha, rows) in sorted(tables.items())},
        "figures": {
            id: {"version": figure.version, "level": figure.level, "result": sha}
            for id, (figure, sha) in sorted(results.items())
        },
    }
