"""Server time and number of queries of each page, through the whole stack of the platform in this process."""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

from bench.scale.copies import code_of
from bench.scale.rows import model
from bench.scale.zone import READERS
from django.db import connection
from django.test import Client

SPEAKS = "/zh-hans"
WANTED_MS, WANTED_QUERIES = 100.0, 12


@dataclass
class Measured:
    name: str
    busy: list[float] = field(default_factory=list)  # ms of a processor, of this process and the database's
    ms: list[float] = field(
        default_factory=list
    )  # by the clock on the wall, other work on the machine included
    queries: list[int] = field(default_factory=list)
    slowest: tuple[float, str] = (0.0, "")  # busy ms, statement
    dearest: tuple[float, str] = (0.0, "")  # busy ms, address

    @property
    def misses(self) -> bool:
        return share(self.busy, 0.95) > WANTED_MS or max(self.queries) > WANTED_QUERIES

    def line(self) -> str:
        times = [share(times, part) for times in (self.busy, self.ms) for part in (0.5, 0.95)]
        told = " ".join(f"{each:>8.1f}" for each in times)
        return f"{self.name:<44} {len(self.ms):>4} {told} {max(self.queries):>7}{'  <--' * self.misses}"


HEAD = f"{'page':<44} {'n':>4} {'busy p50':>8} {'busy p95':>8} {'wall p50':>8} {'wall p95':>8} queries"


def share(times: list[float], part: float) -> float:
    return sorted(times)[min(len(times) - 1, int(part * len(times)))]


def busy() -> float:
    """Seconds that a processor has worked for us: this process, and the database's for our connection."""
    theirs = Path(f"/proc/{backend()}/schedstat").read_text().split()[0] if backend() else 0
    return time.process_time() + int(theirs) / 1e9


@cache
def backend() -> int | None:
    if connection.vendor == "sqlite":
        return None
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        return cursor.fetchone()[0]


@contextmanager
def watched(into: Measured, what: str) -> Iterator[None]:
    """What a request costs, and its statements."""
    seen: list[tuple[float, str]] = []
    busy()  # which process the database works in is asked before anything is counted

    def look(execute, sql, params, many, context):
        started = busy()
        try:
            return execute(sql, params, many, context)
        finally:
            seen.append(((busy() - started) * 1000, f"{sql} {params}"))

    with connection.execute_wrapper(look):
        began, worked = time.perf_counter(), busy()
        yield
        into.ms.append((time.perf_counter() - began) * 1000)
        into.busy.append((busy() - worked) * 1000)
    into.queries.append(len(seen))
    into.slowest = max(into.slowest, max(seen, default=(0.0, "")))
    into.dearest = max(into.dearest, (into.busy[-1], what))


def ask(into: Measured, client: Client, path: str, want: int = 200) -> str:
    with watched(into, path):
        response = client.get(path)
    if response.status_code != want:
        raise RuntimeError(f"{path}: {response.status_code}")
    return response.content.decode()


def browser(username: str) -> Client:
    """Signed in as people do it: with a password and a code."""
    from django.core.cache import cache

    from qinglian.capabilities.parties.factors import DEMONSTRATION_PASSWORD, demonstration_code

    client = Client(headers={"host": "localhost"})
    cache.clear()
    client.post(f"{SPEAKS}/sign-in/", {"login": username, "password": DEMONSTRATION_PASSWORD})
    done = client.post(f"{SPEAKS}/sign-in/code/", {"code": demonstration_code(username)})
    if done.status_code != 302:
        raise RuntimeError(f"{username} could not sign in")
    return client


