"""The same draw set-at-a-time: as arrays on one machine, through Ibis on DuckDB and Spark; byte for byte.

All of them hash and compare; ranks are taken over the few tickets below a ceiling, so memory stays small.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any

from qinglian.batch import draw_pieces
from qinglian.batch.telling import Tell, silent
from qinglian.engines.draw.framed import Framed, Rows
from qinglian.engines.draw.hashing import leaves, root, rows_of
from qinglian.engines.draw.rows import Row, read_frame
from qinglian.engines.draw.sample import (
    Counted,
    Drawn,
    Ticketed,
    count,
    count_kinds,
    draw_near,
    draw_targets,
)
from qinglian.engines.draw.terms import Commitment, Frozen, Terms
from qinglian.engines.draw.tickets import TAG
from qinglian.faults import Fault
from qinglian.faults import noop as _

LARGE = 30_000  # rows from which arrays are worth their start
SHORTEST = 40  # bytes of the shortest row
COLUMNS = {"pid": "string", "stratum": "string", "weight": "int64", "departments": "string"}


@lru_cache(maxsize=1)
def _ibis() -> Any:
    try:
        import ibis
    except ImportError:
        raise Fault(_("large draws run on Ibis; say: pip install 'qinglian[draw]'")) from None
    return ibis


@lru_cache(maxsize=1)
def _functions() -> dict[str, Any]:
    """backend → SHA-256, as hex digits, of some bytes given in hex and a column of bytes behind them."""
    ibis = _ibis()

    @ibis.udf.scalar.builtin(signature=(("string",), "binary"))
    def unhex(text): ...  # type: ignore[no-untyped-def]

    @ibis.udf.scalar.builtin(signature=(("binary", "binary"), "string"))
    def sha256_behind(first, second): ...  # type: ignore[no-untyped-def]

    @ibis.udf.scalar.builtin(signature=(("binary", "binary"), "binary"))
    def concat(first, second): ...  # type: ignore[no-untyped-def]

    @ibis.udf.scalar.builtin(signature=(("binary", "int32"), "string"))
    def sha2(data, bits): ...  # type: ignore[no-untyped-def]

    def on_duckdb(first: str, second: Any) -> Any:
        return sha256_behind(unhex(ibis.literal(first)), second)

    def on_spark(first: str, second: Any) -> Any:
        return sha2(concat(unhex(ibis.literal(first)), second), ibis.literal(256, "int32"))

    return {"unhex": unhex, "duckdb": on_duckdb, "pyspark": on_spark}


def connect_duckdb(memory: str = "1400MB", threads: int = 2) -> Any:
    """A DuckDB in memory with bounds. Joining bytes is an operator there, so a macro gives it a name."""
    connection = _ibis().duckdb.connect()
    connection.raw_sql(
        f"SET memory_limit = '{memory}'; SET threads = {threads}; SET preserve_insertion_order = false;"
        "CREATE MACRO sha256_behind(a, b) AS sha256(a || b)"
    )
    return connection


def read_table(connection: Any, path: Path) -> Any:
    """frame.tsv as a table of pid (16 bytes), stratum, weight, departments on either backend; on DuckDB it is
    read once, into memory."""
    if connection.name == "duckdb":
        kinds = ", ".join(f"'{name}': '{_SQL[kind]}'" for name, kind in COLUMNS.items())
        text = str(path).replace("'", "''")
        options = f"delim='\\t', header=false, quote='', escape='', columns={{{kinds}}}, auto_detect=false"
        connection.raw_sql(
            "CREATE OR REPLACE TABLE frame AS SELECT unhex(pid) AS pid, stratum, weight::INTEGER AS weight,"
            f" departments FROM read_csv('{text}', {options})"
        )
        return connection.table("frame")
    schema = ", ".join(f"{name} {_SQL[kind]}" for name, kind in COLUMNS.items()).replace("VARCHAR", "STRING")
    table = connection.read_csv(str(path), sep="\t", header=False, schema=schema)
    return table.mutate(pid=_functions()["unhex"](table.pid))


_SQL = {"string": "VARCHAR", "int64": "BIGINT"}


def count_table(table: Any, terms: Terms) -> Counted:
    """The counts of a frame, as `engines.draw.sample.count`."""
    grouped = table.group_by(["stratum", "departments"]).agg(rows=table.count()).execute()
    kinds = Counter({Row("", str(s), 1, _names(d)): int(n) for s, d, n in grouped.itertuples(index=False)})
    return count_kinds(kinds, terms)


def _names(text: str) -> tuple[str, ...]:
    return () if text == "-" else tuple(text.split(","))


def candidates(
    connection: Any, table: Any, terms: Terms, limits: Mapping[str, bytes], seed: bytes
) -> list[Ticketed]:
    """(ticket, pid, kind) of each row with a ticket up to its stratum's limit.

    Raises Fault for SM3, which the backends do not have.
    """
    if terms.hash != "sha256":
        raise Fault(_("DuckDB and Spark have no SM3; draw with the command, or hash by sha256"))
    ibis, has = _ibis(), _functions()
    hashed = has[connection.name]((seed + TAG).hex(), table.pid)
    each = ((table.stratum == stratum, limit.hex()) for stratum, limit in sorted(limits.items()))
    line = ibis.cases(*each, else_="")
    few = table.mutate(ticket=hashed).filter(lambda each: each.ticket <= line).to_pyarrow()
    columns = (few.column(name).to_pylist() for name in ("ticket", *COLUMNS))
    return [
        (bytes.fromhex(ticket), pid.hex(), Row("", s, w, _names(d)))
        for ticket, pid, s, w, d in zip(*columns, strict=True)
    ]


def draw_table(
    connection: Any, table: Any, terms: Terms, counts: Mapping[str, Mapping[str, int]], seed: bytes
) -> Drawn:
    """The draw over a table of the frame: the same `Drawn` as `engines.draw.sample.draw_targets`."""
    return draw_near(lambda limits: candidates(connection, table, terms, limits, seed), terms, counts)


def draw_file(path: Path, commitment: Commitment, seed: bytes, tell: Tell = silent) -> Drawn:
    """The draw over a committed frame file, large ones as arrays. Fault if it is not the one committed to."""
    terms = commitment.terms
    if commitment.frame.rows >= LARGE:
        frame = draw_pieces.read(path, terms.hash, tell)
        _refuse_other(frame.frozen, commitment, path)
        return frame.drawn(terms, commitment.counts, seed)
    lines = rows_of(path.read_bytes())
    _refuse_other(Frozen(len(lines), root(leaves(lines, terms.h), terms.h)), commitment, path)
    return draw_targets(list(read_frame(lines)), terms, commitment.counts, seed)


def held_frame(path: Path, terms: Terms, tell: Tell = silent) -> Framed:
    """A frame file in memory, large ones as arrays; Fault with the line of a row that is wrong."""
    if path.stat().st_size >= LARGE * SHORTEST:
        return draw_pieces.read(path, terms.hash, tell)
    try:
        return Rows(list(read_frame(rows_of(path.read_bytes()))))
    except Fault as fault:
        raise fault.at(file=str(path)) from None


def frozen_frame(path: Path, terms: Terms, tell: Tell = silent) -> tuple[Frozen, Counted]:
    """(rows and root, counts) of a frame file; Fault with the line of a row that is wrong."""
    if path.stat().st_size >= LARGE * SHORTEST:
        frame = draw_pieces.read(path, terms.hash, tell)
        return frame.frozen, count_kinds(frame.kinds(), terms)
    try:
        lines = rows_of(path.read_bytes())
        counted = count(read_frame(lines), terms)
    except Fault as fault:
        raise fault.at(file=str(path)) from None
    return Frozen(len(lines), root(leaves(lines, terms.h), terms.h)), counted


def _refuse_other(found: Frozen, commitment: Commitment, path: Path) -> None:
    if found != commitment.frame:
        raise Fault(
            _("not the list that was committed to: a row was changed, added or removed; fetch it again"),
            file=str(path),
        )
