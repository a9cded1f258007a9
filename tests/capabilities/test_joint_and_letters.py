"""Other units contribute inside the shared clock, and letters are issued with an act and can be checked.

李 of the service centre holds the case; the market regulator (钱) and the enforcement team are asked.
"""

from __future__ import annotations

from datetime import timedelta
from hashlib import sha256

import pytest
from django.db import IntegrityError, transaction
from django.test import Client
from django.utils.translation import override
from tests import people
from tests.capabilities.desk_zone import act, lodge
from tests.people import MONDAY

from qinglian.capabilities.cases import actions, joint
from qinglian.capabilities.cases.letter_pages import rare_signs
from qinglian.capabilities.cases.models import Case, Clock, Contribution, Letter
from qinglian.capabilities.cases.retention import erase_due
from qinglian.capabilities.cases.sight import Sight
from qinglian.capabilities.interests.actions import declare_tie
from qinglian.capabilities.ledger.queries import logged
from qinglian.capabilities.notices.queries import waiting_notices
from qinglian.faults import Fault

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("desk_pack")]
REFUSAL = {"reason": "条件不符", "basis": "某法第一条", "remedy": "六十日内复议"}
MARKET, TEAM = "market-regulator", "enforcement-team"


@pytest.fixture(autouse=True)
def _now(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("django.utils.timezone.now", lambda: MONDAY + timedelta(hours=1))


@pytest.fixture
def case() -> Case:
    lodged = lodge("permit", name="何𫟷（示例）", title="关于 *星号* 的申请")
    act(lodged.case_id, "accept", people.li())
    return Case.objects.get(pk=lodged.case_id)


def consult(case: Case, *units: str) -> None:
    act(case.pk, "consult", people.li(), detail="请就经营范围提出意见", units=list(units))


def given(unit: str) -> Contribution:
    return Contribution.objects.get(unit=unit)


def test_each_unit_is_told_and_has_its_own_time_inside_the_shared_clock(case: Case) -> None:
    before = Clock.objects.get(case=case, rule="decide-in")
    consult(case, MARKET, TEAM)
    after = Clock.objects.get(case=case, rule="decide-in")
    assert (after.due, after.ledger) == (before.due, before.ledger)
    assert {row.due for row in Contribution.objects.all()} == {given(MARKET).due}
    due = given(MARKET).due
    assert due is not None and after.due is not None and due < after.due
    assert due.astimezone(people.SHENZHEN).date().isoformat() == "2026-03-05"  # three working days
    assert ("contribute", MARKET) in waiting_notices(case.number)


def test_nothing_is_answered_before_all_have_contributed_or_the_holder_said_why_not(case: Case) -> None:
    qian, li = people.qian(), people.li()
    consult(case, MARKET, TEAM)
    for action, said in (("grant", {"answer": "x"}), ("refuse", REFUSAL)):
        with pytest.raises(Fault, match="have not contributed yet"):
            act(case.pk, action, li, **said)
    act(case.pk, "ask", li, items="盖章页")  # asking the applicant ends no clock
    act(case.pk, "supply", actions.APPLICANT, detail="x")
    actions.contribute(given(MARKET).pk, "没有意见", qian, MONDAY + timedelta(hours=2))
    with override("zh-hans"), pytest.raises(Fault, match=r"^综合执法队伍（示例） have not contributed yet"):
        act(case.pk, "grant", li, answer="x")
    with pytest.raises(Fault, match="fill in"):
        actions.go_on_without(given(TEAM).pk, " ", li, MONDAY)
    actions.go_on_without(given(TEAM).pk, "该单位回避", li, MONDAY + timedelta(hours=3))
    act(case.pk, "grant", li, MONDAY + timedelta(hours=4), answer="可以。")
    rows = {row.unit_id: (row.outcome, row.person_id, row.at) for row in Contribution.objects.all()}
    assert rows[MARKET] == ("given", qian.person_id, MONDAY + timedelta(hours=2))
    assert rows[TEAM] == ("without", li.person_id, MONDAY + timedelta(hours=3))
    assert given(MARKET).conflict_check.outcome == "clear"  # type: ignore[union-attr]
    assert [each.told["what"] for each in logged("cases.contribution")] == [
        "asked",
        "asked",
        "given",
        "without",
    ]


def test_only_units_of_the_matter_once_and_not_the_holder(case: Case) -> None:
    for units in (["court"], [people.UNIT], []):
        with pytest.raises(Fault, match="choose"):
            consult(case, *units)
    consult(case, MARKET)
    with pytest.raises(Fault, match="asked already"):
        consult(case, MARKET)
    assert Contribution.objects.count() == 1


def test_a_contribution_is_given_once_by_somebody_of_the_unit_without_a_tie(case: Case) -> None:
    qian = people.qian()
    consult(case, MARKET)
    with pytest.raises(Fault, match="at this stage"):
        outsider = actions.Actor("staff", frozenset({"nobody"}), qian.person_id, "")
        actions.contribute(given(MARKET).pk, "x", outsider, MONDAY)
    firm = people.chen_asks().case_id
    Case.objects.filter(pk=case.pk).update(applicant=Case.objects.get(pk=firm).applicant)
    tie = declare_tie(
        qian.person_id or 0, "creditor", MONDAY, enterprise=Case.objects.get(pk=firm).applicant_id
    )
    with pytest.raises(Fault, match="cannot handle"):
        actions.contribute(given(MARKET).pk, "x", qian, MONDAY)
    assert given(MARKET).outcome == "" and tie
    Case.objects.filter(pk=case.pk).update(applicant=None)
    actions.contribute(given(MARKET).pk, "x", qian, MONDAY)
    with pytest.raises(Fault, match="answered meanwhile"):
        actions.contribute(given(MARKET).pk, "y", qian, MONDAY)


def test_the_unit_that_is_asked_sees_what_it_is_cleared_for_and_no_more(case: Case) -> None:
    people.qian(), people.li()
    wei = people._post("wei", "卫（示例）", MARKET, "supervisor")  # cleared for internal only
    consult(case, MARKET)
    act(case.pk, "send", people.li(), unit="court", reason="wreasonw", clause="c")
    number, place = case.number, f"/zh-hans/desk/asked/{given(MARKET).pk}/"
    clerk, other = people.browser("qian"), people.browser("wei")
    page = clerk.get(place).content.decode()
    assert "请就经营范围提出意见" in page and "何𫟷（示例）" in page and "wreasonw" not in page
    page = other.get(place).content.decode()
    assert wei.person_id and "请就经营范围提出意见" in page and "何𫟷（示例）" not in page
    assert clerk.get(f"/zh-hans/desk/{number}/").status_code == 404
    assert number in clerk.get("/zh-hans/desk/asked/").content.decode()
    stranger = people.browser("li")
    assert stranger.get(place).status_code == 404
    assert number not in stranger.get("/zh-hans/desk/asked/").content.decode()
    assert clerk.post(place, {"text": " "}).status_code == 422
    assert clerk.post(place, {"text": "没有意见"}).status_code == 302
    assert given(MARKET).text == "没有意见"
    assert "没有意见" in clerk.get(place).content.decode()


def test_a_case_held_more_closely_is_not_in_the_list_of_who_is_not_cleared(case: Case) -> None:
    consult(case, MARKET)
    units = {MARKET: frozenset({"clerk"})}
    assert len(joint.asked_of(Sight(units), MONDAY)) == 1
    Case.objects.filter(pk=case.pk).update(sensitivity="sealed")
    assert joint.asked_of(Sight(units), MONDAY) == []
    assert joint.asked_of(Sight(units, belongs=frozenset({MARKET})), MONDAY) == []


def test_the_holder_sees_the_contributions_and_goes_on_without_on_the_page(case: Case) -> None:
    consult(case, MARKET)
    client, where = people.browser("li"), f"/zh-hans/desk/{case.number}/"
    assert "市场监管机构（示例）" in client.get(where).content.decode()
    there = f"{where}without/{given(MARKET).pk}/"
    name = f"without-{given(MARKET).pk}-text"
    assert client.post(there, {name: ""}).status_code == 422
    assert client.post(f"{where}without/999/", {name: "x"}).status_code == 404
    client.post(there, {name: "期限将至"})
    assert "期限将至" in client.get(where).content.decode()
    holder = Client()
    holder.post(
        "/zh-hans/cases/track/", {"number": case.number, "code": actions.code_from(f"permit {MONDAY}")}
    )
    assert "期限将至" not in holder.get(f"/zh-hans/cases/track/{case.number}/").content.decode()


def test_the_database_wants_words_a_person_and_a_check(case: Case) -> None:
    consult(case, MARKET)
    li = people.li().person_id
    for changed in (
        {"outcome": "given", "text": "x"},
        {"outcome": "given", "text": "x", "person": li, "at": MONDAY},
        {"outcome": "without", "text": "", "person": li, "at": MONDAY},
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            Contribution.objects.update(**changed)


def test_a_letter_is_filled_from_the_case_dated_numbered_and_told_by_its_hash(case: Case) -> None:
    act(case.pk, "grant", people.li(), answer="# 不是标题\n[不是链接](http://x)")
    letter = Letter.objects.get()
    assert (letter.place, letter.language, letter.title) == (1, "zh-hans", "准予")
    assert letter.event.action == "grant" and letter.event.case_id == case.pk
    assert "何𫟷" in letter.text and case.number.replace("-", r"\-") in letter.text
    assert "2026年3月2日" in letter.text and "{" not in letter.text.replace(r"\{", "")
    [told] = [each.told for each in logged("cases.letter")]
    assert told["sha"] == letter.sha == sha256(letter.text.encode()).hexdigest()
    assert (told["number"], told["place"]) == (case.number, 1)


def test_what_somebody_wrote_is_no_markup_in_a_letter_and_rare_signs_are_named(case: Case) -> None:
    act(case.pk, "grant", people.li(), answer="# 不是标题\n[不是链接](http://x)")
    client = people.browser("li")
    page = client.get(f"/zh-hans/desk/{case.number}/letters/1/").content.decode()
    assert "# 不是标题" in page and "[不是链接](http://x)" in page and "关于 *星号* 的申请" in page
    assert 'href="http://x"' not in page
    assert "𫟷" in page and "U+2B7F7" in page and Letter.objects.get().sha in page
    assert client.get(f"/zh-hans/desk/{case.number}/letters/2/").status_code == 404
    people.qian()
    assert people.browser("qian").get(f"/zh-hans/desk/{case.number}/letters/1/").status_code == 404


def test_the_applicant_reads_the_letter_and_others_do_not(case: Case) -> None:
    act(case.pk, "grant", people.li(), answer="可以。")
    holder, code = Client(), actions.code_from(f"permit {MONDAY}")
    holder.post("/en/cases/track/", {"number": case.number, "code": code})
    assert "可以。" in holder.get(f"/en/cases/track/{case.number}/letters/1/").content.decode()
    assert Client().get(f"/en/cases/track/{case.number}/letters/1/").status_code == 302


def test_a_refusal_has_its_letter_only_once_a_second_person_has_agreed(case: Case) -> None:
    li, zhao = people.li(), people.zhao()
    act(case.pk, "refuse", li, **REFUSAL)
    assert not Letter.objects.exists() and Case.objects.get(pk=case.pk).state == "handling"
    case.refresh_from_db()
    proposal = case.proposals.get()
    actions.answer_proposal(proposal.pk, zhao, case.ver, True, "", MONDAY)
    letter = Letter.objects.get()
    assert all(word in letter.text for word in REFUSAL.values()) and "补正次数：0" in letter.text


def test_contributions_and_letters_go_with_the_content(case: Case) -> None:
    consult(case, MARKET)
    actions.contribute(given(MARKET).pk, "wtextw", people.qian(), MONDAY)
    act(case.pk, "grant", people.li(), answer="wanswerw")
    erase_due(MONDAY + timedelta(days=1200))
    assert "wtextw" not in given(MARKET).text and "请就" not in given(MARKET).question
    assert "wanswerw" not in Letter.objects.get().text


@pytest.mark.parametrize(
    ("text", "found"),
    [("中文繁體 English 123，。", []), ("𠮷野家", ["𠮷"]), ("㐀", ["㐀"]), ("玥昊", []), ("𫟷𫟷", ["𫟷"])],
)
def test_signs_outside_the_common_sets_are_found(text: str, found: list[str]) -> None:
    assert [sign for sign, _code in rare_signs(text) if sign not in "玥昊"] == found
