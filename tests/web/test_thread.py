"""Letters both ways, the call for a person, and receipts that anybody can check."""

from __future__ import annotations

import subprocess
import sys
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from django.utils import translation
from django.utils.translation import gettext
from tests import people
from tests.web.conftest import NOW
from tests.web.reading import Page, holds_everywhere

from qinglian.capabilities.cases import actions
from qinglian.capabilities.cases.history import person_awaited
from qinglian.capabilities.cases.models import Case, CaseEvent
from qinglian.capabilities.cases.rungs import fire_due
from qinglian.capabilities.cases.thread import LONGEST, MOST_A_DAY, ask_for_person, write_letter
from qinglian.capabilities.ledger.actions import open_trees, sequence
from qinglian.capabilities.ledger.queries import trust_text
from qinglian.capabilities.notices.letters import letter
from qinglian.capabilities.notices.models import Notice
from qinglian.faults import Fault

RARE = "𠮷·𡃁 (𬭎) 🙏🏽 J. Ng\n<b>&amp;"


def follows(lodged: actions.Lodged, language: str = "en") -> Client:
    browser = Client()
    browser.post(f"/{language}/cases/track/", {"number": lodged.number, "code": lodged.code})
    return browser


def where(lodged: actions.Lodged, end: str = "", language: str = "en") -> str:
    return f"/{language}/cases/track/{lodged.number}/{end}"


def log() -> None:
    while sequence(NOW + timedelta(hours=1)):
        pass


def test_a_letter_goes_both_ways_and_moves_nothing(units: None, language: str) -> None:
    lodged = people.he_asks(NOW)
    people.li()
    he, li = follows(lodged, language), people.browser("li")
    before = Case.objects.values("ver", "state", "due").get()
    assert he.post(where(lodged, "letter/", language), {"letter-message": RARE}).status_code == 302
    desk = f"/{language}/desk/{lodged.number}/"
    page = holds_everywhere(li.get(desk), language)
    assert RARE in page.text
    assert li.post(f"{desk}letter/", {"letter-message": "收到 🙏🏽"}).headers["Location"] == desk
    page = holds_everywhere(he.get(where(lodged, "", language)), language)
    assert RARE in page.text and "收到 🙏🏽" in page.text
    assert Case.objects.values("ver", "state", "due").get() == before
    events = CaseEvent.objects.filter(action__startswith="say:").order_by("seq")
    assert [(e.action, e.actor, e.data["message"], bool(e.entry_id)) for e in events] == [
        ("say:unit", "applicant", RARE.replace("\r\n", "\n"), True),
        ("say:applicant", "staff", "收到 🙏🏽", True),
    ]
    assert events[1].conflict_check_id is not None
    told = Notice.objects.order_by("-id").values_list("kind", "email")[0]
    assert told == ("say:applicant", "he@example.com")
    assert "收到" not in letter(Notice.objects.order_by("-id")[0]).body


