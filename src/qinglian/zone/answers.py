"""Answers as guards and tables read them: words, numbers and days instead of what a form stores."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from qinglian.zone.matter import Field

# How each type of answer can be compared in a guard; those left out can only be `absent` or not.
COMPARED = {
    **dict.fromkeys(("text", "longtext", "choice", "email", "phone", "regno"), "text"),
    **dict.fromkeys(("multi-choice", "codes"), "list"),
    "date": "day",
    **dict.fromkeys(("money", "files"), "number"),
    "yes-no": "truth",
    "undertaking": "truth",
}


def compared(fields: Iterable[Field], answers: Mapping[str, object]) -> dict[str, object]:
    """What a guard or a table reads of the answers; one that is not there stays absent.

    Money is its amount (the checker lets only a field of one currency be compared), an undertaking is whether
    it was given, files are how many there are; several codes are a list.
    """
    found: dict[str, object] = dict(answers)
    for field in fields:
        value = answers.get(field.key)
        if value is None:
            continue
        if field.type == "money" and isinstance(value, Mapping):
            found[field.key] = value.get("amount")
        elif field.type == "undertaking":
            found[field.key] = True
        elif field.type == "files" and isinstance(value, list):
            found[field.key] = len(value)
    return found
