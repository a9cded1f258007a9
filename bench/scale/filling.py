"""Fill a prepared, empty platform with n cases; everything invented, the same for the same seed and day."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterable
from datetime import datetime

from bench.scale.copies import Copier, Counting, Firm, copies
from bench.scale.lives import HOW_MANY, lived
from bench.scale.rows import Template, model
from bench.scale.words import Words
from bench.scale.writing import TABLES, Batch, analyse, bare
from bench.scale.zone import appoint_staff
from django.db import transaction
from django.db.models import Max

from qinglian.cli.progress import Bar


def fill(n: int, until: datetime, seed: int = 1) -> dict[str, float]:
    """Seconds that each part took. `until` is the present of the cases."""
    if model("cases.Case").objects.exists():
        raise SystemExit("there are cases already: give an empty folder or database")
    words, took, began = Words(seed), {}, time.monotonic()

    def done(what: str) -> None:
        nonlocal began
        took[what] = time.monotonic() - began
        print(f"  {what}: {took[what]:.1f} s", file=sys.stderr, flush=True)
        began = time.monotonic()

    staff = appoint_staff(until.date(), words)
    lives = list(_told("living", lived(until), HOW_MANY))
    templates = [Template.of(life) for life in lives]
    _sequenced(until)
    done("lives by the desk's own verbs")
    counting = _counting()
    with bare():
        batch = Batch()
        firms = _firms(max(10, n // 10), words, counting, batch, until)
        tree = model("ledger.Tree").objects.get(pk="restricted")
        copier = Copier(templates, staff, words, counting, firms, tree.size)
        for so_far in _told("copying", copies(copier, max(0, n - len(lives)), batch), n, count=None):
            del so_far
            with transaction.atomic():
                batch.write()
                _grow(counting)
        for year, last in counting.numbers.items():
            model("cases.NumberSeries").objects.update_or_create(
                pattern="{prefix}-{yyyy}-{seq:06}-{check}", year=year, defaults={"last": last}
            )
        done("copies")
    done("indexes")
    _sequenced(until)
    analyse()
    done("head of the log and statistics")
    return took


def _told(step: str, rows: Iterable, whole: int, count: int | None = 1) -> Iterable:
    """Draws a bar beside; count: how much each row is, or None where the row itself says how far it is."""
    bar, far = Bar(sys.stderr, whole), 0
    try:
        for row in rows:
            far = row if count is None else far + count
            bar(step, far, far)
            yield row
    finally:
        bar.end()


def _counting() -> Counting:
    ids = {name: model(name).objects.aggregate(m=Max("pk"))["m"] or 0 for name in TABLES}
    series = model("cases.NumberSeries").objects.values_list("year", "last")
    return Counting(ids, dict(series))


def _firms(n: int, words: Words, counting: Counting, batch: Batch, until: datetime) -> list[Firm]:
    """Enterprises of a register of the bench's own, each mentioned at the service centre."""
    from django.db import connection

    at, firms = connection.ops.adapt_datetimefield_value(until), []
    for k in range(n):
        name, number = words.enterprise(k)
        pk = counting.next("parties.Enterprise")
        batch.add("parties.Enterprise", (pk, "CN", "示例区", "registered", True, None, at, None))
        batch.add(
            "parties.EnterpriseName",
            (counting.next("parties.EnterpriseName"), pk, "zh-Hans", "legal", name, None, None),
        )
        batch.add(
            "parties.Identifier", (counting.next("parties.Identifier"), pk, "uscc", number, True, "bench")
        )
        batch.add("parties.Mention", (counting.next("parties.Mention"), pk, "service-centre", "confidential"))
        firms.append(Firm(pk, name, number))
    with transaction.atomic():
        batch.write()
    return firms


def _grow(counting: Counting) -> None:
    """Hash the entries of a batch into the tree: its tiles are those that the sequencer would have made."""
    from qinglian.capabilities.ledger import shelf

    tree = model("ledger.Tree").objects.get(pk="restricted")
    grown, tiles = shelf.resume(tree).append(counting.leaves)
    shelf._keep(tree, tiles)
    model("ledger.Tree").objects.filter(pk=tree.pk).update(size=grown.size, root=grown.root())
    counting.leaves.clear()


def _sequenced(now: datetime) -> None:
    from qinglian.capabilities.ledger.actions import sequence

    while sequence(now):
        pass