class Pages:
    def __init__(self, seed: int = 1, rounds: int = 40) -> None:
        self.dice, self.rounds = random.Random(seed), rounds
        self.clients = {name: browser(name) for name in READERS}
        self.most = model("cases.Case").objects.order_by("-pk").values_list("pk", flat=True)[0]

    def some_cases(self, n: int, **asked: object) -> list:
        """Spread over everything; of the copies, whose codes are known."""
        cases, found = model("cases.Case").objects.filter(**asked), []
        while len(found) < n:
            case = cases.filter(pk__gte=self.dice.randint(self.most // 10, self.most)).order_by("pk").first()
            found += [case] if case else []
        return found

    def all(self) -> Iterator[Measured]:
        yield from self.public()
        yield from self.lists()
        yield from self.single()
        yield from self.searches()

    def _each(self, name: str, client: Client, paths: list[str]) -> Measured:
        measured = Measured(name)
        for path in paths[:2]:
            client.get(path)  # what a process does once, it has done
        for path in paths:
            ask(measured, client, path)
        return measured

    def public(self) -> Iterator[Measured]:
        client = Client(headers={"host": "localhost"})
        for name, path in [("front", "/"), ("matters", "/cases/"), ("matter", "/cases/new/consultation/"),
                           ("answers", "/answers/"), ("track, empty", "/cases/track/")]:  # fmt: skip
            yield self._each(name, client, [SPEAKS + path] * self.rounds)

    def lists(self) -> Iterator[Measured]:
        from qinglian.capabilities.cases.queues import QUEUES

        for who, client in self.clients.items():
            for show in QUEUES:
                yield self._each(
                    f"{who}: {show}", client, [f"{SPEAKS}/desk/?show={show}"] * (self.rounds // 2)
                )
            for show in ("open", "ended"):
                yield self._each(f"{who}: {show}, deep", client, self._deep(show))
            for narrowed in ("matter=enterprise-request", "state=handling", "handler=nobody",
                             "matter=service-complaint&state=sifting"):  # fmt: skip
                path = f"{SPEAKS}/desk/?show=open&{narrowed}"
                yield self._each(f"{who}: open, {narrowed}", client, [path] * (self.rounds // 4))
            path = f"{SPEAKS}/desk/?show=ended&matter=service-complaint&state=sifting"  # none is found
            yield self._each(f"{who}: ended, narrowed to none", client, [path] * (self.rounds // 4))
            yield self._each(f"{who}: notices", client, [f"{SPEAKS}/desk/notices/"] * (self.rounds // 4))

    def _deep(self, show: str) -> list[str]:
        from qinglian.capabilities.cases.queues import _place

        asked = {"open": True, "due__isnull": False} if show == "open" else {"open": False}
        cases = self.some_cases(self.rounds // 2, **asked)
        return [f"{SPEAKS}/desk/?show={show}&after={_place(case, show)}" for case in cases]

    def single(self) -> Iterator[Measured]:
        numbers = [
            case.number for case in self.some_cases(self.rounds, matter_version__matter="consultation")
        ]
        yield self._each("case page", self.clients["bench-head"], [f"{SPEAKS}/desk/{n}/" for n in numbers])
        asker = Client(headers={"host": "localhost"})
        by_code, status = Measured("number and code given"), Measured("status page")
        for case in self.some_cases(self.rounds):
            given = {"number": case.number, "code": code_of(case.pk)}
            with watched(by_code, case.number):
                done = asker.post(f"{SPEAKS}/cases/track/", given)
            if done.status_code != 302:
                raise RuntimeError(f"{given} opened nothing")
            ask(status, asker, f"{SPEAKS}/cases/track/{case.number}/")
        yield by_code
        yield status

    def searches(self) -> Iterator[Measured]:
        from urllib.parse import quote

        kinds: dict[str, Callable] = {
            "number": lambda case: case.number,
            "title": lambda case: case.title,
            "six signs of a title": lambda case: case.title[2:8],
            "party": lambda case: case.answers["name"],
            "registration number": lambda case: case.answers.get("regno") or case.answers["name"],
            "two signs": lambda case: self._two(case),
            "two rare signs": lambda case: case.answers["name"][:2],
            "two words": lambda case: f"{case.title[:2]} {self._two(case)}",
        }
        for who, client in self.clients.items():
            for kind, of in kinds.items():
                paths = [
                    f"{SPEAKS}/desk/search/?q={quote(of(case))}" for case in self.some_cases(self.rounds)
                ]
                yield self._each(f"{who}: {kind}", client, paths)
            words = [
                f"{SPEAKS}/desk/?show=open&words={quote(self._two(case))}" for case in self.some_cases(10)
            ]
            yield self._each(f"{who}: open, with two signs", client, words)

    def _two(self, case) -> str:
        text = "".join(sign for sign in case.answers["detail"] if sign >= "一")
        at = self.dice.randrange(len(text) - 1)
        return text[at : at + 2]


def measure(only: str = "", explain: bool = False, rounds: int = 40) -> list[Measured]:
    print(HEAD)
    found = []
    for each in Pages(rounds=rounds).all() if not only else _only(only, rounds):
        print(each.line(), flush=True)
        if explain and each.misses:
            for ms, what in (each.dearest, each.slowest):
                print(f"      {ms:.0f} ms {what[:3000]}")
        found.append(each)
    return found


def _only(names: str, rounds: int) -> Iterator[Measured]:
    pages = Pages(rounds=rounds)
    for name in names.split(","):
        yield from getattr(pages, name)()
