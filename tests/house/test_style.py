"""Lint, format and types, by the tools that are set up in pyproject.toml."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from tests.house.tree import ROOT

BIN = Path(sys.executable).parent


TOOLS = [("ruff", "check"), ("ruff", "format", "--check"), ("mypy",)]


@pytest.mark.parametrize("command", TOOLS, ids=" ".join)
def test_the_tool_finds_nothing(command: tuple[str, ...]) -> None:
    ran = subprocess.run([BIN / command[0], *command[1:]], cwd=ROOT, capture_output=True, text=True)
    assert ran.returncode == 0, ran.stdout + ran.stderr
