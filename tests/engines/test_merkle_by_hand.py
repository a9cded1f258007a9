"""The checker printed in the documentation is cut out of the page and run as a reader would run it."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

from qinglian.engines import merkle

PAGE = Path(__file__).parents[2] / "docs/how-to/check-a-record-by-hand.md"
ORIGIN = "log.example/public"
KEY = merkle.SigningKey(ORIGIN, merkle.ED25519, bytes(32))
SECOND = merkle.SigningKey(ORIGIN, merkle.MLDSA44, bytes(32))
CHECKER = re.search(r"```python\n(.*?)```", PAGE.read_text("utf-8"), re.DOTALL)[1]


def record(size, place):
    values = {
        "applicant": "陈大文（示例）",
        "amount": "1200.50",
        "days": 5,
        "parts": [{"b": None, "a": True}],
    }
    salts = {name: bytes([number]) * 32 for number, name in enumerate(values)}
    entry = merkle.seal_entry(values, salts, {"event": "case_lodged"})
    leaves = [merkle.leaf_hash(entry.data if number == place else b"%d" % number) for number in range(size)]
    tree, tiles = merkle.Tree().append(leaves)
    store = {tile.path: tile.data for tile in tiles}
    proof = merkle.inclusion_proof(place, size, merkle.TileReader(store.get, size))
    text = merkle.sign_checkpoint(merkle.Checkpoint(ORIGIN, size, tree.root()), [KEY, SECOND], 1_795_000_000)
    reveal = {name: (value, salts[name]) for name, value in values.items()}
    return merkle.Record(entry, reveal, merkle.ProofFile(place, tuple(proof), text))


def checked(tmp_path, text, key=KEY):
    (tmp_path / "check.py").write_text(CHECKER, "utf-8")
    (tmp_path / "record.json").write_text(text, "utf-8")
    words = [sys.executable, "-I", "-X", "utf8", "check.py", "record.json", key.verifier.text]
    return subprocess.run(words, cwd=tmp_path, capture_output=True, text=True)


def test_it_has_about_forty_lines_and_needs_nothing_of_ours():
    lines = [line for line in CHECKER.splitlines() if line.strip()]
    assert len(lines) <= 45
    assert "qinglian" not in CHECKER


@pytest.mark.parametrize(("size", "place"), [(1, 0), (2, 1), (7, 6), (300, 4), (777, 776)])
def test_it_says_that_a_good_record_holds(tmp_path, size, place):
    done = checked(tmp_path, merkle.write_record(record(size, place)))
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith(f"Holds: entry {place} of {ORIGIN} among {size} shows")


def test_it_says_that_a_record_with_erased_fields_holds(tmp_path):
    done = checked(tmp_path, merkle.write_record(record(300, 4).without(["applicant", "days"])))
    assert done.returncode == 0
    assert "applicant" not in done.stdout


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("1200.50", "1200.51"),
        ("case_lodged", "case_closed"),
        ("index 4", "index 5"),
        ("\\n300\\n", "\\n301\\n"),
        ("\\n300\\n", "\\n3\\n"),
        (ORIGIN, "log.example/other"),
    ],
)
def test_it_refuses_an_altered_record(tmp_path, old, new):
    text = merkle.write_record(record(300, 4))
    assert old in text
    done = checked(tmp_path, text.replace(old, new))
    assert done.returncode != 0
    assert "Holds" not in done.stdout


def test_it_refuses_another_key(tmp_path):
    other = merkle.SigningKey(ORIGIN, merkle.ED25519, b"x" * 32)
    assert (
        "the log's key has not signed" in checked(tmp_path, merkle.write_record(record(7, 6)), other).stderr
    )
