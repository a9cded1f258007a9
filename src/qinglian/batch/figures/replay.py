"""`qinglian replay EXPORT/`: everything that a public export says, computed again from its rows; offline.

What is believed is only the key of the log. The list of hashes shows what was touched carelessly; the
recomputation, what was touched together with its hash; the log, what was touched together with everything
that follows from it.
"""

from __future__ import annotations

import tempfile
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path
from typing import Any

from qinglian.batch.figures import told
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
from qinglian.batch.figures.files import json_text, parquet_rows, read_published
from qinglian.batch.figures.grouping import Values
from qinglian.batch.figures.manifest import FORM as EDITION
from qinglian.batch.figures.recipes import definition_sha, recipe, since
from qinglian.batch.figures.results import cells_of, sha_of
from qinglian.batch.figures.running import Columns, Engine, engine
from qinglian.batch.telling import Tell, silent
from qinglian.batch.verify import Asked, load_trust, verify_log
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


def replay(folder: Path, trust: Path | None = None, wish: str = "", tell: Tell = silent) -> Replayed:
    """What holds of an export. Raises Fault where it cannot be read at all; the rest is told in `faults`.

    trust: keys of the log from elsewhere; without them those of the export. wish: duckdb, sqlite or spark.
    tell: hears how far the log is hashed.
    """
    found = Replayed(folder, own_keys=trust is None)
    listed = _listed(folder)
    _hashes(found, listed)
    manifest = _manifest(found)
    _log(found, manifest, trust or folder / KEYS, tell)
    if manifest is not None:
        dictionary = _told(found, DICTIONARY, told.tables)
        contents = dict(_tables(found, manifest, dictionary))
        _figures(found, manifest, dictionary, contents, wish)
    return found


def _listed(folder: Path) -> dict[str, str]:
    if not (folder / LIST).is_file():
        raise Fault(
            _("no export: it has no %(name)s; give the folder that was exported"), file=str(folder), name=LIST
        )
    try:
        said = canon.loads((folder / LIST).read_bytes())
    except Fault as fault:
        raise fault.at(file=LIST) from None
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
    if said.get("v") != EDITION:
        if (found.folder / MANIFEST).is_file():
            found.say(Fault(_("not the list of an edition; fetch the export again"), file=MANIFEST))
        return None
    faults = list(told.manifest_faults(said))
    found.faults += [fault.at(file=MANIFEST) for fault in faults]
    return None if faults else said


def _told(
    found: Replayed, path: str, read: Callable[[Mapping[str, Any]], tuple[told.Found, list[Fault]]]
) -> told.Found:
    if not (found.folder / path).is_file():
        return {}  # told already
    known, faults = read(_json(found, path))
    found.faults += [fault.at(file=path) for fault in faults]
    return known


def _log(found: Replayed, manifest: Mapping[str, Any] | None, keys: Path, tell: Tell) -> None:
    """The log itself, from its entries up to the signed root, and whether it holds this edition."""
    folder = found.folder / LOG
    try:
        report = verify_log(folder, Asked(load_trust(keys), tell=tell))
    except (Fault, OSError) as error:
        found.say(_of_log(error) if isinstance(error, Fault) else _no_keys(keys))
        return
    assert report.accepted is not None
    checkpoint = report.accepted.checkpoint
    found.log_size, found.log_origin = checkpoint.size, checkpoint.origin
    if manifest is None:
        return
    wanted = sha256(canon.dumps(manifest)).hexdigest()
    if not report.entries:
        found.say(Fault(_("the log came without its entries; fetch the export again"), file=LOG))
        return
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


def _of_log(fault: Fault) -> Fault:
    """Where it is in the export, of what a log says of itself."""
    if fault.file and not Path(fault.file).is_absolute() and not fault.file.startswith(LOG):
        fault.file = f"{LOG}/{fault.file}"
    return fault


