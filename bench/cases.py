"""Cases by the hundred thousand: fill a platform with them, and measure its pages, lodging and the server.

    python bench/cases.py fill N --in FOLDER [--on DATABASE_URL] [--seed 1]
    python bench/cases.py pages --in FOLDER [--on DATABASE_URL]
    python bench/cases.py                     10,000 cases in a folder that goes away, and everything on it

FOLDER takes the data of the platform; the cases are all invented.
"""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))
from bench.scale.zone import make_pack


def set_up(folder: Path, database: str) -> None:
    """The platform's own settings, on this folder and database."""
    folder.mkdir(parents=True, exist_ok=True)
    os.environ |= {
        "QINGLIAN_DATA": str(folder), "QINGLIAN_ZONE": str(make_pack(folder)),
        "QINGLIAN_HOSTS": "localhost,127.0.0.1",
        "QINGLIAN_SECRET_KEY": "known to everybody, for measuring only",
        "DJANGO_SETTINGS_MODULE": "qinglian.web.settings",
    }  # fmt: skip
    os.environ.pop("DATABASE_URL", None)
    if database:
        os.environ["DATABASE_URL"] = database
    import django

    django.setup()


def fill(folder: Path, n: int, seed: int) -> None:
    from bench.scale.agreeing import disagreements
    from bench.scale.filling import fill
    from django.utils import timezone

    from qinglian.web.running import prepare

    prepare(timezone.now())
    took = fill(n, timezone.now().replace(microsecond=0), seed)
    wrong = disagreements()
    print(f"{n:,} cases in {sum(took.values()):.0f} s")
    print(f"of 200 of them {len(wrong)} things disagree with the platform")
    for line in wrong[:5]:
        print("  " + line[:600])
    if wrong:
        sys.exit(1)


def main() -> None:
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    asked.add_argument("what", nargs="?", choices=["fill", "pages", "all"], default="all")
    asked.add_argument("n", nargs="?", type=int, default=10_000)
    asked.add_argument("--in", dest="folder", type=Path)
    asked.add_argument(
        "--on", default="", help="DATABASE_URL of an empty database; else SQLite in the folder"
    )
    asked.add_argument("--seed", type=int, default=1)
    asked.add_argument("--only", default="", help="some of: public,lists,single,searches")
    asked.add_argument("--explain", action="store_true", help="the dearest statement of what misses its aim")
    asked.add_argument("--rounds", type=int, default=40, help="how often each page is asked for")
    said = asked.parse_args()
    with tempfile.TemporaryDirectory(prefix="qinglian-bench-") as away:
        set_up(said.folder or Path(away), said.on)
        if said.what in ("fill", "all"):
            fill(said.folder or Path(away), said.n, said.seed)
        if said.what in ("pages", "all"):
            from bench.scale.pages import measure

            measure(said.only, said.explain, said.rounds)


if __name__ == "__main__":
    main()
