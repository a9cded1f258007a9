"""Who may import whom: the contracts in pyproject.toml, and what they cannot say."""

from __future__ import annotations

import ast
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest
from importlinter.cli import EXIT_STATUS_SUCCESS, lint_imports
from tests.house.tree import ROOT, SRC, name_of, python_files, read

ENGINES = SRC / "engines"
KEPT = {"cryptography", "qinglian"}
# What an engine computes with beyond that; each has its reason beside it in pyproject.toml.
ARITHMETIC = {
    "draw": {"numpy", "ortools", "py_arkworks_bls12381", "py_ecc"},
    "composite": {"numpy"},
    "survey": {"numpy"},
}
# Parts of the standard library that reach outside, or know the time, or draw lots.
OUTSIDE = set(
    "asyncio fcntl ftplib getpass glob http locale logging mmap multiprocessing os pathlib pickle platform "
    "random secrets select shelve shutil signal smtplib socket sqlite3 ssl subprocess tempfile threading "
    "time urllib uuid".split()
)
CALLS = {"open", "print", "input", "eval", "exec"}
METHODS = {"now", "utcnow", "today", "urandom", "generate", "read_text", "read_bytes", "write_text"}


def imported(tree: ast.AST) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name.partition(".")[0] for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module.partition(".")[0]


def reaching_out(tree: ast.AST) -> Iterator[str]:
    for node in ast.walk(tree):
        match node:
            case ast.Call(func=ast.Name(id=name)) if name in CALLS:
                yield f"{name}() in line {node.lineno}"
            case ast.Call(func=ast.Attribute(attr=name)) if name in METHODS:
                yield f".{name}() in line {node.lineno}"


def test_the_contracts_are_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)
    assert lint_imports(no_cache=True) == EXIT_STATUS_SUCCESS


def test_models_of_every_capability_are_protected() -> None:
    linter = tomllib.loads(read(ROOT / "pyproject.toml"))["tool"]["importlinter"]
    protected = {m for c in linter["contracts"] if c["type"] == "protected" for m in c["protected_modules"]}
    models = {p.parent.name for p in (SRC / "capabilities").glob("*/models.py")}
    assert {f"qinglian.capabilities.{name}.models" for name in models} <= protected


@pytest.mark.parametrize("path", python_files(ENGINES), ids=name_of)
def test_engines_know_no_outside(path: Path) -> None:
    tree = ast.parse(read(path))
    found = set(imported(tree)) - {"__future__"}
    own = ARITHMETIC.get(path.relative_to(ENGINES).parts[0], set())
    assert found <= (sys.stdlib_module_names - OUTSIDE) | KEPT | own
    assert not list(reaching_out(tree))
