"""An export with a broken table: file, line and column are named, and how to mend it."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from tests.capabilities.test_figures_export import copy, exported, listed_anew

from qinglian.batch.figures.files import csv_text, read_published
from qinglian.cli.main import main
from qinglian.faults import Fault

__all__ = ["copy", "exported"]
pytestmark = pytest.mark.django_db
UNITS, LODGED = "tables/parties.units.csv", "tables/cases.lodgings.csv"
DUCKDB = "DuckDB is not installed"
DEADLINES = "tables/cases.deadlines.csv"


def lines(path: str, deed: Callable[[list[bytes]], list[bytes]]) -> Callable[[Path], None]:
    def break_it(folder: Path) -> None:
        place = folder / path
        place.write_bytes(b"".join(deed(place.read_bytes().splitlines(keepends=True))))

    return break_it


def document(path: str, deed: Callable[[Any], object]) -> Callable[[Path], None]:
    def break_it(folder: Path) -> None:
        said = json.loads((folder / path).read_text("utf-8"))
        deed(said)
        (folder / path).write_text(json.dumps(said), "utf-8")

    return break_it


def cut_off(folder: Path) -> None:
    place = folder / "tables/parties.units.parquet"
    place.write_bytes(place.read_bytes()[:-60])


def another(folder: Path) -> None:
    place = folder / "tables/parties.units.parquet"
    place.write_bytes((folder / "tables/oversight.areas.parquet").read_bytes())


def table(said: dict[str, Any], id: str = "parties.units") -> dict[str, Any]:
    return next(each for each in said["tables"] if each["id"] == id)


CSV = [
    (
        "more cells",
        UNITS,
        lines(UNITS, lambda r: [*r[:2], b"a,b,c,d,e,f\n", *r[2:]]),
        "3: the line has not as many cells",
    ),
    (
        "fewer cells",
        UNITS,
        lines(UNITS, lambda r: [*r[:2], b"a,b\n", *r[2:]]),
        "3: the line has not as many cells",
    ),
    (
        "no such column",
        UNITS,
        lines(UNITS, lambda r: [r[0].replace(b"parent,", b""), *r[1:]]),
        "1: the columns are not",
    ),
    (
        "a text",
        DEADLINES,
        lines(DEADLINES, lambda r: [r[0], r[1].rsplit(b",", 1)[0] + b",yes\n", *r[2:]]),
        "2 kept: 'yes' is no whole number",
    ),
    (
        "a fraction",
        DEADLINES,
        lines(DEADLINES, lambda r: [r[0], r[1].rsplit(b",", 1)[0] + b",1.0\n", *r[2:]]),
        "2 kept: '1.0' is no whole number",
    ),
    (
        "not UTF-8",
        LODGED,
        lines(LODGED, lambda r: [*r[:3], "2026-03,单位,x\n".encode("gb18030"), *r[3:]]),
        "4: not UTF-8; fetch",
    ),
    ("half a quote", UNITS, lines(UNITS, lambda r: [r[0], b'"' + r[1], *r[2:]]), ": not CSV; fetch"),
    (
        "of Windows",
        UNITS,
        lines(UNITS, lambda r: [r[0], r[1][:-1] + b"\r\n", *r[2:]]),
        "2: the line is not written as",
    ),
    (
        "an empty cell",
        UNITS,
        lines(UNITS, lambda r: [r[0], b"a,,b,c,d\n", *r[2:]]),
        "2: the line is not written as",
    ),
    (
        "a zero",
        UNITS,
        lines(UNITS, lambda r: [r[0], b"a\0,b,c,d,e\n", *r[2:]]),
        "2: the line is not written as",
    ),
    ("nothing", UNITS, lines(UNITS, lambda r: []), "1: the columns are not"),
    (
        "no last line end",
        UNITS,
        lines(UNITS, lambda r: [*r[:-1], r[-1][:-1]]),
        ": the line is not written as",
    ),
]


@pytest.mark.parametrize("wish", ["duckdb", "sqlite"])
@pytest.mark.parametrize(("what", "path", "deed", "told"), CSV, ids=[each[0] for each in CSV])
def test_a_broken_table_is_named_by_line_and_column(
    copy: Path, what: str, path: str, deed: Callable[[Path], None], told: str, wish: str, capsys: Any
) -> None:
    if wish == "duckdb":
        pytest.importorskip("duckdb", reason=DUCKDB)
    deed(copy)
    listed_anew(copy)
    assert main(["--lang", "en", "replay", str(copy), "--engine", wish]) == 1
    said = capsys.readouterr()
    first, *rest = said.err.splitlines()
    assert first.startswith(path) and told in first and "fetch the file again" in first
    about = path.removeprefix("tables/").removesuffix(".csv")
    assert all(f"not computed: its table {about} is missing or cannot be read" in each for each in rest), rest
    words = said.err + said.out
    assert not re.search("Catalog|Binder|Conversion|no such table|Traceback|Error", words)
    agree = re.search(r"(\d+) of 21 open figures agree", said.out)
    assert agree and int(agree[1]) == 21 - len(rest), "the others are computed all the same"


@pytest.mark.parametrize(
    ("deed", "told"),
    [(cut_off, "not a Parquet file that can be read"), (another, "the columns are not those")],
)
def test_a_parquet_that_cannot_be_read_is_told_apart_from_other_rows(
    copy: Path, deed: Callable[[Path], None], told: str, capsys: Any
) -> None:
    pytest.importorskip("duckdb", reason=DUCKDB)
    deed(copy)
    listed_anew(copy)
    assert main(["--lang", "en", "replay", str(copy), "--engine", "sqlite"]) == 1
    (only,) = capsys.readouterr().err.splitlines()
    assert only.startswith("tables/parties.units.parquet") and told in only


@pytest.mark.parametrize("lang", ["zh-Hans", "zh-Hant"])
def test_it_is_told_in_chinese(copy: Path, lang: str, capsys: Any) -> None:
    CSV[3][2](copy)
    CSV[7][2](copy)
    cut_off(copy)
    listed_anew(copy)
    assert main(["--lang", lang, "replay", str(copy), "--engine", "sqlite"]) == 1
    said = capsys.readouterr().err
    assert re.search("[一-鿿]", said) and not re.search("fetch|cannot|written|column", said), said


def test_names_of_a_stranger_are_not_run(copy: Path, tmp_path: Path, capsys: Any) -> None:
    """They go into SQL before the engine is shut in: a name that is none is refused before that."""
    pytest.importorskip("duckdb", reason=DUCKDB)
    planted = tmp_path / "planted"
    name = f"id': 'VARCHAR'}}); COPY (SELECT 1) TO '{planted}'; SELECT * FROM read_csv('x', columns={{'y"
    document("dictionary.json", lambda said: table(said)["columns"][0].update(name=name))(copy)
    lines(UNITS, lambda r: [f'"{name}",'.encode() + r[0].split(b",", 1)[1], *r[1:]])(copy)
    listed_anew(copy)
    assert main(["--lang", "en", "replay", str(copy), "--engine", "duckdb"]) == 1
    assert "dictionary.json tables.parties.units: this part has not the form" in capsys.readouterr().err
    assert not planted.exists()


@pytest.mark.parametrize(
    ("path", "deed", "told"),
    [
        ("manifest.json", lambda s: s["tables"].update({"parties.units": 5}), "tables.parties.units"),
        ("manifest.json", lambda s: s["tables"].update({"../x": {"sha256": "", "rows": 0}}), "tables.../x"),
        ("manifest.json", lambda s: s.update(least="many"), "least"),
        ("manifest.json", lambda s: s.update(through="soon"), "through"),
        ("dictionary.json", lambda s: s["tables"].append(3), "tables.14"),
        ("dictionary.json", lambda s: table(s).update(groups=["none"]), "tables.parties.units"),
        ("dictionary.json", lambda s: table(s)["columns"][0].update(type="date"), "tables.parties.units"),
        ("definitions.json", lambda s: s["figures"].append({"id": "x"}), "figures.x"),
        ("definitions.json", lambda s: s["figures"][0].update(tables=3), "figures.cases.lodged"),
        ("definitions.json", lambda s: s["figures"][0].update(cuts=["a; b"]), "figures.cases.lodged"),
        ("results/cases.lodged.json", lambda s: s.update(cells=[[[1], "", 0, 0, 0]]), "cells.0"),
    ],
)  # fmt: skip
def test_what_has_another_form_is_named(
    copy: Path, path: str, deed: Callable[[Any], object], told: str, capsys: Any
) -> None:
    document(path, deed)(copy)
    listed_anew(copy)
    assert main(["--lang", "en", "replay", str(copy), "--engine", "sqlite"]) == 1
    assert f"{path} {told}: this part has not the form" in capsys.readouterr().err


def test_a_list_that_is_no_json_is_named(copy: Path, capsys: Any) -> None:
    (copy / "export.json").write_bytes(b"{")
    assert main(["--lang", "en", "replay", str(copy)]) == 1
    assert capsys.readouterr().err.startswith("export.json:1: not JSON")


def test_a_table_is_what_it_was_written_as() -> None:
    columns = [("name", "text"), ("n", "whole")]
    rows = [("a", 1), ('with "quotes", and a comma', -2)]
    text = csv_text(columns, rows)
    assert read_published(columns, text) == rows
    for wrong in (
        text.replace("-2", "-02"),
        text.replace("a,1", '"a",1'),
        text + "\n",
        text.replace("a", "\\N"),
    ):
        with pytest.raises(Fault):
            read_published(columns, wrong)
