"""`qinglian draw`: a whole ceremony on files, its three checkers, and what each step refuses."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from tests.cli.draw_files import LOGGED, attest, ceremony, parties, plan, registers, run

from qinglian.batch.draw_folder import Folder, pid_of

ROOT = Path(__file__).parents[2]
SCRIPT = ROOT / "docs" / "checkers" / "draw_check.py"
PARTS = ("noble.min", "check", "attest")
PAGE = ROOT / "docs" / "checkers" / "draw.html"
VERIFY = ("verify", "published/transcript.json", "--trust", "keys.toml", "--frame")


@pytest.fixture(scope="module")
def drawn(tmp_path_factory):
    """A published draw; `changed.tsv` is its frame with one row changed."""
    folder = tmp_path_factory.mktemp("draw")
    ceremony(folder)
    change(folder)
    return folder


def change(folder):
    shutil.copytree(folder / "published", folder / "changed")
    frame = folder / "changed" / "frame.tsv"
    lines = frame.read_text().splitlines(keepends=True)
    lines[70] = lines[70].replace("\ts1", "\ts2") if "\ts1" in lines[70] else lines[70].replace("\ts", "\ts1")
    frame.write_text("".join(lines))


def script(folder, frame):
    command = [sys.executable, SCRIPT, "published/transcript.json", frame]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True)


def test_command_and_script_verify_it_and_catch_one_changed_row(drawn):
    said = run(drawn, *VERIFY, "published/frame.tsv")
    assert "Holds: draw 1 of sample" in said
    assert "A demonstration" in said and "Outside witnesses had seen" in said
    assert "not the list that was committed to" in run(drawn, *VERIFY, "changed/frame.tsv", code=1)
    assert script(drawn, "published/frame.tsv").returncode == 0
    said = script(drawn, "changed/frame.tsv")
    assert said.returncode == 1 and "Does not hold: frame" in said.stderr and "Traceback" not in said.stderr


def test_the_script_does_not_lean_on_assertions_which_a_switch_turns_off(drawn):
    command = [sys.executable, "-O", SCRIPT, "published/transcript.json", "changed/frame.tsv"]
    ran = subprocess.run(command, cwd=drawn, capture_output=True, text=True)
    assert ran.returncode == 1 and "Does not hold" in ran.stderr


@pytest.fixture(scope="module")
def page():
    playwright = pytest.importorskip("playwright.sync_api", reason="the checker's page: no playwright")
    chromium = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if chromium is None:
        pytest.skip("the checker's page: no Chromium")
    with playwright.sync_playwright() as play:
        browser = play.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        yield browser.new_page(locale="en-GB", offline=True)
        browser.close()


def on_page(page, record, frame, language="en", lists=(), trust=None):
    page.goto(PAGE.as_uri())
    page.click(f"[data-lang='{language}']")
    page.set_input_files("#record", record)
    page.set_input_files("#frame", frame)
    page.set_input_files("#lists", list(lists))
    page.set_input_files("#trust", trust or [])
    page.click("#go")
    page.wait_for_selector("output.good, output.bad, output.part", timeout=60_000)
    return page.inner_text("output")


def test_the_page_verifies_it_from_a_file_without_a_network(drawn, page):
    record = drawn / "published" / "transcript.json"
    said = on_page(page, record, drawn / "published" / "frame.tsv")
    assert said.startswith("Holds.") and "Attestations: not checked." in said
    assert on_page(page, record, drawn / "changed" / "frame.tsv", "zh-Hant").startswith("不成立")
    document = json.loads(record.read_text())
    document["seed"] = "00" * 32
    (drawn / "forged.json").write_text(json.dumps(document))
    assert "seed does not follow" in on_page(page, drawn / "forged.json", drawn / "published" / "frame.tsv")


def test_the_page_agrees_on_every_vector(tmp_path, page):
    for path in sorted((ROOT / "tests" / "engines" / "vectors" / "draw").glob("*.json")):
        vector = json.loads(path.read_text("utf-8"))
        if vector["v"] != "draw-vector/1":
            continue
        (tmp_path / "t.json").write_text(json.dumps(vector["transcript"]), "utf-8")
        (tmp_path / "f.tsv").write_text("".join(vector["frame"]))
        lists = [tmp_path / "inspectors.tsv"] if vector["inspectors"] else []
        for each in lists:
            each.write_text("".join(vector["inspectors"]))
        said = on_page(page, tmp_path / "t.json", tmp_path / "f.tsv", lists=lists)
        assert said.startswith("Holds."), path.name
        assert ("Posts of inspectors" in said) == bool(lists) and "Inspectors: not checked" not in said


def test_the_page_recomputes_who_is_sent_where(drawn, page):
    """Inspectors too, from a USB stick: all their arcs, by the prices, and every later avoidance."""
    folder, record = drawn / "published", json.loads((drawn / "published" / "transcript.json").read_text())
    lists = [folder / "inspectors.tsv", folder / "conflicts.tsv"]
    assert record["conflicts"], "some conflict of a subject drawn is opened"
    posts = 2 * len(record["assignment"]["all"]["inspectors"])
    said = on_page(page, folder / "transcript.json", folder / "frame.tsv", lists=lists)
    assert said.startswith("Holds.") and f"none chosen by hand: {posts}\n" in said
    assert "proves nothing" in said
    assert "Inspectors: not checked." in on_page(page, folder / "transcript.json", folder / "frame.tsv")
    for name, forged in forgeries(record, [line.split("\t") for line in lists[0].read_text().splitlines()]):
        (drawn / "forged.json").write_text(json.dumps(forged))
        said = on_page(page, drawn / "forged.json", folder / "frame.tsv", lists=lists)
        assert said.startswith("Does not hold"), name
        (drawn / "forged").mkdir(exist_ok=True)
        shutil.copyfile(drawn / "forged.json", drawn / "forged" / "transcript.json")
        words = ("verify", "forged/transcript.json", "--trust", "keys.toml", "--frame", "published/frame.tsv")
        run(drawn, *words, code=1)
    shutil.copyfile(lists[0], drawn / "inspectors.tsv")
    (drawn / "inspectors.tsv").write_text(lists[0].read_text().replace("\t100", "\t99", 1))
    said = on_page(
        page, folder / "transcript.json", folder / "frame.tsv", lists=[drawn / "inspectors.tsv", lists[1]]
    )
    assert "lists of inspectors or conflicts are not those" in said


@pytest.mark.parametrize("crypto", ["WebCrypto", "noble"])
def test_the_page_checks_who_had_seen_the_commitment_and_when(drawn, page, crypto):
    """Held against the keys that the reader trusts: a false signature, another log."""
    record, frame = json.loads((drawn / "published" / "transcript.json").read_text()), "published/frame.tsv"
    trust = (drawn / "keys.toml").read_text()
    code = "".join((PAGE.parent / "draw" / f"{name}.js").read_text("utf-8") + "\n" for name in PARTS)

    def asked(document, toml=trust):
        page.goto(PAGE.as_uri())
        gone = "Object.defineProperty(crypto, 'subtle', {value: undefined});" if crypto == "noble" else ""
        digest = "hex(noble.sha256(text('draw/1 commitment\\0' + canonical(told.commitment))))"
        ask = f"checkAttested(told, {json.dumps(toml)}, {digest})"
        told = f"const told = {json.dumps(document)};"
        return page.evaluate(
            f"(async () => {{ {gone}{code}{told} try {{ const found = await {ask};"
            " return {...found, names: found.names.join()}; } catch (why) { return String(why); } })()"
        )

    found = asked(record)
    assert (found["by"], found["names"], found["checked"], found["unseen"]) == (crypto, "hk", 4, 4)
    assert found["assurance"] == "demonstration" and found["at"]["commitment"] <= found["at"]["reveals"]
    assert asked(record, trust.replace("threshold = 1", "threshold = 0"))["names"] == "hk"
    bare = trust.replace('witnesses = ["hk"]', "witnesses = []").replace("threshold = 1", "threshold = 0")
    assert asked(record, bare)["at"] == {"commitment": None, "reveals": None}
    assert asked(record, trust.replace("threshold = 1", "threshold = 2")) == "trust"
    assert asked(record, trust.replace('v = "trust/1"', "")) == "trust"
    text = record["attest"]["commitment"]
    for bent, why in bent_proofs(text):
        assert asked({**record, "attest": {**record["attest"], "commitment": bent}}) == why
    assert (
        asked({**record, "attest": {"commitment": record["attest"]["reveals"], "reveals": None}}) == "attest"
    )
    assert asked({**record, "assurance": "A"}) == "assurance"
    early = json.loads(json.dumps(record))
    early["commitment"]["notice"] = 10**6
    assert asked(early) == "attest"  # another commitment, which nobody has seen
    told = on_page(page, drawn / "published" / "transcript.json", drawn / frame, trust=drawn / "keys.toml")
    assert "seen outside by: hk, 20" in told and "4 Ed25519 (WebCrypto); 4 ML-DSA-44 not checked" in told


def bent_proofs(text):
    """(the proof changed in one place, what the page then says)."""
    lines = text.splitlines(keepends=True)
    cosigned = next(
        k for k, line in enumerate(lines) if line.startswith("— w.example/hk") and len(line) < 200
    )
    name, base64 = lines[cosigned].rsplit(" ", 1)
    other = ("B" if base64[20] == "A" else "A").join((base64[:20], base64[21:]))
    yield text.replace(lines[cosigned], f"{name} {other}"), "attest"
    yield text.replace(lines[cosigned], ""), "attest"
    yield text.replace("zone.example/draws\n", "zone.example/other\n"), "log"
    yield text.replace("index 0", "index 1"), "attest"
    yield text.replace("c2sp.org/tlog-proof@v1", "c2sp.org/tlog-proof@v2"), "attest"


def forgeries(record, staff):
    """(what was done, the record): a friend sent, a price bent, a conflict or an avoidance invented."""
    solved = record["assignment"]["all"]
    pid, names = sorted(solved["inspectors"].items())[0]
    friend = next(
        iid for iid, _department, qualified, _share in staff if qualified == "1" and iid not in names
    )
    changed = {**solved, "inspectors": {**solved["inspectors"], pid: sorted([friend, names[1]])}}
    yield "a friend sent", {**record, "assignment": {"all": changed}}
    prices = {**solved["prices"], "staff": [price + 2**41 for price in solved["prices"]["staff"]]}
    yield "prices bent", {**record, "assignment": {"all": {**solved, "prices": prices}}}
    barred = {iid for each, iid, _salt in record["conflicts"] if each == pid}
    assert not barred & set(names)
    yield (
        "an opened conflict forged",
        {**record, "conflicts": [[pid, names[0], "00" * 32], *record["conflicts"]]},
    )
    event = {"pid": pid, "leaves": names[0], "enters": names[1], "reason": "kin"}
    yield "an avoidance invented", {**record, "events": [event]}
    yield "an avoidance of a stranger", {**record, "events": [{**event, "leaves": "0" * 32}]}


def test_the_page_lets_ties_fall_as_they_were_committed(page):
    vector = json.loads((ROOT / "tests" / "engines" / "vectors" / "draw" / "ties.json").read_text("utf-8"))
    code = (PAGE.parent / "draw" / "check.js").read_text("utf-8")
    page.goto("about:blank")
    for kind, count in (("even", 9), ("weighted", vector["weighted"]["count"])):
        units = [dict(zip(("ticket", "pid", "weight"), unit, strict=True)) for unit in vector[kind]["units"]]
        ask = f"ranked({json.dumps(units)}, {count}, {json.dumps(kind == 'weighted')})"
        assert page.evaluate(f"(() => {{ {code}\nreturn {ask}; }})()") == vector[kind]["order"]


def test_the_page_is_made_of_its_parts():
    sys.path.insert(0, str(PAGE.parent))
    import build_page

    assert PAGE.read_text("utf-8") == build_page.page()


def test_nothing_is_done_twice(drawn):
    for words in (("commit", "d"), ("open", "d"), ("assign", "d"), ("plan", "d", "plan.toml")):
        assert "no draw is done twice" in run(drawn, "draw", *words, code=1)


def test_an_avoidance_is_one_more_event_and_the_record_still_holds(drawn, page):
    shutil.copytree(drawn / "d", drawn / "e")
    solved = json.loads((drawn / "e" / "assigned.json").read_text())["assignment"]["all"]["inspectors"]
    pid, names = sorted(solved.items())[0]
    assert "--reason" in run(drawn, "draw", "assign", "e", "--avoid", pid, names[0], code=1)
    said = run(drawn, "draw", "assign", "e", "--avoid", pid, names[0], "--reason", "kin")
    assert f"takes the place of {names[0]}" in said
    run(drawn, "draw", "publish", "e", "again", "--trust", "keys.toml")
    again = drawn / "again"
    lists = (again / "inspectors.tsv", again / "conflicts.tsv")
    assert "after an avoidance: 1\n" in on_page(
        page, again / "transcript.json", again / "frame.tsv", lists=lists
    )
    words = ("verify", "again/transcript.json", "--frame", "again/frame.tsv", "--trust", "keys.toml")
    assert "Places changed after an avoidance: 1." in run(drawn, *words)


def test_a_leaf_is_opened_and_one_who_is_not_there_is_told_so(drawn):
    assert "a QR code holds 2953" in run(drawn, "draw", "leaf", "d", "sample00000007", "--out", "leaf.json")
    assert json.loads((drawn / "leaf.json").read_text())["id"] == "SAMPLE00000007"
    assert "not in the frame" in run(drawn, "draw", "leaf", "d", "stranger", code=1)


def test_a_firm_holds_its_leaf_against_the_record_and_the_commitment(drawn):
    run(drawn, "draw", "leaf", "d", "sample00000007", "--out", "own.json")
    record = json.loads((drawn / "published" / "transcript.json").read_text())
    pid = json.loads((drawn / "own.json").read_text())["block"]
    words = ("verify", "own.json", "--trust", "keys.toml")
    assert "with --draw" in run(drawn, *words, code=1)
    said = run(drawn, *words, "--draw", "published/commitment.json")
    assert "Holds: SAMPLE00000007 stands in the list of 2026-Q4-01" in said and "drawn, at" not in said
    said = run(drawn, *words, "--draw", "published/transcript.json")
    assert any(each in said for each in ("drawn, at place", "in reserve, at place", "all: not drawn."))
    leaf = json.loads((drawn / "own.json").read_text())
    (drawn / "own.json").write_text(json.dumps(leaf | {"id": "SAMPLE00000008"}))
    assert "does not lead" in run(drawn, *words, "--draw", "published/transcript.json", code=1)
    assert record["commitment"]["frame"]["rows"] == 2000 and len(pid.splitlines()) == 8


def test_one_who_was_drawn_reads_place_and_visitors_from_the_record(drawn):
    record = json.loads((drawn / "published" / "transcript.json").read_text())
    first = record["result"]["all"]["s4"][0]
    ids = (line.split(",")[0] for line in (drawn / "frame.csv").read_text().splitlines()[1:])
    keys, terms = Folder(drawn / "d").keys(), Folder(drawn / "d").terms()
    name = next(each for each in ids if pid_of(keys.frame, each, terms) == first)
    run(drawn, "draw", "leaf", "d", name, "--out", "first.json")
    said = run(drawn, "verify", "first.json", "--trust", "keys.toml", "--draw", "published/transcript.json")
    visitors = record["assignment"]["all"]["inspectors"][first]
    assert "drawn, at place 1." in said and f"visited by {', '.join(visitors)}" in said


def test_a_commitment_without_a_record_is_seen_in_the_log_by_anybody(drawn, tmp_path):
    shutil.copytree(drawn / "log", tmp_path / "log")
    record = drawn / "published" / "transcript.json"
    assert "Every commitment in the log has its record." in run(tmp_path, "draw", "gaps", "log", record)
    assert "chance has not spoken yet" in run(tmp_path, "draw", "gaps", "log")
    entries = (tmp_path / "log" / "entries.ndjson").read_bytes()
    past = entries.replace(b'"moment":1', b'"moment":', 1)
    assert past != entries
    (tmp_path / "log" / "entries.ndjson").write_bytes(past)
    assert "ALARM draw 1, 2026-Q4-01" in run(tmp_path, "draw", "gaps", "log", code=1)
    (tmp_path / "log" / "entries.ndjson").write_bytes(entries.replace(b'"number":1', b'"number":2', 1))
    assert "the numbers of the draws are not 1, 2, 3" in run(tmp_path, "draw", "gaps", "log", record, code=1)


def test_the_commitment_names_the_code_that_is_to_draw(drawn):
    said = json.loads((drawn / "published" / "commitment.json").read_text())["software"]
    command = "sha256sum engines/canon.py engines/draw/*.py | sha256sum"
    folder = ROOT / "src" / "qinglian"
    ran = subprocess.run(
        ["sh", "-c", command], cwd=folder, capture_output=True, text=True, env={"LC_ALL": "C"}
    )
    assert said.endswith(f"sha256:{ran.stdout.split()[0]}")


def test_private_files_are_neither_published_nor_readable_by_others(drawn):
    assert not list((drawn / "published").rglob("*key*"))
    for path in (drawn / "d" / "private").iterdir():
        assert path.stat().st_mode & 0o077 == 0
    text = (drawn / "published" / "transcript.json").read_text() + (
        drawn / "published" / "frame.tsv"
    ).read_text()
    assert "SAMPLE0" not in text and '"A":' not in text


def test_the_register_of_a_real_city_by_district(tmp_path, page):
    """Only counts are printed; nothing of the register is kept."""
    data = os.environ.get("QINGLIAN_TEST_DATA")
    source = Path(data or "") / "registry" / "registry_shenzhen.parquet"
    if not data or not source.exists():
        pytest.skip("a draw over the real register: QINGLIAN_TEST_DATA is not set")
    import duckdb

    kinds = duckdb.sql(f"SELECT DISTINCT coalesce(district, '') FROM '{source}' ORDER BY 1").fetchall()
    classes = {kind: f"s{k}" for k, (kind,) in enumerate(kinds, 1)}
    parties(tmp_path)
    registers(tmp_path, 10)
    share = run(tmp_path, "draw", "share", "court.share", "court").strip()
    plan(tmp_path, classes=classes, strata=dict.fromkeys(classes.values(), "[3, 100]"), share=share)
    run(tmp_path, "draw", "plan", "d", "plan.toml")
    columns = ("--id", "uscc", "--class", "district", "--inspectors", "staff.csv")
    assert "the same identifier as in row" in run(tmp_path, "draw", "freeze", "d", source, *columns, code=1)
    once = tmp_path / "once.parquet"
    duckdb.sql(f"COPY (SELECT DISTINCT ON (upper(trim(uscc))) * FROM '{source}') TO '{once}'")
    assert "Frozen: 18523 subjects." in run(tmp_path, "draw", "freeze", "d", once, *columns)
    once.unlink()
    run(tmp_path, "draw", "commit", "d", *LOGGED)
    attest(tmp_path)
    run(tmp_path, "draw", "reveal", "d", "--share", "court.share", *LOGGED)
    attest(tmp_path)
    run(tmp_path, "draw", "open", "d", "--log", "log", "--trust", "keys.toml", ahead=700)
    run(tmp_path, "draw", "assign", "d")
    run(tmp_path, "draw", "publish", "d", "published", "--trust", "keys.toml")
    change(tmp_path)
    record = tmp_path / "published" / "transcript.json"
    assert "of 18523 subjects" in run(tmp_path, *VERIFY, "published/frame.tsv")
    assert script(tmp_path, "published/frame.tsv").returncode == 0
    assert on_page(page, record, tmp_path / "published" / "frame.tsv").startswith("Holds.")
    assert "not the list" in run(tmp_path, *VERIFY, "changed/frame.tsv", code=1)
    assert script(tmp_path, "changed/frame.tsv").returncode == 1
    assert on_page(page, record, tmp_path / "changed" / "frame.tsv").startswith("Does not hold")
