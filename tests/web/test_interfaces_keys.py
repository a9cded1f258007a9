"""Every operation of the interfaces with no key, a wrong one, and one that is for something else."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest
from django.contrib.auth import get_user_model
from django.http import HttpResponse
from django.test import Client
from tests import people
from tests.web.conftest import NOW

from qinglian.capabilities.cases.models import Case
from qinglian.capabilities.interfaces.actions import make_key
from qinglian.capabilities.interfaces.models import Key
from qinglian.capabilities.interfaces.scopes import LODGE, READ
from qinglian.capabilities.ledger.actions import open_trees
from qinglian.web.api import described

pytestmark = pytest.mark.django_db
NEEDS = {"lodge": LODGE, "case": READ}  # operation → the scope it asks for; the others are for everybody
OTHER = {LODGE: READ, READ: LODGE}
PLACES = {"matter_id": "consultation", "tree": "public", "index": "0", "figure_id": "cases.lodged"}


@pytest.fixture
def owner(units: None) -> int:
    open_trees(NOW)
    return int(get_user_model().objects.create_user("a-1", email="he@example.com").pk)


def operations() -> Iterator[tuple[str, str, str, bool]]:
    for path, methods in described()["paths"].items():
        for method, said in methods.items():
            yield said["operationId"], method, path, bool(said.get("security"))


def ask(method: str, path: str, token: str | None, number: str = "", language: str = "en") -> HttpResponse:
    headers = {"Accept-Language": language} | ({"Authorization": token} if token is not None else {})
    place = path.format(**PLACES, number=number or "ZX-2026-000000-0")
    if method == "get":
        return Client().get(place, headers=headers)
    body = json.dumps({"matter": "consultation", "language": "en", "answers": people.HE})
    sent = headers | {"Idempotency-Key": "order-0001"}
    return Client().generic(method, place, body, content_type="application/json", headers=sent)


def test_what_asks_for_a_key_is_what_is_known_here() -> None:
    assert {name for name, _method, _path, keyed in operations() if keyed} == set(NEEDS)


def test_without_a_key_that_holds_nothing_that_needs_one_is_done(owner: int) -> None:
    number = people.chen_asks().number
    for _name, method, path, keyed in operations():
        for token in (None, "", "Bearer", "Bearer ", "Bearer qk_1_2", "Basic YTpi", "Bearer qk_\x00_x"):
            answered = ask(method, path, token, number)
            if not keyed:
                assert answered.content == ask(method, path, None, number).content, path
                continue
            assert answered.status_code == 401 and answered["WWW-Authenticate"] == "Bearer", (path, token)
            assert answered["Content-Type"] == "application/problem+json"
            assert "Authorization: Bearer qk_" in answered.json()["detail"]
    assert Case.objects.count() == 1


@pytest.mark.parametrize("lacking", [True, False], ids=["no scope", "another scope"])
def test_a_key_without_the_scope_is_told_which_it_lacks_and_does_nothing(owner: int, lacking: bool) -> None:
    number = people.chen_asks().number
    for name, method, path, keyed in operations():
        scope = NEEDS.get(name, "")
        token = make_key(owner, "books", [OTHER.get(scope, READ)], 30, NOW)
        if lacking:
            Key.objects.filter(ident=token.split("_")[1]).update(scopes=[])
        if not keyed:  # whoever has some key reads what everybody reads
            assert ask(method, path, f"Bearer {token}").content == ask(method, path, None).content, path
        else:
            _is_refused(scope, method, path, f"Bearer {token}", number)
        Key.objects.update(revoked_at=NOW)
    assert Case.objects.count() == 1


def _is_refused(scope: str, method: str, path: str, token: str, number: str) -> None:
    details = set()
    for language in ("en", "zh-Hans", "zh-Hant-HK"):
        there, none = (ask(method, path, token, each, language) for each in (number, ""))
        assert there.status_code == 403 and there.content == none.content, "it does not tell what is there"
        assert there["WWW-Authenticate"] == f'Bearer error="insufficient_scope", scope="{scope}"'
        said: dict[str, Any] = there.json()
        assert said["status"] == 403 and scope in said["detail"]
        details.add(said["detail"])
    assert len(details) == 3, "in three languages"
