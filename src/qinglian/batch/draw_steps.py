"""The steps of a draw on files once its lists are frozen: commit, reveal, open, assign, publish."""

from __future__ import annotations

import hashlib
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import qinglian
from qinglian.batch.draw import draw_file, frozen_frame
from qinglian.batch.draw_folder import Folder, frozen, read_json, write_json, write_whole
from qinglian.batch.draw_log import DrawLog, read_log_keys
from qinglian.batch.draw_verify import lists_beside
from qinglian.batch.telling import Tell, silent
from qinglian.batch.verify import read_text
from qinglian.engines.draw import fields
from qinglian.engines.draw.arcs import Posts, posts_of
from qinglian.engines.draw.assign import assign
from qinglian.engines.draw.checking import instead
from qinglian.engines.draw.freezing import arc_salt, classes_commitment
from qinglian.engines.draw.identities import canonical_id, salt_of
from qinglian.engines.draw.leaf import Leaf, open_leaf
from qinglian.engines.draw.logged import attested, commitment_entry, reveals_entry
from qinglian.engines.draw.rows import read_inspectors
from qinglian.engines.draw.sample import Drawn
from qinglian.engines.draw.seed import Attested, Spoken, assurance, check_times, seed_of
from qinglian.engines.draw.sources import Beacon, Dice, Share, share_commitment
from qinglian.engines.draw.terms import Commitment
from qinglian.engines.draw.transcript import (
    Avoidance,
    Transcript,
    read_spoken,
    read_transcript,
    replaced,
    verify,
    write_transcript,
)
from qinglian.engines.merkle import Trust
from qinglian.faults import Fault
from qinglian.faults import noop as _

PUBLIC = ("frame.tsv", "inspectors.tsv", "conflicts.tsv", "commitment.json", "report.json")


def commit(
    folder: Folder, log: DrawLog | None, log_keys: Path | None, now: int, tell: Tell = silent
) -> Commitment:
    """commitment.json over terms and lists, entered in the zone's log if one is given; never twice."""
    path, terms, keys = folder.must_not("commitment.json"), folder.terms(), folder.keys()
    frame, counted = frozen_frame(folder.must("frame.tsv", "freeze"), terms, tell)
    lists = {
        name: frozen(folder.lines(file), terms) if folder.at(file).exists() else None
        for name, file in (
            ("inspectors", "inspectors.tsv"),
            ("conflicts", "conflicts.tsv"),
            ("history", "private/history.tsv"),
        )
    }
    report = folder.at("report.json")
    commitment = Commitment(
        terms,
        frame,
        counted.counts,
        counted.excluded,
        **lists,
        classes=classes_commitment(keys.classes, keys.salt, terms.h),
        report=terms.h(report.read_bytes()).hex() if report.exists() else None,
        software=software(),
    )
    if log is not None:
        if log_keys is None:
            raise Fault(_("a log is signed with its keys; give them with --key"))
        _next_number(log, commitment)
        secret = read_log_keys(log_keys)
        write_json(path, commitment.document)
        try:
            log.append(commitment_entry(commitment), secret, now)
        except BaseException:
            path.unlink()
            raise
    write_json(path, commitment.document)
    return commitment


def software() -> str:
    """Which code is meant to draw: the version, and SHA-256 over its engine's files as `sha256sum` lists.

    In the folder of the package: `sha256sum engines/canon.py engines/draw/*.py | sha256sum`.
    """
    here = Path(qinglian.__file__).parent
    files = [here / "engines" / "canon.py", *sorted((here / "engines" / "draw").glob("*.py"))]
    listed = "".join(
        f"{hashlib.sha256(each.read_bytes()).hexdigest()}  {each.relative_to(here).as_posix()}\n"
        for each in files
    )
    return f"qinglian {qinglian.__version__} sha256:{hashlib.sha256(listed.encode()).hexdigest()}"


def _next_number(log: DrawLog, commitment: Commitment) -> None:
    used = sum(b'"draw-commitment/1"' in entry for entry in log.entries())
    if commitment.terms.number != used + 1:
        raise Fault(
            _("this would be draw %(next)s of the log, not %(number)s; numbers have no gaps"),
            next=used + 1,
            number=commitment.terms.number,
        )


