"""A platform that was lived in moves from SQLite to PostgreSQL: all of it, or nothing at all."""

from __future__ import annotations

import contextlib
import json
import os
import re
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import psycopg
import pytest
from hypothesis import given
from hypothesis import strategies as st
from psycopg import sql
from tests.faults.conftest import own_database
from tests.faults.running_site import ROOT, Site

from qinglian.web import moving_rows
from qinglian.web.moving_rows import MENDS, NUL, Column, Sum, Table

LIVE = """
import django; django.setup()
from datetime import timedelta
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone
from tests import people
from qinglian.capabilities.cases.actions import APPLICANT
from qinglian.capabilities.cases.models import Draft
from qinglian.capabilities.files.actions import take_in
from qinglian.capabilities.files.limits import Limits
from qinglian.capabilities.ledger.actions import sequence
now = timezone.now()
people.units()
li = people.li()
for k, title in enumerate(["共享办公室 𠮷野家 😀", "港澳 '\\\\\\\\\\"\\\\n|\\\\t; DROP", "第三"]):
    case = people.chen_asks(now - timedelta(hours=3, microseconds=k), secret=f"m{k}", title=title).case_id
    people.act(case, "accept", li, now - timedelta(hours=2))
    if k:
        people.extend(case, people.zhao(), now - timedelta(hours=1))
    people.act(case, "answer", li, now, answer="可以。")
people.he_asks(now, secret="he")
people.chen_fills_in(now)
Draft.objects.get(pk=Draft.objects.create(secret_hash="x", matter="consultation", touched_at=now).pk).delete()
take_in(SimpleUploadedFile("a.txt", b"papers"), Limits(("txt",), 1, 5), now, holder="case:1")
while sequence(timezone.now()):
    pass
"""
FIND = """
import django; django.setup()
from qinglian.capabilities.cases.finding import found_cases
from qinglian.capabilities.cases.sight import Sight
from django.utils import timezone
sight = Sight({"service-centre": frozenset({"clerk"})}, fresh=True)
for asked in ("共享", "𠮷野", "转递", "没有"):
    print(len(found_cases(asked, sight, {}, timezone.now()).rows))
"""


def python(site: Site, code: str) -> str:
    environment = site.environment(DJANGO_SETTINGS_MODULE="qinglian.web.settings")
    ran = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, env=environment, capture_output=True, text=True
    )
    assert ran.returncode == 0, ran.stderr
    return ran.stdout


def move(site: Site, url: str, **more: str) -> tuple[int, str]:
    whole = [sys.executable, "-m", "qinglian", "site", "move", url]
    ran = subprocess.run(whole, cwd=ROOT, env=site.environment(**more), capture_output=True, text=True)
    assert "Traceback" not in ran.stderr, ran.stderr
    return ran.returncode, ran.stdout + ran.stderr


