"""The disk is full, the database locked or away: a clear page in the reader's language, and nothing half."""

from __future__ import annotations

import os
import sqlite3
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
import pytest
from tests.faults.rounds import holds
from tests.faults.running_site import Answer, Site, Visitor, insist

SAYS = {
    "zh-hans": ('<html lang="zh-Hans">', "暂时无法办理"),
    "zh-hant": ('<html lang="zh-Hant-HK">', "暫時無法辦理"),
    "en": ('<html lang="en">', "This cannot be done right now"),
}


def says_so(said: Answer, language: str) -> None:
    tag, heading = SAYS[language]
    assert said.status == 503 and tag in said.text
    first, *others = said.text.split("<section")
    assert heading in first and len(others) == 2 and "Traceback" not in said.text


def visitor(site: Site, n: int) -> Visitor:
    return Visitor(site, f"room {n} {site.port}", list(SAYS)[n % 3])


@contextmanager
def locked(site: Site) -> Iterator[None]:
    """Another process holds what a lodging needs, longer than the server waits."""
    if site.database:
        with psycopg.connect(site.database) as link:
            link.execute("LOCK TABLE cases_numberseries IN EXCLUSIVE MODE")
            yield
        return
    link = sqlite3.connect(site.folder / "qinglian.sqlite3", isolation_level=None)
    link.execute("BEGIN IMMEDIATE")
    yield
    link.execute("ROLLBACK")
    link.close()


@pytest.mark.parametrize("site", ["sqlite", "postgresql"], indirect=True)
def test_a_locked_database_is_a_page_and_the_same_form_goes_through_later(site: Site) -> None:
    server = site.serve(QINGLIAN_BUSY_SECONDS="0.4")
    everybody = [visitor(site, n) for n in range(3)]
    for each in everybody:
        each.fill_in()
    with locked(site):
        for each in everybody:
            began = time.monotonic()
            says_so(each.press(), each.language)
            assert time.monotonic() - began < 10
            assert each.ask("GET", f"/{each.language}/cases/").status == 200, "what only reads goes on"
    for each in everybody:
        assert each.press().status == 302
        each.read_number()
    site.end(server)
    holds(site, everybody)


def fill_up(site: Site, **more: int) -> list[Visitor]:
    """Lodge until there is no room; the last one is told so. Then there is room again."""
    server = site.serve(**more)  # type: ignore[arg-type]
    everybody: list[Visitor] = []
    for n in range(200):
        each = visitor(site, n)
        everybody.append(each)
        try:
            each.fill_in()
        except AssertionError:  # already a draft found no room
            says_so(each.last, each.language)
            break
        if (said := each.press()).status != 302:
            says_so(said, each.language)
            break
    else:
        raise AssertionError("there was room for all")
    site.kill(server)
    return everybody


def all_go_through(site: Site, everybody: list[Visitor]) -> None:
    server = site.serve()
    for each in everybody:
        if not each.acknowledged:
            insist(each.fill_in, 5)
            assert each.press().status == 302
        each.read_number()
    site.end(server)
    holds(site, everybody)


@pytest.mark.parametrize("site", ["sqlite"], indirect=True)
def test_no_file_may_grow_any_more(site: Site) -> None:
    database = site.folder / "qinglian.sqlite3"
    everybody = fill_up(site, limit=max(database.stat().st_size + 60_000, 700_000))
    assert len(everybody) > 1
    all_go_through(site, everybody)


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    folder = tmp_path / "small"
    folder.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=12m", "tmpfs", str(folder)]
    if os.geteuid() != 0 or subprocess.run(mount, capture_output=True).returncode != 0:
        pytest.skip("a full disk: no small file system can be mounted here (needs root)")
    yield folder
    subprocess.run(["umount", "-l", str(folder)], check=True)


@pytest.mark.parametrize("site", ["sqlite"], indirect=True)
def test_a_full_disk_is_a_page_and_nothing_is_half(site: Site, small_disk: Path) -> None:
    (site.folder / "static").rename(small_disk.parent / "static")
    subprocess.run(["cp", "-r", f"{site.folder}/.", str(small_disk)], check=True)
    (small_disk / "static").symlink_to(small_disk.parent / "static")
    full = Site(small_disk)
    ballast = small_disk / "ballast"
    room = os.statvfs(small_disk)
    ballast.write_bytes(bytes(max(0, room.f_bavail * room.f_frsize - 900_000)))
    try:
        everybody = fill_up(full)
        ballast.unlink()
        all_go_through(full, everybody)
    finally:
        for process in full.running:
            full.kill(process)
        if full.asked is not None:
            full.asked.kill()


@pytest.mark.parametrize("site", ["postgresql"], indirect=True)
def test_a_database_that_is_away_is_a_page(site: Site) -> None:
    server = site.serve()
    each = visitor(site, 1)
    each.fill_in()
    name = site.database.rpartition("/")[2].partition("?")[0]
    with psycopg.connect(site.database.replace(name, "postgres"), autocommit=True) as link:
        link.execute(f'ALTER DATABASE "{name}" ALLOW_CONNECTIONS false')
        link.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s", [name])
        says_so(each.press(), each.language)
        link.execute(f'ALTER DATABASE "{name}" ALLOW_CONNECTIONS true')
    assert each.press().status == 302
    each.read_number()
    site.end(server)
    holds(site, [each])
