"""A demonstration that was killed is begun anew, and none is carried into an office."""

from __future__ import annotations

import shutil
import signal
import sqlite3
import subprocess
import sys
import time
from contextlib import closing
from pathlib import Path

from tests.faults.conftest import own_database
from tests.faults.running_site import ROOT, Site

PLAY = ("demo", "--cases", "16", "--until", "2021-04-01")  # the calendar begins with that year


def said(site: Site, *words: str, **more: str) -> tuple[int, str]:
    whole = [sys.executable, "-m", "qinglian", "site", *words]
    done = subprocess.run(whole, cwd=ROOT, env=site.environment(**more), capture_output=True, text=True)
    return done.returncode, done.stdout + done.stderr


def _count(file: Path, table: str) -> int:
    with closing(sqlite3.connect(file)) as line:
        (n,) = line.execute(f"SELECT count(*) FROM {table}").fetchone()
        return int(n)


def test_a_play_that_is_killed_is_begun_anew_and_none_is_carried_into_an_office(tmp_path: Path) -> None:
    site, office = Site(tmp_path / "data"), tmp_path / "office"
    file = site.folder / "qinglian.sqlite3"
    site.command("prepare")
    play = subprocess.Popen(
        [sys.executable, "-m", "qinglian", "site", *PLAY], cwd=ROOT, env=site.environment(),
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    while play.poll() is None and _count(file, "cases_caseevent") < 12:
        time.sleep(0.05)
    play.send_signal(signal.SIGKILL)
    play.wait()
    left = _count(file, "cases_case")
    assert play.returncode == -signal.SIGKILL and 0 < left < 16
    code, told = said(site, *PLAY)
    assert code == 0 and "ended in the middle" in told and "the demonstration is ready" in told, told
    assert _count(file, "cases_case") >= 16
    code, told = said(site, "demo", "--check")
    assert code == 0 and "✗" not in told and told.count("✓") >= 9, told

    shutil.copytree(ROOT / "zones" / "qianhai", office)
    zone = (office / "zone.toml").read_text("utf-8")
    (office / "zone.toml").write_text(zone.replace("demonstration = true", "demonstration = false"), "utf-8")
    for words in (["prepare"], ["run"]):
        code, told = said(site, *words, QINGLIAN_ZONE=str(office))
        assert code == 1 and "site demo --wipe" in told, (words, told)
        if words == ["prepare"]:
            assert _count(file, "cases_case") >= 16, "a refusal removes nothing"
    code, told = said(site, "demo", "--wipe", QINGLIAN_ZONE=str(office))
    assert code == 0 and not file.exists() and not list(site.folder.glob("keys/*")), told
    assert not (site.folder / "mail").exists()
    site.command("prepare", QINGLIAN_ZONE=str(office))
    assert (
        _count(file, "cases_case") == _count(file, "parties_person") == _count(file, "web_demonstration") == 0
    )
    code, told = said(site, "demo", "--wipe", QINGLIAN_ZONE=str(office))
    assert code == 1 and "no demonstration here" in told and file.exists(), "an office is never wiped"


def test_on_postgresql_too_a_demonstration_is_wiped_whole(tmp_path: Path) -> None:
    import psycopg
    import pytest

    with own_database("wiped") as url:
        if not url:
            pytest.skip("wiping on PostgreSQL: none answered; set DATABASE_URL")
        site = Site(tmp_path / "data", url)
        site.command("prepare")
        with psycopg.connect(url, autocommit=True) as line:
            line.execute("CREATE SCHEMA other")
            line.execute("CREATE TABLE other.kept (n integer)")
        site.command("demo", "--wipe")
        with psycopg.connect(url) as line:
            left = line.execute(
                "SELECT schemaname, tablename FROM pg_tables WHERE tableowner = current_user"
                " AND schemaname NOT LIKE 'pg\\_%' AND schemaname <> 'information_schema'"
            )
            assert left.fetchall() == [("other", "kept")]
