"""What the interfaces answer when something is wrong: RFC 9457, in the reader's language."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from http import HTTPStatus

from django.http import HttpRequest, JsonResponse
from django.utils.translation import gettext as _
from ninja import Schema

MEDIA = "application/problem+json"


class FieldProblem(Schema):
    field: str
    detail: str


class Problem(Schema):
    """What is wrong, where, and how to mend it."""

    type: str = "about:blank"
    title: str
    status: int
    detail: str
    errors: list[FieldProblem] = []


class Wrong(Exception):
    """Raised by an operation; answered as a Problem."""

    def __init__(self, status: int, detail: str, errors: Iterable[tuple[str, str]] = ()) -> None:
        super().__init__(detail)
        self.status, self.detail, self.errors = status, detail, list(errors)


def problem(
    status: int,
    detail: str,
    errors: Iterable[tuple[str, str]] = (),
    headers: Mapping[str, str] | None = None,
) -> JsonResponse:
    said = Problem(
        title=HTTPStatus(status).phrase,
        status=status,
        detail=detail,
        errors=[FieldProblem(field=field, detail=text) for field, text in errors],
    )
    return JsonResponse(
        said.model_dump(), status=status, content_type=MEDIA, headers=dict(headers or {}),
        json_dumps_params={"ensure_ascii": False},
    )  # fmt: skip


def no_such(_request: HttpRequest, _error: object = None) -> JsonResponse:
    """For what is not there and for what is not yours: one answer."""
    return problem(404, _("There is nothing here that you may read. Check number, code and key."))
