"""A stand-in for clamd: speaks INSTREAM as clamd(8) tells it, and misbehaves on demand."""

from __future__ import annotations

import socket
import struct
import threading
import time
from pathlib import Path
from types import TracebackType

EICAR = b"X5O!P%@AP[4\\PZX54(P^)7CC)7}$" + b"EICAR-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*"


class StandIn:
    """mood: honest | error | hang | hang up | hang up early | babble | half."""

    def __init__(self, mood: str = "honest", path: Path | None = None) -> None:
        self.mood, self.seen, self.path = mood, b"", path
        if path is None:
            self.server = socket.create_server(("127.0.0.1", 0))
            self.url = f"tcp://127.0.0.1:{self.server.getsockname()[1]}"
        else:
            self.server = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
            self.server.bind(str(path))
            self.server.listen()
            self.url = f"unix:{path}"
        self.over = threading.Event()

    def __enter__(self) -> StandIn:
        threading.Thread(target=self._serve, daemon=True).start()
        return self

    def __exit__(self, kind: type | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.over.set()
        self.server.close()

    def _serve(self) -> None:
        while not self.over.is_set():
            try:
                line, _address = self.server.accept()
            except OSError:
                return
            with line:
                try:
                    line.sendall(self._answer(line))
                except OSError:
                    continue

    def _answer(self, line: socket.socket) -> bytes:
        with line.makefile("rb") as stream:
            assert stream.read(10) == b"zINSTREAM\0"
            if self.mood == "hang up early":
                return b"INSTREAM size limit exceeded. ERROR\0"
            self.seen = b""
            while size := struct.unpack(">I", stream.read(4))[0]:
                self.seen += stream.read(size)
        if self.mood == "hang":
            self.over.wait(20)
        if self.mood == "slow drops":
            for _n in range(40):
                line.sendall(b" ")
                time.sleep(0.2)
        found = b"stream: Eicar-Test-Signature FOUND\0" if EICAR in self.seen else b"stream: OK\0"
        words = {
            "error": b"stream: cannot allocate ERROR\0",
            "hang up": b"",
            "babble": b"x" * 9000,
            "half": b"stream: OK",
        }
        return words.get(self.mood, found)
