"""docs/reference/interfaces.md from the OpenAPI description that the platform itself gives out."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[1]
PAGE = ROOT / "docs" / "reference" / "interfaces.md"
HEAD = """# Interfaces for programs

Every request that a program can make, with what it sends and what comes back. This page is made from the
description that the platform gives out at `/api/v1/openapi.json`, by `python tools/interfaces.py`; a
test asks that it is current. How to make a key, be called and follow feeds:
[](../how-to/use-the-interfaces.md). The page *For programs* (`/en/api/`) of every installation has an
example of each request.

A request that needs a *key* carries `Authorization: Bearer qk_…`; one that needs a *code* carries
`Case-Code`, the code that was told with the number of the case. What is wrong is told as
`application/problem+json`, in the language of `Accept-Language`, in the form [Problem](#problem).
"""
NEEDS = {"ByKey": "a key", "ByCode": "a code"}


def page() -> str:
    """The whole text; Django must be set up."""
    from django.utils.translation import override

    from qinglian.web.api import described

    with override("en"):
        whole = described()
    parts = [HEAD, "## Requests\n"]
    for path, methods in whole["paths"].items():
        parts += [_operation(method.upper(), path, said) for method, said in methods.items()]
    parts.append("## Forms\n\nA key marked * is always there; where a program sends the form, it must be.\n")
    parts += [_schema(name, said) for name, said in sorted(whole["components"]["schemas"].items())]
    return "\n".join(parts)


def _operation(method: str, path: str, said: dict[str, Any]) -> str:
    lines = [f"### `{method} {path}`", "", f"{said['summary']}."]
    if said.get("security"):
        lines[-1] += f" Needs {' or '.join(NEEDS[name] for each in said['security'] for name in each)}."
    sent = said.get("requestBody", {}).get("content", {})
    given = [(f"`{each['name']}`", each["in"], _type(each["schema"]), each["required"])
             for each in said.get("parameters", ())]  # fmt: skip
    given += [("the body", media, _type(each["schema"]), True) for media, each in sent.items()]
    if given:
        lines += ["", "| sent | where | what | must be |", "|---|---|---|---|"]
        lines += [f"| {name} | {place} | {what} | {'yes' if must else 'no'} |"
                  for name, place, what, must in given]  # fmt: skip
    lines += ["", "| status | comes back |", "|---|---|"]
    by_form: dict[str, list[str]] = {}
    for status, answer in said["responses"].items():
        schemas = [each["schema"] for each in answer.get("content", {}).values()]
        by_form.setdefault(_type(schemas[0]) if schemas else "–", []).append(str(status))
    lines += [f"| {', '.join(sorted(statuses))} | {form} |" for form, statuses in by_form.items()]
    return "\n".join([*lines, ""])


def _schema(name: str, said: dict[str, Any]) -> str:
    must = said.get("required", ())
    keys = said.get("properties", {}).items()
    rows = [f"| `{key}`{'*' if key in must else ''} | {_type(value)} |" for key, value in keys]
    told = [_one_line(said["description"]), ""] if said.get("description") else []
    return "\n".join([f"### {name}", "", *told, "| key | what |", "|---|---|", *rows, ""])


def _type(schema: dict[str, Any]) -> str:
    """A type in a few words; another form by its name, as a link to it."""
    if "$ref" in schema:
        name = schema["$ref"].rpartition("/")[2]
        return f"[{name}](#{name.lower()})"
    for several in ("anyOf", "oneOf", "allOf"):
        if several in schema:
            return " or ".join(_type(each) for each in schema[several])
    if "enum" in schema or "const" in schema:
        return ", ".join(f"`{each}`" for each in schema.get("enum", [schema.get("const")]))
    if schema.get("type") == "array":
        return f"list of {_type(schema.get('items', {}))}"
    if schema.get("type") == "object" and isinstance(schema.get("additionalProperties"), dict):
        return f"object of {_type(schema['additionalProperties'])}"
    words = [schema.get("format") or schema.get("type", "anything")]
    words += [f"{said} {schema[key]}" for key, said in LIMITS.items() if key in schema]
    words += [f"like `{schema['pattern'].replace('|', chr(92) + '|')}`"] if "pattern" in schema else []
    return ", ".join(words)


LIMITS = {"minLength": "at least", "maxLength": "at most", "minimum": "from", "maximum": "to"}


def _one_line(text: str) -> str:
    return " ".join(text.split()).replace("|", "\\|")


def main() -> int:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tests.settings")
    sys.path.insert(0, str(ROOT))
    import django

    django.setup()
    PAGE.write_text(page(), "utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
