"""The public export replays; what is touched in it is named, however well the traces are covered."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Iterator
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
from django.db import transaction
from django.test import override_settings
from tests import people
from tests.capabilities.test_figures import APRIL

from qinglian.batch.figures.replay import replay
from qinglian.capabilities.figures import actions
from qinglian.capabilities.figures.exporting import export
from qinglian.capabilities.ledger.actions import open_trees
from qinglian.cli.main import main
from qinglian.engines import canon
from qinglian.faults import Fault

pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module")
def exported(django_db_setup: None, django_db_blocker: Any, tmp_path_factory: Any) -> Iterator[Path]:
    """The export of a platform on which eight cases were lodged and taken up in March."""
    folder = tmp_path_factory.mktemp("export")
    with django_db_blocker.unblock(), override_settings(DATA=folder, LOG_WITNESSES=folder / "none"):
        with transaction.atomic():
            people.units()
            open_trees(people.MONDAY)
            for n in range(8):
                case = people.chen_asks(people.MONDAY, secret=f"chen {n}").case_id
                people.act(case, "accept", people.li(), people.MONDAY)
            actions.compute_all(APRIL)
            export(folder / "export", APRIL)
            with pytest.raises(Fault, match="something here"):
                export(folder / "export", APRIL)
            yield folder / "export"
            transaction.set_rollback(True)


@pytest.fixture
def copy(exported: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(exported, tmp_path / "export"))


def listed_anew(folder: Path) -> None:
    """Forge the list along, as somebody would who knows how it is made."""
    said = json.loads((folder / "export.json").read_text("utf-8"))
    for path in said["files"]:
        if (folder / path).exists():
            said["files"][path] = sha256((folder / path).read_bytes()).hexdigest()
    (folder / "export.json").write_text(json.dumps(said))


def faults(folder: Path, wish: str = "sqlite") -> list[str]:
    return [f"{fault.file} {fault.template} {fault.params}" for fault in replay(folder, wish=wish).faults]


@pytest.mark.parametrize("wish", ["duckdb", "sqlite"])
def test_an_export_replays_on_either_engine(exported: Path, wish: str, capsys: Any) -> None:
    if wish == "duckdb":
        pytest.importorskip("duckdb", reason="replay on DuckDB: it is not installed")
    assert main(["--lang", "en", "replay", str(exported), "--engine", wish]) == 0
    said = capsys.readouterr().out
    assert "21 of 21 open figures agree" in said and "Entry" in said and "cases.pending" in said
    assert "The keys came with the export itself" in said
    assert main(["replay", str(exported), "--trust", str(exported / "keys.toml")]) == 0


def test_it_says_itself_in_chinese_too(exported: Path, capsys: Any) -> None:
    assert main(["--lang", "zh-Hant", "replay", str(exported), "--engine", "sqlite"]) == 0
    assert "21" in (said := capsys.readouterr().out) and "指標" in said


def first_row_gone(folder: Path) -> None:
    path = folder / "tables" / "cases.lodgings.csv"
    lines = path.read_text("utf-8").splitlines(keepends=True)
    path.write_text("".join([lines[0], *lines[2:]]), "utf-8")
    (folder / "tables" / "cases.lodgings.json").unlink()
    (folder / "tables" / "cases.lodgings.parquet").unlink(missing_ok=True)


def forge_along(folder: Path) -> None:
    """Rows, results, manifest and list: everything that follows from a touched row, but the log."""
    manifest = json.loads((folder / "manifest.json").read_text("utf-8"))
    text = (folder / "tables" / "cases.lodgings.csv").read_text("utf-8")
    manifest["tables"]["cases.lodgings"] = {
        "sha256": sha256(text.encode()).hexdigest(),
        "rows": text.count("\n") - 1,
    }
    path = folder / "results" / "cases.lodged.json"
    result = json.loads(path.read_text("utf-8"))
    result["inputs"]["cases.lodgings"] = manifest["tables"]["cases.lodgings"]["sha256"]
    result["cells"] = [[cut, item, n - 1, value - 1, upper] for cut, item, n, value, upper in result["cells"]]
    path.write_bytes(canon.dumps(result))
    manifest["figures"]["cases.lodged"]["result"] = sha256(canon.dumps(result)).hexdigest()
    (folder / "manifest.json").write_bytes(canon.dumps(manifest))
    said = json.loads((folder / "export.json").read_text("utf-8"))
    said["files"] = {path: sha for path, sha in said["files"].items() if (folder / path).exists()}
    (folder / "export.json").write_text(json.dumps(said))
    listed_anew(folder)


def test_a_touched_file_is_named_by_its_hash(copy: Path) -> None:
    path = copy / "tables" / "cases.lodgings.csv"
    path.write_text(path.read_text("utf-8").replace("service-centre", "market-regulator", 1), "utf-8")
    assert any(
        "tables/cases.lodgings.csv the file is not the one that was listed" in each for each in faults(copy)
    )


def test_a_row_taken_out_with_its_hash_forged_shows_in_the_numbers(copy: Path) -> None:
    first_row_gone(copy)
    listed_anew(copy)
    found = faults(copy)
    assert any(
        "results/cases.lodged.json %(cell)s" in each and "'computed': '7 7 0'" in each for each in found
    )
    assert any("the rows are not those of the edition" in each for each in found)


def test_rows_and_results_forged_together_are_not_in_the_log(copy: Path) -> None:
    first_row_gone(copy)
    forge_along(copy)
    found = faults(copy)
    assert len(found) == 1 and "the log does not hold this edition" in found[0]


def test_a_number_touched_alone_is_named_by_its_cell(copy: Path) -> None:
    path = copy / "results" / "cases.taken-up.json"
    result = json.loads(path.read_text("utf-8"))
    result["cells"][0][3] -= 1
    path.write_bytes(canon.dumps(result))
    listed_anew(copy)
    assert any("'cell': 'all'" in each and "cases.taken-up" in each for each in faults(copy))


def test_another_form_with_other_rows_is_named(copy: Path) -> None:
    path = copy / "tables" / "cases.lodgings.json"
    path.write_text(path.read_text("utf-8").replace("service-centre", "audit", 1), "utf-8")
    listed_anew(copy)
    assert (
        faults(copy)
        == [each for each in faults(copy) if "cases.lodgings.json its rows are not those" in each]
        != []
    )


def entry_changed(folder: Path) -> None:
    bundle = next((folder / "log" / "public" / "tile" / "entries").rglob("*.p/*"))
    data = bytearray(bundle.read_bytes())
    data[-2] ^= 1
    bundle.write_bytes(bytes(data))


def file_gone(folder: Path) -> None:
    (folder / "tables" / "cases.deadlines.csv").unlink()


def recipe_changed(folder: Path) -> None:
    said = json.loads((folder / "definitions.json").read_text("utf-8"))
    said["figures"][0]["rows"] += " WHERE unit <> 'x'"
    (folder / "definitions.json").write_text(json.dumps(said))


def stray_file(folder: Path) -> None:
    (folder / "more.txt").write_text("more")


def not_json(folder: Path) -> None:
    (folder / "results" / "cases.lodged.json").write_text("{")


@pytest.mark.parametrize("deed", [entry_changed, file_gone, recipe_changed, stray_file, not_json])
def test_whatever_is_touched_or_missing_is_told_and_nothing_breaks(
    copy: Path, deed: Callable[[Path], None]
) -> None:
    deed(copy)
    assert main(["replay", str(copy), "--engine", "sqlite"]) == 1
    listed_anew(copy)
    assert main(["replay", str(copy), "--engine", "sqlite"]) == 1


def test_what_is_no_export_is_told(tmp_path: Path, capsys: Any) -> None:
    assert main(["--lang", "en", "replay", str(tmp_path)]) == 1
    assert "export.json" in capsys.readouterr().err
    with pytest.raises(SystemExit) as ended:
        main(["replay"])
    assert ended.value.code == 2
