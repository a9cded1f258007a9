"""The desk's lists: each case in the queues it belongs to, narrowed, page by page, counted the same way."""

from __future__ import annotations

from datetime import timedelta

import pytest
from tests import people
from tests.people import MONDAY

from qinglian.capabilities.cases import queues
from qinglian.capabilities.cases.actions import APPLICANT, assign_case
from qinglian.capabilities.cases.models import Case
from qinglian.capabilities.cases.queues import Wish
from qinglian.capabilities.cases.sight import Sight

pytestmark = pytest.mark.django_db
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
LATER = MONDAY + 30 * HOUR  # Tuesday afternoon


def sight(*roles: str, person: int | None = None, unit: str = people.UNIT, fresh: bool = True) -> Sight:
    return Sight({unit: frozenset(roles or ["clerk"])}, person, fresh)


def numbers(seen: Sight, name: str, wish: Wish | None = None) -> list[str]:
    return [row.number for row in queues.desk(seen, name, LATER, wish=wish).rows]


@pytest.fixture
def five(units: None) -> dict[str, str]:
    """late: nobody took it up · today: taken up · waiting: asked · ended: withdrawn · new: of Tuesday."""
    li, found = people.li(), {}
    for name in ("late", "today", "waiting", "ended", "new"):
        lodged = people.chen_asks(
            LATER - HOUR if name == "new" else MONDAY - 4 * DAY if name == "late" else MONDAY,
            secret=name,
            title=f"title {name} 前海",
        )
        found[name] = lodged.number
        if name in ("today", "waiting"):
            people.act(lodged.case_id, "accept", li, MONDAY + HOUR)
        if name == "waiting":
            people.act(lodged.case_id, "ask", li, MONDAY + 2 * HOUR)
        if name == "ended":
            people.act(lodged.case_id, "withdraw", APPLICANT, MONDAY + HOUR)
    Case.objects.filter(number=found["today"]).update(due=LATER + HOUR)
    return found


def test_each_case_stands_in_the_queues_it_belongs_to(five: dict[str, str]) -> None:
    seen = sight(person=people.li().person_id)
    expected = {
        "mine": ["today", "waiting"],
        "open": ["late", "today", "new", "waiting"],
        "today": ["today"],
        "overdue": ["late"],
        "waiting": ["waiting"],
        "returned": [],
        "ended": ["ended"],
    }
    for name, which in expected.items():
        assert numbers(seen, name) == [five[each] for each in which], name
    counts = queues.desk(seen, "open", LATER).counts
    assert counts == {name: len(which) for name, which in expected.items()}


def test_whoever_has_no_case_and_nobody_in_particular_have_none_of_their_own(five: dict[str, str]) -> None:
    assert numbers(sight(person=people.zhao().person_id), "mine") == []
    assert numbers(sight(person=None), "mine") == []


def test_what_whoever_asked_brings_back_stands_apart_until_the_unit_acts(five: dict[str, str]) -> None:
    """What was asked for was supplied, what was answered is asked again. Giving it to somebody is no step."""
    li, zhao, now = people.li(), people.zhao(), MONDAY + 3 * HOUR
    sun = people._post("sun", "孙（示例）", people.UNIT, "clerk")
    supplied, again = Case.objects.get(number=five["waiting"]), Case.objects.get(number=five["today"])
    people.act(supplied.pk, "supply", APPLICANT, now)
    people.act(again.pk, "answer", li, now)
    assert numbers(sight(), "returned") == [five["waiting"]]
    people.act(again.pk, "reopen", APPLICANT, now)
    assert set(numbers(sight(), "returned")) == {five["waiting"], five["today"]}
    again.refresh_from_db()
    assign_case(again.pk, sun.person_id or 0, zhao, again.ver, now)
    assert set(numbers(sight(), "returned")) == {five["waiting"], five["today"]}
    for case in (supplied, again):
        people.act(case.pk, "answer", li, now)
    assert numbers(sight(), "returned") == []


def test_a_list_is_narrowed_by_what_is_asked_and_the_counts_with_it(five: dict[str, str]) -> None:
    seen, li = sight(), people.li()
    due = Case.objects.get(number=five["new"]).due
    assert due is not None
    on = due.astimezone(people.SHENZHEN).date()
    for wish, which in (
        (Wish(handler=li.person_id), ["today", "waiting"]),
        (Wish(nobody=True), ["late", "new"]),
        (Wish(state="handling"), ["today"]),
        (Wish(matter="consultation"), ["late", "today", "new", "waiting"]),
        (Wish(matter="another"), []),
        (Wish(unit=people.UNIT, words="TITLE late"), ["late"]),
        (Wish(words="前海", nobody=True), ["late", "new"]),
        (Wish(words=five["new"].lower()), ["new"]),
        (Wish(words="%"), []),
        (Wish(words="\x00"), []),
        (Wish(since=on, until=on), ["new"]),
        (Wish(since=on + DAY), []),
        (Wish(until=MONDAY.date() - 5 * DAY), []),
    ):
        assert numbers(seen, "open", wish) == [five[each] for each in which], wish
        assert queues.desk(seen, "open", LATER, wish=wish).counts["open"] == len(which)


def test_a_unit_that_is_not_the_readers_cannot_be_asked_for(five: dict[str, str]) -> None:
    assert numbers(sight(unit=people.OTHER_UNIT), "open", Wish(unit=people.UNIT)) == []
    assert queues.desk(sight(unit=people.OTHER_UNIT), "open", LATER).counts["open"] == 0
    assert [unit for unit, _title in queues.choices(sight(), LATER).units] == [people.UNIT]
    assert [name for _id, name in queues.choices(sight(), LATER).handlers] == ["李（示例）"]


@pytest.mark.parametrize("name", ["open", "ended"])
def test_going_on_gives_every_case_once_whatever_comes_between(units: None, name: str) -> None:
    made = []
    for n in range(2 * queues.PAGE + 7):
        lodged = people.chen_asks(MONDAY, secret=f"{name} {n}")  # many with one and the same deadline
        made.append(lodged.number)
    if name == "ended":
        Case.objects.update(open=False, closed_at=MONDAY)
    else:
        Case.objects.filter(number__in=made[::9]).update(due=None)
    seen, found, after = sight(), [], ""
    while True:
        page = queues.desk(seen, name, MONDAY, after)
        found += [row.number for row in page.rows]
        if page.after is None:
            break
        after = page.after
        lodged = people.chen_asks(MONDAY - DAY, secret=f"between {after}")  # due earlier than what is read
    assert len(found) == len(set(found)) and set(made) <= set(found)
