"""Charts of a figure: small SVG with title and description; a table of the same numbers stands beside it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from qinglian.batch.figures import PERIOD
from qinglian.batch.figures.recipes import VALUE
from qinglian.batch.index.charts import Point, bars, series
from qinglian.capabilities.figures.queries import CellReading, CutReading, FigureReading, PastReading
from qinglian.capabilities.figures.saying import SHARES, month_short

LONGEST = 24  # months; the table has all
MOST = 30  # bars


@dataclass(frozen=True)
class Chart:
    svg: SafeString
    cut: CutReading


def of_cut(figure: FigureReading, cut: CutReading) -> Chart | None:
    """None where there is nothing to draw: no cell, or a single one that the number itself tells."""
    cells = [cell for cell in cut.cells if cell.cell.n]
    if len(cells) < (2 if cut.name != VALUE else 1):
        return None
    title = f"{figure.title}: {cut.title}"
    key = f"{figure.id}-{cut.name}".replace(".", "-")
    if cut.name == PERIOD:
        return Chart(mark_safe(_in_time(figure, cells, title, key)), cut)
    points = [Point(cell.label, _height(figure, cell), cell.value) for cell in cells[:MOST]]
    return Chart(mark_safe(bars(points, title, _told(cells), key)), cut)


def of_past(figure: FigureReading, past: Sequence[PastReading]) -> SafeString | None:
    """The results of the days on which it was computed."""
    days = {each.as_of: each for each in reversed(past)}
    if len(days) < 2:
        return None
    cells = [(on, each) for on, each in sorted(days.items())][-LONGEST:]
    points = [
        Point(f"{on.month}-{on.day}", _of(figure, each.cell.value, each.cell.n), each.value)
        for on, each in cells
    ]
    title = f"{figure.title}: {_('day by day')}"
    about = _("From %(first)s on %(day)s to %(last)s on %(until)s.") % {
        "first": cells[0][1].value, "day": cells[0][0], "last": cells[-1][1].value, "until": cells[-1][0],
    }  # fmt: skip
    key = f"{figure.id}-past".replace(".", "-")
    return mark_safe(series(points, 0, _top(figure, points), title, about, key))


def _in_time(figure: FigureReading, cells: Sequence[CellReading], title: str, key: str) -> str:
    """Each month in its place: where one was not published the line is broken."""
    months = [int(cell.item[:4]) * 12 + int(cell.item[5:]) for cell in cells]
    cells = [cell for cell, month in zip(cells, months, strict=True) if months[-1] - month < LONGEST]
    months = months[-len(cells) :]
    before = ["", *(cell.item for cell in cells)]
    labels = [month_short(cell.item, after) for cell, after in zip(cells, before, strict=False)]
    points = [
        Point(label, _height(figure, cell), cell.value) for label, cell in zip(labels, cells, strict=True)
    ]
    places = [month - months[0] for month in months]
    return series(points, 0, _top(figure, points), title, _told(cells), key, places)


def _of(figure: FigureReading, value: int, n: int) -> float:
    return 100 * value / n if figure.kind in SHARES and n else float(value)


def _height(figure: FigureReading, cell: CellReading) -> float:
    return float(cell.cell.n) if cell.cell.cut == VALUE else _of(figure, cell.cell.value, cell.cell.n)


def _top(figure: FigureReading, points: Sequence[Point]) -> float:
    """Where the axis ends: shares at 100, the rest at a round number; it always begins at 0."""
    if figure.kind in SHARES:
        return 100
    most = max(point.value for point in points)
    step = next(s for k in range(12) for s in (5 * 10**k, 10 * 10**k, 25 * 10**k) if 1.0 * s >= most)
    return float(step)


def _told(cells: Sequence[CellReading]) -> str:
    """What the picture shows, in words."""
    low, high = min(cells, key=_rank), max(cells, key=_rank)
    said = {
        "first": cells[0].label, "start": cells[0].value, "last": cells[-1].label, "end": cells[-1].value,
        "low": low.value, "at_low": low.label, "high": high.value, "at_high": high.label,
    }  # fmt: skip
    return (
        _(
            "%(first)s: %(start)s; %(last)s: %(end)s. Lowest %(low)s (%(at_low)s), highest %(high)s "
            "(%(at_high)s). All numbers stand in the table."
        )
        % said
    )


def _rank(cell: CellReading) -> tuple[int, int]:
    """By value without a float."""
    return (1000 * cell.cell.value // cell.cell.n if cell.cell.n else 0, cell.cell.value)
