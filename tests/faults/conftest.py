"""A platform prepared once, copied for each test: on SQLite, or on a PostgreSQL where one answers."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
import pytest
from psycopg import sql
from tests.faults.running_site import Site
from tools.postgres import answers, named


@contextmanager
def own_database(what: str = "faults") -> Iterator[str]:
    """The URL of an empty database of our own, or an empty text where no PostgreSQL answers."""
    server = next((url for url in named() if answers(url)), None)
    if server is None:
        yield ""
        return
    own = f"qinglian_{what}_{os.getpid()}"
    name = sql.Identifier(own)
    head, _, tail = server.rpartition("/")
    with psycopg.connect(server, autocommit=True) as link:
        link.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(name))
        link.execute(sql.SQL("CREATE DATABASE {} ENCODING 'UTF8' TEMPLATE template0").format(name))
    yield f"{head}/{own}" + (f"?{tail.partition('?')[2]}" if "?" in tail else "")
    with psycopg.connect(server, autocommit=True) as link:
        link.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(name))


@pytest.fixture(scope="session")
def on_sqlite(tmp_path_factory: pytest.TempPathFactory) -> Site:
    folder = tmp_path_factory.mktemp("prepared")
    Site(folder).command("prepare")
    return Site(folder)


@pytest.fixture(scope="session")
def on_postgresql(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    folder = tmp_path_factory.mktemp("prepared")
    with own_database() as database:
        if not database:
            pytest.skip("faults on PostgreSQL: none answered; set DATABASE_URL")
        Site(folder, database).command("prepare")
        yield Site(folder, database)


@pytest.fixture
def site(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Site]:
    """Asked for as `sqlite` or `postgresql`."""
    prepared: Site = request.getfixturevalue(f"on_{request.param}")
    folder = tmp_path / "data"
    shutil.copytree(prepared.folder, folder)
    copy = Site(folder, prepared.database)
    yield copy
    copy.clear()
