"""The real server and worker, as `site run` starts them, in processes of their own; what they take."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

ROOT = Path(__file__).parents[2]
START = 120.0  # seconds that a server may take to answer
TICK = os.sysconf("SC_CLK_TCK")


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@dataclass
class Served:
    """Servers of one platform; the addresses that answer, and the processes that were started."""

    workers: int
    ports: list[int] = field(default_factory=list)
    processes: list[subprocess.Popen[bytes]] = field(default_factory=list)

    def begin(self, *words: str) -> None:
        environment = os.environ | {"PYTHONPATH": str(ROOT / "src"), "QINGLIAN_KEY_RATE": "1000000"}
        self.processes.append(subprocess.Popen(
            [sys.executable, "-m", "qinglian", "site", *words], cwd=ROOT, env=environment,
            start_new_session=True, stdout=subprocess.DEVNULL,
        ))  # fmt: skip

    def serve(self, worker: bool) -> None:
        port = free_port()
        self.begin("run", "--bind", f"127.0.0.1:{port}", "--workers", str(self.workers),
                   *([] if worker else ["--no-worker"]))  # fmt: skip
        until = time.monotonic() + START
        while time.monotonic() < until and self.processes[-1].poll() is None:
            with suppress(OSError), socket.create_connection(("127.0.0.1", port), 1):
                self.ports.append(port)
                return
            time.sleep(0.1)
        raise SystemExit("the server did not begin to answer")

    def all(self) -> list[int]:
        """The processes of every group that was started."""
        groups = {each.pid for each in self.processes}
        return [pid for pid, group in _groups() if group in groups]

    def memory(self) -> tuple[int, int]:
        """(MB of all of them, each shared page divided among its holders; how many processes)."""
        found = [_pss(pid) for pid in self.all()]
        return sum(found) // 1024, len(found)

    def busy(self) -> float:
        """Seconds that a processor has worked for them."""
        return sum(_busy(pid) for pid in self.all())

    def end(self) -> None:
        for each in self.processes:
            each.terminate()
        for each in self.processes:
            try:
                each.wait(30)
            except subprocess.TimeoutExpired:
                os.killpg(each.pid, signal.SIGKILL)


def _groups() -> Iterator[tuple[int, int]]:
    for folder in Path("/proc").iterdir():
        if folder.name.isdigit():
            with suppress(OSError):
                yield int(folder.name), os.getpgid(int(folder.name))


def _pss(pid: int) -> int:
    with suppress(OSError):
        for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines():
            if line.startswith("Pss:"):
                return int(line.split()[1])
    return 0


def _busy(pid: int) -> float:
    with suppress(OSError):
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / TICK
    return 0.0


@contextmanager
def served(servers: int, workers: int, worker: bool) -> Iterator[Served]:
    """servers: `site run`s on one platform; worker: each with its worker beside."""
    found = Served(workers)
    try:
        for _ in range(servers):
            found.serve(worker)
        yield found
    finally:
        found.end()
