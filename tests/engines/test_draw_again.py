"""The draw computed a second time, plainly, over random inputs: ties, weights, limits, names."""

from __future__ import annotations

import hashlib
import itertools
import json
import unicodedata
from fractions import Fraction
from math import ceil

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.engines.draw_cases import FOLDER, terms_of
from tests.engines.test_draw_assign import cost_of

from qinglian.engines.draw import sample
from qinglian.engines.draw.arcs import Posts, arc_costs
from qinglian.engines.draw.assign import assign, refuse_few
from qinglian.engines.draw.checking import check_assignment
from qinglian.engines.draw.hashing import hash_named
from qinglian.engines.draw.identities import canonical_id
from qinglian.engines.draw.rates import Quota
from qinglian.engines.draw.rows import HEAVIEST, Inspector, Row, read_frame
from qinglian.engines.draw.sample import count, draw_targets
from qinglian.engines.draw.tickets import heaviest, smallest
from qinglian.faults import Fault

H = hash_named("sha256")
pids = st.binary(min_size=16, max_size=16).map(bytes.hex)
seeds = st.binary(min_size=32, max_size=32)
rows = st.builds(
    Row,
    pids,
    st.sampled_from(["s1", "s1", "s2", "s3", "x.recent"]),
    st.one_of(st.integers(1, 5), st.integers(1, HEAVIEST)),
    st.sampled_from([(), ("fire",), ("fire", "market"), ("market",)]),
)
frames = st.lists(rows, max_size=60, unique_by=lambda row: row.pid).map(sorted)


@st.composite
def rules(draw):
    def quota():
        q = draw(st.integers(1, 40))
        least = draw(st.integers(0, 6))
        most = draw(st.one_of(st.none(), st.integers(least, 9)))
        return {"rate": [draw(st.integers(0, q)), q], "min": least} | ({} if most is None else {"max": most})

    return terms_of(
        hash=draw(st.sampled_from(["sha256", "sha256", "sm3"])),
        reserve=draw(st.integers(0, 5)),
        weighted=draw(st.sampled_from([[], ["s2"], ["s1", "s3"]])),
        strata={name: quota() for name in ("s1", "s2", "s3")},
        departments={"fire": {"strata": {"s1": quota()}}, "market": {}},
    )


def again(frame, terms, seed):
    """department → stratum → (drawn, reserve), by the sentences of the reference, not the engine."""
    found = {}
    for name, department in terms.document["departments"].items():
        for stratum, quota in (terms.document["strata"] | department["strata"]).items():
            here = [row for row in frame if row.stratum == stratum and name in (row.departments or (name,))]
            n = max(quota["min"], ceil(len(here) * Fraction(*quota["rate"])))
            n = min(n, len(here), len(here) if quota["max"] is None else quota["max"])
            tickets = {
                row.pid: hashlib.new(terms.hash, seed + b"target\0" + bytes.fromhex(row.pid)).digest()
                for row in here
            }
            order = sorted(here, key=lambda row: (tickets[row.pid], row.pid))
            if stratum in terms.weighted:
                sure = certain_of(here, n)
                order.sort(
                    key=lambda row: (
                        0 if row.pid in sure else 1,
                        0
                        if row.pid in sure
                        else Fraction(int.from_bytes(tickets[row.pid][:8], "big") << 32, row.weight) // 1,
                    )
                )
            names = [row.pid for row in order]
            found[name, stratum] = (names[:n], names[n : n + terms.reserve])
    return found


def certain_of(here, n):
    """Those whose weight is a whole share or more; taken out by weight until nobody's is."""
    sure = set()
    while n > 0:
        total = sum(row.weight for row in here if row.pid not in sure)
        heavy = max((row.weight for row in here if row.pid not in sure), default=0)
        if not heavy or n * heavy < total:
            break
        equal = [row.pid for row in here if row.weight == heavy and row.pid not in sure]
        sure.add(equal[0])
        n -= 1
    line = min((row.weight for row in here if row.pid in sure), default=None)
    return {row.pid for row in here if line is not None and row.weight >= line}


@settings(max_examples=100)
@given(frames, rules(), seeds)
def test_whoever_is_drawn_is_whom_the_sentences_of_the_reference_draw(frame, terms, seed):
    found = draw_targets(frame, terms, count(frame, terms).counts, seed)
    for (name, stratum), (drawn, spare) in again(frame, terms, seed).items():
        assert found.result[name][stratum] == drawn
        assert found.reserve[name][stratum] == spare


class Coarse:
    """A hash with four values, so that nearly all tickets are equal."""

    def __init__(self, data):
        self.data = data

    def digest(self):
        return bytes([hashlib.sha256(self.data).digest()[0] & 0xC0]) + bytes(31)


@settings(max_examples=60)
@given(frames, seeds)
def test_equal_tickets_fall_by_pid_in_the_whole_draw_too(frame, seed):
    terms = terms_of(
        strata={name: {"rate": [1, 3]} for name in ("s1", "s2", "s3")},
        departments={"fire": {}, "market": {}},
    )
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sample, "brief", Coarse)
        found = draw_targets(frame, terms, count(frame, terms).counts, seed)
    for name, strata in found.result.items():
        for stratum, drawn in strata.items():
            here = [
                row.pid for row in frame if row.stratum == stratum and name in (row.departments or (name,))
            ]
            data = {pid: Coarse(seed + b"target\0" + bytes.fromhex(pid)).digest() for pid in here}
            assert drawn == sorted(here, key=lambda pid: (data[pid], pid))[: len(drawn)]


