"""Whatever can be typed, set or named is written down, and what is written down exists."""

from __future__ import annotations

import argparse
import ast
import importlib
import inspect
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.apps import apps
from tests.house.tree import DOCS, ROOT, SRC, files, name_of, python_files, read, under

from qinglian.cli.main import parser
from qinglian.zone import load
from qinglian.zone.keys import every_key

REFERENCE = DOCS / "reference"
PAGES = [*under(DOCS, ".md"), *(path for path in files() if path.parent == ROOT and path.suffix == ".md")]
SETTING = re.compile(r"\b(QINGLIAN_[A-Z_]+[A-Z]|DATABASE_URL|HYPOTHESIS_PROFILE)\b")


def sections(path: Path) -> dict[str, str]:
    """Heading → what stands below it, down to the next heading of any level."""
    parts = re.split(r"^#+ +(.+)$", read(path), flags=re.MULTILINE)
    return dict(zip(parts[1::2], parts[2::2], strict=True))


def commands(top: argparse.ArgumentParser, words: str = "qinglian") -> Iterator[tuple[str, list[str]]]:
    """(command, its options and arguments) for each topic and verb."""
    inner = [a for a in top._actions if isinstance(a, argparse._SubParsersAction)]
    own = [a for a in top._actions if a not in inner and not isinstance(a, argparse._HelpAction)]
    yield words, [word for a in own for word in a.option_strings or [str(a.metavar or a.dest)]]
    for verbs in inner:
        for name, verb in verbs.choices.items():
            yield from commands(verb, f"{words} {name}")


COMMANDS = dict(commands(parser()))


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_is_described_with_every_option(command: str) -> None:
    told = sections(REFERENCE / "commands.md")[f"`{command}`"]
    assert not [word for word in COMMANDS[command] if not re.search(rf"[`\s|\[]{re.escape(word)}\b", told)]


def test_every_command_described_exists() -> None:
    headings = {h.strip("`") for h in sections(REFERENCE / "commands.md") if h.startswith("`")}
    assert headings == set(COMMANDS)


def test_settings_described_are_those_that_are_read() -> None:
    places = [*python_files(SRC), *python_files(ROOT / "tests"), *python_files(ROOT / "tools")]
    texts = [*map(read, [*places, ROOT / "Makefile", ROOT / ".ci" / "run"])]
    used = {name for text in texts for name in SETTING.findall(text)}
    assert set(SETTING.findall(read(REFERENCE / "settings.md"))) == used


def test_every_key_of_a_pack_is_described() -> None:
    told = set(re.findall(r"`([\w.-]+)`", read(REFERENCE / "zone-pack.md")))
    assert not [f"{file}: {key}" for file, keys in every_key().items() for key in keys if key not in told]


def glossary() -> dict[str, list[str]]:
    rows = [
        line.strip("| ").split("|")
        for line in read(REFERENCE / "glossary.md").splitlines()
        if line[:1] == "|"
    ]
    return {cell.strip(" `"): [other.strip() for other in others] for cell, *others in rows}


def verbs() -> set[str]:
    """The public functions of every actions.py, or what a package of actions gives out: the desk's verbs."""
    capabilities = SRC / "capabilities"
    trees = [ast.parse(read(path)) for path in capabilities.glob("*/actions.py")]
    names = {node.name for tree in trees for node in tree.body if isinstance(node, ast.FunctionDef)}
    for path in capabilities.glob("*/actions/__init__.py"):
        package = importlib.import_module(f"qinglian.capabilities.{path.parent.parent.name}.actions")
        given = [getattr(package, name) for name in package.__all__]
        names |= {
            each.__name__
            for each in given
            if inspect.isfunction(each) and each.__module__.startswith(package.__name__)
        }
    return {name for name in names if not name.startswith("_")}


def test_every_model_state_and_action_stands_in_the_glossary() -> None:
    named = {
        model.__name__ for model in apps.get_models() if model.__module__.startswith("qinglian.")
    } | verbs()
    for matter in load(ROOT / "zones" / "qianhai").matters.values():
        named |= {*matter.states, *matter.actions}
    assert not named - set(glossary())


def test_every_entry_of_the_glossary_is_whole() -> None:
    assert not [name for name, cells in glossary().items() if len(cells) != 3 or not all(cells)]


@pytest.mark.parametrize("page", PAGES, ids=name_of)
def test_links_lead_somewhere(page: Path) -> None:
    text = re.sub(r"^```.*?^```", "", read(page), flags=re.MULTILINE | re.DOTALL)
    targets = re.findall(r"\]\(([^)#\s]+)(?:#[^)]*)?\)", text)
    local = [target for target in targets if not re.match(r"[a-z]+:", target)]
    assert not [target for target in local if not (page.parent / target).exists()]


def test_decisions_are_numbered_and_their_titles_are_sentences() -> None:
    found = sorted(path for path in (DOCS / "decisions").glob("[0-9]*.md"))
    assert [int(path.name[:4]) for path in found] == list(range(1, len(found) + 1))
    titles = [read(path).splitlines()[0].removeprefix("# ") for path in found]
    assert not [title for title in titles if len(title.split()) < 4 or not title[0].isupper()]


def test_the_books_are_built_without_a_warning(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "sphinx", "--quiet", "--fail-on-warning", "--keep-going", DOCS, tmp_path]
    ran = subprocess.run(command, capture_output=True, text=True, cwd=ROOT)
    assert ran.returncode == 0, ran.stderr
