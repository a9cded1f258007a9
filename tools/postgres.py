"""A PostgreSQL for the tests: one that answers, or one started for a while in a temporary folder."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import quote, urlsplit

import psycopg

LEAST = 150000  # server_version_num of the oldest that is supported
NAME = f"qinglian_{os.getpid()}"  # tests make test_<NAME>, so that two clones do not meet


def named() -> list[str]:
    """Where one might answer: as the environment says, then the local socket, then the local port."""
    said = [os.environ.get(name, "") for name in ("QINGLIAN_TEST_POSTGRES", "DATABASE_URL")]
    asked = [url for url in said if urlsplit(url).scheme in ("postgres", "postgresql")]
    return [*asked, "postgresql:///postgres", "postgresql://127.0.0.1:5432/postgres"]


def answers(url: str) -> bool:
    """Whether a server recent enough answers there and lets us make databases."""
    try:
        with psycopg.connect(url, connect_timeout=3) as link:
            row = link.execute("SELECT rolcreatedb OR rolsuper FROM pg_roles WHERE rolname = current_user")
            return link.info.server_version >= LEAST and row.fetchone() == (True,)
    except psycopg.Error:
        return False


def programs() -> Path | None:
    """The folder that holds initdb and pg_ctl."""
    found = shutil.which("initdb")
    versions = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda p: int(p.parts[-3]))
    places = [Path(found).resolve()] if found else []
    return next((place.parent for place in [*places, *reversed(versions)]), None)


def as_owner(*command: str | Path) -> None:
    """Run it as somebody whom PostgreSQL accepts: it refuses root."""
    prefix = ["runuser", "-u", "postgres", "--"] if os.geteuid() == 0 else []
    subprocess.run([*prefix, *map(str, command)], check=True, stdout=subprocess.DEVNULL, cwd="/")


def own_name(url: str) -> str:
    """The same server, and a database name of our own."""
    scheme, _, rest = url.partition("://")
    host, _, tail = rest.partition("/")
    query = tail.partition("?")[2]
    return f"{scheme}://{host}/{NAME}" + (f"?{query}" if query else "")


def start(bin_folder: Path, folder: Path) -> str:
    data, options = folder / "data", f"-c listen_addresses='' -k {folder} -c fsync=off"
    if os.geteuid() == 0:
        shutil.chown(folder, "postgres", "postgres")
    as_owner(bin_folder / "initdb", "-A", "trust", "-U", "postgres", "-E", "UTF8", "--no-sync", "-D", data)
    as_owner(bin_folder / "pg_ctl", "-D", data, "-l", folder / "log", "-o", options, "-w", "start")
    return f"postgresql://postgres@{quote(str(folder), safe='')}/{NAME}"


@contextmanager
def postgres() -> Iterator[tuple[str | None, str]]:
    """A URL to test on, or None; and in words where it is, or why there is none."""
    if found := next((url for url in named() if answers(url)), None):
        yield own_name(found), "one that answered"
        return
    bin_folder = programs()
    if bin_folder is None:
        yield None, "no PostgreSQL answered and no initdb was found; install postgresql, or set DATABASE_URL"
        return
    folder = Path(tempfile.mkdtemp(prefix="qinglian-pg-"))
    try:
        try:
            url, how = start(bin_folder, folder), "started for these tests"
        except (subprocess.CalledProcessError, OSError, LookupError) as error:
            url, how = None, f"no PostgreSQL answered and starting one failed: {error}"
        yield url, how
    finally:
        if (folder / "data" / "postmaster.pid").exists():
            as_owner(bin_folder / "pg_ctl", "-D", folder / "data", "-m", "immediate", "-w", "stop")
        shutil.rmtree(folder, ignore_errors=True)
