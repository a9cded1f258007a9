"""The public record of a draw, from which anybody recomputes it: kind `draw/1`.

commitment · attest (two log proofs, or null) · spoken · seed · assurance · result · reserve · conflicts
opened for the subjects drawn · assignment and prices · events after it.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NoReturn

from qinglian.engines import canon
from qinglian.engines.draw import fields
from qinglian.engines.draw.arcs import Posts, posts_of
from qinglian.engines.draw.checking import Solved, check_assignment, instead
from qinglian.engines.draw.exclusions import check_exclusions, read_history
from qinglian.engines.draw.framed import Framed, Held, Rows
from qinglian.engines.draw.hashing import leaves, root
from qinglian.engines.draw.identities import arc_hash
from qinglian.engines.draw.rows import Inspector, read_arcs, read_frame, read_inspectors
from qinglian.engines.draw.sample import Drawn, count_kinds
from qinglian.engines.draw.seed import Attested, Spoken, assurance, check_times, seed_of
from qinglian.engines.draw.terms import Commitment, Frozen, read_commitment
from qinglian.faults import Fault
from qinglian.faults import noop as _

VERSION = "draw/1"
KEYS = {
    "v", "commitment", "attest", "spoken", "seed", "assurance", "result", "reserve", "conflicts",
    "assignment", "events",
}  # fmt: skip
OpenArc = tuple[str, str, str]


@dataclass(frozen=True)
class Avoidance:
    """An accepted avoidance: inspector `leaves` the visit to `pid`, `enters` takes the place; a code why."""

    pid: str
    leaves: str
    enters: str
    reason: str

    @property
    def document(self) -> dict[str, str]:
        return {"pid": self.pid, "leaves": self.leaves, "enters": self.enters, "reason": self.reason}


@dataclass(frozen=True)
class Transcript:
    """attest: the log proofs (texts) of commitment and reveals. assigned: department → solution.
    conflicts: (pid, iid, salt as hex) of the subjects drawn."""

    commitment: Commitment
    spoken: Spoken
    seed: bytes
    assurance: str
    drawn: Drawn
    attest: Mapping[str, str | None] = field(default_factory=dict)
    assigned: Mapping[str, Solved] = field(default_factory=dict)
    conflicts: tuple[OpenArc, ...] = ()
    events: tuple[Avoidance, ...] = ()

    @property
    def document(self) -> dict[str, Any]:
        shares = self.spoken.shares or {}
        return {
            "v": VERSION,
            "commitment": self.commitment.document,
            "attest": {name: self.attest.get(name) for name in ("commitment", "reveals")},
            "spoken": {
                "signature": self.spoken.signature.hex() if self.spoken.signature else None,
                "shares": {who: None if s is None else s.hex() for who, s in sorted(shares.items())},
                "dice": self.spoken.dice,
            },
            "seed": self.seed.hex(),
            "assurance": self.assurance,
            **self.drawn.document,
            "conflicts": [list(arc) for arc in self.conflicts],
            "assignment": {name: _solution(each) for name, each in sorted(self.assigned.items())},
            "events": [event.document for event in self.events],
        }


def _solution(solved: Solved) -> dict[str, Any]:
    return {
        "inspectors": {pid: list(names) for pid, names in sorted(solved.assignment.items())},
        "prices": {"staff": list(solved.staff), "visits": [list(pair) for pair in solved.visits]},
    }


def write_transcript(transcript: Transcript) -> str:
    """The record as JSON text whose first key is "v", with a final line feed."""
    canon.dumps(transcript.document)
    return json.dumps(transcript.document, ensure_ascii=False, indent=1) + "\n"


def read_transcript(text: str) -> Transcript:
    """A record taken apart, nothing in it recomputed yet; Fault if its form is wrong."""
    data = fields.table(canon.loads(text), "", KEYS)
    if data.get("v") != VERSION:
        raise Fault(_('not a record of a draw; its first key is "v": "%(version)s"'), version=VERSION)
    attest = fields.table(data.get("attest"), "attest", {"commitment", "reveals"})
    conflicts = _list(data, "conflicts")
    if not all(
        isinstance(arc, list) and len(arc) == 3 and all(map(_pseudonym, arc[:2])) for arc in conflicts
    ):
        raise Fault(_("a conflict is opened as subject, inspector and salt"), key="conflicts")
    solutions = data.get("assignment")
    return Transcript(
        read_commitment(data.get("commitment")),
        read_spoken(data.get("spoken")),
        fields.hexadecimal(data, "seed"),
        fields.text(data, "assurance"),
        Drawn(_lists(data, "result"), _lists(data, "reserve")),
        {name: fields.maybe_text(attest, name, "attest") for name in ("commitment", "reveals")}
        if all(value is None or isinstance(value, str) for value in attest.values())
        else _bad("attest"),
        {name: _read_solution(value, f"assignment.{name}") for name, value in solutions.items()}
        if isinstance(solutions, dict)
        else _bad("assignment"),
        tuple(
            (arc[0], arc[1], fields.hexadecimal({"salt": arc[2]}, "salt", "conflicts").hex())
            for arc in conflicts
        ),
        tuple(_event(value, f"events[{number}]") for number, value in enumerate(_list(data, "events"))),
    )


def read_spoken(value: object) -> Spoken:
    """What the sources said, from its table; Fault if it is malformed."""
    data = fields.table(value, "spoken", {"signature", "shares", "dice"})
    shares = data.get("shares") or {}
    if not isinstance(shares, dict):
        _bad("spoken.shares")
    signature = data.get("signature")
    return Spoken(
        None if signature is None else fields.hexadecimal(data, "signature", "spoken", 48),
        {
            who: None if s is None else fields.hexadecimal(shares, who, "spoken.shares")
            for who, s in shares.items()
        },
        fields.maybe_text(data, "dice", "spoken"),
    )


def _bad(place: str) -> NoReturn:
    raise Fault(_("the value is malformed; fetch the record again, unchanged"), key=place)


def _pseudonym(value: object) -> bool:
    return isinstance(value, str) and len(value) == 32 and set(value) <= set("0123456789abcdef")


def _list(data: Mapping[str, Any], name: str) -> list[Any]:
    value = data.get(name)
    return value if isinstance(value, list) else _bad(name)


def _lists(data: Mapping[str, Any], name: str) -> dict[str, dict[str, list[str]]]:
    value = data.get(name)
    fits = isinstance(value, dict) and all(
        isinstance(strata, dict)
        and all(isinstance(p, list) and all(map(_pseudonym, p)) for p in strata.values())
        for strata in value.values()
    )
    return value if fits and isinstance(value, dict) else _bad(name)


def _read_solution(value: object, place: str) -> Solved:
    data = fields.table(value, place, {"inspectors", "prices"})
    prices = fields.table(data.get("prices"), f"{place}.prices", {"staff", "visits"})
    names: Any = data.get("inspectors")
    staff: Any = prices.get("staff")
    visits: Any = prices.get("visits")
    fits = isinstance(names, dict) and isinstance(staff, list) and isinstance(visits, list)
    if not fits or not all(map(_price, staff)):
        _bad(place)
    if not all(isinstance(pair, list) and len(pair) == 2 and all(map(_price, pair)) for pair in visits):
        _bad(f"{place}.prices")
    if not all(isinstance(each, list) and all(map(_pseudonym, each)) for each in names.values()):
        _bad(f"{place}.inspectors")
    return Solved({pid: tuple(each) for pid, each in names.items()}, tuple(staff), tuple(map(tuple, visits)))


def _price(value: object) -> bool:
    """Whole, and small enough for sums of it to be exact in a browser too."""
    return type(value) is int and abs(value) < 2**52


def _event(value: object, place: str) -> Avoidance:
    data = fields.table(value, place, {"pid", "leaves", "enters", "reason"})
    return Avoidance(*(fields.text(data, name, place) for name in ("pid", "leaves", "enters", "reason")))


@dataclass(frozen=True)
class Lists:
    """The committed files as lines: the frame, or as it was read otherwise; inspectors and conflicts if the
    draw has them, else None.

    history: past visits, for whoever was given them. report: the bytes of the report before the draw.
    """

    frame: Sequence[bytes] | Held
    inspectors: Sequence[bytes] | None = None
    conflicts: Sequence[bytes] | None = None
    history: Sequence[bytes] | None = None
    report: bytes | None = None


def check_list(lines: Sequence[bytes], frozen: Frozen | None, commitment: Commitment) -> None:
    """Nothing if the lines hash to the committed root; else Fault."""
    h = commitment.terms.h
    if frozen is None or len(lines) != frozen.rows or root(leaves(lines, h), h) != frozen.root:
        raise _another_list()


def _another_list() -> Fault:
    return Fault(_("not the list that was committed to: a row was changed, added or removed; fetch it again"))


def frame_of(lists: Lists, commitment: Commitment) -> Framed:
    """The committed frame; Fault if it is another one, or a row of it is wrong."""
    if isinstance(lists.frame, Sequence):
        check_list(lists.frame, commitment.frame, commitment)
        return Rows(list(read_frame(lists.frame)))
    if lists.frame.frozen != commitment.frame:
        raise _another_list()
    return lists.frame


def verify(transcript: Transcript, lists: Lists, attested: Attested) -> None:
    """Nothing if everything in the record follows from the committed lists and what the sources said.

    attested: what the proofs in the record showed under the reader's own trust. Raises Fault naming what
    differs. Pure recomputation; a record without lists of inspectors has no assignment.
    """
    commitment, terms = transcript.commitment, transcript.commitment.terms
    check_times(commitment, attested)
    frame = frame_of(lists, commitment)
    counted = count_kinds(frame.kinds(), terms)
    if counted.counts != commitment.counts or counted.excluded != commitment.excluded:
        raise Fault(_("the committed counts are not those of the frame; refuse the record"))
    if lists.history is not None:
        check_list(lists.history, commitment.history, commitment)
        check_exclusions(frame.rows(), read_history(lists.history), terms.exclusions)
    if lists.report is not None and terms.h(lists.report).hex() != commitment.report:
        raise Fault(_("not the report that was committed to before the draw; fetch it again, unchanged"))
    if seed_of(commitment, transcript.spoken) != transcript.seed:
        raise Fault(_("the seed does not follow from the commitment and the sources; refuse the record"))
    grade = assurance(commitment, transcript.spoken, attested)
    if transcript.assurance != grade:
        raise Fault(
            _("the record claims assurance %(claimed)s, but it is %(grade)s; trust no more than that"),
            claimed=transcript.assurance,
            grade=grade,
        )
    compare(transcript.drawn, frame.drawn(terms, counted.counts, transcript.seed))
    if commitment.inspectors is not None:
        verify_assignment(transcript, lists)
    elif transcript.assigned or transcript.events:
        raise Fault(_("inspectors are assigned, but no list of them was committed to; refuse the record"))


def compare(told: Drawn, found: Drawn) -> None:
    """Nothing if two draws are the same; Fault naming department and stratum, if not."""
    for name, one, other in (("result", told.result, found.result), ("reserve", told.reserve, found.reserve)):
        for department in sorted({*one, *other}):
            mine, theirs = one.get(department, {}), other.get(department, {})
            for stratum in sorted({*mine, *theirs}):
                if mine.get(stratum) != theirs.get(stratum):
                    raise Fault(
                        _("%(department)s, %(stratum)s: not whom the seed draws; refuse the record"),
                        key=name,
                        department=department,
                        stratum=stratum,
                    )


def verify_assignment(transcript: Transcript, lists: Lists) -> None:
    """Nothing if the assignment is allowed and cheapest, and each later avoidance changed one place only."""
    commitment, h = transcript.commitment, transcript.commitment.terms.h
    inspectors = list_of_inspectors(lists, commitment)
    barred = opened(transcript.conflicts, lists, commitment)
    tasks = posts_of(commitment.terms, transcript.drawn.visits, inspectors, barred)
    if {task.department for task in tasks} != set(transcript.assigned):
        raise Fault(_("not just the departments that drew somebody are assigned"), key="assignment")
    sent = {one.iid for task in tasks for one in task.staff}
    for event in transcript.events:
        if event.leaves not in sent:
            raise Fault(_("%(iid)s is not assigned to %(pid)s"), iid=event.leaves, pid=event.pid)
    for task in tasks:
        solved = _without(transcript, task)
        check_assignment(task, solved, transcript.seed, h)


def _without(transcript: Transcript, task: Posts) -> Solved:
    """The department's solution; its events are replayed, so that each is seen to be the one that follows."""
    solved = transcript.assigned[task.department]
    staff, now, barred = {one.iid for one in task.staff}, dict(solved.assignment), set(task.barred)
    for event in transcript.events:
        if event.leaves in staff:
            barred.add((event.pid, event.leaves))
            grown = Posts(**{**vars(task), "barred": frozenset(barred)})
            h = transcript.commitment.terms.h
            enters = instead(grown, now, event.pid, event.leaves, transcript.seed, h)
            if enters != event.enters:
                raise Fault(
                    _("%(pid)s: another inspector had to take the place; refuse the record"), pid=event.pid
                )
            now[event.pid] = replaced(now[event.pid], event)
    return solved


