"""Every other page: no barrier, no overflow, and good on paper."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date

import pytest
from django.test import RequestFactory
from playwright.sync_api import Route, expect
from tests.journeys import steps
from tests.journeys.visitor import Visitor

from qinglian.web.unavailable import broke
from qinglian.zone.current import current

Somebody = Callable[..., Visitor]
PUBLIC = {
    "": 200,
    "measures/": 200,
    "cases/calendars/": 200,
    f"cases/calendars/CN/{date.today().year}/": 200,
    f"cases/calendars/HK/{date.today().year}/": 200,
    "figures/": 200,
    "figures/cases.answered-in-time/": 200,
    "data/": 200,
    "data/dictionary/": 200,
    "no/such/page/": 404,
}
PHONE = {"viewport": {"width": 390, "height": 844}}


def _pages() -> dict[str, int]:
    measures = current().measures
    proposing = next((m for m in measures if m.proposal), measures[0])
    return PUBLIC | {f"measures/{proposing.id}/": 200}


@pytest.mark.parametrize("language", ["zh-hans", "zh-hant", "en"])
def test_public_pages_have_no_barrier(somebody: Somebody, language: str) -> None:
    visitor = somebody(language)
    for path, status in _pages().items():
        assert visitor.goes(path).status == status
        visitor.looks(re.sub(r"\W+", "-", path).strip("-") or "front")


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_public_pages_fit_a_phone(somebody: Somebody, language: str) -> None:
    visitor = somebody(language, axe=False, **PHONE)
    for path in [*_pages(), "cases/", "cases/new/consultation/", "cases/track/", "sign-in/"]:
        visitor.goes(path)
        visitor.looks(re.sub(r"\W+", "-", path).strip("-") or "front")
    for measure in current().measures[::9]:
        visitor.goes(f"measures/{measure.id}/")
        visitor.fits()


@pytest.mark.parametrize("language", ["zh-hans", "zh-hant", "en"])
def test_a_form_without_its_mark_is_refused_on_a_page_like_any_other(
    somebody: Somebody, language: str
) -> None:
    visitor = somebody(language)
    visitor.goes("cases/track/")
    visitor.context.clear_cookies()
    visitor.writes("number", "ZX-2026-000001-7")
    visitor.writes("code", "0")
    with visitor.page.expect_navigation() as sent:
        visitor.sends()
    assert sent.value.status == 403
    visitor.looks("csrf")


def test_an_unreadable_request_is_refused_on_a_proper_page(somebody: Somebody) -> None:
    visitor = somebody("en")
    visitor.goes("cases/track/")
    visitor.page.evaluate(
        """() => { for (let i = 0; i < 300; i++) {
            const more = document.createElement("input")
            more.name = "more" + i
            document.querySelector("main form").append(more)
        } }"""
    )
    with visitor.page.expect_navigation() as sent:
        visitor.sends()
    assert sent.value.status == 400
    visitor.looks("bad-request")


def test_the_page_of_a_breakdown_has_no_barrier(somebody: Somebody) -> None:
    """It cannot be asked for: it is shown as the platform would send it, with the platform's look."""
    visitor = somebody("zh-hans")
    body = broke(RequestFactory().get("/zh-hans/")).content.decode()
    answer = {"status": 500, "body": body, "content_type": "text/html; charset=utf-8"}
    visitor.context.route("**/breakdown", lambda route: route.fulfill(**answer))
    visitor.page.goto("/breakdown")
    expect(visitor.page.locator("h1")).to_be_visible()
    visitor.looks("breakdown")


def test_the_desk_has_no_barrier(somebody: Somebody) -> None:
    visitor = somebody("zh-hans")
    steps.signs_in(visitor)
    for show in ("open", "today", "overdue", "waiting", "ended"):
        visitor.goes(f"desk/?show={show}")
        visitor.looks(f"desk-{show}")
    visitor.page.set_viewport_size(PHONE["viewport"])
    for show in ("open", "ended"):
        visitor.goes(f"desk/?show={show}")
        visitor.fits()