def test_the_committed_ties_fall_as_they_were_committed():
    vector = json.loads((FOLDER / "ties.json").read_text("utf-8"))
    units = [(bytes.fromhex(ticket), pid, weight) for ticket, pid, weight in vector["even"]["units"]]
    assert smallest([(ticket, pid) for ticket, pid, _weight in units], 9) == vector["even"]["order"]
    units = [(bytes.fromhex(ticket), pid, weight) for ticket, pid, weight in vector["weighted"]["units"]]
    assert heaviest(units, 9, vector["weighted"]["count"]) == vector["weighted"]["order"]


@given(st.integers(0, 10**9), st.integers(0, 2**31 - 1), st.integers(1, 2**31 - 1), st.integers(0, 99))
def test_a_rate_is_rounded_up_exactly_however_large_its_parts(size, p, q, least):
    p = min(p, q)
    assert Quota((p, q), least).of(size) == min(size, max(least, ceil(size * Fraction(p, q))))


@given(st.text(max_size=20))
def test_a_canonical_identifier_is_its_own_canonical_form(text):
    try:
        found = canonical_id(text)
    except Fault:
        return
    assert canonical_id(found) == found
    assert unicodedata.is_normalized("NFC", found)
    assert canonical_id(f"  {unicodedata.normalize('NFD', text)} ") == found


@pytest.mark.parametrize("text", ["i\u0307", "I\u0307", "\u0130"])
def test_an_i_with_a_dot_above_is_one_sign_however_it_was_typed(text):
    assert canonical_id(text) == "\u0130"


@pytest.mark.parametrize("sign", ["\u200b", "\u00a0", "\u3000", "\ufeff", "\u202e", "\u2028", "\x7f", "\t"])
def test_a_sign_that_cannot_be_seen_makes_no_second_identity(sign):
    for text in (f"A{sign}B", f"AB{sign}", f"{sign}AB"):
        with pytest.raises(Fault, match="cannot be seen"):
            canonical_id(text)


@given(frames)
def test_a_frame_reads_as_it_was_written(frame):
    assert list(read_frame([row.line for row in frame])) == frame


@st.composite
def tasks(draw):
    """A small task, often one that cannot be filled: limits, part-time posts, many conflicts."""
    people = sorted(
        Inspector(f"{k:032x}", "all", draw(st.booleans()), draw(st.sampled_from([10, 50, 100])))
        for k in range(draw(st.integers(2, 5)))
    )
    targets = [f"{k:032x}" for k in range(draw(st.integers(1, 3)))]
    pairs = st.tuples(st.sampled_from(targets), st.sampled_from([one.iid for one in people]))
    barred = draw(st.frozensets(pairs, max_size=6))
    leads = draw(st.integers(1, 2))
    return Posts("all", targets, people, 2, leads, draw(st.sampled_from([None, None, 1, 2, 20])), barred)


def every_assignment(posts):
    """All full and allowed assignments, by trying them."""
    iids = {one.iid: one for one in posts.staff}
    ways = []
    for pid in posts.targets:
        free = [iid for iid in iids if (pid, iid) not in posts.barred]
        pairs = itertools.combinations(free, posts.demand)
        ways.append([way for way in pairs if sum(iids[iid].qualified for iid in way) >= posts.leads])
    for choice in itertools.product(*ways):
        used = [iid for way in choice for iid in way]
        if all(used.count(one.iid) <= posts.limit(one) for one in posts.staff):
            yield dict(zip(posts.targets, choice, strict=True))


@settings(max_examples=80)
@given(tasks(), seeds)
def test_the_flow_finds_the_cheapest_of_all_assignments_or_names_why_there_is_none(posts, seed):
    best = min((cost_of(posts, each, seed) for each in every_assignment(posts)), default=None)
    if best is None:
        with pytest.raises(Fault, match=r"^all: "):
            assign(posts, seed, H)
        return
    refuse_few(posts)
    solved = assign(posts, seed, H)
    assert cost_of(posts, solved.assignment, seed) == best
    check_assignment(posts, solved, seed, H)


@pytest.mark.parametrize("name", ["sha256", "sm3"])
def test_the_costs_of_arcs_are_the_bytes_that_the_reference_says(name):
    h, seed, pid = hash_named(name), bytes(range(32)), "0f" * 16
    key = hashlib.new(name, seed + b"assign\0" + bytes.fromhex(pid)).digest()
    if name == "sha256":
        data = hashlib.shake_256(key).digest(500)
    else:
        data = b"".join(hashlib.new(name, key + k.to_bytes(4, "big")).digest() for k in range(16))
    assert arc_costs(seed, pid, 100, h) == [
        int.from_bytes(data[5 * k : 5 * k + 5], "big") for k in range(100)
    ]
    assert arc_costs(seed, pid, 7, h) == arc_costs(seed, pid, 100, h)[:7]
