"""The real server under load, on loopback: the ten most used pages, the form, a program, the verb itself.

    python bench/load.py --in FOLDER [--on DATABASE_URL] [--clients 16] [--seconds 20] [--servers 1] …

FOLDER and database are those that `bench/cases.py fill` has filled; what is lodged stays in them. The server
runs as `qinglian site run` starts it, its worker beside. Each part ends after so many seconds; a number that
was given to somebody is looked for in the database afterwards, once.
"""

from __future__ import annotations

import argparse
import itertools
import random
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))
from bench.cases import set_up

PARTS = ("pages", "form", "program", "verb")
VERB_PROCESSES = 4


def run(clients: int, seconds: float, deed: Callable[[int, int], object]) -> float:
    """deed(client, turn) by so many at once, over and over; how long it took in all."""
    until, began = time.monotonic() + seconds, time.monotonic()

    def one(client: int) -> None:
        for turn in itertools.count():
            if time.monotonic() > until:
                return
            deed(client, turn)

    threads = [threading.Thread(target=one, args=(client,)) for client in range(clients)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    return time.monotonic() - began


def check(given: list[str]) -> str:
    """Whether each number that somebody was told stands in the database, once, with its first event."""
    from bench.scale.rows import model
    from django.db import connection

    connection.close()
    twice = [number for number, n in Counter(given).items() if n > 1]
    found = set()
    for n in range(0, len(given), 500):
        rows = model("cases.CaseEvent").objects.filter(seq=1, case__number__in=given[n : n + 500])
        found |= set(rows.values_list("case__number", flat=True))
    return f"{len(given)} numbers were given, {len(set(given) - found)} are lost, {len(twice)} came twice"


class Load:
    def __init__(self, said: argparse.Namespace, site) -> None:
        self.said, self.site = said, site

    def told(
        self, name: str, tally, took: float, busy: float, n: int | None = None, what: str = "requests"
    ) -> None:
        done = tally.n if n is None else n
        memory, processes = self.site.memory()
        print(f"\n{name}: {done} {what} in {took:.0f} s by {self.said.clients} clients:"
              f" {done / took:.1f} {what}/s, {tally.failed} failed")  # fmt: skip
        print(f"  a processor worked {busy:.1f} s in the server, {busy / max(done, 1) * 1000:.0f} ms each;"
              f" {memory} MB in {processes} processes")  # fmt: skip
        for line in tally.lines():
            print(f"  {line}", flush=True)

    def _visitors(self, tally) -> list:
        from bench.scale.visiting import Visitor

        ports = self.site.ports
        return [Visitor(ports[n % len(ports)], tally) for n in range(self.said.clients)]

    def _spent(self, deed: Callable[[int, int], object]) -> tuple[float, float]:
        before = self.site.busy()
        took = run(self.said.clients, self.said.seconds, deed)
        return took, self.site.busy() - before

    def pages(self) -> None:
        from bench.scale.visiting import Tally, read, readers

        choose, tally = readers(), Tally()
        dice = [random.Random(n) for n in range(self.said.clients)]
        warm = self._visitors(Tally())
        run(len(warm), 3, lambda client, _turn: read(warm[client], dice[client], choose))
        visitors = self._visitors(tally)
        took, busy = self._spent(lambda client, _turn: read(visitors[client], dice[client], choose))
        self.told("the ten most used pages", tally, took, busy)

    def form(self) -> None:
        from bench.scale.visiting import Tally, fill_in
        from bench.scale.words import Words

        tally, given = Tally(), list[str]()
        visitors, words = self._visitors(tally), [Words(n) for n in range(self.said.clients)]

        def deed(client: int, _turn: int) -> None:
            number = fill_in(visitors[client], words[client])
            given.append(number) if number else tally.add("the whole form", 0, "no number")

        took, busy = self._spent(deed)
        self.told("the form, from the guide to the number", tally, took, busy, len(given), "lodgings")
        print(f"  {tally.n / took:.1f} requests/s; {check(given)}")

    def program(self) -> None:
        from bench.scale.visiting import Tally, by_program
        from bench.scale.words import Words
        from django.utils import timezone

        from qinglian.capabilities.interfaces.actions import make_key

        accounts = _accounts(self.said.clients)
        keys = [make_key(pk, "bench", ["cases:lodge"], 1, timezone.now()) for pk in accounts]
        tally, given, mark = Tally(), list[str](), f"{time.time():.0f}"
        visitors, words = self._visitors(tally), [Words(n) for n in range(self.said.clients)]

        def deed(client: int, turn: int) -> None:
            number = by_program(visitors[client], words[client], keys[client], f"b{mark}-{client}-{turn}")
            if number:
                given.append(number)

        took, busy = self._spent(deed)
        self.told("by a program with a key", tally, took, busy, len(given), "lodgings")
        print(f"  {check(given)}")

    def verb(self) -> None:
        """`lodge_case` itself, by processes of their own with some threads each, the server beside."""
        each = self.said.clients // VERB_PROCESSES
        words = [sys.executable, __file__, "--in", str(self.said.folder), "--on", self.said.on,
                 "--clients", str(each), "--seconds", str(self.said.seconds)]  # fmt: skip
        pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "text": True}
        running = [subprocess.Popen([*words, "--inside", str(n)], **pipes) for n in range(VERB_PROCESSES)]
        for process in running:
            process.stdout.readline()  # it has loaded everything
        began = time.monotonic()
        for process in running:
            process.stdin.write("\n")
            process.stdin.flush()
        found = [process.communicate()[0].split() for process in running]
        took = time.monotonic() - began
        given = [number for words in found for number in words[2:]]
        failed, busy = sum(int(words[0]) for words in found), sum(float(words[1]) for words in found)
        print(f"\nthe verb itself: {len(given)} lodgings in {took:.0f} s by {each * VERB_PROCESSES} clients:"
              f" {len(given) / took:.1f} lodgings/s, {failed} failed; a processor worked"
              f" {busy / max(len(given), 1) * 1000:.0f} ms each")  # fmt: skip
        print(f"  {check(given)}")