@pytest.fixture(scope="module")
def lived(on_sqlite: Site, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("lived") / "data"
    shutil.copytree(on_sqlite.folder, folder)
    python(Site(folder), LIVE)
    return folder


@pytest.fixture
def here(lived: Path, tmp_path: Path) -> Site:
    return Site(Path(shutil.copytree(lived, tmp_path / "data")))


@pytest.fixture
def there() -> Iterator[str]:
    with own_database("moving") as url:
        if not url:
            pytest.skip("moving to PostgreSQL: none answered; set DATABASE_URL")
        yield url


def file_of(site: Site) -> Path:
    return site.folder / "qinglian.sqlite3"


def held(site: Site) -> dict[str, list[Any]]:
    """What SQLite holds, by a way of its own: each table's rows, as text, in the order of their text."""
    with closing(sqlite3.connect(file_of(site))) as line:
        names = line.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall()
        return {name: line.execute(f'SELECT * FROM "{name}"').fetchall() for (name,) in names}


def change(site: Site, statement: str, *values: str) -> None:
    with closing(sqlite3.connect(file_of(site))) as line, line:
        line.execute(statement, values)


def relations(url: str) -> int:
    with psycopg.connect(url) as link:
        row = link.execute(
            "SELECT count(*) FROM pg_class WHERE relnamespace = 'public'::regnamespace"
        ).fetchone()
    return int(row[0]) if row else -1


def test_everything_arrives_and_the_platform_goes_on_there(here: Site, there: str) -> None:
    before = held(here)
    code, said = move(here, there, QINGLIAN_CRASH="move-checked")  # killed at the very last moment
    assert code == -9 and held(here) == before and relations(there) == 0
    code, said = move(here, there)
    assert code == 0 and "moved and checked" in said and "1 files" in said, said
    assert held(here) == before  # it was only read
    with psycopg.connect(there) as link:
        for name, rows in before.items():
            if name.startswith(("sqlite_", "cases_terms", "cases_term_counts", "web_cache")):
                continue
            found = link.execute(sql.SQL("SELECT count(*) FROM {}").format(sql.Identifier(name))).fetchone()
            more = name == "ledger_entry"  # that it was moved
            assert found == (len(rows) + more,), name
        texts = link.execute("SELECT text FROM cases_casetext ORDER BY id").fetchall()
        assert [text for (text,) in texts] == [row[2] for row in sorted(before["cases_casetext"])]
        moments = link.execute("SELECT lodged_at AT TIME ZONE 'UTC' FROM cases_case ORDER BY id").fetchall()
        terms = link.execute("SELECT count(*) FROM cases_terms").fetchone()
        root = link.execute("SELECT root FROM ledger_tree WHERE slug = 'restricted'").fetchone()
    with closing(sqlite3.connect(file_of(here))) as line:
        kept = line.execute("SELECT lodged_at FROM cases_case ORDER BY id").fetchall()
        roots = line.execute("SELECT root FROM ledger_tree WHERE slug = 'restricted'").fetchone()
    assert [str(moment) for (moment,) in moments] == [moment for (moment,) in kept]
    assert terms == (len(texts),) and root == roots
    _goes_on(Site(here.folder, there), before)
    code, said = move(here, there)
    assert code == 1 and "is not empty" in said and "dropdb" in said


def test_on_a_terminal_every_step_shows_how_far_it_is(here: Site, there: str) -> None:
    """The search index and the folding of cases take as long as the copying: the bar goes on through them."""
    ours, theirs = os.openpty()
    whole = [sys.executable, "-m", "qinglian", "site", "move", there]
    ran = subprocess.run(whole, cwd=ROOT, env=here.environment(), stdout=subprocess.PIPE, stderr=theirs)
    os.close(theirs)
    shown = b""
    with contextlib.suppress(OSError):  # how Linux says that nobody writes any more
        while some := os.read(ours, 65536):
            shown += some
    os.close(ours)
    drawn = shown.decode()
    steps = ["copying", "making the search index", "checking", "hashing the log anew", "folding cases again"]
    places = [drawn.find(f"\r{step} ") for step in steps]
    assert ran.returncode == 0 and -1 not in places and places == sorted(places), drawn
    for step in (steps[1], steps[4]):
        assert re.search(f"{step} █+ 100%", drawn), drawn


def _goes_on(site: Site, before: dict[str, list[Any]]) -> None:
    """On the new database: nothing to prepare, everything found, compared, numbered, signed, lodged."""
    site.command("prepare")
    site.command("log", "compare")
    assert python(site, FIND).split() == ["3", "1", "1", "0"]
    site.command("log", "sequence")  # the keys go on from the head that they signed last
    assert site.inside("fill", "1") == len(before["cases_case"]) + 1
    with psycopg.connect(site.database) as link:
        row = link.execute(
            "INSERT INTO cases_draft (secret_hash, matter, version, matter_sha, answers, touched_at, channel)"
            " VALUES ('y', 'm', '', '', '{}', now(), '') RETURNING id"
        ).fetchone()
        link.rollback()
    given = dict(before["sqlite_sequence"])["cases_draft"]
    assert row is not None and row[0] == given + 1 > max(draft[0] for draft in before["cases_draft"]) + 1
    assert site.asked is not None
    site.asked.kill()
    site.asked.wait()


def test_what_cannot_go_is_named_and_nothing_is_left_behind(here: Site, there: str) -> None:
    change(here, "UPDATE cases_case SET title = ? WHERE id = 2", "x" * 201)
    code, said = move(here, there)
    assert code == 1 and "cases_case, row 2, title: 201 characters where 200 fit" in said
    change(here, "UPDATE cases_case SET title = 't', state = 'handling' WHERE id = 2")
    code, said = move(here, there)
    assert code == 1 and "are not what its events make" in said and relations(there) == 0


@pytest.mark.parametrize(
    ("url", "told"),
    [
        ("sqlite:///x", "not the address of a PostgreSQL"),
        ("postgresql://nobody@127.0.0.1:1/x", "does not let us in"),
    ],
)
def test_an_address_that_leads_nowhere_is_told(here: Site, url: str, told: str) -> None:
    code, said = move(here, url)
    assert code == 1 and told in said


def test_a_platform_that_runs_or_lacks_something_is_not_moved(here: Site, there: str) -> None:
    with closing(sqlite3.connect(file_of(here), isolation_level=None)) as line:
        line.execute("BEGIN IMMEDIATE")
        code, said = move(here, there)
    assert code == 1 and "in use" in said
    change(here, "CREATE TABLE notes_of_my_own (id integer)")
    code, said = move(here, there)
    assert code == 1 and "notes_of_my_own" in said and "lost" in said
    change(here, "DROP TABLE notes_of_my_own")
    next((here.folder / "files").glob("*/*")).unlink()
    code, said = move(here, there)
    assert code == 1 and "missing on the disk" in said
    change(here, "DELETE FROM django_migrations WHERE app = 'cases' AND name LIKE '0015%'")
    code, said = move(here, there)
    assert code == 1 and "site prepare" in said and relations(there) == 0


TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)


