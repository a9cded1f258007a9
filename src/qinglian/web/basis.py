"""The register of personal data: every column of every table, from the basis.toml beside its models."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.apps import AppConfig, apps

HERE = Path(__file__).parent / "basis.toml"
KEYS = {"what", "why", "article", "kept", "readers"}
HEAD = """# Which personal data is kept

Made by `python tools/basis.py` from the `basis.toml` beside the models; a test asks for every column of
every table. It says what is kept of people, why, by which article, how long, and who reads it. Articles were
read in the texts of the laws; where no law at hand sets how long, it is the choice of the zone or of the
project, and says so. Whether a zone's operator is an organ of the state (art. 34) or an organisation with
functions of public administration (art. 37, which applies the same rules) is for the zone to settle.

How erasing works, and how a hold stops it: [](../explanation/rights.md).
"""


@dataclass(frozen=True)
class Column:
    table: str
    name: str
    says: dict[str, Any] | None  # None: no personal data


def _files() -> dict[str, Any]:
    """The tables of the frameworks, of all apps that bring no file of their own, and articles and periods."""
    return tomllib.loads(HERE.read_text("utf-8"))


def _said_of(config: AppConfig, ours: dict[str, Any]) -> dict[str, Any]:
    own = Path(config.path) / "basis.toml"
    if own.exists() and own != HERE:
        return tomllib.loads(own.read_text("utf-8"))
    mark = f"{config.label}."
    return {name.removeprefix(mark): said for name, said in ours.items() if name.startswith(mark)}


def columns() -> Iterator[Column]:
    """Every column that the register knows, table by table."""
    ours = _files()
    for config in apps.get_app_configs():
        for model, said in _said_of(config, ours).items():
            table = f"{config.label}.{model}"
            yield from (Column(table, name, None) for name in said["none"])
            yield from (Column(table, name, row) for name, row in said.items() if name != "none")


def faults() -> list[str]:
    """What the register lacks, has too much, or says in words that it does not know."""
    ours, found = _files(), []
    told = [(each.table, each.name) for each in columns()]
    models = apps.get_models(include_auto_created=True)
    there = {(each._meta.label, field.name) for each in models for field in each._meta.local_fields}
    found += [f"{table}.{name}: say in basis.toml what it holds" for table, name in sorted(there - set(told))]
    found += [f"{table}.{name}: there is no such column" for table, name in sorted(set(told) - there)]
    found += [f"{table}.{name}: told twice" for table, name in set(told) if told.count((table, name)) > 1]
    for each in columns():
        if each.says is not None:
            found += [f"{each.table}.{each.name}: {fault}" for fault in _wrong(each.says, ours)]
    return found


def _wrong(says: dict[str, Any], ours: dict[str, Any]) -> Iterator[str]:
    if set(says) != KEYS:
        yield f"its keys are {', '.join(sorted(KEYS))}"
        return
    if not says["article"]:
        yield "no article"
    yield from (f"no article is called {name}" for name in says["article"] if name not in ours["article"])
    if says["kept"] not in ours["kept"]:
        yield f"no period is called {says['kept']}"
    yield from (f"{key} is empty" for key in ("what", "why", "readers") if not says[key].strip())


def page() -> str:
    """The register as a page of the reference."""
    ours, parts, rest = _files(), [HEAD], []
    tables: dict[str, list[Column]] = {}
    for each in columns():
        tables.setdefault(each.table, []).append(each)
    parts.append("## How long\n\n| period | |\n|---|---|")
    parts += [f"| `{name}` | {said} |" for name, said in ours["kept"].items()]
    parts.append("\n## Articles\n\n| | article | words |\n|---|---|---|")
    parts += [f"| `{name}` | {row['cite']} | {row['says']} |" for name, row in ours["article"].items()]
    parts.append("\n## Tables with personal data")
    for table, rows in sorted(tables.items()):
        personal = [each for each in rows if each.says is not None]
        others = ", ".join(f"`{each.name}`" for each in rows if each.says is None)
        if not personal:
            rest.append(f"| `{table}` | {others} |")
            continue
        parts.append(f"\n### {table}\n\n| column | what | why | article | kept | who reads it |")
        parts.append("|---|---|---|---|---|---|")
        parts += [_row(each.name, each.says) for each in personal if each.says]
        parts.append(f"\nNo personal data: {others}." if others else "")
    parts.append("\n## Tables without personal data\n\n| table | columns |\n|---|---|")
    return "\n".join([*parts, *rest]).replace("\n\n\n", "\n\n").rstrip() + "\n"


def _row(name: str, says: dict[str, Any]) -> str:
    cells = [says["what"], says["why"], ", ".join(f"`{a}`" for a in says["article"]), f"`{says['kept']}`"]
    return f"| `{name}` | " + " | ".join([*cells, says["readers"]]) + " |"
