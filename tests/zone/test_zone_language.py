"""The language of matters: a pack that says everything is read, and each way to say it wrong is told."""

from __future__ import annotations

import shutil
import tomllib
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from tests.zone.conftest import Pack

from qinglian.zone import load
from qinglian.zone.answers import compared
from qinglian.zone.keys import every_key

RICH = Path(__file__).parent / "rich"
ZONES = Path(__file__).parents[2] / "zones"
G = "matters/grant.toml"
T = "matters/conduct.toml"


@pytest.fixture
def rich(tmp_path: Path) -> Pack:
    return Pack(Path(shutil.copytree(RICH, tmp_path / "rich")))


def used(value: Any, before: str = "") -> Iterator[str]:
    match value:
        case dict():
            for key, inner in value.items():
                yield before + key
                yield from used(inner, f"{before}{key}.")
        case list():
            for inner in value:
                yield from used(inner, before)


def test_every_key_of_a_matter_stands_in_some_pack_that_is_read() -> None:
    files = [*RICH.glob("matters/*.toml"), *ZONES.glob("*/matters/*.toml")]
    seen = {key for file in files for key in used(tomllib.loads(file.read_text("utf-8")))}
    told = [
        key for key in every_key()["matters/*.toml"] if not key.endswith(("basis.article", "basis.checked"))
    ]
    assert [key for key in told if key not in seen] == []


def test_a_matter_that_says_everything_is_read_whole() -> None:
    zone = load(RICH)
    grant = zone.matters["grant"]
    fields, actions = grant.fields, grant.actions
    assert fields["sectors"].codes and fields["sectors"].codes.codes["L.7"].en == "Leasing and business"
    assert fields["amount"].currencies == ("CNY",) and fields["home"].places == ("CN", "HK")
    assert fields["papers"].accept == ("pdf", "png") and fields["papers"].max_mb == 20
    promise = fields["promise"].undertaking
    assert promise and promise.version == "2026.1" and promise.text.en.startswith("I promise")
    assert fields["name"].prefill == "registry.enterprise.name"
    assert {key: fact.source for key, fact in grant.facts.items()} == {
        "register": "registry.enterprise.status",
        "others": "cases.open",
        "default": "standing.grave-default",
        "pace": "clock.answer-in",
    }
    assert grant.routing and set(grant.routing.table.outcomes) == {"fund", "office"}
    assert actions["refuse"].two_persons == "head"
    assert actions["refuse"].letter and "said.reason" in actions["refuse"].letter.names
    assert actions["council"].collective and actions["council"].collective.number == 3
    assert actions["send"].transfer and actions["send"].transfer.then == "head"
    assert actions["contribute"].joint and actions["contribute"].joint.units == ("fund",)
    silence = grant.clocks["answer-in"].silence
    assert silence and silence.action == "pay" and silence.basis and silence.basis.kind == "zone-choice"
    assert [risk.controls for risk in grant.risks] == [("two-persons:refuse", "conflicts", "clock:answer-in")]
    assert grant.related[0].matter == "question" and grant.related[0].relation == "follows"
    complaint = zone.matters["conduct"].complaint
    assert complaint and (complaint.otherwise, complaint.action) == ("fund", "resolve")


def test_what_a_matter_rests_on_is_pinned_and_a_changed_promise_is_another_matter(rich) -> None:
    before = load(rich.root).matters["grant"]
    assert {"codes/sectors.csv", "letters/refusal.en.md", "texts/promise.zh-Hant.md",
            "decisions/grant-units.csv", "decisions/grant-units.domains.csv"} <= set(before.pins)  # fmt: skip
    rich.change("texts/promise.en.md", "true", "true and complete")
    after = load(rich.root).matters["grant"]
    assert after.sha != before.sha
    assert after.fields["promise"].undertaking != before.fields["promise"].undertaking


