"""Visitors through HTTP: who reads, who fills in a form, programs with a key; each answer is timed."""

from __future__ import annotations

import http.client
import json
import random
import re
import threading
import time
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field
from http.cookies import SimpleCookie
from urllib.parse import quote, urlencode

from bench.scale.copies import code_of
from bench.scale.pages import SPEAKS, browser, share
from bench.scale.rows import model
from bench.scale.words import Words

PATIENCE = 60.0  # seconds for one answer
GONE = (OSError, http.client.HTTPException)


@dataclass
class Tally:
    """Answers by name: ms each, and what went wrong."""

    ms: dict[str, list[float]] = field(default_factory=lambda: defaultdict(list))
    wrong: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))
    lock: threading.Lock = field(default_factory=threading.Lock)

    def add(self, name: str, ms: float, fault: str = "") -> None:
        with self.lock:
            self.ms[name].append(ms)
            if fault:
                self.wrong[name].append(fault)

    def lines(self) -> list[str]:
        found = [f"{'':<34}{'answers':>8}{'p50 ms':>9}{'p95 ms':>9}{'p99 ms':>9}{'failed':>8}"]
        for name, ms in self.ms.items():
            parts = "".join(f"{share(ms, part):>9.0f}" for part in (0.5, 0.95, 0.99))
            found.append(f"{name:<34}{len(ms):>8}{parts}{len(self.wrong[name]):>8}")
        return found + [f"    {name}: {each}" for name, some in self.wrong.items() for each in some[:3]]

    @property
    def n(self) -> int:
        return sum(map(len, self.ms.values()))

    @property
    def failed(self) -> int:
        return sum(map(len, self.wrong.values()))


class Visitor:
    """One browser or program: a connection that is kept, and cookies."""

    def __init__(self, port: int, tally: Tally, cookies: dict[str, str] | None = None) -> None:
        self.link = http.client.HTTPConnection("127.0.0.1", port, timeout=PATIENCE)
        self.tally, self.cookies = tally, dict(cookies or {})

    def ask(self, name: str, method: str, path: str, body: str | None = None, want: int = 200,
            **headers: str) -> tuple[int, str, str]:  # fmt: skip
        """(status, where it sends one, text); timed and tallied under this name."""
        headers |= {"Cookie": "; ".join(f"{k}={v}" for k, v in self.cookies.items())}
        began = time.perf_counter()
        try:
            self.link.request(method, path, body.encode() if body is not None else None, headers)
            reply = self.link.getresponse()
            text = reply.read().decode(errors="replace")
        except GONE as fault:
            self.link.close()
            self.tally.add(name, (time.perf_counter() - began) * 1000, type(fault).__name__)
            return 0, "", ""
        ms = (time.perf_counter() - began) * 1000
        for line in reply.headers.get_all("Set-Cookie") or []:
            self.cookies |= {key: crumb.value for key, crumb in SimpleCookie(line).items()}
        self.tally.add(name, ms, "" if reply.status == want else f"{reply.status} at {path}")
        return reply.status, reply.headers.get("Location", ""), text

    def send(self, name: str, path: str, want: int = 302, /, **form: str) -> tuple[int, str, str]:
        body = urlencode({"csrfmiddlewaretoken": self.cookies.get("csrftoken", ""), **form})
        kind = {"Content-Type": "application/x-www-form-urlencoded"}
        return self.ask(name, "POST", path, body, want, **kind)


def readers(seed: int = 1) -> Callable[[random.Random], tuple[str, str, dict[str, str]]]:
    """Chooses, as often as people ask: (name, address, cookies) of one of the ten most used pages."""
    dice = random.Random(seed)
    cases, most = model("cases.Case").objects, model("cases.Case").objects.order_by("-pk")[0].pk
    some = [cases.filter(pk__gte=dice.randint(most // 10, most)).order_by("pk")[0] for _ in range(60)]
    desk = [case for case in some if case.matter_version.matter == "consultation"] or some
    signed = {name: _cookies(browser(name)) for name in ("bench-clerk", "bench-supervisor", "bench-head")}
    tracked = [(case.number, _tracked(case)) for case in some[:20]]
    clerk, chief, head = signed["bench-clerk"], signed["bench-supervisor"], signed["bench-head"]

    def choose(dice: random.Random) -> tuple[str, str, dict[str, str]]:
        case, (number, cookies) = dice.choice(desk), dice.choice(tracked)
        weighted: list[tuple[int, str, str, dict[str, str]]] = [
            (14, "front page", "/", {}), (8, "matters", "/cases/", {}),
            (8, "guide of a matter", "/cases/new/consultation/", {}), (8, "answers", "/answers/", {}),
            (18, "status page", f"/cases/track/{number}/", cookies),
            (14, "desk of a clerk", "/desk/?show=open", clerk),
            (6, "desk of a supervisor", "/desk/?show=overdue", chief),
            (12, "case page", f"/desk/{case.number}/", head),
            (8, "search by name", f"/desk/search/?q={quote(str(case.answers['name']))}", head),
            (4, "notices", "/desk/notices/", clerk),
        ]  # fmt: skip
        _n, name, path, held = dice.choices(weighted, [each[0] for each in weighted])[0]
        return name, SPEAKS + path, held

    return choose


def _cookies(client) -> dict[str, str]:
    return {name: crumb.value for name, crumb in client.cookies.items()}


def _tracked(case) -> dict[str, str]:
    from django.test import Client

    client = Client(headers={"host": "localhost"})
    client.post(f"{SPEAKS}/cases/track/", {"number": case.number, "code": code_of(case.pk)})
    return _cookies(client)


def read(visitor: Visitor, dice: random.Random, choose) -> None:
    name, path, visitor.cookies = choose(dice)
    visitor.ask(name, "GET", path)


def fill_in(visitor: Visitor, words: Words) -> str:
    """A form from the first page to the receipt, as a new browser does it; the number, or nothing."""
    visitor.cookies = {}
    start = f"{SPEAKS}/cases/new/consultation/"
    visitor.ask("the guide", "GET", start)
    visitor.send("begin", f"{start}begin/")
    who = {"kind": "enterprise", "name": words.enterprise(1)[0], "place": "CN", "email": "a@example.com",
           "regno": "", "shown": "kind,name,place,email,regno"}  # fmt: skip
    question = {"topic": "premises", "title": words.title(), "detail": words.detail(),
                "shown": "topic,title,detail"}  # fmt: skip
    visitor.send("the first step", f"{start}who/", **who)
    visitor.send("the second step", f"{start}question/", **question)
    visitor.ask("check the answers", "GET", f"{start}check/")
    status, place, _text = visitor.send("lodge", f"{start}check/")
    if status != 302 or "lodged" not in place:
        return ""
    _status, _place, text = visitor.ask("number and code", "GET", f"{SPEAKS}/cases/lodged/")
    found = re.search(r"ZX-\d{4}-\d{6,}-\d", text)
    return found[0] if found else ""


def by_program(visitor: Visitor, words: Words, key: str, idem: str) -> str:
    answers = {"kind": "individual", "name": words.person(), "place": "HK", "topic": "premises",
               "title": words.title(), "detail": words.detail()}  # fmt: skip
    asked = {"matter": "consultation", "language": "zh-Hans", "answers": answers}
    said = {"Authorization": f"Bearer {key}", "Idempotency-Key": idem, "Content-Type": "application/json"}
    status, _place, text = visitor.ask(
        "POST /api/v1/cases", "POST", "/api/v1/cases", json.dumps(asked), 201, **said
    )
    return str(json.loads(text)["number"]) if status == 201 else ""