def _accounts(n: int) -> list[int]:
    from django.contrib.auth import get_user_model

    users = get_user_model().objects
    return [users.get_or_create(username=f"program-{time.time():.0f}-{k}")[0].pk for k in range(n)]


def inside(n: int, clients: int, seconds: float) -> None:
    """One process of `verb`: waits for a line, lodges, and says (failed, busy seconds, numbers…)."""
    from bench.scale.words import Words
    from django.utils import timezone

    from qinglian.capabilities.cases import actions
    from qinglian.zone.current import current

    matter, given, failed = current().matters["consultation"], list[str](), list[str]()
    words = [Words(1000 * n + client) for client in range(clients)]
    print("ready", flush=True)
    sys.stdin.readline()

    def deed(client: int, turn: int) -> None:
        said = words[client]
        answers = {"kind": "individual", "name": said.person(), "place": "HK", "topic": "premises",
                   "title": said.title(), "detail": said.detail()}  # fmt: skip
        code = actions.code_from(f"verb {n} {client} {turn} {time.time()}")
        try:
            given.append(actions.lodge_case(matter, answers, code, "zh-hans", timezone.now()).number)
        except Exception as fault:
            failed.append(repr(fault))
            print(repr(fault), file=sys.stderr)

    run(clients, seconds, deed)
    print(len(failed), time.process_time(), *given, flush=True)


def main() -> None:
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    asked.add_argument("--in", dest="folder", type=Path, required=True)
    asked.add_argument("--on", default="", help="DATABASE_URL; else SQLite in the folder")
    asked.add_argument("--clients", type=int, default=16)
    asked.add_argument("--seconds", type=float, default=20)
    asked.add_argument("--servers", type=int, default=1, help="how many `site run` on one database")
    asked.add_argument("--workers", type=int, default=2, help="processes of each")
    asked.add_argument("--no-worker", action="store_true", help="as `site run --no-worker`")
    asked.add_argument("--only", default=",".join(PARTS), help="some of: " + ",".join(PARTS))
    asked.add_argument("--inside", type=int, help=argparse.SUPPRESS)
    said = asked.parse_args()
    set_up(said.folder, said.on)
    if said.inside is not None:
        inside(said.inside, said.clients, said.seconds)
        return
    from bench.scale.serving import served

    with served(said.servers, said.workers, not said.no_worker) as site:
        for part in said.only.split(","):
            getattr(Load(said, site), part)()


if __name__ == "__main__":
    main()
