"""What somebody wrote is not lost when it cannot be taken, and long pages say first what is newest."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.test import Client
from tests import people
from tests.web.conftest import NOW
from tests.web.reading import Page, holds_everywhere

from qinglian.capabilities.cases import actions
from qinglian.capabilities.cases.guide import guide_of
from qinglian.capabilities.cases.models import Case
from qinglian.capabilities.cases.thread import write_letter
from qinglian.zone.current import current

pytestmark = pytest.mark.django_db
SignedIn = Callable[[str], Client]
WORDS = "写了二十分钟的答复"


@pytest.fixture
def taken_up(units: None) -> actions.Lodged:
    lodged = people.chen_asks()
    people.act(lodged.case_id, "accept", people.li(), NOW - timedelta(hours=1))
    return lodged


def overtaken(lodged: actions.Lodged) -> dict[str, str]:
    """An answer to the case as it was before the head moved its deadline."""
    seen = Case.objects.get(pk=lodged.case_id).ver
    people.extend(lodged.case_id, people.zhao(), NOW - timedelta(minutes=5))
    return {"answer-seen": str(seen), "answer-answer": WORDS}


def test_an_answer_that_was_overtaken_comes_back_filled_and_goes_when_sent_again(
    signed_in: SignedIn, taken_up: actions.Lodged, language: str
) -> None:
    li, where = signed_in("li"), f"/{language}/desk/{taken_up.number}/answer/"
    page = holds_everywhere(li.post(where, overtaken(taken_up)), language)
    assert WORDS in page.text
    assert Case.objects.get(pk=taken_up.case_id).state == "handling"
    seen = page.values()["answer-seen"]
    assert li.post(where, {"answer-seen": seen, "answer-answer": WORDS}).status_code == 302
    assert Case.objects.get(pk=taken_up.case_id).state == "answered"


def test_where_the_act_is_not_open_any_more_the_words_are_shown(
    signed_in: SignedIn, taken_up: actions.Lodged
) -> None:
    li, sent = signed_in("li"), overtaken(taken_up)
    people.act(taken_up.case_id, "withdraw", actions.APPLICANT, NOW - timedelta(minutes=1))
    page = Page(li.post(f"/en/desk/{taken_up.number}/answer/", sent, follow=True))
    assert WORDS in page.text and "Somebody else acted" in page.text


def test_an_applicant_who_was_overtaken_finds_the_words_again(
    taken_up: actions.Lodged, language: str
) -> None:
    li = people.li()
    people.act(taken_up.case_id, "ask", li, NOW - timedelta(minutes=9), items="执照")
    seen = Case.objects.get(pk=taken_up.case_id).ver
    Case.objects.filter(pk=taken_up.case_id).update(ver=seen + 1)  # as any act in the meantime leaves it
    chen = Client()
    chen.post(f"/{language}/cases/track/", {"number": taken_up.number, "code": taken_up.code})
    where = f"/{language}/cases/track/{taken_up.number}/supply/"
    page = holds_everywhere(chen.post(where, {"supply-seen": seen, "supply-detail": WORDS}), language)
    assert WORDS in page.text
    again = {"supply-seen": page.values()["supply-seen"], "supply-detail": WORDS}
    assert chen.post(where, again).status_code == 302
    assert Case.objects.get(pk=taken_up.case_id).state == "handling"


def test_who_sends_after_the_visit_ended_hears_that_nothing_was_taken(
    taken_up: actions.Lodged, language: str
) -> None:
    said = {"en": "your visit had ended", "zh-hans": "已过期", "zh-hant": "已過期"}[language]
    for path in (f"desk/{taken_up.number}/answer/", f"cases/track/{taken_up.number}/letter/"):
        stranger = Client()
        response = stranger.post(f"/{language}/{path}", {"message": WORDS}, follow=True)
        assert response.status_code == 200 and said in Page(response).text, path
        assert said not in Page(Client().get(f"/{language}/{path}", follow=True)).text, "who only looked"


def test_a_step_that_is_sent_without_its_draft_says_so(units: None) -> None:
    lost = Client().post("/en/cases/new/consultation/question/", {"title": WORDS}, follow=True)
    assert "no longer holds that draft" in Page(lost).text
    assert "no longer holds" not in Page(Client().get("/en/cases/new/consultation/who/", follow=True)).text


def test_of_many_steps_and_letters_the_newest_stand_open(
    signed_in: SignedIn, taken_up: actions.Lodged
) -> None:
    li, at = people.li(), NOW - timedelta(minutes=50)
    for n in range(14):
        write_letter(taken_up.case_id, li, f"letter {n:02}.", at + timedelta(seconds=n))
    text = signed_in("wang").get(f"/en/desk/{taken_up.number}/").content.decode()
    folded = text.index("4 earlier letters")
    assert folded < text.index("letter 03.") < text.index("</details>", folded) < text.index("letter 04.")
    assert "You wrote" not in text, "the supervisor did not: each letter names who did"
    assert text.count("of the unit wrote") == 14


def test_the_page_of_a_matter_says_which_clock_stands_still_and_where(units: None, language: str) -> None:
    for matter in current().matters.values():
        page = Page(Client().get(f"/{language}/cases/new/{matter.id}/"))
        pausing = [clock for clock in matter.clocks.values() if clock.pause_in]
        assert len(guide_of(matter, current().matters).pauses) == len(pausing)
        still = {"en": "stands still while", "zh-hans": "暂停计算", "zh-hant": "暫停計算"}[language]
        assert still in page.text or not pausing
        for clock in pausing:
            assert matter.states[clock.pause_in[0]].title.say(language) in page.text


def test_the_page_after_the_last_one_of_a_search_leads_back(
    signed_in: SignedIn, taken_up: actions.Lodged
) -> None:
    title = Case.objects.get(pk=taken_up.case_id).title
    page = Page(signed_in("li").get("/en/desk/search/", {"q": title, "after": "50"}))
    assert "Nothing that you may read" not in page.text and "The list ends before this page" in page.text
