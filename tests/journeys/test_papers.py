"""何 sends papers from a telephone: a wrong one, a PDF and a photograph; 李 reads them at the desk."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from playwright.sync_api import Locator, expect
from tests.capabilities import hostile as h
from tests.journeys import steps
from tests.journeys.visitor import Visitor

Somebody = Callable[..., Visitor]
PHONE = {"viewport": {"width": 390, "height": 844}, "device_scale_factor": 2, "has_touch": True}


def fetched(visitor: Visitor, link: Locator) -> bytes:
    with visitor.page.expect_download() as waiting:
        link.click()
    return Path(waiting.value.path()).read_bytes()


def test_papers_go_with_a_question_from_a_telephone_without_script(
    somebody: Somebody, tmp_path: Path
) -> None:
    he = somebody("zh-hant", axe=False, java_script_enabled=False, **PHONE)
    page = he.page
    given = {
        "公證文書.pdf": h.GOOD["pdf"],
        "IMG_2046.jpg": h.photo(width=900, height=600),
        "網頁.jpg": b"<html>",
    }
    for name, data in given.items():
        (tmp_path / name).write_bytes(data)
    he.goes("cases/new/consultation/")
    he.sends()
    for name, value in (("kind", "individual"), ("place", "HK")):
        he.chooses(name, value)
    he.writes("name", "何（示例）")
    he.sends()
    he.chooses("topic", "other")
    he.writes("title", steps.TITLE["zh-hant"])
    he.writes("detail", "兩行\n文字")
    page.locator('input[type="file"]').set_input_files([tmp_path / name for name in given])
    he.sends()
    expect(page.locator(".summary")).to_contain_text("網頁.jpg")
    expect(page.locator('[name="title"]')).to_have_value(steps.TITLE["zh-hant"])
    expect(page.locator(".papers li")).to_have_count(2)
    he.looks("papers-again")
    he.sends()
    page.wait_for_url("**/check/")
    he.looks("papers-check")
    he.sends()
    page.wait_for_url("**/cases/lodged/")
    number = page.locator(".big.code").first.inner_text()
    he.sends()
    page.wait_for_url(f"**/cases/track/{number}/")
    he.looks("papers-status")
    links = page.locator(".papers a")
    assert fetched(he, links.first) == given["公證文書.pdf"]
    photo = fetched(he, links.last)
    assert photo[:3] == b"\xff\xd8\xff"
    assert h.SECRET.encode() in given["IMG_2046.jpg"] and h.SECRET.encode() not in photo

    li = somebody("zh-hant")
    steps.signs_in(li)
    steps.opens(li, number)
    li.looks("papers-desk")
    assert fetched(li, li.page.locator(".papers a").first) == given["公證文書.pdf"]


def test_a_form_with_papers_has_no_barrier(somebody: Somebody, tmp_path: Path) -> None:
    he = somebody("en")
    (tmp_path / "deed.pdf").write_bytes(h.GOOD["pdf"])
    he.goes("cases/new/consultation/")
    he.sends()
    for name, value in (("kind", "individual"), ("place", "HK")):
        he.chooses(name, value)
    he.writes("name", "何（示例）")
    he.sends()
    he.page.locator('input[type="file"]').set_input_files(tmp_path / "deed.pdf")
    he.sends()
    expect(he.page.locator(".papers li")).to_have_count(1)
    he.looks("papers-listed")
    he.page.get_by_role("button", name="Remove deed.pdf").click()
    expect(he.page.locator(".papers li")).to_have_count(0)
    he.looks("papers-removed")
