"""The interfaces' own description, as a page shows it: nothing stands there that programs do not read too."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import pgettext


@dataclass(frozen=True)
class Given:
    name: str
    place: str  # path, query or header, in the reader's language
    required: bool
    kind: str


@dataclass(frozen=True)
class Operation:
    id: str
    method: str
    path: str
    summary: str
    given: list[Given]
    body: str  # an example, where something is sent
    answers: list[tuple[str, str]]  # (status, name of the form)
    keyed: list[str]
    curl: str


EXAMPLE = {
    "matter": "consultation",
    "language": "zh-Hant",
    "answers": {
        "kind": "person",
        "name": "何（示例）",
        "place": "HK",
        "topic": "premises",
        "title": "…",
        "detail": "…",
    },
}


def operations() -> list[Operation]:
    from qinglian.web.api import described

    return [
        _operation(method.upper(), path, said)
        for path, methods in described()["paths"].items()
        for method, said in methods.items()
    ]


def _operation(method: str, path: str, said: dict[str, Any]) -> Operation:
    given = [
        Given(
            each["name"],
            {"path": _("path"), "query": _("query"), "header": _("header")}[each["in"]],
            each["required"],
            _kind(each["schema"]),
        )
        for each in said.get("parameters", ())
    ]
    body = json.dumps(EXAMPLE, ensure_ascii=False, indent=2) if "requestBody" in said else ""
    keyed = sorted({name for each in said.get("security", ()) for name in each})
    return Operation(
        id=said["operationId"],
        method=method,
        path=path,
        summary=_(said["summary"]),
        given=given,
        body=body,
        answers=[(str(status), _form(each)) for status, each in said["responses"].items()],
        keyed=keyed,
        curl=_curl(method, path, bool(body), keyed),
    )


def _kind(schema: dict[str, Any]) -> str:
    """What is expected there, with its limits, in the reader's language."""
    kinds = {"string": _("text"), "integer": _("whole number"), "boolean": _("yes or no")}
    kind = str(schema.get("type", ""))
    said = [kinds.get(kind, kind)]
    least, most = (schema.get(f"{end}Length", schema.get(f"{end}imum")) for end in ("min", "max"))
    if most is not None:
        limits = _("at most %(most)d characters") if kind == "string" else _("at most %(most)d")
        said.append(limits % {"most": most})
    if least:
        limits = _("at least %(least)d characters") if kind == "string" else _("at least %(least)d")
        said.append(limits % {"least": least})
    return pgettext("list", ", ").join(said)


def _form(response: dict[str, Any]) -> str:
    schema = next(iter(response.get("content", {}).values()), {}).get("schema", {})
    return str(schema.get("$ref", "")).rpartition("/")[2]


def _curl(method: str, path: str, body: bool, keyed: list[str]) -> str:
    parts = ["curl"]
    if "ByCode" in keyed:
        parts.append("-H 'Case-Code: XXXX-XXXX-XXXX'")
    elif keyed:
        parts.append("-H 'Authorization: Bearer qk_…'")
    if body:
        parts += [
            "-H 'Content-Type: application/json'",
            "-H 'Idempotency-Key: order-2026-0001'",
            "-d @case.json",
        ]
    return " \\\n  ".join([*parts, f"{settings.PUBLIC_URL}{path}"])
