"""The lists a draw reads, as bytes: one row a line, tabs between, sorted by bytes, each pseudonym once.

frame: pid, stratum (`s1`… or `x.<reason>`), weight, departments (`-`: all)
inspectors: iid, department, qualified (0 or 1), availability (per cent of a full post)
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from qinglian.engines.draw.identities import is_pseudonym
from qinglian.faults import Fault
from qinglian.faults import noop as _

STRATUM = re.compile(r"s[1-9][0-9]{0,3}")
REASON = re.compile(r"[a-z][a-z-]{0,31}")
NAME = re.compile(r"[a-z][a-z0-9-]{0,31}")
HEAVIEST = 2**31 - 1
EVERY = "-"


class Row(NamedTuple):
    """One subject of the frame. departments: empty for all."""

    pid: str
    stratum: str
    weight: int = 1
    departments: tuple[str, ...] = ()

    @property
    def line(self) -> bytes:
        return f"{self.pid}\t{self.stratum}\t{self.weight}\t{','.join(self.departments) or EVERY}\n".encode()

    @property
    def excluded(self) -> str | None:
        return self.stratum[2:] if self.stratum[0] == "x" else None


class Inspector(NamedTuple):
    """One inspector under a pseudonym. availability: whole per cent of a full post, 1 to 100."""

    iid: str
    department: str
    qualified: bool
    availability: int = 100

    @property
    def line(self) -> bytes:
        return f"{self.iid}\t{self.department}\t{int(self.qualified)}\t{self.availability}\n".encode()


def _cells(line: bytes, number: int) -> list[str]:
    try:
        cells = line.decode("ascii").rstrip("\n").split("\t")
    except UnicodeDecodeError:
        cells = []
    if len(cells) != 4 or not is_pseudonym(cells[0]):
        raise Fault(
            _("not a row of this list; it has a pseudonym and three more cells, tabs between"), line=number
        )
    return cells


def _count(text: str, least: int, most: int, number: int) -> int:
    plain = text.isascii() and text.isdigit() and len(text) < 12 and (text == "0" or text[0] != "0")
    if not plain or not least <= int(text) <= most:
        raise Fault(
            _("%(text)r is no whole number from %(least)s to %(most)s"),
            line=number,
            text=text,
            least=least,
            most=most,
        )
    return int(text)


def read_row(line: bytes, number: int) -> Row:
    """One line of a frame, with its number from 1; Fault if it is malformed."""
    pid, stratum, weight, names = _cells(line, number)
    known = REASON.fullmatch(stratum[2:]) if stratum.startswith("x.") else STRATUM.fullmatch(stratum)
    departments = () if names == EVERY else tuple(names.split(","))
    bad = [name for name in departments if not NAME.fullmatch(name)]
    if not known or bad or list(departments) != sorted(set(departments)):
        raise Fault(
            _("%(stratum)r or %(departments)r is malformed; write s1 or x.reason, and - or sorted names"),
            line=number,
            stratum=stratum,
            departments=names,
        )
    return Row(pid, stratum, _count(weight, 1, HEAVIEST, number), departments)


def read_inspector(line: bytes, number: int) -> Inspector:
    """One line of a list of inspectors, with its number from 1; Fault if it is malformed."""
    iid, department, qualified, availability = _cells(line, number)
    if not NAME.fullmatch(department):
        raise Fault(_("%(name)r is no name of a department"), line=number, name=department)
    return Inspector(
        iid, department, _count(qualified, 0, 1, number) == 1, _count(availability, 1, 100, number)
    )


def in_order(lines: Iterable[bytes], width: int = 32) -> Iterator[tuple[int, bytes]]:
    """(number, line) for lines whose first `width` bytes rise strictly; Fault at the first that does not."""
    before = b""
    for number, line in enumerate(lines, 1):
        key = line[:width]
        if key <= before:
            raise Fault(
                _("the row stands twice or out of order; a list is sorted by its bytes, each subject once"),
                line=number,
            )
        before = key
        yield number, line


def read_frame(lines: Iterable[bytes]) -> Iterator[Row]:
    """The rows of a frame in order, one at a time; Fault with the line that is wrong."""
    return (read_row(line, number) for number, line in in_order(lines))


def read_inspectors(lines: Iterable[bytes]) -> list[Inspector]:
    """All inspectors in order; Fault with the line that is wrong."""
    return [read_inspector(line, number) for number, line in in_order(lines)]


def read_arcs(lines: Iterable[bytes]) -> set[str]:
    """The hidden conflicts (64 hex digits each); Fault with the line that is wrong."""
    found = set()
    for number, line in in_order(lines, 64):
        text = line.decode("ascii", "replace").rstrip("\n")
        if not re.fullmatch(r"[0-9a-f]{64}", text):
            raise Fault(_("not a hidden conflict; each line has 64 hex digits"), line=number)
        found.add(text)
    return found
