from __future__ import annotations

import tempfile
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from hashlib import sha256
from pathlib import Path
from zoneinfo import ZoneInfo

from django.db import transaction
from django.db.models import Max

from qinglian.batch.figures import Table
from qinglian.batch.figures.files import csv_text
from qinglian.batch.figures.grouping import Fact
from qinglian.batch.figures.manifest import manifest_of
from qinglian.batch.figures.results import Computed, compute
from qinglian.batch.figures.running import Files, engine
from qinglian.capabilities.figures import published
from qinglian.capabilities.figures.declared import figures, tables
from qinglian.capabilities.figures.entries import log_published
from qinglian.capabilities.figures.models import Batch, Edition, Result, Snapshot, Waiting
from qinglian.engines import canon
from qinglian.faults import Fault
from qinglian.faults import noop as _n
from qinglian.zone.current import current

Tell = Callable[[str, int, int], None]  # what is done, how many of how many
TIMES = 3  # that figures are computed anew because others published meanwhile


def compute_due(now: datetime, limit: int = 1) -> int:
    """The job: once a day, when the day's figures are not there yet."""
    if Edition.objects.filter(as_of=_today(now)).exists():
        return 0
    return 1 if compute_all(now) is not None else 0


@dataclass(frozen=True)
class Anew:
    """A table that was published otherwise than it is to be: batch → what comes in its place, and the facts
    that are too few until a later month."""

    table: str
    rows: Mapping[int, published.Content]
    waiting: list[Fact]


def compute_all(
    now: datetime,
    tell: Tell | None = None,
    anew: Callable[[], Anew] | None = None,
    keep: Callable[[Anew], None] = lambda _anew: None,
) -> Edition | None:
    """Publish the whole months that have ended, and compute every figure; all of it, or nothing.

    None where everything is as it was published last, on this day. anew: counts a table that is corrected;
    keep: writes it, within the transaction.
    Counting takes minutes where there are many cases, so nobody waits for it: rows are read and figures
    computed first, and only what came out is written in one transaction. Raises Fault where others publish
    each time in between.
    """
    tell = tell or (lambda *_said: None)
    today = _today(now)
    for _time in range(TIMES):
        seen = _newest()
        again = anew() if anew else None
        made = _make(published.last_whole_month(today), now, tell, again)
        computed = _compute(made, tell)
        with transaction.atomic():
            list(Edition.objects.select_for_update().order_by("-id")[:1])  # one publishes after the other
            if _newest() == seen:
                if again is not None:
                    keep(again)
                _keep_tables(made, now)
                return _edition(today, made, computed, now, {again.table} if again else ())
    raise Fault(_n("others published figures while these were computed; try again later"))


def _newest() -> tuple[int | None, int | None]:
    """What another would have added to, if it had published meanwhile."""
    batch = Batch.objects.aggregate(last=Max("id"))["last"]
    return batch, Edition.objects.aggregate(last=Max("id"))["last"]


def _today(now: datetime) -> date:
    return now.astimezone(ZoneInfo(current().timezone)).date()


@dataclass(frozen=True)
class _Months:
    """What the months that have ended add to a table, and the facts that are too few until a later one."""

    rows: published.Content
    waiting: list[Fact]


@dataclass
class _Made:
    """waiting: of each table that is counted now, the facts that are too few until a later month."""

    through: str
    contents: dict[str, published.Content] = field(default_factory=dict)
    months: dict[str, _Months] = field(default_factory=dict)
    waiting: dict[str, list[Fact]] = field(default_factory=dict)


def _make(through: str, now: datetime, tell: Tell, anew: Anew | None) -> _Made:
    """Every table as it is to be published; nothing is written."""
    made = _Made(through)
    if anew is not None:
        made.waiting[anew.table] = anew.waiting
    for place, table in enumerate(tables().values()):
        tell("tables", place, len(tables()))
        if table.grain != "month":
            made.contents[table.id] = published.standing(table, now)
            continue
        more = _months_since(table, through, made.waiting.get(table.id))
        if more is not None:
            made.months[table.id] = more
            made.waiting[table.id] = more.waiting
        instead = anew.rows if anew is not None and anew.table == table.id else None
        made.contents[table.id] = published.kept(table, through, more.rows if more else None, instead)
    return made


