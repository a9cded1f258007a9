"""A register as a CSV file, line by line: each fault has its line, column and mend. No Django."""

from __future__ import annotations

import csv
import difflib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from hashlib import sha256
from pathlib import Path
from typing import BinaryIO, TypeVar

from qinglian.capabilities.parties.identifiers import KINDS, PLACES, USUAL, Number, is_individual, read
from qinglian.capabilities.parties.naming import SCRIPTS, read_name
from qinglian.faults import Fault
from qinglian.faults import noop as _

NAME_COLUMNS = {f"name_{script.lower().replace('-', '_')}": script for script in SCRIPTS}
NEEDED = ("place", "number")
COLUMNS = (*NEEDED, "number_kind", *NAME_COLUMNS, "name_since", "district", "form")
FORMS = ("organisation", "individual")
ENCODINGS = ("utf-8", "gb18030", "big5hkscs")
LONGEST_LINE = 100_000
T = TypeVar("T")
_MARKS = {b"\xff\xfe": "UTF-16", b"\xfe\xff": "UTF-16", b"PK": "XLSX", b"\xd0\xcf": "XLS"}


@dataclass(frozen=True)
class Row:
    """One enterprise as the file states it."""

    line: int
    place: str
    number: Number
    names: tuple[tuple[str, str], ...]  # (script, name)
    since: date | None
    district: str
    organisation: bool


@dataclass(frozen=True)
class Bad:
    """A row that cannot be taken: its cells as they stand, and the first thing wrong with it."""

    line: int
    cells: list[str]
    fault: Fault


class RegisterFile:
    """One pass over the file: iterate it for Row and Bad; `head`, `done` and `sha` grow on the way."""

    def __init__(self, path: Path, encoding: str = "utf-8") -> None:
        self.path, self.encoding = path, encoding
        self.head: list[str] = []
        self.done = 0  # bytes
        self._line = 0
        self._sum = sha256()

    @property
    def sha(self) -> str:
        return self._sum.hexdigest()

    def __iter__(self) -> Iterator[Row | Bad]:
        with self.path.open("rb") as source:
            rows = csv.reader(self._lines(source), strict=True)
            try:
                self.head = _columns(next(rows, []))
            except (csv.Error, UnicodeError):
                raise Fault(_CSV, line=1) from None
            yield from self._rows(rows)

    def _rows(self, rows: Iterator[list[str]]) -> Iterator[Row | Bad]:
        while True:
            line = self._line + 1
            try:
                cells = next(rows)
            except StopIteration:
                return
            except csv.Error:
                raise Fault(_CSV, line=line) from None
            if not any(cell.strip() for cell in cells):
                continue
            try:
                yield _row(line, self.head, cells)
            except Fault as fault:
                yield Bad(line, cells, fault.at(line=line))

    def _lines(self, source: BinaryIO) -> Iterator[str]:
        while raw := source.readline(LONGEST_LINE + 1):
            self._line += 1
            self.done += len(raw)
            self._sum.update(raw)
            if self._line == 1:
                raw = _without_mark(raw)
            if len(raw) > LONGEST_LINE:
                raise Fault(
                    _("the line is longer than %(most)d bytes; a quotation mark may be missing"),
                    line=self._line,
                    most=LONGEST_LINE,
                )
            try:
                yield raw.decode(self.encoding)
            except UnicodeDecodeError:
                raise Fault(_NOT_TEXT, line=self._line, encoding=self.encoding.upper()) from None


_CSV = _("this is not CSV: a quotation mark is open, or stands inside a cell; save the table as CSV again")
_NOT_TEXT = _(
    "the line is not %(encoding)s; save the table as “CSV UTF-8”, or say how it was written: "
    "--encoding gb18030 (mainland Windows), --encoding big5hkscs (Hong Kong Windows)"
)


def _without_mark(raw: bytes) -> bytes:
    if kind := next((kind for mark, kind in _MARKS.items() if raw.startswith(mark)), None):
        raise Fault(_("this is %(kind)s; save the table as “CSV UTF-8”"), line=1, kind=kind)
    return raw.removeprefix(b"\xef\xbb\xbf")


def _columns(cells: list[str]) -> list[str]:
    head = [cell.strip().lower() for cell in cells]
    for name in head:
        if name not in COLUMNS:
            near = difflib.get_close_matches(name, COLUMNS, 1)
            template = (
                _("there is no such column %(found)r; did you mean %(near)s?")
                if near
                else _("there is no such column %(found)r; the columns are: %(columns)s")
            )
            more = {"near": near[0]} if near else {"columns": ", ".join(COLUMNS)}
            raise Fault(template, line=1, found=name[:40], **more)
        if head.count(name) > 1:
            raise Fault(_("the column %(column)s stands twice; remove one"), line=1, column=name)
    missing = [name for name in NEEDED if name not in head]
    if missing or not set(head) & set(NAME_COLUMNS):
        raise Fault(
            _("missing: %(columns)s; the first line names the columns"),
            line=1,
            columns=", ".join(missing) or " | ".join(NAME_COLUMNS),
        )
    return head


def _row(line: int, head: list[str], cells: list[str]) -> Row:
    if len(cells) != len(head):
        raise Fault(
            _("%(found)d cells under %(wanted)d columns; a comma or a quotation mark is missing or too many"),
            found=len(cells),
            wanted=len(head),
        )
    said = dict(zip(head, (cell.strip() for cell in cells), strict=True))
    place = _one_of(said, "place", PLACES)
    kind = _one_of(said, "number_kind", KINDS, USUAL.get(place, "other"))
    number = _at("number", lambda: read(kind, said["number"]))
    names = [
        (script, _at(column, lambda c=column: read_name(said[c])))
        for column, script in NAME_COLUMNS.items()
        if said.get(column)
    ]
    if not names:
        raise Fault(
            _("the enterprise has no name; fill in one of %(columns)s"), columns=", ".join(NAME_COLUMNS)
        )
    form = _one_of(said, "form", FORMS, "individual" if is_individual(number) else "organisation")
    if is_individual(number) and form == "organisation":
        raise Fault(
            _("a code that begins with 92 is that of an individual business; write individual"), key="form"
        )
    district = _at("district", lambda: read_name(said.get("district", "")))
    if len(district) > 60:
        raise Fault(
            _("%(found)d characters; a name has at most %(most)d"),
            key="district",
            found=len(district),
            most=60,
        )
    return Row(line, place, number, tuple(names), _since(said), district, form == "organisation")


def _at(key: str, reading: Callable[[], T]) -> T:
    try:
        return reading()
    except Fault as fault:
        raise fault.at(key=key) from None


def _one_of(said: dict[str, str], key: str, words: tuple[str, ...], usual: str = "") -> str:
    word = said.get(key) or usual
    if word not in words:
        raise Fault(_("%(found)r is none of %(words)s"), key=key, found=word[:40], words=", ".join(words))
    return word


def _since(said: dict[str, str]) -> date | None:
    text = said.get("name_since")
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        raise Fault(
            _("%(found)r is not a day; write it as 2026-11-23"), key="name_since", found=text[:40]
        ) from None
