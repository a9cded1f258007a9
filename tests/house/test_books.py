"""Commands in the books are commands: each exists, and what needs no platform is run as it stands."""

from __future__ import annotations

import argparse
import re
import shlex
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.house.test_documents import COMMANDS, PAGES
from tests.house.tree import DOCS, ROOT, name_of, read

from qinglian.cli.main import main, parser

FENCED = re.compile(r"^```(\w*)\n(.*?)^```", re.MULTILINE | re.DOTALL)
INLINE = re.compile(r"(?<!`)`((?:qinglian|make|python) [^`\n]+)`(?!`)")
COMMENT = re.compile(r"\s{2,}\S.*|\s+#.*")  # what a line says of its command, columns away
STEP = re.compile(r"\$?\s*((?:[A-Z_]+=\S+ )*)((?:\.venv/bin/)?(?:qinglian|make|python)\s.*)")
OLD = {"CHANGELOG.md"}  # tells of commands as they once were


def typed(page: Path) -> Iterator[str]:
    """Every command of a page: lines of its blocks, joined where they go on, and within a sentence."""
    text = read(page)
    for language, block in FENCED.findall(text):
        if language in ("text", "console", "sh", "bash"):
            for line in re.sub(r"\\\n\s*", "", block).splitlines():
                if step := STEP.fullmatch(line.strip()):
                    yield COMMENT.sub("", step[2]).removeprefix(".venv/bin/")
    yield from INLINE.findall(FENCED.sub("", text))


TYPED = [(page, command) for page in PAGES if page.name not in OLD for command in typed(page)]


def words_of(command: str) -> list[str]:
    """Split as a shell does, up to the first pipe or redirection; an apostrophe in prose is none of ours."""
    try:
        words = shlex.split(command.replace("…", ""))
    except ValueError:
        words = command.split()
    stops = [n for n, word in enumerate(words) if word in ("|", ">", "&&", ";", "<")]
    return words[: stops[0]] if stops else words


def wrong_with(command: str) -> str:
    """What nobody could type, or nothing."""
    program, *words = words_of(command)
    if program == "make":
        targets = set(re.findall(r"^([a-z]+):", read(ROOT / "Makefile"), re.MULTILINE))
        return " ".join(w for w in words if re.fullmatch("[a-z]+", w) and w not in targets)
    if program == "python":
        return (
            words[0]
            if words[0].endswith(".py") and "/" in words[0] and not (ROOT / words[0]).exists()
            else ""
        )
    return wrong_with_ours(words)


def wrong_with_ours(words: list[str]) -> str:
    known, verb, rest, top = {"--lang", "--version", "--help", "-h"}, "qinglian", words, parser()
    while inner := [each for each in top._actions if isinstance(each, argparse._SubParsersAction)]:
        known |= {word for each in top._actions for word in each.option_strings}
        plain = next((n for n, w in enumerate(rest) if w in inner[0].choices), None)
        if plain is None:
            named = [w for w in rest if re.fullmatch("[a-z][a-z-]+", w)]
            return f"{verb} {named[0]}" if named and not known & set(rest) else ""
        verb, top, rest = f"{verb} {rest[plain]}", inner[0].choices[rest[plain]], rest[plain + 1 :]
    known |= set(COMMANDS[verb])
    asked = [w.strip("[]").partition("=")[0] for w in words if re.match(r"\[?--[a-z]", w)]
    return " ".join(w for w in asked if w not in known)


def test_the_books_hold_the_commands_that_this_looks_at() -> None:
    assert len(TYPED) > 150 and {page.parent.name for page, _command in TYPED} >= {
        "how-to",
        "tutorial",
        "reference",
    }


@pytest.mark.parametrize("page", sorted({page for page, _command in TYPED}), ids=name_of)
def test_every_command_of_a_page_exists_with_its_options(page: Path) -> None:
    found = {command: wrong_with(command) for where, command in TYPED if where == page}
    assert {command: wrong for command, wrong in found.items() if wrong} == {}


def test_a_command_that_nobody_could_type_is_found() -> None:
    for wrong in ("qinglian zone chek x", "qinglian zone check x --jsn", "make tset", "python tools/no.py"):
        assert wrong_with(wrong), wrong


def test_a_zone_is_started_as_the_page_says(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    page = DOCS / "how-to" / "start-a-zone.md"
    (tmp_path / "zones").mkdir()
    shutil.copytree(ROOT / "zones" / "qianhai", tmp_path / "zones" / "qianhai")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("QINGLIAN_LANG", "en")
    steps = [command for command in typed(page) if "nansha" in command]
    fuller = [command for command in steps if "--from" in command]
    plain = [command for command in steps if "--from" not in command]
    assert len(plain) == 3 and len(fuller) == 1
    for command in plain:
        assert main(words_of(command)[1:]) == 0, capsys.readouterr().err
    matter = Path("zones/nansha/matters/question.toml")
    matter.write_text(read(matter).replace('to = "answered"', 'to = "answred"', 1), "utf-8")
    assert main(["zone", "check", "zones/nansha"]) == 1
    (told,) = [
        line for block in FENCED.findall(read(page)) for line in block[1].splitlines() if "answred" in line
    ]
    assert told in capsys.readouterr().err
    shutil.rmtree("zones/nansha")
    assert main(words_of(fuller[0])[1:]) == 0
    assert main(["zone", "check", "zones/nansha"]) == 0


def test_what_the_readme_shows_without_a_platform_runs(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)
    here = [command for command in typed(ROOT / "README.md") if re.match("qinglian (clock|zone)", command)]
    assert len(here) >= 2
    for command in here:
        assert main(words_of(command)[1:]) == 0
