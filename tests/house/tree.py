"""What the house tests look at: the files of the project as git knows them, tracked or about to be."""

from __future__ import annotations

import subprocess
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parents[2]
SRC = ROOT / "src" / "qinglian"
DOCS = ROOT / "docs"


@cache
def files() -> tuple[Path, ...]:
    command = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    listed = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout
    return tuple(sorted(path for name in set(listed.split("\0")) - {""} if (path := ROOT / name).is_file()))


def under(folder: Path, *suffixes: str) -> list[Path]:
    return [path for path in files() if path.is_relative_to(folder) and path.suffix in suffixes]


def python_files(folder: Path = ROOT) -> list[Path]:
    return [path for path in under(folder, ".py") if "migrations" not in path.parts]


def name_of(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def read(path: Path) -> str:
    return path.read_text("utf-8")
