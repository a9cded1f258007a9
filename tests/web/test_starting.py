"""A wrong pack stops the server before it starts, and says where and why."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.once

PACK = Path(__file__).parents[2] / "zones" / "qianhai"

BREAK = {
    "a unit that is not there": ("matters/consultation.toml", 'unit = "service-centre"', 'unit = "nobody"'),
    "a key that nobody knows": ("zone.toml", "demonstration = true", "demonstration = true\ncolour = 1"),
    "a text in two languages": ("zone.toml", 'zh-Hant = "前海（演示）", ', ""),
    "no TOML at all": ("matters/consultation.toml", "[[state]]", "[[state"),
}


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.mark.parametrize("broken", BREAK)
def test_a_wrong_pack_stops_the_server_before_it_listens(tmp_path: Path, broken: str) -> None:
    file, right, wrong = BREAK[broken]
    pack = shutil.copytree(PACK, tmp_path / "pack")
    text = (pack / file).read_text(encoding="utf-8")
    assert right in text
    (pack / file).write_text(text.replace(right, wrong, 1), encoding="utf-8")
    line = next(n for n, each in enumerate(text.splitlines(), 1) if right in each)
    environment = os.environ | {"QINGLIAN_DATA": str(tmp_path / "var"), "QINGLIAN_LANG": "en"}
    environment.pop("DJANGO_SETTINGS_MODULE", None)
    port = _free_port()
    done = subprocess.run(
        [sys.executable, "-m", "qinglian", "site", "--zone", str(pack), "run", "--bind", f"127.0.0.1:{port}"],
        env=environment, capture_output=True, text=True, timeout=30, check=False,
    )  # fmt: skip
    assert done.returncode == 1, done.stderr
    assert str(pack / file) in done.stderr and "Traceback" not in done.stderr
    assert f"{file}:{line}" in done.stderr or f"{file}:{line + 1}" in done.stderr, done.stderr
    assert str(port) not in done.stdout
    assert not (tmp_path / "var").exists(), "nothing is written either"


WITHOUT = """
import sys
from qinglian.cli.main import main
for words in sys.argv[1:]:
    print(words, main(["--lang", "zh-Hant", "site", *words.split()]), flush=True)
"""


def test_no_command_of_the_platform_breaks_where_nothing_was_prepared(tmp_path: Path) -> None:
    """Each says which command comes first, and ends with 1; the server does not begin to listen."""
    verbs = (
        f"run --bind 127.0.0.1:{_free_port()}", "work --once", "reindex", "staff list", "figures", "demo",
        f"log export {tmp_path / 'log'}", f"export {tmp_path / 'out'}", "log compare", "log sequence",
    )  # fmt: skip
    kept = {k: v for k, v in os.environ.items() if not k.startswith(("QINGLIAN_", "DJANGO_", "DATABASE_"))}
    environment = kept | {"QINGLIAN_DATA": str(tmp_path / "var"), "QINGLIAN_ZONE": str(PACK)}
    done = subprocess.run(
        [sys.executable, "-c", WITHOUT, *verbs],
        env=environment, capture_output=True, text=True, timeout=120, check=False,
    )  # fmt: skip
    assert [line.rsplit(" ", 1) for line in done.stdout.splitlines()] == [[verb, "1"] for verb in verbs]
    assert done.stderr.count("qinglian site prepare") == len(verbs), done.stderr
    assert "Traceback" not in done.stderr


def test_a_database_that_does_not_answer_is_named(tmp_path: Path) -> None:
    nobody = {"DATABASE_URL": f"postgres://nobody@127.0.0.1:{_free_port()}/none", "QINGLIAN_LANG": "en"}
    kept = {k: v for k, v in os.environ.items() if not k.startswith(("QINGLIAN_", "DJANGO_"))}
    done = subprocess.run(
        [sys.executable, "-m", "qinglian", "site", "--zone", str(PACK), "staff", "list"],
        env=kept | nobody | {"QINGLIAN_DATA": str(tmp_path)}, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 1
    assert "does not answer" in done.stderr and "DATABASE_URL" in done.stderr
    assert "Traceback" not in done.stderr
