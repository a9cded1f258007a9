"""Names, bytes by chance, and the child process: whatever comes, the server only hears a refusal."""

from __future__ import annotations

import random
import socket
import subprocess
import sys
import time
import unicodedata
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.capabilities.hostile import GOOD

from qinglian.capabilities.files.confining import inspected
from qinglian.capabilities.files.inspection import naming
from qinglian.capabilities.files.inspection import refusals as no
from qinglian.capabilities.files.inspection.inspecting import inspect
from qinglian.capabilities.files.inspection.kinds import KINDS, SUFFIXES, TYPES
from qinglian.faults import Fault

pytestmark = pytest.mark.once

NAMES = {
    "../../etc/passwd": "passwd.pdf",
    "C:\\Users\\He\\合同.PDF": "合同.pdf",
    "invoice\u202efdp.exe": "invoicefdp.exe.pdf",
    "a\0b\n\x7f.pdf": "ab.pdf",
    "..": "file.pdf",
    ".pdf": "pdf.pdf",
    "  . . a . . ": "a.pdf",
    "CON.pdf": "_CON.pdf",
    'x<y>:"|?*.pdf': "x_y______.pdf",
    "𠮷\U00030000.pdf": "𠮷\U00030000.pdf",
    "e\u0301.pdf": "é.pdf",
    "\ufeff\u200b\u2066hid\u2069den.pdf": "hidden.pdf",
    "長" * 500 + ".pdf": "長" * 120 + ".pdf",
    "": "file.pdf",
}  # fmt: skip


@pytest.mark.parametrize("given", NAMES)
def test_a_name_is_shown_as_what_it_is_and_leads_nowhere(given: str) -> None:
    assert naming.under_kind(given, "pdf") == NAMES[given]


@given(st.text(max_size=300), st.sampled_from(KINDS))
def test_any_name_becomes_a_plain_one(given: str, kind: str) -> None:
    name = naming.under_kind(given, kind)
    assert name == naming.under_kind(name, kind)
    assert not any(unicodedata.category(sign) in ("Cc", "Cf", "Cs") for sign in name)
    assert not set(name) & set('/\\<>:"|?*%')
    assert 0 < len(name) <= 140 and name.rpartition(".")[2] in SUFFIXES[kind]


def judged(data: bytes, suffix: str) -> None:
    try:
        found = inspect(data, suffix, KINDS)
    except Fault as fault:
        assert fault.template in no.ALL
        assert "%(" not in str(fault)
    else:
        assert found.kind in TYPES and found.data


@settings(max_examples=200)
@given(st.binary(max_size=400), st.sampled_from(["", *KINDS]))
def test_bytes_by_chance_never_break_the_inspection(data: bytes, suffix: str) -> None:
    judged(data, suffix)


@settings(max_examples=40)
@given(st.sampled_from(KINDS), st.integers(0, 2**32), st.integers(1, 30))
def test_altered_files_never_break_the_inspection(kind: str, seed: int, changes: int) -> None:
    chance, data = random.Random(seed), bytearray(GOOD[kind])
    for _n in range(changes):
        place = chance.randrange(len(data) or 1)
        match chance.randrange(4):
            case 0:
                data[place : place + 1] = bytes([chance.randrange(256)])
            case 1:
                data[place : place + chance.randrange(40)] = b""
            case 2:
                data[place:place] = chance.choice([b"\xff" * 4, b"<<", b"PK\x03\x04", b"obj", b"\0\0\0\1"])
            case 3:
                data[place : place + 4] = bytes(chance.randrange(256) for _ in range(4))
    before = time.monotonic()
    judged(bytes(data), chance.choice(["", kind]))
    assert time.monotonic() - before < 10


def in_cell(code: str) -> subprocess.CompletedProcess[str]:
    shut = "import os, socket; from qinglian.capabilities.files.inspection import cell; shut = cell.enter()"
    return subprocess.run([sys.executable, "-c", f"{shut}\n{code}"], capture_output=True, text=True)


@pytest.mark.skipif(sys.platform != "linux", reason="the cell of decoders: only Linux shuts it by the kernel")
def test_whoever_takes_over_a_decoder_reaches_nothing(tmp_path: Path) -> None:
    assert in_cell("print(shut)").stdout == "True\n"
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        said = in_cell(f"socket.create_connection(('127.0.0.1', {port}))")
        assert "PermissionError" in said.stderr
    assert "PermissionError" in in_cell("os.execv('/bin/true', ['true'])").stderr
    assert "rror" in in_cell("os.fork()").stderr
    assert "MemoryError" in in_cell("bytearray(2_000_000_000)").stderr
    write = f"f = open({str(tmp_path / 'x')!r}, 'wb'); os.ftruncate(f.fileno(), 10**9)"
    assert in_cell(write).returncode != 0
    assert (tmp_path / "x").stat().st_size == 0


def child_that(monkeypatch: pytest.MonkeyPatch, code: str) -> None:
    monkeypatch.setattr("qinglian.capabilities.files.confining._RUN", code)


ODD_ENDS = {
    "dies": "import os; os.kill(os.getpid(), 11)",
    "hangs": "import time; time.sleep(60)",
    "says nothing": "pass",
    "says no JSON": "print('x')",
    "says an unknown kind": "print('{\"kind\": \"exe\"}')",
    "says words of its own": "print('{\"fault\": \"<b>call 555</b>\", \"params\": {}}')",
    "says a fault without what it names": f"import json; print(json.dumps({{'fault': {no.TOO_LARGE!r}}}))",
    "says a list": "print('[1]')",
    "writes to its errors": "import sys; sys.stderr.write('x' * 10_000_000); sys.exit(3)",
}  # fmt: skip


@pytest.mark.parametrize("end", ODD_ENDS)
def test_a_child_that_ends_oddly_is_a_refusal_no_more(end: str, monkeypatch: pytest.MonkeyPatch) -> None:
    child_that(monkeypatch, ODD_ENDS[end])
    before = time.monotonic()
    with pytest.raises(Fault) as found:
        inspected(GOOD["pdf"], "pdf", KINDS, patience=2)
    assert found.value.template in (no.HARD, no.DAMAGED)
    assert time.monotonic() - before < 10


def test_memory_and_time_end_in_the_child(monkeypatch: pytest.MonkeyPatch) -> None:
    enter = "import sys; sys.path.insert(0, sys.argv[1])\n"
    enter += "from qinglian.capabilities.files.inspection import cell, limits\n"
    enter += "limits.SECONDS = 1; cell.enter()\n"
    child_that(monkeypatch, enter + "while True: pass")
    before = time.monotonic()
    with pytest.raises(Fault, match="took too long"):
        inspected(GOOD["pdf"], "pdf", KINDS, patience=20)
    assert time.monotonic() - before < 10
