"""`qinglian survey`: answers in, estimates with their errors out, ready for an index."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import pytest

from qinglian.cli.main import main

SCHOOLS = Path(__file__).parents[1] / "engines" / "vectors" / "survey"
DESIGN = """v = "survey-design/1"
survey = "schools"
names = { zh-Hans = "学校", zh-Hant = "學校", en = "Schools" }
interval = "0.95"

[columns]
weight = "pw"
cluster = "dnum"

[[margin]]
column = "stype"
totals = { E = 4421, H = 755, M = 1018 }

[[estimate]]
indicator = "score"
statistic = "mean"
column = "score"

[[estimate]]
indicator = "met"
statistic = "proportion"
column = "met"
values = ["Yes"]
scale = 100

[[estimate]]
indicator = "primary"
statistic = "mean"
column = "score"
domain = "stype"
domain_values = ["E"]

[[response]]
period = "2000"
complete = 183
refusal = 17
unknown_unit = 20
"""


def run(
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    design: str = DESIGN,
    answers: Path | None = None,
    *words: str,
) -> tuple[int, str]:
    (tmp_path / "design.toml").write_text(design, encoding="utf-8")
    source = answers or SCHOOLS / "clusters.csv"
    code = main(["--lang", "en", "survey", "estimate", str(tmp_path / "design.toml"), str(source), *words])
    caught = capsys.readouterr()
    return code, caught.out + caught.err


def test_the_figures_are_those_of_r(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    into = ("--json", "--out", str(tmp_path / "obs.csv"), "--unit", "demo")
    code, out = run(tmp_path, capsys, DESIGN, None, *into)
    assert code == 1 and "say --period" in out and not (tmp_path / "obs.csv").exists()
    code, out = run(tmp_path, capsys, DESIGN, None, *into, "--period", "2026")
    assert code == 0, out
    said = json.loads(out)
    api = said["estimates"][0]
    assert float(api["value"]) == pytest.approx(678.666126264221, rel=1e-9)
    assert float(api["se"]) == pytest.approx(26.2291058290611, rel=1e-9)
    assert said["response"]["2000"]["RR1"] == 183 / 220 and said["response"]["2000"]["RR3"] is None
    rows = list(csv.DictReader((tmp_path / "obs.csv").open(encoding="utf-8")))
    assert [row["indicator"] for row in rows] == ["score", "met", "primary"]
    assert {(row["unit"], row["period"]) for row in rows} == {("demo", "2026")}
    assert 0 < float(rows[1]["value"]) < 100 and rows[2]["n"] == "102"


@pytest.mark.parametrize("method", ["jackknife", "bootstrap"])
def test_replicates_are_calibrated_again(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], method: str
) -> None:
    design = DESIGN.replace("[columns]", f'[variance]\nmethod = "{method}"\n\n[columns]')
    code, out = run(tmp_path, capsys, design, None, "--json")
    assert code == 0, out
    se = float(json.loads(out)["estimates"][0]["se"])
    assert se == pytest.approx(27.6071, rel=1e-4 if method == "jackknife" else 0.25)


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ('column = "score"', 'column = "scores"', "the column scores is missing"),
        ("E = 4421, ", "", "no total is known of E"),
        ("E = 4421", "E = 4421, X = 5", "nobody answered in X"),
        ('statistic = "mean"', 'statistic = "mode"', "known are mean, proportion"),
        ('cluster = "dnum"', 'cluster = "dnum"\nstratum = "dnum"', "only one cluster in stratum"),
        ('column = "score"', 'column = "stype"', "is no number"),
        ('weight = "pw"', 'wait = "pw"', "unknown key 'wait'"),
        ('values = ["Yes"]', "", "write values"),
        (
            'statistic = "mean"',
            'statistic = "quantile"\nshare = "0.5"\n\n[variance]\nmethod = "jackknife"\n\n[[estimate]]\n'
            'indicator = "again"\nstatistic = "mean"',
            "the jackknife does not know the error of a quantile",
        ),
    ],
)
def test_what_is_wrong_is_said(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], old: str, new: str, words: str
) -> None:
    assert old in DESIGN
    code, out = run(tmp_path, capsys, DESIGN.replace(old, new, 1))
    assert code == 1 and words in out and "Traceback" not in out


def test_a_change_of_mode_is_a_break(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    design = DESIGN[: DESIGN.index("[columns]")] + (
        '[columns]\nperiod = "year"\nunit = "zone"\nmode = "mode"\n\n'
        '[[estimate]]\nindicator = "P1"\nstatistic = "mean"\ncolumn = "p1"\n'
    )
    rows = [
        f"{year},demo,{mode},{value}"
        for year, mode in (("2025", "face"), ("2026", "web"))
        for value in (3, 4, 5)
    ]
    (tmp_path / "a.csv").write_text("year,zone,mode,p1\n" + "\n".join(rows) + "\n", encoding="utf-8")
    code, out = run(tmp_path, capsys, design, tmp_path / "a.csv")
    assert code == 0
    assert "demo 2025 P1: 4.0000 (0.5774)" in out
    assert (
        "demo 2026: asked by web, before by face; a change may come from that alone: write 2026 under breaks"
        in out
    )


def test_a_cell_that_is_no_number_is_named_with_its_line(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    lines = (SCHOOLS / "clusters.csv").read_text("utf-8").splitlines()
    place = lines[0].split(",").index("score")
    cells = lines[41].split(",")
    for wrong in ("6oo", "nan", "inf"):
        lines[41] = ",".join([*cells[:place], wrong, *cells[place + 1 :]])
        (tmp_path / "a.csv").write_text("\n".join(lines), encoding="utf-8")
        code, out = run(tmp_path, capsys, DESIGN, tmp_path / "a.csv")
        assert code == 1 and f"a.csv:42 score: '{wrong}' is no number" in out
    (tmp_path / "a.csv").write_text("\n".join(lines).replace(",", ";"), encoding="utf-8")
    code, out = run(tmp_path, capsys, DESIGN, tmp_path / "a.csv")
    assert code == 1 and "parted by ;" in out


def test_an_answer_that_nobody_gave_is_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code, out = run(tmp_path, capsys, DESIGN.replace('values = ["Yes"]', 'values = ["Yes", "yes"]'))
    assert code == 0 and "met: nobody answered 'yes'; answers are 'No', 'Yes'" in out
    code, out = run(tmp_path, capsys)
    assert code == 0 and "nobody answered" not in out


def test_a_finite_population_and_margins_go_together(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    design = DESIGN.replace('cluster = "dnum"', 'cluster = "dnum"\npopulation = "fpc"')
    code, out = run(tmp_path, capsys, design, None, "--json")
    assert code == 0, out
    assert float(json.loads(out)["estimates"][0]["se"]) == pytest.approx(25.9679399558882, rel=1e-9)


def test_a_plan_for_a_change(capsys: pytest.CaptureFixture[str]) -> None:
    assert (
        main(["--lang", "en", "survey", "plan", "--sd", "25", "--deff", "1.5", "--change", "1", "--n", "600"])
        == 0
    )
    out = capsys.readouterr().out
    assert "5073 answers each time for a change of 1.0" in out
    assert "standard error 1.250, a change shows from 2.91" in out
    assert main(["survey", "plan", "--sd", "25"]) == 1
