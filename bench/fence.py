"""What the second fence costs: each page with it and without it, in one run, on a filled PostgreSQL.

    python bench/cases.py fill 10000 --in FOLDER --on DATABASE_URL
    python bench/fence.py --in FOLDER --on DATABASE_URL

Busy: milliseconds of a processor, of this process and of the database's for our connection (median). Each
page is asked once with the fence and once without it, in turns.
"""

from __future__ import annotations

import argparse
import random
import sys
from collections.abc import Callable
from pathlib import Path
from urllib.parse import quote

sys.path.insert(0, str(Path(__file__).parents[1]))
from bench.cases import set_up


def main() -> None:
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    asked.add_argument("--in", dest="folder", type=Path, required=True)
    asked.add_argument("--on", required=True)
    asked.add_argument("--rounds", type=int, default=12)
    said = asked.parse_args()
    set_up(said.folder, said.on)
    from bench.scale import pages
    from django.conf import settings
    from django.db import connection

    connection.settings_dict["CONN_MAX_AGE"] = None
    pages.backend()
    found: dict[tuple[str, str], pages.Measured] = {}
    rows = _pages(said.rounds)
    for turn in range(said.rounds):
        for name, client, path in rows:
            for fence in ("off", ""):
                settings.FENCE = fence
                measured = found.setdefault((name, fence), pages.Measured(name))
                if turn == 0:
                    client.get(path(turn))  # what a process does once, it has done
                pages.ask(measured, client, path(turn))
    print(f"{'page':<36} {'without':>8} {'with':>8} {'more ms':>8} {'queries':>9}")
    for name, _client, _path in rows:
        without, with_ = (found[name, fence] for fence in ("off", ""))
        less, more = (pages.share(each.busy, 0.5) for each in (without, with_))
        asked_for = f"{max(without.queries)} → {max(with_.queries)}"
        print(f"{name:<36} {less:>8.1f} {more:>8.1f} {more - less:>8.1f} {asked_for:>9}")


def _pages(rounds: int) -> list[tuple[str, object, Callable[[int], str]]]:
    from bench.scale.copies import code_of
    from bench.scale.pages import SPEAKS, Pages
    from django.test import Client

    made, nobody, asker = Pages(rounds=rounds), Client(headers={"host": "localhost"}), Client()
    cases = made.some_cases(rounds, matter_version__matter="consultation")
    own = random.Random(1).choice(cases)
    asker.defaults["HTTP_HOST"] = "localhost"
    asker.post(f"{SPEAKS}/cases/track/", {"number": own.number, "code": code_of(own.pk)})
    rows: list[tuple[str, object, Callable[[int], str]]] = [
        ("front page", nobody, lambda _n: f"{SPEAKS}/"),
        ("guide of a matter", nobody, lambda _n: f"{SPEAKS}/cases/new/consultation/"),
        ("public answers", nobody, lambda _n: f"{SPEAKS}/answers/"),
        ("status page", asker, lambda _n: f"{SPEAKS}/cases/track/{own.number}/"),
    ]
    for who, client in made.clients.items():
        rows += [
            (f"{who}: open", client, lambda _n: f"{SPEAKS}/desk/?show=open"),
            (f"{who}: ended", client, lambda _n: f"{SPEAKS}/desk/?show=ended"),
            (
                f"{who}: found by two signs",
                client,
                lambda n: f"{SPEAKS}/desk/search/?q={quote(cases[n].title[:2])}",
            ),
            (f"{who}: notices", client, lambda _n: f"{SPEAKS}/desk/notices/"),
        ]
    rows.append(("case page", made.clients["bench-head"], lambda n: f"{SPEAKS}/desk/{cases[n].number}/"))
    return rows


if __name__ == "__main__":
    main()
