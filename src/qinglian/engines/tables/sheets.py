"""CSV as spreadsheets write it, read strictly: where each row stands, and what a table must not contain."""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass

from qinglian.engines.tables.values import shown
from qinglian.faults import Fault
from qinglian.faults import noop as _

LENGTH_LIMIT = 2_000_000
CELL_LIMIT = 20_000
_PLAIN = {
    **dict(zip("｜－＃＝＞＜．０１２３４５６７８９", "|-#=><.0123456789", strict=True)),
    **{"—": "-", "–": "-", "−": "-", "…": "..", "～": "..", "≤": "<=", "≥": ">="},
}


@dataclass(frozen=True, slots=True)
class Sheet:
    """The header and the rows that are not blank, each with the line where it begins; cells are trimmed."""

    header: tuple[int, list[str]]
    rows: tuple[tuple[int, list[str]], ...]


def normal_text(text: str) -> str:
    """The text as it is read and hashed: no byte order mark, lines ended by LF; nothing else is changed."""
    return text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n")


def read_sheet(text: str) -> Sheet:
    """The cells of a CSV text; columns at the right end that are empty in every row are dropped.

    Raises Fault: too long, not CSV, an unprintable character, no header.
    """
    if len(text) > LENGTH_LIMIT:
        raise Fault(_("the file is longer than %(limit)d characters; split the table"), limit=LENGTH_LIMIT)
    rows = [(line, cells) for line, cells in _cells(normal_text(text)) if any(cells)]
    if not rows:
        raise Fault(_("the file is empty; write a header line and rows"), line=1)
    (line, header), body = rows[0], rows[1:]
    width = len(header)
    while width > 1 and not header[width - 1] and not any(any(cells[width - 1 :]) for _line, cells in body):
        width -= 1
    return Sheet((line, header[:width]), tuple((at, _cut(cells, width)) for at, cells in body))


def _cut(cells: list[str], width: int) -> list[str]:
    """Without empty cells beyond the header's last column."""
    while len(cells) > width and not cells[-1]:
        cells = cells[:-1]
    return cells


def _cells(text: str) -> list[tuple[int, list[str]]]:
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    rows: list[tuple[int, list[str]]] = []
    begins = 1
    try:
        for row in reader:
            cells = [cell.strip() for cell in row]
            _refuse_unprintable(cells, begins)
            rows.append((begins, cells))
            begins = reader.line_num + 1
    except csv.Error as error:
        raise Fault(
            _("this is not CSV (%(reason)s); close every quotation mark and double those inside a cell"),
            line=begins,
            reason=str(error),
        ) from None
    return rows


def _refuse_unprintable(cells: list[str], line: int) -> None:
    for cell in cells:
        if len(cell) > CELL_LIMIT:
            raise Fault(
                _("a cell has more than %(limit)d characters; shorten it"), line=line, limit=CELL_LIMIT
            )
        if not cell.isprintable():
            raise Fault(
                _("the cell “%(cell)s” holds a line break or another sign that cannot be printed; remove it"),
                line=line,
                cell=shown(cell),
            )


def full_width_fault(cell: str) -> Fault | None:
    """The fault of a sign that an input method or a spreadsheet put in place of a plain one."""
    for sign, plain in _PLAIN.items():
        if sign in cell:
            return Fault(
                _("“%(sign)s” in “%(cell)s” is not the sign that a keyboard types; write %(plain)s"),
                sign=sign,
                cell=shown(cell),
                plain=plain,
            )
    return None
