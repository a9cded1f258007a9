"""Files on the way, before there is a case."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from qinglian.capabilities.cases import papers
from qinglian.capabilities.cases.actions.drafts import keep_answers
from qinglian.capabilities.cases.models import Draft
from qinglian.faults import Fault
from qinglian.zone import Field


def add_files(
    draft: Draft,
    fields: Iterable[Field],
    sent: Mapping[str, Sequence[Any]],
    dropped: Iterable[tuple[str, str]],
    now: datetime,
) -> dict[str, list[tuple[str, Fault]]]:
    """Take in what came with a step; field → (name, fault) of each file that could not be.

    It takes seconds: call it outside any transaction. `dropped`: (field, name) too large to arrive.
    """
    return papers.receive(papers.of_draft(draft.pk), fields, sent, dropped, now)


def add_to_case(
    case_id: int,
    field: Field,
    sent: Sequence[Any],
    dropped: Iterable[tuple[str, str]],
    now: datetime,
) -> list[tuple[str, Fault]]:
    """Take in files that are to go with an act; (name, fault) of each that could not be. Seconds."""
    return papers.receive(papers.of_supply(case_id), [field], {field.key: sent}, dropped, now).get(
        field.key, []
    )


def take_back(case_id: int, field: Field, sha: str) -> None:
    """A file that was sent and not yet handed in."""
    papers.let_go(papers.of_supply(case_id), field.key, sha)


def remove_file(draft: Draft, field: Field, sha: str, now: datetime) -> None:
    """The applicant takes a file back; where the step was answered already, its answer follows."""
    papers.let_go(papers.of_draft(draft.pk), field.key, sha)
    rest = papers.answers(draft.pk, [field])
    others = {key: said for key, said in draft.answers.items() if key != field.key}
    keep_answers(draft, others | (rest if field.key in draft.answers else {}), now)
