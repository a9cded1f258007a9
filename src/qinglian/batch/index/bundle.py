"""A bundle: a folder with spec, data, result and hashes, from which anybody computes the edition again.

spec/… and data.csv as they were read · result.json · scores.csv and stages.csv for spreadsheets ·
uncertainty.json and report.*.html where they were made · manifest.json: SHA-256 of each file, and the
versions · signature.note.
"""

from __future__ import annotations

import csv
import hashlib
import io
import json
import platform
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from qinglian import __version__
from qinglian.batch.index.files import naming, read_text, spec_texts, write_files
from qinglian.batch.index.words import LOCALE
from qinglian.engines import canon
from qinglian.engines.composite.doubt import spread
from qinglian.engines.composite.edition import Edition
from qinglian.engines.composite.observations import Array
from qinglian.engines.composite.weighing import total_weights
from qinglian.faults import Fault
from qinglian.faults import noop as _

MANIFEST, SIGNATURE = "manifest.json", "signature.note"
BUNDLE, RESULT = "index-bundle/1", "index-result/1"


def number(value: float) -> str | None:
    """A float as the shortest decimal text that gives it again; None for what is missing."""
    return None if np.isnan(value) else repr(float(value))


def table(values: Array) -> list[list[str | None]]:
    return [[number(value) for value in row] for row in values]


def result_of(edition: Edition) -> dict[str, Any]:
    """What an edition says, with numbers as decimal texts; arrays are periods × units."""
    spec, seen = edition.spec, edition.seen
    decimals = spec.publish.decimals
    shape = [(period, unit) for period in range(len(seen.periods)) for unit in range(len(seen.units))]
    grades = {p: [edition.grade(p, u) for u in range(len(seen.units))] for p in range(len(seen.periods))}
    filled = np.argwhere(edition.filled).tolist()
    return {
        "v": RESULT,
        "index": spec.index,
        "version": spec.version,
        "periods": list(seen.periods),
        "units": list(seen.units),
        "published": [
            [
                None if np.isnan(edition.published[p, u]) else f"{edition.published[p, u]:.{decimals}f}"
                for u in range(len(seen.units))
            ]
            for p in range(len(seen.periods))
        ],
        "total": table(edition.total),
        "deducted": table(edition.deducted),
        "nodes": {code: table(value) for code, value in edition.nodes.items()},
        "ranks": edition.ranks.tolist() if len(seen.units) > 1 else [],
        "grades": list(grades.values()) if spec.publish.grades else [],
        "weights": {code: number(share) for code, share in total_weights(spec, edition.weights).items()},
        "inconsistency": {code: number(ratio) for code, ratio in spec.inconsistency.items()},
        "treated": [spec.scored[place].code for place in edition.scale.treatment.touched],
        "imputed": [[seen.periods[p], seen.units[u], spec.scored[i].code] for p, u, i in filled],
        "left_out": [[seen.periods[p], seen.units[u]] for p, u in shape if not edition.part[p, u]],
        "spread": spreads(edition),
    }


def spreads(edition: Edition) -> dict[str, Any]:
    """Standard error and interval of each node whose sources state a z: score ± z·error, at the score as
    published."""
    found: dict[str, Any] = {}
    for source in edition.spec.uncertainty.sources if edition.spec.uncertainty else ():
        if source.kind == "sources" and source.z is not None:
            error = spread(edition, source)
            node = edition.nodes[source.node]
            found[source.node] = {
                "z": number(source.z),
                "se": table(error),
                "low": table(node - source.z * error),
                "high": table(node + source.z * error),
            }
    return found


def write_bundle(edition: Edition, spec_folder: Path, data: Path, out: Path) -> str:
    """Writes the bundle of a computed edition into a new or empty folder, or over an unsigned one of the same
    index.

    Returns the manifest's SHA-256. Raises Fault rather than touch a folder of something else, or a signed
    edition.
    """
    if out.exists():
        _may_replace(edition, out)
    files: dict[str, bytes] = {
        f"spec/{name}": (spec_folder / name).read_bytes() for name in spec_texts(spec_folder)
    }
    files["data.csv"] = data.read_bytes()
    with naming(spec_folder, data):
        files["result.json"] = pretty(result_of(edition))
    files["scores.csv"] = scores_csv(edition)
    files["stages.csv"] = stages_csv(edition)
    for stale in ("uncertainty.json", *(path.name for path in out.glob("report.*.html"))):
        (out / stale).unlink(missing_ok=True)
    write_files(out, files)
    return write_manifest(out, edition.spec.index, edition.spec.version)


