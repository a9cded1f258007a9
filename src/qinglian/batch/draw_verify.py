"""`qinglian verify` for the record of a draw: everything recomputed from files, offline."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from qinglian.batch import draw_pieces
from qinglian.batch.draw import LARGE, SHORTEST
from qinglian.batch.telling import Tell, silent
from qinglian.batch.verify import read_text
from qinglian.engines import canon
from qinglian.engines.draw.hashing import rows_of
from qinglian.engines.draw.leaf import check_leaf, read_leaf
from qinglian.engines.draw.logged import attested
from qinglian.engines.draw.rows import Row
from qinglian.engines.draw.seed import DEMONSTRATION, Attested
from qinglian.engines.draw.terms import read_commitment
from qinglian.engines.draw.transcript import VERSION as DRAW
from qinglian.engines.draw.transcript import Lists, Transcript, now_at, read_transcript, verify
from qinglian.engines.merkle import Trust
from qinglian.faults import Fault
from qinglian.faults import noop as _

Told = tuple[tuple[str, Mapping[str, Any]], ...]


def lists_beside(frame: Path, transcript: Transcript, tell: Tell = silent) -> Lists:
    """The frame, and what lies in its folder of what the draw committed to: the lists of inspectors and
    conflicts, which must be there; the report, and for an evaluator the history, if they are."""
    found: dict[str, Any] = {}
    report, history = frame.with_name("report.json"), frame.with_name("history.tsv")
    if transcript.commitment.report is not None and report.is_file():
        found["report"] = report.read_bytes()
    if transcript.commitment.history is not None and history.is_file():
        found["history"] = _rows(history)
    for name in ("inspectors", "conflicts"):
        path = frame.with_name(f"{name}.tsv")
        if getattr(transcript.commitment, name) is not None:
            found[name] = _rows(path)
    if frame.is_file() and frame.stat().st_size >= LARGE * SHORTEST:
        return Lists(draw_pieces.read(frame, transcript.commitment.terms.hash, tell), **found)
    return Lists(_rows(frame), **found)


def _rows(path: Path) -> list[bytes]:
    try:
        return rows_of(path.read_bytes())
    except Fault as fault:
        raise fault.at(file=str(path)) from None


def verify_draw(text: str, frame: Path | None, trust: Trust, tell: Tell = silent) -> Told:
    """What holds of the record, sentence by sentence; Fault, by name, for whatever does not."""
    transcript = read_transcript(text)
    if frame is None:
        raise Fault(_("a record of a draw is held against its frame; give it with --frame"))
    seen = attested(transcript, trust)
    lists = lists_beside(frame, transcript, tell)
    verify(transcript, lists, seen)
    return told(transcript, seen, lists)


def verify_leaf(text: str, record: Path | None) -> Told:
    """What an opened leaf shows, held against the record of its draw or a commitment; Fault if it does not
    lead there."""
    leaf = read_leaf(canon.loads(text))
    if record is None:
        raise Fault(
            _("an opened row is held against its draw; give transcript.json or commitment.json with --draw")
        )
    try:
        document = canon.loads(read_text(record))
        whole = isinstance(document, dict) and document.get("v") == DRAW
        transcript = read_transcript(read_text(record)) if whole else None
        commitment = transcript.commitment if transcript else read_commitment(document)
    except Fault as fault:
        raise fault.at(file=str(record)) from None
    row = check_leaf(leaf, commitment)
    about = {"id": leaf.identity, "pid": row.pid, "plan": commitment.terms.plan}
    said: list[tuple[str, Mapping[str, Any]]] = [
        (_("Holds: %(id)s stands in the list of %(plan)s as %(pid)s."), about)
    ]
    if row.excluded:
        said.append((_("Left out of the draw with the reason %(name)s."), {"name": row.excluded}))
        return tuple(said)
    said.append((_("Its public stratum is %(stratum)s, its weight %(weight)s."), row._asdict()))
    for name in row.departments or sorted(commitment.terms.departments):
        size = commitment.counts.get(name, {}).get(row.stratum, 0)
        drawn = commitment.terms.quota(name, row.stratum).of(size)
        rate = {"department": name, "stratum": row.stratum, "drawn": drawn, "size": size}
        said.append((_("%(department)s, %(stratum)s: %(drawn)s of %(size)s"), rate))
        if transcript:
            said += _fate(transcript, name, row)
    return tuple(said)


def _fate(transcript: Transcript, department: str, row: Row) -> list[tuple[str, Mapping[str, Any]]]:
    """What the record says of one subject in one department. The record itself is not recomputed here."""
    about: dict[str, Any] = {"department": department}
    places = transcript.drawn.result.get(department, {}).get(row.stratum, [])
    spare = transcript.drawn.reserve.get(department, {}).get(row.stratum, [])
    if row.pid in places:
        names = now_at(transcript, department).get(row.pid, ())
        said: list[tuple[str, Mapping[str, Any]]] = [
            (_("%(department)s: drawn, at place %(place)s."), about | {"place": places.index(row.pid) + 1})
        ]
        if names:
            said.append((_("%(department)s: visited by %(names)s."), about | {"names": ", ".join(names)}))
        return said
    if row.pid in spare:
        return [
            (
                _("%(department)s: in reserve, at place %(place)s."),
                about | {"place": spare.index(row.pid) + 1},
            )
        ]
    return [(_("%(department)s: not drawn."), about)]


def told(transcript: Transcript, seen: Attested, lists: Lists) -> Told:
    """The sentences for a record that holds."""
    commitment = transcript.commitment
    said: list[tuple[str, Mapping[str, Any]]] = [
        (
            _("Holds: draw %(number)s of %(zone)s, %(plan)s, drew %(drawn)s of %(rows)s subjects."),
            {
                "number": commitment.terms.number,
                "zone": commitment.terms.zone,
                "plan": commitment.terms.plan,
                "drawn": len(transcript.drawn.visits),
                "rows": commitment.frame.rows,
            },
        ),
        (
            _("Left out with a reason: %(count)s."),
            {"count": ", ".join(f"{n} {name}" for name, n in commitment.excluded.items()) or "0"},
        ),
    ]
    if lists.history is not None:
        said.append((_("Past visits bear out who was left out, and nobody else was."), {}))
    if lists.report is not None:
        said.append((_("The report before the draw is the one that was committed to."), {}))
    if transcript.assigned:
        posts = sum(len(names) for each in transcript.assigned.values() for names in each.assignment.values())
        said.append((_("Inspectors: %(posts)s posts, none chosen by hand."), {"posts": posts}))
    if transcript.events:
        said.append((_("Places changed after an avoidance: %(count)s."), {"count": len(transcript.events)}))
    said.append((_GRADES[transcript.assurance], {}))
    if seen.commitment is not None:
        moment = datetime.fromtimestamp(seen.commitment, UTC).isoformat()
        said.append((_("Outside witnesses had seen the commitment by %(moment)s."), {"moment": moment}))
    if commitment.terms.supersedes:
        said.append(
            (
                _("It replaces %(plan)s: %(reason)s"),
                {"plan": commitment.terms.supersedes, "reason": commitment.terms.reason},
            )
        )
    return tuple(said)


_GRADES = {
    "A": _("Assurance A: a public beacon, a witness’s share, and a commitment attested outside."),
    "B": _("Assurance B: attested outside, with a beacon, public dice or two witnesses’ shares."),
    "C": _("Assurance C: the operator alone; nobody outside dated the commitment or gave chance."),
    DEMONSTRATION: _("A demonstration: its beacon can be foreseen by everybody, so it proves nothing."),
}
