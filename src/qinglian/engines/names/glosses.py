"""Latin words inside a Chinese name that only repeat it: 海澜 Hailan 科技, 海澜科技(Hailan)有限公司."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace

from qinglian.engines.names.knowledge import stem
from qinglian.engines.names.name import Name
from qinglian.engines.names.readings import Readings

_WORD = re.compile("[a-z]{3,}")
_LATIN = re.compile(r"\s*[a-z][a-z .&,]*", re.IGNORECASE)
_EMPTY = re.compile(r"[(（]\s*[)）]")


def without_glosses(name: Name, parse: Callable[[str], Name], readings: Readings) -> Name:
    """The name as it reads without such words; the name itself where one says something of its own."""
    words = [unit.text for unit in name.units if _WORD.fullmatch(unit.text) and unit.kind != "note"]
    if not words or name.also:
        return name
    rest = _EMPTY.sub("", _LATIN.sub("", name.text))
    if sum("一" <= sign <= "鿿" for sign in rest) < 2:
        return name
    plain = parse(rest)
    if not plain.brand or not all(_repeats(word, plain, readings) for word in words):
        return name
    notes = dict.fromkeys((*name.notes, *plain.notes, "gloss"))
    return replace(plain, text=name.text, folded=name.folded, notes=tuple(notes))


def _repeats(word: str, name: Name, readings: Readings) -> bool:
    """Whether a word spells signs of the name, or translates some."""
    if any(way != "initials" for _start, _length, way, _trust in readings.spelled(word, name)):
        return True
    letters = "".join(unit.text for unit in name.units if len(unit.text) == 1)
    runs = {letters[start:stop] for start in range(len(letters)) for stop in range(start + 1, start + 7)}
    return any(stem(word) in term.en for run in runs for term in readings.known.words.get(run, ()))
