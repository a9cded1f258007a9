"""The real server: connections that say nothing hold nobody up."""

from __future__ import annotations

import socket
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

import pytest

pytestmark = pytest.mark.once

ROOT = Path(__file__).parents[2]


def test_idle_connections_do_not_hold_visitors_up(tmp_path: Path) -> None:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    environment = {
        "PATH": "/usr/bin:/bin",
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
