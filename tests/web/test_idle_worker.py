"""The worker while there is nothing to do: one query a round, and still nothing waits longer than it may."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from tests import people

from qinglian.capabilities.cases.models import CaseEvent
from qinglian.capabilities.ledger.models import Checkpoint, Entry
from qinglian.capabilities.notices.models import Notice
from qinglian.web import working
from qinglian.web.working import Worker, jobs, waits

pytestmark = pytest.mark.django_db


@pytest.fixture
def idle(units: None, tmp_path: Any, settings: Any) -> Worker:
    """A worker with nothing left to do, in a zone with a case whose clock runs."""
    from qinglian.capabilities.ledger.actions import open_trees

    settings.DATA, settings.LOG_WITNESSES = tmp_path, tmp_path / "none.toml"
    settings.MAIL_READY = True
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    open_trees(timezone.now())
    people.li(), people.zhao(), people.chen_asks(timezone.now())
    worker = Worker()
    worker.next = dict.fromkeys(worker.jobs, time.monotonic() + 600)  # all others had their turn just now
    while worker.round():
        pass
    return worker


def test_an_idle_round_asks_one_question(idle: Worker) -> None:
    for _round in range(3):
        with CaptureQueriesContext(
            connection,
        ) as asked:
            assert idle.round() == 0
        assert len(asked) == 1, [each["sql"] for each in asked]
        assert asked[0]["sql"].count("EXISTS") >= len(waits())


def test_what_must_not_wait_is_done_in_the_round_that_finds_it(
    idle: Worker, monkeypatch: pytest.MonkeyPatch
) -> None:
    entries = Entry.objects.count()
    people.chen_asks(timezone.now(), secret="another")  # its notice is for the unit: no letter
    assert Entry.objects.filter(index=None).exists()
    assert idle.round() > 0
    assert not Entry.objects.filter(index=None).exists() and Entry.objects.count() > entries
    assert (
        Checkpoint.objects.filter(tree="restricted").latest("size").size
        == Entry.objects.filter(log="restricted").count()
    )
    Notice.objects.create(
        kind="lodged", subject="x", language="en", email="a@example.com", queued_at=timezone.now()
    )
    assert idle.round() > 0 and not Notice.objects.exclude(email="").filter(sent_at=None).exists()
    later = timezone.now() + timedelta(days=9)
    monkeypatch.setattr("django.utils.timezone.now", lambda: later)
    assert idle.round() > 0 and CaseEvent.objects.filter(actor="system").exists(), "a rung was due"


def test_every_other_job_has_its_turn_after_a_while(idle: Worker, monkeypatch: pytest.MonkeyPatch) -> None:
    tried: list[str] = []

    def note(name: str) -> Callable[[Any, int], int]:
        return lambda _now, _limit: tried.append(name) or 0  # type: ignore[func-returns-value]

    idle.jobs = {name: note(name) for name in jobs()}
    clock = iter(range(0, 10_000, 3))
    monkeypatch.setattr(working.time, "monotonic", lambda: float(next(clock)))
    idle.next = dict.fromkeys(idle.jobs, 5.0)
    idle.round()
    assert tried == []
    for _round in range(3):
        idle.round()
    assert set(tried) == set(jobs())


def test_the_pauses_leave_the_second_that_was_promised() -> None:
    assert working.LONGEST <= 0.5
    assert set(waits()) <= set(jobs()), "what waits belongs to a job"


def test_a_database_that_does_not_answer_stops_nothing(idle: Worker, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(_now: Any) -> set[str]:
        raise RuntimeError

    broken.questions = idle.due.questions  # type: ignore[attr-defined]
    monkeypatch.setattr(idle, "due", broken)
    people.chen_asks(timezone.now(), secret="another")
    assert idle.round() > 0 and not Entry.objects.filter(index=None).exists()


def test_a_long_job_holds_no_other_up(idle: Worker) -> None:
    """It is begun once, on a thread of its own, and the others have their turns meanwhile."""
    may_end, done = threading.Event(), []

    def takes_minutes(_now: Any, _limit: int) -> int:
        done.append("begun")
        may_end.wait(20)
        return 1

    idle.jobs = {"long": takes_minutes, "short": lambda _now, _limit: done.append("short") or 0}
    idle.long, idle.next = {"long"}, {}
    idle.round()
    idle.next = {}
    idle.round()
    assert idle.beside is not None and idle.beside.is_alive()
    assert sorted(done) == ["begun", "short", "short"]
    may_end.set()
    idle.beside.join(20)
    assert not idle.beside.is_alive()


def test_figures_are_a_long_job() -> None:
    assert working.long_jobs() == {"qinglian.capabilities.figures.actions.compute_due"} <= set(jobs())
