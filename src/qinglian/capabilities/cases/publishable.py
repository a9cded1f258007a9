"""What may be published of an answer: on which bases, approved by whom, and never saying who asked. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from qinglian.capabilities.cases.grams import folded
from qinglian.engines import canon
from qinglian.zone import Field, Matter
from qinglian.zone.matter import SAYS_WHO, SYSTEM
from qinglian.zone.text import LANGUAGES

SHORTEST = 2  # signs: a single one stands in every text


def tells(
    matter: Matter, answers: Mapping[str, object], number: str, texts: Iterable[str]
) -> list[Field | None]:
    """The fields whose answer stands in the texts, None for the number of the case.

    Held against the texts are the registration number, addresses, and whatever is held more closely than
    the question itself. That nothing is found proves nothing: a person reads it, too.
    """
    whole = "\n".join(folded(text) for text in texts)
    close = "".join(whole.split())
    found: list[Field | None] = [None] if folded(number) in whole else []
    for key, answer in answers.items():
        field = matter.fields.get(key)
        if field is None or not isinstance(answer, str) or field.type in ("choice", "longtext"):
            continue
        if field.type not in SAYS_WHO and field.sensitivity == matter.content:
            continue
        said = "".join(folded(answer).split())
        if len(said) >= SHORTEST and said in close:
            found.append(field)
    return found


def bases(matter: Matter) -> list[dict[str, Any]]:
    """What the matter rests on, as a public answer keeps it; the key changes with the words."""
    found = []
    for each in matter.basis:
        cite = {language: each.cite[language] for language in LANGUAGES}
        said = {"kind": each.kind, "cite": cite, "article": each.article}
        day = each.checked.isoformat() if each.checked else ""
        found.append({**said, "key": canon.digest(said).hex()[:16], "checked": day})
    return found


def may_approve(matter: Matter, roles: Iterable[str]) -> bool:
    """Whoever gives cases to others; in a matter where nobody does, whoever acts in it for the unit."""
    named = matter.assign_by or tuple(set(matter.roles) - {"applicant", SYSTEM})
    return bool(set(roles) & set(named))
