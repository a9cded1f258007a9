"""The child process: reads one request and one file from its input, writes one verdict and the bytes.

Input and output are a line of JSON, then bytes. Run by `confining` alone.
"""

from __future__ import annotations

import json
import sys

from qinglian.capabilities.files.inspection import cell, refusals
from qinglian.faults import Fault


def main() -> None:
    request = json.loads(sys.stdin.buffer.readline(10_000))
    _load(request["first"])
    shut = cell.enter()
    try:
        from qinglian.capabilities.files.inspection.inspecting import inspect

        found = inspect(sys.stdin.buffer.read(), request["suffix"], request["accept"])
        verdict, data = {"kind": found.kind}, found.data
    except Fault as fault:
        verdict, data = {"fault": fault.template, "params": fault.params}, b""
    except (MemoryError, RecursionError):
        verdict, data = {"fault": refusals.HARD, "params": {}}, b""
    line = json.dumps(verdict | {"shut": shut}).encode() + b"\n"
    sys.stdout.buffer.write(line + data)
    sys.stdout.buffer.flush()


def _load(first: str) -> None:
    """Libraries are opened before the door is shut; only what these first bytes call for."""
    from qinglian.capabilities.files.inspection import inspecting, office, texts  # noqa: F401

    if first.startswith(("ffd8ff", "89504e47", "52494646", "504b")):
        from PIL import Image

        from qinglian.capabilities.files.inspection import pictures  # noqa: F401

        Image.preinit()
        from PIL import WebPImagePlugin  # noqa: F401
    if first.startswith(("255044462d", "504b")):
        from qinglian.capabilities.files.inspection import pdfs  # noqa: F401
