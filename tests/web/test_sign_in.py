"""Passwords, codes, recovery codes, locks and sessions: as a browser without script meets them."""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from urllib.parse import urlencode

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value
from allauth.usersessions.models import UserSession
from axes.models import AccessAttempt
from django.contrib.auth.models import AbstractBaseUser
from django.core.cache import cache
from django.db import connection
from django.test import Client
from tests import people
from tests.web.conftest import NOW
from tests.web.reading import Page, holds_everywhere

from qinglian.capabilities.access.models import DaySalt
from qinglian.capabilities.cases.models import CaseEvent
from qinglian.capabilities.parties.accounts import NO_ADDRESS, forget_attempts
from qinglian.capabilities.parties.actions import appoint
from qinglian.capabilities.parties.factors import (
    DEMONSTRATION_PASSWORD,
    demonstration_code,
    give_demonstration_factor,
)
from qinglian.capabilities.parties.templatetags.browsers import browser_words

pytestmark = pytest.mark.django_db
SIGN_IN, CODE = "/en/sign-in/", "/en/sign-in/code/"


@pytest.fixture(autouse=True)
def _empty_cache(db: None) -> None:
    cache.clear()


def password(username: str, client: Client | None = None, said: str = people.PASSWORD) -> Client:
    client = client or Client()
    client.post(SIGN_IN, {"login": username, "password": said})
    return client


def new_clerk() -> AbstractBaseUser:
    """Somebody with a post and no second factor yet."""
    person = appoint("sun", "孙（示例）", people.UNIT, "clerk", people.SINCE, people.PASSWORD)
    assert person.user is not None
    return person.user


def enrolled(client: Client) -> str:
    return enrolled_with(client, people.PASSWORD)


