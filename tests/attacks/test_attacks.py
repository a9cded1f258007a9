"""Who sees which fraud: done here as `make attacks` does it, and held against the page that tells of it."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "docs" / "explanation" / "attacks.md"
SEEN_OUTSIDE = {
    "backdated-clock", "deleted-entry", "forked-log", "restored-old-backup", "changed-pack", "swapped-key",
    "changed-matter-text", "changed-table-after-a-decision",
}  # fmt: skip
SEEN_INSIDE_ONLY = {
    "edited-event", "edited-event-and-its-value", "deleted-row",
    "post-without-a-trace", "event-without-a-trace",
}  # fmt: skip
NOT_SEEN = {"nothing-done", "never-entered", "a-lie-from-the-start"}
PRINT = """
import json
from attacks.__main__ import run, table
seen = run([])
people = ("public", "witness", "record", "inspector")
found = {each.name: [who for who in people if getattr(each, who)] for each in seen}
print(json.dumps({"table": table(seen), "seen": found}))
"""


@pytest.fixture(scope="module")
def made() -> dict[str, object]:
    """In a process of its own: the stage brings its own database."""
    import json

    ran = subprocess.run([sys.executable, "-c", PRINT], capture_output=True, text=True, cwd=ROOT)
    assert ran.returncode == 0, ran.stderr
    return json.loads(ran.stdout.splitlines()[-1])


def test_the_page_holds_the_table_as_it_is_today(made: dict) -> None:
    assert made["table"] in PAGE.read_text("utf-8"), "run make attacks"


def test_each_deed_is_seen_by_those_who_can_and_no_other(made: dict) -> None:
    seen = {name: set(who) for name, who in made["seen"].items()}
    assert set(seen) == SEEN_OUTSIDE | SEEN_INSIDE_ONLY | NOT_SEEN
    assert {name for name, who in seen.items() if who & {"public", "witness"}} == SEEN_OUTSIDE
    assert {name for name, who in seen.items() if not who} == NOT_SEEN
    assert {"public", "witness"} <= seen["forked-log"]
