"""Posts that whoever runs the platform gives and ends, and an account whose every way in was lost."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from django.contrib.auth import get_user_model
from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.utils import timezone
from tests import people
from tests.web.reading import Page
from tests.web.test_sign_in import SIGN_IN, enrolled_with

from qinglian.capabilities.ledger.queries import logged
from qinglian.capabilities.parties.actions import end_post, give_post, set_back_account
from qinglian.capabilities.parties.comparing import differences
from qinglian.capabilities.parties.models import Person, Post
from qinglian.capabilities.parties.queries import posts
from qinglian.cli.main import main
from qinglian.faults import Fault

pytestmark = pytest.mark.django_db
NEW = "a password of her own"


@pytest.fixture(autouse=True)
def _beginning(units: None) -> None:
    cache.clear()


def given(**said: Any) -> str:
    today = timezone.localdate()
    wanted = {"name": "孙（示例）", "unit_id": people.UNIT, "role": "clerk", "since": today, "until": None}
    found = give_post("sun", now=timezone.now(), **(wanted | said))
    assert found.password is not None
    return found.password


def signed_in(password: str) -> Client:
    client = Client()
    client.post(SIGN_IN, {"login": "sun", "password": password})
    return client


def test_a_password_that_somebody_else_knows_opens_no_post(units: None) -> None:
    password = given()
    client = signed_in(password)
    enrolled_with(client, password)  # even with a second factor
    assert client.get("/en/desk/").headers["Location"] == "/en/account/"
    page = Page(client.get("/en/account/"))
    assert "Somebody else made your password and knows it." in page.text
    for wrong, said in (
        ({"oldpassword": "x", "password1": NEW, "password2": NEW}, "This password is not right."),
        ({"oldpassword": password, "password1": password, "password2": password}, "Choose another one."),
        ({"oldpassword": password, "password1": "short", "password2": "short"}, "at least 12"),
    ):
        answer = client.post("/en/account/password/", wrong)
        assert answer.status_code == 422 and said in Page(answer).text
    fine = {"oldpassword": password, "password1": NEW, "password2": NEW}
    assert client.post("/en/account/password/", fine).headers["Location"] == "/en/account/"
    assert client.get("/en/desk/").status_code == 200
    assert "Somebody else made your password" not in Page(client.get("/en/account/")).text


def test_a_post_that_was_ended_opens_nothing_and_the_log_says_so(units: None) -> None:
    given(since=timezone.localdate() - timedelta(days=9))
    yesterday = timezone.localdate() - timedelta(days=1)
    end_post("sun", people.UNIT, "clerk", yesterday, timezone.now())
    assert [post.until for post in posts(None) if post.account == "sun"] == [yesterday]
    assert not [post for post in posts(timezone.localdate()) if post.account == "sun"]
    (entry,) = logged("parties.post_ended")
    assert entry.told["until"] == yesterday.isoformat() and not entry.open.keys() - {"kind", "at"}
    assert not list(differences())
    Post.objects.update(until=None)  # as an operator might, past the platform
    assert "its last day is not what was logged" in str([each.template for each in differences()])


def test_who_lost_everything_begins_anew_and_the_old_ways_are_shut(units: None) -> None:
    person = people.li()
    client = people.browser("li")
    assert client.get("/en/desk/").status_code == 200
    password = set_back_account("li", timezone.now())
    assert client.get("/en/desk/").headers["Location"].startswith(SIGN_IN)
    user = get_user_model().objects.get(username="li")
    assert not Authenticator.objects.filter(user=user).exists()
    assert not user.check_password(people.PASSWORD) and user.check_password(password)
    assert Person.objects.get(pk=person.person_id).password_given
    (entry,) = logged("parties.account_set_back")
    assert entry.told == {"person": person.person_id}


@pytest.mark.parametrize(
    ("said", "words"),
    [
        ({"unit_id": "service-center"}, "no unit service-center; the units are"),
        ({"role": "applicant"}, "no role applicant of the staff; the roles are clerk, head, supervisor"),
        ({"role": "boss"}, "no role boss"),
        ({"name": ""}, "a new account needs its person’s name"),
        ({"name": None}, "a new account needs its person’s name"),
        ({"name": "孙\u202e"}, "invisible"),
        ({"until": timezone.localdate() - timedelta(days=400)}, "a post ends after it began"),
    ],
)
def test_what_is_wrong_is_named_and_nothing_is_made(units: None, said: dict[str, Any], words: str) -> None:
    with pytest.raises(Fault) as found:
        given(**said)
    assert words in str(found.value)
    assert not get_user_model().objects.filter(username="sun").exists() and not Post.objects.exists()


@pytest.mark.parametrize(
    "account", ["S", "1sun", "sun@example.com", "sun li", "孙", "s" * 41, "a-0123abcd\n"]
)
def test_an_account_has_a_name_that_is_none_of_an_applicant(units: None, account: str) -> None:
    with pytest.raises(Fault, match="cannot name an account"):
        give_post(account, "孙（示例）", people.UNIT, "clerk", timezone.localdate(), None, timezone.now())


def test_an_account_of_somebody_who_asks_is_never_staff(units: None) -> None:
    get_user_model().objects.create(username="a-0123456789abcdef", email="chen@example.com")
    with pytest.raises(Fault, match="no member of staff has the account"):
        give_post(
            "a-0123456789abcdef", "陈", people.UNIT, "clerk", timezone.localdate(), None, timezone.now()
        )


def test_the_same_post_is_not_held_twice_at_once_but_again_later(units: None) -> None:
    today = timezone.localdate()
    given(until=today + timedelta(days=9))
    with pytest.raises(Fault, match="holds this post since"):
        give_post("sun", "", people.UNIT, "clerk", today, None, timezone.now())
    give_post("sun", "", people.UNIT, "clerk", today + timedelta(days=10), None, timezone.now())
    assert Post.objects.count() == 2
    with pytest.raises(Fault, match="does not end before yesterday"):
        end_post("sun", people.UNIT, "clerk", today - timedelta(days=2), timezone.now())


def test_the_command_gives_lists_ends_and_resets(units: None, capsys: pytest.CaptureFixture[str]) -> None:
    def run(*words: str) -> tuple[int, str, str]:
        code = main(["--lang", "en", "site", "staff", *words])
        return code, *capsys.readouterr()

    post = ["--unit", people.UNIT, "--role", "clerk"]
    code, said, _wrong = run("give", "sun", *post, "--name", "孙（示例）")
    password = re.search(r"shown only now: (\S+)", said)
    assert code == 0 and password and get_user_model().objects.get(username="sun").check_password(password[1])
    code, said, _wrong = run("list")
    assert code == 0 and f"sun\t孙（示例）\t{people.UNIT}\tclerk" in said and "no second factor yet" in said
    code, said, _wrong = run("reset", "sun")
    assert code == 0 and "shown only now" in said
    code, said, wrong = run("end", "sun", *post)
    assert code == 1 and not said and "a post does not end before" in wrong
    code, said, _wrong = run("end", "sun", *post, "--until", timezone.localdate().isoformat())
    assert code == 0 and "until" in said
    assert run("reset", "nobody")[0] == 1
    assert connection.is_usable()
