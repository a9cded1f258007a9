"""The first steps of a draw on files: the plan, and the lists it will be bound to."""

from __future__ import annotations

import tomllib
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

from qinglian.batch import draw_registers as registers
from qinglian.batch.draw_before_after import rehearsed_seeds
from qinglian.batch.draw_folder import Folder, Keys, pid_of, write_json
from qinglian.batch.draw_gather import Twins, gather, lines
from qinglian.batch.telling import Tell, silent
from qinglian.batch.verify import read_text
from qinglian.engines.draw import fields
from qinglian.engines.draw.arcs import Posts
from qinglian.engines.draw.assign import refuse_few
from qinglian.engines.draw.forecast import forecast, pools, refuse_starved
from qinglian.engines.draw.framed import Framed
from qinglian.engines.draw.freezing import freeze_conflicts, freeze_officers, freeze_subjects, sorted_lines
from qinglian.engines.draw.rows import Inspector
from qinglian.engines.draw.sample import Counted, count_kinds
from qinglian.engines.draw.terms import KEYS, PLAN_VERSION, Terms, read_terms
from qinglian.faults import Fault
from qinglian.faults import noop as _

MADE = (
    "frame.tsv", "inspectors.tsv", "conflicts.tsv", "report.json", "private/arcs.tsv", "private/history.tsv",
)  # fmt: skip
REHEARSALS = 3
REHEARSED = 300_000  # rows; a larger frame is rehearsed by `qinglian draw report` alone


@dataclass(frozen=True)
class Frozen:
    """What was frozen. strangers: file → rows of it about subjects that the register does not hold."""

    counted: Counted
    strangers: Mapping[Path, int]


def plan(folder: Folder, source: Path, entropy: Callable[[int], bytes]) -> None:
    """terms.json from a plan in TOML, and fresh private keys. Nothing is written if the plan is at fault."""
    folder.must_not("terms.json")
    try:
        data = tomllib.loads(read_text(source))
        fields.table(data, "", {*KEYS, "v", "classes"})
        if data.get("v") != PLAN_VERSION:
            raise Fault(_('not a plan; its first line is v = "%(version)s"'), line=1, version=PLAN_VERSION)
        terms = read_terms({name: value for name, value in data.items() if name in KEYS})
        classes = fields.table(data.get("classes"), "classes", set(data.get("classes") or {}))
        if not classes or {*map(str, classes.values())} != set(terms.strata):
            raise Fault(_("say which class is which stratum, and leave no stratum out"), key="classes")
    except tomllib.TOMLDecodeError as error:
        raise Fault(
            _("not TOML: %(reason)s; mend the text there"), file=str(source), reason=str(error)
        ) from None
    except Fault as fault:
        raise fault.at(file=str(source)) from None
    write_json(folder.at("private/keys.json"), Keys.new(dict(classes), entropy).document, 0o600)
    write_json(folder.at("terms.json"), terms.document)


def freeze(
    folder: Folder,
    register: Path,
    names: Mapping[str, str],
    others: Mapping[str, Path | None],
    tell: Tell = silent,
) -> Frozen:
    """frame.tsv, inspectors.tsv and conflicts.tsv from the operator's files; the counts of the frame.

    others: staff, conflicts and visits, each a path or None. Raises Fault before anything is written, so too
    if the staff cannot fill what would be drawn. Lists frozen before, and a report on them, are gone.
    """
    terms, keys = folder.terms(), folder.keys()
    folder.must_not("commitment.json")
    visited, staff = others.get("visits"), others.get("staff")
    if (terms.exclusions.names and visited is None) or (others.get("conflicts") and staff is None):
        raise Fault(
            _("the plan’s exclusions need past visits, and conflicts need inspectors; give those files")
        )
    past = registers.visits(visited) if visited else {}
    frame = _freeze_register(register, names, keys, (past, terms), tell)
    counted = count_kinds(frame.kinds(), terms)
    files: dict[str, Iterable[bytes]] = {"frame.tsv": lines(frame)}
    strangers: dict[Path, int] = {}
    if visited:
        files["private/history.tsv"], strangers[visited] = _history(past, frame, keys, terms)
    if staff:
        more, unknown = _freeze_staff(folder, keys, others, frame, counted)
        files, strangers = files | more, strangers | unknown
    for name in MADE:
        folder.at(name).unlink(missing_ok=True)
    for name, content in files.items():
        folder.write_lines(name, content, 0o600 if name.startswith("private") else 0o644)
    return Frozen(counted, {path: number for path, number in strangers.items() if number})


