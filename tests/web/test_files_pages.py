"""Files of a case: sent without losing what was typed, listed, removed, lodged, read by who may."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings as conf
from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import HttpResponse
from django.test import Client
from django.utils.translation import gettext, override
from tests import people
from tests.capabilities import hostile as h
from tests.web.reading import Page, holds_everywhere

from qinglian.capabilities.cases import papers
from qinglian.capabilities.cases.models import Case, Draft
from qinglian.capabilities.cases.retention import erase_due
from qinglian.capabilities.files import actions as files
from qinglian.capabilities.files import store
from qinglian.capabilities.files.inspection import refusals
from qinglian.capabilities.files.models import FileUse, StoredFile
from qinglian.capabilities.ledger.models import Entry, EntryField
from qinglian.zone.current import current

WHO = {key: people.CHEN[key] for key in ("kind", "name", "place")}
SHOWN = {"shown": ["kind", "name", "place", "regno"]}
QUESTION = {key: people.CHEN[key] for key in ("topic", "title", "detail")}
PLACE = "/{}/cases/new/consultation/{}/"
PDF, PHOTO = h.GOOD["pdf"], h.GOOD["jpg"]


@pytest.fixture(autouse=True)
def _own_folder(tmp_path: Path, settings: Any) -> None:
    settings.DATA = tmp_path


@pytest.fixture
def asking(browser: Client, language: str) -> Client:
    browser.post(PLACE.format(language, "begin"))
    assert browser.post(PLACE.format(language, "who"), WHO | SHOWN).status_code == 302
    return browser


def file(name: str, data: bytes) -> SimpleUploadedFile:
    return SimpleUploadedFile(
        name, data, content_type="text/html"
    )  # what a browser says of it counts for nothing


def send(client: Client, language: str, *sent: SimpleUploadedFile, **typed: str) -> HttpResponse:
    return client.post(PLACE.format(language, "question"), QUESTION | {"papers": list(sent)} | typed)


def listed(response: HttpResponse) -> list[str]:
    """Names beside a button that removes them, or under a link."""
    page = Page(response)
    return [use.name for use in FileUse.objects.order_by("id") if use.name in page.text]


def lodge(client: Client, language: str) -> Case:
    client.post(PLACE.format(language, "check"))
    client.post(f"/{language}/cases/lodged/")
    return Case.objects.get()


def body(response: HttpResponse) -> bytes:
    return b"".join(response.streaming_content)


def test_papers_go_with_the_question_and_are_read_where_they_may_be(
    asking: Client, language: str, signed_in: Callable[[str], Client]
) -> None:
    sent = send(asking, language, file("合同.pdf", PDF), file("IMG_0001.JPG", PHOTO))
    assert sent.headers["Location"] == PLACE.format(language, "check")
    checking = asking.get(PLACE.format(language, "check"))
    holds_everywhere(checking, language)
    assert listed(checking) == ["合同.pdf", "IMG_0001.jpg"]
    draft_file = next(
        a["href"] for a in Page(checking).all("a") if "/cases/new/consultation/file/" in str(a["href"])
    )
    assert body(asking.get(str(draft_file))) == PDF
    assert Client().get(str(draft_file)).status_code == 404

    case = lodge(asking, language)
    assert case.answers["papers"] == [store.sha_of(PDF), StoredFile.objects.get(kind="jpg").sha]
    status = asking.get(f"/{language}/cases/track/{case.number}/")
    holds_everywhere(status, language)
    desk = signed_in("li").get(f"/{language}/desk/{case.number}/")
    holds_everywhere(desk, language)
    for page, client in ((status, asking), (desk, people.browser("li"))):
        links = [str(a["href"]) for a in Page(page).all("a") if "/file/" in str(a["href"])]
        assert len(links) == 2
        first, second = (client.get(link) for link in links)
        assert body(first) == PDF and h.SECRET.encode() not in body(second)
        assert first["Content-Type"] == "application/pdf"
        assert first["Content-Disposition"].startswith("attachment")
        assert first["Content-Security-Policy"].startswith("sandbox")
        assert first["X-Content-Type-Options"] == "nosniff"
        assert client.get(links[0].replace(store.sha_of(PDF), "0" * 64)).status_code == 404
    with override(language):
        assert gettext("not scanned for viruses") in Page(desk).text
        assert gettext("not scanned for viruses") not in Page(status).text

    own = f"/{language}/cases/track/{case.number}/file/{store.sha_of(PDF)}/"
    assert asking.get(str(draft_file)).status_code == 404, "the draft has become the case"
    assert Client().get(own).status_code == 302
    at_desk = f"/{language}/desk/{case.number}/file/{store.sha_of(PDF)}/"
    assert signed_in("qian").get(at_desk).status_code == 404
    assert signed_in("outsider").get(at_desk).status_code == 403
    assert Client().get(at_desk).status_code == 302


def test_a_file_that_fails_leaves_the_form_filled_and_the_others_kept(asking: Client, language: str) -> None:
    response = send(
        asking, language, file("好.pdf", PDF), file("坏\u202e.jpg", b"<html><script>"), file("c.png", b"")
    )
    assert response.status_code == 422
    page = holds_everywhere(response, language)
    assert page.values()["title"] == QUESTION["title"] and QUESTION["detail"] in page.text
    with override(language):
        for name, why in (("坏.jpg", refusals.MARKUP), ("c.png", refusals.EMPTY)):
            assert gettext("“%(name)s”: %(why)s.") % {"name": name, "why": gettext(why)} in page.text
    assert listed(response) == ["好.pdf"] and page.all("button", name="remove")
    assert [each["enctype"] for each in page.all("form") if "enctype" in each] == ["multipart/form-data"]
    assert send(asking, language).status_code == 302
    assert Draft.objects.get().answers["papers"] == [store.sha_of(PDF)]


def test_files_stay_when_another_answer_fails(asking: Client, language: str) -> None:
    response = send(asking, language, file("a.pdf", PDF), title="")
    assert response.status_code == 422
    holds_everywhere(response, language)
    assert listed(response) == ["a.pdf"]
    assert listed(asking.get(PLACE.format(language, "question"))) == ["a.pdf"]
    assert send(asking, language).status_code == 302
    assert lodge(asking, language).answers["papers"] == [store.sha_of(PDF)]


def test_a_file_is_removed_by_its_button_and_what_was_typed_stays(asking: Client, language: str) -> None:
    send(asking, language, file("a.pdf", PDF), file("b.jpg", PHOTO))
    kept = StoredFile.objects.get(kind="jpg").sha
    response = send(asking, language, remove=f"papers:{store.sha_of(PDF)}", title="half a ti")
    assert response.status_code == 200
    page = holds_everywhere(response, language)
    assert page.values()["title"] == "half a ti" and listed(response) == ["b.jpg"]
    assert Draft.objects.get().answers["papers"] == [kept]
    send(asking, language, remove=f"papers:{kept}")
    assert "papers" not in Draft.objects.get().answers and not FileUse.objects.exists()
    for wrong in ("papers:", "title:x", ":", "papers:\x00"):
        assert send(asking, language, remove=wrong).status_code == 200


def test_the_first_button_of_the_form_goes_on(browser: Client) -> None:
    """Enter in a line of text presses the first button: it must not remove a file."""
    browser.post(PLACE.format("en", "begin"))
    browser.post(PLACE.format("en", "who"), WHO | SHOWN)
    send(browser, "en", file("a.pdf", PDF))
    page = Page(browser.get(PLACE.format("en", "question")))
    start = next(n for n, (tag, has) in enumerate(page.tags) if tag == "form" and "enctype" in has)
    first = next(has for tag, has in page.tags[start:] if tag == "button")
    assert "name" not in first


def test_one_too_many_and_one_too_large(asking: Client, language: str, settings: Any) -> None:
    response = send(asking, language, *(file(f"{n}.pdf", h.pdf_with("/N", n)) for n in range(4)))
    assert response.status_code == 422 and len(listed(response)) == 3
    with override(language):
        assert gettext(refusals.TOO_MANY) % {"most": 3} in Page(response).text
    settings.FILE_MB = 1
    response = send(asking, language, file("big.pdf", b"%PDF-" + bytes(1_500_000)))
    assert response.status_code == 422
    page = Page(response)
    with override(language):
        assert gettext(refusals.TOO_LARGE) % {"most": 1} in page.text
    assert page.values()["title"] == QUESTION["title"] and len(listed(response)) == 3
    assert not [path for path in Path(conf.FILE_UPLOAD_TEMP_DIR).glob("*.upload*")]


def test_a_scanner_that_is_away_says_so_and_nothing_is_lost(
    asking: Client, language: str, settings: Any
) -> None:
    settings.FILE_SCANNER = "unix:/nowhere"
    response = send(asking, language, file("a.pdf", PDF))
    assert response.status_code == 422
    page = holds_everywhere(response, language)
    with override(language):
        assert gettext(refusals.UNSCANNED) in page.text
    assert page.values()["title"] == QUESTION["title"] and not StoredFile.objects.exists()


def test_a_hash_alone_opens_nothing(asking: Client, language: str) -> None:
    """Somebody knows what another has sent: neither a typed hash nor a forged answer brings it to him."""
    limits = papers.limits(current().matters["consultation"].fields["papers"])
    sha = files.take_in(file("a.pdf", PDF), limits, people.MONDAY, holder="case:99", slot="papers").sha
    assert asking.post(PLACE.format(language, "question"), QUESTION | {"papers": sha}).status_code == 302
    assert "papers" not in Draft.objects.get().answers
    Draft.objects.update(answers=WHO | QUESTION | {"papers": [sha]})
    case = lodge(asking, language)
    assert "papers" not in case.answers
    assert asking.get(f"/{language}/cases/track/{case.number}/file/{sha}/").status_code == 404


def test_no_name_of_a_file_enters_the_log(asking: Client, language: str) -> None:
    send(asking, language, file("何先生身份證.pdf", PDF))
    case = lodge(asking, language)
    told = str(list(Entry.objects.values_list("data", flat=True)))
    told += str(
        [
            bytes(v) if isinstance(v, memoryview) else v
            for v in EntryField.objects.values_list("value", flat=True)
        ]
    )
    assert "身份證" not in told and store.sha_of(PDF) in told
    assert "身份證" not in str(case.answers)


def test_a_put_aside_draft_keeps_its_files_and_its_saved_text_does_not_name_them(
    asking: Client, language: str
) -> None:
    response = send(asking, language, file("a.pdf", PDF), later="1")
    assert response.status_code == 302
    assert Draft.objects.get().answers["papers"] == [store.sha_of(PDF)]
    saved = asking.get(PLACE.format(language, "keep") + "file/")
    if saved.status_code == 200:
        assert store.sha_of(PDF) not in saved.content.decode() and "a.pdf" not in saved.content.decode()


def test_files_are_erased_with_the_draft_and_with_the_case(
    browser: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    browser.post(PLACE.format("en", "begin"))
    browser.post(PLACE.format("en", "who"), WHO | SHOWN)
    send(browser, "en", file("a.pdf", PDF))
    Draft.objects.update(touched_at=people.MONDAY.replace(year=2025))
    erase_due(people.MONDAY)
    assert not FileUse.objects.exists() and files.sweep(people.MONDAY) == 1
    assert not store.path_of(store.sha_of(PDF)).exists()

    browser.post(PLACE.format("en", "begin"))
    browser.post(PLACE.format("en", "who"), WHO | SHOWN)
    send(browser, "en", file("a.pdf", PDF))
    case = lodge(browser, "en")
    Case.objects.filter(pk=case.pk).update(open=False, closed_at=people.MONDAY.replace(year=2000))
    zone = replace(current(), retention={"case-content": 30})
    monkeypatch.setattr("qinglian.zone.current._zone", zone)
    erase_due(people.MONDAY)
    assert not FileUse.objects.exists() and files.sweep(people.MONDAY) == 1
    assert store.sha_of(PDF) not in str(Case.objects.get().answers)
