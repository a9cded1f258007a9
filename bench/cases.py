"""Cases by the hundred thousand: fill a platform with them, and measure its pages, lodging and the server.

    python bench/cases.py fill N --in FOLDER [--on DATABASE_URL] [--seed 1]
    python bench/cases.py grow TIMES --in FOLDER [--on DATABASE_URL]     TIMES as many as were filled in
    python bench/cases.py pages --in FOLDER [--on DATABASE_URL]
    python bench/cases.py                     10,000 cases in a folder that goes away, and everything on it

FOLDER takes the data of the platform; the cases are all invented.
"""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))
from bench.scale.zone import make_pack

ONCE = 100_000  # cases that are written one by one


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
    """Up to ONCE cases are written one by one; beyond, those are copied by the database."""
    from bench.scale.filling import fill
    from bench.scale.lives import HOW_MANY
    from django.utils import timezone

    from qinglian.web.running import prepare

    prepare(timezone.now())
    began, times = _spent(), -(-n // ONCE)
    fill(-(-(n + (times - 1) * HOW_MANY) // times), timezone.now().replace(microsecond=0), seed)
    _tell(began)
    if times > 1:
        grow(times)


def grow(times: int) -> None:
    from bench.scale.growing import grow

    began = _spent()
    took = grow(times)
    print(", ".join(f"{name}: {seconds:.0f} s" for name, seconds in took.items()))
    _tell(began)


def _spent() -> tuple[float, float]:
    from bench.scale.pages import busy

    return time.monotonic(), busy()


def _tell(began: tuple[float, float]) -> None:
    """How many there are, what that took, and whether a sample is what the platform would have made."""
    from bench.scale.agreeing import disagreements
    from bench.scale.rows import model

    now, n = _spent(), model("cases.Case").objects.count()
    print(f"{n:,} cases in {now[0] - began[0]:.0f} s; a processor worked {now[1] - began[1]:.0f} s of them")
    wrong = disagreements(seed=n)
    print(f"of 200 of them {len(wrong)} things disagree with the platform")
    for line in wrong[:5]:
        print("  " + line[:600])
    if wrong:
        sys.exit(1)


def main() -> None:
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    asked.add_argument("what", nargs="?", choices=["fill", "grow", "pages", "all"], default="all")
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
        if said.what == "grow":
            grow(said.n)
        if said.what in ("pages", "all"):
            from bench.scale.pages import measure

            measure(said.only, said.explain, said.rounds)


if __name__ == "__main__":
    main()
