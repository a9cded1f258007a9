"""`qinglian replay EXPORT/`: everything that a public export says, computed again from its rows; offline.

What is believed is only the key of the log. The list of hashes shows what was touched carelessly; the
recomputation, what was touched together with its hash; the log, what was touched together with everything
that follows from it.
"""

from __future__ import annotations

import tempfile
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path
from typing import Any

from qinglian.batch.figures.definitions import Figure
from qinglian.batch.figures.export import (
    DEFINITIONS,
    DICTIONARY,
    FORM,
    KEYS,
    LIST,
    LOG,
    MANIFEST,
    RESULTS,
    TABLES,
    paths,
)
from qinglian.batch.figures.files import json_text, parquet_rows, read_csv
from qinglian.batch.figures.grouping import Values
from qinglian.batch.figures.manifest import FORM as EDITION
from qinglian.batch.figures.recipes import definition_sha, recipe, since
from qinglian.batch.figures.results import cells_of, sha_of
from qinglian.batch.figures.running import Columns, Engine, engine
from qinglian.batch.verify import Asked, load_trust, read_text, verify_log
from qinglian.engines import canon
from qinglian.engines.merkle import ENTRIES, read_entry, split_bundle, tile_path, width_at
from qinglian.engines.merkle.tiles import WIDTH
from qinglian.faults import Fault, Faults
from qinglian.faults import noop as _

KIND = "figures.published"


@dataclass
class Replayed:
    """agreed: the open figures that came out the same; attested: those that outsiders cannot compute."""

    folder: Path
    faults: list[Fault] = field(default_factory=list)
    figures: list[str] = field(default_factory=list)  # all that are open
    agreed: list[str] = field(default_factory=list)
    attested: list[tuple[str, str]] = field(default_factory=list)  # (figure, SHA-256 of its result)
    tables: int = 0
    rows: int = 0
    engine: str = ""
    log_size: int | None = None
    log_origin: str = ""
    entry: int | None = None  # where the log holds this edition
    own_keys: bool = True

    def say(self, fault: Fault) -> None:
        self.faults.append(fault)


def replay(folder: Path, trust: Path | None = None, wish: str = "") -> Replayed:
    """What holds of an export. Raises Fault where it cannot be read at all; the rest is told in `faults`.

    trust: keys of the log from elsewhere; without them those of the export. wish: duckdb, sqlite or spark.
    """
    found = Replayed(folder, own_keys=trust is None)
    listed = _listed(folder)
    _hashes(found, listed)
    manifest = _manifest(found)
    _log(found, manifest, trust or folder / KEYS)
    if manifest is not None:
        dictionary = {table["id"]: table for table in _json(found, DICTIONARY).get("tables", [])}
        contents = dict(_tables(found, manifest, dictionary))
        _figures(found, manifest, dictionary, contents, wish)
    return found


def _listed(folder: Path) -> dict[str, str]:
    if not (folder / LIST).is_file():
        raise Fault(
            _("no export: it has no %(name)s; give the folder that was exported"), file=str(folder), name=LIST
        )
    said = canon.loads((folder / LIST).read_bytes())
    files = said.get("files") if isinstance(said, dict) else None
    if not isinstance(files, dict) or said.get("v") != FORM:
        raise Fault(_("not the list of an export; fetch the export again"), file=LIST)
    return {str(path): str(sha) for path, sha in files.items()}


def _hashes(found: Replayed, listed: Mapping[str, str]) -> None:
    there = set(paths(found.folder))
    for path in sorted(set(listed) - there):
        found.say(Fault(_("the file is missing in the export; fetch the export again"), file=path))
    for path in sorted(there - set(listed)):
        found.say(
            Fault(_("the file is not in the list of the export; it was put there afterwards"), file=path)
        )
    for path in sorted(there & set(listed)):
        if sha256((found.folder / path).read_bytes()).hexdigest() != listed[path]:
            found.say(Fault(_("the file is not the one that was listed; fetch the export again"), file=path))


