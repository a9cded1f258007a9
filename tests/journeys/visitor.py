"""Somebody at a browser: goes, fills in, reads; and whoever watches over the shoulder."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, ConsoleMessage, Locator, Page, Request, Response, Route

RULES = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"], "resultTypes": ["violations"]}
ATTRIBUTE = {"zh-hans": "zh-Hans", "zh-hant": "zh-Hant-HK", "en": "en"}
LOCALE = {"zh-hans": "zh-CN", "zh-hant": "zh-HK", "en": "en-GB"}
DRESS = ("stylesheet", "script", "image", "font")
LEFT = "net::ERR_ABORTED"  # the visitor was already on the way to another page
EXPECTED = ("the server responded with a status of 4", "the server responded with a status of 5")


class Visitor:
    def __init__(self, browser: Browser, site: str, language: str, axe: bool = True, **window: Any) -> None:
        self.site, self.language, self.axe = site, language, axe
        self.troubles: list[str] = []
        self.context = browser.new_context(base_url=site, locale=LOCALE[language], **window)
        self.context.set_default_timeout(8_000)
        self.context.route("**/*", self._only_here)
        self.page: Page = self.context.new_page()
        self.page.on("console", self._heard)
        self.page.on("response", self._came)
        self.page.on("requestfailed", self._failed)
        self.page.on("pageerror", lambda error: self.troubles.append(f"{self.page.url}: {error}"))

    def _only_here(self, route: Route) -> None:
        if route.request.url.startswith((f"{self.site}/", "data:")):
            route.fallback()
        else:
            self.troubles.append(f"{self.page.url} asked {route.request.url}")
            route.abort()

    def _came(self, answer: Response) -> None:
        """A page may be refused on purpose; what it is drawn with may not."""
        if answer.request.resource_type in DRESS and answer.status >= 400:
            self.troubles.append(f"{self.page.url}: {answer.status} for {answer.url}")

    def _failed(self, request: Request) -> None:
        if request.resource_type in DRESS and request.failure != LEFT:
            self.troubles.append(f"{self.page.url}: {request.failure} for {request.url}")

    def _heard(self, message: ConsoleMessage) -> None:
        failed_page = any(each in message.text for each in EXPECTED)
        if message.type in ("error", "warning") and not failed_page:
            self.troubles.append(f"{self.page.url}: {message.text}")

    def goes(self, path: str) -> Response:
        """To an address below the visitor's language."""
        answer = self.page.goto(f"/{self.language}/{path}")
        assert answer is not None
        return answer

    def chooses(self, name: str, value: str) -> None:
        self.page.locator(f'input[name="{name}"][value="{value}"]').check()

    def writes(self, name: str, text: str) -> None:
        self.page.locator(f'[name="{name}"]').fill(text)

    def sends(self) -> None:
        self.page.locator("main form button:not(.unseen):not([name=remove])").first.click()

    def acts(self, action: str, prefix: str = "", **said: str) -> None:
        """Take an action of the case on the page, opening it first where it is folded."""
        form = self.form(action)
        if not form.is_visible():
            self.page.locator("details", has=form).locator("summary").click()
        for need, text in said.items():
            form.locator(f'[name="{prefix or action}-{need}"]').fill(text)
        form.locator("button:not(.unseen):not([name=remove])").last.click()

    def form(self, action: str) -> Locator:
        return self.page.locator(f'form[action$="/{action}/"]')

    def looks(self, name: str = "") -> None:
        """What must hold of the page before the visitor: language, width, no barrier.

        A click comes back when the next page begins. Its style comes later: `route` turns the browser's cache
        off, so each page asks for it anew. A browser shows nothing until then, but a script can look.
        """
        page = self.page
        page.wait_for_load_state("load")
        assert page.locator("html").get_attribute("lang") == ATTRIBUTE[self.language], page.url
        self.fits()
        if self.axe:
            found = Axe().run(page, options=RULES)
            assert found.violations_count == 0, f"{page.url}\n{found.generate_report()}"
        if name and (folder := os.environ.get("QINGLIAN_PICTURES")):
            width = (page.viewport_size or {}).get("width")
            Path(folder).mkdir(parents=True, exist_ok=True)
            page.screenshot(path=Path(folder) / f"{name}-{self.language}-{width}.png", full_page=True)

    def fits(self) -> None:
        """Nothing makes the page wider than the window."""
        wide, window = self.page.evaluate(
            "() => [document.documentElement.scrollWidth, document.documentElement.clientWidth]"
        )
        assert wide <= window, f"{self.page.url} is {wide} wide in a window of {window}"
