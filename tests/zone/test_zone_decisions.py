"""A table in a matter is proved, its outcomes lead to states, and what asks by itself asks once."""

from __future__ import annotations

import pytest

from qinglian.zone import load

C = "matters/consultation.toml"
DOMAINS = "fact,values\ntopic,registration|policy|talent|premises|cross-border|other\n"
ROWS = "1,policy,ask,detail\n2,registration|talent|premises|cross-border|other,go,\n"
ACCEPT = 'to = "handling"\nby = ["clerk"]\ntitle'
DECIDE = 'decision = "decisions/t.csv"\noutcomes = {{ {outcomes} }}\nby = ["system"]\nlimit = {limit}\ntitle'
BOTH = 'ask = "awaiting", go = "handling"'


def with_table(pack, head: str = "#collect", rows: str = ROWS, outcomes: str = BOTH, limit: int = 1):
    pack.change(C, ACCEPT, DECIDE.format(outcomes=outcomes, limit=limit))
    pack.add("decisions/t.csv", f"{head},topic,=>decision,=>items\n{rows}")
    return pack.add("decisions/t.domains.csv", DOMAINS)


def test_a_sound_table_decides_and_is_pinned(qianhai) -> None:
    with_table(qianhai)
    matter = load(qianhai.root).matters["consultation"]
    decision = matter.actions["accept"].decision
    assert decision and decision.table.decide({"topic": "policy"}).decision == "ask"
    assert matter.actions["accept"].targets == ("awaiting", "handling")
    assert {"decisions/t.csv", "decisions/t.domains.csv"} <= set(matter.pins)


@pytest.mark.parametrize(
    ("spoiled", "expected"),
    [
        ({"head": "#"}, "what asks the applicant by itself must tell everything at once"),
        ({"limit": 2}, "a machine may ask once only"),
        ({"rows": "1,policy,ask,detail\n"}, "no row answers topic="),
        ({"rows": ROWS + "3,talent,go,\n"}, "decisions/t.csv:4: row 3 "),
        ({"outcomes": 'ask = "awaiting"'}, "the table can decide go, and no state is given for it"),
        ({"outcomes": BOTH + ', no = "closed"'}, "the table never decides no"),
        (
            {"outcomes": BOTH.replace("handling", "handlin")},
            "handlin is not known here; did you mean handling?",
        ),
    ],
)
def test_a_table_that_could_fail_a_case_is_refused(qianhai, spoiled, expected) -> None:
    messages = [str(fault) for fault in with_table(qianhai, **spoiled).faults()]
    assert any(expected in message for message in messages), messages


def test_no_outcome_of_a_table_refuses(qianhai) -> None:
    with_table(qianhai).change(C, 'stage = "in-hand"', 'stage = "refused"')
    assert any("no machine refuses" in str(fault) for fault in qianhai.faults())


def test_a_fact_is_a_field_or_a_named_lookup(qianhai) -> None:
    with_table(qianhai)
    qianhai.change("decisions/t.csv", "topic", "standing").change(
        "decisions/t.domains.csv", "topic", "standing"
    )
    assert "standing, which is neither a field nor named in lookups" in qianhai.only_fault()
    qianhai.change(C, "guide =", 'lookups = ["standing"]\nguide =')
    assert qianhai.faults() == []


def test_a_table_takes_every_value_its_field_can_have(qianhai) -> None:
    with_table(qianhai).change("decisions/t.domains.csv", "|other", "").change(
        "decisions/t.csv", "|other", ""
    )
    assert "the field topic can be other, which its domain does not hold" in qianhai.only_fault()
    qianhai.change(C, 'key = "topic"\ntype = "choice"\nrequired = true', 'key = "topic"\ntype = "choice"')
    assert "the field topic can be other, missing, which" in qianhai.only_fault()


def test_a_missing_table_or_its_domains_is_told(qianhai) -> None:
    with_table(qianhai)
    (qianhai.root / "decisions/t.domains.csv").unlink()
    assert any("there is no file decisions/t.domains.csv" in str(fault) for fault in qianhai.faults())
