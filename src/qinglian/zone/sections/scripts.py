"""Texts stand in the script that their language says: pasting one into the other is the commonest slip."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any

from qinglian.faults import Fault
from qinglian.faults import noop as _
from qinglian.zone.gather import Gather
from qinglian.zone.lines import Path
from qinglian.zone.text import LANGUAGES

# Not in Big5, and yet lawful in Hong Kong or Taiwan: OpenCC leaves them in one of the two.
_BOTH = frozenset("傈兑卧叁囱墒悦户温着硷税脱葱蜕酞酶")
_HAN = re.compile(r"[\u4e00-\u9fff]")
_LATIN = re.compile(r"[A-Za-z]")
SIMPLIFIED = _(
    "%(signs)s: simplified characters, and readers of zh-Hant see traditional ones; write the text in those"
)
NOT_ENGLISH = _("this is not English; write the text in English")


@cache
def is_simplified(sign: str) -> bool:
    """Among the 3,755 commonest signs of GB 2312, and not in Big5: nobody writes it in traditional text."""
    if sign in _BOTH or not _HAN.match(sign):
        return False
    try:
        common = sign.encode("gb2312")[0] <= 0xD7
    except UnicodeEncodeError:
        return False
    try:
        sign.encode("big5")
    except UnicodeEncodeError:
        return common
    return False


def fault_in(language: str, text: str) -> Fault | None:
    """What shows that a text is in another language than it says; nothing where that cannot be told."""
    if language == "zh-Hant":
        found = list(dict.fromkeys(sign for sign in text if is_simplified(sign)))
        return Fault(SIMPLIFIED, signs="".join(found[:10])) if found else None
    if language == "en" and _HAN.search(text) and not _LATIN.search(text):
        return Fault(NOT_ENGLISH)
    return None


def check_texts(data: Any, gather: Gather, path: Path = ()) -> None:
    """Every text in three languages of a TOML file, wherever it stands."""
    for place, language, text in _texts(data, path):
        fault = fault_in(language, text)
        if fault is not None:
            gather.keep(fault, (*place, language))


def _texts(data: Any, path: Path) -> Iterator[tuple[Path, str, str]]:
    if isinstance(data, Mapping):
        for key, value in data.items():
            if key in LANGUAGES and isinstance(value, str):
                yield path, key, value
            else:
                yield from _texts(value, (*path, key))
    elif isinstance(data, list):
        for place, value in enumerate(data):
            yield from _texts(value, (*path, place))


def faults_of_file(file: str, text: str) -> list[Fault]:
    """Of `texts/NAME.zh-Hant.md` and its like line by line, of `codes/NAME.csv` cell by cell."""
    if file.startswith("codes/") and file.endswith(".csv"):
        return [fault.at(file=file, line=line, key="zh-Hant") for line, fault in _in_cells(text)]
    if not file.endswith(".zh-Hant.md"):
        return []
    found = ((number, fault_in("zh-Hant", line)) for number, line in enumerate(text.split("\n"), 1))
    return [fault.at(file=file, line=number) for number, fault in found if fault is not None]


def _in_cells(text: str) -> Iterator[tuple[int, Fault]]:
    reader = csv.DictReader(io.StringIO(text.removeprefix("\ufeff"), newline=""))
    try:
        for row in reader:
            fault = fault_in("zh-Hant", row.get("zh-Hant") or "")
            if fault is not None:
                yield reader.line_num, fault
    except csv.Error:  # told where the list is read
        return
