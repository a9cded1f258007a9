"""What waits for staff, and the alarm for what could not be delivered, in three languages."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from tests import people
from tests.web.conftest import NOW
from tests.web.reading import Page, holds_everywhere

from qinglian.capabilities.cases.models import Case, ClockRung
from qinglian.capabilities.cases.rungs import fire_due
from qinglian.capabilities.notices.models import Notice

SignedIn = Callable[[str], Client]


def count(page: Page) -> str:
    return page.text.split("not read yet")[0].split()[-1] if "not read yet" in page.text else ""


def test_a_unit_s_notice_waits_until_somebody_of_it_reads(signed_in: SignedIn, language: str) -> None:
    case = people.chen_asks()
    li, wang = signed_in("li"), signed_in("wang")
    page = holds_everywhere(li.get(f"/{language}/desk/notices/"), language)
    assert case.number in page.text
    assert Page(wang.get("/en/desk/")).all("span", **{"class": "count"})
    notice = Notice.objects.get(subject=case.number)
    assert li.post(f"/{language}/desk/notices/{notice.pk}/").status_code == 302
    notice.refresh_from_db()
    assert notice.read_by is not None and notice.read_by.name == "李（示例）"
    assert not Page(wang.get("/en/desk/")).all("span", **{"class": "count"})
    page = holds_everywhere(wang.get(f"/{language}/desk/notices/?show=all"), language)
    assert case.number in page.text and "李（示例）" in page.text


def test_a_number_stands_only_where_the_case_itself_may_be_read(signed_in: SignedIn, language: str) -> None:
    """A notice is for a whole unit; the supervisor of it is not cleared for what is confidential."""
    case = people.chen_asks()
    Case.objects.update(sensitivity="confidential")
    li, wang = signed_in("li"), signed_in("wang")
    for asked in ("", "?show=all"):
        answer = wang.get(f"/{language}/desk/notices/{asked}")
        assert case.number not in answer.content.decode()
        assert holds_everywhere(answer, language).all("button")  # and may still be marked as read
        assert case.number in li.get(f"/{language}/desk/notices/{asked}").content.decode()
    Notice.objects.exclude(email="").update(stuck=True)
    assert case.number not in wang.get(f"/{language}/desk/outbox/").content.decode()
    Case.objects.update(sensitivity="internal")
    assert case.number in wang.get(f"/{language}/desk/notices/").content.decode()


def test_another_unit_sees_and_marks_nothing(signed_in: SignedIn) -> None:
    case = people.chen_asks()
    qian = signed_in("qian")
    assert case.number not in qian.get("/en/desk/notices/?show=all").content.decode()
    qian.post(f"/en/desk/notices/{Notice.objects.get().pk}/")
    qian.post("/en/desk/notices/")
    assert Notice.objects.get().read_at is None


def test_what_is_for_one_person_is_read_by_that_one(signed_in: SignedIn) -> None:
    case = people.chen_asks()
    li, wang = signed_in("li"), signed_in("wang")
    ClockRung.objects.filter(do="remind:clerk").update(due=NOW - timedelta(minutes=1))
    assert fire_due(NOW) == 1
    said = Page(li.get("/en/desk/notices/")).text
    assert "A deadline is near" in said and "You" in said
    assert "A deadline is near" not in wang.get("/en/desk/notices/").content.decode()
    wang.post("/en/desk/notices/")
    assert Notice.objects.get(kind="deadline-near", subject=case.number).read_at is None
    li.post("/en/desk/notices/")
    assert Notice.objects.get(kind="deadline-near").read_by is not None
    assert "Everything has been read" in li.get("/en/desk/notices/").content.decode()


def test_only_whoever_supervises_sees_the_outbox(signed_in: SignedIn, browser: Client) -> None:
    assert browser.get("/en/desk/outbox/").status_code == 302
    assert signed_in("li").get("/en/desk/outbox/").status_code == 403
    assert signed_in("wang").get("/en/desk/outbox/").status_code == 200


def alarms(browser: Client, path: str) -> set[str]:
    """Where the alarms of a page lead to; that nobody is on duty in a room of the zone is one of its own."""
    told = browser.get(path).content.decode()
    return set(re.findall(r'role="alert">.*?<a href="([^"]+)"', told))


def test_what_is_stuck_is_an_alarm_on_every_page_until_it_is_tried_again(
    signed_in: SignedIn, language: str
) -> None:
    case = people.he_asks()
    letter = Notice.objects.exclude(email="")
    letter.update(stuck=True, attempts=7, last_error="SMTPRecipientsRefused 550")
    li, wang = signed_in("li"), signed_in("wang")
    for path in ("desk/", "cases/", ""):
        assert f"/{language}/desk/outbox/" in alarms(wang, f"/{language}/{path}")
        assert not Page(li.get(f"/{language}/{path}")).all("div", role="alert")
    page = holds_everywhere(wang.get(f"/{language}/desk/outbox/"), language)
    assert case.number in page.text and "550" in page.text and "he@example.com" not in page.text
    assert wang.post(f"/{language}/desk/outbox/").status_code == 302
    assert not letter.get().stuck and letter.get().attempts == 0
    assert f"/{language}/desk/outbox/" not in alarms(wang, f"/{language}/desk/")


@pytest.mark.parametrize("ready", [True, False])
def test_letters_that_nobody_sends_are_an_alarm(signed_in: SignedIn, settings: Any, ready: bool) -> None:
    settings.MAIL_READY = ready
    people.he_asks(NOW - timedelta(hours=1))
    ClockRung.objects.update(due=None)
    said = signed_in("wang").get("/en/desk/outbox/").content.decode()
    assert ("is the worker running?" in said) == ready
    assert ("No mail server is set up" in said) == (not ready)


def test_deadlines_that_nobody_watches_are_an_alarm(signed_in: SignedIn) -> None:
    people.chen_asks()
    wang = signed_in("wang")
    assert "/en/desk/" not in alarms(wang, "/en/desk/")
    ClockRung.objects.update(due=NOW - timedelta(hours=1))
    assert "is the worker running?" in wang.get("/en/desk/").content.decode()
    ClockRung.objects.update(failures=2)
    assert "could not be taken" in wang.get("/en/desk/").content.decode()
