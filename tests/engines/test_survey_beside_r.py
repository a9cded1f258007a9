"""The package survey's own published examples, computed by R beside us. The data stay in the package (GPL).

Skipped where Rscript or the package is not there: `apt-get install r-cran-survey r-cran-mass`.
"""

from __future__ import annotations

import csv
import io
import shutil
import subprocess
from typing import Any

import numpy as np
import pytest

from qinglian.engines.survey import estimating as est
from qinglian.engines.survey.design import Design, design_of
from qinglian.engines.survey.replicates import jackknife, replicated
from qinglian.engines.survey.weighting import margin, poststratify, rake

SCRIPT = """
suppressMessages(library(survey)); data(api)
columns <- c("dnum", "stype", "sch.wide", "api00", "enroll", "pw", "fpc")
wide <- data.frame(sch.wide = c("No", "Yes"), Freq = c(1072, 5122))
margins <- c(6194, 755, 1018, 5122)
for (name in c("apistrat", "apiclus1")) {
  frame <- get(name)
  d <- if (name == "apistrat") svydesign(id = ~1, strata = ~stype, weights = ~pw, data = frame, fpc = ~fpc)
       else svydesign(id = ~dnum, weights = ~pw, data = frame, fpc = ~fpc)
  cat("== ", name, "\\n", sep = "")
  write.csv(frame[, columns], row.names = FALSE, quote = FALSE)
  after <- postStratify(d, ~sch.wide, wide)
  raked <- calibrate(d, ~stype + sch.wide, margins, calfun = "raking", epsilon = 1e-12, maxit = 500)
  again <- as.svrepdesign(d, mse = TRUE)
  for (found in list(svymean(~api00, d), svytotal(~enroll, d), svyratio(~api00, ~enroll, d),
                     svymean(~api00, subset(d, stype == "E")),
                     svymean(~api00, after), svytotal(~enroll, after),
                     svymean(~api00, raked), svytotal(~enroll, raked),
                     svymean(~api00, again)))
    cat(sprintf("-- %.15g %.15g\\n", coef(found), SE(found)))
  cat(sprintf("-- %.15g 0\\n", deff(svymean(~api00, d, deff = TRUE))))
}
"""


@pytest.fixture(scope="module")
def said() -> dict[str, str]:
    if not shutil.which("Rscript"):
        pytest.skip("Rscript is not on this machine: the published examples of R survey are not compared")
    done = subprocess.run(["Rscript", "-e", SCRIPT], capture_output=True, text=True, check=False)
    if done.returncode:
        pytest.skip("R has no package survey, or no MASS: its published examples are not compared")
    return {part.split("\n", 1)[0]: part.split("\n", 1)[1] for part in done.stdout.split("== ")[1:]}


def drawn(name: str, table: dict[str, Any]) -> Design:
    by = {"stratum": table["stype"]} if name == "apistrat" else {"cluster": table["dnum"]}
    return design_of(table["pw"].astype(float), population=table["fpc"].astype(float), **by)


@pytest.mark.parametrize("name", ["apistrat", "apiclus1"])
def test_published_examples_are_those_of_r(said: dict[str, str], name: str) -> None:
    lines = said[name].splitlines()
    rows = list(csv.DictReader(io.StringIO("\n".join(one for one in lines if not one.startswith("-- ")))))
    known = [tuple(map(float, one[3:].split())) for one in lines if one.startswith("-- ")]
    table: dict[str, Any] = {key: np.array([row[key] for row in rows]) for key in rows[0]}
    design, score, pupils = drawn(name, table), table["api00"].astype(float), table["enroll"].astype(float)
    mean = est.mean(design, score)
    wide = margin("sch.wide", table["sch.wide"].tolist(), {"No": 1072, "Yes": 5122})
    types = margin("stype", table["stype"].tolist(), {"E": 4421, "H": 755, "M": 1018})
    after, raked = poststratify(design, wide), rake(design, [types, wide])
    found = [
        mean,
        est.total(design, pupils),
        est.ratio(design, score, pupils),
        est.mean(design, score, table["stype"] == "E"),
        est.mean(after, score),
        est.total(after, pupils),
        est.mean(raked, score),
        est.total(raked, pupils),
        replicated(design, jackknife(design), lambda one: float(one.weight @ score / one.weight.sum())),
    ]
    for ours, (value, se) in zip(found, known[:-1], strict=True):
        assert (ours.value, ours.se) == pytest.approx((value, se), rel=1e-8)
    assert mean.deff == pytest.approx(known[-1][0], rel=1e-9)
