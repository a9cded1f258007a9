"""Answers made public: two people, three languages, nobody named, never edited, gone when the basis goes."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from tests import people

from qinglian.capabilities.cases import actions, answered
from qinglian.capabilities.cases.models import AnsweredQuestion
from qinglian.capabilities.cases.sight import Sight
from qinglian.capabilities.ledger.models import Entry
from qinglian.engines import canon
from qinglian.faults import Fault
from qinglian.zone.current import current

LATER = people.MONDAY + timedelta(hours=5)
QUESTION = {
    "zh-Hans": "共享办公室可以登记吗？",
    "zh-Hant": "共享辦公室可以登記嗎？",
    "en": "May a shared office be registered?",
}
ANSWER = {"zh-Hans": "可以，须有租约。", "zh-Hant": "可以，須有租約。", "en": "Yes, with a lease."}


@pytest.fixture
def case_id(units: None) -> int:
    lodged = people.chen_asks(regno="", email="chen@example.com")
    people.act(lodged.case_id, "accept", people.li(), LATER)
    people.act(lodged.case_id, "answer", people.li(), LATER)
    return lodged.case_id


def keys() -> list[str]:
    return [key for key, _basis in answered.bases_today(people.matter())]


def draft(case_id: int, **changed: Any) -> AnsweredQuestion:
    said = {"question": QUESTION, "answer": ANSWER, "basis": keys()[:1], "by": people.li(), "now": LATER}
    return actions.draft_answer(case_id, **(said | changed))


def published(case_id: int, **changed: Any) -> AnsweredQuestion:
    row = draft(case_id, **changed)
    actions.decide_answer(row.pk, people.zhao(), True, LATER)
    row.refresh_from_db()
    return row


def said_in_the_log(kind: str) -> list[dict[str, Any]]:
    rows = Entry.objects.filter(kind=kind).order_by("id").values_list("data", flat=True)
    return [canon.loads(bytes(data))["open"] for data in rows]


def test_nobody_reads_it_before_a_second_person_has_approved(case_id: int) -> None:
    row = draft(case_id)
    assert answered.public_answer(row.number) is None and answered.public_answers().rows == []
    with pytest.raises(Fault, match="whoever drafted it"):
        actions.decide_answer(row.pk, people.li(), True, LATER)
    with pytest.raises(Fault, match="cannot be done"):  # a clerk gives no cases to others
        actions.decide_answer(row.pk, replace(people.qian(), roles=frozenset({"clerk"})), True, LATER)
    actions.decide_answer(row.pk, people.zhao(), True, LATER)
    (found,) = answered.public_answers().rows
    assert found.answer is not None and found.answer.en == "Yes, with a lease."
    assert (found.case, found.drafted_by) == ("", "")
    (logged,) = said_in_the_log("cases.answer_published")
    texts = {"question": QUESTION, "answer": ANSWER, "basis": row.basis}
    assert logged["sha"] == canon.digest(texts).hex() == found.sha
    with pytest.raises(Fault, match="decided already"):
        actions.decide_answer(row.pk, people.zhao(), False, LATER, "no")


def test_the_database_itself_refuses_one_person_for_both(case_id: int) -> None:
    row = draft(case_id)
    with pytest.raises(IntegrityError), transaction.atomic():
        AnsweredQuestion.objects.filter(pk=row.pk).update(
            outcome="published", decided_by=row.drafted_by_id, decided_at=LATER
        )


@pytest.mark.parametrize(
    "words",
    [
        "陈记茶业（示例）有限公司可以。",
        "陳記茶業 (示例) 有限公司",
        "mail chen@EXAMPLE.com",
        "ｃｈｅｎ＠example.com",
    ],
)
def test_a_text_that_says_who_asked_is_refused(case_id: int, words: str) -> None:
    with pytest.raises(Fault, match="take it out"):
        draft(case_id, answer=ANSWER | {"zh-Hant": words})
    assert not AnsweredQuestion.objects.exists()


def test_the_number_of_the_case_is_refused_and_what_is_no_name_is_not(case_id: int) -> None:
    number = AnsweredQuestion(case_id=case_id).case.number
    with pytest.raises(Fault, match="number of the case"):
        draft(case_id, question=QUESTION | {"en": f"About {number.lower()}"})
    draft(case_id, answer=ANSWER | {"en": "A tea company in a shared office may."})


def test_a_missing_language_or_basis_is_refused(case_id: int) -> None:
    with pytest.raises(Fault, match="all three languages"):
        draft(case_id, answer=ANSWER | {"en": " "})
    with pytest.raises(Fault, match="rests on a basis"):
        draft(case_id, basis=["of another matter"])


def test_a_published_answer_is_replaced_never_edited(case_id: int) -> None:
    old = published(case_id)
    with pytest.raises(Fault, match="reason"):
        draft(case_id, replaces=old.pk)
    better = draft(
        case_id, answer=ANSWER | {"en": "Yes, with a lease of a year."}, replaces=old.pk, reason="clearer"
    )
    first = answered.public_answer(old.number)
    assert first is not None and (first.state, first.replaced_by) == ("published", "")
    with pytest.raises(Fault, match="cannot be replaced"):
        draft(case_id, replaces=old.pk, reason="at the same time")
    actions.decide_answer(better.pk, people.zhao(), True, LATER)
    first = answered.public_answer(old.number)
    assert first is not None and (first.state, first.replaced_by) == ("superseded", better.number)
    assert first.answer is not None and first.answer.en == "Yes, with a lease."
    assert [row.number for row in answered.public_answers().rows] == [better.number]
    assert said_in_the_log("cases.answer_published")[1]["replaces"] == old.number


def test_one_that_was_declined_leaves_room_for_another(case_id: int) -> None:
    old = published(case_id)
    row = draft(case_id, replaces=old.pk, reason="clearer")
    with pytest.raises(Fault, match="reason"):
        actions.decide_answer(row.pk, people.zhao(), False, LATER)
    actions.decide_answer(row.pk, people.zhao(), False, LATER, "not clearer")
    assert answered.public_answer(row.number) is None
    published(case_id, replaces=old.pk, reason="much clearer")


def test_what_is_withdrawn_leaves_number_day_and_ground_and_no_words(case_id: int) -> None:
    old = published(case_id)
    new = published(case_id, answer=ANSWER | {"en": "Yes; with a lease."}, replaces=old.pk, reason="clearer")
    actions.withdraw_answer(new.pk, "wrong", people.zhao(), LATER + timedelta(days=1))
    for row in (old, new):
        found = answered.public_answer(row.number)
        assert found is not None and (found.state, found.ground) == ("withdrawn", "wrong")
        assert found.question is None and found.answer is None and found.on == LATER + timedelta(days=1)
    assert answered.public_answers("共享").rows == []
    stored = AnsweredQuestion.objects.values_list("question", "answer", "text")
    assert set(map(str, stored)) == {"({}, {}, '')"}
    assert [each["number"] for each in said_in_the_log("cases.answer_withdrawn")] == [new.number, old.number]
    with pytest.raises(Fault, match="not public"):
        actions.withdraw_answer(new.pk, "wrong", people.zhao(), LATER)


def test_an_answer_goes_the_day_its_basis_goes(case_id: int, monkeypatch: pytest.MonkeyPatch) -> None:
    kept = published(case_id, basis=keys()[1:])
    gone = published(case_id, basis=keys()[:1])
    assert actions.withdraw_outdated(LATER) == 0
    zone, matter = current(), people.matter()
    changed = replace(matter.basis[0], article="第三十四条")
    matters = {**zone.matters, matter.id: replace(matter, basis=(changed, *matter.basis[1:]))}
    monkeypatch.setattr("qinglian.zone.current._zone", replace(zone, matters=matters))
    assert actions.withdraw_outdated(LATER) == 1
    states = {row.number: (answered.public_answer(row.number) or row).state for row in (kept, gone)}
    assert states == {kept.number: "published", gone.number: "withdrawn"}
    assert actions.withdraw_outdated(LATER) == 0


def test_public_answers_are_found_in_either_script_and_by_matter(case_id: int) -> None:
    row = published(case_id)
    for question in ("辦公", "办公室", "LEASE", "共享 租約"):
        found = answered.public_answers(question, "consultation")
        assert [each.number for each in found.rows] == [row.number], question
    assert answered.public_answers("商标").rows == [] == answered.public_answers("办公", "appeal").rows


def test_another_unit_sees_no_draft(case_id: int) -> None:
    row = draft(case_id)
    clerk = frozenset({"clerk"})
    assert answered.desk_answers(Sight({people.OTHER_UNIT: clerk})) == {"waiting": [], "rest": []}
    assert answered.desk_answer(row.number, Sight({people.OTHER_UNIT: clerk})) is None
    assert answered.desk_answer(row.number, Sight({people.UNIT: clerk})) is not None
