"""`make test`: every part in turn; at the end what was not tested, how long each took, and the counts."""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import time
import xml.etree.ElementTree as ET
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))
from tools.postgres import postgres

ROOT = Path(__file__).parents[1]
BIN = Path(sys.executable).parent
REPORTS = ROOT / "build" / "tests"
POSTGRES = "capabilities on PostgreSQL"
TWO = ("-n", "2")
# Part → folders, options. tests/house asks that no folder of tests is forgotten here.
PARTS: dict[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    "engines": (("tests/engines", "tests/zone", "tests/batch", "tests/cli"), TWO),
    "house": (("tests/house",), TWO),
    "capabilities on SQLite": (("tests/capabilities", "tests/web", "tests/demonstration"), TWO),
    POSTGRES: (("tests/capabilities", "tests/web", "tests/demonstration"), (*TWO, "-m", "not once")),
    "faults": (("tests/faults",), TWO),
    "attacks": (("attacks", "tests/attacks"), TWO),
    "journeys": (("tests/journeys",), ()),  # server, worker and browser beside it
}
NO_TESTS = 5  # pytest's exit code when it collected nothing


@dataclass
class Outcome:
    part: str
    code: int = 0
    seconds: float = 0
    counts: Counter[str] = field(default_factory=Counter)
    skipped: set[str] = field(default_factory=set)

    def read(self, file: Path) -> None:
        """Counts and reasons from pytest's own report."""
        for case in ET.parse(file).iter("testcase") if file.exists() else ():
            kinds = {child.tag for child in case} & {"failure", "error", "skipped"}
            self.counts[next(iter(sorted(kinds)), "passed")] += 1
            self.skipped |= {child.get("message", "") for child in case if child.tag == "skipped"}

    def line(self) -> str:
        names = {"passed": "passed", "failure": "failed", "error": "errors", "skipped": "skipped"}
        told = ", ".join(f"{self.counts[kind]} {name}" for kind, name in names.items() if self.counts[kind])
        return f"{self.part}: {told or 'nothing to run'}" + (f" (exit {self.code})" if self.code else "")


def run(part: str, database: str | None) -> Outcome:
    """One part in its own pytest; database: the URL for it, else SQLite in a temporary folder."""
    folders, options = PARTS[part]
    there = [folder for folder in folders if any((ROOT / folder).glob("**/test_*.py"))]
    outcome = Outcome(part)
    if not there:
        outcome.skipped.add("no tests yet")
        return outcome
    environment = {name: value for name, value in os.environ.items() if name != "DATABASE_URL"}
    if database:
        environment["DATABASE_URL"] = database
    report = REPORTS / f"{part.replace(' ', '-')}.xml"
    report.unlink(missing_ok=True)
    print(f"\n== {part}", flush=True)
    start = time.monotonic()
    command = [BIN / "pytest", "-q", *options, f"--junitxml={report}", *there]
    outcome.code = subprocess.run(command, cwd=ROOT, env=environment).returncode
    outcome.code = 0 if outcome.code == NO_TESTS else outcome.code
    outcome.seconds = time.monotonic() - start
    outcome.read(report)
    return outcome


def tell(outcomes: list[Outcome]) -> None:
    missing = [f"{each.part}: {why}" for each in outcomes for why in sorted(each.skipped)]
    if missing:
        print("\n!!! NOT TESTED HERE")
        print("\n".join(f"!!! {line}" for line in missing))
    print("\nSeconds")
    for each in outcomes:
        print(f"{each.seconds:8.1f}  {each.part}")
    print(f"{sum(each.seconds for each in outcomes):8.1f}  together\n")
    print("; ".join(each.line() for each in outcomes))


def main() -> int:
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("part", nargs="*", choices=[*PARTS, []], help="only these; else all")
    parts = asked.parse_args().part or list(PARTS)
    REPORTS.mkdir(parents=True, exist_ok=True)
    outcomes = []
    for part in parts:
        if part != POSTGRES:
            outcomes.append(run(part, None))
            continue
        with postgres() as (url, how):
            print(f"\nPostgreSQL: {how}", flush=True)
            outcomes.append(run(part, url) if url else Outcome(part, skipped={how}))
    tell(outcomes)
    return 1 if any(each.code for each in outcomes) else 0


if __name__ == "__main__":
    sys.exit(main())
