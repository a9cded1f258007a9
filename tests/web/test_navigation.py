"""The ways to the other pages: whoever works here finds their own first, the public ones behind one word."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.test import Client
from tests.web.reading import Page

SignedIn = Callable[[str], Client]
DESK = ["/en/desk/", "/en/desk/rooms/", "/en/desk/notices/", "/en/desk/enterprises/", "/en/ties/"]
PUBLIC = ["cases/", "rooms/", "cases/track/", "answers/", "measures/", "figures/", "cases/calendars/", "log/"]


def _navigation(page: Page) -> list[tuple[str, dict[str, str | None]]]:
    """The tags from the first navigation of a page to the second."""
    first, second = [n for n, (name, _has) in enumerate(page.tags) if name == "nav"][:2]
    return page.tags[first:second]


def _here(page: Page) -> list[str | None]:
    return [has["href"] for name, has in _navigation(page) if name == "a" and "aria-current" in has]


def test_staff_find_their_own_pages_first_and_the_public_ones_on_a_strip(signed_in: SignedIn) -> None:
    tags = _navigation(Page(signed_in("li").get("/en/desk/")))
    names = [name for name, _has in tags]
    strip = names.index("details")
    links = [(n, has["href"]) for n, (name, has) in enumerate(tags) if name == "a"]
    assert [href for n, href in links if n < strip] == DESK
    assert sorted(str(href) for n, href in links if n > strip) == sorted(f"/en/{each}" for each in PUBLIC)
    assert names.count("summary") == 1 and "open" not in tags[strip][1]


def test_everybody_else_sees_the_public_pages_at_once(browser: Client) -> None:
    names = [name for name, _has in _navigation(Page(browser.get("/en/")))]
    assert "details" not in names and names.count("a") == len(PUBLIC)


@pytest.mark.parametrize(
    ("path", "door"),
    [
        ("cases/new/consultation/", "cases/"),
        ("cases/calendars/CN/2026/", "cases/calendars/"),
        ("data/", "figures/"),
        ("log/check/", "log/"),
    ],
)
def test_a_page_says_behind_which_door_it_lies(signed_in: SignedIn, path: str, door: str) -> None:
    for client in (Client(), signed_in("li")):
        page = Page(client.get(f"/en/{path}"))
        assert _here(page) == [f"/en/{door}"]
        assert len(page.all("details", **{"class": "more here"})) == (
            client.session.get("_auth_user_id") is not None
        )


def test_no_door_leads_to_the_front_page(browser: Client) -> None:
    assert _here(Page(browser.get("/en/"))) == []