def _json(found: Replayed, path: str) -> dict[str, Any]:
    """A JSON file of the export; what cannot be read is told, and reads as empty."""
    place = found.folder / path
    if not place.is_file():
        return {}  # told already
    try:
        said = canon.loads(place.read_bytes())
    except (Fault, Faults, UnicodeDecodeError):
        found.say(Fault(_("not JSON without decimal fractions; fetch the export again"), file=path))
        return {}
    return said if isinstance(said, dict) else {}


def _manifest(found: Replayed) -> dict[str, Any] | None:
    said = _json(found, MANIFEST)
    whole = isinstance(said.get("tables"), dict) and isinstance(said.get("figures"), dict)
    if said.get("v") != EDITION or not whole or not isinstance(said.get("through"), str):
        if (found.folder / MANIFEST).is_file():
            found.say(Fault(_("not the list of an edition; fetch the export again"), file=MANIFEST))
        return None
    return said


def _log(found: Replayed, manifest: Mapping[str, Any] | None, keys: Path) -> None:
    """The log itself, from its entries up to the signed root, and whether it holds this edition."""
    folder = found.folder / LOG
    try:
        report = verify_log(folder, Asked(load_trust(keys)))
    except (Fault, OSError) as error:
        found.say(error if isinstance(error, Fault) else Fault(_("the keys cannot be read"), file=str(keys)))
        return
    assert report.accepted is not None
    checkpoint = report.accepted.checkpoint
    found.log_size, found.log_origin = checkpoint.size, checkpoint.origin
    if manifest is None:
        return
    wanted = sha256(canon.dumps(manifest)).hexdigest()
    for place, entry in enumerate(_entries(folder, checkpoint.size)):
        said = entry.open
        if said.get("kind") == KIND and said.get("manifest") == wanted:
            found.entry = place
    if found.entry is None:
        found.say(
            Fault(
                _("the log does not hold this edition: its rows or results are not what was published"),
                file=MANIFEST,
            )
        )


