"""What the package needs, why, and that commands on files need no Django."""

from __future__ import annotations

import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
from tests.house.tree import ROOT, read

from qinglian import __version__

PROJECT = tomllib.loads(read(ROOT / "pyproject.toml"))["project"]
NEEDS = [*PROJECT["dependencies"], *(n for each in PROJECT["optional-dependencies"].values() for n in each)]
SAMPLE = ROOT / "zones" / "sample"


def bare(requirement: str) -> str:
    return re.split(r"[\[<>=~! ]", requirement)[0].lower().replace("_", "-")


@pytest.mark.parametrize("requirement", NEEDS)
def test_each_dependency_has_its_reason_beside_it(requirement: str) -> None:
    lines = [line for line in read(ROOT / "pyproject.toml").splitlines() if f'"{requirement}"' in line]
    assert any(re.search(r"#\s+\S+ \S+", line) for line in lines)


def test_every_dependency_is_pinned_by_the_constraints() -> None:
    pinned = {bare(line) for line in read(ROOT / "constraints.txt").splitlines() if "==" in line}
    assert {bare(requirement) for requirement in NEEDS} <= pinned


def test_the_version_is_one() -> None:
    assert f"## {__version__}" in read(ROOT / "CHANGELOG.md")
    assert f"softwareVersion: {__version__}\n" in read(ROOT / "publiccode.yml")


@pytest.fixture(scope="module")
def plain(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of programs of a new venv that holds the wheel and what it needs, without Django."""
    folder = tmp_path_factory.mktemp("plain")
    pip = [sys.executable, "-m", "pip", "--disable-pip-version-check", "--quiet"]
    build = ["wheel", "--no-deps", "--no-build-isolation", "--wheel-dir", folder, ROOT]
    subprocess.run([*pip, *build], check=True, cwd=folder)
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", folder / "venv"], check=True)
    wheel = next(folder.glob("qinglian-*.whl"))
    into = ["--python", folder / "venv" / "bin" / "python", "install", "--only-binary", ":all:"]
    fetched = subprocess.run([*pip, *into, "--constraint", ROOT / "constraints.txt", wheel], cwd=folder)
    if fetched.returncode:
        pytest.skip("the wheel without Django: its dependencies could not be fetched")
    return folder / "venv" / "bin"


@pytest.mark.slow
def test_commands_on_files_run_without_django(plain: Path, tmp_path: Path) -> None:
    def run(*words: str | Path) -> subprocess.CompletedProcess[str]:
        return subprocess.run([plain / "qinglian", *words], capture_output=True, text=True, cwd=tmp_path)

    no_django = subprocess.run([plain / "python", "-c", "import django"], capture_output=True, text=True)
    assert "ModuleNotFoundError" in no_django.stderr
    for words in (("--version",), ("--help",), ("zone", "check", SAMPLE), ("clock", "years")):
        ran = run(*words)
        assert ran.returncode == 0, ran.stderr
    refused = run("site", "prepare")
    assert refused.returncode == 1
    assert "qinglian[site]" in refused.stderr
    assert "Traceback" not in refused.stderr
