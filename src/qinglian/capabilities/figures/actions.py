from __future__ import annotations

import tempfile
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from hashlib import sha256
from pathlib import Path
from zoneinfo import ZoneInfo

from django.db import transaction

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
from qinglian.zone.current import current

Tell = Callable[[str, int, int], None]  # what is done, how many of how many


def compute_due(now: datetime, limit: int = 1) -> int:
    """The job: once a day, when the day's figures are not there yet."""
    if Edition.objects.filter(as_of=_today(now)).exists():
        return 0
    return 1 if compute_all(now) is not None else 0


def compute_all(now: datetime, tell: Tell | None = None, corrected: Collection[str] = ()) -> Edition | None:
    """Publish the whole months that have ended, and compute every figure; all of it, or nothing.

    None where everything is as it was published last, on this day. corrected: tables whose rows were.
    """
    tell = tell or (lambda *_said: None)
    with transaction.atomic():
        today = _today(now)
        made = _Made(published.last_whole_month(today))
        for place, table in enumerate(tables().values()):
            tell("tables", place, len(tables()))
            made.contents[table.id] = _publish(table, made.through, now)
        computed = _compute(made, tell)
        return _edition(today, made, computed, now, corrected)


def _today(now: datetime) -> date:
    return now.astimezone(ZoneInfo(current().timezone)).date()


@dataclass
class _Made:
    through: str
    contents: dict[str, published.Content] = field(default_factory=dict)


def _publish(table: Table, through: str, now: datetime) -> published.Content:
    if table.grain == "month":
        _next_batch(table, through, now)
        return published.kept(table, through)
    found = published.standing(table, now)
    Snapshot.objects.get_or_create(
        table=table.id, sha=found.sha, defaults={"rows": found.text, "n": found.n, "made_at": now}
    )
    return found


def _next_batch(table: Table, through: str, now: datetime) -> None:
    """The months that have ended since the last batch; what waited then is counted with them."""
    last = Batch.objects.filter(table=table.id).order_by("-through", "-id").first()
    if last is not None and last.through >= through:
        return
    since = published.first_moment(published.next_month(last.through)) if last else None
    until = published.first_moment(published.next_month(through))
    row, _new = Waiting.objects.get_or_create(table=table.id)
    waited = [Fact(subject, tuple(values)) for subject, values in row.facts]
    facts = waited + published.rows_of(table, since, until)
    rows, waiting = published.by_month(table, facts, through)
    text = csv_text(published.columns_of(table), rows)
    Batch.objects.create(
        table=table.id,
        through=through,
        rows=text,
        n=len(rows),
        sha=sha256(text.encode()).hexdigest(),
        made_at=now,
    )
    row.facts = [[fact.subject, list(fact.values)] for fact in waiting]
    row.save(update_fields=["facts"])


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
