"""A matter that reads well and would fail whoever comes is refused, with file, line and mend."""

from __future__ import annotations

import pytest

from qinglian.zone import load, read_matter

S = "matters/support-request.toml"
COMPLAINT = "matters/service-complaint.toml"
AMOUNT = 'key = "amount"\ntype = "money"'
GRANT = 'id = "grant"\n'
WITHDRAW = 'to = "withdrawn"\nby = ["applicant"]\n'
SUPPLY = 'by = ["applicant"]\nneeds = ["detail"]\ntakes = "papers"'
SECOND = 'by = ["head"]\nneeds = ["items", "reason", "basis", "remedy"]'
NEVER = "no answer fulfils this condition"


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        (AMOUNT, f"{AMOUNT}\nshow = \"place == 'CN' and place == 'HK'\"", f"step[3].field[4].show: {NEVER}"),
        (AMOUNT, f'{AMOUNT}\nshow = "new_here and not new_here"', f"step[3].field[4].show: {NEVER}"),
        (GRANT, f'{GRANT}guard = "others > 5 and place == regno"\n', ""),
        (GRANT, f'{GRANT}guard = "others > 5 and others < 6"\n', f"action[7].guard: {NEVER}"),
        (AMOUNT, f'{AMOUNT}\nshow = "title"', "title is asked here for what its answers never are"),
        (AMOUNT, f"{AMOUNT}\nshow = \"'HK' in place\"", "place is asked here for what its answers never are"),
        (AMOUNT, f"{AMOUNT}\nshow = \"help == 'set-up'\"", "help is asked here for what its answers never"),
        (AMOUNT, f"{AMOUNT}\nshow = \"'set-up' in help\"", ""),
        (GRANT, f'{GRANT}guard = "others > 6 and others < 5"\n', f"action[7].guard: {NEVER}"),
        (GRANT, f'{GRANT}guard = "register == \'holds\'"\n', "register can never be holds; its options"),
        (WITHDRAW, f"{WITHDRAW}guard = \"actor_role == 'clerk'\"\n", "actor_role can never be clerk"),
        ('id = "supply"', 'id = "supply"\nlimit = 1', "supply can be taken less often than the case"),
        ('id = "supply"', 'id = "supply"\nlimit = 2', ""),
        ('key = "place"', 'key = "where_from"', "step[1].field[2]: a registration number is checked"),
        ('value = "MO"', 'value = "SG"', "step[1].field[2]: by the rules of SG no registration number"),
        ("escalate:supervisor", "escalate:applicant", "clock[2].ladder[3].do: the applicant is not of the"),
        ('by = "head", add', 'by = "applicant", add', "clock[2].extend.by: the applicant is not of"),
        ('assign_by = ["head"]', 'assign_by = ["applicant"]', "assign_by[1]: the applicant is not of the"),
        ('\nsensitivity = "internal"', '\nsensitivity = "sealed"', "roles[2]: clerk acts here and may not"),
        (GRANT, f'{GRANT}sensitivity = "confidential"\n', "the applicant could not read what is written"),
        ('needs = ["answer"]', 'needs = ["answer", "unit"]', "needs[2]: unit belongs to a transfer"),
        ('needs = ["answer"]', 'needs = ["answer", "clause"]', "needs[2]: clause belongs to a transfer"),
        ('needs = ["answer"]', 'needs = ["answer", "concerns"]', "is said by the action that complaint"),
        (SUPPLY, SUPPLY.replace("detail", "items"), "items are what the applicant is asked for"),
        ('needs = ["items"]\nlimit = 1', 'needs = ["items"]', "what is missing is told once; write limit"),
        (SECOND, 'by = ["head"]\nneeds = ["items"]', "and so this one never is"),
        (SECOND, SECOND.replace("head", "clerk"), "the second list is another role’s than the first"),
        ('"handling"]\nto = "awaiting"', '"handling"]\nto = "handling"', "must be able to answer; lead to a"),
        ("max = 3", "max = 300", "step[3].field[1].max: there are only 8 to pick from"),
        ('zh-Hant = "已同意"', 'zh-Hant = "已经同意办理"', "state[4].title.zh-Hant: 经办: simplified"),
        ('en = "Granted"', 'en = "已同意"', "state[4].title.en: this is not English"),
        (SUPPLY, SUPPLY.replace("applicant", "clerk").replace('\ntakes = "papers"', ""),
         "state[3]: it is the applicant’s turn in awaiting, and they cannot answer"),
        ('key = "amount"', 'key = "and"', "step[3].field[4].key: and is a word of guards and forms"),
        ('key = "amount"', 'key = "csrfmiddlewaretoken"', "is a word of guards and forms; choose another"),
        ('id = "contact"', 'id = "check"', "step[2].id: check stands for something else in addresses"),
        ('id = "withdraw"', 'id = "person"', "action[9].id: person stands for something else in addresses"),
        ('id = "supply"', 'id = "supply"\nguard = "place in premises"', "premises is asked here for what"),
    ],
)  # fmt: skip
def test_what_would_fail_whoever_comes_is_told_with_its_place(
    qianhai, old: str, new: str, expected: str
) -> None:
    faults = [str(fault).removeprefix(f"{qianhai.root}/") for fault in qianhai.change(S, old, new).faults()]
    if not expected:
        assert not faults
        return
    assert any(expected in fault for fault in faults), faults
    assert all(fault.startswith(f"{S}:") and fault.split(" ")[0].split(":")[1].isdigit() for fault in faults)


def test_silence_can_come_again_where_its_clock_can(qianhai) -> None:
    qianhai.change(COMPLAINT, 'id = "close"', 'id = "close"\nlimit = 1')
    assert "clock[4]: the clock can begin again, and then close cannot be taken" in qianhai.only_fault()


def test_a_turn_of_the_unit_is_somebodys(sample) -> None:
    sample.change("matters/question.toml", 'by = ["clerk"]', 'by = ["system"]')
    assert any("nobody of it can act" in str(fault) for fault in sample.faults())


def test_longer_texts_and_lists_are_in_the_script_they_say(qianhai) -> None:
    qianhai.add("texts/own-data.zh-Hant.md", "\n以上资料\n").add("codes/support-kinds.csv", "extra,甲,办,A\n")
    faults = [str(fault).removeprefix(f"{qianhai.root}/") for fault in qianhai.faults()]
    assert len(faults) == 2
    assert faults[0].startswith("codes/support-kinds.csv:10 zh-Hant: 办: simplified characters")
    assert faults[1].startswith("texts/own-data.zh-Hant.md:") and "资: simplified" in faults[1]


@pytest.mark.parametrize("text", ["着手、税務、脱離、温度、户口、説明", "皇后大道中的里程與台階", "深水埗"])
def test_what_hong_kong_writes_is_no_fault(qianhai, text: str) -> None:
    qianhai.change(S, 'zh-Hant = "已同意"', f'zh-Hant = "{text}"')
    assert not qianhai.faults()


def test_what_cases_were_opened_under_stays_readable(qianhai) -> None:
    """A rule that came later is for packs: a case keeps its matter as it was."""
    texts = dict(load(qianhai.root).matters["support-request"].pins)
    texts[S] = texts[S].replace('id = "contact"', 'id = "check"').replace('"已同意"', '"已经同意"')
    assert read_matter(texts, S).steps[1].id == "check"
