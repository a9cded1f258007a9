"""Where a key stands, against the standard reader's own values."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qinglian.zone.lines import lines_of

TEXT = '''\
# first
a = 1
"b c".d = """
two = 2
""" # three
[t]
e = [ 1,
  { f = "]", g = 'x' },
]
[[r.s]]
h = 1
[[r.s]]
h = """\\"""" """
[r.s.i]
k = 2026-01-31
[[r.s.j]]
'l' = true
'''


def test_the_lines_of_every_kind_of_key() -> None:
    lines = lines_of(TEXT.replace('"""\\"""" """', '"2"'))
    expected = {
        ("a",): 2,
        ("b c", "d"): 3,
        ("t", "e"): 7,
        ("t", "e", 1, "g"): 8,
        ("r", "s", 0, "h"): 11,
        ("r", "s", 1, "h"): 13,
        ("r", "s", 1, "i", "k"): 15,
        ("r", "s", 1, "j", 0, "l"): 17,
    }
    assert {path: lines[path] for path in expected} == expected
    assert ("two",) not in lines


def paths(value: object, before: tuple[str | int, ...] = ()) -> Iterator[tuple[str | int, ...]]:
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, inner in items:
        yield (*before, key)
        yield from paths(inner, (*before, key))


@pytest.mark.parametrize("file", sorted((Path(__file__).parents[2] / "zones").rglob("*.toml")), ids=str)
def test_each_key_of_the_carried_packs_stands_on_its_line(file: Path) -> None:
    text = file.read_text("utf-8")
    lines, found = lines_of(text), text.split("\n")
    for path in paths(tomllib.loads(text)):
        if isinstance(path[-1], str):
            assert path[-1] in found[lines[path] - 1]


@given(st.text(alphabet="ab.=[]{}\"'\n #,1\\", max_size=60))
def test_any_text_the_standard_reader_takes_is_walked_whole(text: str) -> None:
    try:
        data = tomllib.loads(text)
    except ValueError:
        return
    assert {path for path in paths(data)} <= set(lines_of(text))
