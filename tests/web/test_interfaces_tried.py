"""Whatever the description of the interfaces allows, and what it does not: no crash, no answer undeclared."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
import schemathesis
from django.contrib.auth import get_user_model
from django.core.handlers.wsgi import WSGIHandler
from django.core.signals import request_finished, request_started
from django.db import close_old_connections
from hypothesis import HealthCheck, settings
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)
from tests import people
from tests.web.conftest import NOW
from tests.web.test_interfaces import published

from qinglian.capabilities.cases.claiming import claim_case
from qinglian.capabilities.figures.actions import compute_all
from qinglian.capabilities.interfaces.actions import make_key
from qinglian.capabilities.interfaces.scopes import LODGE, READ
from qinglian.capabilities.ledger.actions import open_trees, sequence

CHECKS = [
    schemathesis.checks.not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
]
SLOW = [HealthCheck.too_slow, HealthCheck.filter_too_much, HealthCheck.function_scoped_fixture]
from qinglian.web.api import described  # noqa: E402

schema = schemathesis.openapi.from_dict(described())


@pytest.fixture(autouse=True)
def _one_connection() -> Iterator[None]:
    """As Django's own test client: the end of a request does not close the test's connection."""
    for signal in (request_started, request_finished):
        signal.disconnect(close_old_connections)
    yield
    for signal in (request_started, request_finished):
        signal.connect(close_old_connections)


@pytest.fixture
def token(units: None, settings: Any) -> str:
    settings.KEY_RATE = 10_000
    settings.ALLOWED_HOSTS = ["*"]
    people.chen_asks()
    user = get_user_model().objects.create_user("a-1", email="he@example.com", password=people.PASSWORD)
    return make_key(user.pk, "tried", [LODGE, READ], 30, NOW)


@schema.parametrize()
@settings(max_examples=30, deadline=None, suppress_health_check=SLOW)
@pytest.mark.django_db
def test_nothing_breaks_and_every_answer_is_declared(case: Any, token: str) -> None:
    case.headers["Authorization"] = f"Bearer {token}"
    response = case.call(app=WSGIHandler(), base_url="http://testserver")
    case.validate_response(response, checks=CHECKS)


def places(token: str) -> dict[str, dict[str, Any]]:
    """For each operation that needs one, a place at which something is."""
    answer = published()
    lodging = {"matter": "consultation", "language": "zh-Hant", "answers": people.HE}
    key = {"Authorization": f"Bearer {token}"}
    asked = people.he_asks(NOW)
    claim_case(asked.number, asked.code, get_user_model().objects.get(username="a-1").pk, None, NOW)
    return {
        "matter": {"path_parameters": {"matter_id": "consultation"}},
        "lodge": {"headers": key | {"idempotency-key": "tried-01"}, "body": lodging},
        "case": {"headers": key, "path_parameters": {"number": asked.number}},
        "answer": {"path_parameters": {"number": answer}},
        "request": {"path_parameters": {"number": answer}},
        "log-entry": {"path_parameters": {"tree": "public", "index": 0}},
        "figure": {"path_parameters": {"figure_id": "cases.lodged"}},
    }


@pytest.mark.django_db
def test_every_operation_answers_with_what_is_declared(token: str) -> None:
    """Whatever is tried at random finds nothing at most places; here something is found at each."""
    declared = {each["operationId"] for path in described()["paths"].values() for each in path.values()}
    open_trees(NOW)
    known = places(token)
    assert sequence(NOW)
    assert compute_all(NOW) is not None
    answered = set()
    for result in schema.get_all_operations():
        operation = result.ok()
        name = operation.definition.raw["operationId"]
        case = operation.Case(**known.get(name, {}))
        response = case.call(app=WSGIHandler(), base_url="http://testserver")
        case.validate_response(response, checks=CHECKS)
        if 200 <= response.status_code < 300:
            answered.add(name)
    assert answered == declared and len(declared) >= 14
