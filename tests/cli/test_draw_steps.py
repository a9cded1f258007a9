"""`qinglian draw`: what each step refuses or tells, and that nothing is left half done."""

from __future__ import annotations

import json
import shutil

import pytest
from tests.cli.draw_files import LOGGED, STRATA, attest, parties, plan, registers, run

from qinglian.batch.draw_registers import visits as past_visits
from qinglian.engines.draw.audit import skip_sample
from qinglian.faults import Fault


def test_steps_at_fault_leave_nothing_behind(tmp_path):
    parties(tmp_path)
    registers(tmp_path, 200)
    plan(tmp_path, number=2)
    run(tmp_path, "draw", "plan", "d", "plan.toml")
    (tmp_path / "bad.csv").write_text("id,class\na,A\nA,B\n")
    assert "bad.csv:3: the same identifier as in row 2" in run(
        tmp_path, "draw", "freeze", "d", "bad.csv", code=1
    )
    assert not (tmp_path / "d" / "frame.tsv").exists()
    (tmp_path / "bad.csv").write_text("id,class\na,A\nb,Q\n")
    assert "bad.csv:3: unknown class" in run(tmp_path, "draw", "freeze", "d", "bad.csv", code=1)
    assert "draw freeze" in run(tmp_path, "draw", "commit", "d", *LOGGED, code=1)
    run(tmp_path, "draw", "freeze", "d", "frame.csv")
    assert "numbers have no gaps" in run(tmp_path, "draw", "commit", "d", *LOGGED, code=1)
    assert not (tmp_path / "d" / "commitment.json").exists()


def test_lists_of_an_earlier_freeze_are_gone_and_rows_about_strangers_are_told(tmp_path):
    registers(tmp_path, 200)
    rules = '[exclusions]\nrecent = "2026-06-01"\n'
    plan(tmp_path, more="", strata=STRATA)
    (tmp_path / "plan.toml").write_text((tmp_path / "plan.toml").read_text() + rules)
    run(tmp_path, "draw", "plan", "d", "plan.toml")
    staff = ("--inspectors", "staff.csv", "--conflicts", "conflicts.csv")
    assert "need past visits" in run(tmp_path, "draw", "freeze", "d", "frame.csv", *staff, code=1)
    visits = "id,day\nsample00000003,2026-06-01\nsample00000004,2026-05-31\nnobody,2026-07-01\n"
    (tmp_path / "visits.csv").write_text(visits)
    (tmp_path / "conflicts.csv").write_text("subject,inspector\nSAMPLE00000001,E001\ntypo,E002\n")
    said = run(tmp_path, "draw", "freeze", "d", "frame.csv", *staff, "--visits", "visits.csv")
    assert "left out, recent: 1" in said
    assert "conflicts.csv: 1 rows are about subjects that the register does not hold" in said
    assert "visits.csv: 1 rows are about" in said
    run(tmp_path, "draw", "report", "d", "--seeds", "2")
    again = run(tmp_path, "draw", "freeze", "d", "frame.csv", "--visits", "visits.csv")
    assert "conflicts.csv" not in again
    kept = {
        path.relative_to(tmp_path / "d").as_posix() for path in (tmp_path / "d").rglob("*") if path.is_file()
    }
    assert kept == {"terms.json", "frame.tsv", "private/keys.json", "private/history.tsv"}
    run(tmp_path, "draw", "commit", "d")
    document = json.loads((tmp_path / "d" / "commitment.json").read_text())
    assert document["inspectors"] is None and document["report"] is None
    assert document["exclusions"] == {"recent": "2026-06-01", "cap": None, "since": None}


