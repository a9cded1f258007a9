"""A small site that was played honestly for a day, copied for every attack, with somebody else's witness.

The site is SQLite in a temporary folder. Time is simulated: the day of the play, and the day of the attack.
"""

from __future__ import annotations

import os
import shutil
import sys
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT))


def set_up(folder: Path) -> None:
    """Django on a database of its own in the folder."""
    os.environ.pop("DATABASE_URL", None)
    os.environ.pop("QINGLIAN_WITNESSES", None)
    os.environ |= {
        "QINGLIAN_DATA": str(folder), "QINGLIAN_ZONE": str(ROOT / "zones" / "qianhai"),
        "QINGLIAN_SECRET_KEY": "of a stage", "DJANGO_SETTINGS_MODULE": "qinglian.web.settings",
    }  # fmt: skip
    import django

    django.setup()


@dataclass
class Outside:
    """What people outside hold from the day before: keys, an export, the record of one event, a witness."""

    trust: Path
    export: Path
    record: Path
    witness: Path


@dataclass
class Site:
    """The copy that is attacked, and what is outside of it."""

    data: Path
    outside: Outside
    case_id: int

    def sequence(self) -> None:
        """The platform goes on as every day: it numbers, signs and asks the witness."""
        from qinglian.capabilities.ledger.actions import sequence
        from qinglian.faults import Fault

        for _turn in range(20):
            try:
                if not sequence(clock.now):
                    return
            except Fault:
                return  # the platform itself refuses to sign

    def sql(self, *statements: str) -> None:
        """The operator's hand in the database, fences first."""
        from django.db import connection

        with connection.cursor() as cursor:
            for name in (
                "cases_event_UPDATE",
                "cases_event_DELETE",
                "ledger_entry_update",
                "ledger_entry_delete",
            ):
                cursor.execute(f"DROP TRIGGER IF EXISTS {name}")
            cursor.execute("PRAGMA foreign_keys=OFF")
            for statement in statements:
                cursor.execute(statement)


class Clock:
    """The time of the stage; the witness has a clock of its own that the operator cannot set."""

    def __init__(self) -> None:
        from tests.people import MONDAY

        self.now = self.outside = MONDAY


clock: Clock


@contextmanager
def witness_running(folder: Path) -> Iterator[None]:
    from django.conf import settings

    from qinglian.batch.verify import load_trust
    from qinglian.batch.witness import Witness, read_keys
    from qinglian.batch.witness_http import Server

    keys = read_keys(folder / "key.toml")
    witness = Witness(
        keys, load_trust(folder / "keys.toml"), folder / "state.json", lambda: int(clock.outside.timestamp())
    )
    server = Server(("127.0.0.1", 0), witness, lambda *_said: None)
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    said = ", ".join(f'"{key.verifier.text}"' for key in keys)
    port = server.server_address[1]
    lines = ['v = "witnesses/1"', "[[witness]]", f'name = "{keys[0].name}"']
    lines += [f'url = "http://127.0.0.1:{port}"', f"keys = [{said}]", ""]
    settings.LOG_WITNESSES.write_text("\n".join(lines))
    try:
        yield
    finally:
        server.shutdown()
        server.server_close()


def _point(data: Path) -> None:
    from django.conf import settings
    from django.db import connection

    connection.close()
    connection.settings_dict["NAME"] = str(data / "qinglian.sqlite3")
    settings.DATA, settings.LOG_WITNESSES = data, data / "witnesses.toml"


@contextmanager
def played() -> Iterator[Path]:
    """The folder of the site after an honest day: cases, decisions, exports, a kept record."""
    global clock
    with tempfile.TemporaryDirectory(prefix="qinglian-attacks-") as folder:
        base = Path(folder) / "base"
        (base / "site").mkdir(parents=True)
        set_up(base / "site")
        clock = Clock()
        _point(base / "site")
        _play(base)
        yield Path(folder)


def _play(base: Path) -> None:
    from django.core.management import call_command
    from tests import people

    from qinglian.batch.witness import new_keys, new_state, write_keys
    from qinglian.capabilities.cases.actions import publish_calendar
    from qinglian.capabilities.cases.queries import case_page, export_texts, own_record
    from qinglian.capabilities.ledger import actions, queries
    from qinglian.zone.current import current

    outside, hour = base / "outside", timedelta(hours=1)
    (outside / "witness").mkdir(parents=True)
    call_command("migrate", verbosity=0)
    actions.open_trees(clock.now)
    actions.keep_pack(current(), clock.now)
    people.units()
    publish_calendar("CN", clock.now)
    new_state(outside / "witness" / "state.json")
    write_keys(outside / "witness" / "key.toml", new_keys("witness.example/hk", os.urandom))
    (outside / "witness" / "keys.toml").write_text(queries.trust_text(with_witnesses=False), "utf-8")
    with witness_running(outside / "witness"):
        site = Site(base / "site", None, 0)  # type: ignore[arg-type]
        people.chen_asks_support(clock.now)
        first = people.he_asks(clock.now)
        people.chen_asks(clock.now + hour)
        _answer(first.case_id, hour)
        site.sequence()
        shutil.copytree(base / "site", outside / "operators-old-copy")  # a backup, in the operator's hands
        people.chen_asks(clock.now + hour, secret="another")
        clock.now = clock.outside = clock.now + 2 * hour
        site.sequence()
        queries.export(outside / "export")
        export_texts(outside / "export")
        (outside / "export" / "keys.toml").rename(outside / "keys.toml")
        page = case_page(first.case_id, clock.now, frozenset({"applicant"}), own=True)
        (outside / "record.json").write_text(own_record(page, 3) or "", "utf-8")
    (base / "case").write_text(str(first.case_id))


def _answer(case_id: int, hour: timedelta) -> None:
    from tests import people

    li = people.li()
    people.act(case_id, "accept", li, clock.now + hour / 2)
    clock.now = clock.outside = clock.now + hour
    people.act(case_id, "answer", li, clock.now)


@contextmanager
def copied(folder: Path, name: str) -> Iterator[Site]:
    """A copy of the played site for one attack, a day later, with the witness running."""
    from django.db import connection
    from tests.people import MONDAY

    here = folder / name
    shutil.copytree(folder / "base", here)
    clock.now = clock.outside = MONDAY + timedelta(days=1)
    _point(here / "site")
    out = here / "outside"
    outside = Outside(out / "keys.toml", out / "export", out / "record.json", out / "witness")
    try:
        with witness_running(outside.witness):
            yield Site(here / "site", outside, int((here / "case").read_text()))
    finally:
        connection.close()
        shutil.rmtree(here)
