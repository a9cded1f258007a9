"""Plain text and tables of text: nothing that a program would carry out."""

from __future__ import annotations

import csv
import io
import re
import unicodedata
import zipfile

from qinglian.capabilities.files.inspection import refusals
from qinglian.capabilities.files.inspection.kinds import read_text
from qinglian.faults import Fault

_NUMBER = re.compile(r"[+-]?[\d.,\s%]*")
_ACTS = re.compile(r"[|!=@{]|[^\W\d]\s*\(")  # a call, a reference into something else: what harm needs
_LONGEST_CELL = 1_000_000


def check(data: bytes, kind: str) -> None:
    text = read_text(data)
    if text is None:
        raise Fault(refusals.NOT_TEXT)
    if zipfile.is_zipfile(io.BytesIO(data)):
        raise Fault(refusals.TWO_KINDS)
    if kind == "csv":
        _without_formulas(text)


def _without_formulas(text: str) -> None:
    """A spreadsheet computes what begins with =, +, - or @; numbers and telephone numbers may."""
    csv.field_size_limit(_LONGEST_CELL)
    for mark in (",", ";", "\t"):
        rows = csv.reader(io.StringIO(text, newline=""), delimiter=mark)
        try:
            for row in rows:
                if any(_computes(cell.strip("\ufeff \t\r\n")) for cell in row):
                    raise Fault(refusals.FORMULA, row=rows.line_num)
        except csv.Error:
            raise Fault(refusals.NOT_TEXT) from None


def _computes(cell: str) -> bool:
    cell = unicodedata.normalize("NFKC", cell)  # a full-width = counts in some languages
    if cell[:1] in ("=", "@"):
        return True
    return cell[:1] in ("+", "-") and not _NUMBER.fullmatch(cell) and bool(_ACTS.search(cell))
