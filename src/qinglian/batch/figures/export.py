"""One public export: tables, figures with definitions and results, the public log, keys, and a list of all.

export.json                what it is, and the SHA-256 of every file
manifest.json              the edition: its hash stands in the log
definitions.json           every figure: texts in three languages, SQL, level, version
dictionary.json            every column of every table
results/FIGURE.json        what each came to
tables/TABLE.csv .json .parquet
log/public/…               checkpoint and tiles
keys.toml                  of the log; whoever checks should have them from elsewhere
"""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Callable, Mapping
from hashlib import sha256
from pathlib import Path
from typing import Any

from qinglian.batch.figures.definitions import Figure
from qinglian.batch.figures.files import write_whole
from qinglian.batch.figures.recipes import definition_sha, recipe, since
from qinglian.engines import canon
from qinglian.faults import Fault
from qinglian.faults import noop as _

FORM = "export/1"
LIST = "export.json"
MANIFEST, DEFINITIONS, DICTIONARY = "manifest.json", "definitions.json", "dictionary.json"
LOG, KEYS = "log/public", "keys.toml"
TABLES, RESULTS = "tables", "results"


def described(figure: Figure, texts: Mapping[str, Any], through: str) -> dict[str, Any]:
    """A figure as the export tells it; texts: unit, title and how, each in three languages."""
    return {
        "id": figure.id,
        "version": figure.version,
        "level": figure.level,
        "kind": figure.kind,
        **texts,
        "tables": list(figure.tables),
        "rows": figure.rows,
        "cuts": list(figure.cuts),
        "months": figure.months,
        "sha256": definition_sha(figure),
        "sql": recipe(figure, since(through, figure.months)),
    }


def pretty(document: Any) -> bytes:
    return (json.dumps(document, ensure_ascii=False, indent=1) + "\n").encode()


def write_export(
    folder: Path,
    head: Mapping[str, Any],
    files: Mapping[str, bytes],
    more: Callable[[Path], None],
    check: Callable[[Path], None],
) -> dict[str, str]:
    """A new folder with these files, what `more` writes into it, and the list of all; all of it, or nothing.

    check: looks at the whole before it gets its name, and raises where it does not hold.

    Returns path → SHA-256. Raises Fault where the folder is there and holds something.
    """
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise Fault(_("there is something here already; name a new folder"), file=str(folder))
    fresh = folder.with_name(folder.name + ".new")
    if fresh.exists():
        raise Fault(_("an export was broken off here; remove this folder, then start again"), file=str(fresh))
    fresh.mkdir(parents=True)
    try:
        for path, data in files.items():
            write_whole(fresh / path, data)
        more(fresh)
        listed = {path: sha256((fresh / path).read_bytes()).hexdigest() for path in paths(fresh)}
        write_whole(fresh / LIST, pretty({"v": FORM, **head, "files": listed}))
        check(fresh)
        if folder.exists():
            folder.rmdir()
        os.replace(fresh, folder)
    except BaseException:
        shutil.rmtree(fresh, ignore_errors=True)
        raise
    return listed


def paths(folder: Path) -> list[str]:
    """Every file below the folder but the list itself, in one order."""
    found = (path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file())
    return sorted(path for path in found if path != LIST)


def canonical(document: Any) -> bytes:
    return canon.dumps(document)
