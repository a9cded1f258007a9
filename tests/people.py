"""The people of the tests, each built by the desk's own verbs: nobody here is somebody.

陈 owns a firm on the mainland and asks. 何 comes from Hong Kong and asks in traditional Chinese. 李 is the
case officer, 王 the supervisor, 赵 the head of the unit. 钱 is a case officer of another unit. The outsider
has an account and no post.
"""

from __future__ import annotations

import time
from datetime import date, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import TOTP, format_hotp_value, generate_totp_secret, hotp_value
from allauth.mfa.utils import decrypt
from django.contrib.auth import get_user_model
from django.contrib.auth.models import AbstractBaseUser
from django.core.cache import cache
from django.test import Client

from qinglian.capabilities.cases import actions, queries
from qinglian.capabilities.cases.actions import Actor, Lodged
from qinglian.capabilities.interests.actions import name_representative
from qinglian.capabilities.parties.actions import Mandate, Proof, appoint, keep_units
from qinglian.capabilities.parties.queries import staff
from qinglian.zone import Matter, Zone, load
from qinglian.zone.current import current

SHENZHEN = ZoneInfo("Asia/Shanghai")
MONDAY = datetime(2026, 3, 2, 10, 0, tzinfo=SHENZHEN)  # no holiday of the mainland until 4 April
SINCE = date(2026, 1, 1)
PASSWORD = "a password of the tests"

UNIT = "service-centre"
OTHER_UNIT = "market-regulator"

CHEN = {
    "kind": "enterprise",
    "name": "陈记茶业（示例）有限公司",
    "place": "CN",
    "topic": "premises",
    "title": "共享办公室可以登记为住所吗？",
    "detail": "我们租用园区内的共享办公室。",
}
HE = {
    "kind": "individual",
    "name": "何（示例）",
    "place": "HK",
    "email": "he@example.com",
    "topic": "cross-border",
    "side": "HK",
    "title": "香港的文書要由誰轉遞？",
    "detail": "我在香港，想知道公證文書由誰轉遞。",
}


def matter() -> Matter:
    return current().matters["consultation"]


def use_pack(name: str, monkeypatch: pytest.MonkeyPatch) -> Zone:
    """Another pack than Qianhai's for one test: `rich` says everything that the language of matters can."""
    zone = load(Path(__file__).parent / "zone" / name)
    monkeypatch.setattr("qinglian.zone.current._zone", zone)
    keep_units(zone)
    return zone


def units() -> None:
    keep_units(current())


def _post(username: str, name: str, unit: str, role: str) -> Actor:
    person = appoint(username, name, unit, role, SINCE, PASSWORD)
    if not Authenticator.objects.filter(user=person.user).exists():
        TOTP.activate(person.user, generate_totp_secret())
    standing = staff(person.user, MONDAY.date())
    assert standing is not None
    roles = frozenset(each for held in standing.roles.values() for each in held)
    return Actor("staff", roles, person.pk, person.name)


def li() -> Actor:
    return _post("li", "李（示例）", UNIT, "clerk")


def wang() -> Actor:
    return _post("wang", "王（示例）", UNIT, "supervisor")


def zhao() -> Actor:
    return _post("zhao", "赵（示例）", UNIT, "head")


def qian() -> Actor:
    return _post("qian", "钱（示例）", OTHER_UNIT, "clerk")


def outsider() -> AbstractBaseUser:
    return get_user_model().objects.create_user("outsider", password=PASSWORD)


def _asks(answers: dict[str, str], language: str, now: datetime, secret: str) -> Lodged:
    return actions.lodge_case(matter(), answers, actions.code_from(secret), language, now)


def chen_asks(now: datetime = MONDAY, secret: str = "chen", **changed: str) -> Lodged:
    return _asks(CHEN | changed, "zh-hans", now, secret)


def he_asks(now: datetime = MONDAY, secret: str = "he", **changed: str) -> Lodged:
    return _asks(HE | changed, "zh-hant", now, secret)


def chen_asks_support(now: datetime = MONDAY) -> Lodged:
    """A table looks at it the moment it is lodged, and sends it to a person: no register knows the firm."""
    answers = {
        "place": "CN", "regno": "91350100M000100Y43", "name": CHEN["name"], "help": ["office"],
        "new_here": "yes", "title": "想租一间办公室", "detail": "我们一共五个人。", "truth": "yes",
    }  # fmt: skip
    code = actions.code_from("chen asks for support")
    return actions.lodge_case(current().matters["support-request"], answers, code, "zh-hans", now)


def chen_fills_in(now: datetime = MONDAY, **changed: str) -> str:
    """A draft with every answer given; its secret, as the visitor's cookie holds it."""
    secret = actions.begin_draft(matter().id, now)
    draft = queries.draft_of(actions.hash_secret(secret))
    assert draft is not None
    actions.keep_answers(draft, CHEN | changed, now)
    return secret


def may_speak(enterprise: int, by: Actor, since: date = SINCE, until: date | None = None, **who: Any) -> int:
    """Somebody may speak for an enterprise: an account by `user`, or a sealed reference by `sealed`."""
    proof = Proof("power-of-attorney", "A-1", "0" * 64, reference="shelf 1")
    said = Mandate(proof, "第八条", since, until, **who)
    return name_representative(enterprise, said, by.person_id or 0, MONDAY)


SAYS = {"items": "盖章页", "detail": "已补交", "answer": "可以。", "reason": "还不清楚"}


def act(case_id: int, action: str, actor: Actor, now: datetime, **said: str) -> None:
    """One action, by somebody who has just read the page."""
    page = queries.case_page(case_id, now, actor.roles)
    actions.act_on_case(case_id, action, actor, page.ver, SAYS | said, now)


def extend(
    case_id: int, actor: Actor, now: datetime, reason: str = "需要向别的部门核对", rule: str = "answer-in"
) -> None:
    page = queries.case_page(case_id, now, actor.roles)
    actions.extend_clock(case_id, rule, actor, page.ver, reason, now)


def code_of(username: str) -> str:
    """What the authenticator app of this account shows now."""
    row = Authenticator.objects.get(user__username=username, type=Authenticator.Type.TOTP)
    return format_hotp_value(hotp_value(decrypt(row.data["secret"]), int(time.time()) // 30))


def browser(username: str) -> Client:
    """A browser in which this account has signed in: with a password and, if there is an app, its code."""
    client = Client()
    cache.clear()  # a code is taken once; tests sign in more often than people
    step = client.post("/en/sign-in/", {"login": username, "password": PASSWORD})
    assert step.status_code == 302, step.content.decode()
    if step.headers["Location"].startswith("/en/sign-in/code/"):
        assert client.post("/en/sign-in/code/", {"code": code_of(username)}).status_code == 302
    return client
