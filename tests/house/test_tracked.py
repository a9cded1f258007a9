"""What does not belong into files that go around the world."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from tests.house.tree import ROOT, files, name_of

PLACES = re.compile(r"(?<![\w.])/(work|root|tmp|home/\w+|Users/\w+|mnt)/\w")
REGISTRIES = re.compile(
    r"\b(pypi\.(org|python)|files\.pythonhosted|registry\.(npmjs|yarnpkg)|proxy\.golang|index\.crates"
    r"|mirrors\.(aliyun|tuna|ustc|cloud\.tencent)|pypi\.tuna|artifactory)\b"
)
BINARY = {".png", ".mo", ".otf", ".woff2", ".xlsx", ".parquet", ".gz"}
TEXTS = [path for path in files() if path.suffix not in BINARY]


def found(pattern: re.Pattern[str], path: Path) -> list[str]:
    lines = path.read_text("utf-8").splitlines()
    return [
        f"{name_of(path)}:{n}: {line.strip()[:80]}" for n, line in enumerate(lines, 1) if pattern.search(line)
    ]


@pytest.mark.parametrize("pattern", [PLACES, REGISTRIES], ids=["machine", "registry"])
def test_no_file_tells_of_a_machine_or_a_registry(pattern: re.Pattern[str]) -> None:
    assert not [line for path in TEXTS if path != Path(__file__) for line in found(pattern, path)]


def test_no_file_is_heavy() -> None:
    """A megabyte is a sign that data or a build came along; the fonts of letters are meant."""
    heavy = [path for path in files() if path.stat().st_size > 1_000_000]
    fonts = "src/qinglian/capabilities/cases/fonts/NotoSansCJKsc"
    assert sorted(map(name_of, heavy)) == [f"{fonts}-bold-part.otf", f"{fonts}-part.otf"]
    assert sum(path.stat().st_size for path in heavy) < 7_500_000


def test_every_text_is_utf8_and_ends_with_a_line_end() -> None:
    assert not [
        name_of(path) for path in TEXTS if (text := path.read_text("utf-8")) and not text.endswith("\n")
    ]


def test_the_licence_is_there() -> None:
    assert "Apache License" in (ROOT / "LICENSE").read_text("utf-8")
