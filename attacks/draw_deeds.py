"""Planted frauds against a draw, and what catches them: python -m attacks.draw_deeds

All is done with the operator's own rights and keys; what others hold is the log, the lists, the record.
"""

from __future__ import annotations

import json
import os
import sys
import tempfile
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from tests.engines.draw_cases import committed, drawn, frame_of, seed_for, staff_of, subjects_of, terms_of

from qinglian.batch.draw_log import DrawLog, new_log_keys, read_log_keys
from qinglian.batch.witness import new_keys, new_state, write_keys
from qinglian.engines.draw.forecast import forecast
from qinglian.engines.draw.framed import Rows
from qinglian.engines.draw.hashing import leaves, root
from qinglian.engines.draw.identities import canonical_id, salt_of
from qinglian.engines.draw.leaf import open_leaf
from qinglian.engines.draw.logged import attested, commitment_entry, unpublished
from qinglian.engines.draw.rows import read_frame, read_inspectors
from qinglian.engines.draw.seed import Attested, Spoken, check_times
from qinglian.engines.draw.transcript import Lists, verify
from qinglian.engines.merkle import Trust, parse_trust
from qinglian.faults import Fault

KEY = b"\x11" * 32
SIZES = {"A": 120, "B": 30, "C": 7}
DEEDS: dict[str, Callable[[], str | None]] = {}


def deed(function: Callable[[], str | None]) -> Callable[[], str | None]:
    DEEDS[function.__name__.replace("_", "-")] = function
    return function


def refused(work: Callable[[], object]) -> str | None:
    try:
        work()
    except Fault as fault:
        return str(fault)
    return None


@dataclass(frozen=True)
class Zone:
    """A log of draws in a folder, with a witness outside."""

    folder: Path

    def begin(self) -> Trust:
        log = new_log_keys(self.folder / "log.key", "zone.example/draws", self.entropy)
        witness = new_keys("w.example/hk", self.entropy)
        write_keys(self.folder / "w.key", witness)
        new_state(self.folder / "w.state")
        quoted = [", ".join(f'"{key.verifier.text}"' for key in keys) for keys in (log, witness)]
        return parse_trust(
            f'v = "trust/1"\n[[log]]\norigin = "zone.example/draws"\nkeys = [{quoted[0]}]\nthreshold = 1\n'
            f'witnesses = ["hk"]\n[[witness]]\nname = "hk"\nkeys = [{quoted[1]}]\n'
        )

    @staticmethod
    def entropy(size: int) -> bytes:
        return os.urandom(size)


@deed
def nothing_done() -> str | None:
    """Nothing: an honest draw. Nobody may see anything."""
    terms = terms_of()
    transcript, lists = drawn(terms, frame_of(terms, subjects_of(SIZES)), staff=staff_of(terms))
    return refused(lambda: verify(transcript, lists, Attested()))


@deed
def seed_tried_twice() -> str | None:
    """Two plans are committed to; the one whose draw pleases is published, the other forgotten."""
    terms = terms_of()
    frame = frame_of(terms, subjects_of(SIZES))
    first, _lists = drawn(terms, frame)
    second, _lists = drawn(replace(terms, plan="2026-Q4-02", number=2), frame)
    entries = [commitment_entry(each.commitment) for each in (first, second)]
    missing = unpublished(entries, [second])
    return f"the log shows a commitment without a record: {missing[0].plan}" if missing else None


@deed
def frame_swapped_after_commitment() -> str | None:
    """A row is exchanged for another after the commitment."""
    terms = terms_of()
    frame = frame_of(terms, subjects_of(SIZES))
    transcript, _lists = drawn(terms, frame)
    other = frame_of(terms, [*subjects_of(SIZES)[1:], subjects_of({"A": 500})[499]])
    return refused(lambda: verify(transcript, Lists(other), Attested()))


@deed
def backdated_attestation() -> str | None:
    """The commitment is made after the beacon spoke, the operator's clock set back; the witness's is not."""
    with tempfile.TemporaryDirectory() as place:
        zone = Zone(Path(place))
        trust, log = zone.begin(), DrawLog(Path(place) / "log")
        transcript, _lists = drawn(terms_of(notice=60), frame_of(terms_of(), subjects_of(SIZES)))
        moment = transcript.commitment.terms.moment
        keys = read_log_keys(Path(place) / "log.key")
        log.append(commitment_entry(transcript.commitment), keys, moment - 9_000)
        log.attest(Path(place) / "w.key", Path(place) / "w.state", trust, lambda: moment + 30)
        proof = log.proof(commitment_entry(transcript.commitment))
        seen = attested(replace(transcript, attest={"commitment": proof}), trust)
        return refused(lambda: check_times(transcript.commitment, seen))


