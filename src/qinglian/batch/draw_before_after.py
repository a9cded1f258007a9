"""Before a draw, its probabilities; after draws of others, what tests say: both from files."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator
from pathlib import Path

from qinglian.batch.draw_folder import Folder, write_json
from qinglian.batch.draw_registers import rows
from qinglian.engines.draw.audit import Test, audit, power
from qinglian.engines.draw.forecast import Forecast, forecast
from qinglian.engines.draw.rows import read_frame, read_inspectors
from qinglian.engines.draw.sample import count
from qinglian.faults import Fault
from qinglian.faults import noop as _


def rehearsed_seeds(frame: Iterable[bytes], number: int) -> Iterator[bytes]:
    """Seeds for rehearsals, from the frame's own bytes: anybody gets the same forecast."""
    whole = hashlib.sha256()
    for line in frame:
        whole.update(line)
    root = whole.digest()
    return (
        hashlib.sha256(b"draw/1 rehearsal\0" + root + k.to_bytes(4, "big")).digest() for k in range(number)
    )


def tell_before(folder: Folder, number: int) -> Forecast:
    """report.json over the frozen lists; it must come before the commitment, which holds its hash."""
    path, terms = folder.must_not("commitment.json").with_name("report.json"), folder.terms()
    frame = folder.lines("frame.tsv")
    subjects = list(read_frame(frame))
    staff = read_inspectors(folder.lines("inspectors.tsv")) if folder.at("inspectors.tsv").exists() else []
    arcs = folder.lines("private/arcs.tsv") if folder.at("private/arcs.tsv").exists() else []
    barred = {(pid, iid) for pid, iid in (line.decode().split() for line in arcs)}
    counted = count(subjects, terms)
    seeds = rehearsed_seeds(frame, number)
    found = forecast(terms, subjects, counted.counts, staff, barred, seeds)
    write_json(path, found.document)
    return found


def audit_files(
    frame: Path, samples: list[Path], column: str, pairs: Path | None, roster: Path | None
) -> tuple[list[Test], dict[int, dict[str, float]]]:
    """(tests, sample number → power) of draws given as files; Fault for whoever is drawn but not listed."""
    places: dict[str, int] = {}
    for number, row in enumerate(rows(frame, (column,))):
        if row[column] in places:
            raise Fault(
                _("an identifier stands twice in the list; keep one row of each"),
                file=str(frame),
                line=number + 2,
                key=row[column],
            )
        places[row[column]] = number
    drawn = [_places(path, column, places) for path in samples]
    couples, staff = _couples(pairs, roster)
    tests = audit(len(places), drawn, couples, staff)
    return tests, {k: power(len(places), len(sample)) for k, sample in enumerate(drawn, 1)}


def _places(path: Path, column: str, places: dict[str, int]) -> list[int]:
    found = set()
    for number, row in enumerate(rows(path, (column,)), 2):
        if row[column] not in places:
            raise Fault(
                _("%(id)s was drawn but is not in the list"), file=str(path), line=number, id=row[column]
            )
        found.add(places[row[column]])
    return sorted(found)


def _couples(pairs: Path | None, roster: Path | None) -> tuple[list[tuple[int, int]], int]:
    if pairs is None or roster is None:
        return [], 0
    places = {row["id"]: number for number, row in enumerate(rows(roster, ("id",)))}
    found = []
    for number, row in enumerate(rows(pairs, ("first", "second")), 2):
        for name in ("first", "second"):
            if row[name] not in places:
                raise Fault(
                    _("no inspector %(id)s in the staff list"), file=str(pairs), line=number, id=row[name]
                )
        found.append((places[row["first"]], places[row["second"]]))
    return found, len(places)
