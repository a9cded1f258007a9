"""By hand, `make soak`: kill the server and the worker a hundred times and more, and say what was seen.

python -m tests.faults.soak [--kills 100] [--seed 1] [--on sqlite|postgresql]. Prints one line a round and the
sums at the end, for docs/explanation/rehearsals.md; ends with 1 when anything was lost, half or double.
"""

from __future__ import annotations

import argparse
import random
import shutil
import sys
import tempfile
import time
from pathlib import Path

from tests.faults.conftest import own_database
from tests.faults.rounds import Seen, lodge_while, work_while
from tests.faults.running_site import Site

LODGING = ["event-written:2", "before-commit:2", "before-reply:2"]
WORKING = ["event-written:3", "batch-before-commit", "batch-committed", "mail-sent"]


def one_round(site: Site, dice: random.Random) -> tuple[str, Seen]:
    """Half of the rounds kill at a named point, half at any moment; two of three kill the server."""
    if dice.random() < 0.67:
        if dice.random() < 0.5:
            point = dice.choice(LODGING)
            return f"lodging, {point}", lodge_while(site, 6, point=point)
        kills = dice.randint(2, 5)
        return f"lodging, any moment, {kills} times", lodge_while(site, 6, kills=kills, dice=dice)
    if dice.random() < 0.5:
        point = dice.choice(WORKING)
        return f"working, {point}", work_while(site, point=point)
    kills = dice.randint(2, 4)
    return f"working, any moment, {kills} times", work_while(site, kills=kills, dice=dice)


def soak(prepared: Site, kills: int, dice: random.Random) -> Seen:
    total = Seen()
    while total.kills < kills:
        with tempfile.TemporaryDirectory() as place:
            folder = Path(place) / "data"
            shutil.copytree(prepared.folder, folder)
            site = Site(folder, prepared.database)
            began = time.monotonic()
            try:
                what, seen = one_round(site, dice)
            finally:
                site.clear()
        total.kills += seen.kills
        total.acknowledged += seen.acknowledged
        total.unanswered += seen.unanswered
        print(f"{total.kills:4} kills  {time.monotonic() - began:5.1f} s  {what}", flush=True)
    return total


def main() -> int:
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--kills", type=int, default=100)
    asked.add_argument("--seed", type=int, default=1)
    asked.add_argument("--on", choices=["sqlite", "postgresql"], default="sqlite")
    wish = asked.parse_args()
    dice = random.Random(wish.seed)
    with tempfile.TemporaryDirectory() as place, own_database() as database:
        if wish.on == "postgresql" and not database:
            print("no PostgreSQL answered; set DATABASE_URL", file=sys.stderr)
            return 1
        site = Site(Path(place), database if wish.on == "postgresql" else "")
        site.command("prepare")
        seen = soak(site, wish.kills, dice)
    print(
        f"{wish.on}, seed {wish.seed}: {seen.kills} kills, {seen.acknowledged} lodgings acknowledged, "
        f"{seen.unanswered} presses unanswered and sent again; nothing lost, nothing half, nothing double"
    )
    return 0


if __name__ == "__main__":
    sys.exit(main())