def _history(
    past: Mapping[str, list[str]], frame: Framed, keys: Keys, terms: Terms
) -> tuple[list[bytes], int]:
    named = {pid_of(keys.frame, identity, terms): days for identity, days in past.items()}
    known = {row.pid for row in frame.named(named)}
    strangers = sum(len(days) for pid, days in named.items() if pid not in known)
    return sorted(f"{pid}\t{day}\n".encode() for pid, days in named.items() for day in set(days)), strangers


def _freeze_register(
    register: Path,
    names: Mapping[str, str],
    keys: Keys,
    rules: tuple[Mapping[str, list[str]], Terms],
    tell: Tell,
) -> Framed:
    found = registers.subjects(register, names, tell)
    try:
        return gather(row for row, _id in freeze_subjects(found, keys.frame, keys.classes, *rules))
    except Twins as twins:
        first, second = (place + 2 for place in twins.places)
        raise Fault(
            _("the same identifier as in row %(first)s; keep one row of each"),
            file=str(register),
            line=second,
            first=first,
        ) from None
    except Fault as fault:
        raise fault.at(file=str(register)) from None


def _freeze_staff(
    folder: Folder, keys: Keys, others: Mapping[str, Path | None], frame: Framed, counted: Counted
) -> tuple[dict[str, Iterable[bytes]], dict[Path, int]]:
    terms, staff, conflicts = folder.terms(), others["staff"], others.get("conflicts")
    assert staff is not None
    try:
        people = list(freeze_officers(registers.officers(staff), keys.inspectors, terms))
        listed = sorted_lines(one for one, _id in people)
    except Fault as fault:
        raise _twins(fault, people_of(staff, keys, terms)).at(file=str(staff)) from None
    known = {identity: one.iid for one, identity in people}
    meetings = []
    for number, (subject, inspector) in enumerate(registers.pairs(conflicts) if conflicts else (), 2):
        if inspector not in known:
            raise Fault(
                _("no inspector %(id)s in the staff list"), file=str(conflicts), line=number, id=inspector
            )
        meetings.append((pid_of(keys.frame, subject, terms), known[inspector]))
    pairs = set(meetings)
    here = {row.pid for row in frame.named({pid for pid, _iid in pairs})}
    strangers = sum(pid not in here for pid, _iid in meetings)
    refuse_impossible(terms, frame, [one for one, _id in people], pairs, counted)
    files: dict[str, Iterable[bytes]] = {
        "inspectors.tsv": listed,
        "conflicts.tsv": freeze_conflicts(pairs, keys.conflicts, terms),
        "private/arcs.tsv": sorted(f"{pid}\t{iid}\n".encode() for pid, iid in pairs),
    }
    return files, {conflicts: strangers} if conflicts else {}


def people_of(staff: Path, keys: Keys, terms: Terms) -> Iterator[tuple[Inspector, str]]:
    return freeze_officers(registers.officers(staff), keys.inspectors, terms)


def _twins(fault: Fault, people: Iterable[tuple[Inspector, str]]) -> Fault:
    """The fault, with the line of the second of two who are the same person, if that is what it is."""
    if fault.key:
        named = sorted((identity, number) for number, (_one, identity) in enumerate(people, 2))
        twins = [(a, b) for a, b in pairwise(named) if a[0] == b[0]]
        if twins:
            first, second = twins[0][0][1], twins[0][1][1]
            return Fault(
                _("the same identifier as in row %(first)s; keep one row of each"), line=second, first=first
            )
    return fault


def refuse_impossible(
    terms: Terms,
    frame: Framed,
    people: list[Inspector],
    pairs: set[tuple[str, str]],
    counted: Counted,
) -> None:
    """Nothing if the draw could be staffed; Fault naming what is short, before any ceremony.

    Bare numbers and each subject's pool exactly; what only shows when subjects meet, by rehearsed draws.
    """
    for name, department in terms.departments.items():
        n = sum(terms.quota(name, s).of(size) for s, size in counted.counts[name].items())
        own = sorted(one for one in people if one.department == name)
        if n:
            needs = (department.inspectors, department.qualified, department.most)
            refuse_few(Posts(name, ("",) * n, own, *needs, frozenset()))
    refuse_starved(terms, pools(terms, frame, people, pairs))
    if counted.rows <= REHEARSED:
        seeds = rehearsed_seeds(lines(frame), REHEARSALS)
        stopped = forecast(terms, frame, counted.counts, people, pairs, seeds).infeasible
        if stopped:
            raise stopped[0]
