"""The gate: what has no policy does not start, and "no such" and "not yours" are one answer."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.db import connection
from django.http import HttpRequest, HttpResponse
from django.test import Client, RequestFactory, override_settings
from django.test.utils import CaptureQueriesContext
from django.urls import path, resolve
from tests import people

from qinglian.capabilities.access import policies
from qinglian.capabilities.access.checks import every_way_out_has_a_policy
from qinglian.capabilities.access.gate import Gate, Unasked, reads, require
from qinglian.capabilities.access.levels import clearance, may_read, readable
from qinglian.capabilities.access.policies import NOTHING, Reader, Thing
from qinglian.faults import Faults
from qinglian.web.running import refuse_unguarded

UNIT = "zone-authority/service-centre/"
INTERNAL = Thing(unit_path=UNIT, sensitivity="internal", case_id=7, person_id=3)


def unguarded(request: HttpRequest) -> HttpResponse:
    return HttpResponse("open to all")


@reads("cases.held")
def forgetful(request: HttpRequest) -> HttpResponse:
    return HttpResponse("of whom?")


@reads("cases.held")
def asking(request: HttpRequest) -> HttpResponse:
    require(request, INTERNAL)
    return HttpResponse("asked")


@reads("no.such")
def misnamed(request: HttpRequest) -> HttpResponse:
    return HttpResponse("under what?")


class Planted:
    urlpatterns = [path("planted/", unguarded, name="planted"), path("misnamed/", misnamed, name="misnamed")]


class Forgetful:
    urlpatterns = [path("forgetful/", forgetful), path("asking/", asking), path("planted/", unguarded)]


def test_every_view_has_a_policy_that_exists() -> None:
    assert every_way_out_has_a_policy() == []


def test_a_view_without_a_policy_fails_the_start() -> None:
    with override_settings(ROOT_URLCONF=Planted):
        found = every_way_out_has_a_policy()
        assert [each.id for each in found] == ["access.E001", "access.E002"]
        assert "planted" in found[0].msg and "no.such" in found[1].msg
        with pytest.raises(Faults, match=r"access\.E001"):
            refuse_unguarded()


def _through(gate_path: str, view: Callable[..., HttpResponse], who: Reader) -> HttpResponse:
    """One request through the gate alone."""
    request = RequestFactory().get(gate_path)
    request.reader = who  # type: ignore[attr-defined]
    request.resolver_match = resolve(gate_path, urlconf=Forgetful)

    def answer(asked: HttpRequest) -> HttpResponse:
        return gate.process_view(asked, view, (), {}) or view(asked)  # type: ignore[return-value]

    gate = Gate(answer)
    return gate(request)


CLERK = Reader(True, 3, "李（示例）", {UNIT: frozenset({"clerk"})}, strong=True)


def test_a_view_without_a_policy_answers_nobody_even_if_the_check_is_left_out() -> None:
    with pytest.raises(ImproperlyConfigured, match="no policy"):
        _through("/planted/", unguarded, CLERK)


@pytest.mark.django_db
def test_an_answer_that_was_not_asked_for_is_held_back() -> None:
    with pytest.raises(Unasked):
        _through("/forgetful/", forgetful, CLERK)
    response = _through("/asking/", asking, CLERK)
    assert response.content == b"asked" and "no-store" in response.headers["Cache-Control"]


@pytest.mark.parametrize(
    ("policy", "who", "thing", "may"),
    [
        (policies.staff_in_unit(), CLERK, INTERNAL, True),
        (policies.staff_in_unit("head"), CLERK, INTERNAL, False),
        (policies.staff_in_unit(), CLERK, Thing(unit_path="zone-authority/", sensitivity="open"), False),
        (policies.staff_in_unit(), CLERK, Thing(unit_path=UNIT, sensitivity="sealed"), False),
        (policies.staff_in_unit(), CLERK, Thing(unit_path=UNIT, sensitivity="unheard-of"), False),
        (policies.staff_in_unit(), CLERK, NOTHING, False),
        (policies.holder_of_code("cases:track"), Reader(tracked=7), INTERNAL, True),
        (policies.holder_of_code("cases:track"), Reader(tracked=8), INTERNAL, False),
        (policies.holder_of_code("cases:track"), Reader(), NOTHING, False),
        (policies.own(), CLERK, INTERNAL, True),
        (policies.own(), Reader(True, 4), INTERNAL, False),
        (policies.own(), Reader(True), NOTHING, False),
    ],
)
def test_each_kind_of_policy(policy: policies.Policy, who: Reader, thing: Thing, may: bool) -> None:
    assert policy.thing is not None
    assert policy.thing.test(who, thing) is may


def test_doors() -> None:
    assert policies.public().door.test(Reader())
    assert not policies.staff().door.test(Reader(account=True)) and policies.staff().door.test(CLERK)
    assert policies.role("clerk").door.test(CLERK) and not policies.role("head").door.test(CLERK)
    assert policies.account().door.test(Reader(account=True)) and not policies.account().door.test(Reader())


def test_clearances_are_those_of_the_pack() -> None:
    assert clearance([]) < clearance(["supervisor"]) < clearance(["supervisor", "clerk"])
    assert readable(["supervisor"]) == {"open", "internal"} and readable(["head"]) is None
    assert readable([]) == frozenset() and not may_read([], "open")
    assert may_read(["head"], "unheard-of") and not may_read(["clerk"], "unheard-of")


MARKS = re.compile(r'value="\w{64}"|content="\w{64}"')


def _answer(client: Client, address: str, number: str, method: str = "get") -> tuple[object, ...]:
    """All that can be told apart: status, body and headers without the number, and the work done."""
    with CaptureQueriesContext(
        connection,
    ) as asked:
        response = getattr(client, method)(address.format(number=number))
    body = MARKS.sub("", response.content.decode().replace(number, "…"))
    headers = {
        k: v.replace(number, "…")
        for k, v in response.headers.items()
        if k not in ("Content-Length", "Expires")
    }
    shape = [re.sub(r"'[^']*'|\d+", "?", each["sql"]) for each in asked.captured_queries]
    return response.status_code, body, headers, shape


@pytest.mark.django_db
@pytest.mark.parametrize("method", ["get", "post", "head", "put"])
@pytest.mark.parametrize("address", ["/en/desk/{number}/", "/en/desk/{number}/accept/",
                                     "/en/desk/{number}/extend/answer-in/"])  # fmt: skip
def test_no_such_and_not_yours_are_one_answer_to_staff(
    address: str, method: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("django.utils.timezone.now", lambda: people.MONDAY + timedelta(hours=2))
    people.units()
    people.qian()
    number = people.he_asks().number
    client = people.browser("qian")
    client.get("/en/desk/")
    not_yours = _answer(client, address, number, method)
    assert not_yours == _answer(client, address, "ZX-2026-999999-9", method)
    assert not_yours[0] == 404


@pytest.mark.django_db
@pytest.mark.parametrize("method", ["get", "post"])
def test_no_such_and_not_yours_are_one_answer_to_the_holder_of_another_code(method: str) -> None:
    people.units()
    mine, other = people.chen_asks(), people.he_asks()
    client = Client()
    client.post("/en/cases/track/", {"number": mine.number, "code": mine.code})
    for address in ("/en/cases/track/{number}/", "/en/cases/track/{number}/withdraw/"):
        answers = {str(_answer(client, address, n, method)) for n in (other.number, "ZX-2026-999999-9")}
        assert len(answers) == 1
    assert client.get(f"/en/cases/track/{mine.number}/").status_code == 200


@pytest.mark.django_db
def test_a_post_that_ended_today_opens_nothing_tomorrow(monkeypatch: pytest.MonkeyPatch) -> None:
    from qinglian.capabilities.parties.models import Post

    now = people.MONDAY + timedelta(hours=2)
    monkeypatch.setattr("django.utils.timezone.now", lambda: now)
    people.units()
    people.li()
    client = people.browser("li")
    assert client.get("/en/desk/").status_code == 200
    Post.objects.update(until=(now - timedelta(days=1)).date())
    assert client.get("/en/desk/").status_code == 403