@pytest.mark.parametrize("language", ["zh-hans", "zh-hant", "en"])
def test_staff_reach_the_public_pages_by_keyboard(somebody: Somebody, language: str) -> None:
    """The strip is opened without script, covers nothing, and has no barrier; on a phone too."""
    visitor = somebody(language)
    steps.signs_in(visitor)
    for window in ({"width": 1280, "height": 844}, PHONE["viewport"]):
        visitor.page.set_viewport_size(window)
        visitor.goes("figures/")
        strip = visitor.page.locator(".more > div")
        expect(strip).to_be_hidden()
        visitor.page.locator(".more > summary").focus()
        visitor.page.keyboard.press("Enter")
        expect(strip).to_be_visible()
        visitor.looks(f"strip-{window['width']}")
        below, heading = strip.bounding_box(), visitor.page.locator("h1").bounding_box()
        assert below and heading and below["y"] + below["height"] <= heading["y"]
        visitor.page.keyboard.press("Tab")
        expect(strip.locator("a").first).to_be_focused()


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_the_desk_fits_windows_between_a_phone_and_a_screen(somebody: Somebody, language: str) -> None:
    visitor = somebody(language, axe=False)
    steps.signs_in(visitor, "zhao")  # a head's list has one column more
    for show in ("open", "ended"):
        visitor.goes(f"desk/?show={show}")
        for width in (1280, 1000, 820, 650, 390):
            visitor.page.set_viewport_size({"width": width, "height": 844})
            visitor.fits()


def _sheets(pdf: bytes) -> int:
    return len(re.findall(rb"/Type\s*/Page\b", pdf))


def test_a_case_is_good_on_paper(somebody: Somebody) -> None:
    visitor = somebody("zh-hant", axe=False)
    kept = steps.lodges_quickly(visitor)
    page = visitor.page
    page.emulate_media(media="print")
    for screen_only in (".bar nav", "main button:not(.link)", ".skip", ".acts"):
        for each in page.locator(screen_only).all():
            expect(each).to_be_hidden()
    expect(page.locator(".paper")).to_have_text(re.compile(f"/cases/track/{kept.number}/$"))
    # what a way out is called stays beside what it is for
    for kept_on_paper in (".demo", ".turn", ".clock > h2 time", ".plainlist button.link"):
        expect(page.locator(kept_on_paper).first).to_be_visible()
    expect(page.locator(".clock details .why").first).to_be_visible()  # how it was computed goes with it
    expect(page.get_by_text(kept.number).first).to_be_visible()
    assert 1 <= _sheets(page.pdf(format="A4", prefer_css_page_size=True)) <= 3


def test_pages_are_of_few_sheets(somebody: Somebody) -> None:
    visitor = somebody("en", axe=False)
    for path, most in (("", 2), ("cases/new/consultation/", 3), ("cases/calendars/", 3), ("measures/", 12)):
        visitor.goes(path)
        assert 1 <= _sheets(visitor.page.pdf(format="A4", prefer_css_page_size=True)) <= most, path


def test_a_page_is_looked_at_with_its_style_however_late_that_comes(somebody: Somebody) -> None:
    visitor = somebody("en")
    visitor.goes("")

    def late(route: Route) -> None:
        visitor.page.wait_for_timeout(700)
        route.fallback()

    visitor.context.route("**/*.css", late)
    visitor.page.locator('main a[href$="/cases/"]').first.click()
    visitor.looks()


def test_a_page_whose_style_is_not_there_is_told(somebody: Somebody) -> None:
    visitor = somebody("en")
    visitor.context.route("**/*.css", lambda route: route.fulfill(status=404))
    visitor.goes("")
    (told,) = visitor.troubles
    assert re.search(r"404 for .*/static/site\.\w+\.css$", told)
    visitor.troubles.clear()
