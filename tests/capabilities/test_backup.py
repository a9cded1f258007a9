"""Backups come back whole, and never fork a log: drilled with the command that people run."""

from __future__ import annotations

import hashlib
import io
import json
import os
import shutil
import sqlite3
import subprocess
import sys
import tarfile
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import pytest

pytestmark = pytest.mark.once

ROOT = Path(__file__).parents[2]
ACT = """
import sys, django; django.setup()
from django.utils import timezone
from tests import people
from qinglian.capabilities.ledger.actions import sequence
now = timezone.now()
for k in range({n}):
    people.chen_asks(now, secret=f"{name}{{k}}")
while {sign} and sequence(timezone.now()):
    pass
"""

TAKE = """
import django; django.setup()
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone
from qinglian.capabilities.files.actions import take_in
from qinglian.capabilities.files.limits import Limits
take_in(SimpleUploadedFile("a.txt", b"{text}"), Limits(("txt",), 1, 5), timezone.now(), holder="case:1")
"""
PAPERS = hashlib.sha256(b"papers").hexdigest()


class Site:
    """A platform in a folder of its own, worked on by commands alone."""

    def __init__(self, data: Path) -> None:
        self.data = data
        ours = {
            k: v for k, v in os.environ.items() if not k.startswith(("QINGLIAN_", "DATABASE_", "DJANGO_"))
        }
        self.environment = ours | {
            "QINGLIAN_DATA": str(data), "QINGLIAN_ZONE": str(ROOT / "zones" / "qianhai"),
            "QINGLIAN_LANG": "en", "PYTHONPATH": f"{ROOT / 'src'}:{ROOT}",
            "DJANGO_SETTINGS_MODULE": "qinglian.web.settings",
        }  # fmt: skip

    def run(self, *words: str | Path, code: int = 0) -> str:
        command = [sys.executable, "-m", "qinglian", *map(str, words)]
        ran = subprocess.run(command, env=self.environment, capture_output=True, text=True, cwd=ROOT)
        assert ran.returncode == code, ran.stdout + ran.stderr
        assert "Traceback" not in ran.stderr
        return ran.stdout + ran.stderr

    def lodge(self, n: int, name: str, *, sign: bool = True) -> None:
        code = ACT.format(n=n, name=name, sign=sign)
        subprocess.run([sys.executable, "-c", code], env=self.environment, check=True, cwd=ROOT)

    def take_in(self, text: str) -> None:
        code = TAKE.format(text=text)
        subprocess.run([sys.executable, "-c", code], env=self.environment, check=True, cwd=ROOT)

    def rows(self, query: str) -> list[tuple]:
        with closing(sqlite3.connect(self.data / "qinglian.sqlite3")) as line:
            return line.execute(query).fetchall()

    def sizes(self) -> dict[str, int]:
        return dict(self.rows("SELECT slug, size FROM ledger_tree"))

    def checks(self, folder: Path) -> None:
        """The export is right by itself, for somebody who has the keys only."""
        self.run("site", "log", "export", folder)
        for tree in self.sizes():
            self.run("verify", folder / tree, "--trust", folder / "keys.toml")