def _may_replace(edition: Edition, out: Path) -> None:
    if not out.is_dir():
        raise Fault(_("a file stands where the folder should be; name another"), file=str(out))
    if not any(out.iterdir()):
        return
    if not (out / MANIFEST).is_file() or read_manifest(out)["index"] != edition.spec.index:
        raise Fault(_("the folder is not empty; name a new one"), file=str(out))
    unsigned(out)


def unsigned(folder: Path) -> None:
    """Raises Fault if the edition is signed: what is published is superseded, never changed."""
    if (folder / SIGNATURE).exists():
        raise Fault(
            _("the edition is signed and stays as it is; compute a new one in another folder"),
            file=str(folder),
        )


def write_manifest(folder: Path, index: str, version: str) -> str:
    """Hashes every file of the bundle but manifest and signature; returns the SHA-256 of the manifest."""
    content = {
        "v": BUNDLE,
        "index": index,
        "version": version,
        "engine": __version__,
        "numpy": np.__version__,
        "python": platform.python_version(),
        "words": words_sha(),
        "files": {name: digest(folder / name) for name in names(folder)},
    }
    write_files(folder, {MANIFEST: pretty(content)})
    return digest(folder / MANIFEST)


def words_sha() -> str:
    """SHA-256 of whatever makes the words and looks of a report: only the same writes the same again."""
    here = Path(__file__).parent
    said = sorted([*here.glob("*.py"), *here.glob("*.css"), *LOCALE.glob("*/LC_MESSAGES/*.mo")])
    return hashlib.sha256(b"".join(hashlib.sha256(path.read_bytes()).digest() for path in said)).hexdigest()


def names(folder: Path) -> list[str]:
    """Files of a bundle, by path below it."""
    found = [path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()]
    return sorted(name for name in found if name not in (MANIFEST, SIGNATURE) and not name.startswith("."))


def digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def read_manifest(folder: Path) -> Mapping[str, Any]:
    """The manifest of a bundle; Fault if the folder is none."""
    if not (folder / MANIFEST).is_file():
        raise Fault(
            _("not a bundle: it has no manifest.json; make one with `qinglian index compute`"),
            file=str(folder),
        )
    try:
        content = canon.loads(read_text(folder / MANIFEST))
    except Fault as fault:
        raise fault.at(file=str(folder / MANIFEST)) from None
    if (
        not isinstance(content, dict)
        or content.get("v") != BUNDLE
        or not isinstance(content.get("files"), dict)
        or not all(
            isinstance(content.get(name), str) for name in ("index", "version", "engine", "numpy", "words")
        )
    ):
        raise Fault(_("not the manifest of a bundle; compute it again"), file=str(folder / MANIFEST))
    return content


def pretty(content: object) -> bytes:
    """JSON with two spaces, keys in their order, lists of numbers on one line each."""
    canon.dumps(content)  # no float can slip in
    return (json.dumps(content, ensure_ascii=False, indent=1) + "\n").encode()


def scores_csv(edition: Edition) -> bytes:
    """One row for each period and unit: nodes exact, total, published score, rank and grade."""
    spec, seen = edition.spec, edition.seen
    error = spreads(edition).get(spec.root.code)
    extra = ["se", "low", "high"] if error else []
    named = [f"node {code}" for code in edition.nodes]
    rows: list[list[object]] = [
        ["period", "unit", "published", "rank", "grade", "total", "deducted", *extra, *named]
    ]
    for p, period in enumerate(seen.periods):
        for u, unit in enumerate(seen.units):
            if edition.part[p, u]:
                rows.append(
                    [
                        period,
                        unit,
                        f"{edition.published[p, u]:.{spec.publish.decimals}f}",
                        int(edition.ranks[p, u]) if len(seen.units) > 1 else "",
                        edition.grade(p, u),
                        number(edition.total[p, u]),
                        number(edition.deducted[p, u]),
                        *([error[name][p][u] for name in extra] if error else []),
                        *(number(value[p, u]) for value in edition.nodes.values()),
                    ]
                )
    return to_csv(rows)


def stages_csv(edition: Edition) -> bytes:
    """Every cell at every stage, long."""
    rows: list[list[object]] = [["period", "unit", "indicator", *edition.stages]]
    for p, period in enumerate(edition.seen.periods):
        for u, unit in enumerate(edition.seen.units):
            for i, one in enumerate(edition.spec.scored):
                cells = [number(stage[p, u, i]) for stage in edition.stages.values()]
                if edition.part[p, u]:
                    rows.append([period, unit, one.code, *cells])
    return to_csv(rows)


def to_csv(rows: list[list[object]]) -> bytes:
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerows(rows)
    return text.getvalue().encode()
