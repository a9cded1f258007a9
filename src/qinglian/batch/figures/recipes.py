"""From a figure to one SQL text that gives it in every cut: n, value, and upper (the second quantile).

The subset is what DuckDB, SQLite and Spark compute alike, bit for bit: whole numbers and texts, joins,
counts, sums, smallest and largest, row numbers. No division and no float: a share is published as two whole
numbers, and a quantile is a value that occurred (the smallest one that at least so many per cent do not
exceed; Hyndman and Fan, Sample Quantiles in Statistical Packages, 1996, definition 1).
"""

from __future__ import annotations

from hashlib import sha256

from qinglian.batch.figures.definitions import PERIOD, Figure
from qinglian.engines import canon

ALL = "all"
VALUE = "value"
HALF, MOST = 50, 90


def definition_sha(figure: Figure) -> str:
    """SHA-256 of everything that can change the number: not of its texts."""
    said = {
        "v": "figure/1",
        "id": figure.id,
        "version": figure.version,
        "level": figure.level,
        "kind": figure.kind,
        "tables": list(figure.tables),
        "rows": " ".join(figure.rows.split()),
        "cuts": list(figure.cuts),
        "months": figure.months,
        "sql": recipe(figure, "0000-00"),
    }
    return sha256(canon.dumps(said)).hexdigest()


def since(through: str, months: int) -> str:
    """The last month before the window that ends with `through`: months are counted after it."""
    if not months:
        return ""
    year, month = (int(part) for part in through.split("-"))
    number = year * 12 + month - 1 - months
    return f"{number // 12:04}-{number % 12 + 1:02}"


def recipe(figure: Figure, after: str) -> str:
    """The whole SQL text. after: the month after which the window of the number begins."""
    facts = f"WITH facts AS (\n  {figure.rows.strip()}\n)"
    if figure.months:
        facts += f",\nrecent AS (SELECT * FROM facts WHERE {PERIOD} > '{after}')"
    part = _quantiles if figure.kind == "quantiles" else _counted
    whole = "recent" if figure.months else "facts"
    parts = [part(figure, ALL, "", whole)]
    for cut in figure.cuts:
        parts.append(part(figure, cut, cut, "facts" if cut == PERIOD else whole))
    if figure.kind == "quantiles":
        parts.append(
            f"SELECT '{VALUE}' AS cut, CAST(value AS STRING) AS item, COUNT(*) AS n, COUNT(*) AS value, "
            f"0 AS upper_value FROM {whole} GROUP BY value"
        )
    return facts + "\n" + "\nUNION ALL\n".join(parts)


def _counted(figure: Figure, cut: str, column: str, source: str) -> str:
    value = "COUNT(*)" if figure.kind == "count" else "COALESCE(SUM(value), 0)"
    n = "COALESCE(SUM(weight), 0)" if figure.kind == "rate" else "COUNT(*)"
    item, group = (column, f" GROUP BY {column}") if column else ("''", "")
    return (
        f"SELECT '{cut}' AS cut, {item} AS item, {n} AS n, {value} AS value, 0 AS upper_value "
        f"FROM {source}{group}"
    )


def _quantiles(figure: Figure, cut: str, column: str, source: str) -> str:
    item, by = (column, f"PARTITION BY {column} ") if column else ("''", "")
    picked = [f"MIN(CASE WHEN 100 * place >= {q} * n THEN value END)" for q in (HALF, MOST)]
    return (
        f"SELECT '{cut}' AS cut, item, n, {picked[0]} AS value, {picked[1]} AS upper_value FROM (\n"
        f"  SELECT {item} AS item, value, ROW_NUMBER() OVER ({by}ORDER BY value) AS place, "
        f"COUNT(*) OVER ({by.strip()}) AS n FROM {source}) ranked GROUP BY item, n"
    )
