"""`qinglian index` and `verify`, as an evaluator and then a journalist meet them."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
from contextlib import redirect_stdout
from io import StringIO
from pathlib import Path
from statistics import NormalDist

import pytest

from qinglian.cli.main import main

FEW = "runs = 400"


@pytest.fixture
def spec(tmp_path: Path) -> Path:
    folder = tmp_path / "spec"
    assert main(["index", "new", "one-zone", str(folder)]) == 0
    text = (folder / "spec.toml").read_text("utf-8")
    (folder / "spec.toml").write_text(text.replace("runs = 10000", FEW), encoding="utf-8")
    return folder


@pytest.fixture
def bundle(spec: Path, tmp_path: Path) -> Path:
    assert main(["index", "compute", str(spec), str(spec / "data.csv"), "--out", str(tmp_path / "out")]) == 0
    return tmp_path / "out"


def signed_by(bundle: Path, name: str, home: Path) -> None:
    """Signs with a new key, and leaves the trust file that keygen prints."""
    with redirect_stdout(StringIO()) as printed:
        assert main(["index", "keygen", "--name", name, "--key", str(home / "key.toml")]) == 0
    (home / "trust.toml").write_text(printed.getvalue(), encoding="utf-8")
    assert main(["index", "sign", str(bundle), "--key", str(home / "key.toml")]) == 0


@pytest.fixture(scope="module")
def once(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A signed edition with its uncertainty and reports, made once; tests work on copies."""
    home = tmp_path_factory.mktemp("once")
    folder, out = home / "spec", home / "out"
    main(["index", "new", "one-zone", str(folder)])
    text = (folder / "spec.toml").read_text("utf-8")
    (folder / "spec.toml").write_text(text.replace("runs = 10000", FEW), encoding="utf-8")
    main(["index", "compute", str(folder), str(folder / "data.csv"), "--out", str(out)])
    assert main(["index", "uncertainty", str(out)]) == 0
    assert main(["index", "report", str(out)]) == 0
    signed_by(out, "evaluator.example/index", home)
    return home


@pytest.fixture
def signed(once: Path, tmp_path: Path) -> Path:
    shutil.copy(once / "trust.toml", tmp_path)
    return Path(shutil.copytree(once / "out", tmp_path / "signed"))


def said(capsys: pytest.CaptureFixture[str], *words: str | Path) -> tuple[int, str]:
    code = main(["--lang", "en", *map(str, words)])
    caught = capsys.readouterr()
    return code, caught.out + caught.err


def test_an_evaluator_gets_scores_and_a_bundle(bundle: Path, capsys: pytest.CaptureFixture[str]) -> None:
    result = json.loads((bundle / "result.json").read_text("utf-8"))
    assert result["v"] == "index-result/1"
    assert [row[0] for row in result["published"]] == ["56.2", "60.3", "59.9", "66.1", "68.2"]
    assert (bundle / "scores.csv").read_text("utf-8").startswith("period,unit,published,rank,grade,total")
    head = (bundle / "scores.csv").read_text("utf-8").splitlines()[0].split(",")
    assert len(head) == len(set(head)) and "node total" in head
    assert len((bundle / "stages.csv").read_text("utf-8").splitlines()) == 1 + 5 * 10


