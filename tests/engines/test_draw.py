"""The draw: known answers, nesting, and everything that must be refused by name."""

from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.engines.draw_cases import (
    CLASSES,
    FOLDER,
    KEY,
    cases,
    drawn,
    frame_of,
    seed_for,
    staff_of,
    subjects_of,
    terms_of,
    texts,
)  # fmt: skip

from qinglian.engines.draw import beacon
from qinglian.engines.draw.assign import parts
from qinglian.engines.draw.exclusions import check_exclusions, read_history
from qinglian.engines.draw.freezing import Subject, freeze_subjects, sorted_lines
from qinglian.engines.draw.hashing import hash_named, leaves, path, root, root_by_path, rows_of
from qinglian.engines.draw.identities import canonical_id, pseudonym, salt_of
from qinglian.engines.draw.leaf import QR_BYTES, check_leaf, open_leaf, read_leaf, size_of
from qinglian.engines.draw.rates import read_quota
from qinglian.engines.draw.rows import read_frame
from qinglian.engines.draw.sample import count, draw_targets
from qinglian.engines.draw.seed import Attested
from qinglian.engines.draw.sources import share_commitment
from qinglian.engines.draw.tickets import certain, heaviest, smallest, ticket
from qinglian.engines.draw.transcript import Lists, read_transcript, verify, write_transcript
from qinglian.faults import Fault

SCRIPT = Path(__file__).parents[2] / "docs" / "checkers" / "draw_check.py"
H = hash_named("sha256")


@pytest.fixture(scope="module")
def built():
    return cases()


@pytest.mark.parametrize("name", [path.stem for path in sorted(FOLDER.glob("*.json")) if path.stem != "ties"])
def test_a_vector_is_drawn_as_it_was_committed_and_verified_by_engine_and_script(name, built, tmp_path):
    vector = json.loads((FOLDER / f"{name}.json").read_text("utf-8"))
    assert texts(*built[name]) == vector
    transcript = read_transcript(json.dumps(vector["transcript"]))
    lines = [line.encode() for line in vector["frame"]]
    staff = [line.encode() for line in vector["inspectors"]] or None
    verify(transcript, Lists(lines, staff), Attested())
    (tmp_path / "t.json").write_text(json.dumps(vector["transcript"]), "utf-8")
    (tmp_path / "f.tsv").write_bytes(b"".join(lines))
    ran = subprocess.run([sys.executable, SCRIPT, "t.json", "f.tsv"], cwd=tmp_path, capture_output=True)
    assert ran.returncode == 0, ran.stderr.decode()


def test_sm3_is_that_of_the_standard():
    known = "66c7f0f462eeedd9d1f2d46bdc10e4e24167c4875cf2f7a2297da02b8f4ba8e0"
    assert hash_named("sm3")(b"abc").hex() == known


def test_equal_tickets_fall_by_pid():
    assert smallest([(b"\1", "b"), (b"\1", "a"), (b"\0", "c")], 2) == ["c", "a"]
    assert heaviest([(b"\1" * 8, "b", 5), (b"\1" * 8, "a", 5), (b"\1" * 8, "c", 6)], 3, 1) == ["c", "a", "b"]


def test_a_unit_as_heavy_as_its_share_is_certain():
    assert certain([10, 1, 1, 1], 2) == 10
    assert certain([3, 3, 3, 3], 2) == 2**31
    assert certain([100, 50, 1, 1], 3) == 50


@given(st.integers(0, 3_000), st.integers(0, 50), st.integers(1, 50))
def test_a_rate_never_rounds_below_itself(size, p, q):
    if p > q:
        with pytest.raises(Fault, match="a rate is"):
            read_quota({"rate": [p, q]}, "s1")
    else:
        n = read_quota({"rate": [p, q]}, "s1").of(size)
        assert n * q >= size * p > (n - 1) * q or n == 0


@settings(max_examples=30)
@given(st.binary(min_size=32, max_size=32), st.integers(1, 9), st.integers(10, 20))
def test_a_smaller_rate_draws_a_part_of_what_a_larger_one_draws(seed, p, q):
    small, large = (terms_of(strata={"s1": {"rate": [k, 20]}}, reserve=0) for k in (p, q))
    frame = list(read_frame(frame_of(small, [Subject(f"F{k}", "A") for k in range(60)])))
    a, b = (draw_targets(frame, t, {"all": {"s1": 60}}, seed).result["all"]["s1"] for t in (small, large))
    assert b[: len(a)] == a


def test_departments_that_draw_together_meet_at_the_same_doors():
    terms = terms_of(departments={"fire": {"strata": {"s1": {"rate": [1, 10]}}}, "market": {}})
    transcript, _lists = drawn(terms, frame_of(terms, subjects_of({"A": 200})))
    fire, market = (set(transcript.drawn.result[name]["s1"]) for name in ("fire", "market"))
    assert market < fire


