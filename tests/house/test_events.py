"""Each kind of event is declared once, has one function, and stands in the reference."""

from __future__ import annotations

import ast

from tests.house.tree import SRC, name_of, python_files, read
from tools.events import PAGE, functions, page

from qinglian.capabilities.ledger.kinds import kinds


def test_each_kind_has_one_function_and_each_function_a_kind() -> None:
    assert set(functions()) == set(kinds())
    names = [function for function, _said in functions().values()]
    assert len(names) == len(set(names)) and all(said for _function, said in functions().values())


def test_the_reference_of_events_is_current() -> None:
    assert read(PAGE) == page(), "run python tools/events.py"


def test_only_entries_append() -> None:
    """`append` is called in the rooms called entries, so that no event is logged in passing."""
    found = []
    for path in python_files(SRC / "capabilities"):
        if path.name not in ("entries.py", "appending.py"):
            calls = [node for node in ast.walk(ast.parse(read(path))) if isinstance(node, ast.Call)]
            found += [name_of(path) for call in calls if getattr(call.func, "id", "") == "append"]
    assert not found
