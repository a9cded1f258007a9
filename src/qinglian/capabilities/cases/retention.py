"""What is erased when its time is over, and what stays: the structure of events, never what people wrote.

How long is the zone's own word (`[[retention]]` in zone.toml); where it says nothing, nothing is erased.
A hold keeps a case as it is until it ends.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Q, QuerySet

from qinglian.capabilities.access.actions import note_erasure
from qinglian.capabilities.access.prepared import Prepared
from qinglian.capabilities.access.queries import held_ids
from qinglian.capabilities.cases.draft_terms import over
from qinglian.capabilities.cases.history import matter_of, with_version
from qinglian.capabilities.cases.indexing import index_case, let_go
from qinglian.capabilities.cases.models import (
    Case,
    CaseEvent,
    CaseLink,
    ChannelQuestion,
    Consent,
    Draft,
    Note,
)
from qinglian.capabilities.cases.papers import forget, release_of_gone_drafts
from qinglian.capabilities.ledger.actions import erase
from qinglian.capabilities.notices.actions import forget_letters
from qinglian.zone.current import current

KEPT_OF_EVENTS = ("add", "clock", "counts_from")  # the fold of the events needs them
GONE = "–"  # an extension is never without a reason
CONTACT = ("email", "phone")
PICKED = ("choice", "multi-choice", "codes", "yes-no")  # from a list: names nobody


def erase_due(now: datetime, limit: int = 50) -> int:
    """A job: erase what is due, at most limit cases by each rule; how many things were touched."""
    cases = _by_rule("case-email", _contact, now, limit) + _by_rule("case-content", _content, now, limit)
    if cases:
        let_go()
    return _drafts(now) + cases


def _drafts(now: datetime) -> int:
    gone, each = Draft.objects.filter(over(now)).delete() if _ANY_DRAFT() else (0, {})
    files = release_of_gone_drafts()
    counts = {"cases.Draft.answers": each.get("cases.Draft", 0), "files.FileUse.name": files}
    note_erasure("draft", counts, 0, now)
    return gone


_ANY_DRAFT = Prepared(lambda: Draft.objects.values_list("pk", flat=True)[:1])


def _by_rule(
    rule: str, erase_one: Callable[[Case, datetime], Counter[str]], now: datetime, limit: int
) -> int:
    days = current().retention.get(rule)
    if days is None:
        return 0
    ended = now - timedelta(days=days)
    if not _ANY_ENDED[rule](ended=ended):
        return 0
    over = _ended(rule, ended)
    held = held_ids("case", now)
    due = list(over.exclude(pk__in=held).order_by("closed_at", "pk").values_list("pk", flat=True)[:limit])
    if not due:
        return 0
    with transaction.atomic():
        counts: Counter[str] = Counter()
        for case in _locked(due):
            counts += erase_one(case, now)
            case.refresh_from_db()
            index_case(case)
        note_erasure(rule, dict(counts), over.filter(pk__in=held).count(), now)
    return len(due)


def _ended(rule: str, ended: datetime) -> QuerySet[Case]:
    return Case.objects.filter(open=False, closed_at__lt=ended).filter(_left(rule))


def _any_ended(rule: str) -> Prepared:
    return Prepared(lambda ended: _ended(rule, ended).values_list("pk", flat=True)[:1], ended=datetime)


def _left(rule: str) -> Q:
    """The cases that still hold something that the rule erases."""
    return ~Q(email="") if rule == "case-email" else Q(erased_at=None)


_ANY_ENDED = {rule: _any_ended(rule) for rule in ("case-email", "case-content")}


def _locked(ids: Iterable[int]) -> QuerySet[Case]:
    return with_version(Case.objects.select_for_update(of=("self",)).filter(pk__in=ids))


def _contact(case: Case, now: datetime) -> Counter[str]:
    """The address for mail, where it stands in the answers too, and letters about the case."""
    fields = matter_of(case).fields
    kept = {k: v for k, v in case.answers.items() if k not in fields or fields[k].type not in CONTACT}
    counts = Counter({"cases.Case.email": 1, "cases.Case.answers": len(case.answers) - len(kept)})
    counts["notices.Notice.email"] = forget_letters(case.number)
    counts["ledger.EntryField.value"] = erase(_entries(case), "retention", now, ["answers"])
    Case.objects.filter(pk=case.pk).update(email="", answers=kept)
    return counts


def _content(case: Case, now: datetime) -> Counter[str]:
    """Everything that somebody wrote. What was chosen from a list stays: it names nobody."""
    counts = _contact(case, now)
    fields = matter_of(case).fields
    kept = {k: v for k, v in case.answers.items() if k in fields and fields[k].type in PICKED}
    counts["cases.Case.answers"] = len(case.answers) - len(kept)
    counts["cases.Case.title"] = 1
    counts["files.FileUse.name"] = forget(case.pk)
    counts["ledger.EntryField.value"] += erase(_entries(case), "retention", now, ["data"])
    Case.objects.filter(pk=case.pk).update(title="", answers=kept, erased_at=now)
    counts["cases.Fact.value"] = case.facts.exclude(register="").update(value=None)
    counts["cases.Proposal.data"] = case.proposals.exclude(data={}).update(data={})
    counts["cases.Consent.reason"] = (
        Consent.objects.filter(proposal__case=case).exclude(reason="").update(reason="")
    )
    for event in case.events.exclude(data={}):
        structure = {k: v for k, v in event.data.items() if k in KEPT_OF_EVENTS}
        counts["cases.CaseEvent.data"] += len(event.data) - len(structure)
        if structure:
            structure["reason"] = GONE
        CaseEvent.objects.filter(pk=event.pk).update(data=structure | {"erased": now.date().isoformat()})
    counts["cases.Note.text"] = Note.objects.filter(case=case).exclude(text=GONE).update(text=GONE)
    asked = case.contributions.all()
    counts["cases.Contribution.question"] = asked.exclude(question=GONE).update(question=GONE)
    counts["cases.Contribution.text"] = asked.exclude(text__in=["", GONE]).update(text=GONE)
    counts["cases.Letter.text"] = case.letters.exclude(text=GONE).update(text=GONE, title=GONE)
    links = CaseLink.objects.filter(Q(case=case) | Q(other=case)).exclude(reason=GONE)
    counts["cases.CaseLink.reason"] = links.update(reason=GONE)
    unpublished = case.published.exclude(outcome="published")
    counts["cases.AnsweredQuestion.answer"] += unpublished.exclude(answer={}).update(
        question={}, answer={}, text="", declined_because=""
    )
    ChannelQuestion.objects.filter(case=case).update(sha="")
    for clock in case.clocks.all():
        if extensions := clock.ledger["extensions"]:
            clock.ledger["extensions"] = [each | {"reason": GONE} for each in extensions]
            clock.save(update_fields=["ledger"])
            counts["cases.Clock.ledger"] += len(extensions)
    return counts


def _entries(case: Case) -> list[int]:
    return [entry for entry in case.events.values_list("entry_id", flat=True) if entry is not None]
