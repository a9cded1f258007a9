"""What the interfaces of cases take and answer: their description and their checks come from these."""

from __future__ import annotations

from typing import Literal

from ninja import Schema
from pydantic import BaseModel, ConfigDict, Field

Texts = dict[str, str]
Answer = str | bool | list[str] | dict[str, str]


class MatterRow(Schema):
    id: str
    version: str
    sha: str
    kind: str
    title: Texts
    summary: Texts
    unit: Texts
    by_program: bool
    guide: str


class Asked(Schema):
    """One field: `words` are the values that can be picked; conditional fields may be absent."""

    key: str
    type: str
    label: Texts
    hint: Texts | None = None
    required: bool
    conditional: bool
    max: int | None = None
    words: list[str] = []
    labels: list[Texts] = []
    agree_to: str | None = None


class ClockRow(Schema):
    id: str
    title: Texts
    budget: str
    calendar: str
    article: Texts


class MatterWhole(MatterRow):
    fields: list[Asked]
    clocks: list[ClockRow]


class Matters(Schema):
    items: list[MatterRow]


class Lodge(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)
    matter: str = Field(max_length=60, examples=["consultation"])
    language: Literal["zh-Hans", "zh-Hant", "en"] = "zh-Hans"
    answers: dict[str, Answer] = Field(max_length=200)


class LodgedCase(Schema):
    number: str
    code: str
    url: str
    page: str
    again: bool


class ClockNow(Schema):
    id: str
    title: Texts
    budget: str
    started: str
    due: str | None = None
    status: str
    paused: bool
    stopped: str | None = None


class Step(Schema):
    seq: int
    at: str
    what: Texts | None = None
    kind: str
    by: str
    state: Texts
    said: dict[str, str | None]


class CaseNow(Schema):
    number: str
    matter: str
    title: str | None = None
    state: str
    state_title: Texts
    turn: str
    unit: Texts
    lodged_at: str
    closed_at: str | None = None
    due: str | None = None
    answer: str | None = None
    clocks: list[ClockNow]
    steps: list[Step]


class BasisRow(Schema):
    cite: Texts
    article: str
    checked: str


class PublicAnswer(Schema):
    """state: published | superseded | withdrawn. What was withdrawn keeps number, day and ground alone."""

    number: str
    state: str
    matter: Texts | None = None
    question: Texts | None = None
    answer: Texts | None = None
    basis: list[BasisRow] = []
    published: str | None = None
    since: str | None = None
    ground: str = ""
    replaces: str = ""
    replaced_by: str = ""
    sha: str
    page: str


class PublicAnswers(Schema):
    items: list[PublicAnswer]
    n: int
    next: int | None = None