def test_a_letter_in_what_is_held_closely_is_told_by_nothing_but_news(
    units: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    lodged = people.he_asks(NOW)
    Case.objects.update(sensitivity="sealed")
    write_letter(lodged.case_id, people.zhao(), "Come at nine.", NOW)
    notice = Notice.objects.exclude(email="").order_by("-id")[0]
    assert notice.kind == "news" and "written" not in letter(notice).body
    Case.objects.update(sensitivity="internal")
    write_letter(lodged.case_id, people.zhao(), "Come at ten.", NOW)
    with translation.override("zh-hant"):  # as he asked
        told = gettext("The unit has written to you.")
    assert told in letter(Notice.objects.order_by("-id")[0]).body
    assert Notice.objects.order_by("-id")[0].kind == "say:applicant"


def test_too_many_and_too_long_are_told_and_nothing_is_lost(units: None, language: str) -> None:
    lodged = people.he_asks(NOW)
    he = follows(lodged, language)
    long = he.post(where(lodged, "letter/", language), {"letter-message": "长" * (LONGEST + 1)})
    assert long.status_code == 422
    assert "长" * (LONGEST + 1) in holds_everywhere(long, language).text
    empty = he.post(where(lodged, "letter/", language), {"letter-message": " \n"})
    assert empty.status_code == 422 and not CaseEvent.objects.filter(action="say:unit").exists()
    for n in range(MOST_A_DAY):
        he.post(where(lodged, "letter/", language), {"letter-message": f"letter {n}"})
    flood = he.post(where(lodged, "letter/", language), {"letter-message": "one more"})
    assert flood.status_code == 422 and "one more" in Page(flood).text
    assert str(MOST_A_DAY) in Page(flood).text
    assert CaseEvent.objects.filter(action="say:unit").count() == MOST_A_DAY
    holds_everywhere(flood, language)
    write_letter(lodged.case_id, actions.APPLICANT, "one more", NOW + timedelta(days=1, seconds=1))


def test_the_same_letter_sent_twice_is_one(units: None) -> None:
    lodged = people.he_asks(NOW)
    he = follows(lodged)
    for _finger in range(2):
        assert he.post(where(lodged, "letter/"), {"letter-message": "again"}).status_code == 302
    assert CaseEvent.objects.filter(action="say:unit").count() == 1
    assert write_letter(lodged.case_id, actions.APPLICANT, "again", NOW + timedelta(minutes=10))


def test_nobody_else_writes_into_the_thread(units: None) -> None:
    lodged = people.he_asks(NOW)
    other = follows(people.chen_asks(NOW))
    assert other.post(where(lodged, "letter/"), {"letter-message": "x"}).headers["Location"] == (
        "/en/cases/track/"
    )
    people.qian()
    people.wang()
    assert people.browser("qian").post(
        f"/en/desk/{lodged.number}/letter/", {"letter-message": "x"}
    ).status_code == 404  # fmt: skip
    wang = people.browser("wang").post(f"/en/desk/{lodged.number}/letter/", {"letter-message": "x"})
    assert wang.status_code == 422, "a supervisor reads, and does not write for the unit"
    assert not CaseEvent.objects.filter(action__startswith="say:").exists()


def test_what_has_ended_takes_no_letter(units: None) -> None:
    lodged = people.he_asks(NOW)
    people.act(lodged.case_id, "withdraw", actions.APPLICANT, NOW)
    answer = follows(lodged).post(where(lodged, "letter/"), {"letter-message": "x"})
    assert answer.status_code == 422
    with pytest.raises(Fault, match="ended"):
        ask_for_person(lodged.case_id, actions.APPLICANT, NOW)


def answered() -> actions.Lodged:
    lodged = people.he_asks(NOW)
    people.act(lodged.case_id, "accept", people.li(), NOW)
    people.act(lodged.case_id, "answer", people.li(), NOW)
    return lodged


def test_a_call_for_a_person_stops_what_happens_by_itself(units: None, language: str) -> None:
    lodged, left = answered(), people.chen_asks(NOW)
    people.act(left.case_id, "accept", people.li(), NOW)
    people.act(left.case_id, "answer", people.li(), NOW)
    he = follows(lodged, language)
    for _finger in range(2):
        assert he.post(where(lodged, "person/", language)).status_code == 302
    assert CaseEvent.objects.filter(case=lodged.case_id, action="call:person").count() == 1
    page = holds_everywhere(he.get(where(lodged, "", language)), language)
    assert not page.all("form", action=where(lodged, "person/", language))
    li = people.li().person_id
    assert Notice.objects.filter(kind="call:person", person=li).count() == 1
    fire_due(NOW + timedelta(days=16))
    assert Case.objects.get(pk=lodged.case_id).state == "answered"
    assert Case.objects.get(pk=left.case_id).state == "closed", "the other one closed by itself"
    assert Notice.objects.filter(kind="alarm", subject=lodged.number).exists()


def test_once_a_person_has_written_the_matter_takes_its_course(units: None) -> None:
    lodged = answered()
    ask_for_person(lodged.case_id, actions.APPLICANT, NOW)
    assert person_awaited(lodged.case_id)
    write_letter(lodged.case_id, people.li(), "I have looked at it.", NOW + timedelta(hours=1))
    assert not person_awaited(lodged.case_id)
    fire_due(NOW + timedelta(days=16))
    assert Case.objects.get(pk=lodged.case_id).state == "closed"


def test_a_call_in_a_case_that_nobody_has_goes_to_those_who_give_cases(units: None) -> None:
    people.zhao()
    lodged = people.he_asks(NOW)
    ask_for_person(lodged.case_id, actions.APPLICANT, NOW)
    told = Notice.objects.filter(kind="call:person").values_list("unit", "person__name")
    assert set(told) == {(None, "赵（示例）"), (people.UNIT, None)}


def test_a_receipt_is_dated_numbered_and_checked_offline(
    db: None, language: str, tmp_path: Path, settings: Any
) -> None:
    settings.DATA, settings.LOG_WITNESSES = tmp_path, tmp_path / "witnesses.toml"
    open_trees(people.MONDAY)
    people.units()
    lodged = people.he_asks(NOW, title=f"{people.HE['title']} 𬭎")
    people.act(lodged.case_id, "ask", people.li(), NOW)
    people.act(lodged.case_id, "supply", actions.APPLICANT, NOW, detail="𠮷 已補交 🙏🏽")
    he = follows(lodged, language)
    pending = holds_everywhere(he.get(where(lodged, "receipt/1/", language)), language)
    log()
    for seq, said in ((1, "𬭎"), (3, "𠮷 已補交 🙏🏽")):
        page = holds_everywhere(he.get(where(lodged, f"receipt/{seq}/", language)), language)
        assert f"{lodged.number}/{seq}" in page.text and said in page.text
        assert "2026-03-02T04:00:00" in str(page.all("time")), "noon in Shenzhen, to the second"
        record = he.get(where(lodged, f"record/{seq}/", language))
        file, keys = tmp_path / f"{seq}.json", tmp_path / "keys.toml"
        file.write_bytes(record.content)
        assert said in record.content.decode(), "the record keeps the rare signs as they are"
        keys.write_text(trust_text())
        ran = _verify(file, keys)
        assert ran.returncode == 0, ran.stdout + ran.stderr
        file.write_text(record.content.decode().replace(said, "something else"))
        assert _verify(file, keys).returncode == 1
    assert he.get(where(lodged, "receipt/2/", language)).status_code == 404, "the unit's own act"
    assert he.get(where(lodged, "receipt/9/", language)).status_code == 404
    assert pending.text.count(lodged.number) >= 2


def _verify(file: Path, keys: Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "qinglian", "verify", file, "--trust", keys]
    return subprocess.run(command, capture_output=True, text=True)


def test_the_status_page_says_who_has_it_and_who_was_first(units: None, language: str) -> None:
    lodged = people.he_asks(NOW)
    people.act(lodged.case_id, "accept", people.li(), NOW)
    he = follows(lodged, language)
    assert "李（示例）" in holds_everywhere(he.get(where(lodged, "", language)), language).text
    Case.objects.update(unit_holding=people.OTHER_UNIT)
    from qinglian.zone.current import current

    page = Page(he.get(where(lodged, "", language)))
    for unit in (people.UNIT, people.OTHER_UNIT):
        assert current().units[unit].title.say(language) in page.text