def new_share(path: Path, who: str, entropy: Callable[[int], bytes], terms_hash: Any) -> str:
    """A witness's secret share in a file of its own; what the plan must carry as its commitment, in hex."""
    if path.exists():
        raise Fault(_("the file exists and may hold a share; choose another name"), file=str(path))
    share = entropy(32)
    write_json(path, {"v": "draw-share/1", "who": who, "share": share.hex()}, 0o600)
    return share_commitment(share, terms_hash).hex()


def reveal(
    folder: Folder,
    shares: list[Path],
    absent: list[str],
    log: DrawLog | None,
    log_keys: Path | None,
    now: int,
) -> list[str]:
    """spoken.json: shares revealed, each checked, or recorded as absent; who is still missing.

    With a log, and when nobody is missing, the reveals are entered in it. Raises Fault for a share after the
    moment at which chance spoke: whoever reveals last could choose.
    """
    commitment, path = folder.commitment(), folder.at("spoken.json")
    folder.must_not("opened.json")
    if shares and commitment.terms.moment and now >= commitment.terms.moment:
        raise Fault(
            _("late reveal: chance spoke %(late)s seconds ago; plan a new draw"),
            late=now - commitment.terms.moment,
        )
    wanted = {source.who: source for source in commitment.terms.sources if isinstance(source, Share)}
    found: dict[str, bytes | None] = dict((_spoken(folder).shares or {}) if path.exists() else {})
    for file in shares:
        data = read_json(file)
        if not isinstance(data, dict) or data.get("who") not in wanted:
            raise Fault(_("not a share of this draw’s witnesses"), file=str(file))
        share = fields.hexadecimal(data, "share")
        if share_commitment(share, commitment.terms.h) != wanted[data["who"]].commit:
            raise Fault(_("not the share that %(who)s committed to; ask for the right one"), who=data["who"])
        found[data["who"]] = share
    for who in absent:
        if who not in wanted or found.get(who) is not None:
            raise Fault(_("%(who)s is no witness whose share is missing"), who=who)
        found[who] = None
    missing = sorted(set(wanted) - set(found))
    said = {who: None if share is None else share.hex() for who, share in found.items()}
    write_json(path, {"signature": None, "shares": said, "dice": None})
    if log is not None and not missing:
        if log_keys is None:
            raise Fault(_("a log is signed with its keys; give them with --key"))
        log.append(reveals_entry(commitment, found), read_log_keys(log_keys), now)
    return missing


def _spoken(folder: Folder) -> Spoken:
    path = folder.at("spoken.json")
    return read_spoken(read_json(path)) if path.exists() else Spoken(shares={})


@dataclass(frozen=True)
class Opening:
    """What a draw is opened with. signature: of the drand round; dice: their digits; now: POSIX second."""

    signature: bytes | None
    dice: str | None
    log: DrawLog | None
    trust: Trust | None
    now: int


def open_draw(folder: Folder, given: Opening, tell: Tell = silent) -> Transcript:
    """opened.json: the seed from the sources, and who is drawn. Nothing is written if any check fails."""
    path, commitment = folder.must_not("opened.json"), folder.commitment()
    refuse_early(commitment, given.now)
    signature, dice, log, trust = given.signature, given.dice, given.log, given.trust
    spoken = Spoken(signature, _spoken(folder).shares or {}, dice)
    seed = seed_of(commitment, spoken)
    proofs: dict[str, str | None] = {}
    if log is not None:
        proofs["commitment"] = log.proof(commitment_entry(commitment), trust)
        if spoken.shares:
            proofs["reveals"] = log.proof(reveals_entry(commitment, spoken.shares), trust)
    bare = Transcript(commitment, spoken, seed, "", Drawn({}, {}), proofs)
    seen = attested(bare, trust) if trust is not None else Attested()
    check_times(commitment, seen)
    drawn = draw_file(folder.must("frame.tsv", "freeze"), commitment, seed, tell)
    grade = assurance(commitment, spoken, seen)
    kept = {name: value for name, value in proofs.items() if getattr(seen, name) is not None}
    transcript = Transcript(commitment, spoken, seed, grade, drawn, kept)
    write_whole(path, write_transcript(transcript).encode())
    return transcript


def refuse_early(commitment: Commitment, now: int) -> None:
    """Nothing once every source has spoken; else Fault: a demonstration's round could be computed before."""
    last = max((s.time for s in commitment.terms.sources if isinstance(s, Beacon | Dice)), default=0)
    if now < last:
        raise Fault(
            _("chance speaks in %(seconds)s seconds, at %(moment)s; open the draw then"),
            seconds=last - now,
            moment=datetime.fromtimestamp(last, UTC).isoformat(),
        )


