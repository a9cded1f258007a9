"""A demonstration is not an office: its invented data goes before a real one opens, or nothing opens."""

from __future__ import annotations

import shutil
from datetime import datetime
from pathlib import Path

from django.conf import settings
from django.db import DatabaseError, connection

from qinglian.capabilities.cases.queries import any_case
from qinglian.faults import Fault
from qinglian.faults import noop as _
from qinglian.web.models import Demonstration
from qinglian.web.restoring import stands_still
from qinglian.zone.current import current

# What a demonstration leaves in the folder of data beside its database. The secret key is no invention.
LEFT = ("keys", "mail", "witness", "witnesses.toml", "files", "incoming", "last-backup")


def mark(now: datetime) -> None:
    """Say in the database that it is a demonstration's, from the first time that it is prepared as one."""
    if current().demonstration and not Demonstration.objects.exists() and not any_case():
        Demonstration.objects.create(since=now)


def refuse_carried_over() -> None:
    """Raise Fault where the zone is an office and the database a demonstration's."""
    if current().demonstration or not _holds_demonstration():
        return
    raise Fault(
        _("this zone is no demonstration, and its database holds one: invented people, cases and log. Wipe "
          "it with `qinglian site demo --wipe`, or set QINGLIAN_DATA or DATABASE_URL to a new place"),
        file=_where(),
    )  # fmt: skip


def _holds_demonstration() -> bool:
    if connection.vendor == "sqlite" and not _file().exists():
        return False
    try:
        return Demonstration.objects.exists()
    except DatabaseError:  # not prepared yet
        return False


def wipe() -> list[str]:
    """Remove everything that a demonstration made here; what was removed. Nothing else is ever touched.

    Raises Fault where the database is no demonstration's, or somebody has it open.
    """
    if not _holds_demonstration():
        raise Fault(_("there is no demonstration here; nothing was removed"), file=_where())
    if connection.vendor == "sqlite":
        stands_still(_file())
    gone = [str(each) for name in LEFT if _removed(each := settings.DATA / name)]
    _remove_database()  # last: until then it says that it is a demonstration's, and this can be done again
    settings.FILE_UPLOAD_TEMP_DIR.mkdir(parents=True, exist_ok=True, mode=0o700)
    return [_where(), *gone]


def _removed(path: Path) -> bool:
    if path.is_dir():
        shutil.rmtree(path)
    elif path.exists():
        path.unlink()
    else:
        return False
    return True


def _remove_database() -> None:
    """The file; in PostgreSQL all tables or none, and what others keep in other schemas stays."""
    if connection.vendor == "sqlite":
        for rest in ("-wal", "-shm", "-journal", ""):
            _file().with_name(_file().name + rest).unlink(missing_ok=True)
        return
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT quote_ident(tablename) FROM pg_tables WHERE schemaname = current_schema()")
            names = ", ".join(name for (name,) in cursor.fetchall())
            cursor.execute(f"DROP TABLE {names} CASCADE")
    except DatabaseError:
        raise Fault(_("the database is in use; stop server and worker first"), file=_where()) from None
    finally:
        connection.close()


def _file() -> Path:
    return Path(connection.settings_dict["NAME"])


def _where() -> str:
    return str(connection.settings_dict["NAME"])
