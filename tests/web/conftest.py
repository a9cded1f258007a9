"""The platform on a Monday in March, asked by browsers of the people in `tests/people.py`."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, timedelta

import pytest
from django.test import Client
from tests import people

LANGUAGES = {"zh-hans": "zh-Hans", "zh-hant": "zh-Hant-HK", "en": "en"}
NOW = people.MONDAY + timedelta(hours=2)


@pytest.fixture(autouse=True)
def _monday(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("django.utils.timezone.now", lambda: NOW.astimezone(UTC))


@pytest.fixture
def units(db: None) -> None:
    people.units()


@pytest.fixture(params=LANGUAGES)
def language(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def signed_in(units: None) -> Callable[[str], Client]:
    """A browser in which this person of the tests has signed in."""

    def browser(name: str) -> Client:
        getattr(people, name)()
        return people.browser(name)

    return browser


@pytest.fixture
def browser(units: None) -> Client:
    return Client()
