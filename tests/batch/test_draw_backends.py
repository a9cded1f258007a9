"""The draw set-at-a-time: DuckDB, and Spark where Java is, byte for byte as in Python."""

from __future__ import annotations

import random
import shutil

import pytest
from tests.engines.draw_cases import committed, seed_for, terms_of

from qinglian.batch.draw import connect_duckdb, count_table, draw_file, draw_table, frame_root, read_table
from qinglian.engines.draw.hashing import leaves, root
from qinglian.engines.draw.rows import Row
from qinglian.engines.draw.sample import count, draw_targets
from qinglian.faults import Fault

pytest.importorskip("ibis", reason="draws on DuckDB and Spark: no ibis")


def random_draw(number):
    """(terms, rows) of a random frame: weights, departments, reasons, an empty stratum now and then."""
    chance = random.Random(number)
    terms = terms_of(
        weighted=["s2"] if number % 2 else [],
        departments={"fire": {"strata": {"s1": {"rate": [1, 3], "max": 40}}}, "market": {}},
    )
    kinds = ["s1", "s1", "s2", "x.recent", *(["s3"] if number % 3 else [])]
    rows = [
        Row(
            chance.randbytes(16).hex(),
            chance.choice(kinds),
            chance.choice([1, 1, 9, 2_000]),
            chance.choice([(), (), ("fire",), ("fire", "market")]),
        )
        for _row in range(chance.choice([1, 60, 3_000]))
    ]
    return terms, sorted(rows)


def same(connection, tmp_path, numbers):
    for number in numbers:
        terms, rows = random_draw(number)
        path = tmp_path / f"{number}.tsv"
        path.write_bytes(b"".join(row.line for row in rows))
        table, counted = read_table(connection, path), count(rows, terms)
        assert count_table(table, terms) == counted
        wanted = draw_targets(rows, terms, counted.counts, seed_for(number))
        assert draw_table(connection, table, terms, counted.counts, seed_for(number)) == wanted


def test_duckdb_draws_what_python_draws(tmp_path):
    same(connect_duckdb(), tmp_path, range(12))


def test_a_large_file_is_drawn_on_duckdb_as_a_small_one_is_in_python(tmp_path, monkeypatch):
    terms, rows = random_draw(2)
    path = tmp_path / "frame.tsv"
    path.write_bytes(b"".join(row.line for row in rows))
    commitment = committed(terms, [row.line for row in rows])
    small = draw_file(path, commitment, seed_for(2))
    monkeypatch.setattr("qinglian.batch.draw.LARGE", 0)
    assert draw_file(path, commitment, seed_for(2)) == small
    path.write_bytes(b"".join(row.line for row in rows[1:]))
    with pytest.raises(Fault, match="not the list"):
        draw_file(path, commitment, seed_for(2))


def test_spark_draws_what_python_draws(tmp_path):
    pytest.importorskip("pyspark", reason="the draw on Spark: no pyspark here (pip install pyspark)")
    if shutil.which("java") is None:
        pytest.skip("the draw on Spark: no Java")
    import ibis
    from pyspark.sql import SparkSession

    session = SparkSession.builder.master("local[2]").config("spark.ui.enabled", "false").getOrCreate()
    session.sparkContext.setLogLevel("ERROR")
    same(ibis.pyspark.connect(session), tmp_path, range(4))
    session.stop()


def test_the_root_of_a_file_is_that_of_its_lines(tmp_path):
    h = terms_of().h
    for number in range(4):
        _terms, rows = random_draw(number)
        lines = [row.line for row in rows]
        (tmp_path / "f.tsv").write_bytes(b"".join(lines))
        found = frame_root(tmp_path / "f.tsv", h)
        assert (found.rows, found.root) == (len(lines), root(leaves(lines, h), h))