def replaced(names: Sequence[str], event: Avoidance) -> tuple[str, ...]:
    """The inspectors of a subject after an avoidance, sorted."""
    return tuple(sorted([*(iid for iid in names if iid != event.leaves), event.enters]))


def now_at(transcript: Transcript, department: str) -> dict[str, tuple[str, ...]]:
    """pid → its inspectors for a department, after all avoidances; nothing is recomputed."""
    solved = transcript.assigned.get(department)
    now = dict(solved.assignment) if solved else {}
    for event in transcript.events:
        if event.leaves in now.get(event.pid, ()):
            now[event.pid] = replaced(now[event.pid], event)
    return now


def list_of_inspectors(lists: Lists, commitment: Commitment) -> list[Inspector]:
    """The committed inspectors; Fault if the list is missing or another one."""
    if lists.inspectors is None:
        raise Fault(_("the list of inspectors is missing; put inspectors.tsv beside the frame"))
    check_list(lists.inspectors, commitment.inspectors, commitment)
    return read_inspectors(lists.inspectors)


def opened(arcs: Sequence[OpenArc], lists: Lists, commitment: Commitment) -> set[tuple[str, str]]:
    """The pairs (pid, iid) of opened conflicts, each of which stands in the committed list; else Fault."""
    if commitment.conflicts is None:
        known: set[str] = set()
    elif lists.conflicts is None:
        raise Fault(_("the list of conflicts is missing; put conflicts.tsv beside the frame"))
    else:
        check_list(lists.conflicts, commitment.conflicts, commitment)
        known = read_arcs(lists.conflicts)
    for pid, iid, salt in arcs:
        if arc_hash(bytes.fromhex(salt), pid, iid, commitment.terms.h) not in known:
            raise Fault(_("%(pid)s: an opened conflict was never committed to; refuse the record"), pid=pid)
    return {(pid, iid) for pid, iid, _salt in arcs}
