"""Every declared figure on DuckDB, SQLite and Spark, and by hand in Python: the same bytes."""

from __future__ import annotations

import random
import shutil
import sys
from collections import Counter, defaultdict

import pytest

from qinglian.batch.figures import Column, Figure, Table
from qinglian.batch.figures.files import csv_text, read_csv
from qinglian.batch.figures.recipes import recipe, since
from qinglian.batch.figures.results import cells_of, compute
from qinglian.batch.figures.running import engine
from qinglian.engines import canon
from qinglian.faults import Fault

MONTHS = [f"{2025 + (7 + n) // 12}-{(7 + n) % 12 + 1:02}" for n in range(15)]
THROUGH = MONTHS[-1]
UNIT, MATTER = Column("unit", "text", "x"), Column("matter", "text", "x")
T = Table(
    "t.rows", "x", "x", "x", (UNIT, MATTER, Column("value", "whole", "x")), "x", groups=("unit", "matter")
)
COLUMNS = [(column.name, column.kind) for column in T.all_columns]
SELECT = "SELECT period, unit, matter, value FROM t_rows"


def figure(kind, **more):
    said = {"id": "t.figure", "version": 1, "level": "open", "unit": "x", "title": "x", "how": "x"}
    said |= {"tables": ("t.rows",), "rows": SELECT, "cuts": ("period", "unit", "matter")} | more
    return Figure(kind=kind, **said)


FIGURES = [figure(kind) for kind in ("count", "sum", "quantiles")] + [
    figure(
        "share",
        rows="SELECT period, unit, matter, CASE WHEN value > 3 THEN 1 ELSE 0 END AS value FROM t_rows",
    ),
    figure("count", cuts=("unit",), months=0),
]


def rows_drawn(seed, n=700):
    dice = random.Random(seed)
    units, matters = ["中心,一", "u-2", "*", 'Ä"x'], ["咨询", "m", "*", "z z"]
    return [
        (dice.choice(MONTHS), dice.choice(units), dice.choice(matters), dice.choice([0, 1, 2, 3, 5, 40]))
        for _row in range(n)
    ]