def test_guards_read_answers_as_words_numbers_and_lists() -> None:
    fields = load(RICH).matters["grant"].fields
    show = fields["since"].show
    assert show is not None

    def shown(amount: str, sectors: list[str]) -> bool:
        answers = {"amount": {"currency": "CNY", "amount": amount}, "sectors": sectors}
        return show(compared(fields.values(), answers))

    assert shown("100000.01", ["I", "F"])
    assert not shown("100000.00", ["F"])
    assert not shown("200000", ["I"])
    read = compared(fields.values(), {"promise": {"sha": "x"}, "papers": ["a", "b"], "new_here": False})
    assert read == {"promise": True, "papers": 2, "new_here": False}
    assert Decimal("0.1") + Decimal("0.2") == Decimal("0.3")


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ('codes = "codes/sectors.csv"\n', "", "a field of the type codes needs the key codes"),
        ("codes/sectors.csv", "codes/none.csv", "there is no file codes/none.csv"),
        ('currencies = ["CNY"]\n', "", "a field of the type money needs the key currencies"),
        ('"CNY"', '"RMB"', "RMB is not known here"),
        (
            'places = ["CN", "HK"]',
            'currencies = ["CNY"]',
            'has no currencies; remove it, or write type = "money"',
        ),
        ("max_mb = 20\n", "", "a field of the type files needs the key max_mb"),
        ("max = 5\n", "", "a field of the type files needs the key max"),
        ('accept = ["pdf", "png"]', 'accept = ["exe"]', "exe is not known here"),
        ("texts/promise", "texts/nothing", "there is no file texts/nothing.zh-Hant.md"),
        ('version = "2026.1"\nrequired', "required", "a field of the type undertaking needs the key version"),
        ("registry.enterprise.name", "registry.person.name", "registry.person.name is not known here"),
        ('type = "regno"', 'type = "text"', "add a field of the type regno there"),
        (
            '"registry.enterprise.name"',
            '"registry.enterprise.place"',
            "the register answers one of CN, HK, MO, other",
        ),
        ("amount > 100000", "amount == 'much'", "amount is never much, which is of another kind"),
        ('currencies = ["CNY"]', 'currencies = ["CNY", "HKD"]', "amount cannot be compared"),
        ("'F' in sectors", "'X' in sectors", "sectors can never be X; its options are: F, I, L.7"),
        ("'F' in sectors", "home == 'CN'", "home is not known here"),
        (
            '"registry.enterprise.status"',
            '"registry.enterprise.mood"',
            "registry.enterprise.mood is not known here",
        ),
        ('"standing.grave-default"', '"standing.black-list"', "black-list is not known here"),
        ('"clock.answer-in"', '"clock.answer"', "answer is not known here; did you mean answer-in?"),
        ('key = "register"', 'key = "place"', "place is already a field"),
        ('"cases.open"', '"registry.enterprise.status"', "others can be registered, stated, unknown"),
        ('two_persons = "head"', 'two_persons = "boss"', "boss is not known here"),
        ('two_persons = "head"', 'two_persons = "applicant"', "applicant is not known here"),
        (
            'two_persons = "head"',
            'two_persons = "head"\ncollective = { role = "head", number = 2 }',
            "two_persons and collective stand together",
        ),
        (
            'by = ["head", "system"]',
            'two_persons = "head"\nby = ["head", "system"]',
            "remove system from `by`",
        ),
        ("number = 3", "number = 1", "1 is out of range; write a number from 2 to 50"),
        ('needs = ["unit", "reason", "clause"]', 'needs = ["unit"]', "add reason, clause to `needs`"),
        ('then = "head"', 'then = "chief"', "chief is not known here"),
        ('by = ["clerk", "head"]', 'by = ["clerk"]', "after the last bounce head decides, and cannot take"),
        ('units = ["fund"]', 'units = ["moon"]', "moon is not known here"),
        ('budget = "2wd"', 'budget = "5wd"', "a contribution takes less time than the clock it is inside"),
        ('budget = "2wd"', 'budget = "2h"', "a contribution takes less time than the clock it is inside"),
        ("two-persons:refuse", "two-persons:pay", "two-persons:pay answers no risk here"),
        ("clock:answer-in", "clock:decide", "clock:decide answers no risk here"),
        (
            'matter = "question", as = "follows"',
            'matter = "asking", as = "follows"',
            "asking is not known here",
        ),
        ('as = "follows"', 'as = "appeal-of"', "office would hear the appeal against its own decision"),
        ('kind = "approval"', 'kind = "appeal"', "an appeal says against what"),
        ('do = "action:pay"', 'do = "action:send"', "the action send is not taken by the system"),
        ("[clock.deem]", '[clock.silence]\ndo = "action:pay"\n[clock.deem]', "silence and deem both say"),
        (
            'guard = "default',
            'letter = "letters/none"\nguard = "default',
            "there is no file letters/none.en.md",
        ),
        (
            'by = ["head", "system"]',
            'by = ["system"]\nneeds = ["reason"]',
            "the system has no words of its own",
        ),
        ('decisions/grant-units.csv"', 'decisions/none.csv"', "there is no file decisions/none.csv"),
        ("[[fact]]", "[[facts]]", "the key facts is not known here; did you mean fact?"),
    ],
)
def test_what_a_matter_says_wrong_is_told_with_its_mend(rich, old, new, expected) -> None:
    faults = rich.change(G, old, new).faults()
    assert any(expected in str(fault) for fault in faults), [str(fault) for fault in faults]
    assert all(fault.file for fault in faults)


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ('otherwise = "fund"', 'otherwise = "watch"', "watch itself cannot resolve what concerns it"),
        ('otherwise = "fund"', 'otherwise = "moon"', "moon is not known here"),
        ('suggests = "about_unit"', 'suggests = "detail"', "detail is not known here"),
        ('value = "office"', 'value = "somebody"', "none of the options of about_unit is a unit of the zone"),
        ('value = "unknown"', 'value = "fund"', "somebody may not know which unit it concerns"),
        (
            'needs = ["concerns"]',
            'needs = ["detail"]',
            'resolve says whom it concerns; write needs = ["concerns"]',
        ),
        ('action = "resolve"', 'action = "withdraw"', "withdraw is taken by the staff alone"),
        ('kind = "complaint"', 'kind = "request"', 'in a complaint or an appeal; write kind = "complaint"'),
        (
            'id = "withdraw"\nfrom = ["received", "resolved"]',
            'id = "pass"\nfrom = ["received"]\nto = "received"\nby = ["clerk"]\n'
            'needs = ["unit", "reason", "clause"]\n'
            'transfer = { bounces = 1, then = "clerk" }\n'
            'title = { zh-Hans = "转", zh-Hant = "轉", en = "Pass" }\n\n'
            '[[action]]\nid = "withdraw"\nfrom = ["received", "resolved"]',
            "pass would show the case to another unit before resolve was taken",
        ),
    ],
)
def test_a_complaint_reaches_nobody_it_may_concern_before_that_is_resolved(rich, old, new, expected) -> None:
    faults = rich.change(T, old, new).faults()
    assert any(expected in str(fault) for fault in faults), [str(fault) for fault in faults]


