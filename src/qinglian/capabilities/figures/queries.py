from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db.models import Max
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from qinglian.batch.figures import PERIOD, Figure, Table
from qinglian.batch.figures.grouping import WITHHELD
from qinglian.batch.figures.recipes import VALUE, definition_sha, recipe, since
from qinglian.batch.figures.results import Cell
from qinglian.capabilities.figures import published
from qinglian.capabilities.figures.declared import figures, tables
from qinglian.capabilities.figures.models import Batch, Edition, Result
from qinglian.capabilities.figures.saying import month_text, n_text, number, spans, value_text
from qinglian.capabilities.ledger import queries as ledger
from qinglian.zone.current import current
from qinglian.zone.text import language_of


@dataclass(frozen=True)
class CellReading:
    """One number of a cut: of which group, of how many, as text and as the whole numbers it is made of."""

    item: str
    label: str
    value: str
    of: str
    cell: Cell


@dataclass(frozen=True)
class CutReading:
    name: str
    title: str
    cells: list[CellReading]


@dataclass(frozen=True)
class FigureReading:
    """A figure with its latest result; value is empty where nothing was counted yet."""

    id: str
    version: int
    level: str
    kind: str
    title: object
    how: object
    unit: object
    months: int
    value: str
    of: str
    n: int
    span: str
    as_of: date | None  # of the result; for what changes once a month, the edition that has it still
    through: str
    cell: Cell | None
    sha: str
    definition: str

    @property
    def is_open(self) -> bool:
        return self.level == "open"


@dataclass(frozen=True)
class PastReading:
    as_of: date
    version: int
    value: str
    of: str
    cell: Cell
    sha: str
    because: str  # it took the place of another of the same day: again | definition | corrected


@dataclass(frozen=True)
class FigurePage:
    figure: FigureReading
    cuts: list[CutReading]
    recipe: str
    inputs: list[tuple[Table, str]]  # table, SHA-256 of its rows
    document: Mapping[str, Any]
    place: ledger.Place | None  # of the edition in the log
    edition: Edition | None


def catalogue() -> list[FigureReading]:
    """Every declared figure, in the order in which it is declared, with its latest result."""
    newest = Result.objects.values("figure").annotate(last=Max("id")).values("last")
    found = {row.figure: row for row in Result.objects.filter(pk__in=newest)}
    edition = latest_edition()
    return [_reading(figure, found.get(figure.id), edition) for figure in figures().values()]


def known_ids() -> list[str]:
    """The figures that this platform computes."""
    return list(figures())


def some(*ids: str) -> list[FigureReading]:
    """These figures, as far as this platform has them."""
    known = {id: figures()[id] for id in dict.fromkeys(ids) if id in figures()}
    if not known:
        return []
    newest = Result.objects.filter(figure__in=known).values("figure").annotate(last=Max("id")).values("last")
    found, edition = {row.figure: row for row in Result.objects.filter(pk__in=newest)}, latest_edition()
    return [_reading(figure, found.get(id), edition) for id, figure in known.items()]


def history(id: str) -> list[PastReading]:
    """Every result that a figure ever had, newest first; nothing is taken away."""
    figure = figures().get(id)
    if figure is None:
        return []
    rows = Result.objects.filter(figure=id).order_by("-id")
    return [
        PastReading(
            row.as_of, row.version, value_text(figure, _whole(row)), n_text(figure, _whole(row)), _whole(row),
            row.sha, row.because,
        )
        for row in rows
    ]  # fmt: skip


@dataclass(frozen=True)
class CorrectionReading:
    """Rows of a table that others took the place of: which, when, why, and the hashes of both."""

    table: Table
    through: str
    at: datetime
    reason: str
    before: str
    after: str


def corrections(id: str) -> list[CorrectionReading]:
    """Of the rows that a figure rests on, newest first."""
    figure = figures().get(id)
    rows = Batch.objects.filter(table__in=figure.tables if figure else ()).exclude(corrects=None)
    return [
        CorrectionReading(
            tables()[row.table], month_text(row.through), row.made_at, row.reason, row.corrects.sha, row.sha
        )
        for row in rows.select_related("corrects").order_by("-id")
        if row.corrects is not None
    ]


def figure_page(id: str) -> FigurePage | None:
    figure, row = figures().get(id), _last(id)
    if figure is None:
        return None
    edition = latest_edition()
    reading = _reading(figure, row, edition)
    document = row.document if row else {}
    after = since(reading.through, figure.months) if reading.through else ""
    entry = ledger.places([edition.entry_id]).get(edition.entry_id) if edition else None
    return FigurePage(
        figure=reading,
        cuts=_cuts(figure, row) if row else [],
        recipe=recipe(figure, after),
        inputs=[(tables()[table], sha) for table, sha in document.get("inputs", {}).items()],
        document=document,
        place=entry,
        edition=edition,
    )


def latest_edition() -> Edition | None:
    return Edition.objects.order_by("-id").first()