def test_an_evaluator_with_the_history_sees_whom_the_rules_do_not_leave_out(tmp_path):
    parties(tmp_path)
    registers(tmp_path, 200)
    plan(tmp_path)
    rules = '[exclusions]\nrecent = "2026-06-01"\n'
    (tmp_path / "plan.toml").write_text((tmp_path / "plan.toml").read_text() + rules)
    (tmp_path / "visits.csv").write_text("id,day\nsample00000003,2026-06-01\nsample00000004,2026-05-31\n")
    run(tmp_path, "draw", "plan", "d", "plan.toml")
    run(tmp_path, "draw", "freeze", "d", "frame.csv", "--visits", "visits.csv")
    run(tmp_path, "draw", "report", "d", "--seeds", "2")
    frame = tmp_path / "d" / "frame.tsv"
    lines = frame.read_text().splitlines(keepends=True)
    friend = next(place for place, line in enumerate(lines) if "\ts1" in line)
    lines[friend] = lines[friend].replace("\ts1", "\tx.recent")
    frame.write_text("".join(lines))
    run(tmp_path, "draw", "commit", "d")
    run(tmp_path, "draw", "open", "d", ahead=700)
    run(tmp_path, "draw", "publish", "d", "public")
    words = ("verify", "public/transcript.json", "--frame", "public/frame.tsv", "--trust", "keys.toml")
    assert "The report before the draw is the one" in run(tmp_path, *words)
    shutil.copyfile(tmp_path / "d" / "private" / "history.tsv", tmp_path / "public" / "history.tsv")
    assert "stands as 'recent', but rules and past visits say ''" in run(tmp_path, *words, code=1)
    (tmp_path / "public" / "report.json").write_text("{}")
    (tmp_path / "public" / "history.tsv").unlink()
    assert "not the report that was committed to" in run(tmp_path, *words, code=1)


@pytest.mark.parametrize(
    ("conflicts", "said"),
    [
        (
            "".join(f"SAMPLE00000001,E{k:03d}\n" for k in range(1, 20, 2)),
            "only 10 inspectors may meet 1 of its",
        ),
        ("SAMPLE00000001,E999\n", "conflicts.csv:2: no inspector E999"),
        ("SAMPLE\u200b1,E001\n", "conflicts.csv:2: 'SAMPLE\\u200b1' is no identifier"),
    ],
)
def test_what_could_never_be_staffed_is_named_before_any_ceremony(tmp_path, conflicts, said):
    registers(tmp_path, 200)
    plan(tmp_path)
    (tmp_path / "conflicts.csv").write_text("subject,inspector\n" + conflicts)
    run(tmp_path, "draw", "plan", "d", "plan.toml")
    staff = ("--inspectors", "staff.csv", "--conflicts", "conflicts.csv")
    assert said in run(tmp_path, "draw", "freeze", "d", "frame.csv", *staff, code=1)
    assert not (tmp_path / "d" / "frame.tsv").exists()


def test_a_share_is_refused_once_chance_has_spoken(tmp_path):
    registers(tmp_path, 50)
    plan(tmp_path, wait=-600, share=run(tmp_path, "draw", "share", "court.share", "court").strip())
    run(tmp_path, "draw", "plan", "d", "plan.toml")
    run(tmp_path, "draw", "freeze", "d", "frame.csv")
    run(tmp_path, "draw", "commit", "d")
    assert "late reveal" in run(tmp_path, "draw", "reveal", "d", "--share", "court.share", code=1)
    assert "recorded as absent" in run(tmp_path, "draw", "reveal", "d", "--absent", "court")


def test_a_demonstration_is_not_opened_before_its_round(tmp_path):
    """Its value is known to all beforehand; who opens it early would choose whether to commit."""
    registers(tmp_path, 50)
    plan(tmp_path)
    run(tmp_path, "draw", "plan", "d", "plan.toml")
    run(tmp_path, "draw", "freeze", "d", "frame.csv")
    run(tmp_path, "draw", "commit", "d")
    assert "chance speaks in" in run(tmp_path, "draw", "open", "d", code=1)
    assert not (tmp_path / "d" / "opened.json").exists()
    run(tmp_path, "draw", "open", "d", ahead=700)


@pytest.mark.parametrize("verb", ["freeze", "commit", "report", "verify", "audit"])
def test_long_work_says_on_a_terminal_how_far_it_has_come(tmp_path, monkeypatch, verb):
    monkeypatch.setattr("qinglian.batch.draw.LARGE", 100)
    monkeypatch.setattr("qinglian.batch.draw_verify.LARGE", 100)
    monkeypatch.setattr("qinglian.batch.draw_registers.EVERY", 100)
    monkeypatch.setattr("qinglian.cli.progress.EVERY", 0)
    registers(tmp_path, 500)
    parties(tmp_path)
    plan(tmp_path)
    run(tmp_path, "draw", "plan", "d", "plan.toml")
    (tmp_path / "some.csv").write_text("id\n" + "".join(f"SAMPLE{k:08d}\n" for k in range(0, 500, 9)))
    steps = [
        ("freeze", ("draw", "freeze", "d", "frame.csv", "--inspectors", "staff.csv"), "reading"),
        ("report", ("draw", "report", "d", "--seeds", "3"), "rehearsing"),
        ("commit", ("draw", "commit", "d"), "reading"),
        ("open", ("draw", "open", "d"), ""),
        ("assign", ("draw", "assign", "d"), ""),
        ("publish", ("draw", "publish", "d", "p"), ""),
        (
            "verify",
            ("verify", "p/transcript.json", "--frame", "p/frame.tsv", "--trust", "keys.toml"),
            "reading",
        ),
        ("audit", ("draw", "audit", "frame.csv", "some.csv"), "weighing the tests"),
    ]
    for name, words, step in steps:
        terminal = name == verb
        said = run(tmp_path, *words, code=name == "audit", ahead=700, terminal=terminal)
        assert not terminal or (f"{step} " in said and "%" in said and "█" in said)
        if terminal:
            break


