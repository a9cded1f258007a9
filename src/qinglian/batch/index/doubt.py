"""uncertainty.json: intervals, probabilities, ranks and shares of variance of an edition."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

from qinglian.batch.index.bundle import number, pretty, read_manifest, table, unsigned, write_manifest
from qinglian.batch.index.files import load_edition, naming, write_files
from qinglian.engines.composite.claims import (
    Change,
    Claims,
    claims_of,
    interval,
    rank_interval,
    rank_matrix,
    without_error,
)
from qinglian.engines.composite.edition import Edition
from qinglian.engines.composite.explaining import FEWEST_UNITS, effective_weights
from qinglian.engines.composite.runs import Runs, simulate
from qinglian.engines.composite.sobol import Share, sobol

VERSION = "index-uncertainty/1"
FILE = "uncertainty.json"
SOBOL = 8192
MOST_SOBOL = 2_000_000_000  # cells of all runs for Sobol indices together; beyond, fewer runs
Tell = Callable[[str, int, int], None]


def add_uncertainty(folder: Path, tell: Tell | None = None, workers: int = 1) -> dict[str, Any]:
    """Draws the runs of a bundle's spec, writes uncertainty.json and the manifest, and returns what was
    written."""
    unsigned(folder)
    manifest = read_manifest(folder)
    edition = load_edition(folder / "spec", folder / "data.csv")
    with naming(folder / "spec", folder / "data.csv"):
        content = uncertainty_of(edition, tell, workers)
    write_files(folder, {FILE: pretty(content)})
    write_manifest(folder, manifest["index"], manifest["version"])
    return content


def uncertainty_of(edition: Edition, tell: Tell | None = None, workers: int = 1) -> dict[str, Any]:
    """All that is said of the uncertainty of an edition, with numbers as decimal texts.

    Claims are given for the stated correlation between editions, and for the alternative where there are
    several.
    """

    def ticking(what: str) -> Callable[[int, int], None] | None:
        return (lambda done, every: tell(what, done, every)) if tell else None

    doubt = edition.spec.uncertainty
    codes, share = without_error(edition)
    runs = simulate(edition, tick=ticking("runs"), workers=workers)
    assert doubt is not None
    several = len(edition.seen.periods) > 1
    other = simulate(edition, doubt.alternative, ticking("alternative"), workers) if several else None
    low, high = interval(runs.totals, edition.spec.publish.interval)
    content: dict[str, Any] = {
        "v": VERSION,
        "index": edition.spec.index,
        "version": edition.spec.version,
        "runs": doubt.runs,
        "seed": doubt.seed,
        "interval": number(edition.spec.publish.interval),
        "groups": list(runs.groups),
        "without_error": {"indicators": list(codes), "share": number(share)},
        "low": table(low),
        "high": table(high),
        "nodes": {code: _node(drawn, edition) for code, drawn in runs.nodes.items()},
        "claims": _all_claims(runs),
        "alternative": _all_claims(other) if other else [],
        "ranks": _ranks(runs),
        "sobol": [],
        "effective_weights": _effective(edition),
    }
    del other
    content["sobol"] = _sobol(edition, ticking("sobol"))
    return content


def _node(drawn: Any, edition: Edition) -> dict[str, Any]:
    low, high = interval(drawn, edition.spec.publish.interval)
    return {"low": table(low), "high": table(high)}


def _all_claims(runs: Runs) -> list[dict[str, Any]]:
    units = range(len(runs.edition.seen.units))
    return [_claims(claims_of(runs, unit)) for unit in units if runs.edition.part[:, unit].any()]


def _claims(one: Claims) -> dict[str, Any]:
    return {
        "unit": one.unit,
        "correlation": number(one.correlation),
        "changes": [_change(change) for change in one.changes],
        "whole": _change(one.whole) if one.whole and len(one.changes) > 1 else None,
        "steadily": {str(k): number(p) for k, p in one.steadily.items()},
    }


def _change(one: Change) -> dict[str, Any]:
    return {
        "first": one.first,
        "last": one.last,
        "difference": number(one.difference),
        "low": number(one.low),
        "high": number(one.high),
        "rise": number(one.rise),
        "detectable": number(one.detectable),
        "breaks": list(one.breaks),
    }


def _ranks(runs: Runs) -> dict[str, Any]:
    """Rank intervals and the matrix of the last period; nothing for one unit."""
    edition = runs.edition
    if edition.part[-1].sum() < 2:
        return {}
    matrix = rank_matrix(runs, len(edition.seen.periods) - 1)
    low, middle, high = rank_interval(matrix, edition.spec.publish.interval)
    here = np.flatnonzero(edition.part[-1]).tolist()
    return {
        "period": edition.seen.periods[-1],
        "units": [edition.seen.units[unit] for unit in here],
        "low": [int(low[unit]) for unit in here],
        "median": [int(middle[unit]) for unit in here],
        "high": [int(high[unit]) for unit in here],
        "matrix": [[number(round(float(p), 6)) for p in matrix[unit]] for unit in here],
    }


def _sobol(edition: Edition, tick: Callable[[int, int], None] | None) -> list[dict[str, Any]]:
    runs = edition.spec.uncertainty.runs if edition.spec.uncertainty else SOBOL
    room = MOST_SOBOL // (edition.part.size * len(edition.spec.scored) * 20)
    n = int(min(SOBOL, max(256, min(runs, room))))
    return [
        {
            "target": one.target,
            "n": one.n,
            "variance": number(one.variance),
            "groups": [_share(share) for share in one.groups],
            "kinds": [_share(share) for share in one.kinds],
        }
        for one in sobol(edition, n, tick=tick)
    ]


def _share(one: Share) -> dict[str, Any]:
    return {name: number(value) if isinstance(value, float) else value for name, value in vars(one).items()}


def _effective(edition: Edition) -> dict[str, Any]:
    if edition.part[-1].sum() < FEWEST_UNITS:
        return {}
    found = effective_weights(edition, len(edition.seen.periods) - 1)
    return {code: [number(stated), number(ratio)] for code, (stated, ratio) in found.items()}
