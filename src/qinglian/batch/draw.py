"""The same draw set-at-a-time through Ibis: DuckDB on one machine, Spark on many; byte for byte the same.

The backends hash and compare; ranks are taken over the few tickets below a ceiling, so memory stays small.
"""

from __future__ import annotations

import hashlib
import mmap
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from functools import lru_cache
from pathlib import Path
from typing import Any, TypeVar

from qinglian.engines.draw.hashing import BLOCK, Hash, hash_named, root, rows_of
from qinglian.engines.draw.rows import Row, read_frame
from qinglian.engines.draw.sample import Counted, Drawn, ceiling, check_kind, draw_targets
from qinglian.engines.draw.terms import Commitment, Frozen, Terms
from qinglian.engines.draw.tickets import TAG
from qinglian.faults import Fault
from qinglian.faults import noop as _

T = TypeVar("T")
LARGE = 300_000  # from here on DuckDB is worth its start
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
    kinds = [(str(s), _names(d), int(n)) for s, d, n in grouped.itertuples(index=False)]
    found = {name: dict.fromkeys(sorted(terms.strata), 0) for name in sorted(terms.departments)}
    excluded: dict[str, int] = {}
    for stratum, departments, number in kinds:
        check_kind(stratum, departments, terms)
        if stratum[0] == "x":
            excluded[stratum[2:]] = excluded.get(stratum[2:], 0) + number
            continue
        for name in departments or terms.departments:
            found[name][stratum] += number
    return Counted(found, dict(sorted(excluded.items())), sum(n for _s, _d, n in kinds))


def _names(text: str) -> tuple[str, ...]:
    return () if text == "-" else tuple(text.split(","))


def candidates(
    connection: Any, table: Any, terms: Terms, counts: Mapping[str, Mapping[str, int]], seed: bytes
) -> list[Row]:
    """The rows that the draw can possibly touch: those with a ticket below their stratum's ceiling, and whole
    strata that are drawn by weight. Raises Fault for SM3, which the backends do not have."""
    if terms.hash != "sha256":
        raise Fault(_("DuckDB and Spark have no SM3; draw with the command, or hash by sha256"))
    ibis, has = _ibis(), _functions()
    hashed = has[connection.name]((seed + TAG).hex(), table.pid)
    limits = []
    for stratum in sorted(terms.strata):
        highest = b"\xff" * 32 if stratum in terms.weighted else bytes(32)
        for department in terms.departments:
            size = counts[department].get(stratum, 0)
            n = terms.quota(department, stratum).of(size)
            highest = max(highest, ceiling(n + min(terms.reserve, size - n), size)) if size else highest
        limits.append((stratum, highest.hex()))
    line = ibis.cases(*((table.stratum == stratum, limit) for stratum, limit in limits), else_="")
    few = table.filter(hashed <= line).select("pid", "stratum", "weight", "departments").to_pyarrow()
    columns = (few.column(name).to_pylist() for name in COLUMNS)
    return [Row(pid.hex(), s, w, _names(d)) for pid, s, w, d in zip(*columns, strict=True)]


def draw_table(
    connection: Any, table: Any, terms: Terms, counts: Mapping[str, Mapping[str, int]], seed: bytes
) -> Drawn:
    """The draw over a table of the frame: the same `Drawn` as `engines.draw.sample.draw_targets`."""
    return draw_targets(candidates(connection, table, terms, counts, seed), terms, counts, seed)


def draw_file(path: Path, commitment: Commitment, seed: bytes) -> Drawn:
    """The draw over a committed frame file, large ones on DuckDB. Fault if it is not the one committed to."""
    terms = commitment.terms
    if commitment.frame.rows >= LARGE and terms.hash == "sha256":
        connection = connect_duckdb()
        with beside(lambda: frame_root(path, terms.h)) as told:
            table = read_table(connection, path)
        _refuse_other(told[0], commitment, path)
        return draw_table(connection, table, terms, commitment.counts, seed)
    _refuse_other(frame_root(path, terms.h), commitment, path)
    rows = list(read_frame(rows_of(path.read_bytes())))
    return draw_targets(rows, terms, commitment.counts, seed)


def _refuse_other(found: Frozen, commitment: Commitment, path: Path) -> None:
    if found != commitment.frame:
        raise Fault(
            _("not the list that was committed to: a row was changed, added or removed; fetch it again"),
            file=str(path),
        )


@contextmanager
def beside(work: Callable[[], T]) -> Iterator[list[T]]:
    """Does the work in a thread while the body runs on the backend's own; afterwards it is in the list."""
    found: list[T] = []
    with ThreadPoolExecutor(1) as pool:
        promise = pool.submit(work)
        yield found
        found.append(promise.result())


def frame_root(path: Path, h: Hash) -> Frozen:
    """Rows and root of a frame file of any size, read through a map of memory, eight rows a leaf."""
    with open(path, "rb") as file:
        if not path.stat().st_size:
            return Frozen(0, h(b""))
        with mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as data:
            if found := _even(data, h):
                return found
            level, rows = [], 0
            for block, number in _blocks(data):
                level.append(h(b"\x00" + block))
                rows += number
    return Frozen(rows, root(level, h))


def _even(data: mmap.mmap, h: Hash, piece: int = 2**17) -> Frozen | None:
    """The same for a file whose rows are all equally long, as most are: no line need be looked for."""
    width = data.find(b"\n") + 1
    if not width or len(data) % width:
        return None
    step, level, ends = BLOCK * width, [], b"\n" * (piece * BLOCK)
    for start in range(0, len(data), piece * step):
        text = data[start : start + piece * step]
        rows = len(text) // width
        if text[width - 1 :: width] != ends[:rows] or text.count(b"\n") != rows:
            return None
        cuts = range(0, len(text), step)
        if h is hash_named("sha256"):
            level += [hashlib.sha256(b"\x00" + text[at : at + step]).digest() for at in cuts]
        else:
            level += [h(b"\x00" + text[at : at + step]) for at in cuts]
    return Frozen(len(data) // width, root(level, h))


def _blocks(data: mmap.mmap, piece: int = 2**24) -> Iterator[tuple[bytes, int]]:
    """(block of eight rows, its count of rows), from a file's bytes, some megabytes at a time."""
    rest = b""
    for start in range(0, len(data), piece):
        text = rest + data[start : start + piece]
        last = start + piece >= len(data)
        lines = text.splitlines(keepends=True)
        if last and not lines[-1].endswith(b"\n"):
            raise Fault(_("the last line is cut short; fetch the file again, whole"))
        whole = len(lines) if last else (len(lines) - 1) // BLOCK * BLOCK
        for at in range(0, whole, BLOCK):
            some = lines[at : at + BLOCK]
            yield b"".join(some), len(some)
        rest = b"".join(lines[whole:])
