"""A platform says what it lacks, is watched without watching anybody, and comes up from an old backup."""

from __future__ import annotations

import gzip
import json
import logging
import os
import subprocess
import sys
from datetime import timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.utils.translation import override
from tests import people
from tests.people import MONDAY
from tests.web.conftest import NOW

from qinglian.capabilities.cases.models import ClockRung
from qinglian.capabilities.interfaces.models import Hook
from qinglian.capabilities.ledger.actions import open_trees, sequence
from qinglian.capabilities.ledger.models import Cosigner
from qinglian.capabilities.notices.actions import queue_notice
from qinglian.capabilities.notices.models import Notice
from qinglian.web import backups, doctor
from qinglian.web.log_lines import JsonLines
from qinglian.zone.current import current

PREVIOUS = Path(__file__).parent / "previous"


@pytest.fixture
def platform(units: None, tmp_path: Path, settings: Any) -> Path:
    settings.DATA, settings.LOG_WITNESSES = tmp_path, tmp_path / "witnesses.toml"
    settings.MAIL_READY = True
    open_trees(MONDAY)
    while sequence(MONDAY):
        pass
    return tmp_path


def found(about: str, now: Any = NOW) -> list[doctor.Diagnosis]:
    with override("en"):
        return [each for each in doctor.examine(now) if each.about == about]


def states(about: str, now: Any = NOW) -> set[str]:
    return {each.state for each in found(about, now)}


def test_every_finding_that_is_not_good_says_what_to_do(platform: Path) -> None:
    everything = list(doctor.examine(NOW))
    assert len({each.about for each in everything}) >= 10
    assert all(each.said for each in everything)
    assert all(each.mend for each in everything if each.state != "good")


