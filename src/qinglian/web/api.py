"""The root of the interfaces: every capability's router, and how what went wrong is answered."""

from __future__ import annotations

import json
from importlib import import_module
from importlib.util import find_spec
from typing import Any

from django.core.exceptions import RequestDataTooBig, SuspiciousOperation
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from ninja import NinjaAPI
from ninja.errors import AuthenticationError, HttpError, ValidationError

from qinglian import __version__
from qinglian.capabilities.interfaces.authenticating import TooOften, WrongScope
from qinglian.capabilities.interfaces.problems import MEDIA, Wrong, no_such, problem
from qinglian.faults import Fault
from qinglian.web.rooms import capabilities

ROOMS = ("api", "open311_api", "log_api", "figures_api")


class Interfaces(NinjaAPI):
    def get_openapi_schema(self, *args: Any, **kwargs: Any) -> Any:
        """What is wrong has a media type of its own, and a header its hyphens: the library says neither.

        A header with an underscore is dropped by servers, so a program made from the description would fail.
        """
        found = super().get_openapi_schema(*args, **kwargs)
        for methods in found["paths"].values():
            for operation in methods.values():
                for asked in operation.get("parameters", ()):
                    if asked["in"] == "header":
                        asked["name"] = asked["name"].replace("_", "-").title()
                for answer in operation["responses"].values():
                    told = answer.get("content", {})
                    if str(told.get("application/json", {}).get("schema", {}).get("$ref", "")).endswith(
                        "/Problem"
                    ):
                        told[MEDIA] = told.pop("application/json")
        return found

    def create_response(self, request: HttpRequest, data: Any, **kwargs: Any) -> HttpResponse:
        response: HttpResponse = super().create_response(request, data, **kwargs)
        response.headers.setdefault("Vary", "Accept-Language, Authorization, Case-Code")
        return response


api = Interfaces(
    title="Qinglian",
    version=__version__,
    description="Catalogue, lodging, status, public answers, figures and the log of a zone.",
    urls_namespace="api",
    docs_url=None,
    openapi_url="/openapi.json",
)


@api.exception_handler(Wrong)
def _wrong(request: HttpRequest, error: Wrong) -> HttpResponse:
    return problem(error.status, error.detail, error.errors) if error.detail else no_such(request)


@api.exception_handler(Http404)
def _missing(request: HttpRequest, error: Http404) -> HttpResponse:
    return no_such(request)


@api.exception_handler(Fault)
def _fault(request: HttpRequest, fault: Fault) -> HttpResponse:
    return problem(422, _(fault.template) % fault.params)


@api.exception_handler(ValidationError)
def _unreadable(request: HttpRequest, error: ValidationError) -> HttpResponse:
    """Where each fault stands, and what was expected there, as the checker of types says it."""
    found = [(".".join(map(str, each["loc"])), str(each["msg"])) for each in error.errors]
    return problem(422, _("The request does not have the form that is described in openapi.json."), found)


@api.exception_handler(AuthenticationError)
def _nobody(request: HttpRequest, error: AuthenticationError) -> HttpResponse:
    said = _(
        "Send a key that holds today: Authorization: Bearer qk_…. Keys are made on the page of your account."
    )
    return problem(401, said, headers={"WWW-Authenticate": "Bearer"})


@api.exception_handler(HttpError)
def _refused(request: HttpRequest, error: HttpError) -> HttpResponse:
    if isinstance(error, TooOften):
        said = _("This key was used too often in this minute. Wait %(wait)d seconds.") % {"wait": error.wait}
        return problem(429, said, headers={"Retry-After": str(error.wait)})
    if isinstance(error, WrongScope):
        said = _("This key is not for that: it lacks %(scope)s. Make one that has it.")
        lacks = f'Bearer error="insufficient_scope", scope="{error.scope}"'  # RFC 6750, section 3.1
        return problem(403, said % {"scope": error.scope}, headers={"WWW-Authenticate": lacks})
    return problem(error.status_code, _("That request cannot be read."))


@api.exception_handler(SuspiciousOperation)
def _suspicious(request: HttpRequest, error: SuspiciousOperation) -> HttpResponse:
    if isinstance(error, RequestDataTooBig):
        return problem(413, _("At most one megabyte is taken; nothing was changed. Send less."))
    return problem(400, _("That request cannot be read."))


for _name in capabilities():
    for _room in ROOMS:
        if find_spec(f"{_name}.{_room}"):
            api.add_router("", import_module(f"{_name}.{_room}").router)


def described() -> dict[str, Any]:
    """The OpenAPI description, as plain JSON."""
    found: dict[str, Any] = json.loads(
        json.dumps(api.get_openapi_schema(path_prefix="/api/v1/"), default=str)
    )
    return found
