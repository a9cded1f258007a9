"""What is looked up for a matter: each source of `zone.facts`, and answers that the register knows."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.utils.translation import get_language

from qinglian.capabilities.cases.models import Case
from qinglian.capabilities.parties.queries import (
    Registered,
    enterprise,
    registered,
    same_enterprise,
    standing,
)
from qinglian.zone import Field, Matter
from qinglian.zone.current import current
from qinglian.zone.facts import source_of
from qinglian.zone.matter import PLACES

YEAR = timedelta(days=365)
SCRIPTS = {"zh-hans": ("zh-Hans", "zh-Hant"), "zh-hant": ("zh-Hant", "zh-Hans"), "en": ("en",)}


@dataclass(frozen=True)
class Found:
    """One thing looked up. source: as the matter names it; register and as_of: where it says so itself."""

    key: str
    value: Any  # a word, a number, a text; None where there is no answer
    source: str
    register: str = ""
    as_of: date | None = None


def looked_up(matter: Matter, case: Case, now: datetime) -> list[Found]:
    """Every fact of the matter, for this case, now."""
    return [
        Found(fact.key, _answer(fact.source, matter, case, now), fact.source)
        for fact in matter.facts.values()
    ]


def _answer(name: str, matter: Matter, case: Case, now: datetime) -> Any:
    found = source_of(name)
    if found is None:
        return None
    source, of = found
    return ANSWERS[source.name](of, matter, case, now)


def _status(_of: str, matter: Matter, case: Case, _now: datetime) -> str:
    known = _register(matter, case.answers)
    if known is not None:
        return "registered"
    return "unknown" if case.applicant_id is None else enterprise(case.applicant_id).status


def _place(_of: str, matter: Matter, case: Case, _now: datetime) -> str:
    known = _register(matter, case.answers)
    if known is None:
        return "unknown"
    return known.place if known.place in PLACES else "other"


def _standing(kind: str, matter: Matter, case: Case, now: datetime) -> str:
    """Of who holds the number, or of who was stated; of nobody known nothing is known."""
    known = _register(matter, case.answers)
    party = known.id if known is not None else case.applicant_id
    if party is None:
        return "unknown"
    day = now.astimezone(ZoneInfo(current().timezone)).date()
    return next((each.state for each in standing(party, day) if each.kind == kind), "none")


def _clock(rule: str, _matter: Matter, case: Case, now: datetime) -> str:
    clock = case.clocks.filter(rule=rule).order_by("-run").first()
    if clock is None:
        return "not-begun"
    if clock.stopped:
        return "over"
    if not clock.running:
        return "standing"
    return "overdue" if clock.due is not None and clock.due < now else "running"


def _count(action: str, _matter: Matter, case: Case, _now: datetime) -> int:
    return case.events.filter(action=action).count()


def _open(_of: str, _matter: Matter, case: Case, _now: datetime) -> int | None:
    return _of_applicant(case, open=True)


def _lodged(_of: str, _matter: Matter, case: Case, now: datetime) -> int | None:
    return _of_applicant(case, lodged_at__gt=now - YEAR)


def _of_applicant(case: Case, **asked: Any) -> int | None:
    if case.applicant_id is None:
        return None
    rows = Case.objects.filter(applicant__in=list(same_enterprise(case.applicant_id)), **asked)
    return rows.filter(matter_version__matter=case.matter_version.matter).exclude(pk=case.pk).count()


ANSWERS: Mapping[str, Callable[[str, Matter, Case, datetime], Any]] = {
    "registry.enterprise.status": _status,
    "registry.enterprise.place": _place,
    "standing.KIND": _standing,
    "clock.ID": _clock,
    "count.ID": _count,
    "cases.open": _open,
    "cases.lodged": _lodged,
}


def _register(matter: Matter, answers: Mapping[str, Any]) -> Registered | None:
    number = next((f.key for f in matter.fields.values() if f.type == "regno" and answers.get(f.key)), None)
    return None if number is None else registered(str(answers.get("place", "")), str(answers[number]))


def registered_answers(
    matter: Matter, fields: Iterable[Field], answers: Mapping[str, Any]
) -> dict[str, Found]:
    """Key → what the register says, for those of the fields that are filled from it."""
    wanted = [field for field in fields if field.prefill]
    known = _register(matter, answers) if wanted else None
    if known is None:
        return {}
    said = {
        field.key: Found(
            field.key, _said(field.prefill or "", known), field.prefill or "", known.source, known.as_of
        )
        for field in wanted
    }
    return {key: found for key, found in said.items() if found.value}


def _said(prefill: str, known: Registered) -> str:
    match prefill.rpartition(".")[2]:
        case "place":
            return known.place if known.place in PLACES else "other"
        case "district":
            return known.district
    wished = SCRIPTS.get(get_language() or "en", ())
    by_script = [known.names[script] for script in wished if script in known.names]
    return by_script[0] if by_script else next(iter(known.names.values()), "")
