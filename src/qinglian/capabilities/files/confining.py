"""Decoders run in a child process that can hurt nobody: here it is started, waited for, and read."""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from collections.abc import Collection
from pathlib import Path
from typing import IO

from qinglian.capabilities.files.inspection import limits, refusals
from qinglian.capabilities.files.inspection.inspecting import Inspected
from qinglian.capabilities.files.inspection.kinds import KINDS
from qinglian.faults import Fault

_SOURCE = Path(__file__).resolve().parents[3]
_RUN = (
    "import sys; sys.dont_write_bytecode = True; sys.path.insert(0, sys.argv[1]); "
    "from qinglian.capabilities.files.inspection.child import main; main()"
)


def inspected(
    data: bytes, suffix: str, accept: Collection[str], patience: float = limits.PATIENCE
) -> Inspected:
    """What comes in of these bytes. Raises Fault with one of the refusals, whatever the child does.

    No file has a name here: input and output are files that are already unlinked, and nothing is inherited.
    """
    with tempfile.TemporaryFile() as given, tempfile.TemporaryFile() as found:
        request = {"suffix": suffix, "accept": list(accept), "first": data[:8].hex()}
        given.write(json.dumps(request).encode() + b"\n" + data)
        given.seek(0)
        try:
            ran = subprocess.run(
                [sys.executable, "-I", "-c", _RUN, str(_SOURCE)],
                stdin=given, stdout=found, stderr=subprocess.DEVNULL, cwd="/", env={"LANG": "C.UTF-8"},
                timeout=patience, check=False, start_new_session=True,
            )  # fmt: skip
        except subprocess.TimeoutExpired:
            raise Fault(refusals.HARD) from None
        if ran.returncode:
            raise Fault(refusals.HARD if ran.returncode < 0 else refusals.DAMAGED)
        return _read(found)


def _read(found: IO[bytes]) -> Inspected:
    """The child's word, believed no further than its form: it may have been taken over by what it read."""
    found.seek(0)
    try:
        verdict = json.loads(found.readline(10_000))
        template, kind = verdict.get("fault"), verdict.get("kind")
        params = {str(key): _short(value) for key, value in verdict.get("params", {}).items()}
        if template is None and kind in KINDS:
            return Inspected(kind, found.read(limits.LARGEST_RESULT))
        known = template in refusals.ALL
        fault = Fault(template if known else refusals.DAMAGED, **(params if known else {}))
        fault.template % fault.params  # every place is filled, or it is not told
    except (ValueError, KeyError, TypeError, AttributeError):
        raise Fault(refusals.DAMAGED) from None
    raise fault


def _short(value: object) -> object:
    return value if isinstance(value, int) else str(value)[:200]
