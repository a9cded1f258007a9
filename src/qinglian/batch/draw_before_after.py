"""Before a draw, its probabilities; after draws of others, what tests say: both from files."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

from qinglian.batch.draw import held_frame
from qinglian.batch.draw_folder import Folder, write_json
from qinglian.batch.draw_gather import lines
from qinglian.batch.draw_registers import cells_of, rows
from qinglian.batch.telling import REHEARSING, WEIGHING, Tell, silent
from qinglian.engines.draw.audit import Test, audit, power
from qinglian.engines.draw.forecast import Forecast, forecast
from qinglian.engines.draw.rows import read_inspectors
from qinglian.engines.draw.sample import count_kinds
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


def _told(seeds: Iterable[bytes], number: int, tell: Tell) -> Iterator[bytes]:
    for done, seed in enumerate(seeds):
        tell(REHEARSING, done / number, done)
        yield seed


def tell_before(folder: Folder, number: int, tell: Tell = silent) -> Forecast:
    """report.json over the frozen lists; it must come before the commitment, which holds its hash."""
    path, terms = folder.must_not("commitment.json").with_name("report.json"), folder.terms()
    frame = held_frame(folder.must("frame.tsv", "freeze"), terms, tell)
    staff = read_inspectors(folder.lines("inspectors.tsv")) if folder.at("inspectors.tsv").exists() else []
    arcs = folder.lines("private/arcs.tsv") if folder.at("private/arcs.tsv").exists() else []
    barred = {(pid, iid) for pid, iid in (line.decode().split() for line in arcs)}
    counted = count_kinds(frame.kinds(), terms)
    seeds = _told(rehearsed_seeds(lines(frame), number), number, tell)
    found = forecast(terms, frame, counted.counts, staff, barred, seeds)
    write_json(path, found.document)
    return found


def audit_files(
    frame: Path,
    samples: list[Path],
    column: str,
    pairs: Path | None,
    roster: Path | None,
    tell: Tell = silent,
) -> tuple[list[Test], dict[int, dict[str, float]]]:
    """(tests, sample number → power) of draws given as files; Fault for whoever is drawn but not listed."""
    places: dict[str, int] = {}
    for number, (name,) in enumerate(cells_of(frame, (column,), (), tell)):
        if name in places:
            raise Fault(
                _("an identifier stands twice in the list; keep one row of each"),
                file=str(frame),
                line=number + 2,
                key=name,
            )
        places[name] = number
    drawn = [_places(path, column, places) for path in samples]
    couples, staff = _couples(pairs, roster)
    tests = audit(len(places), drawn, couples, staff)
    powers = {}
    for k, sample in enumerate(drawn):
        powers[k + 1] = power(len(places), len(sample), tell=_share_of(tell, k, len(drawn)))
    return tests, powers


def _share_of(tell: Tell, k: int, number: int) -> Callable[[int, int], None]:
    return lambda done, whole: tell(WEIGHING, (k + done / whole) / number, done)


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
