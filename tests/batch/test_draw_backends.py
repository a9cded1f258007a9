"""The draw set-at-a-time: DuckDB, and Spark where Java is, byte for byte as in Python."""

from __future__ import annotations

import random
import shutil
from dataclasses import replace

import pytest
from tests.engines.draw_cases import committed, seed_for, terms_of

from qinglian.batch import draw_hashes, draw_pieces
from qinglian.batch.draw import (
    connect_duckdb,
    count_table,
    draw_file,
    draw_table,
    frozen_frame,
    read_table,
)
from qinglian.engines.draw.framed import Rows
from qinglian.engines.draw.hashing import leaves, root
from qinglian.engines.draw.rows import Row
from qinglian.engines.draw.sample import count, count_kinds, draw_targets
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


@pytest.mark.parametrize("library", ["datafusion", "hashlib"])
@pytest.mark.parametrize("hash_name", ["sha256", "sm3"])
def test_the_arrays_draw_what_python_draws(tmp_path, monkeypatch, library, hash_name):
    if library == "hashlib":
        monkeypatch.setattr(draw_hashes, "_columns", lambda: None)
    elif draw_hashes._columns() is None:
        pytest.skip("draws with columns of hashes: no datafusion (the extra draw-fast)")
    monkeypatch.setattr(draw_hashes, "MANY", 2)
    monkeypatch.setattr(draw_pieces, "ROWS", 512)
    monkeypatch.setattr(draw_pieces, "READ", 5_000)
    for number in (0, 1, 5, 6) if hash_name == "sha256" else (0, 5):
        terms, rows = random_draw(number)
        terms = replace(terms, hash=hash_name)
        path, lines = tmp_path / "frame.tsv", [row.line for row in rows]
        path.write_bytes(b"".join(lines))
        frame, counted = draw_pieces.read(path, hash_name), count(rows, terms)
        assert (frame.frozen.rows, frame.frozen.root) == (len(rows), root(leaves(lines, terms.h), terms.h))
        assert count_kinds(frame.kinds(), terms) == counted
        assert list(frame.rows()) == rows and frame.kinds() == Rows(rows).kinds()
        assert list(frame.named({rows[0].pid, "0" * 32})) == rows[:1]
        wanted = draw_targets(rows, terms, counted.counts, seed_for(number))
        assert frame.drawn(terms, counted.counts, seed_for(number)) == wanted


def test_a_large_file_is_drawn_as_arrays_as_a_small_one_is_row_by_row(tmp_path, monkeypatch):
    terms, rows = random_draw(6)
    path, lines = tmp_path / "frame.tsv", [row.line for row in rows]
    path.write_bytes(b"".join(lines))
    commitment = committed(terms, lines)
    small, told = draw_file(path, commitment, seed_for(6)), frozen_frame(path, terms)
    monkeypatch.setattr("qinglian.batch.draw.LARGE", 0)
    assert draw_file(path, commitment, seed_for(6)) == small
    assert frozen_frame(path, terms) == told == (commitment.frame, count(rows, terms))
    path.write_bytes(b"".join(lines[1:]))
    with pytest.raises(Fault, match="not the list"):
        draw_file(path, commitment, seed_for(6))


@pytest.mark.parametrize(
    ("spoil", "line", "said"),
    [
        (lambda rows: [rows[0], rows[0], *rows[1:]], 2, "stands twice or out of order"),
        (lambda rows: [*rows[:6], rows[7], rows[6]], 8, "stands twice or out of order"),
        (lambda rows: [*rows[:4], rows[4].upper()], 5, "not a row of this list"),
        (lambda rows: [*rows[:4], b"g" + rows[4][1:]], 5, "stands twice|not a row"),
        (lambda rows: [*rows[:4], b"f" * 31 + b"g" + rows[4][32:]], 5, "not a row"),
        (lambda rows: [*rows[:4], rows[4].replace(b"\n", b"\r\n")], 5, "malformed"),
        (lambda rows: [*rows[:4], rows[4][:33] + b"s0\t1\t-\n"], 5, "malformed"),
        (lambda rows: [*rows[:4], rows[4][:33] + b"s1\t01\t-\n"], 5, "no whole number"),
        (lambda rows: [*rows[:4], b"\n"], 5, "out of order|not a row"),
        (lambda rows: [*rows[:4], rows[4][:-1]], None, "cut short"),
    ],
)
def test_a_large_file_that_is_at_fault_is_named_by_its_line(tmp_path, monkeypatch, spoil, line, said):
    monkeypatch.setattr(draw_pieces, "ROWS", 8)
    rows = random_draw(7)[1]
    path = tmp_path / "frame.tsv"
    path.write_bytes(b"".join(spoil([row.line for row in rows])))
    with pytest.raises(Fault, match=said) as caught:
        draw_pieces.read(path, "sha256")
    assert (caught.value.file, caught.value.line) == (str(path), line)


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
