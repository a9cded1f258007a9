"""Where each key of a TOML text stands: the standard reader keeps no line numbers.

The text must already have been read by `tomllib`; this walk trusts its syntax.
"""

from __future__ import annotations

import re
from bisect import bisect_left

Path = tuple[str | int, ...]
_BARE_KEY = re.compile(r"[A-Za-z0-9_-]+")
_BARE_VALUE = re.compile(r"[^,\]}\n#]*")
_SPACE = re.compile(r"[ \t\r]*")
_VOID = re.compile(r"(?:[ \t\r\n]+|#[^\n]*)*")
_QUOTED = {
    '"""': re.compile(r'"""(?:[^\\]|\\.)*?"{3,5}', re.S),
    "'''": re.compile(r"'''.*?'{3,5}", re.S),
    '"': re.compile(r'"(?:[^"\\]|\\.)*"'),
    "'": re.compile(r"'[^']*'"),
}


def lines_of(text: str) -> dict[Path, int]:
    """Key path (names, and positions from 0 in arrays) → line from 1. What cannot be followed is left out."""
    walk = _Walk(text)
    try:
        walk.document()
    except (RecursionError, IndexError, ValueError):
        pass
    return walk.lines


class _Walk:
    def __init__(self, text: str) -> None:
        self.text, self.at = text, 0
        self.ends = [place for place, sign in enumerate(text) if sign == "\n"]
        self.lines: dict[Path, int] = {}
        self.rows: dict[Path, int] = {}

    def note(self, path: Path, at: int) -> None:
        self.lines.setdefault(path, bisect_left(self.ends, at) + 1)

    def skip(self, pattern: re.Pattern[str]) -> str:
        found = pattern.match(self.text, self.at)
        if found is None:
            raise ValueError(self.at)
        self.at = found.end()
        return found.group()

    def document(self) -> None:
        home: Path = ()
        self.skip(_VOID)
        while self.at < len(self.text):
            if self.text[self.at] == "[":
                home = self.header()
            else:
                self.pair(home)
            self.skip(_VOID)

    def header(self) -> Path:
        start = self.at
        many = self.text.startswith("[[", self.at)
        self.at += 2 if many else 1
        path: Path = ()
        parts = self.key()
        for place, part in enumerate(parts):
            path = (*path, part)
            self.note(path, start)
            last = place == len(parts) - 1
            if last and many:
                self.rows[path] = self.rows.get(path, -1) + 1
            if path in self.rows:
                path = (*path, self.rows[path])
                self.note(path, start)
        self.at += 2 if many else 1
        return path

    def key(self) -> list[str]:
        parts = []
        while True:
            self.skip(_SPACE)
            sign = self.text[self.at]
            parts.append(self.quoted() if sign in "\"'" else self.skip(_BARE_KEY))
            self.skip(_SPACE)
            if not self.text.startswith(".", self.at):
                return parts
            self.at += 1

    def quoted(self) -> str:
        for mark, pattern in _QUOTED.items():
            if self.text.startswith(mark, self.at):
                return self.skip(pattern)[len(mark) : -len(mark)]
        raise ValueError(self.at)

    def pair(self, home: Path) -> None:
        start = self.at
        path = home
        for part in self.key():
            path = (*path, part)
            self.note(path, start)
        self.at += 1
        self.skip(_SPACE)
        self.value(path)

    def value(self, path: Path) -> None:
        sign = self.text[self.at]
        if sign in "\"'":
            self.quoted()
        elif sign == "[":
            self.array(path)
        elif sign == "{":
            self.inline(path)
        else:
            self.skip(_BARE_VALUE)

    def array(self, path: Path) -> None:
        self.at += 1
        place = 0
        while self.skip(_VOID) is not None and self.text[self.at] != "]":
            self.note((*path, place), self.at)
            self.value((*path, place))
            place += 1
            self.skip(_VOID)
            if self.text[self.at] == ",":
                self.at += 1
        self.at += 1

    def inline(self, path: Path) -> None:
        self.at += 1
        while self.skip(_VOID) is not None and self.text[self.at] != "}":
            self.pair(path)
            self.skip(_VOID)
            if self.text[self.at] == ",":
                self.at += 1
        self.at += 1
