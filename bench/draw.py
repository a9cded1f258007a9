"""The draw beside consistent_sampler, its growth, the assignment beside greedy, verification.

python bench/draw.py [--large]: with --large also ten million subjects. Wall seconds are medians; on a machine
that others use too, look at the ratios and at the processor's seconds, which are of all threads together.
"""

from __future__ import annotations

import hashlib
import resource
import statistics
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import numpy as np

from qinglian.batch import draw_hashes, draw_pieces
from qinglian.batch.draw import connect_duckdb, count_table, draw_table, frozen_frame, read_table
from qinglian.engines.draw import beacon
from qinglian.engines.draw.arcs import Posts, arc_costs
from qinglian.engines.draw.assign import assign, parts
from qinglian.engines.draw.checking import check_assignment
from qinglian.engines.draw.hashing import hash_named, rows_of
from qinglian.engines.draw.rows import Inspector, read_frame
from qinglian.engines.draw.sample import count, count_kinds, draw_targets
from qinglian.engines.draw.seed import Attested, Spoken, assurance, seed_of
from qinglian.engines.draw.terms import Commitment, read_terms
from qinglian.engines.draw.tickets import TAG
from qinglian.engines.draw.transcript import Lists, Transcript, verify

H = hash_named("sha256")
SIGNATURE = bytes.fromhex(
    "b713718a38ae728dfd477991af2822e08d2f305e47718cef9f7848ce4050e7be41076862b98fad56e91a6b85b89cd97b"
)
RATES = {"s1": [1, 100], "s2": [2, 100], "s3": [10, 100], "s4": [30, 100]}
TERMS = read_terms(
    {
        "zone": "bench",
        "plan": "bench",
        "number": 1,
        "strata": {name: {"rate": rate} for name, rate in RATES.items()},
        "sources": [{"type": "drand", "round": 657413}],
    }
)


def measured(work: Callable[[], object], rounds: int = 3) -> tuple[float, float]:
    """(median wall seconds, median processor seconds of this process)."""
    wall, busy = [], []
    for _round in range(rounds):
        start, used = time.perf_counter(), time.process_time()
        work()
        wall.append(time.perf_counter() - start)
        busy.append(time.process_time() - used)
    return statistics.median(wall), statistics.median(busy)


def say(what: str, spent: tuple[float, float], more: str = "") -> None:
    print(f"{what:<44} {spent[0]:8.2f} s   cpu {spent[1]:6.2f} s   {more}", flush=True)


def frame_file(folder: Path, size: int) -> Path:
    """A frame of random pseudonyms in four strata, 65 : 25 : 8 : 2 as classes are shared out."""
    path, chance = folder / f"{size}.tsv", np.random.default_rng(1)
    high = np.sort(chance.integers(0, 2**63, size, dtype=np.int64))
    low = chance.integers(0, 2**63, size, dtype=np.int64)
    strata = chance.choice([1, 2, 3, 4], size, p=[0.65, 0.25, 0.08, 0.02])
    with open(path, "w") as file:
        for at in range(0, size, 100_000):
            some = (column[at : at + 100_000].tolist() for column in (high, low, strata))
            file.write("".join(f"{a:016x}{b:016x}\ts{c}\t1\t-\n" for a, b, c in zip(*some, strict=True)))
    return path


def whole_draw(path: Path) -> int:
    """Commitment, seed from drand, and draw over a frame file as arrays; how many were drawn."""
    frame = draw_pieces.read(path, "sha256")
    counted = count_kinds(frame.kinds(), TERMS)
    commitment = Commitment(TERMS, frame.frozen, counted.counts, counted.excluded)
    seed = seed_of(commitment, Spoken(SIGNATURE))
    return len(frame.drawn(TERMS, counted.counts, seed).visits)


def on_duckdb(path: Path) -> int:
    """The draw alone, through Ibis on DuckDB."""
    connection = connect_duckdb()
    table = read_table(connection, path)
    counted = count_table(table, TERMS)
    return len(draw_table(connection, table, TERMS, counted.counts, bytes(32)).visits)


def one_by_one(path: Path) -> None:
    """The same without the extra `draw-fast`: hashlib and py-ecc."""
    columns, arkworks = draw_hashes._columns, beacon._arkworks
    draw_hashes._columns = beacon._arkworks = lambda: None  # type: ignore[assignment]
    try:
        say("the same without the extra draw-fast", measured(lambda: whole_draw(path)))
    finally:
        draw_hashes._columns, beacon._arkworks = columns, arkworks


def tickets_alone(pids: list[str]) -> None:
    prefix, sha = b"\0" * 32 + TAG, hashlib.sha256
    for pid in pids:
        sha(prefix + bytes.fromhex(pid)).digest()


