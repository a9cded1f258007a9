"""Figures of svy on clusters.csv and strata.csv: pip install svy; python known_svy.py > known_svy.csv"""

import polars as pl
import svy

FILES = {name: pl.read_csv(f"{name}.csv") for name in ("clusters", "strata")}
DRAWN = {"clusters": {"psu": "dnum"}, "strata": {"stratum": "stype"}}
DESIGNS = {
    name + ending: svy.Sample(FILES[name], svy.Design(wgt="pw", **drawn, **frame))
    for name, drawn in DRAWN.items()
    for ending, frame in (("", {}), ("_fpc", {"pop_size": "fpc"}))
}

print("key,value,se")
for name, sample in DESIGNS.items():
    mean = sample.estimation.mean("score", deff="wor").to_polars().row(0, named=True)
    found = {
        "mean": mean,
        "total": sample.estimation.total("pupils").to_polars().row(0, named=True),
        "ratio": sample.estimation.ratio("score", "pupils").to_polars().row(0, named=True),
        "deff": {"est": mean["deff"], "se": float("nan")},
    }
    for row in sample.estimation.mean("score", by="met").to_polars().rows(named=True):
        found[f"mean/{row['met']}"] = row
    for row in sample.estimation.total("pupils", by="met").to_polars().rows(named=True):
        found[f"total/{row['met']}"] = row
    for key, row in found.items():
        print(f"{name}/{key},{row['est']:.15g},{row['se']:.15g}")
