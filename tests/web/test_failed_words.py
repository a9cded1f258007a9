"""What failed is said in the reader's words, with what to do: hooks, keys that ended, letters that stuck."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.contrib.auth import get_user_model
from django.test import Client
from tests import people
from tests.web.conftest import NOW
from tests.web.reading import Page, holds_everywhere

from qinglian.capabilities.interfaces import actions, delivering
from qinglian.capabilities.interfaces.failing import why_failed
from qinglian.capabilities.interfaces.models import Hook
from qinglian.capabilities.interfaces.scopes import CASE_MOVED, READ
from qinglian.capabilities.interfaces.targets import Refused
from qinglian.capabilities.notices.failing import why_stuck
from qinglian.capabilities.notices.models import Notice

pytestmark = pytest.mark.django_db
FAILED = ("status 503", "status 302", "timeout", "certificate", "ConnectionRefusedError", "gaierror")
SignedIn = Callable[[str], Client]


@pytest.fixture
def owner(units: None) -> Client:
    user = get_user_model().objects.create_user("a-2", email="o@example.com", password=people.PASSWORD)
    browser = Client()
    browser.force_login(user, backend="allauth.account.auth_backends.AuthenticationBackend")
    return browser


def hook_that(why: str, owner: Client, tries: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """Called so often by the job, and refused each time."""

    def refuse(*_asked: object, **_how: object) -> int:
        raise Refused(why)

    monkeypatch.setattr(delivering, "post", refuse)
    hook = actions.make_hook(int(owner.session["_auth_user_id"]), "https://x.example/", [CASE_MOVED], NOW)
    actions.try_hook(hook.pk, hook.user_id, NOW)
    for again in range(tries):
        delivering.send_due(NOW + timedelta(days=2 * again))


@pytest.mark.parametrize("why", FAILED)
def test_why_a_hook_fails_is_said_in_words(
    owner: Client, language: str, why: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    hook_that(why, owner, 1, monkeypatch)
    page = holds_everywhere(owner.get(f"/{language}/account/interfaces/"), language)
    kept = FAILED if language != "en" else ("ConnectionRefusedError", "gaierror")
    assert not any(each in page.text for each in kept)
    number = why.rpartition(" ")[2]
    assert not number.isdigit() or number in page.text


def test_a_hook_that_rests_says_how_it_is_set_going(
    owner: Client, language: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    hook_that("timeout", owner, 9, monkeypatch)
    assert Hook.objects.get().resting
    page = Page(owner.get(f"/{language}/account/interfaces/"))
    assert {"en": "Call it again", "zh-hans": "“重新调用”", "zh-hant": "「重新調用」"}[language] in page.text


def test_a_key_that_ended_lately_still_says_that_it_did(owner: Client, language: str) -> None:
    user = int(owner.session["_auth_user_id"])
    made = NOW - timedelta(days=40)
    for label, days in (("ran out", 20), ("long ago", 5), ("soon", 45), ("revoked", 90)):
        token = actions.make_key(user, label, [READ], days, made)
    actions.revoke_key(token.split("_")[1], user, NOW - timedelta(days=1))
    page = Page(owner.get(f"/{language}/account/interfaces/"))
    assert "ran out" in page.text and "revoked" in page.text and "long ago" not in page.text
    assert (
        len(page.all("form", action=f"/{language}/account/interfaces/keys/{token.split('_')[1]}/end/")) == 0
    )
    assert page.all("span", **{"class": "tag due"}), "the one that ends soon is marked"


@pytest.mark.parametrize("kept", ["SMTPRecipientsRefused 550", "ConnectionRefusedError", "Interrupted"])
def test_why_a_letter_did_not_leave_is_said_in_words(signed_in: SignedIn, language: str, kept: str) -> None:
    people.he_asks()
    Notice.objects.exclude(email="").update(stuck=True, attempts=7, last_error=kept)
    page = holds_everywhere(signed_in("wang").get(f"/{language}/desk/outbox/"), language)
    assert kept not in page.text and kept.split()[0] not in page.text
    assert why_stuck(kept) != kept


def test_what_is_not_known_is_said_by_its_own_name() -> None:
    assert "SMTPHeloError 504" in why_stuck("SMTPHeloError 504")
    assert "RemoteDisconnected" in why_failed("RemoteDisconnected")
