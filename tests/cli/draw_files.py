"""A ceremony on files, each party in its own process with its own key."""

from __future__ import annotations

import io
import random
import subprocess
import sys
import time
from contextlib import chdir, redirect_stderr, redirect_stdout
from pathlib import Path
from unittest.mock import patch

from qinglian.cli.main import main

CLASSES = {"A": "s1", "B": "s2", "C": "s3", "D": "s4"}
STRATA = {"s1": "[1, 100]", "s2": "[2, 100]", "s3": "[10, 100]", "s4": "[30, 100]"}


def run(folder: Path, *words: object, code: int = 0, ahead: int = 0, terminal: bool = False) -> str:
    """One `qinglian` in this process, as from that folder, whose clock may run ahead; what it said."""
    said, now = io.StringIO(), time.time
    said.isatty = lambda: terminal
    later = patch("time.time", lambda: now() + ahead)
    with chdir(folder), redirect_stdout(said), redirect_stderr(said), later:
        found = main(["--lang", "en", *map(str, words)])
    assert found == code, said.getvalue()
    return said.getvalue()


AHEAD = """import sys, time; now = time.time; time.time = lambda: now() + {}
from qinglian.cli.main import main; sys.exit(main())"""


def apart(folder: Path, *words: object, code: int = 0, ahead: int = 0) -> str:
    """One `qinglian` in a process of its own, whose clock may run ahead; what it said."""
    start = ["-c", AHEAD.format(ahead)] if ahead else ["-m", "qinglian"]
    command = [sys.executable, *start, "--lang", "en", *map(str, words)]
    ran = subprocess.run(command, cwd=folder, capture_output=True, text=True)
    assert ran.returncode == code, ran.stdout + ran.stderr
    assert "Traceback" not in ran.stderr
    return ran.stdout + ran.stderr


def parties(folder: Path, by=run) -> None:
    """The operator's log key and a witness's key, and a trust file that knows their public halves."""
    log = by(folder, "draw", "log", "--name", "zone.example/draws", "--key", "log.key").split()
    witness = by(
        folder, "witness", "keygen", "--name", "w.example/hk", "--key", "w.key", "--state", "w.state"
    ).split()
    quoted = [", ".join(f'"{key}"' for key in keys) for keys in (log, witness)]
    (folder / "keys.toml").write_text(
        f'v = "trust/1"\n[[log]]\norigin = "zone.example/draws"\nkeys = [{quoted[0]}]\n'
        f'threshold = 1\nwitnesses = ["hk"]\n[[witness]]\nname = "hk"\nkeys = [{quoted[1]}]\n'
    )


def plan(
    folder: Path,
    *,
    number: int = 1,
    classes=CLASSES,
    strata=STRATA,
    wait: int = 600,
    share: str = "",
    more: str = "",
) -> None:
    """plan.toml with a demonstration round some seconds ahead."""
    lines = [
        'v = "draw-plan/1"',
        'zone = "sample"',
        f'plan = "2026-Q4-{number:02d}"',
        f"number = {number}",
        'reasons = ["recent"]',
        "reserve = 2",
        more,
        "[classes]",
        *(f'"{kind}" = "{stratum}"' for kind, stratum in classes.items()),
        *(f"[strata.{name}]\nrate = {rate}" for name, rate in strata.items()),
        f'[[sources]]\ntype = "demonstration"\nround = {int(time.time() + wait) // 60 + 1}',
    ]
    if share:
        lines.append(f'[[sources]]\ntype = "share"\nwho = "court"\ncommit = "{share}"')
    (folder / "plan.toml").write_text("\n".join(lines) + "\n")


def registers(folder: Path, size: int = 2_000) -> None:
    chance = random.Random(3)
    ids = [f"SAMPLE{k:08d}" for k in range(size)]
    rows = "".join(f"{name},{chance.choice('AAABBCD')}\n" for name in ids)
    (folder / "frame.csv").write_text("id,class\n" + rows)
    staff = "".join(f"E{k:03d},all,{'yes' if k % 2 else 'no'},\n" for k in range(20))
    (folder / "staff.csv").write_text("id,department,qualified,availability\n" + staff)
    pairs = "".join(f"{chance.choice(ids)},E{chance.randrange(20):03d}\n" for _k in range(200))
    (folder / "conflicts.csv").write_text("subject,inspector\n" + pairs)


def attest(folder: Path, code: int = 0, by=run) -> str:
    words = ("--key", "w.key", "--state", "w.state", "--trust", "keys.toml")
    return by(folder, "draw", "attest", "log", *words, code=code)


LOGGED = ("--log", "log", "--key", "log.key")


def ceremony(folder: Path) -> None:
    """Everything up to `published`, with a witness's share and outside attestations."""
    parties(folder, apart)
    registers(folder)
    plan(folder, share=apart(folder, "draw", "share", "court.share", "court").strip())
    apart(folder, "draw", "plan", "d", "plan.toml")
    staff = ("--inspectors", "staff.csv", "--conflicts", "conflicts.csv")
    apart(folder, "draw", "freeze", "d", "frame.csv", *staff)
    apart(folder, "draw", "commit", "d", *LOGGED)
    attest(folder, by=apart)
    apart(folder, "draw", "reveal", "d", "--share", "court.share", *LOGGED)
    attest(folder, by=apart)
    apart(folder, "draw", "open", "d", "--log", "log", "--trust", "keys.toml", ahead=700)
    apart(folder, "draw", "assign", "d")
    apart(folder, "draw", "publish", "d", "published", "--trust", "keys.toml")
