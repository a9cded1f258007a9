"""What stands in deploy/ calls commands and settings that exist."""

from __future__ import annotations

import configparser
import re
import shlex

import pytest
from tests.house.test_documents import COMMANDS
from tests.house.tree import DOCS, ROOT, read

DEPLOY = ROOT / "deploy"
UNITS = sorted(DEPLOY.glob("*.service"))
CALLED = re.compile(r"/opt/qinglian/bin/qinglian((?: [a-z][a-z-]*| --[a-z-]+(?: [^\s-][^\s]*)?)+)")


def calls(text: str) -> list[list[str]]:
    return [shlex.split(found) for found in CALLED.findall(text)]


@pytest.mark.parametrize("file", [*UNITS, DEPLOY / "Containerfile"], ids=lambda file: file.name)
def test_every_command_called_exists_with_its_options(file: object) -> None:
    found = calls(read(file))  # type: ignore[arg-type]
    assert found
    for words in found:
        verbs = [word for word in words if not word.startswith("-")]
        command = next(
            c for n in range(len(verbs), 0, -1) if (c := "qinglian " + " ".join(verbs[:n])) in COMMANDS
        )
        assert command.count(" ") >= 2, words
        assert not [o for o in words if o.startswith("--") and o not in COMMANDS[command]], words


@pytest.mark.parametrize("file", [*UNITS, DEPLOY / "qinglian-backup.timer"], ids=lambda file: file.name)
def test_units_are_whole(file: object) -> None:
    unit = configparser.RawConfigParser(strict=True)
    unit.optionxform = str  # type: ignore[assignment,method-assign]
    unit.read_string(read(file))  # type: ignore[arg-type]
    assert "Unit" in unit
    if "Service" in unit:
        assert unit["Service"]["NoNewPrivileges"] == "true" and unit["Service"]["UMask"] == "0077"


def test_every_setting_of_the_example_is_described() -> None:
    names = set(re.findall(r"^([A-Z_]+)=", read(DEPLOY / "environment.example"), re.MULTILINE))
    told = read(DOCS / "reference" / "settings.md")
    assert names and not [name for name in names if f"`{name}`" not in told]
