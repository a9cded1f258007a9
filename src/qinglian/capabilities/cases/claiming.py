"""Taking a case into an account, by its code or by lodging it there."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.db.models import OuterRef, Subquery
from django.db.models.functions import Coalesce

from qinglian.capabilities.access.fence import beyond
from qinglian.capabilities.cases.actions import Lodged, lodge_draft
from qinglian.capabilities.cases.actions.drafts import hash_secret
from qinglian.capabilities.cases.handling import today
from qinglian.capabilities.cases.models import Case, CaseEvent, CaseHolder, Draft
from qinglian.capabilities.cases.queries import tracked_case
from qinglian.capabilities.cases.record import write_event
from qinglian.capabilities.cases.rules import CLAIM, Happening
from qinglian.capabilities.parties.queries import enterprise, represented
from qinglian.faults import Fault
from qinglian.faults import noop as _


def claim_case(number: str, code: str, user_id: int, enterprise_id: int | None, now: datetime) -> int:
    """Whoever has number and code takes the case into the account; Fault tells no more than that."""
    case_id = tracked_case(number, code)
    if case_id is None:
        raise Fault(_("no case has this number with this code; check both and try again"))
    _hold(case_id, user_id, enterprise_id, now)
    return case_id


@transaction.atomic
def lodge_for(secret: str, language: str, now: datetime, user_id: int | None) -> Lodged:
    """Lodge what the draft holds; somebody signed in holds the case from then on."""
    lodged = lodge_draft(secret, language, now)
    if user_id is not None:
        draft = Draft.objects.get(secret_hash=hash_secret(secret))
        _hold(lodged.case_id, user_id, draft.enterprise_id, now)
    return lodged


@transaction.atomic
def _hold(case_id: int, user_id: int, enterprise_id: int | None, now: datetime) -> None:
    """Once for each; the event says that an account holds the case, and not whose."""
    if enterprise_id is not None and enterprise_id not in represented(user_id, today(now)):
        raise Fault(_("this account does not speak for that enterprise today; choose another, or yourself"))
    case = Case.objects.select_related("matter_version").select_for_update(of=("self",)).get(pk=case_id)
    whose = {"enterprise_id": enterprise_id} if enterprise_id is not None else {"user_id": user_id}
    _row, made = CaseHolder.objects.get_or_create(case=case, **whose, defaults={"since": now})
    if not made:
        return
    if enterprise_id is not None and case.applicant_id is None:
        Case.objects.filter(pk=case_id).update(applicant_id=enterprise_id)
        case.applicant_id = enterprise_id
    said = "enterprise" if enterprise_id is not None else "self"
    write_event(case, Happening(CLAIM, case.state, now, data={"for": said}), "applicant", before=case.state)


def begin_for(secret: str, user_id: int, email: str, enterprise_id: int | None, now: datetime) -> list[str]:
    """Fill a new draft with what the account knows; the keys that were filled in. Nothing is overwritten."""
    draft = Draft.objects.get(secret_hash=hash_secret(secret))
    if enterprise_id is not None and enterprise_id not in represented(user_id, today(now)):
        raise Fault(_("this account does not speak for that enterprise today; choose another, or yourself"))
    known = {"email": email} | (_of(enterprise_id) if enterprise_id is not None else {})
    new = {key: text for key, text in known.items() if text and key not in draft.answers}
    draft.answers, draft.enterprise_id = draft.answers | new, enterprise_id
    draft.save(update_fields=["answers", "enterprise"])
    return list(new)


def _of(enterprise_id: int) -> dict[str, str]:
    firm = enterprise(enterprise_id)
    names = [name for _script, kind, name in firm.names if kind == "legal"]
    numbers = [value for _kind, value, _checked, _source in firm.numbers]
    known = {"kind": "enterprise", "place": firm.place}
    return known | ({"name": names[0]} if names else {}) | ({"regno": numbers[0]} if numbers else {})


def mark_seen(case_id: int, user_id: int) -> None:
    """What the account has now looked at; nothing is written where it has seen everything already."""
    last = CaseEvent.objects.filter(case=case_id).order_by("-seq").values("seq")[:1]
    behind = CaseHolder.objects.filter(case=case_id, user=user_id, seen__lt=Subquery(last))
    for pk, seq in behind.annotate(last=Subquery(last)).values_list("pk", "last"):
        with beyond("a page that was looked at leaves its mark"):
            CaseHolder.objects.filter(pk=pk).update(seen=seq)


def news_of(user_id: int, own: list[int]) -> frozenset[int]:
    """Of these cases of the account's own, those in which the unit did something since it last looked."""
    seen = CaseHolder.objects.filter(user=user_id, case=OuterRef("case")).order_by("pk").values("seen")[:1]
    events = CaseEvent.objects.filter(case__in=own, actor="staff")
    news = events.filter(seq__gt=Coalesce(Subquery(seen), 0))
    return frozenset(news.values_list("case_id", flat=True).distinct())
