"""The index and survey engines' numbers.

    python bench/index_survey.py [quick]

ASEM (51 units, 49 indicators, 8 pillars; data of the JRC through COINr): Monte Carlo over points winsorised,
scale, kind of mean and weights ±25 %, beside a plain pandas rebuild of everything in each run, and Sobol
indices. A large index: 200 units × 100 indicators × 10 periods × 10^4 runs. Estimates on up to 10^6 answers
in 10^4 clusters. Seconds are of the wall clock, with processor seconds beside them: on a busy machine the
first say how busy it is.
"""

from __future__ import annotations

import csv
import os
import resource
import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # the runs have threads of their own

import numpy as np

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT))

from qinglian.engines.composite.edition import Edition, compute  # noqa: E402
from qinglian.engines.composite.observations import Observations, read_observations  # noqa: E402
from qinglian.engines.composite.reading import read_spec  # noqa: E402
from qinglian.engines.composite.runs import simulate  # noqa: E402
from qinglian.engines.composite.sobol import sobol  # noqa: E402
from qinglian.engines.survey import estimating  # noqa: E402
from qinglian.engines.survey.design import design_of  # noqa: E402

ASEM = ROOT / "src" / "qinglian" / "batch" / "presets" / "coinr-asem"
RAW = ROOT / "tests" / "engines" / "vectors" / "composite" / "ASEM_iData.csv"
RUNS = 50_000
DOUBT = """
[uncertainty]
runs = %d
seed = 1
[[uncertainty.source]]
kind = "methods"
stage = "winsorise"
alternatives = ["1", "2", "3", "4", "5"]
[[uncertainty.source]]
kind = "methods"
stage = "normalise"
alternatives = ["min-max", "z"]
z = ["50", "10"]
[[uncertainty.source]]
kind = "methods"
stage = "aggregate"
alternatives = ["arithmetic", "geometric"]
[[uncertainty.source]]
kind = "weights"
model = "noise"
size = "0.25"
"""


def timed(work: Callable[[], Any], times: int = 3) -> tuple[float, float]:
    """Median of wall seconds and of processor seconds."""
    wall, cpu = [], []
    for _time in range(times):
        began, spent = time.perf_counter(), time.process_time()
        work()
        wall.append(time.perf_counter() - began)
        cpu.append(time.process_time() - spent)
    return statistics.median(wall), statistics.median(cpu)


def asem() -> Edition:
    texts = {path.name: path.read_text("utf-8") for path in ASEM.iterdir()}
    texts["spec.toml"] = texts["spec.toml"].replace('to = ["0", "100"]', 'to = ["1", "100"]') + DOUBT % RUNS
    spec = read_spec(texts)
    rows = list(csv.DictReader(RAW.open(encoding="utf-8")))
    codes = [one.code for one in spec.indicators]
    cells = [f"{r['uCode']},2018,{c},{'' if r[c] == 'NA' else r[c]}\n" for r in rows for c in codes]
    return compute(spec, read_observations("unit,period,indicator,value\n" + "".join(cells), spec))


def monte_carlo(edition: Edition) -> None:
    wall, cpu = timed(lambda: simulate(edition))
    both, _cpu = timed(lambda: simulate(edition, workers=2))
    print(
        f"ASEM, {RUNS:,} runs     {RUNS / wall:9,.0f} /s   "
        f"({RUNS / cpu:,.0f} per processor second; two threads {RUNS / both:,.0f} /s)"
    )
    for runs in (5_000, 10_000, 20_000):
        spec = edition.spec
        few = Edition(**{**vars_of(edition), "spec": with_runs(spec, runs)})
        print(f"  {runs:7,} runs        {timed(partial(simulate, few))[1]:9.3f} processor seconds")
    try:
        slow = plain_pandas(edition)
    except ImportError:
        print("pandas is not installed: nothing to stand beside; pip install 'qinglian[bench]'")
    else:
        print(
            f"plain pandas          {slow:9.1f} /s per processor second   "
            f"ours / pandas {RUNS / cpu / slow:,.0f} x"
        )
    wall, cpu = timed(lambda: sobol(edition, 8192))
    print(f"Sobol, N = 8,192      {wall:9.2f} s    ({cpu:.2f} processor seconds)")


def vars_of(edition: Edition) -> dict[str, Any]:
    return {name: getattr(edition, name) for name in Edition.__dataclass_fields__}


def with_runs(spec: Any, runs: int) -> Any:
    from dataclasses import replace

    return replace(spec, uncertainty=replace(spec.uncertainty, runs=runs))