def test_the_quick_way_is_the_plain_way(built):
    transcript, lists = built["plain"]
    rows = list(read_frame(lists.frame))
    for stratum, told in transcript.drawn.result["all"].items():
        pids = [row.pid for row in rows if row.stratum == stratum]
        assert told == sorted(pids, key=lambda pid: (ticket(transcript.seed, pid, H), pid))[: len(told)]


def test_every_subject_is_drawn_as_often_as_its_rate_says():
    terms = terms_of(strata={"s1": {"rate": [1, 10]}}, reserve=0)
    rows = list(read_frame(frame_of(terms, [Subject(f"F{k}", "A") for k in range(50)])))
    times = dict.fromkeys((row.pid for row in rows), 0)
    for number in range(1_000):
        for pid in draw_targets(rows, terms, {"all": {"s1": 50}}, seed_for(number)).result["all"]["s1"]:
            times[pid] += 1
    chi = sum((seen - 100) ** 2 / 90 for seen in times.values())
    assert 20 < chi < 95  # chi-square with 49 degrees: one in ten thousand on either side


@settings(max_examples=30)
@given(st.integers(1, 70), st.data())
def test_every_leaf_leads_to_the_root_and_no_other_does(size, data):
    level = [H(bytes([number])) for number in range(size)]
    index = data.draw(st.integers(0, size - 1))
    steps = path(level, index, H)
    assert root_by_path(level[index], index, size, steps, H) == root(level, H)
    assert root_by_path(H(b"x"), index, size, steps, H) != root(level, H)
    assert root_by_path(level[index], index, size, [*steps, b"x"], H) is None


def test_a_firm_opens_its_own_row_in_what_a_qr_code_holds(built):
    transcript, lists = built["plain"]
    commitment, name = transcript.commitment, canonical_id("Firm A0003")
    leaf = open_leaf(lists.frame, name, salt_of(KEY, name, "sha256", H), commitment)
    row = check_leaf(read_leaf(leaf.document), commitment)
    assert row.pid == pseudonym(leaf.salt, name, H)
    assert size_of(leaf) < QR_BYTES
    for change in ({"identity": "FIRM A0004"}, {"index": leaf.index + 1}, {"block": leaf.block[40:]}):
        with pytest.raises(Fault, match="does not lead"):
            check_leaf(replace(leaf, **change), commitment)
    with pytest.raises(Fault, match="not in the frame"):
        open_leaf(lists.frame, "Firm Z", b"\0" * 32, commitment)


def test_a_record_reads_as_it_was_written(built):
    for transcript, _lists in built.values():
        text = write_transcript(transcript)
        assert write_transcript(read_transcript(text)) == text


REFUSED = {
    "twice": ([Subject("a", "A"), Subject(" A ", "B")], "stands twice"),
    "empty": ([Subject("", "A")], "no identifier"),
    "control": ([Subject("a\tb", "A")], "no identifier"),
    "class": ([Subject("a", "Z")], "unknown class"),
    "reason": ([Subject("a", "A", exclude="friend")], "no such reason"),
    "weight": ([Subject("a", "A", 0)], "a weight is"),
    "department": ([Subject("a", "A", 1, ("tax",))], "departments are"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_a_register_at_fault_is_refused_by_name(name):
    subjects, said = REFUSED[name]
    terms = terms_of()
    with pytest.raises(Fault, match=said):
        sorted_lines(row for row, _id in freeze_subjects(subjects, KEY, CLASSES, {}, terms))


RULES = {"recent": "2026-06-01", "cap": 2, "since": "2026-01-01"}
VISITS = {"A": ["2026-07-01"], "B": ["2026-02-01", "2026-03-01"], "D": ["2025-12-31", "2026-05-31"]}


def test_the_recently_visited_and_those_at_their_yearly_cap_are_left_out_with_the_reason():
    terms = terms_of(reasons=["recent", "cap"], exclusions=RULES)
    subjects = [Subject(name, "A") for name in "abcd"]
    found = freeze_subjects(subjects, KEY, CLASSES, VISITS, terms)
    assert [row.stratum for row, _id in found] == ["x.recent", "x.cap", "s1", "s1"]


def test_a_hand_cannot_leave_out_for_a_reason_that_past_visits_decide():
    terms = terms_of(reasons=["recent", "cap", "closed"], exclusions=RULES)
    with pytest.raises(Fault, match="no past visit says so"):
        list(freeze_subjects([Subject("c", "A", exclude="recent")], KEY, CLASSES, VISITS, terms))
    rows = freeze_subjects([Subject("c", "A", exclude="closed")], KEY, CLASSES, VISITS, terms)
    assert [row.stratum for row, _id in rows] == ["x.closed"]


def test_whoever_holds_the_history_sees_a_subject_left_out_or_taken_in_against_the_rules():
    terms = terms_of(reasons=["recent", "cap", "closed"], exclusions=RULES)
    rows = [
        row for row, _id in freeze_subjects([Subject(n, "A") for n in "abcd"], KEY, CLASSES, VISITS, terms)
    ]
    pids = dict(zip("ABCD", (row.pid for row in rows), strict=True))
    lines = sorted(f"{pids[name]}\t{day}\n".encode() for name, days in VISITS.items() for day in days)
    history = read_history(lines)
    check_exclusions(rows, history, terms.exclusions)
    check_exclusions([rows[2]._replace(stratum="x.closed")], history, terms.exclusions)
    for changed in (
        rows[0]._replace(stratum="s1"),
        rows[2]._replace(stratum="x.cap"),
        rows[1]._replace(stratum="x.recent"),
    ):
        with pytest.raises(Fault, match="rules and past visits say"):
            check_exclusions([changed], history, terms.exclusions)
    for bad in (
        [lines[1], lines[0]],
        [lines[0], lines[0]],
        [b"x\t2026-01-01\n"],
        [lines[0].replace(b"2026-0", b"2026-9")],
    ):
        with pytest.raises(Fault, match=r"out of order|not a past visit"):
            read_history(bad)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"strata": {"s1": {"rate": [3, 2]}}}, "a rate is"),
        ({"strata": {"A": {"rate": [1, 2]}}}, "no public stratum"),
        ({"strata": {}}, "no stratum"),
        ({"sources": []}, "no source"),
        ({"sources": [{"type": "lottery"}]}, "no such source"),
        ({"sources": [{"type": "drand", "round": 1}, {"type": "demonstration", "round": 1}]}, "one beacon"),
        ({"sources": [{"type": "dice", "count": 19, "time": 1}]}, "from 20"),
        ({"hash": "md5"}, "no hash"),
        ({"supersedes": "2026-Q4-00"}, "reason"),
        ({"weighted": ["s9"]}, "no such stratum"),
        ({"departments": {"fire": {"inspectors": 1}}}, "from 2"),
        ({"departments": {"fire": {"qualified": 0}}}, "from 1"),
        ({"exclusions": {"recent": "2026-06-31"}}, "no day"),
        ({"exclusions": {"recent": "2026-06-01"}, "reasons": []}, "no such reason"),
        ({"exclusions": {"cap": 2}, "reasons": ["cap"]}, "both cap and since"),
        ({"color": "red"}, "unknown key"),
    ],
)
def test_a_plan_at_fault_is_refused_by_name(change, said):
    with pytest.raises(Fault, match=said):
        terms_of(**change)


