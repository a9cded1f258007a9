"""The worker: every job that a capability declares in its apps.py, over and over, until asked to end.

What must not wait (`waits` in apps.py: job → what it would find) is asked for in one query. Where nothing is
due a round is that query, and the pauses grow to `LONGEST`: to number an entry may take a second. Everything
else, and whatever the query does not see, is tried every `SELDOM` seconds. A job that may take minutes
(`long_jobs` in apps.py) runs on a thread of its own, one at a time, while the others go on; it must write at
its end and all at once, since it is cut off where the worker ends.
"""

from __future__ import annotations

import logging
import os
import signal
import threading
import time
from collections.abc import Callable
from datetime import datetime
from typing import Any

from django.apps import apps
from django.db import connections
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.module_loading import import_string

from qinglian.capabilities.access.waiting import AnyOf
from qinglian.web.playing_now import is_played

Job = Callable[[datetime, int], int]
Waits = Callable[[datetime], QuerySet[Any]]
LIMIT = 20  # of one job in one pass: each gets its turn
EMPTY, LONGEST = 0.1, 0.5  # seconds of sleep when nothing was due: at first, and after a while
SELDOM = 10.0  # seconds between two tries of a job for which nothing is known to wait
LONGEST_REST = 60.0  # seconds, for a job that fails again and again
_log = logging.getLogger(__name__)


def jobs() -> dict[str, Job]:
    """`jobs = ["qinglian.capabilities.cases.rungs.fire_due"]`: each does what is due, and says how much."""
    names = [name for config in apps.get_app_configs() for name in getattr(config, "jobs", [])]
    return {name: import_string(name) for name in names}


def waits() -> dict[str, Waits]:
    """Job → the rows that it would find at a moment."""
    found = {
        name: rows for each in apps.get_app_configs() for name, rows in getattr(each, "waits", {}).items()
    }
    return {name: import_string(rows) for name, rows in found.items()}


def long_jobs() -> set[str]:
    return {name for each in apps.get_app_configs() for name in getattr(each, "long_jobs", [])}


class Worker:
    def __init__(self) -> None:
        self.jobs, self.long = jobs(), long_jobs()
        self.beside: threading.Thread | None = None  # what a long job runs on
        self.due = AnyOf(waits())
        self.next: dict[str, float] = {}  # job → when it is tried though nothing is known to wait
        self.resting: dict[str, tuple[float, float]] = {}  # job → until when, for how long
        self.ending = threading.Event()
        self.waiting = False  # for a demonstration that is being played

    def work(self, once: bool = False, beside: int | None = None) -> int:
        """Until SIGTERM or SIGINT; once: until nothing more is due; beside: until that parent has ended."""
        for each in (signal.SIGTERM, signal.SIGINT):
            signal.signal(each, lambda *_: self.ending.set())
        total, pause = 0, EMPTY
        while not self.ending.is_set() and (beside is None or os.getppid() == beside):
            if self._waits_for_a_play():
                if once:
                    break
                self.ending.wait(LONGEST)
                continue
            done = self.round(everything=once)
            total += done
            if done:
                pause = EMPTY
                continue
            if once:
                break
            self.ending.wait(pause)
            pause = min(pause * 1.5, LONGEST)
        return total

    def _waits_for_a_play(self) -> bool:
        """While a demonstration is played nothing is done at today's time: the play does it at its own."""
        played = is_played()
        if played != self.waiting:
            self.waiting = played
            said = "a demonstration is being played: nothing is done until it ends" if played else "it ended"
            _log.warning(said)
        return played

    def round(self, everything: bool = False) -> int:
        """Do what waits, and what has not been tried for a while; how much was done."""
        began, done = time.monotonic(), 0
        due = set(self.jobs) if everything else self._due()
        for name, job in self.jobs.items():
            if self.ending.is_set():
                break
            if name in due or self.next.get(name, 0.0) <= began:
                n = self._start(name, job) if name in self.long and not everything else self._try(name, job)
                self.next[name] = began if n else began + SELDOM  # whoever did something may have more to do
                done += n
        return done

    def _due(self) -> set[str]:
        try:
            return self.due(timezone.now())
        except Exception:  # each job says for itself what is wrong, and rests
            return set(self.due.questions)

    def _start(self, name: str, job: Job) -> int:
        """On a thread, unless one is at work; nothing is done yet, so it counts as nothing."""
        if self.beside is None or not self.beside.is_alive():
            self.beside = threading.Thread(target=self._alone, args=(name, job), name=name, daemon=True)
            self.beside.start()
        return 0

    def _alone(self, name: str, job: Job) -> None:
        try:
            self._try(name, job)
        finally:
            connections.close_all()

    def _try(self, name: str, job: Job) -> int:
        until, rest = self.resting.get(name, (0.0, 0.5))
        if time.monotonic() < until:
            return 0
        try:
            done = job(timezone.now(), LIMIT)
        except Exception:
            _log.exception("the job %s failed and is tried again in %d s", name, rest * 2)
            connections.close_all()
            rest = min(rest * 2, LONGEST_REST)
            self.resting[name] = (time.monotonic() + rest, rest)
            return 0
        self.resting.pop(name, None)
        return done