def _entries(folder: Path, size: int) -> Iterator[Any]:
    for number in range(-(-size // WIDTH)):
        width = width_at(size, 0, number)
        for data in split_bundle((folder / tile_path(ENTRIES, number, width)).read_bytes(), width):
            yield read_entry(data)


@dataclass(frozen=True)
class _Table:
    columns: Columns
    text: str


def _tables(
    found: Replayed, manifest: Mapping[str, Any], dictionary: Mapping[str, Any]
) -> Iterator[tuple[str, _Table]]:
    for id, said in sorted(manifest["tables"].items()):
        path = f"{TABLES}/{id}.csv"
        if not (found.folder / path).is_file() or id not in dictionary:
            if id not in dictionary:
                found.say(Fault(_("the dictionary does not tell of this table"), file=DICTIONARY, key=id))
            continue
        text = read_text(found.folder / path)
        columns = [(str(each["name"]), str(each["type"])) for each in dictionary[id]["columns"]]
        try:
            rows = read_csv(columns, text)
        except Fault as fault:
            found.say(fault.at(file=path))
            continue
        found.tables, found.rows = found.tables + 1, found.rows + len(rows)
        if sha256(text.encode()).hexdigest() != said.get("sha256") or len(rows) != said.get("rows"):
            found.say(Fault(_("the rows are not those of the edition"), file=path))
        _forms(found, id, columns, rows)
        _enough(found, path, dictionary[id], rows, int(manifest.get("least", 0)))
        yield id, _Table(columns, text)


def _forms(found: Replayed, id: str, columns: Columns, rows: list[Values]) -> None:
    """The other forms hold the same rows."""
    for path in (f"{TABLES}/{id}.json", f"{TABLES}/{id}.parquet"):
        place = found.folder / path
        if not place.is_file():
            continue
        if path.endswith(".json"):
            same = place.read_bytes() == "".join(json_text(columns, rows)).encode()
        else:
            held = parquet_rows(columns, place)
            same = held is None or held == rows  # None: nothing here can read it
        if not same:
            found.say(Fault(_("its rows are not those of the CSV"), file=path))


def _enough(found: Replayed, path: str, said: Mapping[str, Any], rows: list[Values], least: int) -> None:
    """No group by which somebody could be known is too small."""
    groups = said.get("groups")
    if groups is None:
        return
    names = [column["name"] for column in said["columns"]]
    places = [names.index(name) for name in (["period"] if said["grain"] == "month" else []) + list(groups)]
    for key, n in sorted(Counter(tuple(row[place] for place in places) for row in rows).items()):
        if n < least:
            found.say(
                Fault(
                    _("a group of %(n)s rows, fewer than %(least)s: %(group)s"),
                    file=path,
                    n=n,
                    least=least,
                    group=", ".join(map(str, key)),
                )
            )


def _figures(
    found: Replayed,
    manifest: Mapping[str, Any],
    dictionary: Mapping[str, Any],
    contents: Mapping[str, _Table],
    wish: str,
) -> None:
    definitions = {each["id"]: each for each in _json(found, DEFINITIONS).get("figures", [])}
    with tempfile.TemporaryDirectory(prefix="qinglian-") as name:
        files: dict[str, tuple[Columns, Path]] = {}
        for id, table in contents.items():
            path = Path(name) / f"{len(files)}.csv"
            path.write_text(table.text, "utf-8")
            files[_sql_name(id)] = (table.columns, path)
        runner = engine(files, wish)
        found.engine = runner.name
        try:
            for id, said in sorted(manifest["figures"].items()):
                _figure(found, id, said, definitions.get(id), manifest["through"], runner)
        finally:
            runner.close()


def _sql_name(id: str) -> str:
    return id.replace(".", "_").replace("-", "_")


def _figure(
    found: Replayed,
    id: str,
    said: Mapping[str, Any],
    told: Mapping[str, Any] | None,
    through: str,
    runner: Engine,
) -> None:
    path = f"{RESULTS}/{id}.json"
    open_ = said.get("level") == "open"
    if open_:
        found.figures.append(id)
    document = _json(found, path)
    if not document or told is None:
        if told is None:
            found.say(Fault(_("the figure has no definition"), file=DEFINITIONS, key=id))
        return
    before = len(found.faults)
    if sha_of(document) != said.get("result"):
        found.say(Fault(_("the result is not that of the edition"), file=path))
    figure = _defined(told)
    if definition_sha(figure) != document.get("definition") or told.get("sha256") != document.get(
        "definition"
    ):
        found.say(
            Fault(
                _("the definition is not the one that the result was computed by"), file=DEFINITIONS, key=id
            )
        )
    if not open_:
        found.attested.append((id, str(said.get("result"))))
        return
    if told.get("sql") != recipe(figure, since(through, figure.months)):
        found.say(Fault(_("the SQL is not that of the definition"), file=DEFINITIONS, key=id))
    try:
        cells = cells_of(runner.run(recipe(figure, since(through, figure.months))))
    except Fault as fault:
        found.say(fault.at(file=DEFINITIONS, key=id))
        return
    _compare(found, path, document.get("cells") or [], cells)
    if len(found.faults) == before:
        found.agreed.append(id)


def _defined(told: Mapping[str, Any]) -> Figure:
    texts = {name: "" for name in ("unit", "title", "how")}
    tables, cuts = (tuple(str(each) for each in told.get(key) or ()) for key in ("tables", "cuts"))
    version, months = (
        told.get(key) if isinstance(told.get(key), int) else 0 for key in ("version", "months")
    )
    plain = {key: str(told.get(key, "")) for key in ("id", "level", "kind", "rows")}
    return Figure(tables=tables, cuts=cuts, version=version or 0, months=months or 0, **plain, **texts)


def _compare(found: Replayed, path: str, published: list[Any], computed: list[list[Any]]) -> None:
    """Cell by cell: which one says what, and what comes out."""
    said, comes = ({(c[0], c[1]): c[2:] for c in cells} for cells in (published, computed))
    for cut, item in sorted(set(said) | set(comes)):
        if said.get((cut, item)) != comes.get((cut, item)):
            found.say(
                Fault(
                    _("%(cell)s: published %(published)s, computed %(computed)s (n, value, second value)"),
                    file=path,
                    cell=f"{cut} {item}".strip(),
                    published=_shown(said.get((cut, item))),
                    computed=_shown(comes.get((cut, item))),
                )
            )


def _shown(cell: list[Any] | None) -> str:
    return "–" if cell is None else " ".join(str(part) for part in cell)
