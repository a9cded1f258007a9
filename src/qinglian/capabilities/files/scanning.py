"""A virus scanner that speaks clamd's INSTREAM, by TCP or by a socket file. Silence is never a clean bill.

clamd(8): `zINSTREAM\\0`, then chunks with their length in four bytes, the greatest first, and a length of
zero; the answer is `stream: OK`, `stream: NAME FOUND`, or ends in `ERROR`.
"""

from __future__ import annotations

import socket
import struct
import time
from urllib.parse import urlsplit

from qinglian.capabilities.files.inspection import refusals
from qinglian.faults import Fault
from qinglian.faults import noop as _

_CHUNK = 1 << 18
_LONGEST_ANSWER = 4096


def scan(data: bytes, scanner: str, patience: float) -> None:
    """Raise Fault unless the scanner at `tcp://HOST:PORT` or `unix:PATH` says that there is nothing."""
    try:
        with _connected(scanner, patience) as line:
            answer = _asked(line, data, time.monotonic() + patience)
    except OSError:
        raise Fault(refusals.UNSCANNED) from None
    said = answer.partition(b"\0")[0].decode("utf-8", "replace").strip().removeprefix("stream: ")
    if said.endswith(" FOUND"):
        raise Fault(refusals.INFECTED, what=said.removesuffix(" FOUND")[:100])
    if said != "OK" or b"\0" not in answer:
        raise Fault(refusals.UNSCANNED)


def address(scanner: str) -> tuple[str, int] | str:
    """Where the scanner is: host and port, or a path. Raises Fault for what is neither."""
    parts = urlsplit(scanner)
    try:
        if parts.scheme == "tcp" and parts.hostname and parts.port:
            return parts.hostname, parts.port
        if parts.scheme == "unix" and parts.path:
            return parts.path
    except ValueError:
        pass
    raise Fault(_("QINGLIAN_SCANNER is %(found)r; write tcp://HOST:PORT or unix:/PATH"), found=scanner)


def _connected(scanner: str, patience: float) -> socket.socket:
    where = address(scanner)
    if not isinstance(where, str):
        return socket.create_connection(where, timeout=patience)
    line = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    line.settimeout(patience)
    try:
        line.connect(where)
    except OSError:
        line.close()
        raise
    return line


def _asked(line: socket.socket, data: bytes, until: float) -> bytes:
    line.sendall(b"zINSTREAM\0")
    try:
        for start in range(0, len(data), _CHUNK):
            part = data[start : start + _CHUNK]
            line.settimeout(_left(until))
            line.sendall(struct.pack(">I", len(part)) + part)
        line.sendall(struct.pack(">I", 0))
    except (BrokenPipeError, ConnectionResetError):
        pass  # it hung up early, and may have said why
    answer = b""
    while b"\0" not in answer and len(answer) < _LONGEST_ANSWER:
        line.settimeout(_left(until))
        part = line.recv(1024)
        if not part:
            break
        answer += part
    return answer


def _left(until: float) -> float:
    left = until - time.monotonic()
    if left <= 0:
        raise TimeoutError
    return left
