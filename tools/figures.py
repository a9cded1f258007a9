# ruff: noqa: E501
"""docs/reference/figures.md from the code, and the hash of every definition that was ever published.

A hash that stands in the record is never changed: whoever changes a definition raises its version.
"""

from __future__ import annotations

import os
import sys
import tomllib
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[1]
PAGE = ROOT / "docs" / "reference" / "figures.md"
RECORD = ROOT / "docs" / "reference" / "figures.toml"
HEAD = """# Figures and published tables

Every figure of the platform, and every table that figures are computed from. What is not declared in the
`figures` and `tables` of a capability's `apps.py` is neither computed nor published. How it works:
[](../explanation/figures.md). This page is made from the code by `python tools/figures.py`; a test asks that it
is current, and that no definition changed without a new version.

*Level*: **open**, anybody computes it again from published files; **attested**, over rows that are not published.
*Kind*: count of rows; sum of `value`; share of rows whose `value` is 1; rate, `value` of `weight`; quantiles, half and
nine in ten. *Months*: over how many whole months the number runs; 0 as it stands.
"""


def page() -> str:
    """The whole text; Django must be set up."""
    from django.utils.translation import override

    with override("en"):
        return "\n".join([HEAD, "## Figures", *_figures(), "\n## Tables", *_tables()]).rstrip() + "\n"


def _figures() -> list[str]:
    from qinglian.batch.figures.recipes import definition_sha
    from qinglian.capabilities.figures.declared import figures

    parts = []
    for figure in sorted(figures().values(), key=lambda each: each.id):
        rows = [
            ("version", figure.version),
            ("level", figure.level),
            ("kind", figure.kind),
            ("unit", figure.unit),
        ]
        rows += [("cuts", ", ".join(figure.cuts) or "–"), ("months", figure.months)]
        rows += [("tables", ", ".join(f"`{table}`" for table in figure.tables))]
        rows += [("definition", f"`{definition_sha(figure)}`")]
        table = "\n".join(f"| {left} | {right} |" for left, right in rows)
        sql = "\n".join(line.strip() for line in figure.rows.splitlines())
        parts.append(
            f"\n### `{figure.id}`\n\n{figure.title}. {figure.how}\n\n| | |\n|---|---|\n{table}\n\n```sql\n{sql}\n```"
        )
    return parts


def _tables() -> list[str]:
    from qinglian.capabilities.figures.declared import tables
    from qinglian.capabilities.figures.dictionary import said

    parts = []
    for table in tables().values():
        groups = "nobody" if table.groups is None else ", ".join(table.groups) or "the month alone"
        about = f"{said(table.about)} Source: {said(table.source)}. Level {table.level}, {table.grain}; groups by {groups}."
        lines = [
            f"| `{column.name}` | {column.kind} | {said(column.meaning)}{_codes(column)} | {said(column.unit) or '–'} |"
            for column in table.all_columns
        ]
        head = "| column | type | meaning | unit |\n|---|---|---|---|"
        parts.append(f"\n### `{table.id}`\n\n{about}\n\n{head}\n" + "\n".join(lines))
    return parts


def _codes(column: Any) -> str:
    named = [f"`{value}` {meaning}" for value, meaning in column.codes.items()]
    refers = f" (`id` of `{column.refers}`)" if column.refers else ""
    return refers + (": " + ", ".join(named) if named else "")


def record() -> dict[str, dict[str, str]]:
    """Figure → version → hash of the definition, as it was first recorded."""
    return tomllib.loads(RECORD.read_text("utf-8")) if RECORD.exists() else {}


def changed() -> list[str]:
    """Figures whose definition is not the one recorded for their version."""
    from qinglian.batch.figures.recipes import definition_sha
    from qinglian.capabilities.figures.declared import figures

    known = record()
    return [
        id
        for id, figure in figures().items()
        if known.get(id, {}).get(str(figure.version), definition_sha(figure)) != definition_sha(figure)
    ]


def recorded() -> str:
    """The record with what is new; nothing that stands in it is changed."""
    from qinglian.batch.figures.recipes import definition_sha
    from qinglian.capabilities.figures.declared import figures

    known = record()
    for id, figure in figures().items():
        known.setdefault(id, {}).setdefault(str(figure.version), definition_sha(figure))
    parts = [
        "# Made by python tools/figures.py: the hash of every definition, by figure and version; never edited."
    ]
    for id, versions in sorted(known.items()):
        parts += [f'\n["{id}"]', *(f'{version} = "{sha}"' for version, sha in sorted(versions.items()))]
    return "\n".join(parts) + "\n"


def main() -> int:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tests.settings")
    sys.path.insert(0, str(ROOT))
    import django

    django.setup()
    if wrong := changed():
        print(f"the definition of {', '.join(wrong)} changed: raise its version", file=sys.stderr)
        return 1
    RECORD.write_text(recorded(), "utf-8")
    PAGE.write_text(page(), "utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
