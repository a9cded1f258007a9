"""Tables of names: pairs scored, and names held against a list."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

from qinglian.batch.names import sheets
from qinglian.batch.names.index import CandidateIndex, FastIndex, SqliteIndex, build
from qinglian.batch.names.sheets import Row, Sheet, readable_rows
from qinglian.engines.names import REVIEW, Evidence, Match, Matcher
from qinglian.engines.names.identifiers import valid_codes
from qinglian.faults import Fault, Faults

Told = Callable[[Evidence], str]
Progress = Callable[[int, int], None]
CANDIDATES = 30
IDENTIFIERS = ("uscc", "lei", "code", "identifier")
ADDED_PAIR = ("score", "band")
ADDED_SCREEN = ("rank", "score", "band", "evidence", "list_line")


def score_pairs(source: Path, target: Path, matcher: Matcher) -> int:
    """Write target from source (columns a,b) with score and band added; the number of rows.

    Faults names every row whose names cannot be read; then nothing is written.
    """
    sheet = sheets.read(source, ("a", "b"))
    sheets.free(sheet, ADDED_PAIR)
    faults, rows = [], []
    for line, row in sheet.rows:
        try:
            match = matcher.match(row["a"], row["b"])
            rows.append(row | {"score": f"{match.score:.4f}", "band": match.band})
        except Fault as fault:
            faults.append(fault.at(file=str(source), line=line))
    if faults:
        raise Faults(faults)
    sheets.write(target, (*sheet.columns, *ADDED_PAIR), rows)
    return len(rows)


def screen(
    listed: Path,
    asked: Path,
    target: Path,
    matcher: Matcher,
    *,
    column: str = "name",
    least: float = REVIEW,
    most: int = 5,
    fast: bool = False,
    tell: Told,
    progress: Progress,
) -> tuple[int, int]:
    """Hold the names of `asked` against the list, both CSV with the column; (names, leads) written to target.

    A row of target is a row of `asked` with rank, score, band, evidence, the line in the list and the
    list's own columns as `list_…`. A name that meets nobody has no row. Codes (columns uscc, lei, code,
    identifier) are compared where both sides have them, and an entry with the same valid code is met
    whatever its name. fast: candidates by tantivy, where it is installed. Faults names every bad row;
    then nothing is written.
    """
    entries, questions = sheets.read(listed, (column,)), sheets.read(asked, (column,))
    sheets.free(questions, [*ADDED_SCREEN, *(f"list_{name}" for name in entries.columns)])
    readable_rows(entries, entries.rows, column, matcher)
    readable_rows(questions, questions.rows, column, matcher)
    by_code = _by_code(entries)
    leads = 0

    def rows() -> Iterator[Row]:
        nonlocal leads
        for number, (_line, row) in enumerate(questions.rows, 1):
            places = _candidates(row, column, index, by_code)
            found = _leads(row, column, [(place, entries.rows[place][1]) for place in places], matcher)
            kept = [lead for lead in found if lead[1].score >= least][:most]
            for rank, (place, match) in enumerate(kept, 1):
                leads += 1
                yield row | _lead(rank, match, entries.rows[place], tell)
            progress(number, len(questions.rows))

    with tempfile.TemporaryDirectory() as folder:
        index = _index([row[column] for _line, row in entries.rows], Path(folder), matcher, fast)
        columns = [*questions.columns, *ADDED_SCREEN, *(f"list_{name}" for name in entries.columns)]
        sheets.write(target, columns, rows())
    return len(questions.rows), leads


def _index(names: list[str], folder: Path, matcher: Matcher, fast: bool) -> CandidateIndex:
    if fast:
        return FastIndex(names, matcher)
    path = folder / "names.index"
    build(path, names, matcher)
    return SqliteIndex(path, matcher)


def _by_code(entries: Sheet) -> dict[tuple[str, str], list[int]]:
    """Places of the list's entries by kind of code and code, the valid ones only."""
    found: dict[tuple[str, str], list[int]] = {}
    for place, (_line, row) in enumerate(entries.rows):
        for code in _kinds_and_codes(row):
            found.setdefault(code, []).append(place)
    return found


def _kinds_and_codes(row: Row) -> list[tuple[str, str]]:
    return sorted((kind, code) for kind, codes in valid_codes(_codes(row)).items() for code in codes)


def _candidates(
    row: Row, column: str, index: CandidateIndex, by_code: dict[tuple[str, str], list[int]]
) -> list[int]:
    """Entries that may be meant: by name, and by a valid code whatever the name."""
    coded = [place for code in _kinds_and_codes(row) for place in by_code.get(code, ())]
    named = [place for place, _strength in index.search(row[column], CANDIDATES)]
    return list(dict.fromkeys(coded + named))


def _leads(
    row: Row, column: str, entries: list[tuple[int, Row]], matcher: Matcher
) -> list[tuple[int, Match]]:
    """Entries with how they match, the best first."""
    found = [
        (place, matcher.match(row[column], entry[column], _codes(row), _codes(entry)))
        for place, entry in entries
    ]
    return sorted(found, key=lambda lead: (-lead[1].score, lead[0]))


def _codes(row: Row) -> tuple[str, ...]:
    return tuple(row[name] for name in IDENTIFIERS if row.get(name))


def _lead(rank: int, match: Match, entry: tuple[int, Row], tell: Told) -> Row:
    line, listed = entry
    return {
        "rank": str(rank),
        "score": f"{match.score:.4f}",
        "band": match.band,
        "evidence": "; ".join(tell(reason) for reason in match.evidence),
        "list_line": str(line),
        **{f"list_{name}": cell for name, cell in listed.items()},
    }