def by_hand(figure, rows):
    """Written apart from the recipe: lists and sorting instead of SQL."""
    after = since(THROUGH, figure.months)
    cells = []
    groups = defaultdict(list)
    for period, unit, matter, value in rows:
        value = int(value > 3) if figure.kind == "share" else value
        recent = not figure.months or period > after
        for cut, item in (("all", ""), ("period", period), ("unit", unit), ("matter", matter)):
            if cut == "all" or cut in figure.cuts:
                if recent or cut == "period":
                    groups[cut, item].append(value)
    groups.setdefault(("all", ""), [])
    for (cut, item), values in groups.items():
        values.sort()
        n = len(values)
        if figure.kind == "quantiles":
            told = [values[-(-q * n // 100) - 1] if n else 0 for q in (50, 90)]
        else:
            told = [n if figure.kind == "count" else sum(values), 0]
        cells.append([cut, item, n, *told])
    if figure.kind == "quantiles":
        counts = Counter(groups["all", ""])
        cells += [["value", str(value), n, n, 0] for value, n in counts.items()]
    return sorted(cells, key=lambda c: (c[0] != "all", c[0], c[1].zfill(12) if c[1].isdigit() else c[1]))


def loaded(folder, rows, wish):
    path = folder / f"{wish}.csv"
    path.write_text(csv_text(COLUMNS, rows), "utf-8")
    return engine({T.sql_name: (COLUMNS, path)}, wish)


def same_everywhere(folder, wish, seeds):
    for seed in seeds:
        rows = rows_drawn(seed, 0 if seed == 0 else 700)
        runner = loaded(folder, rows, wish)
        for each in FIGURES:
            found = compute(each, THROUGH, {"t.rows": "sha"}, runner)
            assert canon.dumps(found.document["cells"]) == canon.dumps(by_hand(each, rows)), (each.kind, seed)
        if wish != "spark":
            runner.close()


@pytest.mark.parametrize("wish", ["duckdb", "sqlite"])
def test_an_engine_computes_what_is_computed_by_hand(wish, tmp_path):
    if wish == "duckdb":
        pytest.importorskip("duckdb", reason="figures on DuckDB: it is not installed")
    same_everywhere(tmp_path, wish, range(4))


def test_spark_computes_the_same(tmp_path):
    pytest.importorskip("pyspark", reason="figures on Spark: no pyspark here (pip install pyspark)")
    if shutil.which("java") is None:
        pytest.skip("figures on Spark: no Java")
    same_everywhere(tmp_path, "spark", range(2))


def test_where_there_is_no_spark_it_is_said_what_to_do(tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "pyspark.sql", None)
    monkeypatch.setenv("JAVA_HOME", str(tmp_path))
    with pytest.raises(Fault, match="pip install pyspark"):
        engine({}, "spark")
    monkeypatch.delenv("JAVA_HOME")
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(Fault, match="needs Java"):
        engine({}, "spark")


def test_a_quantile_is_a_value_that_occurred():
    """Known from the definition: of 1…10 half is 5 and nine in ten is 9; of one value it is that value."""
    answers = [("all", "", 10, 5, 9)]
    assert cells_of(answers)[0][3:] == [5, 9]
    assert by_hand(figure("quantiles"), [(THROUGH, "u", "m", v) for v in range(1, 11)])[0] == [
        "all",
        "",
        10,
        5,
        9,
    ]
    assert by_hand(figure("quantiles"), [(THROUGH, "u", "m", 7)])[0] == ["all", "", 1, 7, 7]


def test_twelve_months_are_twelve():
    assert (
        since("2026-10", 12) == "2025-10"
        and since("2026-12", 12) == "2025-12"
        and since("2026-01", 1) == "2025-12"
    )
    assert "period > '2025-10'" in recipe(figure("count"), since("2026-10", 12))


HOSTILE = [
    "SELECT 1; SELECT 2",
    "COPY t_rows TO 'out.csv'",
    "SELECT * FROM read_csv('secret.txt')",
    "SELECT content, '', 0, 0, 0 FROM read_text('secret.txt')",
    "ATTACH 'x.db' AS x",
    "CREATE TABLE x AS SELECT 1",
    "DROP TABLE t_rows",
    "PRAGMA database_list",
    "SET enable_external_access = true",
    "INSTALL httpfs",
    "SELECT load_extension('x'), '', 0, 0, 0",
    "SELECT nothing FROM nowhere",
]


@pytest.mark.parametrize("wish", ["duckdb", "sqlite"])
@pytest.mark.parametrize("sql", HOSTILE)
def test_the_recipe_of_a_stranger_reads_the_tables_and_nothing_else(wish, sql, tmp_path, monkeypatch):
    if wish == "duckdb":
        pytest.importorskip("duckdb", reason="figures on DuckDB: it is not installed")
    monkeypatch.chdir(tmp_path)
    (tmp_path / "secret.txt").write_text("secret")
    runner = loaded(tmp_path, rows_drawn(1, 10), wish)
    with pytest.raises(Fault) as said:
        runner.run(sql)
    assert "secret" not in str(said.value.params).replace("secret.txt", "")
    assert runner.run("SELECT 'all' AS a, '' AS b, COUNT(*) AS c, 0 AS d, 0 AS e FROM t_rows") == [
        ("all", "", 10, 0, 0)
    ]
    assert not (tmp_path / "out.csv").exists()


def test_a_recipe_without_end_is_ended(tmp_path, monkeypatch):
    monkeypatch.setattr("qinglian.batch.figures.running.LONGEST", 0.2)
    runner = loaded(tmp_path, rows_drawn(1, 10), "sqlite")
    endless = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) "
    endless += "SELECT 'a', 'b', COUNT(*), 0, 0 FROM n"
    with pytest.raises(Fault):
        runner.run(endless)


def test_a_file_of_rows_comes_back_as_it_was_and_a_touched_one_is_told(tmp_path):
    rows = rows_drawn(3, 50)
    text = csv_text(COLUMNS, rows)
    assert read_csv(COLUMNS, text) == rows
    for touched, line in (
        (text.replace("period", "month", 1), 1),
        (text + "2026-01,u\n", 52),
        (text + "2026-01,u,m,x\n", 52),
    ):
        with pytest.raises(Fault) as said:
            read_csv(COLUMNS, touched)
        assert said.value.line == line
    for value in ("two\nlines", "", "back\\slash", 3.5):
        with pytest.raises(ValueError):
            csv_text(COLUMNS, [("2026-01", "u", "m", 1), ("2026-01", value, "m", 1)])


def test_a_declaration_that_reaches_outside_is_told():
    for rows in (
        "SELECT value / 2 AS value FROM t_rows",
        "SELECT AVG(value) FROM t_rows",
        "SELECT * FROM read_csv('x')",
    ):
        assert figure("sum", rows=rows).faults()
    assert not figure("sum").faults() and not T.faults()
    assert figure("guess").faults() and figure("sum", cuts=()).faults()