def _last(id: str) -> Result | None:
    return Result.objects.filter(figure=id).order_by("-id").first()


def _whole(row: Result) -> Cell:
    return Cell(*row.document["cells"][0])


def _reading(figure: Figure, row: Result | None, edition: Edition | None) -> FigureReading:
    cell = _whole(row) if row else None
    through = edition.through if edition else ""
    return FigureReading(
        id=figure.id,
        version=figure.version,
        level=figure.level,
        kind=figure.kind,
        title=figure.title,
        how=figure.how,
        unit=figure.unit,
        months=figure.months,
        value=value_text(figure, cell) if cell and (cell.n or figure.kind in ("count", "sum")) else "",
        of=n_text(figure, cell) if cell and cell.n else "",
        n=cell.n if cell else 0,
        span=spans(figure.months, through, edition.as_of) if edition else "",
        as_of=edition.as_of if edition else None,
        through=through,
        cell=cell,
        sha=row.sha if row else "",
        definition=definition_sha(figure),
    )


def _cuts(figure: Figure, row: Result) -> list[CutReading]:
    cells = [Cell(*cell) for cell in row.document["cells"]]
    names = [*figure.cuts, *([VALUE] if figure.kind == "quantiles" else [])]
    found = []
    for name in names:
        labels = _labels(figure, name)
        own = [cell for cell in cells if cell.cut == name]
        found.append(CutReading(name, cut_title(name), [_cell(figure, cell, labels) for cell in own]))
    return found


def _cell(figure: Figure, cell: Cell, labels: Mapping[str, str]) -> CellReading:
    if cell.cut == VALUE:
        return CellReading(cell.item, cell.item, number(cell.n), "", cell)
    label = month_text(cell.item) if cell.cut == PERIOD else labels.get(cell.item, cell.item)
    if cell.item == WITHHELD:
        label = _("withheld: groups too small")
    return CellReading(cell.item, label, value_text(figure, cell), n_text(figure, cell), cell)


def cut_title(name: str) -> str:
    known = {
        PERIOD: _("By month"),
        "unit": _("By unit"),
        "matter": _("By matter"),
        VALUE: _("Distribution"),
        "state": _("By state"),
        "area": _("By area"),
        "turn": _("By whose turn it is"),
        "log": _("By log"),
    }
    return known.get(name, name)


def _labels(figure: Figure, name: str) -> dict[str, str]:
    """What the values of a column mean, in the reader's language."""
    for each in figure.tables:
        for column in tables()[each].all_columns:
            if column.name == name and column.codes:
                return {value: str(meaning) for value, meaning in column.codes.items()}
            if column.name == name and column.refers:
                return titles(column.refers)
    return {}


def titles(table: str) -> dict[str, str]:
    """id → title, of a table that others refer to, as it stands today."""
    known: dict[str, Mapping[str, Any]] = {
        "parties.units": current().units,
        "cases.matters": current().matters,
        "oversight.areas": current().areas,
    }
    language = language_of(get_language() or "en")
    return {id: each.title[language] for id, each in known.get(table, {}).items()}


@dataclass(frozen=True)
class TableReading:
    table: Table
    n: int
    sha: str


def table_list() -> list[TableReading]:
    """The open tables of the latest edition."""
    edition = latest_edition()
    said = edition.manifest["tables"] if edition else {}
    return [
        TableReading(table, said[table.id]["rows"], said[table.id]["sha256"])
        for table in tables().values()
        if table.id in said
    ]


def table_text(id: str) -> published.Content | None:
    """An open table as the latest edition has it: CSV."""
    edition, table = latest_edition(), tables().get(id)
    if edition is None or table is None or id not in edition.manifest["tables"]:
        return None
    if table.grain == "month":
        return published.kept(table, edition.through)
    return published.snapshot(id, edition.manifest["tables"][id]["sha256"])


def table_of(id: str) -> Table | None:
    return tables().get(id)


def dictionary_tables() -> list[Table]:
    return [table for table in tables().values() if table.level == "open"]


def least() -> int:
    """How many there must be in a group that is shown by itself; 0 where the zone has not said."""
    said = current().publishing
    return said.least if said else 0


def documents(edition: Edition) -> dict[str, dict[str, Any]]:
    """Figure → the result that stands in this edition."""
    found = {}
    for id, said in edition.manifest["figures"].items():
        row = Result.objects.filter(figure=id, sha=said["result"]).order_by("-id").first()
        if row is not None:
            found[id] = row.document
    return found


def groups() -> list[tuple[str, list[FigureReading]]]:
    """Every figure, by the capability that declares it."""
    names = {
        "cases": _("Cases and deadlines"),
        "oversight": _("Measures"),
        "ledger": _("The log"),
        "notices": _("Letters"),
    }
    found: dict[str, list[FigureReading]] = {}
    for reading in catalogue():
        label = reading.id.partition(".")[0]
        found.setdefault(names.get(label, label), []).append(reading)
    return list(found.items())
