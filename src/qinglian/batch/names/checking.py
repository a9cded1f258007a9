"""A name held against a register, for whoever registers names."""

from __future__ import annotations

import tempfile
from pathlib import Path

from qinglian.batch.names import sheets
from qinglian.batch.names.index import CandidateIndex, SqliteIndex, build, is_index
from qinglian.engines.names import Matcher
from qinglian.engines.names.registration import Finding, Word, check, read_words
from qinglian.faults import Fault

CANDIDATES = 25


def check_name(
    name: str, index: CandidateIndex, words: tuple[Word, ...], matcher: Matcher
) -> tuple[Finding, ...]:
    """What stands against a name, from the candidates of an index and the words of a pack."""
    near = [index.name(number) for number, _strength in index.search(name, CANDIDATES)]
    return check(name, near, words, matcher)


def check_against(
    name: str, register: Path, words: Path | None, matcher: Matcher, *, column: str = "name"
) -> tuple[Finding, ...]:
    """The same from files: a register (an index, or CSV) and a table of words (word,kind,ground)."""
    matcher.parse(name)
    rules = read_word_table(words) if words else ()
    if is_index(register):
        return check_name(name, SqliteIndex(register, matcher), rules, matcher)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "names.index"
        index_register(register, path, matcher, column=column)
        return check_name(name, SqliteIndex(path, matcher), rules, matcher)


def index_register(register: Path, target: Path, matcher: Matcher, *, column: str = "name") -> int:
    """Write the index of a register (CSV with the column); how many names it holds.

    Rows with a blank name are left out. Faults names every row whose name cannot be read; then nothing
    is written.
    """
    sheet = sheets.read(register, (column,))
    named = [(line, row) for line, row in sheet.rows if row[column].strip()]
    sheets.readable_rows(sheet, named, column, matcher)
    return build(target, (row[column] for _line, row in named), matcher)


def read_word_table(path: Path) -> tuple[Word, ...]:
    sheet = sheets.read(path, ("word", "kind", "ground"))
    try:
        return read_words(row for _line, row in sheet.rows)
    except Fault as fault:
        raise fault.at(file=str(path)) from None
