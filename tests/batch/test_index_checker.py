"""The script of the how-to page recomputes an edition, and stops at a touched one."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from qinglian.cli.main import main

PAGE = Path(__file__).parents[2] / "docs" / "how-to" / "check-an-index-by-hand.md"


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    home = tmp_path_factory.mktemp("made")
    script = re.search(r"```python\n(.*?)```", PAGE.read_text("utf-8"), re.DOTALL)
    assert script
    (home / "recompute.py").write_text(script[1], encoding="utf-8")
    assert main(["index", "new", "one-zone", str(home / "spec")]) == 0
    assert (
        main(
            [
                "index",
                "compute",
                str(home / "spec"),
                str(home / "spec" / "data.csv"),
                "--out",
                str(home / "b"),
            ]
        )
        == 0
    )
    return home


def ran(home: Path, folder: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-I", home / "recompute.py", folder], capture_output=True, text=True
    )


def test_the_script_is_short_and_agrees(made: Path) -> None:
    lines = (made / "recompute.py").read_text("utf-8").splitlines()
    assert sum(bool(line.strip()) and not line.lstrip().startswith("#") for line in lines) <= 45
    found = ran(made, made / "b")
    assert found.returncode == 0, found.stderr
    assert "demo 2026 68.2" in found.stdout and found.stdout.endswith("by the spec.\n")


def test_the_script_stops_at_a_touched_file(made: Path, tmp_path: Path) -> None:
    folder = Path(shutil.copytree(made / "b", tmp_path / "b"))
    data = (folder / "data.csv").read_text("utf-8")
    (folder / "data.csv").write_text(data.replace("demo,2026,C1,88", "demo,2026,C1,98"), encoding="utf-8")
    assert "DOES NOT HOLD: data.csv was touched" in ran(made, folder).stderr


def test_the_script_stops_at_a_result_that_does_not_follow(made: Path, tmp_path: Path) -> None:
    from qinglian.batch.index.bundle import write_manifest

    folder = Path(shutil.copytree(made / "b", tmp_path / "b"))
    result = (folder / "result.json").read_text("utf-8")
    (folder / "result.json").write_text(result.replace('"68.15107', '"69.15107'), encoding="utf-8")
    write_manifest(folder, "one-zone", "2026.1")
    assert "DOES NOT HOLD: demo 2026 should be 68.15107" in ran(made, folder).stderr
