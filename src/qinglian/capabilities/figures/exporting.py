"""The public export, made of what the latest edition published."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Any

from qinglian.batch.figures.export import (
    DEFINITIONS,
    DICTIONARY,
    LOG,
    MANIFEST,
    RESULTS,
    TABLES,
    canonical,
    described,
    pretty,
    write_export,
)
from qinglian.batch.figures.files import json_text, parquet_bytes
from qinglian.batch.figures.replay import replay
from qinglian.capabilities.figures import published, queries
from qinglian.capabilities.figures.declared import figures
from qinglian.capabilities.figures.dictionary import described as dictionary
from qinglian.capabilities.figures.dictionary import in_three
from qinglian.capabilities.figures.models import Edition
from qinglian.capabilities.ledger.actions import sequence
from qinglian.capabilities.ledger.queries import export as export_log
from qinglian.capabilities.ledger.queries import places
from qinglian.faults import Fault, Faults
from qinglian.faults import noop as _
from qinglian.zone.current import current


def export(folder: Path, now: datetime) -> dict[str, str]:
    """Write it into a new folder; path → SHA-256. What is pending in the log is numbered and signed first."""
    edition = queries.latest_edition()
    if edition is None:
        raise Fault(_("nothing has been published yet; run: qinglian site figures"))
    while sequence(now):
        pass
    head = {"zone": current().id, "made_at": now.isoformat(timespec="seconds"), "edition": edition.sha}
    return write_export(folder, head, _files(edition), lambda fresh: _log(fresh, edition), _check)


def _check(fresh: Path) -> None:
    """What is given away must hold for whoever replays it."""
    if faults := replay(fresh).faults:
        raise Faults(faults)


def _files(edition: Edition) -> dict[str, bytes]:
    files = {
        MANIFEST: canonical(edition.manifest),
        DEFINITIONS: pretty({"v": "definitions/1", "figures": _definitions(edition)}),
        DICTIONARY: pretty(dictionary()),
    }
    for id, document in queries.documents(edition).items():
        files[f"{RESULTS}/{id}.json"] = canonical(document)
    for row in queries.table_list():
        table, content = row.table, queries.table_text(row.table.id)
        assert content is not None
        if content.sha != row.sha:
            raise Fault(_("the rows of %(table)s are not those that were published"), table=table.id)
        columns = published.columns_of(table)
        files[f"{TABLES}/{table.id}.csv"] = content.text.encode()
        files[f"{TABLES}/{table.id}.json"] = "".join(
            json_text(columns, published.read(table, content.text))
        ).encode()
        if (made := parquet_bytes(columns, content.text)) is not None:
            files[f"{TABLES}/{table.id}.parquet"] = made
    return files


def _definitions(edition: Edition) -> list[dict[str, Any]]:
    found = []
    for figure in figures().values():
        texts = {name: in_three(getattr(figure, name)) for name in ("unit", "title", "how")}
        if figure.id in edition.manifest["figures"]:
            found.append(described(figure, texts, edition.through))
    return found


def _log(fresh: Path, edition: Edition) -> None:
    sizes = export_log(fresh / Path(LOG).parent, log="public", keys=fresh)
    place = places([edition.entry_id]).get(edition.entry_id)
    if place is None or sizes.get(place.tree, 0) <= place.index:
        raise Fault(
            _("the log’s signed head does not reach this edition yet: are its witnesses silent? Try later")
        )