def forged(document):
    """(what was done, the record) for each forgery."""
    yield "seed", document | {"seed": "00" * 32}
    result = json.loads(json.dumps(document["result"]))
    result["all"]["s1"][0], result["all"]["s1"][1] = result["all"]["s1"][1], result["all"]["s1"][0]
    yield "result", document | {"result": result}
    yield "reserve", document | {"reserve": {"all": {**document["reserve"]["all"], "s1": []}}}
    yield "assurance", document | {"assurance": "A"}
    frame = document["commitment"]["frame"]
    yield "counts", document | {"commitment": document["commitment"] | {"frame": frame | {"rows": 1}}}
    yield "rate", document | {"commitment": document["commitment"] | {"notice": 5}}
    yield "assignment", document | {"assignment": {}}
    yield "extra", document | {"more": 1}


def test_a_forged_record_is_refused(built):
    transcript, lists = built["plain"]
    for _name, document in forged(transcript.document):
        with pytest.raises(Fault):
            verify(read_transcript(json.dumps(document)), lists, Attested())


def test_one_changed_row_is_caught_wherever_it_stands(built):
    transcript, lists = built["plain"]
    for place in range(0, len(lists.frame), 13):
        changed = list(lists.frame)
        changed[place] = changed[place].replace(b"\ts", b"\tx.recent" if place % 2 else b"\ts1", 1)
        with pytest.raises(Fault, match=r"not the list|not a row|malformed"):
            verify(transcript, Lists(changed, lists.inspectors), Attested())


@pytest.mark.parametrize("data", [b"no end", b"a\r\n"])
def test_a_list_cut_short_or_with_other_line_ends_is_refused(data):
    with pytest.raises(Fault, match=r"cut short|carriage"):
        rows_of(data)


def test_shares_and_counts_are_what_they_say():
    with pytest.raises(Fault, match="not of 32"):
        share_commitment(b"short", H)
    terms = terms_of()
    frame = frame_of(terms, subjects_of({"A": 5}))
    assert count(read_frame(frame), terms).counts == {"all": {"s1": 5, "s2": 0, "s3": 0}}
    assert len(staff_of(terms)) == 12
    assert len(leaves(frame, H)) == 1


@pytest.mark.parametrize(("name", "work"), [("py_ecc", beacon._curve), ("ortools.graph.python", parts)])
def test_a_missing_extra_is_named_with_the_mend(name, work, monkeypatch):
    beacon._curve.cache_clear()
    monkeypatch.setitem(sys.modules, name, None)
    with pytest.raises(Fault, match=r"pip install 'qinglian\[draw\]'"):
        work()
