"""The worker: every job that a capability declares in its apps.py, over and over, until asked to end."""

from __future__ import annotations

import logging
import os
import signal
import threading
import time
from collections.abc import Callable
from datetime import datetime

from django.apps import apps
from django.db import connections
from django.utils import timezone
from django.utils.module_loading import import_string

Job = Callable[[datetime, int], int]
LIMIT = 20  # of one job in one pass: each gets its turn
EMPTY = 0.2  # seconds of sleep when nothing was due
LONGEST_REST = 60.0  # seconds, for a job that fails again and again
_log = logging.getLogger(__name__)


def jobs() -> dict[str, Job]:
    """`jobs = ["qinglian.capabilities.cases.rungs.fire_due"]`: each does what is due, and says how much."""
    names = [name for config in apps.get_app_configs() for name in getattr(config, "jobs", [])]
    return {name: import_string(name) for name in names}


class Worker:
    def __init__(self) -> None:
        self.jobs = jobs()
        self.resting: dict[str, tuple[float, float]] = {}  # job → until when, for how long
        self.ending = threading.Event()

    def work(self, once: bool = False, beside: int | None = None) -> int:
        """Until SIGTERM or SIGINT; once: until nothing more is due; beside: until that parent has ended."""
        for each in (signal.SIGTERM, signal.SIGINT):
            signal.signal(each, lambda *_: self.ending.set())
        total = 0
        while not self.ending.is_set() and (beside is None or os.getppid() == beside):
            done = self.once_round()
            total += done
            if not done:
                if once:
                    break
                self.ending.wait(EMPTY)
        return total

    def once_round(self) -> int:
        return sum(self._try(name, job) for name, job in self.jobs.items() if not self.ending.is_set())

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