def test_settings_that_would_shame_an_office_are_bad(
    platform: Path, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert states("settings") == {"good"}
    settings.DEBUG = True
    assert "bad" in states("settings")
    settings.DEBUG = False
    object.__setattr__(current(), "demonstration", False)
    try:
        assert "bad" in states("settings")  # in clear
        settings.SECURE, settings.PUBLIC_URL = True, "https://zone.example"
        settings.ALLOWED_HOSTS = ["zone.example"]
        assert states("settings") == {"good"}
        settings.ALLOWED_HOSTS = ["*"]
        assert "bad" in states("settings")
    finally:
        object.__setattr__(current(), "demonstration", True)


def test_keys_that_others_can_read_are_bad(platform: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("QINGLIAN_SECRET_KEY", raising=False)
    file = platform / "secret.key"
    file.write_text("x")
    file.chmod(0o644)
    assert "bad" in states("keys")
    file.chmod(0o600)
    assert "bad" not in states("keys")


def test_an_act_of_several_and_a_risk_are_held_against_posts_and_figures(platform: Path) -> None:
    """A council of two where one head sits, and a figure that nobody computes: no pack can know that."""
    said = {each.said: each.mend for each in found("cases") if each.state == "bad"}
    refusing = "refuse of support-request cannot be done in Enterprise service centre (example): 1 more"
    granting = "grant of support-request cannot be done in Enterprise service centre (example): 2 more"
    assert any(each.startswith(refusing) for each in said) and any(each.startswith(granting) for each in said)
    people.zhao()
    people.li()
    said = {each.said: each.mend for each in found("cases") if each.state == "bad"}
    assert not any("refuse of support-request" in each for each in said)
    assert any("grant of support-request" in each and ": 1 more" in each for each in said)
    risk = current().matters["support-request"].risks[0]
    object.__setattr__(risk, "figure", "cases.refussed")
    try:
        (unknown,) = [each for each in found("cases") if each.state == "warning"]
    finally:
        object.__setattr__(risk, "figure", "cases.refused")
    assert "names the figure cases.refussed" in unknown.said
    assert unknown.mend == "Write one of these in the pack: cases.refused"


def test_a_full_disk_is_seen(platform: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    room = type("Usage", (), {"free": 50_000_000})
    monkeypatch.setattr("shutil.disk_usage", lambda _path: room)
    assert states("disk") == {"bad"}
    room.free = 500_000_000
    assert states("disk") == {"warning"}


def test_a_backup_that_is_old_or_was_never_made(platform: Path) -> None:
    assert states("backups") == {"warning"}  # of a demonstration
    (platform / backups.LAST).write_text((NOW - timedelta(days=2)).isoformat())
    assert states("backups") == {"good"}
    assert states("backups", NOW + timedelta(days=9)) == {"bad"}


def test_a_clock_that_was_set_back_is_seen(platform: Path) -> None:
    file = platform / "q.sqlite3"
    file.write_text("")
    os.utime(file, (NOW.timestamp() + 3600,) * 2)
    assert states("clock") == {"bad"}
    os.utime(file, (NOW.timestamp() - 3600,) * 2)
    assert states("clock") == {"good"}


def test_a_year_without_a_calendar_is_seen(platform: Path) -> None:
    last = max(year.year for year in current().calendars["CN"].years)
    assert states("calendars") == {"good"}
    assert "bad" in states("calendars", NOW.replace(year=last + 1))
    november = found("calendars", NOW.replace(month=11))
    projected = {
        name
        for name, calendar in current().calendars.items()
        if {y.year: y.status for y in calendar.years}.get(NOW.year + 1) == "projected"
    }
    warned = " ".join(each.said for each in november if each.state == "warning")
    assert not [name for name in projected if name not in warned]


def test_an_outbox_that_does_not_move_is_seen(platform: Path, settings: Any) -> None:
    assert states("notices") == {"good"}
    queue_notice("news", "ZX-1", NOW - timedelta(hours=1), email="he@example.com")
    assert states("notices") == {"bad"}  # late
    Notice.objects.update(stuck=True)
    assert states("notices") == {"bad"}
    Notice.objects.all().delete()
    settings.MAIL_READY = False
    assert states("notices") == {"warning"}


def test_deadlines_that_nobody_tells_are_seen(platform: Path) -> None:
    people.chen_asks()
    assert "every step of a deadline that is due has been taken" in {each.said for each in found("cases")}
    ClockRung.objects.update(due=NOW - timedelta(days=1))
    (late,) = [each for each in found("cases") if each.mend == "Start the worker: qinglian site work"]
    assert late.state == "bad"


def test_a_log_without_a_sequencer_and_a_witness_that_is_silent_are_seen(
    platform: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert states("ledger") == {"good", "warning"}  # nobody watches
    people.chen_asks()
    assert "bad" in states("ledger", NOW + timedelta(minutes=5))
    while sequence(NOW):
        pass
    assert "bad" not in states("ledger", NOW + timedelta(minutes=5))
    known = [SimpleNamespace(name="silent.example/w")]
    monkeypatch.setattr("qinglian.capabilities.ledger.diagnosing.witnesses", lambda: known)
    Cosigner.objects.create(tree_id="restricted", name="silent.example/w", size=0)
    assert "silent" in " ".join(each.said for each in found("ledger") if each.state == "warning")
    Cosigner.objects.update(trouble="refused")
    assert "bad" in states("ledger")


def test_hooks_that_rest_are_seen(platform: Path) -> None:
    from django.contrib.auth import get_user_model

    user = get_user_model().objects.create_user("a-1", password=people.PASSWORD)
    Hook.objects.create(user=user, url="https://x.example/", events=[], seed="", made_at=NOW, resting=True)
    assert states("interfaces") == {"warning"}


def test_a_check_that_breaks_is_a_finding_and_the_others_go_on(
    platform: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("shutil.disk_usage", lambda _path: 1 / 0)
    assert [(each.state, "ZeroDivisionError" in each.said) for each in found("disk")] == [("bad", True)]
    assert states("database") == {"good"}


def test_health_says_whether_the_database_answers(units: None, monkeypatch: pytest.MonkeyPatch) -> None:
    assert Client().get("/health/live").status_code == 200
    assert Client().get("/health/ready").status_code == 200
    monkeypatch.setattr("qinglian.web.views.is_up", lambda: False)
    assert Client().get("/health/ready").status_code == 503
    assert Client().get("/health/live").status_code == 200


def test_metrics_are_for_whoever_has_the_token_and_name_no_path(units: None, settings: Any) -> None:
    lodged = people.chen_asks()
    Client().get(f"/en/cases/track/{lodged.number}/")
    assert Client().get("/metrics").status_code == 404
    settings.METRICS_TOKEN = "a token of the tests"
    assert Client().get("/metrics", headers={"Authorization": "Bearer wrong"}).status_code == 404
    told = Client().get("/metrics", headers={"Authorization": "Bearer a token of the tests"}).content.decode()
    assert 'qinglian_requests_total{method="GET",status="302",view="cases:status"}' in told
    assert "qinglian_cases_open 1.0" in told and "qinglian_letters_stuck 0.0" in told
    assert lodged.number not in told


def line(record: logging.LogRecord) -> dict[str, Any]:
    said: dict[str, Any] = json.loads(JsonLines().format(record))
    return said


def test_the_log_of_the_server_says_nothing_of_anybody(units: None, caplog: pytest.LogCaptureFixture) -> None:
    lodged = people.chen_asks()
    with caplog.at_level(logging.INFO, logger="qinglian.requests"):
        browser = Client(raise_request_exception=False)
        browser.get(f"/en/cases/track/{lodged.number}/nothing/here/", headers={"User-Agent": "wagent"})
        browser.get("/en/answers/?q=wsearched", REMOTE_ADDR="203.0.113.7")
    told = "\n".join(json.dumps(line(record)) for record in caplog.records)
    assert "cases:answers" in told
    assert not [word for word in (lodged.number, "wsearched", "203.0.113.7", "wagent") if word in told]


def test_an_error_in_the_log_has_its_place_and_not_its_words() -> None:
    try:
        raise ValueError("陈 lives at 1 Road")
    except ValueError:
        record = logging.LogRecord("qinglian", logging.ERROR, __file__, 1, "a job failed", (), sys.exc_info())
    told = line(record)
    assert told["error"] == "ValueError" and "test_operation.py" in told["where"][-1]
    assert "Road" not in json.dumps(told, ensure_ascii=False)


@pytest.mark.skipif(connection.vendor != "sqlite", reason="the previous release's backup is of SQLite")
def test_the_backup_of_the_previous_release_comes_up_and_every_invariant_holds(tmp_path: Path) -> None:
    """In processes of their own, by the commands that whoever upgrades types."""
    data = tmp_path / "data"
    data.mkdir()
    (data / "secret.key").write_text((PREVIOUS / "secret.key").read_text().strip())
    (data / "keys").mkdir()
    for key in (PREVIOUS / "keys").iterdir():
        (data / "keys" / key.name).write_bytes(key.read_bytes())
        (data / "keys" / key.name).chmod(0o600)
    environment = {k: v for k, v in os.environ.items() if k not in ("DATABASE_URL", "DJANGO_SETTINGS_MODULE")}
    environment |= {"QINGLIAN_DATA": str(data), "QINGLIAN_LANG": "en"}
    environment.pop("QINGLIAN_SECRET_KEY", None)

    def site(*words: str) -> str:
        command = [sys.executable, "-m", "qinglian", "site", *words]
        done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=300)
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    backup = tmp_path / "backup.tar"
    backup.write_bytes(gzip.decompress((PREVIOUS / "backup.tar.gz").read_bytes()))
    site("restore", str(backup))
    site("prepare")
    assert "every row is what was logged" in site("log", "compare")
    code = """
import os; os.environ["DJANGO_SETTINGS_MODULE"] = "qinglian.web.settings"
import django; django.setup()
from qinglian.capabilities.cases.models import Case
from qinglian.capabilities.cases.queries import refolded
numbers = list(Case.objects.values_list("number", flat=True))
wrong = [n for n in numbers if (lambda f, r: f.state != r["state"])(*refolded(n))]
print(len(numbers), wrong)
"""
    done = subprocess.run([sys.executable, "-c", code], env=environment, capture_output=True, text=True)
    assert done.stdout.split(None, 1)[0] == (PREVIOUS / "cases.txt").read_text().strip(), done.stderr
    assert done.stdout.strip().endswith("[]")
