"""Public answers: what everybody may read, and what waits for a second person."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Q, QuerySet
from django.db.models.functions import Coalesce, Greatest

from qinglian.capabilities.cases.grams import words
from qinglian.capabilities.cases.history import matter_of
from qinglian.capabilities.cases.models import AnsweredQuestion, Case
from qinglian.capabilities.cases.publishable import bases, may_approve
from qinglian.capabilities.cases.sight import Sight, in_sight
from qinglian.zone import Matter
from qinglian.zone.current import current
from qinglian.zone.text import LANGUAGES, Text

PAGE = 30
MATTERS = 20


@dataclass(frozen=True)
class BasisReading:
    cite: Text
    article: str
    checked: str


@dataclass(frozen=True)
class AnswerReading:
    """state: waiting | declined | published | superseded | withdrawn."""

    id: int
    number: str
    state: str
    question: Text | None  # none of what was withdrawn
    answer: Text | None
    basis: list[BasisReading]
    matter: object
    matter_id: str
    on: datetime | None  # since when it has been in that state
    published: datetime | None
    sha: str
    ground: str
    reason: str
    replaces: str
    replaced_by: str
    drafted_by: str
    case: str  # for whoever may read it, else empty
    declined_because: str

    @property
    def texts(self) -> list[tuple[str, str, str]]:
        """(language, question, answer), for whoever reads all of them."""
        if self.question is None or self.answer is None:
            return []
        return [(language, self.question[language], self.answer[language]) for language in LANGUAGES]


@dataclass(frozen=True)
class AnswerList:
    rows: list[AnswerReading]
    n: int
    matters: list[tuple[str, object, int]]  # (id, title, how many)
    after: int | None


def public_answers(question: str = "", matter: str = "", after: int = 0) -> AnswerList:
    """The answers that stand today, the newest first, with every word of the question in them."""
    found = _live()
    for word in words(question):
        found = found.filter(text__contains=word.text)
    counted = Counter(found.values_list("matter", flat=True))
    known = current().matters
    matters = [(id, known[id].title if id in known else id, n) for id, n in counted.most_common(MATTERS)]
    if matter:
        found = found.filter(matter=matter)
    rows = list(_with(found).order_by("-decided_at", "-id")[after : after + PAGE + 1])
    following = after + PAGE if len(rows) > PAGE else None
    return AnswerList([_reading(row) for row in rows[:PAGE]], found.count(), matters, following)


def public_answer(number: str) -> AnswerReading | None:
    """One that is or was public; what waits or was declined is nobody's."""
    if "\x00" in number:
        return None
    row = _with(AnsweredQuestion.objects.filter(number=number, outcome="published")).first()
    return _reading(row) if row else None


def _live() -> QuerySet[AnsweredQuestion]:
    return AnsweredQuestion.objects.filter(outcome="published", superseded_at=None, withdrawn_at=None)


def _with(rows: QuerySet[AnsweredQuestion], inside: bool = False) -> QuerySet[AnsweredQuestion]:
    """What is public is read without the case that it was drawn from."""
    return rows.select_related("replaces", "replaced_by", "drafted_by", *(["case"] if inside else []))


def desk_answers(sight: Sight) -> dict[str, list[AnswerReading]]:
    """Those drawn from cases within sight: `waiting`, and the latest of the `rest`."""
    seen = AnsweredQuestion.objects.filter(case__in=Case.objects.filter(in_sight(sight)))
    waiting = _with(seen.filter(outcome=""), inside=True).order_by("id")
    rest = _with(seen.exclude(outcome=""), inside=True).order_by("-decided_at", "-id")[:PAGE]
    return {
        "waiting": [_reading(row, inside=True) for row in waiting],
        "rest": [_reading(row, inside=True) for row in rest],
    }


def desk_answer(number: str, sight: Sight) -> AnswerReading | None:
    if "\x00" in number:
        return None
    seen = AnsweredQuestion.objects.filter(number=number, case__in=Case.objects.filter(in_sight(sight)))
    row = _with(seen, inside=True).first()
    return _reading(row, inside=True) if row else None


def matter_of_answer(pk: int) -> Matter:
    return matter_of(Case.objects.select_related("matter_version").get(published=pk))


def can_approve(pk: int, roles: frozenset[str], person: int | None) -> bool:
    drafted = AnsweredQuestion.objects.values_list("drafted_by", flat=True).get(pk=pk)
    return person != drafted and may_approve(matter_of_answer(pk), roles)


def bases_today(matter: Matter) -> list[tuple[str, BasisReading]]:
    """What an answer of this matter may rest on, as the pack says it today."""
    live = current().matters.get(matter.id)
    return [(each["key"], _basis(each)) for each in bases(live)] if live else []


def _basis(said: Mapping[str, object]) -> BasisReading:
    return BasisReading(_text(said["cite"]), str(said["article"]), str(said["checked"]))


def _text(said: object) -> Text:
    assert isinstance(said, dict)
    return Text(said["zh-Hans"], said["zh-Hant"], said["en"])


def _reading(row: AnsweredQuestion, inside: bool = False) -> AnswerReading:
    state = row.outcome or "waiting"
    on = row.decided_at or row.drafted_at
    if row.withdrawn_at:
        state, on = "withdrawn", row.withdrawn_at
    elif row.superseded_at:
        state, on = "superseded", row.superseded_at
    live = current().matters.get(row.matter)
    return AnswerReading(
        id=row.pk,
        number=row.number,
        state=state,
        question=_text(row.question) if row.question else None,
        answer=_text(row.answer) if row.answer else None,
        basis=[_basis(each) for each in row.basis],
        matter=live.title if live else row.matter,
        matter_id=row.matter,
        on=on,
        published=row.decided_at if row.outcome == "published" else None,
        sha=row.sha,
        ground=row.ground,
        reason=row.reason,
        replaces=row.replaces.number if row.replaces else "",
        replaced_by=_successor(row),
        drafted_by=row.drafted_by.name if inside else "",
        case=row.case.number if inside else "",
        declined_because=row.declined_because if inside else "",
    )


def _successor(row: AnsweredQuestion) -> str:
    """The one that took its place; one that still waits has not."""
    following = getattr(row, "replaced_by", None)
    return following.number if following is not None and following.outcome == "published" else ""


def latest_answers(most: int = PAGE) -> list[AnswerReading]:
    """What was lately published, replaced or withdrawn, the latest change first."""
    return changed_answers("", None, None, None, 0, most)


def changed_answers(
    matter: str, stands: bool | None, begin: datetime | None, end: datetime | None, skip: int, most: int
) -> list[AnswerReading]:
    """The latest change first. stands: only those that stand, or only those that do not; begin, end: by the
    moment of publishing, both included."""
    changed = Greatest(
        "decided_at", Coalesce("superseded_at", "decided_at"), Coalesce("withdrawn_at", "decided_at")
    )
    rows = AnsweredQuestion.objects.filter(outcome="published").annotate(changed=changed)
    if matter:
        rows = rows.filter(matter=matter)
    if stands is not None:
        live = Q(superseded_at=None, withdrawn_at=None)
        rows = rows.filter(live) if stands else rows.exclude(live)
    rows = rows.filter(decided_at__gte=begin) if begin else rows
    rows = rows.filter(decided_at__lte=end) if end else rows
    return [_reading(row) for row in _with(rows).order_by("-changed", "-id")[skip : skip + most]]