def test_a_commitment_attested_after_others_came_into_the_log_still_has_its_proof(tmp_path):
    parties(tmp_path)
    registers(tmp_path, 50)
    for number, folder in ((1, "d"), (2, "e")):
        plan(tmp_path, number=number)
        run(tmp_path, "draw", "plan", folder, "plan.toml")
        run(tmp_path, "draw", "freeze", folder, "frame.csv")
        run(tmp_path, "draw", "commit", folder, *LOGGED)
    attest(tmp_path)
    run(tmp_path, "draw", "open", "d", "--log", "log", "--trust", "keys.toml", ahead=700)
    run(tmp_path, "draw", "publish", "d", "public", "--trust", "keys.toml")
    words = ("verify", "public/transcript.json", "--frame", "public/frame.tsv", "--trust", "keys.toml")
    assert "Outside witnesses had seen the commitment" in run(tmp_path, *words)


def test_a_late_attestation_is_refused_when_the_draw_is_opened(tmp_path):
    parties(tmp_path)
    registers(tmp_path, 200)
    plan(tmp_path, wait=-600)
    run(tmp_path, "draw", "plan", "d", "plan.toml")
    run(tmp_path, "draw", "freeze", "d", "frame.csv")
    run(tmp_path, "draw", "commit", "d", *LOGGED)
    attest(tmp_path)
    said = run(tmp_path, "draw", "open", "d", "--log", "log", "--trust", "keys.toml", code=1)
    assert "late attestation" in said
    assert not (tmp_path / "d" / "opened.json").exists()


def test_the_report_alarms_for_pools_that_are_too_small(tmp_path):
    registers(tmp_path, 300)
    plan(tmp_path)
    run(tmp_path, "draw", "plan", "d", "plan.toml")
    run(tmp_path, "draw", "freeze", "d", "frame.csv", "--inspectors", "staff.csv")
    said = run(tmp_path, "draw", "report", "d", "--seeds", "5")
    assert "an inspector meets" in said and "ALARM" not in said
    (tmp_path / "few.csv").write_text("id,department,qualified\nE1,all,yes\nE2,all,no\nE3,all,no\n")
    run(tmp_path, "draw", "freeze", "d", "frame.csv", "--inspectors", "few.csv")
    said = run(tmp_path, "draw", "report", "d", "--seeds", "5", code=1)
    assert "ALARM all: only 3 may visit" in said and "above one half" in said


def test_the_audit_flags_a_skip_sampler_and_says_what_could_excuse_it(tmp_path):
    (tmp_path / "list.csv").write_text("id\n" + "".join(f"F{k}\n" for k in range(2_000)))
    (tmp_path / "skip.csv").write_text("id\n" + "".join(f"F{k}\n" for k in skip_sample(2_000, 100, 3)))
    said = run(tmp_path, "draw", "audit", "list.csv", "skip.csv", code=1)
    assert "ALARM" in said and "every k-th" in said and "would be noticed in 100 %" in said
    (tmp_path / "other.csv").write_text("id\nF1\nG1\n")
    assert "other.csv:3: G1 was drawn but is not in the list" in run(
        tmp_path, "draw", "audit", "list.csv", "other.csv", code=1
    )


@pytest.mark.parametrize("day", ["2026-13-01", "2026-02-30", "２０２６-01-01", "2026-1-01", ""])
def test_a_day_that_is_none_is_refused_with_its_line(tmp_path, day):
    (tmp_path / "visits.csv").write_text(f"id,day\na,2026-01-01\nb,{day}\n", "utf-8")
    with pytest.raises(Fault, match=r"visits.csv:3.*is no day"):
        past_visits(tmp_path / "visits.csv")
