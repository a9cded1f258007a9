"""What must hold of published figures: the rows have their hashes, and give the same numbers again."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path

from django.utils.translation import gettext as _

from qinglian.batch.figures import Table
from qinglian.batch.figures.results import compute
from qinglian.batch.figures.running import Columns, engine
from qinglian.capabilities.figures import published, queries
from qinglian.capabilities.figures.declared import figures
from qinglian.capabilities.figures.models import Batch, Edition, Snapshot
from qinglian.capabilities.ledger.queries import opened
from qinglian.engines import canon


def invariants(newest: int | None) -> Iterator[tuple[str, int, list[str]]]:
    """newest: only so many of what was published last; None: all."""
    looked, other = 0, list[str]()
    for model in (Batch, Snapshot):
        rows = model.objects.order_by("-pk").values_list("table", "rows", "sha")
        for table, text, sha in rows if newest is None else rows[:newest]:
            looked += 1
            if sha256(text.encode()).hexdigest() != sha:
                other.append(table)
    yield _("each published table has the hash of its rows"), looked, other
    editions = Edition.objects.order_by("-pk").select_related("entry")
    some = list(editions if newest is None else editions[:newest])
    unlogged = [str(each.as_of) for each in some if not _is_logged(each)]
    yield _("each edition of the figures stands in the log"), len(some), unlogged
    if some:
        again, differ = _again(some[0])
        yield _("each open figure comes out the same when it is computed again"), again, differ


def _is_logged(edition: Edition) -> bool:
    sha = sha256(canon.dumps(edition.manifest)).hexdigest()
    return sha == edition.sha == opened(edition.entry_id).get("manifest")


def _again(edition: Edition) -> tuple[int, list[str]]:
    """Of the newest edition: how many figures, and which come out otherwise."""
    said = edition.manifest
    shas = {id: each["sha256"] for id, each in said["tables"].items()}
    asked = [each for id, each in figures().items() if said["figures"].get(id, {}).get("level") == "open"]
    differ = []
    with tempfile.TemporaryDirectory(prefix="qinglian-") as folder:
        files = _files(Path(folder), shas)
        runner = engine({table.sql_name: file for table, file in files})
        whole = {table.id for table, _file in files}
        try:
            for figure in asked:
                wanted = said["figures"][figure.id]
                if figure.version != wanted["version"]:
                    continue  # its definition is another today
                there = whole >= set(figure.tables)
                if not there or compute(figure, said["through"], shas, runner).sha != wanted["result"]:
                    differ.append(figure.id)
        finally:
            runner.close()
    return len(asked), differ


def _files(folder: Path, shas: dict[str, str]) -> list[tuple[Table, tuple[Columns, Path]]]:
    """The tables whose rows are those of the edition."""
    found = []
    for id, sha in shas.items():
        table, content = queries.table_of(id), queries.table_text(id)
        if table is None or content is None or content.sha != sha:
            continue
        path = folder / f"{table.sql_name}.csv"
        path.write_text(content.text, "utf-8")
        found.append((table, (published.columns_of(table), path)))
    return found