@pytest.mark.parametrize("own", [False, True])
def test_rows_pass_one_by_one_and_are_not_kept(own: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    """Memory holds the one that is on its way, from the file through the sum into COPY."""
    table = Table("t", (Column("id", "plain", None),), "id", own)
    read, written, goes = [0], [0], []

    def coming() -> Iterator[tuple[int]]:
        for n in range(120_000):
            read[0] += 1
            yield (n,)

    def take(_table: Table, rows: Iterator[tuple[int]]) -> None:
        before = written[0]
        for _row in rows:
            written[0] += 1
            assert read[0] - written[0] <= 1
        goes.append(written[0] - before)

    monkeypatch.setattr(moving_rows, "_write", take)
    found, told = Sum(table, lambda n: told.append(n)), []
    moving_rows.write(table, found.over(coming()))
    assert found.rows == written[0] == sum(told) == 120_000
    assert goes == ([120_000] if own else [50_000, 50_000, 20_000]), "foreign keys are checked after each"
    again = Sum(table, lambda _n: None)
    assert sum(1 for _row in again.over((n,) for n in reversed(range(120_000)))) == 120_000
    assert again.hashes == found.hashes, "in whatever order they come"


LEAVES = st.none() | st.booleans() | st.integers() | TEXTS
VALUES = st.recursive(
    LEAVES, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXTS, inner, max_size=3)
)


@given(VALUES)
def test_a_nul_in_json_is_seen_and_nothing_else_is_taken_for_one(value: Any) -> None:
    text = json.dumps(value)
    assert bool(NUL.search(text)) == ("\x00" in _letters(value))
    assert MENDS["json"](text) == MENDS["json"](json.dumps(value, ensure_ascii=False, indent=1))


def _letters(value: Any) -> str:
    if isinstance(value, dict):
        return "".join(_letters(each) for pair in value.items() for each in pair)
    return "".join(map(_letters, value)) if isinstance(value, list) else str(value)


def test_numbers_in_json_are_the_same_however_they_are_written() -> None:
    mend = MENDS["json"]
    assert mend('{"a": 1.50, "b": 1e3}') == mend('{"b": 1000, "a": 1.5}') != mend('{"a": 1.51, "b": 1000}')
    assert MENDS["moment"]("2026-03-02 02:00:00") == MENDS["moment"]("2026-03-02 02:00:00.000000")
