"""A real database, on SQLite or wherever DATABASE_URL points, and connections that really are parallel."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest
from django.apps import apps
from django.db import connection, connections
from tests import people
from tests.capabilities.desk_zone import desk_zone

from qinglian.zone.current import current

_FENCES = [
    import_module("qinglian.capabilities.cases.migrations.0007_erasure"),
    import_module("qinglian.capabilities.ledger.migrations.0002_entries_stand"),
    import_module("qinglian.capabilities.figures.migrations.0002_published_stands"),
]


@pytest.fixture
def units(db: None) -> None:
    people.units()


@pytest.fixture
def _fence(django_db_blocker: Any) -> Iterator[None]:
    yield
    with django_db_blocker.unblock(), connection.schema_editor() as editor:
        for each in _FENCES:
            each.fence(apps, editor)


@pytest.fixture
def committed(_fence: None, transactional_db: None) -> Iterator[None]:
    """Units in a database that other connections see; the fence is lifted to empty it afterwards."""
    people.units()
    yield
    with connection.schema_editor() as editor:
        for each in _FENCES:
            each.unfence(apps, editor)


@pytest.fixture
def at_once() -> Callable[[list[Callable[[], Any]]], list[Any]]:
    """Run each deed on a thread and a connection of its own, all let go together; results or exceptions."""

    def run(deeds: list[Callable[[], Any]]) -> list[Any]:
        gate = threading.Barrier(len(deeds))

        def one(deed: Callable[[], Any]) -> Any:
            try:
                connection.ensure_connection()
                gate.wait(timeout=10)
                return deed()
            except Exception as error:
                return error
            finally:
                connections.close_all()

        with ThreadPoolExecutor(len(deeds)) as pool:
            return list(pool.map(one, deeds))

    return run


@pytest.fixture
def desk_pack(db: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A zone with a permit, a complaint and an appeal, and its units."""
    monkeypatch.setattr("qinglian.zone.current._zone", desk_zone(current().root, tmp_path))
    people.units()
