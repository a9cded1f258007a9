"""A page read as its tags, and what must hold on every page."""

from __future__ import annotations

import re
from collections import Counter
from html.parser import HTMLParser

from django.http import HttpResponse
from tests.web.conftest import LANGUAGES

STRIPS = ("演示系统", "演示系統", "Demonstration, not a government site")


class Page(HTMLParser):
    """Every tag with its attributes, in order, and the text."""

    def __init__(self, response: HttpResponse) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.text = ""
        self.feed(response.content.decode())
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        self.text += data

    def all(self, tag: str, **attributes: str) -> list[dict[str, str | None]]:
        wanted = attributes.items()
        return [has for name, has in self.tags if name == tag and all(has.get(k) == v for k, v in wanted)]

    def values(self) -> dict[str, str | None]:
        return {str(has["name"]): has.get("value") for has in self.all("input") if "name" in has}

    def language_links(self) -> dict[str, str]:
        return {str(has["hreflang"]): str(has["href"]) for has in self.all("a") if "hreflang" in has}


def holds_everywhere(response: HttpResponse, language: str) -> Page:
    """Language, headers, demonstration strip, and nothing from elsewhere; gives the page to look further."""
    page = Page(response)
    _headers(response)
    assert page.all("html")[0]["lang"] == LANGUAGES[language]
    assert set(page.language_links()) == set(LANGUAGES.values())
    assert [each["hreflang"] for each in page.all("a", **{"aria-current": "true"}) if "hreflang" in each] == [
        LANGUAGES[language]
    ]
    assert len(page.all("h1")) == 1 and len(page.all("main")) == 1
    assert page.all("meta", name="robots")[0]["content"] == "noindex,nofollow"
    assert all(strip in page.text for strip in STRIPS)
    _nothing_from_elsewhere(page)
    _well_tied(page)
    return page


def _headers(response: HttpResponse) -> None:
    policy = response.headers["Content-Security-Policy"]
    rules = dict(rule.strip().split(" ", 1) for rule in policy.split(";") if rule.strip())
    assert rules["default-src"] == "'none'" and rules["frame-ancestors"] == "'none'"
    assert "unsafe" not in policy and "http" not in policy and "*" not in policy
    assert response.headers["X-Content-Type-Options"] == "nosniff"
    assert response.headers["X-Frame-Options"] == "DENY"
    assert response.headers["Referrer-Policy"] == "same-origin"
    assert response.headers["Cross-Origin-Opener-Policy"] == "same-origin"
    assert response.headers["Cross-Origin-Resource-Policy"] == "same-origin"
    assert response.headers["X-Robots-Tag"] == "noindex, nofollow"
    assert "geolocation=()" in response.headers["Permissions-Policy"]
    assert re.search("no-cache|no-store", response.headers["Cache-Control"])
    assert "public" not in response.headers["Cache-Control"]


def _nothing_from_elsewhere(page: Page) -> None:
    for tag, has in page.tags:
        for name in ("src", "href", "action", "srcset", "poster", "data", "formaction"):
            value = has.get(name) or ""
            assert not re.match(r"\s*([a-z]+:)?//|\s*(javascript|data):", value, re.I), (tag, name, value)
        assert "style" not in has and not [name for name in has if name.startswith("on")], (tag, has)
    assert not page.all("script") and not page.all("iframe") and not page.all("style")


def _well_tied(page: Page) -> None:
    """Ids are single, and whatever points at one finds it."""
    ids = Counter(has["id"] for _tag, has in page.tags if has.get("id"))
    assert not [each for each, n in ids.items() if n > 1]
    for tag, has in page.tags:
        for name in ("for", "aria-labelledby", "aria-describedby"):
            for pointed in (has.get(name) or "").split():
                assert pointed in ids, (tag, name, pointed)
        if tag == "a" and (has.get("href") or "").startswith("#"):
            assert str(has["href"])[1:] in ids, has