@pytest.mark.parametrize(
    ("file", "old", "new", "expected"),
    [
        (
            "codes/sectors.csv",
            "code,",
            "id,",
            "codes/sectors.csv:1: the first line of a code list is code,zh-Hans",
        ),
        ("codes/sectors.csv", "I,", "F,", "codes/sectors.csv:3: F stands here a second time"),
        ("codes/sectors.csv", "I,", "I 1,", "codes/sectors.csv:3: I 1 is no code"),
        ("codes/sectors.csv", ",Finance", ",", "codes/sectors.csv:2 en: empty"),
        ("codes/sectors.csv", ",Finance", "", "codes/sectors.csv:2: the row has 3 cells"),
        ("codes/sectors.csv", "Finance", '"Finance', "codes/sectors.csv:"),
        (
            "letters/refusal.en.md",
            "{number}",
            "{numbr}",
            "{numbr}, which nothing fills; did you mean {number}?",
        ),
        ("letters/refusal.en.md", "{said.reason}", "{said.answer}", "{said.answer}, which nothing fills"),
        ("letters/refusal.en.md", "{number}", "", "the letter says {number} in some languages only"),
        (
            "decisions/grant-units.csv",
            "talent,office",
            "talent,moon",
            f"{G}:18 routing: moon is not known here",
        ),
        ("decisions/grant-units.csv", "#,", "#collect,", "a case goes to one unit"),
        (
            "decisions/grant-units.domains.csv",
            "rent|talent",
            "rent|talent|loan",
            "no row answers kind_of_help=loan",
        ),
        (
            "decisions/grant.domains.csv",
            "|missing",
            "",
            "others can be missing, which its domain does not hold",
        ),
        (
            "decisions/grant.domains.csv",
            "0..2|>2",
            "0..2|3..9",
            "can be 1000000, which its domain does not hold",
        ),
    ],
)
def test_a_file_that_a_matter_names_is_held_to_what_the_matter_says(rich, file, old, new, expected) -> None:
    faults = [str(fault) for fault in rich.change(file, old, new).faults()]
    assert any(expected in fault for fault in faults), faults


def test_where_a_table_decides_a_person_can_too(rich) -> None:
    rich.change(G, 'id = "pay"\nfrom = ["received", "looked"]', 'id = "pay"\nfrom = ["looked"]')
    assert "may have no answer in received, and nobody can act" in rich.only_fault()


def test_a_list_of_very_many_codes_is_refused(rich) -> None:
    rows = "".join(f"X{n},甲,甲,a\n" for n in range(6000))
    (rich.root / "codes/sectors.csv").write_text("code,zh-Hans,zh-Hant,en\n" + rows, "utf-8")
    assert any("more than 5000 codes" in str(fault) for fault in rich.faults())
