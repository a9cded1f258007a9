"""Numbers as they are read: whole numbers in, text out; nothing is rounded but for the eye."""

from __future__ import annotations

from datetime import date

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from qinglian.batch.figures import Figure
from qinglian.batch.figures.results import Cell

SHARES = ("share", "rate")
_SHORT = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


def number(value: int) -> str:
    return f"{value:,}"


def per_cent(value: int, n: int) -> str:
    """With one digit after the point, half up, and without a float: 2 of 3 is 66.7."""
    tenths = (2000 * value + n) // (2 * n)
    return f"{tenths // 10}.{tenths % 10}"


def value_text(figure: Figure, cell: Cell) -> str:
    """The number itself; empty where there is none."""
    if figure.kind in SHARES:
        return f"{per_cent(cell.value, cell.n)}%" if cell.n else ""
    if figure.kind == "quantiles":
        return number(cell.value) if cell.n else ""
    return number(cell.value)


def n_text(figure: Figure, cell: Cell) -> str:
    """Of how many it is; a count says so itself."""
    if figure.kind in ("sum", "count"):
        return ""
    said = {"value": number(cell.value), "upper": number(cell.upper), "n": number(cell.n)}
    return str(figure.among or _("%(value)s of %(n)s")) % said


def month_text(month: str) -> str:
    year, place = month.split("-")
    if (get_language() or "").startswith("zh"):
        return f"{int(year)}年{int(place)}月"
    return f"{_SHORT[int(place) - 1]} {year}"


def month_short(month: str, before: str) -> str:
    """For an axis: the year only where it is another than that of the month before."""
    year, place = month.split("-")
    chinese = (get_language() or "").startswith("zh")
    if place == "01":
        return f"{year}年" if chinese else year
    if not before.startswith(year):
        return f"{year}年{int(place)}月" if chinese else f"{_SHORT[int(place) - 1]} {year}"
    return f"{int(place)}月" if chinese else _SHORT[int(place) - 1]


def spans(months: int, through: str, as_of: date) -> str:
    """What the number is about: twelve months to, or as of a day."""
    if months:
        return _("%(n)d months to %(month)s") % {"n": months, "month": month_text(through)}
    return ""
