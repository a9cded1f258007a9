"""A demonstration's own witness: another process, with its own key and file, beside the platform.

It shows how witnessing works, and catches a log that forks or shrinks. It convinces nobody outside: whoever
runs the platform runs it too. A real zone names other people's witnesses in QINGLIAN_WITNESSES.
"""

from __future__ import annotations

import os
import socket
import sys
from pathlib import Path

from django.conf import settings
from django.db import DatabaseError

from qinglian.batch.witness import new_keys, new_state, read_keys, write_keys
from qinglian.capabilities.ledger.queries import trust_text
from qinglian.zone.current import current

NAME = "localhost/witness"


def command() -> list[str] | None:
    """How to start it; None outside a demonstration, where witnesses are named, or before there is a log."""
    if not current().demonstration or "QINGLIAN_WITNESSES" in os.environ:
        return None
    try:
        logs = trust_text(with_witnesses=False)
    except DatabaseError:
        return None
    folder = settings.DATA / "witness"
    key, state, trust = folder / "key.toml", folder / "state.json", folder / "keys.toml"
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    if not key.exists():
        new_state(state)
        write_keys(key, new_keys(NAME, os.urandom))
    trust.write_text(logs, "utf-8")
    place = f"127.0.0.1:{_free_port()}"
    _introduce(key, place)
    words = ["--key", key, "--state", state, "--trust", trust, "--listen", place, "--beside", os.getpid()]
    return [sys.executable, "-m", "qinglian", "witness", "run", *map(str, words)]


def _introduce(key: Path, place: str) -> None:
    """Tell the platform where it listens and by which keys it is known."""
    keys = ", ".join(f'"{each.verifier.text}"' for each in read_keys(key))
    text = f'v = "witnesses/1"\n\n[[witness]]\nname = "{NAME}"\nurl = "http://{place}"\nkeys = [{keys}]\n'
    fresh = settings.LOG_WITNESSES.with_name("witnesses.new")
    fresh.write_text(text, "utf-8")
    os.replace(fresh, settings.LOG_WITNESSES)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
