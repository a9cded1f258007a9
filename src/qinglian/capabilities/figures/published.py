"""Published tables as they are made and kept: batches of whole months, and snapshots."""

from __future__ import annotations

import hmac
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from hashlib import sha256
from zoneinfo import ZoneInfo

from django.conf import settings
from django.utils.module_loading import import_string

from qinglian.batch.figures import Table
from qinglian.batch.figures.files import csv_text, read_csv
from qinglian.batch.figures.grouping import Fact, Values, generalise, sort_rows
from qinglian.batch.figures.running import Columns
from qinglian.capabilities.figures.models import Batch, Snapshot
from qinglian.zone.current import current

Rows = Callable[[datetime | None, datetime], Iterable[Fact]]


@dataclass(frozen=True)
class Content:
    """A table as it is published: CSV, its hash, and how many rows."""

    text: str
    sha: str
    n: int


def columns_of(table: Table) -> Columns:
    return [(column.name, column.kind) for column in table.all_columns]


def rows_of(table: Table, since: datetime | None, until: datetime) -> list[Fact]:
    """What the owner of the table gives: facts from since on, before until; of a standing one, as it stands.

    The values of a table by month begin with their month. Who is meant is a pseudonym from here on.
    """
    rows: Rows = import_string(table.rows)
    return [Fact(_pseudonym(fact.subject), fact.values) for fact in rows(since, until)]


def content(text: str, n: int) -> Content:
    return Content(text, sha256(text.encode()).hexdigest(), n)


def first_moment(month: str) -> datetime:
    year, number = (int(part) for part in month.split("-"))
    return datetime(year, number, 1, tzinfo=ZoneInfo(current().timezone))


def next_month(month: str) -> str:
    year, number = (int(part) for part in month.split("-"))
    return f"{year + number // 12:04}-{number % 12 + 1:02}"


def last_whole_month(today: date) -> str:
    year, number = (today.year, today.month - 1) if today.month > 1 else (today.year - 1, 12)
    return f"{year:04}-{number:02}"


def standing(table: Table, now: datetime) -> Content:
    """A standing table as it is now; of small groups some columns are withheld."""
    facts = rows_of(table, None, now)
    rows = sort_rows(fact.values for fact in facts)
    if table.groups is not None:
        rows, _few = _safe(table, facts)
    return content(csv_text(columns_of(table), rows), len(rows))


def by_month(table: Table, facts: Iterable[Fact], through: str) -> tuple[list[Values], list[Fact]]:
    """(rows, facts that wait): each month by itself; one with too few is counted with the next."""
    months: dict[str, list[Fact]] = defaultdict(list)
    for fact in facts:
        months[str(fact.values[0])].append(fact)
    if table.groups is None:
        return sort_rows(fact.values for each in months.values() for fact in each), []
    rows: list[Values] = []
    waiting: list[Fact] = []
    for month in sorted(months):
        counted = [Fact(f.subject, (month, *f.values[1:])) for f in waiting + months[month]]
        shown, waiting = _safe(table, counted)
        rows += shown
    return rows, waiting


def _safe(table: Table, facts: Iterable[Fact]) -> tuple[list[Values], list[Fact]]:
    said = current().publishing
    if said is None:
        return [], list(facts)
    names = [column.name for column in table.all_columns]
    places = [names.index(group) for group in table.groups or ()]
    tied = {names.index(group): [names.index(each) for each in more] for group, more in table.tied.items()}
    return generalise(facts, places, said.least, _key(), tied)


def _key() -> bytes:
    return settings.SECRET_KEY.encode()


def _pseudonym(subject: object) -> str:
    return hmac.digest(_key(), f"counted {subject}".encode(), "sha256").hex()[:24]


def batches(table: str, through: str) -> list[Batch]:
    """Those that count, oldest first: of one that was corrected, the last."""
    rows = Batch.objects.filter(table=table, through__lte=through, corrected_by=None)
    return list(rows.order_by("through"))


def batch_text(sha: str) -> str | None:
    """The rows of one batch, whatever took its place since."""
    return Batch.objects.filter(sha=sha).values_list("rows", flat=True).first()


def kept(
    table: Table, through: str, more: Content | None = None, instead: Mapping[int, Content] | None = None
) -> Content:
    """A table by month as it was published up to a month.

    more: what is about to be added to it; instead: batch → what is about to come in its place.
    """
    header = csv_text(columns_of(table), [])
    parts = [
        (new.text, new.n) if (new := (instead or {}).get(batch.pk)) else (batch.rows, batch.n)
        for batch in batches(table.id, through)
    ]
    parts += [(more.text, more.n)] if more else []
    rows = [text.removeprefix(header) for text, _n in parts]
    return content(header + "".join(rows), sum(n for _text, n in parts))


def snapshot(table: str, sha: str) -> Content | None:
    row = Snapshot.objects.filter(table=table, sha=sha).first()
    return Content(row.rows, row.sha, row.n) if row else None


def read(table: Table, text: str) -> list[Values]:
    return read_csv(columns_of(table), text)
