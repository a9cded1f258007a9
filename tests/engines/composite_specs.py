"""Small indices for tests, written as their files are."""

from __future__ import annotations

import csv
from collections.abc import Iterator, Mapping
from pathlib import Path

from qinglian.engines.composite.edition import Edition, compute
from qinglian.engines.composite.observations import read_observations
from qinglian.engines.composite.reading import read_spec
from qinglian.engines.composite.spec import Spec

PRESETS = Path(__file__).parents[2] / "src" / "qinglian" / "batch" / "presets"
VECTORS = Path(__file__).parent / "vectors" / "composite"

SPEC = """v = "index-spec/1"
index = "small"
version = "1"
names = { zh-Hans = "小", zh-Hant = "小", en = "Small" }

[normalise]
method = "goalposts"

[weights]
method = "stated"
sum = "1"

[publish]
decimals = 1

[[node]]
code = "all"
names = { zh-Hans = "总", zh-Hant = "總", en = "All" }
"""
ROWS = "code,parent,direction,weight,low,high\nA,all,+1,0.5,0,10\nB,all,-1,0.5,0,100\n"
DATA = (
    "unit,period,indicator,value,se,n\nu,2025,A,5,0.5,\nu,2025,B,40,,200\nu,2026,A,6,0.5,\nu,2026,B,30,,200\n"
)


def preset(name: str) -> Spec:
    return read_spec(
        {path.name: path.read_text("utf-8") for path in (PRESETS / name).iterdir() if path.name != "data.csv"}
    )


def small(spec: str = SPEC, rows: str = ROWS, data: str = DATA, **files: str) -> Edition:
    read = read_spec({"spec.toml": spec, "indicators.csv": rows, **{f"{k}.csv": v for k, v in files.items()}})
    return compute(read, read_observations(data, read))


def doubted(sources: str, runs: int = 4000, correlation: str = "0") -> str:
    return f'{SPEC}\n[uncertainty]\nruns = {runs}\nseed = 7\ncorrelation = "{correlation}"\n{sources}'


def source(kind: str, **keys: str) -> str:
    lines = "\n".join(f"{key} = {value}" for key, value in keys.items())
    return f'\n[[uncertainty.source]]\nkind = "{kind}"\n{lines}\n'


def table(name: str) -> Iterator[Mapping[str, str]]:
    with (VECTORS / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        yield from csv.DictReader(file)


def long(rows: list[tuple[str, str, str, object]]) -> str:
    return "unit,period,indicator,value\n" + "".join(f"{u},{p},{c},{v}\n" for u, p, c, v in rows)