@pytest.fixture(scope="module")
def played(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A site with a backup, and then three more cases, signed; an export from before and one from after."""
    data = tmp_path_factory.mktemp("played")
    site = Site(data)
    site.run("site", "prepare")
    site.take_in("papers")
    site.lodge(2, "first")
    site.lodge(1, "pending", sign=False)
    site.run("site", "backup", data / "backup.tar")
    site.run("site", "log", "export", data / "early")
    site.lodge(3, "second")
    site.run("site", "log", "export", data / "late")
    return data


@pytest.fixture
def site(played: Path, tmp_path: Path) -> Iterator[Site]:
    shutil.copytree(played, tmp_path / "site")
    yield Site(tmp_path / "site")


def test_a_backup_says_what_it_holds_and_holds_no_key(site: Site) -> None:
    file = site.data / "backup.tar"
    assert file.stat().st_mode & 0o077 == 0
    with tarfile.open(file) as tar:
        assert tar.getnames() == ["manifest.json", "database.sqlite3", f"files/{PAPERS}"]
        assert tar.extractfile(f"files/{PAPERS}").read() == b"papers"
        manifest = json.loads(tar.extractfile("manifest.json").read())
        everything = tar.extractfile("database.sqlite3").read()
    assert manifest["v"] == "backup/1" and set(manifest["logs"]) == {"public", "restricted"}
    assert b"PRIVATE+KEY" not in everything
    assert "The keys are not in it" in site.run("site", "backup", site.data / "again.tar")
    assert "exists" in site.run("site", "backup", site.data / "again.tar", code=1)


def test_a_backup_of_today_comes_back_as_it_was(site: Site) -> None:
    site.run("site", "backup", site.data / "today.tar")
    before = site.sizes(), site.rows("SELECT count(*) FROM cases_case")
    (site.data / "qinglian.sqlite3").unlink()
    for rest in ("-wal", "-shm"):
        (site.data / f"qinglian.sqlite3{rest}").unlink(missing_ok=True)
    site.run("site", "restore", site.data / "today.tar")
    assert (site.sizes(), site.rows("SELECT count(*) FROM cases_case")) == before
    site.lodge(1, "third")
    site.checks(site.data / "out")
    assert "every row is what was logged" in site.run("site", "log", "compare")


def test_files_come_back_with_the_database(site: Site) -> None:
    site.run("site", "backup", site.data / "today.tar")
    site.take_in("newer")
    kept = site.data / "files" / PAPERS[:2] / PAPERS
    kept.unlink()
    said = site.run("site", "backup", site.data / "later.tar", code=1)
    assert "missing on the disk" in said and not (site.data / "later.tar").exists()
    altered = site.data / "altered.tar"
    altered.write_bytes((site.data / "today.tar").read_bytes().replace(b"papers", b"forged"))
    assert "altered" in site.run("site", "restore", altered, code=1)
    kept.write_bytes(b"damage")
    site.run("site", "restore", site.data / "today.tar")
    assert kept.read_bytes() == b"papers" and kept.stat().st_mode & 0o077 == 0
    assert site.rows("SELECT sha FROM files_storedfile") == [(PAPERS,)]


def test_an_older_backup_does_not_fork_the_log_silently(site: Site) -> None:
    before = (site.data / "qinglian.sqlite3").read_bytes()
    said = site.run("site", "restore", site.data / "backup.tar", code=1)
    assert "older than the log restricted" in said and "--tiles" in said and "--new-log" in said
    assert (site.data / "qinglian.sqlite3").read_bytes() == before
    # Somebody who puts the file there by hand is stopped where it would be signed.
    with tarfile.open(site.data / "backup.tar") as tar:
        (site.data / "qinglian.sqlite3").write_bytes(tar.extractfile("database.sqlite3").read())
    for rest in ("-wal", "-shm"):
        (site.data / f"qinglian.sqlite3{rest}").unlink(missing_ok=True)
    assert "when it was last signed" in site.run("site", "log", "sequence", code=1)


def test_replayed_from_tiles_the_log_goes_on_as_the_same(site: Site, tmp_path: Path) -> None:
    old = site.sizes()
    said = site.run("site", "restore", site.data / "backup.tar", "--tiles", site.data / "late")
    assert "whole again" in said and site.sizes()["restricted"] == old["restricted"]
    assert site.rows("SELECT count(*) FROM cases_case") == [(3,)]
    site.run("site", "log", "sequence")
    site.lodge(1, "third")
    site.checks(site.data / "out")
    late = site.data / "late" / "restricted" / "checkpoint"
    keys = site.data / "late" / "keys.toml"
    assert "continues" in site.run("verify", site.data / "out/restricted", "--trust", keys, "--since", late)
    # The entry that was pending in the backup stands where it stood, once, with its values.
    events = site.rows("SELECT e.id FROM cases_caseevent c JOIN ledger_entry e ON e.id = c.entry_id")
    assert len(events) == 4 and not site.rows("SELECT 1 FROM ledger_entry WHERE tree_id IS NULL")
    missing = site.run("site", "log", "compare", code=1)
    assert missing.count("whose row is not here") == 3
    assert list(site.data.glob("qinglian.sqlite3.before-*"))


def test_an_export_that_ends_too_early_or_was_altered_is_not_replayed(site: Site) -> None:
    before = (site.data / "qinglian.sqlite3").read_bytes()
    said = site.run("site", "restore", site.data / "backup.tar", "--tiles", site.data / "early", code=1)
    assert "were signed; take a newer one" in said
    bundle = next((site.data / "late/restricted/tile/entries").rglob("000.p/*"))
    bundle.write_bytes(bundle.read_bytes().replace(b"cases.lodged", b"cases.closed", 1))
    said = site.run("site", "restore", site.data / "backup.tar", "--tiles", site.data / "late", code=1)
    assert "the tile is not made of what is below it" in said
    assert (site.data / "qinglian.sqlite3").read_bytes() == before


def test_a_new_log_names_the_old_head_in_its_first_entry(site: Site) -> None:
    old, origin = site.sizes(), "localhost/qianhai/restricted"
    assert "New logs were opened" in site.run("site", "restore", site.data / "backup.tar", "--new-log")
    site.run("site", "log", "sequence")
    site.lodge(1, "third")
    site.checks(site.data / "out")
    assert set(site.sizes()) == {"public", "restricted", "public-2", "restricted-2"}
    query = "SELECT data FROM ledger_entry WHERE tree_id = 'restricted-2' AND \"index\" = 0"
    before = json.loads(site.rows(query)[0][0])["open"]["before"]
    assert (before["origin"], before["size"]) == (origin, old["restricted"])
    head = (site.data / "keys" / "restricted.head").read_text().split("\n")
    assert before["size"] == int(head[1])
    assert "every row is what was logged" in site.run("site", "log", "compare")


def test_a_damaged_or_foreign_backup_is_named_before_anything_is_touched(site: Site, tmp_path: Path) -> None:
    good, before = (site.data / "backup.tar").read_bytes(), (site.data / "qinglian.sqlite3").read_bytes()
    middle = len(good) // 2
    wrong = {
        "cut short": good[:middle],
        "altered": good[:middle] + bytes([good[middle] ^ 1]) + good[middle + 1 :],
        "no tar": b"hello",
        "empty": b"",
        "newer": _with_manifest(good, migrations=[["cases", "9999_tomorrow"]]),
        "zone": _with_manifest(good, zone="elsewhere"),
        "version": _with_manifest(good, v="backup/2"),
    }
    for name, data in wrong.items():
        file = tmp_path / f"{name}.tar"
        file.write_bytes(data)
        said = site.run("site", "restore", file, "--new-log", code=1)
        assert f"{name}.tar" in said, said
    assert (site.data / "qinglian.sqlite3").read_bytes() == before
    assert not (site.data / "keys" / "public-2.key").exists()
    assert not list(site.data.glob("*restoring*"))


def _with_manifest(good: bytes, **changed: object) -> bytes:
    out = io.BytesIO()
    with tarfile.open(fileobj=io.BytesIO(good)) as old, tarfile.open(fileobj=out, mode="w") as new:
        for member in old.getmembers():
            data = old.extractfile(member).read()
            if member.name == "manifest.json":
                data = json.dumps(json.loads(data) | changed).encode()
                member.size = len(data)
            new.addfile(member, io.BytesIO(data))
    return out.getvalue()


def test_nothing_is_restored_while_somebody_works(site: Site) -> None:
    site.run("site", "backup", site.data / "today.tar")
    with closing(sqlite3.connect(site.data / "qinglian.sqlite3")) as line:
        line.execute("PRAGMA journal_mode=WAL")
        line.execute("SELECT count(*) FROM cases_case").fetchone()
        assert "in use" in site.run("site", "restore", site.data / "today.tar", code=1)


if os.environ.get("DATABASE_URL", "").startswith("postgres"):

    @pytest.fixture
    def other(tmp_path: Path) -> Iterator[Site]:
        """A platform on an empty PostgreSQL database of its own."""
        import psycopg

        url = os.environ["DATABASE_URL"]
        name = f"qinglian_drill_{os.getpid()}"
        parts = urlsplit(url)
        with psycopg.connect(urlunsplit(parts._replace(path="/postgres")), autocommit=True) as line:
            line.execute(f"CREATE DATABASE {name}")
            site = Site(tmp_path)
            site.environment["DATABASE_URL"] = urlunsplit(parts._replace(path=f"/{name}"))
            yield site
            line.execute(f"DROP DATABASE {name} WITH (FORCE)")

    def test_postgresql_comes_back_in_each_lawful_way(other: Site) -> None:
        run, data = other.run, other.data
        run("site", "prepare")
        other.lodge(1, "first")
        run("site", "backup", data / "early.tar")
        other.lodge(2, "second")
        run("site", "log", "export", data / "late")
        assert "older than the log" in run("site", "restore", data / "early.tar", code=1)
        run("site", "restore", data / "early.tar", "--tiles", data / "late")
        run("site", "log", "sequence")
        assert run("site", "log", "compare", code=1).count("whose row is not here") == 2
        run("site", "backup", data / "whole.tar")
        run("site", "restore", data / "whole.tar")
        run("site", "restore", data / "early.tar", "--new-log")
        other.lodge(1, "third")
        assert "every row is what was logged" in run("site", "log", "compare")
        run("site", "log", "export", data / "out")
        for tree in ("public", "restricted", "public-2", "restricted-2"):
            run("verify", data / "out" / tree, "--trust", data / "out" / "keys.toml")