def _months_since(table: Table, through: str, waited: list[Fact] | None) -> _Months | None:
    """The months that have ended since the last batch; what waited then is counted with them."""
    last = Batch.objects.filter(table=table.id).order_by("-through", "-id").first()
    if last is not None and last.through >= through:
        return None
    since = published.first_moment(published.next_month(last.through)) if last else None
    until = published.first_moment(published.next_month(through))
    facts = (_waited(table) if waited is None else waited) + published.rows_of(table, since, until)
    rows, waiting = published.by_month(table, facts, through)
    return _Months(published.content(csv_text(published.columns_of(table), rows), len(rows)), waiting)


def _waited(table: Table) -> list[Fact]:
    row = Waiting.objects.filter(table=table.id).first()
    return [Fact(subject, tuple(values)) for subject, values in row.facts] if row else []


def _keep_tables(made: _Made, now: datetime) -> None:
    for table, more in made.months.items():
        text, sha, n = more.rows.text, more.rows.sha, more.rows.n
        Batch.objects.create(table=table, through=made.through, rows=text, n=n, sha=sha, made_at=now)
    for table, waiting in made.waiting.items():
        facts = [[fact.subject, list(fact.values)] for fact in waiting]
        Waiting.objects.update_or_create(table=table, defaults={"facts": facts})
    for table, found in made.contents.items():
        if tables()[table].grain != "month":
            said = {"rows": found.text, "n": found.n, "made_at": now}
            Snapshot.objects.get_or_create(table=table, sha=found.sha, defaults=said)


def _compute(made: _Made, tell: Tell) -> dict[str, Computed]:
    """Every figure over the tables, in one engine; of rows that are not published the hash is kept back."""
    shas = {
        id: content.sha if tables()[id].level == "open" else "attested"
        for id, content in made.contents.items()
    }
    found = {}
    with tempfile.TemporaryDirectory(prefix="qinglian-") as folder:
        runner = engine(_files(Path(folder), made.contents))
        try:
            for place, figure in enumerate(figures().values()):
                tell("figures", place, len(figures()))
                found[figure.id] = compute(figure, made.through, shas, runner)
        finally:
            runner.close()
    return found


def _files(folder: Path, contents: Mapping[str, published.Content]) -> Files:
    files = {}
    for id, content in contents.items():
        table = tables()[id]
        path = folder / f"{table.sql_name}.csv"
        path.write_text(content.text, "utf-8")
        files[table.sql_name] = (published.columns_of(table), path)
    return files


def _edition(
    today: date, made: _Made, computed: Mapping[str, Computed], now: datetime, corrected: Collection[str]
) -> Edition | None:
    open_tables = {id: c for id, c in made.contents.items() if tables()[id].level == "open"}
    said = current().publishing
    manifest = manifest_of(
        as_of=today.isoformat(),
        through=made.through,
        least=said.least if said else 0,
        tables={id: (c.sha, c.n) for id, c in open_tables.items()},
        results={id: (figures()[id], each.sha) for id, each in computed.items()},
    )
    sha = sha256(canon.dumps(manifest)).hexdigest()
    last = Edition.objects.order_by("-id").first()
    if last is not None and last.sha == sha:
        return None
    attested = {id: c.sha for id, c in made.contents.items() if id not in open_tables}
    entry = log_published(today, made.through, sha, attested, now)
    edition = Edition.objects.create(
        as_of=today, through=made.through, made_at=now, manifest=manifest, sha=sha, entry_id=entry
    )
    for figure, each in computed.items():
        _keep(edition, figure, each, now, bool(set(corrected) & set(figures()[figure].tables)))
    return edition


def _keep(edition: Edition, figure: str, computed: Computed, now: datetime, corrected: bool) -> None:
    """A row of its own for what is another result than the last, or another day's of what changes daily."""
    last = Result.objects.filter(figure=figure).order_by("-id").first()
    daily = computed.document["level"] == "attested"
    if last is not None and last.sha == computed.sha and not (daily and last.as_of != edition.as_of):
        return
    again = last if last is not None and (corrected or last.as_of == edition.as_of) else None
    because = "corrected" if again is not None and corrected else ""
    if again is not None and not corrected:
        because = "again" if again.definition == computed.document["definition"] else "definition"
    Result.objects.create(
        figure=figure,
        version=figures()[figure].version,
        as_of=edition.as_of,
        definition=computed.document["definition"],
        document=computed.document,
        sha=computed.sha,
        computed_at=now,
        edition=edition,
        supersedes=again,
        because=because,
    )
