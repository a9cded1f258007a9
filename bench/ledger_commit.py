"""The log inside the application: what a logged commit costs, and how fast entries are numbered and signed.

    python bench/ledger_commit.py [10000 100000 1000000]

On the disk of the temporary folder, with the platform's own settings (SQLite, WAL, synchronous=FULL):
one row in one commit, alone, with its log entry (eight hidden fields, as an event of a case has), and with
the sequencer's turns counted in, one a second, until every entry is numbered and signed; the sequencer's
core in batches of 256, one commit and one signed checkpoint for each batch, at several sizes;
proofs and their checks at the end. fdatasync is measured beside, since everything here waits for it.
"""

from __future__ import annotations

import os
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

ROOT = Path(__file__).parents[1]
NOW = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)
ROUNDS = 15
EVENT = {
    "number": "ZX-2026-000001-7", "seq": 3, "action": "answer", "from_state": "handling",
    "to_state": "answered", "actor": "staff", "person": 7, "data": {"answer": "可以。" * 30},
}  # fmt: skip


def set_up(folder: str) -> None:
    os.environ |= {
        "QINGLIAN_DATA": folder, "QINGLIAN_ZONE": str(ROOT / "zones" / "qianhai"),
        "DJANGO_SETTINGS_MODULE": "qinglian.web.settings",
    }  # fmt: skip
    os.environ.pop("DATABASE_URL", None)
    import django
    from django.core.management import call_command

    django.setup()
    call_command("migrate", verbosity=0)


def fdatasync(folder: str, rounds: int = 1000) -> float:
    with open(Path(folder) / "sync", "wb", buffering=0) as file:
        began = time.perf_counter()
        for _ in range(rounds):
            file.write(b"x" * 4096)
            os.fdatasync(file.fileno())
        return rounds / (time.perf_counter() - began)


def rate(work: Callable[[], object], seconds: float = 1.5) -> tuple[float, float]:
    """How often a second by the clock, and how often in a second of processor time."""
    done, began, busy = 0, time.perf_counter(), time.process_time()
    while time.perf_counter() - began < seconds:
        work()
        done += 1
    return done / (time.perf_counter() - began), done / (time.process_time() - busy)


def commits() -> None:
    """Alternating, so that whatever else the machine does meets both."""
    from django.db import transaction

    from qinglian.capabilities.cases.models import CalendarVersion
    from qinglian.capabilities.ledger.actions import append

    def plain() -> None:
        with transaction.atomic():
            CalendarVersion.objects.create(calendar="CN", sha="0" * 64, published_at=NOW)

    def logged() -> None:
        with transaction.atomic():
            CalendarVersion.objects.create(calendar="CN", sha="0" * 64, published_at=NOW)
            append("cases.event", EVENT, NOW)

    rounds = [one_round(plain, logged) for _ in range(ROUNDS)]
    for place, name in enumerate(("alone", "with its entry", "with its entry, numbered and signed")):
        median = statistics.median(each[place] for each in rounds)
        ratio = statistics.median(each[place] / each[0] for each in rounds)
        print(f"  one commit {name}: {median:,.0f}/s, median of {ROUNDS} rounds {ratio:.2f} (asked: 0.50)")
    busy = [1000 / statistics.median(each[place] for each in rounds) for place in (3, 4)]
    print(f"  processor time of one commit: alone {busy[0]:.3f} ms, with its entry {busy[1]:.3f} ms")


def one_round(plain: Callable[[], object], logged: Callable[[], object]) -> tuple[float, ...]:
    """Commits a second: alone; with the entry; and when the sequencer's turn after each second counts too.
    Then the first two by processor time."""
    from qinglian.capabilities.ledger.actions import sequence

    sequence(NOW)
    (alone, alone_busy), (with_entry, entry_busy) = rate(plain, 0.5), rate(logged, 1.0)
    began = time.perf_counter()
    sequence(NOW)
    signed = with_entry / (1 + time.perf_counter() - began)
    return alone, with_entry, signed, alone_busy, entry_busy


def fill(count: int) -> None:
    """Pending entries as they would lie there, quickly."""
    from qinglian.capabilities.ledger.models import Entry
    from qinglian.engines import merkle

    fields = {f"f{k}": bytes([k]) * 32 for k in range(8)}
    for start in range(0, count, 5000):
        Entry.objects.bulk_create(
            Entry(log="restricted", kind="cases.event", at=NOW,
                  data=merkle.Entry({"kind": "cases.event", "at": "2026-11-23T02:00:00Z", "n": k},
                                    fields).data)
            for k in range(start, min(count, start + 5000))
        )  # fmt: skip


def sequencer(size: int) -> None:
    """Grow to the size; of the last batches, the rate in one turn, and with a signed head after each."""
    from qinglian.capabilities.ledger import leases, sequencing
    from qinglian.capabilities.ledger.models import Tree

    tree = Tree.objects.get(slug="restricted")
    batches = min(40, (size - tree.size) // sequencing.BATCH // 3)
    fill(size - tree.size)
    token = leases.take(sequencing.TURN, NOW)
    sequencing._grow(tree, token, max(0, (size - tree.size) // sequencing.BATCH - 2 * batches))
    began, busy = time.perf_counter(), time.process_time()
    done = sequencing._grow(tree, token, batches)
    one, busy = time.perf_counter() - began, time.process_time() - busy
    began, turn = time.perf_counter(), 0
    for _ in range(batches):
        turn += sequencing._grow(tree, token, 1)
        sequencing.sign(tree, NOW)
    signed = time.perf_counter() - began
    leases.release(sequencing.TURN, token)
    print(f"  {size:>9,} entries: {done / one:,.0f}/s numbered and committed ({done / busy:,.0f}/s by "
          f"processor time), {turn / signed:,.0f}/s with a signed head for each batch")  # fmt: skip


def proofs() -> None:
    import random

    from qinglian.capabilities.ledger import queries
    from qinglian.capabilities.ledger.models import Tree
    from qinglian.engines import merkle

    tree, chance, made, checked = Tree.objects.get(slug="restricted"), random.Random(7), [], []
    busy: tuple[list[float], list[float]] = [], []
    trust = merkle.parse_trust(queries.trust_text())
    for _ in range(200):
        index = chance.randrange(tree.size)
        began, started = time.perf_counter(), time.process_time()
        text = queries.proof_text(tree, index)
        middle, half = time.perf_counter(), time.process_time()
        proof = merkle.read_proof(text or "")
        merkle.verify_proof(proof, proof.extra or b"", trust)
        made.append(middle - began)
        checked.append(time.perf_counter() - middle)
        busy[0].append(half - started)
        busy[1].append(time.process_time() - half)
    for what, clock, spent in (
        ("from the database", made, busy[0]),
        ("checked, both signatures", checked, busy[1]),
    ):
        print(f"  a proof {what}: {statistics.median(clock) * 1000:.2f} ms by the clock, "
              f"{statistics.median(spent) * 1000:.2f} ms of processor time, medians of 200")  # fmt: skip


def main(sizes: list[int]) -> None:
    with tempfile.TemporaryDirectory(prefix="qinglian-bench-") as folder:
        set_up(folder)
        from qinglian.capabilities.ledger.actions import open_trees

        print(f"fdatasync: {fdatasync(folder):,.0f}/s")
        open_trees(NOW)
        for size in sizes:
            sequencer(size)
            if size == sizes[0]:
                commits()
        proofs()


if __name__ == "__main__":
    main([int(word) for word in sys.argv[1:]] or [10_000, 100_000, 1_000_000])
