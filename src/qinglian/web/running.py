"""What the `site` command does, once Django is set up."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from datetime import datetime
from typing import Any

from django.conf import settings
from django.core.checks import run_checks
from django.core.management import call_command
from gunicorn.app.base import BaseApplication
from gunicorn.arbiter import Arbiter

from qinglian.capabilities.cases.actions import arm_clocks, publish_calendar
from qinglian.capabilities.ledger.actions import keep_pack, open_trees
from qinglian.capabilities.parties.actions import keep_units
from qinglian.capabilities.parties.factors import give_demonstration_factors
from qinglian.faults import Fault, Faults
from qinglian.faults import noop as _
from qinglian.web import own_witness
from qinglian.web.beside import Companions
from qinglian.web.demonstration.leaving import mark
from qinglian.web.fence import raise_fence, stands_or_stop
from qinglian.web.measuring import forget_process, prepare_folder
from qinglian.web.statistics import refresh_statistics
from qinglian.zone.current import current


def refuse_unguarded() -> None:
    """Stop here when anything that the checks call an error is found: a view without a policy, above all."""
    found = [each for each in run_checks() if each.is_serious() and not each.is_silenced()]
    if found:
        raise Faults([Fault(_("%(what)s; mend the code"), what=f"{each.id} {each.msg}") for each in found])


def collect() -> None:
    """Add what pages of today are drawn with, and remove nothing: a page of yesterday asks for its own."""
    call_command("collectstatic", verbosity=0, interactive=False)


def prepare(now: datetime, tell: Callable[[Fault], object] | None = None) -> dict[str, int]:
    """Bring database, units, calendars and static files in step with code and pack; safe to run again.

    tell: what hears that the second fence could not be built. Returns how many due moments each newly
    published calendar moved.
    """
    refuse_unguarded()
    settings.DATA.mkdir(parents=True, exist_ok=True)
    call_command("migrate", verbosity=0, interactive=False)
    call_command("createcachetable", verbosity=0)
    raise_fence(*([tell] if tell else []))
    collect()
    open_trees(now)
    keep_pack(current(), now)
    keep_units(current(), now)
    give_demonstration_factors()
    mark(now)
    moved = {calendar: publish_calendar(calendar, now) for calendar in current().calendars}
    arm_clocks(now)
    refresh_statistics()
    return moved


class Server(BaseApplication):
    """gunicorn in this process: few processes, so that few write at once, with four threads each.

    A browser opens connections that it may never use; a process without threads would wait on each.
    """

    def __init__(self, bind: str, workers: int, companions: Companions) -> None:
        self.companions = companions
        self.choices: dict[str, Any] = {
            "bind": bind,
            "workers": workers,
            "worker_class": "gthread",
            "threads": 4,
            "accesslog": None,  # no address of a visitor is kept
            "control_socket_disable": True,
            "loglevel": "warning",
            "preload_app": False,
            "child_exit": lambda _arbiter, worker: forget_process(worker.pid),
            "on_exit": lambda _arbiter: companions.end(),  # in the master alone
        }
        super().__init__()

    def load_config(self) -> None:
        for key, value in self.choices.items():
            if key in self.cfg.settings:
                self.cfg.set(key, value)

    def load(self) -> Any:
        from qinglian.web.wsgi import application

        return application

    def run(self) -> None:
        Master(self).run()


class Master(Arbiter):
    """gunicorn's own, which looks after the processes beside the server as well."""

    def murder_workers(self) -> None:
        super().murder_workers()
        self.app.companions.keep()


def worker_command() -> list[str]:
    zone = str(settings.ZONE_FOLDER)
    return [sys.executable, "-m", "qinglian", "site", "--zone", zone, "work", "--beside", str(os.getpid())]


def serve(bind: str, workers: int, worker: bool = True) -> None:
    refuse_unguarded()
    stands_or_stop()
    settings.DATA.mkdir(parents=True, exist_ok=True)
    prepare_folder(settings.DATA)
    beside = [worker_command()] if worker else []
    beside += [witness] if (witness := own_witness.command()) else []
    Server(bind, workers, Companions(beside)).run()
