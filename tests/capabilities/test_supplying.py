"""Files that go with what was asked for: taken in like any other, read by whoever may read the field."""

from __future__ import annotations

import io
from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from PIL import Image
from tests import people
from tests.people import MONDAY, act

from qinglian.capabilities.cases import actions, queries
from qinglian.capabilities.cases.models import Case, CaseEvent
from qinglian.capabilities.cases.papers import held, of_case, of_supply
from qinglian.capabilities.cases.retention import erase_due

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("units")]
NOW = MONDAY + timedelta(hours=2)


@pytest.fixture(autouse=True)
def _now(monkeypatch: pytest.MonkeyPatch, settings: object, tmp_path: object) -> None:
    settings.DATA = tmp_path  # type: ignore[attr-defined]
    monkeypatch.setattr("django.utils.timezone.now", lambda: NOW)


@pytest.fixture
def case() -> Case:
    """李 has asked 陈 for a sealed page."""
    asked = people.chen_asks(email="").case_id
    act(asked, "accept", people.li(), MONDAY)
    act(asked, "ask", people.li(), MONDAY, items="盖章页")
    return Case.objects.get(pk=asked)


def owner(case: Case) -> tuple[Client, str]:
    browser = Client()
    browser.post("/zh-hant/cases/track/", {"number": case.number, "code": actions.code_from("chen")})
    return browser, f"/zh-hant/cases/track/{case.number}/"


def picture(shade: int) -> bytes:
    into = io.BytesIO()
    Image.new("RGB", (8, 8), (shade, 0, 0)).save(into, "PNG")
    return into.getvalue()


def sends(case: Case, *files: tuple[str, bytes], **more: str) -> object:
    browser, place = owner(case)
    seen = Case.objects.get(pk=case.pk).ver
    sent = {"supply-seen": seen, "supply-detail": "已補交", **more}
    sent["supply-files"] = [SimpleUploadedFile(name, data) for name, data in files]
    return browser.post(f"{place}supply/", sent)


def test_what_is_asked_for_is_sent_with_the_answer_and_both_sides_open_it(case: Case) -> None:
    browser, place = owner(case)
    page = browser.get(place).content.decode()
    assert "<ol><li>盖章页</li></ol>" in page
    assert 'enctype="multipart/form-data"' in page and 'name="supply-files"' in page
    answer = sends(case, ("盖章页.png", picture(1)), ("租约.png", picture(2)))
    assert answer.status_code == 302
    event = CaseEvent.objects.get(case=case, action="supply")
    slots = held(of_case(case.pk))
    assert [each.sha for each in slots[f"event-{event.seq}"]] == event.data["files"] and not held(
        of_supply(case.pk)
    )
    assert "盖章页" not in str(event.data), "no name of a file is in the record, nor in the log"
    page = browser.get(place).content.decode()
    assert page.count("盖章页.png") == 1 and "租约.png" in page
    sha = event.data["files"][0]
    sent = b"".join(browser.get(f"{place}file/{sha}/").streaming_content)
    assert Image.open(io.BytesIO(sent)).getpixel((0, 0)) == (1, 0, 0)
    li = people.browser("li")
    assert "盖章页.png" in li.get(f"/en/desk/{case.number}/").content.decode()
    assert li.get(f"/en/desk/{case.number}/file/{sha}/").status_code == 200
    people.qian()
    assert people.browser("qian").get(f"/en/desk/{case.number}/file/{sha}/").status_code == 404
    receipt = browser.get(f"{place}receipt/{event.seq}/").content.decode()
    assert "盖章页.png" in receipt and "租约.png" in receipt
    folded, kept = queries.refolded(case.number)
    assert folded.state == kept["state"] == "handling"


def test_a_file_that_cannot_be_taken_leaves_the_words_and_the_good_file(case: Case) -> None:
    answer = sends(case, ("good.png", picture(3)), ("bad.exe", b"MZ" + b"\0" * 200))
    assert answer.status_code == 422
    page = answer.content.decode()
    assert "已補交" in page and "good.png" in page and "bad.exe" in page
    assert (
        Case.objects.get(pk=case.pk).state == "awaiting"
        and not CaseEvent.objects.filter(action="supply").exists()
    )
    assert [each.name for each in held(of_supply(case.pk))["papers"]] == ["good.png"]
    assert sends(case).status_code == 302, "the good one needs not be sent again"
    assert len(CaseEvent.objects.get(action="supply").data["files"]) == 1


def test_a_file_is_taken_back_before_it_is_handed_in(case: Case) -> None:
    sends(case, ("one.png", picture(4)), ("two.png", picture(5)), **{"supply-detail": ""})
    first, second = held(of_supply(case.pk))["papers"]
    browser, place = owner(case)
    kept = {"supply-seen": case.ver, "supply-detail": "還沒寫完", "remove": f"papers:{first.sha}"}
    answer = browser.post(f"{place}supply/", kept)
    assert "還沒寫完" in answer.content.decode() and "one.png" not in answer.content.decode()
    assert [each.sha for each in held(of_supply(case.pk))["papers"]] == [second.sha]


def test_no_more_files_than_the_field_takes(case: Case) -> None:
    most = people.matter().fields["papers"].max or 0
    answer = sends(case, *((f"{n}.png", picture(10 + n)) for n in range(most + 1)))
    assert answer.status_code == 422 and len(held(of_supply(case.pk))["papers"]) == most


def test_files_are_sent_with_what_takes_them_and_with_nothing_else(case: Case) -> None:
    """Withdrawing takes none, and whoever has not the code sends none."""
    stranger = Client()
    address = f"/en/cases/track/{case.number}/supply/"
    sent = {
        "supply-files": [SimpleUploadedFile("x.png", picture(9))],
        "supply-detail": "x",
        "supply-seen": case.ver,
    }
    assert stranger.post(address, sent).status_code == 302
    browser, place = owner(case)
    browser.post(
        f"{place}withdraw/",
        {"withdraw-seen": case.ver, "withdraw-files": [SimpleUploadedFile("x.png", picture(9))]},
    )
    assert not held(of_supply(case.pk)) and not held(of_case(case.pk))


def test_they_go_when_the_words_of_the_case_go(case: Case) -> None:
    sends(case, ("盖章页.png", picture(6)))
    sends(case, ("late.png", picture(7)))  # it is not his turn any more: nothing is taken
    assert not held(of_supply(case.pk))
    act(case.pk, "answer", people.li(), NOW, answer="可以。")
    act(case.pk, "close", actions.APPLICANT, NOW)
    assert erase_due(NOW + timedelta(days=1200), 50)
    assert not held(of_case(case.pk))
    assert people.browser("li").get(f"/en/desk/{case.number}/").status_code == 200
