"""Beside a play the worker waits: what falls due there is done by the play at its own time."""

from __future__ import annotations

import signal
import subprocess
import sys
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.utils import timezone, translation
from tests import people

from qinglian.capabilities.cases.rungs import due_rungs
from qinglian.faults import Fault
from qinglian.web.doctor import WARNING, Diagnosis, examine
from qinglian.web.playing_now import is_played, playing
from qinglian.web.working import Worker

pytestmark = pytest.mark.django_db
HOLD = """
import sys
from pathlib import Path
from django.conf import settings
settings.configure(DATA=Path(sys.argv[1]))
from qinglian.web.playing_now import playing
with playing():
    print("playing", flush=True)
    sys.stdin.read()
"""


@pytest.fixture
def another(tmp_path: Path, settings: Any) -> Iterator[subprocess.Popen[str]]:
    """A process that plays."""
    settings.DATA, settings.LOG_WITNESSES = tmp_path, tmp_path / "none"
    words = [sys.executable, "-c", HOLD, str(tmp_path)]
    process = subprocess.Popen(words, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None and process.stdout.readline() == "playing\n"
    yield process
    process.kill()
    process.wait()


def findings(now: datetime) -> list[Diagnosis]:
    with translation.override("en"):
        return [each for each in examine(now) if "being played" in each.said]


def test_the_worker_waits_for_a_play_and_a_killed_one_holds_nobody_up(
    another: subprocess.Popen[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    people.units()
    people.li(), people.chen_asks()
    monkeypatch.setattr(signal, "signal", lambda *_: None)
    now = people.MONDAY + timedelta(days=60)
    monkeypatch.setattr("django.utils.timezone.now", lambda: now)
    assert due_rungs(now).exists() and is_played()
    assert Worker().work(once=True) == 0 and due_rungs(now).exists(), "nothing at today's time"
    said = findings(now)
    assert [each.state for each in said] == [WARNING] and said[0].mend
    with pytest.raises(Fault, match="another process"), playing():
        pass
    another.send_signal(signal.SIGKILL)
    another.wait()
    assert not is_played() and not findings(now)
    assert Worker().work(once=True) > 0 and not due_rungs(timezone.now()).exists()
