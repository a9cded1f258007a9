"""Processes that run beside the server and end with it; one that ends too early is started again."""

from __future__ import annotations

import subprocess
import time
from collections.abc import Sequence

REST = 2.0  # seconds before one is started again
PATIENCE = 10.0  # seconds to end in by itself


class Companions:
    def __init__(self, commands: Sequence[Sequence[str]]) -> None:
        self.commands = [list(command) for command in commands]
        self.running: dict[int, subprocess.Popen[bytes]] = {}
        self.started: dict[int, float] = {}

    def keep(self) -> None:
        """Start each that is not running. The server's master calls it about once a second."""
        for place, command in enumerate(self.commands):
            child = self.running.get(place)
            fresh = time.monotonic() - self.started.get(place, -REST) < REST
            if (child is None or child.poll() is not None) and not fresh:
                self.running[place] = subprocess.Popen(command)
                self.started[place] = time.monotonic()

    def end(self) -> None:
        for child in self.running.values():
            child.terminate()
        until = time.monotonic() + PATIENCE
        for child in self.running.values():
            try:
                child.wait(max(0.1, until - time.monotonic()))
            except subprocess.TimeoutExpired:
                child.kill()
        self.running.clear()