def _no_keys(keys: Path) -> Fault:
    return Fault(_("the keys cannot be read"), file=str(keys))


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
        columns = [(each["name"], each["type"]) for each in dictionary[id]["columns"]]
        try:
            text = _utf8(found.folder / path)
            rows = read_published(columns, text)
        except Fault as fault:
            found.say(fault.at(file=path))
            continue
        found.tables, found.rows = found.tables + 1, found.rows + len(rows)
        if sha256(text.encode()).hexdigest() != said.get("sha256") or len(rows) != said.get("rows"):
            found.say(Fault(_("the rows are not those of the edition"), file=path))
        _forms(found, id, columns, rows)
        _enough(found, path, dictionary[id], rows, int(manifest.get("least", 0)))
        yield id, _Table(columns, text)


def _utf8(path: Path) -> str:
    data = path.read_bytes()
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise Fault(_("not UTF-8; fetch the file again"), line=line) from None


def _forms(found: Replayed, id: str, columns: Columns, rows: list[Values]) -> None:
    """The other forms hold the same rows."""
    for path in (f"{TABLES}/{id}.json", f"{TABLES}/{id}.parquet"):
        place = found.folder / path
        if not place.is_file():
            continue
        if path.endswith(".json"):
            same = place.read_bytes() == "".join(json_text(columns, rows)).encode()
        else:
            try:
                held = parquet_rows(columns, place)
            except Fault as fault:
                found.say(fault.at(file=path))
                continue
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
    definitions = _told(found, DEFINITIONS, told.figures)
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
                _figure(found, id, said, definitions.get(id), contents, manifest["through"], runner)
        finally:
            runner.close()


def _sql_name(id: str) -> str:
    return id.replace(".", "_").replace("-", "_")


def _figure(
    found: Replayed,
    id: str,
    said: Mapping[str, Any],
    defined: Mapping[str, Any] | None,
    contents: Mapping[str, _Table],
    through: str,
    runner: Engine,
) -> None:
    path = f"{RESULTS}/{id}.json"
    open_ = said.get("level") == "open"
    if open_:
        found.figures.append(id)
    document = _json(found, path)
    if not document or defined is None:
        if defined is None:
            found.say(Fault(_("the figure has no definition"), file=DEFINITIONS, key=id))
        return
    before = len(found.faults)
    if sha_of(document) != said.get("result"):
        found.say(Fault(_("the result is not that of the edition"), file=path))
    figure = _defined(defined)
    if {definition_sha(figure), defined.get("sha256")} != {document.get("definition")}:
        found.say(
            Fault(
                _("the definition is not the one that the result was computed by"), file=DEFINITIONS, key=id
            )
        )
    if not open_:
        found.attested.append((id, said["result"]))
        return
    sql = recipe(figure, since(through, figure.months))
    if defined.get("sql") != sql:
        found.say(Fault(_("the SQL is not that of the definition"), file=DEFINITIONS, key=id))
    _compare(found, path, document, _computed(found, figure, sql, contents, runner))
    if len(found.faults) == before:
        found.agreed.append(id)


def _computed(
    found: Replayed, figure: Figure, sql: str, contents: Mapping[str, _Table], runner: Engine
) -> list[list[Any]] | None:
    for table in figure.tables:
        if table not in contents:
            about = _("not computed: its table %(table)s is missing or cannot be read; fetch that file again")
            found.say(Fault(about, file=f"{RESULTS}/{figure.id}.json", table=table))
            return None
    try:
        return cells_of(runner.run(sql))
    except Fault as fault:
        found.say(fault.at(file=DEFINITIONS, key=figure.id))
        return None


def _defined(said: Mapping[str, Any]) -> Figure:
    texts: dict[str, Any] = {name: "" for name in ("unit", "title", "how")}
    plain: dict[str, Any] = {key: said[key] for key in ("id", "version", "level", "kind", "rows", "months")}
    return Figure(tables=tuple(said["tables"]), cuts=tuple(said["cuts"]), **plain, **texts)


def _compare(
    found: Replayed, path: str, document: Mapping[str, Any], computed: list[list[Any]] | None
) -> None:
    """Cell by cell: which one says what, and what comes out; nothing where it could not be computed."""
    try:
        published = told.cells(document)
    except Fault as fault:
        found.say(fault.at(file=path))
        return
    if computed is None:
        return
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
