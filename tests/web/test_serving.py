"""The real server: connections that say nothing hold nobody up, and whoever says too much is answered."""

from __future__ import annotations

import http.client
import os
import socket
import subprocess
import sys
import time
import urllib.request
from contextlib import suppress
from pathlib import Path

import pytest

from qinglian.cli.main import main

pytestmark = pytest.mark.once

ROOT = Path(__file__).parents[2]


def test_idle_connections_do_not_hold_visitors_up_and_who_sends_too_much_hears_so(tmp_path: Path) -> None:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    environment = {
        "PATH": "/usr/bin:/bin",
        "PYTHONPATH": str(ROOT / "src"),
        "QINGLIAN_DATA": str(tmp_path),
        "QINGLIAN_ZONE": str(ROOT / "zones/qianhai"),
        "DATABASE_URL": f"sqlite:///{tmp_path / 'site.sqlite3'}",
    }
    command = [sys.executable, "-m", "qinglian", "site"]
    subprocess.run([*command, "prepare"], env=environment, cwd=ROOT, check=True, capture_output=True)
    served = subprocess.Popen(
        [*command, "run", "--bind", f"127.0.0.1:{port}", "--no-worker"],
        env=environment, cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    idle: list[socket.socket] = []
    try:
        assert _front(port, 30) == 200
        idle = [socket.create_connection(("127.0.0.1", port)) for _ in range(6)]
        assert [_front(port, 10) for _ in range(5)] == [200] * 5
        assert _sends(port, "/en/cases/track/", 5) == 403, "no cookie, so no form"
        assert _sends(port, "/api/v1/cases", 5) in (401, 413)
        assert _sends(port, "/en/cases/track/", 60) == 403, "sixty megabytes are let go, too"
        assert _states(port, 5_000_000) == b"HTTP/1.1 403", "and whoever then sends nothing, in a few seconds"
        assert _drips(port) == b"HTTP/1.1 403", "and whoever sends a sign now and then"
    finally:
        for each in idle:
            each.close()
        served.terminate()
        served.wait(20)


def _front(port: int, seconds: float) -> int:
    """The front page's status, as soon as it answers within so many seconds."""
    ends = time.monotonic() + seconds
    while True:
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{port}/en/", timeout=seconds) as answer:
                return int(answer.status)
        except OSError:
            if time.monotonic() > ends:
                raise
            time.sleep(0.2)


def _sends(port: int, path: str, megabytes: int) -> int:
    """The status that a plain client reads, which sends all that it has before it reads anything."""
    line = http.client.HTTPConnection("127.0.0.1", port, timeout=20)
    line.request("POST", path, b"x" * (megabytes * 1024 * 1024), {"Content-Type": "application/json"})
    return line.getresponse().status


def _states(port: int, length: int) -> bytes:
    """How the answer begins to whoever states a length and sends one sign."""
    with socket.create_connection(("127.0.0.1", port), timeout=15) as line:
        line.sendall(
            f"POST /en/cases/track/ HTTP/1.1\r\nHost: localhost\r\nContent-Length: {length}\r\n\r\nx".encode()
        )
        return line.recv(12)


def _drips(port: int) -> bytes:
    """The same to whoever sends a sign twice a second; raises TimeoutError after twelve seconds of it."""
    with socket.create_connection(("127.0.0.1", port), timeout=0.5) as line:
        line.sendall(b"POST /en/cases/track/ HTTP/1.1\r\nHost: localhost\r\nContent-Length: 5000000\r\n\r\n")
        for _ in range(24):
            with suppress(TimeoutError):
                return line.recv(12)
            line.sendall(b"x")
    raise TimeoutError


@pytest.mark.parametrize(
    ("bind", "own", "expected"),
    [
        ("127.0.0.1:8123", None, "http://localhost:8123"),
        ("0.0.0.0:8123", None, None),
        ("127.0.0.1:8123", "https://zone.example", "https://zone.example"),
    ],
)
def test_letters_name_the_address_at_which_it_answers(
    monkeypatch: pytest.MonkeyPatch, bind: str, own: str | None, expected: str | None
) -> None:
    monkeypatch.setenv("QINGLIAN_URL", own or "")
    if own is None:
        monkeypatch.delenv("QINGLIAN_URL")
    found = []

    def stop(_arguments: object) -> None:
        found.append(os.environ.get("QINGLIAN_URL"))
        raise SystemExit

    monkeypatch.setattr("qinglian.cli.site._set_up", stop)
    with pytest.raises(SystemExit):
        main(["site", "run", "--bind", bind])
    assert found == [expected]
