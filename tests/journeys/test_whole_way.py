"""From the question to its end, in three languages, on a phone, without script, and without a mouse."""

from __future__ import annotations

from collections.abc import Callable
from fnmatch import fnmatch

import pytest
from playwright.sync_api import expect
from tests.journeys import steps
from tests.journeys.visitor import Visitor

Somebody = Callable[..., Visitor]
PHONE = {"viewport": {"width": 390, "height": 844}, "device_scale_factor": 2, "has_touch": True}


def _walk(he: Visitor, li: Visitor, back: Callable[[], Visitor]) -> None:
    """何 asks, 李 answers, 何 asks again, 李 answers again, and 何, come back later, closes."""
    language = he.language
    kept = steps.lodges(he)
    steps.sees(he, "received", due=True)
    he.looks("status")
    steps.signs_in(li)
    li.looks("desk")
    steps.opens(li, kept.number)
    li.looks("desk-case")
    li.acts("accept")
    steps.sees(li, "handling", due=True)
    li.acts("answer", answer=steps.ANSWER[language])
    steps.sees(li, "answered", due=True)
    li.looks("desk-answered")
    he.page.reload()
    expect(he.page.locator(".answer")).to_have_text(steps.ANSWER[language])
    he.looks("status-answered")
    he.acts("reopen", reason="?")
    steps.sees(he, "handling", due=True)
    expect(he.form("reopen")).to_have_count(0)
    steps.opens(li, kept.number)
    li.acts("answer", answer=steps.ANSWER[language] * 2)
    later = back()
    steps.follows(later, kept)
    expect(later.page.locator(".answer")).to_have_text(steps.ANSWER[language] * 2)
    later.acts("close")
    steps.sees(later, "closed", due=False)
    later.looks("status-closed")


@pytest.mark.parametrize("language", ["zh-hans", "zh-hant", "en"])
def test_a_question_is_asked_answered_asked_again_and_closed(somebody: Somebody, language: str) -> None:
    _walk(somebody(language), somebody(language), lambda: somebody(language))


def test_the_whole_way_on_a_phone(somebody: Somebody) -> None:
    def on_the_way() -> Visitor:
        return somebody("zh-hant", axe=False, **PHONE)

    he = on_the_way()
    _walk(he, on_the_way(), on_the_way)
    he.axe = True
    he.page.reload()
    he.looks("status-closed")


def test_the_whole_way_without_script(somebody: Somebody) -> None:
    def plain() -> Visitor:
        return somebody("en", axe=False, java_script_enabled=False)

    _walk(plain(), plain(), plain)


def test_a_pause_an_extension_and_an_end_by_the_applicant(somebody: Somebody) -> None:
    """李 asks for what is missing, 何 supplies it, 赵 gives more time, 何 withdraws."""
    he, li, zhao = (somebody("zh-hant") for _each in range(3))
    kept = steps.lodges_quickly(he)
    steps.signs_in(li)
    steps.opens(li, kept.number)
    li.acts("ask", items="公證文書副本")
    steps.sees(li, "awaiting", due=False)
    he.page.reload()
    expect(he.page.locator(".said").first).to_have_text("公證文書副本")
    he.looks("status-awaiting")
    he.acts("supply", detail="已補交")
    steps.sees(he, "handling", due=True)
    before = he.page.locator(".clock > h2 time").get_attribute("datetime")
    steps.signs_in(zhao, "zhao")
    steps.opens(zhao, kept.number)
    zhao.looks("desk-case-head")
    zhao.acts("extend/answer-in", "extend-answer-in", reason="需要核對")
    he.page.reload()
    after = he.page.locator(".clock > h2 time").get_attribute("datetime")
    assert before is not None and after is not None and after > before
    he.looks("status-extended")
    he.acts("withdraw")
    steps.sees(he, "withdrawn", due=False)


class Keyboard:
    """Hands that know Tab, Space, the arrows and Enter."""

    def __init__(self, visitor: Visitor) -> None:
        self.visitor, self.page = visitor, visitor.page

    def reaches(self, css: str) -> None:
        for _step in range(90):
            self.page.keyboard.press("Tab")
            if self.page.evaluate("css => document.activeElement.matches(css)", css):
                style = "() => getComputedStyle(document.activeElement).outlineStyle"
                assert self.page.evaluate(style) != "none", f"{css} does not show that it has the focus"
                return
        raise AssertionError(f"{self.page.url}: Tab never comes to {css}")

    def presses(self, css: str, key: str = "Enter") -> None:
        self.reaches(css)
        self.page.keyboard.press(key)

    def goes_by(self, css: str) -> None:
        with self.page.expect_navigation():
            self.presses(css)

    def writes(self, css: str, text: str) -> None:
        self.reaches(css)
        self.page.keyboard.type(text)


def test_a_question_is_lodged_with_the_keyboard_alone(somebody: Somebody) -> None:
    visitor = somebody("en", axe=False)
    hands, page = Keyboard(visitor), visitor.page
    visitor.goes("")
    page.keyboard.press("Tab")
    expect(page.locator(".skip")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator("#main")).to_be_focused()
    hands.goes_by('main a[href$="/cases/"]')
    hands.goes_by('main a[href$="/consultation/"]')
    hands.goes_by("main form button")
    hands.presses('input[name="kind"]', "Space")
    page.keyboard.press("ArrowDown")
    hands.writes('input[name="name"]', "He (example)")
    hands.presses('input[name="place"]', "Space")
    hands.goes_by("main form button")
    assert fnmatch(page.url, "*/question/")
    hands.presses('input[name="topic"]', "Space")
    hands.writes('[name="title"]', steps.TITLE["en"])
    hands.writes('[name="detail"]', "As above.")
    hands.goes_by("main form button")
    assert fnmatch(page.url, "*/check/")
    hands.goes_by("main form button")
    assert fnmatch(page.url, "*/lodged/")
    hands.goes_by("main form button")
    assert fnmatch(page.url, "*/cases/track/ZX-*/")
    hands.presses("details summary")
    expect(page.locator("details[open]").first).to_be_visible()
    visitor.looks()