def read_opened(folder: Folder, name: str = "opened.json") -> Transcript:
    path = folder.must(name, "open" if name == "opened.json" else "assign")
    try:
        return read_transcript(read_text(path))
    except Fault as fault:
        raise fault.at(file=str(path)) from None


def assign_all(folder: Folder) -> Transcript:
    """assigned.json: inspectors for everybody drawn, by the seed; never twice."""
    path, opened = folder.must_not("assigned.json"), read_opened(folder)
    tasks, arcs = _tasks(folder, opened)
    terms = opened.commitment.terms
    solved = {task.department: assign(task, opened.seed, terms.h) for task in tasks}
    transcript = Transcript(
        **{**_parts(opened), "assigned": solved, "conflicts": arcs},
    )
    write_whole(path, write_transcript(transcript).encode())
    return transcript


def _parts(transcript: Transcript) -> dict[str, Any]:
    return dict(vars(transcript))


def _tasks(folder: Folder, opened: Transcript) -> tuple[list[Posts], tuple[tuple[str, str, str], ...]]:
    terms, visits = opened.commitment.terms, opened.drawn.visits
    keys, inspectors = folder.keys(), read_inspectors(folder.lines("inspectors.tsv"))
    lines = folder.lines("private/arcs.tsv") if folder.at("private/arcs.tsv").exists() else []
    pairs = [tuple(line.decode().split()) for line in lines]
    arcs = tuple(
        (pid, iid, arc_salt(keys.conflicts, pid, iid, terms).hex()) for pid, iid in pairs if pid in visits
    )
    return posts_of(terms, visits, inspectors, {(pid, iid) for pid, iid, _salt in arcs}), arcs


def avoid(folder: Folder, pid: str, leaves: str, reason: str) -> Avoidance:
    """assigned.json after an accepted avoidance: one place at one subject changes, as a further event."""
    transcript = read_opened(folder, "assigned.json")
    tasks, _arcs = _tasks(folder, transcript)
    task = next((task for task in tasks if any(one.iid == leaves for one in task.staff)), None)
    if task is None:
        raise Fault(_("%(iid)s is not assigned to %(pid)s"), iid=leaves, pid=pid)
    staff, barred = {one.iid for one in task.staff}, set(task.barred)
    now = dict(transcript.assigned[task.department].assignment)
    for event in transcript.events:
        if event.leaves in staff:
            barred.add((event.pid, event.leaves))
            now[event.pid] = replaced(now[event.pid], event)
    grown = Posts(**{**vars(task), "barred": frozenset({*barred, (pid, leaves)})})
    enters = instead(grown, now, pid, leaves, transcript.seed, transcript.commitment.terms.h)
    event = Avoidance(pid, leaves, enters, reason)
    grown_transcript = Transcript(**{**_parts(transcript), "events": (*transcript.events, event)})
    write_whole(folder.at("assigned.json"), write_transcript(grown_transcript).encode())
    return event


def leaf(folder: Folder, identity: str) -> Leaf:
    """The opening of one subject's row: for the subject itself, a court or an evaluator."""
    keys, commitment = folder.keys(), folder.commitment()
    salt = salt_of(keys.frame, canonical_id(identity), commitment.terms.hash, commitment.terms.h)
    return open_leaf(folder.lines("frame.tsv"), identity, salt, commitment)


def publish(folder: Folder, target: Path, trust: Trust | None, tell: Tell = silent) -> Transcript:
    """The public files and transcript.json in a new folder, after verifying them as a stranger would."""
    name = "assigned.json" if folder.at("assigned.json").exists() else "opened.json"
    transcript = read_opened(folder, name)
    if transcript.commitment.inspectors is not None and name == "opened.json":
        raise Fault(_("inspectors were committed to but not assigned; say `qinglian draw assign`"))
    seen = attested(transcript, trust) if trust is not None else Attested()
    verify(transcript, lists_beside(folder.at("frame.tsv"), transcript, tell), seen)
    target.mkdir(parents=True, exist_ok=True)
    for each in PUBLIC:
        if folder.at(each).exists():
            shutil.copyfile(folder.at(each), target / each)
    write_whole(target / "transcript.json", write_transcript(transcript).encode())
    return transcript
