"""What every operation of the interfaces shares: texts in three languages, addresses, and faults told."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.conf import settings
from ninja import Schema
from pydantic import Field

from qinglian.capabilities.interfaces.problems import Problem
from qinglian.zone.text import LANGUAGES

WRONG: dict[int, Any] = {400: Problem, 404: Problem, 422: Problem}
KEYED: dict[int, Any] = {**WRONG, 401: Problem, 403: Problem, 429: Problem}


class Said(Schema):
    """A text in the three languages of the zone."""

    hans: str = Field(serialization_alias="zh-Hans")
    hant: str = Field(serialization_alias="zh-Hant")
    en: str


def said(text: object) -> dict[str, str] | None:
    """A pack's text; what is no text of the pack is the same in every language."""
    if text is None:
        return None
    if isinstance(text, Mapping):
        return {language: str(text[language]) for language in LANGUAGES}
    return dict.fromkeys(LANGUAGES, str(text))


def address(path: str) -> str:
    return f"{settings.PUBLIC_URL}{path}"