def plain_pandas(edition: Edition, count: int = 10) -> float:
    """Runs in a processor second of a script that treats, scales, weighs, aggregates and ranks a DataFrame
    anew each time."""
    import pandas as pd

    spec, random = edition.spec, np.random.default_rng(1)
    raw = pd.DataFrame(
        edition.stages["impute"][0], columns=[one.code for one in spec.scored], index=edition.seen.units
    )
    parent = {one.code: one.parent for one in spec.scored} | {node.code: node.parent for node in spec.nodes}
    sign = {one.code: one.direction for one in spec.scored}

    def treated(column: pd.Series, most: int) -> pd.Series:
        found = column.copy()
        for _point in range(most):
            if not (abs(found.skew()) > 2 and found.kurt() > 3.5):
                return found
            far, others = (
                (found.max(), found[found < found.max()].max())
                if found.skew() > 0
                else (found.min(), found[found > found.min()].min())
            )
            found[found == far] = others
        if abs(found.skew()) > 2 and found.kurt() > 3.5:
            return np.log(column - column.min() + 0.01 * (column.max() - column.min()))
        return found

    def run() -> pd.Series:
        most, z, geometric = random.integers(1, 6), random.integers(0, 2), random.integers(0, 2)
        data = raw.apply(treated, most=most)
        for code in data:
            column = data[code] * sign[code]
            spread = (column - column.mean()) / column.std() * 10 + 50
            data[code] = spread if z else (column - column.min()) / (column.max() - column.min()) * 99 + 1
        weight = {code: random.uniform(0.75, 1.25) for code in parent}
        for node in [
            "Physical",
            "ConEcFin",
            "Political",
            "Instit",
            "P2P",
            "Environ",
            "Social",
            "SusEcFin",
            "Conn",
            "Sust",
            "Index",
        ]:
            below = [code for code in data if parent[code] == node]
            parts = pd.Series({code: weight[code] for code in below})
            values = np.log(data[below]) if geometric else data[below]
            mean = (values * parts / parts.sum()).sum(axis=1)
            data[node] = np.exp(mean) if geometric else mean
        return data["Index"].rank(ascending=False, method="min")

    run()
    spent = time.process_time()
    for _run in range(count):
        run()
    return count / (time.process_time() - spent)


def large(runs: int, sampled: int) -> None:
    """One large index in a process of its own, so that its memory is its own."""
    units, indicators, periods = 200, 100, 10
    names = 'names = { zh-Hans = "n", zh-Hant = "n", en = "n" }\n'
    text = f'v = "index-spec/1"\nindex = "large"\nversion = "1"\n{names}'
    text += '[normalise]\nmethod = "goalposts"\n[weights]\nmethod = "equal"\n'
    text += (
        f"[uncertainty]\nruns = {runs}\nseed = 1\n"
        + '[[uncertainty.source]]\nkind = "weights"\nmodel = "noise"\nsize = "0.25"\n'
    )
    text += (
        '[[uncertainty.source]]\nkind = "methods"\nstage = "goalposts"\nalternatives = ["-0.1", "0", "0.1"]\n'
    )
    text += '[[uncertainty.source]]\nkind = "sampling"\n' if sampled else ""
    text += f'[[node]]\ncode = "all"\n{names}'
    for number in range(10):
        how = 'aggregate = "geometric"\nfloor = "1"\n' if number % 2 else ""
        text += f'[[node]]\ncode = "N{number}"\nparent = "all"\n{names}{how}'
    rows = "".join(f"I{i},N{i % 10},+1,0,100\n" for i in range(indicators))
    spec = read_spec({"spec.toml": text, "indicators.csv": "code,parent,direction,low,high\n" + rows})
    value = np.random.default_rng(1).uniform(20, 80, (periods, units, indicators))
    error = np.full_like(value, np.nan)
    error[..., :sampled] = 3.0
    seen = Observations(
        tuple(str(2000 + t) for t in range(periods)),
        tuple(f"u{u}" for u in range(units)),
        tuple(one.code for one in spec.indicators),
        value,
        error,
        np.full_like(value, np.nan),
    )
    edition = compute(spec, seen)
    began, spent = time.perf_counter(), time.process_time()
    totals = simulate(edition, workers=2).totals
    np.quantile(totals, [0.05, 0.95], axis=0)
    wall, cpu = time.perf_counter() - began, time.process_time() - spent
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6
    print(
        f"  {runs:6,} runs, {sampled:3} sampled {wall:9.1f} s    "
        f"({cpu:.1f} processor seconds, {memory:.2f} GB)"
    )


def surveys(sizes: tuple[int, ...]) -> None:
    random = np.random.default_rng(1)
    for size in sizes:
        cluster = random.integers(0, max(size // 100, 20), size)
        stratum = cluster % 10
        weight, answer = random.uniform(1, 5, size), random.normal(60, 25, size)
        group = random.integers(0, 3, size)
        wall, cpu = timed(partial(four, weight, stratum, cluster, answer, group))
        print(
            f"  {size:9,} answers     {wall:9.3f} s    "
            f"({cpu:.3f} processor seconds; design, mean, total, median, domain)"
        )


def four(weight: Any, stratum: Any, cluster: Any, answer: Any, group: Any) -> None:
    design = design_of(weight, stratum, cluster)
    estimating.mean(design, answer)
    estimating.total(design, answer)
    estimating.quantile(design, answer, 0.5)
    estimating.mean(design, answer, group == 1)


def main() -> None:
    if sys.argv[1:2] == ["large"]:
        large(int(sys.argv[2]), int(sys.argv[3]))
        return
    monte_carlo(asem())
    print("200 units x 100 indicators x 10 periods, weights and goalposts vary, two threads:", flush=True)
    quick = sys.argv[1:] == ["quick"]
    for runs, sampled in [(1_000, 0), (10_000, 0)] + (
        [] if quick else [(10_000, 30), (1_000, 100), (10_000, 100)]
    ):
        subprocess.run([sys.executable, __file__, "large", str(runs), str(sampled)], check=True)
    print("a stratified sample of clusters:")
    surveys((10_000, 100_000, 1_000_000))


if __name__ == "__main__":
    main()
