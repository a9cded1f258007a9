"""Small draws for tests, and the committed vectors: python -m tests.engines.draw_cases writes them anew."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

from qinglian.engines.draw.arcs import posts_of
from qinglian.engines.draw.assign import assign
from qinglian.engines.draw.freezing import (
    Officer,
    Subject,
    freeze_officers,
    freeze_subjects,
    sorted_lines,
)
from qinglian.engines.draw.hashing import leaves, root
from qinglian.engines.draw.rows import read_frame, read_inspectors
from qinglian.engines.draw.sample import count, draw_targets
from qinglian.engines.draw.seed import Attested, Spoken, assurance, seed_of
from qinglian.engines.draw.sources import share_commitment
from qinglian.engines.draw.terms import Commitment, Frozen, read_terms
from qinglian.engines.draw.transcript import Lists, Transcript

FOLDER = Path(__file__).parent / "vectors" / "draw"
KEY, SHARE = b"\x11" * 32, b"\x22" * 32
ROUND = 657413
SIGNATURE = bytes.fromhex(
    "b713718a38ae728dfd477991af2822e08d2f305e47718cef9f7848ce4050e7be41076862b98fad56e91a6b85b89cd97b"
)
CLASSES = {"A": "s1", "B": "s2", "C": "s3"}
STRATA = {"s1": {"rate": [1, 20]}, "s2": {"rate": [1, 4], "min": 3}, "s3": {"rate": [1, 1]}}


def terms_of(**changes):
    plan = {
        "zone": "sample",
        "plan": "2026-Q4-01",
        "number": 1,
        "reserve": 2,
        "strata": STRATA,
        "reasons": ["recent"],
        "sources": [{"type": "demonstration", "round": 29_000_000}],
    }
    return read_terms(plan | changes)


def subjects_of(sizes):
    names = [(kind, f"Firm {kind}{k:04d}") for kind, size in sizes.items() for k in range(size)]
    return [Subject(name, kind, 1 + 7 * (place % 5), (), "") for place, (kind, name) in enumerate(names)]


def frame_of(terms, subjects):
    return sorted_lines(row for row, _id in freeze_subjects(subjects, KEY, CLASSES, {}, terms))


def committed(terms, frame, staff=None):
    counted = count(read_frame(frame), terms)
    inspectors = Frozen(len(staff), root(leaves(staff, terms.h), terms.h)) if staff else None
    return Commitment(
        terms,
        Frozen(len(frame), root(leaves(frame, terms.h), terms.h)),
        counted.counts,
        counted.excluded,
        inspectors,
    )


def drawn(terms, frame, spoken=None, staff=None):
    """(transcript, lists) of a whole draw in memory, unattested."""
    spoken = spoken or Spoken(shares={})
    commitment = committed(terms, frame, staff)
    seed = seed_of(commitment, spoken)
    found = draw_targets(list(read_frame(frame)), terms, commitment.counts, seed)
    tasks = posts_of(terms, found.visits, read_inspectors(staff or []), ())
    solved = {task.department: assign(task, seed, terms.h) for task in tasks} if staff else {}
    grade = assurance(commitment, spoken, Attested())
    return Transcript(commitment, spoken, seed, grade, found, {}, solved), Lists(frame, staff)


def staff_of(terms, size=12, department="all"):
    officers = [Officer(f"E{k:03d}", department, k % 2 == 0, 50 if k % 5 == 4 else 100) for k in range(size)]
    return sorted_lines(one for one, _id in freeze_officers(officers, KEY, terms))


def cases():
    """name → (transcript, lists)."""
    sizes = {"A": 120, "B": 30, "C": 7}
    plain, sm3 = terms_of(), terms_of(hash="sm3")
    drand = terms_of(
        sources=[
            {"type": "drand", "round": ROUND},
            {"type": "share", "who": "court", "commit": share_commitment(SHARE, plain.h).hex()},
            {"type": "share", "who": "chamber", "commit": "00" * 32},
            {"type": "dice", "count": 20, "time": 1_694_775_603},
        ]
    )
    said = Spoken(SIGNATURE, {"court": SHARE, "chamber": None}, "31415926535897932384")
    weights = terms_of(weighted=["s1", "s2"])
    names = [Subject(name, "B") for name in ("前海甲公司（示例）", "前海乙公司（示例）", "Ａ", "café", "z")]
    joint = terms_of(departments={"fire": {"strata": {"s1": {"rate": [1, 10]}}}, "market": {}})
    return {
        "plain": drawn(plain, frame_of(plain, subjects_of(sizes)), staff=staff_of(plain)),
        "sm3": drawn(sm3, frame_of(sm3, subjects_of(sizes))),
        "drand": drawn(drand, frame_of(drand, subjects_of(sizes)), said),
        "weights": drawn(weights, frame_of(weights, subjects_of(sizes))),
        "non-ascii": drawn(plain, frame_of(plain, names)),
        "empty-stratum": drawn(plain, frame_of(plain, subjects_of({"A": 40, "B": 0, "C": 9}))),
        "one-subject": drawn(plain, frame_of(plain, subjects_of({"B": 1}))),
        "whole-stratum": drawn(plain, frame_of(plain, subjects_of({"C": 20}))),
        "joint": drawn(joint, frame_of(joint, subjects_of(sizes))),
    }


def seed_for(number):
    return hashlib.sha256(b"test %d" % number).digest()


def texts(transcript, lists):
    return {
        "v": "draw-vector/1",
        "frame": [line.decode() for line in lists.frame],
        "inspectors": [line.decode() for line in lists.inspectors or ()],
        "transcript": transcript.document,
    }


if __name__ == "__main__":
    FOLDER.mkdir(parents=True, exist_ok=True)
    for name, case in cases().items():
        text = json.dumps(texts(*case), ensure_ascii=False, indent=1)
        (FOLDER / f"{name}.json").write_text(text + "\n", "utf-8")
