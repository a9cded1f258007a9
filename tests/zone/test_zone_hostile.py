"""Whatever bytes stand in a pack, the checker answers with faults and never with a crash."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from qinglian.faults import Faults
from qinglian.zone import load

SAMPLE = Path(__file__).parents[2] / "zones" / "sample"
RICH = Path(__file__).parent / "rich"
FILES = {path.relative_to(SAMPLE).as_posix(): path.read_bytes() for path in SAMPLE.rglob("*.*")}
ALL = {path.relative_to(RICH).as_posix(): path.read_bytes() for path in RICH.rglob("*.*")}
VALUES = [
    *("[[[[[]]]]]", "{}", "[]", '""', "1e9", "nan", "-1", "true", "2026-01-31", "1979-05-27T07:32:00Z"),
    *("{ zh-Hans = 1, zh-Hant = [], en = {} }", "[{}]", '["a", 1, {}]', "[" * 900 + "]" * 900),
    *("0x" + "f" * 3900, '"' + "x" * 3000 + '"', '"\\u0000"', '"\\u202e"', '"\\n"'),
    *(
        '"enter:"',
        '"leave:received"',
        '"system"',
        '["system"]',
        '"received"',
        '"law"',
        '"answered"',
        '["received"]',
        '"files"',
        '"undertaking"',
        '"money"',
        '"clock.answer-in"',
        '"two-persons:refuse"',
        '"texts/promise"',
        '"decisions/grant.csv"',
        '["a", "a"]',
    ),
]


@contextmanager
def pack(files: dict[str, bytes]) -> Iterator[Path]:
    with tempfile.TemporaryDirectory() as name:
        for file, data in files.items():
            (Path(name) / file).parent.mkdir(exist_ok=True)
            (Path(name) / file).write_bytes(data)
        yield Path(name)


def told(files: dict[str, bytes]) -> list[str]:
    with pack(files) as root:
        try:
            load(root)
        except Faults as error:
            assert error.faults
            assert all(fault.file for fault in error.faults)
            return [str(fault) for fault in error.faults]
    return []


@settings(max_examples=160, deadline=None)
@given(st.sampled_from(sorted(ALL)), st.data())
def test_spliced_bytes_never_crash_the_checker(file: str, data: st.DataObject) -> None:
    old = ALL[file]
    start = data.draw(st.integers(0, len(old)))
    end = data.draw(st.integers(start, min(len(old), start + 40)))
    told({**ALL, file: old[:start] + data.draw(st.binary(max_size=12)) + old[end:]})


@settings(max_examples=200, deadline=None)
@given(st.sampled_from(["zone.toml", "matters/conduct.toml", *["matters/grant.toml"] * 3]), st.data())
def test_changed_lines_never_crash_the_checker(file: str, data: st.DataObject) -> None:
    lines = ALL[file].decode().splitlines()
    for _turn in range(data.draw(st.integers(1, 3))):
        place = data.draw(st.integers(0, len(lines) - 1))
        match data.draw(st.sampled_from(["drop", "twice", "value", "swap"])):
            case "drop":
                lines.pop(place)
            case "twice":
                lines.insert(place, lines[place])
            case "value":
                lines[place] = lines[place].split("=")[0] + "= " + data.draw(st.sampled_from(VALUES))
            case "swap":
                lines[place], lines[0] = lines[0], lines[place]
    told({**ALL, file: "\n".join(lines).encode()})


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        (b"\xff\xfe", "not UTF-8 from byte 0 on"),
        (b'v = "zone/1"\nid = "a\xc3("', ":2: not UTF-8 from byte 20 on"),
        (b'v = "zone\x00/1"', ":1: there is a NUL byte"),
        (b'\xef\xbb\xbfv = "zone/1"', ":1: begins with a byte-order mark"),
        (b"a = " + b"[" * 3000, "nested too deeply"),
        (b"a = " + b"[" * 1990 + b"]" * 1990, "nested too deeply"),
        (b"id = 0x" + b"f" * 3900, "is not a text"),
        (b"x." * 3000 + b"x = 1", "longer than 4000 characters"),
        (b"x = 1\n" * 200_000, "characters are too many for one TOML file"),
        (b"#" * 9_000_000, "bytes are too many"),
        (b"", "the key v is missing"),
    ],
)
def test_hostile_bytes_are_told_plainly(data: bytes, expected: str) -> None:
    assert any(expected in message for message in told({**FILES, "zone.toml": data}))


def test_a_folder_of_thousands_of_files_is_not_read_through(monkeypatch) -> None:
    monkeypatch.setattr("qinglian.zone.files.MOST_FILES", 20)
    extra = {f"matters/{number}.txt": b"" for number in range(30)}
    assert any("more than 20 files" in message for message in told({**FILES, **extra}))


@settings(max_examples=40, deadline=None)
@given(st.text(max_size=300))
@example("date,kind,basis\n2026-13-40,off,x\n")
@example("date,kind,basis\n9999,published,x\nzone,x,\n")
@example('date,kind,basis\n"' + "x" * 140_000 + '",off,x\n')
def test_any_calendar_text_is_read_or_told(text: str) -> None:
    told({**FILES, "calendars/CN.csv": text.encode("utf-8", "surrogatepass")})
    told({**FILES, "calendars/XX.csv": ("date,kind,basis\n" + text).encode("utf-8", "surrogatepass")})
