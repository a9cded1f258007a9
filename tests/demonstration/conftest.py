"""A small play on a real database, made once: the widest test there is of how the verbs go together."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

import pytest
from django.utils import timezone

from qinglian.capabilities.cases.models import Case, CaseEvent, Clock
from qinglian.capabilities.ledger import keyring
from qinglian.capabilities.ledger.actions import open_trees
from qinglian.capabilities.parties.actions import keep_units
from qinglian.web.demonstration.playing import Play
from qinglian.zone.current import current

UNTIL = date(2026, 11, 23)
SIZE = 60 / 2000


@dataclass(frozen=True)
class Played:
    cases: int
    refused: dict[str, int]


CASE = "number state title answers language email ver lodged_at closed_at due unit_holding_id".split()
EVENT = "case__number seq action to_state actor person__name at data".split()


def everything() -> list[Any]:
    """Every case with its events and clocks; ids of people go on counting where a play was taken back."""
    events = [
        (*row[:-1], {key: said for key, said in row[-1].items() if key not in ("to", "together")})
        for row in CaseEvent.objects.order_by("case", "seq").values_list(*EVENT)
    ]
    clocks = Clock.objects.order_by("case", "rule", "run").values_list(
        "case__number", "rule", "due", "ledger"
    )
    return [list(Case.objects.order_by("id").values_list(*CASE)), events, list(clocks)]


def play(seed: int = 1, size: float = SIZE, until: date = UNTIL) -> Played:
    now = datetime(2026, 11, 23, tzinfo=UTC)
    shutil.rmtree(keyring.folder(), ignore_errors=True)  # a play that was taken back had signed
    open_trees(now)
    keep_units(current(), now)
    played = Play(until, seed, size)
    days = list(played.days())
    assert days[-1].on == until and timezone.now() > now
    return Played(len(played.stage.lodged), dict(played.stage.refused))


@pytest.fixture
def played(db: None) -> Iterator[Played]:
    yield play()
