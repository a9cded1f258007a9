"""`codes/NAME.csv`: codes that are picked and never typed, with their texts."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Mapping
from typing import Any

from qinglian.faults import noop as _
from qinglian.zone.files import sha_of
from qinglian.zone.forms import BAD, Line
from qinglian.zone.gather import Gather, short
from qinglian.zone.lines import Path
from qinglian.zone.matter import CodeList
from qinglian.zone.text import LANGUAGES, Text

COLUMNS = ("code", *LANGUAGES)
MOST_CODES = 5_000
_CODE = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,39}")


def codes_of(name: str | None, texts: Mapping[str, str], path: Path, gather: Gather) -> CodeList | None:
    """The list a field picks from; None, with the faults told, when there is none to pick from."""
    if name is None or name == BAD:
        return None
    if name not in texts:
        gather.add(_("there is no file %(found)s; add it, or mend the name"), path, found=name)
        return None
    inside = Gather(name)
    codes = _read(texts[name], inside)
    gather.faults += inside.faults
    return CodeList(name, codes, sha_of(texts[name].encode())) if codes else None


def _read(text: str, gather: Gather) -> dict[str, Text]:
    reader = csv.reader(io.StringIO(text.removeprefix("\ufeff"), newline=""), strict=True)
    codes: dict[str, Text] = {}
    try:
        header = next(reader, [])
        if [cell.strip() for cell in header] != list(COLUMNS):
            _tell(
                gather,
                1,
                _("the first line of a code list is %(columns)s; write it so"),
                columns=",".join(COLUMNS),
            )
            return {}
        for cells in reader:
            if any(cells):
                _take(cells, reader.line_num, codes, gather)
            if len(codes) > MOST_CODES:
                _tell(gather, reader.line_num, _("more than %(most)d codes; split the list"), most=MOST_CODES)
                break
    except csv.Error as error:
        template = _("the table cannot be read as CSV (%(reason)s); save it as CSV UTF-8")
        _tell(gather, reader.line_num, template, reason=str(error))
    if len(codes) < 2 and not gather.faults:
        _tell(gather, 1, _("a list of fewer than two codes leaves nothing to pick; add rows"))
    return codes


def _take(cells: list[str], line: int, codes: dict[str, Text], gather: Gather) -> None:
    cells = [cell.strip() for cell in cells]
    if len(cells) != len(COLUMNS):
        template = _("the row has %(count)d cells; write %(columns)s")
        _tell(gather, line, template, count=len(cells), columns=",".join(COLUMNS))
        return
    code, *said = cells
    if not _CODE.fullmatch(code):
        template = _("%(found)s is no code; write letters, digits, dots and hyphens, at most 40")
        _tell(gather, line, template, found=short(code))
    elif code in codes:
        _tell(gather, line, _("%(found)s stands here a second time; each may stand once"), found=code)
    else:
        row = Gather(gather.file, {(): line})
        read = [
            Line(most=200).read(cell, (language,), row)
            for language, cell in zip(LANGUAGES, said, strict=True)
        ]
        for fault in row.faults:
            fault.line = line
        gather.faults += row.faults
        codes[code] = Text(*read)


def _tell(gather: Gather, line: int, template: str, **params: Any) -> None:
    before = len(gather.faults)
    gather.add(template, **params)
    gather.faults[before].line = line
