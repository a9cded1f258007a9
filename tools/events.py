"""docs/reference/events.md from the code: every kind of event that can be logged, with its one function."""

from __future__ import annotations

import ast
import os
import sys
from pathlib import Path

ROOT = Path(__file__).parents[1]
PAGE = ROOT / "docs" / "reference" / "events.md"
HEAD = """# Events

Every kind of event that the [log](../explanation/the-log.md) holds. What is not declared in the `events` of
a capability's `apps.py` cannot be logged, and each kind has one named function in that capability's
`entries.py`. This page is made from the code by `python tools/events.py`; a test asks that it is current.

Every entry says openly its `kind` and the time it states, `at` (UTC, to the second). *Open* fields are
readable by everybody for ever. *Hidden* fields are commitments, each with a salt of its own; value and salt
can be erased. No field's name, and no open field, holds anything personal.
"""


def functions() -> dict[str, tuple[str, str]]:
    """Kind → (capability.function, first line of what it says of itself)."""
    found = {}
    for path in sorted((ROOT / "src" / "qinglian" / "capabilities").glob("*/entries.py")):
        for node in ast.parse(path.read_text("utf-8")).body:
            if isinstance(node, ast.FunctionDef):
                calls = [call for call in ast.walk(node) if isinstance(call, ast.Call)]
                kinds = [call.args[0].value for call in calls
                         if isinstance(call.func, ast.Name) and call.func.id == "append"
                         and isinstance(call.args[0], ast.Constant)]  # fmt: skip
                said = (ast.get_docstring(node) or "").partition("\n")[0]
                found |= {kind: (f"{path.parent.name}.entries.{node.name}", said) for kind in kinds}
    return found


def page() -> str:
    """The whole text; Django must be set up."""
    from qinglian.capabilities.ledger.kinds import kinds

    named = functions()
    parts = [HEAD]
    for name, kind in kinds().items():
        function, said = named[name]
        rows = [("log", " or ".join(kind.logs)), ("function", f"`{function}`")]
        rows += [("open", _listed(kind.open)), ("hidden", _listed(kind.hidden))]
        table = "\n".join(f"| {left} | {right} |" for left, right in rows)
        parts.append(f"## `{name}`\n\n{said}\n\n| | |\n|---|---|\n{table}\n")
    return "\n".join(parts)


def _listed(names: frozenset[str]) -> str:
    return ", ".join(f"`{name}`" for name in sorted(names)) or "–"


def main() -> int:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tests.settings")
    sys.path.insert(0, str(ROOT))
    import django

    django.setup()
    PAGE.write_text(page(), "utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