@deed
def quiet_exclusion() -> str | None:
    """A friend's firm is left out of the frame before it is frozen; no reason is given."""
    terms = terms_of()
    frame = frame_of(terms, subjects_of(SIZES)[1:])
    transcript, _lists = drawn(terms, frame)
    firm = canonical_id(subjects_of(SIZES)[0].identity)
    salt = salt_of(KEY, firm, terms.hash, terms.h)
    return refused(lambda: open_leaf(frame, firm, salt, transcript.commitment))


@deed
def exclusion_with_a_reason_nobody_named() -> str | None:
    """A firm is left out for a reason that the plan does not know."""
    terms = terms_of(reasons=["recent", "friend"])
    frame = frame_of(
        terms, [replace_exclude(subject, place) for place, subject in enumerate(subjects_of(SIZES))]
    )
    return refused(lambda: committed(terms_of(), frame))


def replace_exclude(subject, place: int):
    return subject._replace(exclude="friend") if place == 3 else subject


@deed
def favoured_inspector() -> str | None:
    """After the draw a friendly inspector is put where the hash had put another."""
    terms = terms_of()
    transcript, lists = drawn(terms, frame_of(terms, subjects_of(SIZES)), staff=staff_of(terms))
    solved = transcript.assigned["all"]
    pid, names = sorted(solved.assignment.items())[0]
    friend = next(
        one for one in read_inspectors(lists.inspectors or []) if one.qualified and one.iid not in names
    )
    changed = solved.assignment | {pid: tuple(sorted((friend.iid, names[1])))}
    forged = replace(transcript, assigned={"all": replace(solved, assignment=changed)})
    return refused(lambda: verify(forged, lists, Attested()))


@deed
def starved_pool() -> str | None:
    """All but one qualified inspector are declared in conflict with one firm: its lead is known before."""
    terms = terms_of()
    frame, staff = frame_of(terms, subjects_of(SIZES)), read_inspectors(staff_of(terms))
    target = next(row.pid for row in read_frame(frame) if row.stratum == "s3")
    leads = [one.iid for one in staff if one.qualified]
    barred = {(target, iid) for iid in leads[1:]}
    counts = committed(terms, frame).counts
    found = forecast(terms, Rows(list(read_frame(frame))), counts, staff, barred, [seed_for(1)])
    return (
        f"the report before the draw alarms: {found.small[0].qualified} can lead there"
        if found.small
        else None
    )


@deed
def software_swapped() -> str | None:
    """A changed program draws everybody but one firm, and writes a record that looks the same."""
    terms = terms_of()
    transcript, lists = drawn(terms, frame_of(terms, subjects_of(SIZES)))
    result = json.loads(json.dumps(transcript.drawn.result))
    result["all"]["s1"][0] = transcript.drawn.reserve["all"]["s1"][0]
    forged = replace(transcript, drawn=replace(transcript.drawn, result=result))
    return refused(lambda: verify(forged, lists, Attested()))


@deed
def last_revealer() -> str | None:
    """A witness in league waits for the beacon before it reveals, or says it is absent."""
    transcript, _lists = drawn(terms_of(), frame_of(terms_of(), subjects_of(SIZES)))
    late = Attested(None, transcript.commitment.terms.moment + 1)
    return refused(lambda: check_times(transcript.commitment, late))


@deed
def conflict_kept_secret() -> str | None:
    """A declared conflict is committed to, but not opened, and the inspector is sent all the same."""
    terms = terms_of()
    transcript, lists = drawn(terms, frame_of(terms, subjects_of(SIZES)), staff=staff_of(terms))
    hidden = [b"%064d\n" % 7]
    frozen = replace(transcript.commitment.inspectors, rows=1, root=root(leaves(hidden, terms.h), terms.h))
    base = replace(transcript.commitment, conflicts=frozen)
    again = drawn_over(base, transcript)
    return refused(lambda: verify(again, Lists(lists.frame, lists.inspectors, hidden), Attested()))


def drawn_over(commitment, transcript):
    from qinglian.engines.draw.arcs import posts_of
    from qinglian.engines.draw.assign import assign
    from qinglian.engines.draw.sample import draw_targets
    from qinglian.engines.draw.seed import seed_of

    terms, seed = commitment.terms, seed_of(commitment, Spoken(shares={}))
    rows = list(read_frame(frame_of(terms, subjects_of(SIZES))))
    found = draw_targets(rows, terms, commitment.counts, seed)
    tasks = posts_of(terms, found.visits, read_inspectors(staff_of(terms)), ())
    solved = {task.department: assign(task, seed, terms.h) for task in tasks}
    return replace(transcript, commitment=commitment, seed=seed, drawn=found, assigned=solved)


def main() -> int:
    for name, work in DEEDS.items():
        caught = work()
        print(f"{name}: {'caught: ' + caught if caught else 'not seen'}\n    {(work.__doc__ or '').strip()}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