def test_a_journalist_checks_it(signed: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code, text = said(capsys, "verify", signed, "--trust", tmp_path / "trust.toml")
    assert code == 0, text
    assert "Holds: edition one-zone 2026.1 is signed by evaluator.example/index." in text
    assert "Every run of its uncertainty was drawn again" in text
    assert "Every word and number of its reports was written again" in text


@pytest.mark.parametrize(
    ("file", "old", "new", "words"),
    [
        ("data.csv", "demo,2026,C1,88", "demo,2026,C1,98", "data.csv: the file was touched"),
        ("spec/spec.toml", "weight = 40", "weight = 41", "spec/spec.toml: the file was touched"),
        ("report.en.html", "68.2", "78.2", "report.en.html: the file was touched"),
        ("manifest.json", '"python": "', '"python": "9', "signature is of another bundle"),
        ("manifest.json", '"numpy"', '"nump"', "not the manifest of a bundle"),
        ("signature.note", "evaluator.example", "elevator.example", "no log elevator.example"),
    ],
)
def test_a_touched_bundle_is_named(
    signed: Path,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    file: str,
    old: str,
    new: str,
    words: str,
) -> None:
    text = (signed / file).read_text("utf-8")
    assert old in text
    (signed / file).write_text(text.replace(old, new), encoding="utf-8")
    code, out = said(capsys, "verify", signed, "--trust", tmp_path / "trust.toml")
    assert code == 1 and words in out


def test_a_result_that_does_not_follow_is_found_even_if_it_is_signed(
    bundle: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    from qinglian.batch.index.bundle import write_manifest

    result = (bundle / "result.json").read_text("utf-8")
    (bundle / "result.json").write_text(result.replace('"68.2"', '"69.2"'), encoding="utf-8")
    write_manifest(bundle, "one-zone", "2026.1")
    signed_by(bundle, "bad.example", tmp_path)
    code, out = said(capsys, "verify", bundle, "--trust", tmp_path / "trust.toml")
    assert code == 1 and 'published[4][0]: the bundle says "69.2"' in out and 'give "68.2"' in out


@pytest.mark.parametrize(
    ("file", "old", "new", "words"),
    [
        ("scores.csv", ",demo,68.2,", ",demo,69.2,", 'scores.csv [5][2]: the bundle says "69.2"'),
        ("stages.csv", "2026,demo,C1,88.0", "2026,demo,C1,98.0", "stages.csv [41]"),
        ("report.en.html", "68.2; with a", "78.2; with a", "the report is not the one"),
        ("report.en.html", "editions from 2022", "editions from 2021", "the report is not the one"),
        ("report.zh-Hans.html", "<h1>演示指数", "<h1>廉洁指数", "the report is not the one"),
        (
            "uncertainty.json",
            '"seed": 20260101',
            '"seed": 20260102',
            "uncertainty.json seed: the bundle says",
        ),
    ],
)
def test_tables_and_reports_that_say_something_else_are_found_even_if_they_are_signed(
    signed: Path,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    file: str,
    old: str,
    new: str,
    words: str,
) -> None:
    from qinglian.batch.index.bundle import write_manifest

    (signed / "signature.note").unlink()
    text = (signed / file).read_text("utf-8")
    assert old in text
    (signed / file).write_text(text.replace(old, new), encoding="utf-8")
    write_manifest(signed, "one-zone", "2026.1")
    signed_by(signed, "bad.example", tmp_path)
    code, out = said(capsys, "verify", signed, "--trust", tmp_path / "trust.toml")
    assert code == 1 and words in out and file in out, out


def test_reports_in_other_words_than_todays_are_not_compared_and_that_is_said(
    signed: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("qinglian.batch.index.again.words_sha", lambda: "0" * 64)
    code, text = said(capsys, "verify", signed, "--trust", tmp_path / "trust.toml")
    assert code == 0 and "written by another version of the program; they were not compared" in text
    assert "Every word" not in text


def test_strangers_and_unsigned_editions_are_refused(
    signed: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    trust = (tmp_path / "trust.toml").read_text("utf-8").replace("evaluator", "somebody")
    (tmp_path / "other.toml").write_text(trust, encoding="utf-8")
    code, _out = said(capsys, "verify", signed, "--trust", tmp_path / "other.toml")
    assert code == 1
    (signed / "signature.note").unlink()
    code, out = said(capsys, "verify", signed, "--trust", tmp_path / "trust.toml")
    assert code == 1 and "not signed" in out


def test_what_is_signed_is_superseded_never_changed(
    signed: Path, spec: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    before = {path: path.read_bytes() for path in signed.rglob("*") if path.is_file()}
    for words in (
        ["index", "compute", spec, spec / "data.csv", "--out", signed],
        ["index", "uncertainty", signed],
        ["index", "report", signed],
    ):
        code, out = said(capsys, *words)
        assert code == 1 and "is signed and stays as it is" in out
    assert {path: path.read_bytes() for path in signed.rglob("*") if path.is_file()} == before


def test_reports_say_the_probability_in_three_languages(signed: Path) -> None:
    for language in ("zh-Hans", "zh-Hant", "en"):
        page = (signed / f"report.{language}.html").read_text("utf-8")
        assert f'<html lang="{language}">' in page and 'name="robots" content="noindex"' in page
        assert page.count("<svg") == page.count("<title id=") == page.count("<desc id=") >= 4
        assert page.count("<figure") <= page.count("<table")
        assert not re.search(r'(src|href)="', page)  # nothing is fetched


def test_the_sentence_follows_the_numbers(spec: Path, tmp_path: Path) -> None:
    """The same words for a fall: only the numbers differ."""
    from qinglian.batch.index.doubt import uncertainty_of
    from qinglian.batch.index.files import load_edition
    from qinglian.batch.index.sentences import opening
    from qinglian.batch.index.words import Speaker

    rising = load_edition(spec, spec / "data.csv")
    text = (spec / "data.csv").read_text("utf-8")
    swapped = text.replace(",2022,", ",x,").replace(",2026,", ",2022,").replace(",x,", ",2026,")
    (spec / "fallen.csv").write_text(swapped, encoding="utf-8")
    falling = load_edition(spec, spec / "fallen.csv")
    up, down = (" ".join(opening(Speaker("en"), e, uncertainty_of(e), 0)) for e in (rising, falling))
    figures = re.compile(r"(?:(?:more|less) than )?(?<![a-z])[+−\d. ]+")
    same = [figures.sub("#", text).replace("less", "more") for text in (up, down)]
    assert same[0] == same[1]
    assert "is higher than 2022 is more than 0.99" in up and "is higher than 2022 is less than 0.01" in down


def test_probabilities_are_never_printed_as_certain(bundle: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code, out = said(capsys, "index", "uncertainty", bundle)
    assert code == 0 and "2022–2026" in out
    assert "P(higher) > 0.99" in out and "1.000" not in out and "0.000" not in out


def test_a_file_in_another_encoding_is_named_once(
    spec: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    table = spec / "indicators.csv"
    table.write_bytes(table.read_text("utf-8").encode("gb18030"))
    code, out = said(capsys, "index", "compute", spec, spec / "data.csv", "--out", tmp_path / "out")
    assert code == 1 and out.startswith(f"{table}: not UTF-8 at byte")


def test_a_phone_gets_a_drawing_of_its_own(signed: Path) -> None:
    text = (signed / "report.en.html").read_text("utf-8")
    wide, narrow = (
        re.findall(f'<svg viewBox="0 0 ([0-9]+) [^>]*chart {kind}"', text) for kind in ("wide", "narrow")
    )
    assert len(wide) == len(narrow) > 2 and set(wide) == {"760"} and set(narrow) == {"360"}
    keys = re.findall(r'<(?:title|desc|pattern) id="([^"]+)"', text)
    assert len(keys) == len(set(keys))


def test_a_break_and_the_evaluator_stand_in_the_first_lines(signed: Path) -> None:
    english, traditional = (
        (signed / f"report.{language}.html").read_text("utf-8") for language in ("en", "zh-Hant")
    )
    assert "From 2025 on, 40% of the total is measured in another way than before" in english
    assert "由 2025 起，總得分中 40% 的權重改變了量度方式" in traditional
    assert '<p class="sub">Evaluator: Evaluator (example)</p>' in english
    assert '<dl class="seal"><dt>評估機構</dt><dd>評估機構（示例）</dd>' in traditional


def test_what_has_no_error_stands_beside_the_probability(signed: Path) -> None:
    text = (signed / "report.en.html").read_text("utf-8")
    lead = text[text.index('class="claim"') : text.index("<h2>")]
    assert "The probability that it rose" in lead and "No error is stated for 27% of the total" in lead


def test_an_index_of_one_period_names_what_has_no_error(spec: Path, tmp_path: Path) -> None:
    from qinglian.batch.index.doubt import uncertainty_of
    from qinglian.batch.index.files import load_edition
    from qinglian.batch.index.report import report

    lines = (spec / "data.csv").read_text("utf-8").splitlines()
    (spec / "one.csv").write_text("\n".join([lines[0], *(x for x in lines if ",2026," in x)]) + "\n", "utf-8")
    edition = load_edition(spec, spec / "one.csv")
    manifest = {"files": {}, "engine": "0", "numpy": "0", "python": "0"}
    text = report("en", edition, uncertainty_of(edition), manifest)
    assert "No error is stated for Reform measures done on time" in text and "27% of the total" in text


def test_a_report_of_several_units_says_how_sure_the_ranking_is(tmp_path: Path) -> None:
    main(["index", "new", "cpi-2020", str(tmp_path / "spec")])
    text = (tmp_path / "spec" / "spec.toml").read_text("utf-8")
    (tmp_path / "spec" / "spec.toml").write_text(text.replace("runs = 10000", "runs = 4000"), "utf-8")
    units = (("second", 50), ("first", 51), ("third", 20))
    rows = [f"{unit},2022,S0{at},{base + 4 * (at % 3)}" for unit, base in units for at in range(1, 7)]
    (tmp_path / "d.csv").write_text("unit,period,indicator,value\n" + "\n".join(rows) + "\n", "utf-8")
    whole = tmp_path / "spec" / "indicators.csv"
    whole.write_text("\n".join(whole.read_text("utf-8").splitlines()[:7]) + "\n", "utf-8")
    out = tmp_path / "out"
    assert main(["index", "compute", str(tmp_path / "spec"), str(tmp_path / "d.csv"), "--out", str(out)]) == 0
    assert main(["index", "uncertainty", str(out)]) == 0 and main(["index", "report", str(out)]) == 0
    lead = (out / "report.en.html").read_text("utf-8").partition('<p class="claim">')[2].partition("</p>")[0]
    assert lead.startswith("3 units; a rank without its interval says little. first stands first;")
    error = (12.8 / 6 * 7 / 12) ** 0.5  # six of thirteen sources with a variance of 12.8
    stated = float(lead.partition("that it does is ")[2][:4])
    assert stated == pytest.approx(NormalDist().cdf(1 / (error * 2**0.5)), abs=0.03)
    assert "holds 1.7 places on average, 2 at most." in lead


def test_diff_tells_in_steps_why_two_editions_differ(
    bundle: Path, spec: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    text = (spec / "spec.toml").read_text("utf-8")
    swapped = text.replace("weight = 40", "weight = 20").replace(
        'code = "control"\nparent = "total"\nweight = 30', 'code = "control"\nparent = "total"\nweight = 50'
    )
    (spec / "spec.toml").write_text(swapped, encoding="utf-8")
    assert main(["index", "compute", str(spec), str(spec / "data.csv"), "--out", str(tmp_path / "b")]) == 0
    capsys.readouterr()
    code, out = said(capsys, "index", "diff", bundle, tmp_path / "b")
    effects = [float(line.split()[0]) for line in out.splitlines()]
    assert code == 0 and effects[0] + sum(effects[1:-1]) == pytest.approx(effects[-1], abs=1e-3)
    assert [round(effect, 2) for effect in effects[1:-1] if effect] == [round(effects[-1] - effects[0], 2)]


def test_faults_name_the_file_and_write_nothing(
    spec: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (spec / "indicators.csv").write_text("code,parent,direction\nA,none,+1\n", encoding="utf-8")
    code, out = said(capsys, "index", "compute", spec, spec / "data.csv", "--out", tmp_path / "new")
    assert code == 1 and "indicators.csv" in out and "no node" in out
    assert not (tmp_path / "new").exists()
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "x").write_text("x")
    code, out = said(capsys, "index", "new", "one-zone", tmp_path / "full")
    assert code == 1 and "not empty" in out


def test_the_topic_needs_no_numpy_until_it_works() -> None:
    code = "import sys, qinglian.cli.index, qinglian.cli.survey; assert 'numpy' not in sys.modules"
    assert subprocess.run([sys.executable, "-c", code]).returncode == 0
