"""The real server and worker in processes of their own, to be killed; and visitors who lodge through HTTP."""

from __future__ import annotations

import http.client
import json
import os
import re
import resource
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from http.cookies import SimpleCookie
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

ROOT = Path(__file__).parents[2]
START = 40.0  # seconds that a server may take to answer
GONE = (ConnectionError, http.client.HTTPException, TimeoutError)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@dataclass
class Site:
    """One platform: its data folder, its database, and whatever runs on it."""

    folder: Path
    database: str = ""  # a URL; else SQLite in the folder
    port: int = field(default_factory=free_port)
    running: list[subprocess.Popen[bytes]] = field(default_factory=list)
    asked: subprocess.Popen[str] | None = None

    def environment(self, **more: str) -> dict[str, str]:
        kept = {k: v for k, v in os.environ.items() if not k.startswith(("QINGLIAN_", "DJANGO_", "DATABASE"))}
        kept |= {
            "QINGLIAN_DATA": str(self.folder),
            "QINGLIAN_ZONE": str(ROOT / "zones" / "qianhai"),
            "QINGLIAN_SECRET_KEY": "known to everybody, for tests only",
            "QINGLIAN_LANG": "en",
        }
        return kept | ({"DATABASE_URL": self.database} if self.database else {}) | more

    def command(self, *words: str, **more: str) -> None:
        whole = [sys.executable, "-m", "qinglian", "site", *words]
        done = subprocess.run(whole, cwd=ROOT, env=self.environment(**more), capture_output=True, text=True)
        assert done.returncode == 0, done.stdout + done.stderr

    def inside(self, verb: str, *words: str) -> Any:
        """Ask a process that has the platform's models loaded; tests/faults/inside.py answers."""
        if self.asked is None:
            self.asked = subprocess.Popen(
                [sys.executable, "-m", "tests.faults.inside"],
                cwd=ROOT,
                env=self.environment(),
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                text=True,
            )
        assert self.asked.stdin is not None and self.asked.stdout is not None
        self.asked.stdin.write(" ".join([verb, *words]) + "\n")
        self.asked.stdin.flush()
        return json.loads(self.asked.stdout.readline())

    def begin(self, *words: str, limit: int | None = None, **more: str) -> subprocess.Popen[bytes]:
        """A process group of its own. limit: the size in bytes that no file may grow beyond: a full disk."""
        process = subprocess.Popen(
            [sys.executable, "-m", "qinglian", "site", *words],
            cwd=ROOT,
            env=self.environment(**more),
            start_new_session=True,
            stdout=subprocess.DEVNULL,
            stderr=(self.folder / "errors.log").open("ab") if limit is None else subprocess.DEVNULL,
            preexec_fn=_limited(limit) if limit else None,
        )
        self.running.append(process)
        return process

    def serve(self, limit: int | None = None, **more: str) -> subprocess.Popen[bytes]:
        words = ("run", "--bind", f"127.0.0.1:{self.port}", "--workers", "2", "--no-worker")
        process = self.begin(*words, limit=limit, **more)
        until = time.monotonic() + START
        while not self.answers():
            assert process.poll() is None and time.monotonic() < until, (
                self.folder / "errors.log"
            ).read_text()
            time.sleep(0.05)
        return process

    def answers(self) -> bool:
        try:
            return Visitor(self, "probe").ask("GET", "/en/").status == 200
        except (OSError, *GONE):
            return False

    def kill(self, process: subprocess.Popen[bytes]) -> None:
        """As a power cut does: the whole group, at once, without a word."""
        try:
            os.killpg(process.pid, signal.SIGKILL)
        except ProcessLookupError:
            pass
        process.wait()

    def end(self, process: subprocess.Popen[bytes]) -> int:
        process.terminate()
        return process.wait(30)

    def clear(self) -> None:
        for process in self.running:
            self.kill(process)
        if self.asked is not None:
            self.asked.kill()
            self.asked.wait()
        shutil.rmtree(self.folder, ignore_errors=True)


def _limited(limit: int) -> Callable[[], None]:
    return lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))


@dataclass
class Answer:
    status: int
    place: str  # where it sends one
    text: str


@dataclass
class Visitor:
    """Somebody with a browser, who sends again what was not answered: the same form, the same cookie."""

    site: Site
    title: str
    language: str = "en"
    cookies: dict[str, str] = field(default_factory=dict)
    acknowledged: bool = False
    number: str = ""
    last: Answer = field(default_factory=lambda: Answer(0, "", ""))

    def ask(self, method: str, path: str, form: dict[str, str] | None = None) -> Answer:
        link = http.client.HTTPConnection("127.0.0.1", self.site.port, timeout=40)
        headers = {"Cookie": "; ".join(f"{k}={v}" for k, v in self.cookies.items())}
        if form is not None:
            headers["Content-Type"] = "application/x-www-form-urlencoded"
        try:
            link.request(method, path, urlencode(form or {}) if method == "POST" else None, headers)
            reply = link.getresponse()
            text = reply.read().decode()
            for line in reply.headers.get_all("Set-Cookie") or []:
                self.cookies |= {name: crumb.value for name, crumb in SimpleCookie(line).items()}
            self.last = Answer(reply.status, reply.headers.get("Location", ""), text)
            return self.last
        finally:
            link.close()

    def send(self, path: str, **form: str) -> Answer:
        return self.ask("POST", path, {"csrfmiddlewaretoken": self.cookies.get("csrftoken", ""), **form})

    @property
    def start(self) -> str:
        return f"/{self.language}/cases/new/consultation/"

    def fill_in(self) -> None:
        """Everything but the last button."""
        self.ask("GET", self.start)
        assert self.send(f"{self.start}begin/").status == 302
        who = {
            "kind": "enterprise",
            "name": "陈记茶业（示例）有限公司",
            "place": "CN",
            "email": "a@example.com",
        }
        question = {"topic": "premises", "title": self.title, "detail": "我们租用园区内的共享办公室。"}
        for step, answers in [("who", {**who, "regno": ""}), ("question", question)]:
            said = self.send(f"{self.start}{step}/", shown=",".join(answers), **answers)
            if said.status == 200:  # an answer brought up a further field; it is optional
                said = self.send(f"{self.start}{step}/", shown="regno", **answers)
            assert said.status == 302, said.text

    def press(self) -> Answer:
        """The last button; the reply that names the page of number and code is the acknowledgement."""
        said = self.send(f"{self.start}check/")
        if said.status == 302 and "lodged" in said.place:
            self.acknowledged = True
        return said

    def read_number(self) -> str:
        said = self.ask("GET", f"/{self.language}/cases/lodged/")
        found = re.search(r"ZX-\d{4}-\d{6}-\d", said.text)
        assert said.status == 200 and found, said
        self.number = found[0]
        return self.number


def insist(deed: Callable[[], Any], seconds: float = 60) -> Any:
    """Do it again while the other side is gone, as an impatient visitor does."""
    until = time.monotonic() + seconds
    while True:
        try:
            return deed()
        except (AssertionError, *GONE):
            if time.monotonic() > until:
                raise
            time.sleep(0.05)