def enrolled_with(client: Client, password: str) -> str:
    """Set up an app as the pages ask for it; the key."""
    confirm = client.get("/en/account/app/").headers["Location"]
    assert confirm.startswith("/en/account/confirm/password/")
    assert client.post(confirm, {"password": password}).headers["Location"] == "/en/account/app/"
    page = client.get("/en/account/app/")
    assert b'src="data:image/svg+xml;base64,' in page.content
    key = re.search(r'<dd class="code">(\w+)</dd>', page.content.decode())
    assert key is not None
    code = format_hotp_value(hotp_value(key[1], int(time.time()) // 30))
    assert client.post("/en/account/app/", {"code": code}).headers["Location"] == "/en/account/codes/"
    return key[1]


def test_staff_without_a_second_factor_reach_no_page_of_staff(units: None) -> None:
    new_clerk()
    client = password("sun")
    for path in ("desk/", "desk/ZX-2026-000001-7/", "desk/?show=ended"):
        assert client.get(f"/en/{path}").headers["Location"] == "/en/account/"
    assert client.post("/en/desk/ZX-2026-000001-7/accept/").headers["Location"] == "/en/account/"
    page = Page(client.get("/en/account/"))
    assert "second factor" in page.text and not page.all("a", href="/en/desk/notices/")
    assert client.get("/en/cases/").status_code == 200


def test_setting_up_an_app_opens_the_desk_and_ends_every_other_session(units: None) -> None:
    user = new_clerk()
    before, client = password("sun"), password("sun")
    key = enrolled(client)
    assert client.get("/en/desk/").status_code == 200
    assert before.get("/en/account/").status_code == 302
    stored = Authenticator.objects.get(user=user, type="totp").data["secret"]
    assert key not in stored
    later = password("sun")
    assert later.get("/en/desk/").headers["Location"].startswith("/en/sign-in/")


def test_a_password_alone_signs_nobody_in_who_has_a_second_factor(units: None) -> None:
    people.li()
    client = Client()
    there = client.post(SIGN_IN, {"login": "li", "password": people.PASSWORD}).headers["Location"]
    assert there.startswith(CODE)
    assert client.get("/en/desk/").headers["Location"].startswith("/en/sign-in/")
    assert client.post(CODE, {"code": "000000"}).status_code == 422
    assert client.get("/en/desk/").headers["Location"].startswith("/en/sign-in/")
    assert client.post(CODE, {"code": people.code_of("li")}).status_code == 302
    assert client.get("/en/desk/").status_code == 200


def test_a_code_is_taken_once_for_as_long_as_it_is_right(
    units: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    people.li()
    code, now = people.code_of("li"), time.time()
    assert password("li").post(CODE, {"code": code}).status_code == 302
    for seconds in (1, 31):  # the code of the step before is still right, and was used
        monkeypatch.setattr(time, "time", lambda s=seconds: now + s)
        cache.delete("nothing")
        assert password("li").post(CODE, {"code": code}).status_code == 422


def test_what_is_counted_outlives_hundreds_of_other_counts(units: None) -> None:
    """Django's own table of 300 would let go of the counted tries first, since it goes by the name."""
    cache.set("allauth:rl:counted", [1.0, 2.0], 300)
    for n in range(400):
        cache.set(f"qinglian.code-used.{n}", "used", 300)
    assert cache.get("allauth:rl:counted") == [1.0, 2.0]


def test_five_wrong_codes_are_enough_for_a_while(units: None) -> None:
    people.li()
    client = password("li")
    for _again in range(5):
        client.post(CODE, {"code": "000000"})
    answer = client.post(CODE, {"code": people.code_of("li")})
    assert answer.status_code == 422 and "Too many wrong codes" in answer.content.decode()


def test_a_recovery_code_opens_once(units: None) -> None:
    new_clerk()
    client = password("sun")
    enrolled(client)
    codes = re.findall(r'<li class="code">(\d+)</li>', client.get("/en/account/codes/").content.decode())
    assert len(codes) == 10
    cache.clear()
    assert password("sun").post(CODE, {"code": codes[0]}).status_code == 302
    cache.clear()
    assert password("sun").post(CODE, {"code": codes[0]}).status_code == 422


def _tries(client: Client, n: int, username: str = "li", address: str = "192.0.2.7") -> int:
    wrong = {"login": username, "password": "wrong wrong wrong"}
    return [client.post(SIGN_IN, wrong, REMOTE_ADDR=address).status_code for _try in range(n)][-1]


def test_account_and_address_together_are_locked(
    units: None, language: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("django.utils.timezone.now", lambda: datetime.now(UTC))  # as axes sees it
    people.li()
    people.wang()
    right = {"login": "li", "password": people.PASSWORD}
    assert _tries(Client(), 4) == 422 and _tries(Client(), 1) == 429
    locked = Client().post(f"/{language}/sign-in/", right, REMOTE_ADDR="192.0.2.7")
    assert locked.status_code == 429 and "15" in holds_everywhere(locked, language).text
    assert Client().post(SIGN_IN, right, REMOTE_ADDR="192.0.2.8").status_code == 302
    other = {"login": "wang", "password": people.PASSWORD}
    assert Client().post(SIGN_IN, other, REMOTE_ADDR="192.0.2.7").status_code == 302


def test_no_address_is_kept_and_its_stand_in_no_longer_than_the_lock(units: None) -> None:
    people.li()
    _tries(Client(), 3)
    kept = AccessAttempt.objects.get()
    assert str(kept.ip_address).startswith("fd") and "wrong" not in kept.post_data + kept.get_data
    client = people.browser("li")
    assert {row.ip for row in UserSession.objects.all()} == {NO_ADDRESS}
    for table in connection.introspection.table_names():
        with connection.cursor() as cursor:
            cursor.execute(f'SELECT * FROM "{table}"')
            assert "192.0.2.7" not in str(cursor.fetchall()), table
    assert not AccessAttempt.objects.exists(), "whoever signs in clears the count"
    _tries(Client(), 1)
    AccessAttempt.objects.update(attempt_time=NOW)
    assert forget_attempts(NOW + timedelta(minutes=14)) == 0
    assert forget_attempts(NOW + timedelta(minutes=16)) == 1 and DaySalt.objects.exists()
    assert client.get("/en/desk/").status_code == 200 and UserSession.objects.exists()
    forget_attempts(NOW + timedelta(days=2))
    assert not DaySalt.objects.exists() and not UserSession.objects.exists(), "sessions last a day of work"


def test_the_same_address_has_another_stand_in_each_day(units: None) -> None:
    from qinglian.capabilities.access.actions import mark_of_address

    today, morrow = NOW.date(), NOW.date() + timedelta(days=1)
    assert mark_of_address("192.0.2.7", today) == mark_of_address("192.0.2.7", today)
    assert mark_of_address("192.0.2.7", today) != mark_of_address("192.0.2.7", morrow)
    assert mark_of_address("192.0.2.7", today) != mark_of_address("192.0.2.8", today)


def stale(client: Client) -> None:
    """As if the last code had been given an hour ago."""
    session = client.session
    session["account_authentication_methods"] = [
        {**each, "at": each["at"] - 3600} for each in session["account_authentication_methods"]
    ]
    session.save()


def test_more_time_is_given_only_after_a_code_of_the_last_minutes(units: None) -> None:
    lodged = people.he_asks()
    people.act(lodged.case_id, "accept", people.li(), people.MONDAY)
    people.zhao()
    client = people.browser("zhao")
    stale(client)
    address = f"/en/desk/{lodged.number}/extend/answer-in/"
    said = {"extend-answer-in-seen": 2, "extend-answer-in-reason": "核对"}
    confirm = client.post(address, said).headers["Location"]
    assert confirm == "/en/account/confirm/?" + urlencode({"next": address})
    assert not CaseEvent.objects.filter(action__startswith="extend").exists()
    assert "send it once more" in client.get(confirm).content.decode()
    cache.clear()
    back = client.post(confirm, {"code": people.code_of("zhao")})
    assert client.get(back.headers["Location"]).headers["Location"] == f"/en/desk/{lodged.number}/"
    assert client.post(address, said).status_code == 302
    assert CaseEvent.objects.filter(action="extend:answer-in").count() == 1


def test_a_password_alone_confirms_nothing_once_there_is_a_code(units: None) -> None:
    people.li()
    client = people.browser("li")
    assert client.get("/en/account/confirm/password/").headers["Location"].startswith("/en/account/confirm/")
    assert client.post("/en/account/confirm/password/", {"password": people.PASSWORD}).status_code == 302
    stale(client)
    assert client.get("/en/account/app/remove/").headers["Location"].startswith("/en/account/confirm/?")


def test_other_sessions_are_listed_and_ended(units: None, language: str) -> None:
    people.li()
    here, there = people.browser("li"), people.browser("li")
    page = holds_everywhere(here.get(f"/{language}/account/sessions/"), language)
    assert len(page.all("tr")) == 3
    assert here.post(f"/{language}/account/sessions/").status_code == 302
    assert there.get(f"/{language}/desk/").status_code == 302
    assert here.get(f"/{language}/desk/").status_code == 200


@pytest.mark.parametrize("path", ["account/", "account/sessions/", "account/passkeys/", "account/confirm/",
                                  "account/app/remove/", "account/codes/new/"])  # fmt: skip
def test_each_page_of_an_account_stands_in_three_languages(
    units: None, language: str, path: str, signed_in: Callable[[str], Client]
) -> None:
    client = signed_in("li")
    session = client.session
    session["account_authentication_methods"] = [
        {"method": "mfa", "type": "totp", "at": time.time(), "reauthenticated": True}
    ]
    session.save()
    holds_everywhere(client.get(f"/{language}/{path}"), language)


def test_the_second_step_and_the_first_set_up_stand_in_three_languages(units: None, language: str) -> None:
    people.li()
    holds_everywhere(password("li").get(f"/{language}/sign-in/code/"), language)
    new_clerk()
    client = password("sun")
    holds_everywhere(client.get(f"/{language}/account/"), language)
    confirm = client.get(f"/{language}/account/app/").headers["Location"]
    holds_everywhere(client.get(confirm), language)


def test_a_demonstration_shows_its_codes_and_takes_them_like_any_other(units: None) -> None:
    person = appoint("ma", "马（示例）", people.UNIT, "clerk", people.SINCE, DEMONSTRATION_PASSWORD)
    people.li()
    assert person.user is not None
    give_demonstration_factor(person.user)
    text = Client().get(SIGN_IN).content.decode()
    shown = re.search(r'id="code-of-ma">(\d{6})<', text)
    assert shown is not None and demonstration_code("li") is None
    assert people.code_of("li") not in text
    client = password("ma", said=DEMONSTRATION_PASSWORD)
    assert client.post(CODE, {"code": "000000"}).status_code == 422
    assert client.post(CODE, {"code": shown[1]}).headers["Location"] == "/en/desk/"
    assert demonstration_code("ma") != shown[1], "a code that was taken is not shown again"
    assert client.post("/en/account/app/remove/").status_code in (302, 422)
    assert Authenticator.objects.filter(user=person.user, type="totp").exists()


def test_a_zone_that_is_no_demonstration_shows_no_account_and_no_code(
    units: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    from dataclasses import replace

    from qinglian.zone.current import current

    people.li()
    monkeypatch.setattr("qinglian.zone.current._zone", replace(current(), demonstration=False))
    text = Client().get(SIGN_IN).content.decode()
    assert "李（示例）" not in text and "code-of-" not in text


@pytest.mark.parametrize(
    ("said", "short"),
    [
        ("Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/130.0 "
         "Safari/537.36 Edg/130.0", "Edge · Windows"),
        ("Mozilla/5.0 (X11; Linux x86_64; rv:131.0) Gecko/20100101 Firefox/131.0", "Firefox · Linux"),
        ("Mozilla/5.0 (iPhone; CPU iPhone OS 17_6 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) "
         "Version/17.6 Mobile/15E148 Safari/604.1", "Safari · iPhone"),
        ("curl/8.5", ""),
        ("", ""),
    ],
)  # fmt: skip
def test_a_browser_is_named_in_short(said: str, short: str) -> None:
    assert browser_words(said) == short