def beside_consistent_sampler(path: Path) -> tuple[float, float] | None:
    try:
        from consistent_sampler import sampler
    except ImportError:
        print("consistent_sampler is not installed: pip install 'qinglian[bench]'")
        return None
    strata: dict[str, list[str]] = {name: [] for name in RATES}
    with open(path) as file:
        for line in file:
            pid, stratum = line.split("\t")[:2]
            strata[stratum].append(pid)

    def theirs() -> None:
        for name, pids in strata.items():
            wanted = TERMS.strata[name].of(len(pids))
            list(sampler(pids, seed=1234567, take=wanted, with_replacement=False, output="id"))

    spent = measured(theirs, 1)
    say("consistent_sampler, no commitment", spent)
    return spent


def growth(folder: Path, large: bool) -> None:
    check_beacon = measured(lambda: seed_of(empty(), Spoken(SIGNATURE)))
    say("one drand signature", check_beacon)
    for size in (10_000, 100_000, 1_000_000, *((10_000_000,) if large else ())):
        path = frame_file(folder, size)
        spent = measured(lambda path=path: whole_draw(path), 3 if size < 10**7 else 1)
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
        say(f"commitment, seed and draw of {size:,}", spent, f"peak {peak} MB")
        if size == 1_000_000:
            theirs = beside_consistent_sampler(path)
            pids = [line[:32].decode() for line in path.read_bytes().splitlines()]
            say("tickets alone, one thread of Python", measured(lambda pids=pids: tickets_alone(pids)))
            say("the draw alone on DuckDB", measured(lambda path=path: on_duckdb(path)))
            one_by_one(path)
            if theirs:
                wall, busy = theirs[0] / spent[0], theirs[1] / spent[1]
                print(f"consistent_sampler / ours: {wall:.1f} x on the wall, {busy:.1f} x by processor")
        path.unlink()


def empty() -> Commitment:
    from qinglian.engines.draw.terms import Frozen

    return Commitment(TERMS, Frozen(0, bytes(32)), {"all": {}}, {})


def verification(folder: Path) -> None:
    path = frame_file(folder, 100_000)
    lines = rows_of(path.read_bytes())
    rows = list(read_frame(lines))
    counted = count(rows, TERMS)
    commitment = Commitment(TERMS, frozen_frame(path, TERMS)[0], counted.counts, counted.excluded)
    spoken = Spoken(SIGNATURE)
    seed = seed_of(commitment, spoken)
    drawn = draw_targets(rows, TERMS, counted.counts, seed)
    record = Transcript(commitment, spoken, seed, assurance(commitment, spoken, Attested()), drawn)
    say("verification of 100,000, in Python", measured(lambda: verify(record, Lists(lines), Attested())))


def task(visits: int, staff: int) -> Posts:
    def name(kind: str, number: int) -> str:
        return hashlib.sha256(f"{kind}{number}".encode()).hexdigest()[:32]

    people = sorted(
        Inspector(name("i", k), "all", k % 5 < 3, 50 if k % 10 == 9 else 100) for k in range(staff)
    )
    targets = sorted(name("t", k) for k in range(visits))
    chance = np.random.default_rng(2)
    pairs = zip(*(chance.integers(0, most, visits * staff // 100) for most in (visits, staff)), strict=True)
    barred = frozenset((targets[a], people[b].iid) for a, b in pairs)
    return Posts("all", targets, people, 2, 1, None, barred)


def greedy(posts: Posts, seed: bytes) -> int:
    """Visit by visit the least loaded, then the cheapest; how many posts stay empty under ±1."""
    load, shares, empty_posts = Counter(), posts.shares(), 0
    for pid in posts.targets:
        costs = arc_costs(seed, pid, len(posts.staff), H)
        order = sorted((load[k] - shares[k], costs[k], k) for k in range(len(posts.staff)))
        taken = 0
        for over, _cost, k in order:
            one = posts.staff[k]
            fits = (pid, one.iid) not in posts.barred and over < 1 and (one.qualified or taken)
            if fits and taken < posts.demand:
                taken, load[k] = taken + 1, load[k] + 1
        empty_posts += posts.demand - taken
    return empty_posts


def assignment() -> None:
    posts, seed = task(10_000, 500), hashlib.sha256(b"bench").digest()
    parts()
    found = []
    spent = measured(lambda: found.append(assign(posts, seed, H)))
    filled = sum(len(names) for names in found[0].assignment.values())
    say("assignment 10,000 x 500, tickets and prices", spent, f"{posts.total - filled} posts unfilled")
    say(
        "the same checked by its prices, no solver",
        measured(lambda: check_assignment(posts, found[0], seed, H), 1),
    )
    spent = measured(lambda: found.append(greedy(posts, seed)), 1)  # type: ignore[arg-type]
    say("greedy", spent, f"{found[-1]} posts unfilled")


def main() -> None:
    with tempfile.TemporaryDirectory() as name:
        growth(Path(name), "--large" in sys.argv)
        verification(Path(name))
    assignment()


if __name__ == "__main__":
    main()
