from __future__ import annotations

import hmac
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from django.conf import settings
from django.db.models import Exists, F, OuterRef, Q, QuerySet, prefetch_related_objects

from qinglian.capabilities.access.fence import beyond, proved
from qinglian.capabilities.access.policies import Reader, Thing
from qinglian.capabilities.cases.eyes import Eyes, Withheld
from qinglian.capabilities.cases.grounds import (
    DecisionReading,
    Grounds,
    ProposalReading,
    decision_of,
    grounds_of,
    looked_up_of,
    values_looked_up,
    waiting_proposal,
)
from qinglian.capabilities.cases.handling import handlers, today
from qinglian.capabilities.cases.headings import thing_of, title_seen, unit_title
from qinglian.capabilities.cases.history import happenings, matter_of
from qinglian.capabilities.cases.lookups import registered_answers
from qinglian.capabilities.cases.models import (
    Case,
    CaseEvent,
    CaseLink,
    ChannelQuestion,
    Clock,
    ClockChange,
    Concern,
    Contribution,
    Draft,
    Letter,
    Note,
)
from qinglian.capabilities.cases.papers import event_slot, of_case, shown
from qinglian.capabilities.cases.papers import held as held_files
from qinglian.capabilities.cases.pinned import export_texts, pinned_text
from qinglian.capabilities.cases.public_parts import what_public_reads
from qinglian.capabilities.cases.readings import ClockReading, read_clock
from qinglian.capabilities.cases.rules import (
    GIVEN,
    INSIDE,
    TOLD,
    Folded,
    allowed,
    code_from,
    code_hash,
    fold,
    tidy_number,
    values_of,
)
from qinglian.capabilities.cases.sight import in_sight, sight_of
from qinglian.capabilities.cases.wording import worded
from qinglian.capabilities.files.queries import HeldFile
from qinglian.capabilities.ledger import queries as ledger
from qinglian.capabilities.parties.queries import person_names
from qinglian.capabilities.parties.readers import roles_by_unit
from qinglian.zone import Action, Channel, ClockRule, Field, Matter, State
from qinglian.zone.current import current

BESIDE = {
    "concerns": Concern.objects.filter(case=OuterRef("pk"), lifted_at=None),
    "contributions": Contribution.objects.filter(case=OuterRef("pk")),
    "letters": Letter.objects.filter(case=OuterRef("pk")),
    "room": ChannelQuestion.objects.filter(case=OuterRef("pk")),
    "notes": Note.objects.filter(case=OuterRef("pk")),
    "links": CaseLink.objects.filter(Q(case=OuterRef("pk")) | Q(other=OuterRef("pk"))),
}
SILENT = tuple(kind for kind in TOLD if kind not in ("moved", "decline"))
# Of an event's data: told elsewhere on the page.
UNSAID = ("add", "clock", "erased", "decided", "together", "from_unit", "counts_from", "units", "files")
ABOUT_ACTIONS = ("propose", "decline", "undecided")
KNOWN = (registered_answers, pinned_text, export_texts)  # have rooms of their own, and are asked for here


@dataclass(frozen=True)
class EventReading:
    title: object  # a pack's text, or None for what every case has
    action: str
    rule: ClockRule | None
    state: State
    actor: str
    name: str
    at: datetime
    said: list[tuple[str, str]]  # (need, text)
    role: object  # who was told, where a rung told somebody
    early: bool  # and whether that was before the due moment
    given: str  # to whom, where the case was given to somebody
    seq: int = 0
    entry: int | None = None
    place: ledger.Place | None = None  # in the log; none while its entry is pending
    decision: DecisionReading | None = None  # by a table
    together: tuple[str, ...] = ()  # who proposed it, and who agreed
    files: list[HeldFile] | Withheld = field(default_factory=list)  # that came with it


@dataclass(frozen=True)
class CasePage:
    id: int
    number: str
    ver: int
    title: str | Withheld
    matter: Matter
    state: State
    unit: object
    unit_id: str
    first: object  # the unit that received it first, where it is another
    lodged_at: datetime
    closed_at: datetime | None
    language: str
    answers: list[tuple[Field, str | Withheld]]
    events: list[EventReading]  # newest first
    clocks: list[ClockReading]
    actions: list[Action]
    extendable: list[ClockReading]
    answer: str | Withheld | None  # the unit's last answer, while it stands
    head: ledger.FootReading | None  # of the log that its events are told in
    handler: str  # who has it; empty while nobody does
    handlers: list[tuple[int, str]]  # whom this reader may give it to
    roles: frozenset[str]  # by which the reader reads it
    beside: frozenset[str]  # what there is beside it: of BESIDE
    grounds: Grounds
    proposal: ProposalReading | None  # what waits for others to agree


def tracked_case(number: str, code: str) -> int | None:
    """The id of the case with this number and code; None says nothing about which of the two was wrong."""
    with beyond("the code is held against the case's own"):
        row = _numbered(tidy_number(number)).values_list("id", "code_hash").first()
    given = code_hash(code, settings.SECRET_KEY)
    if not hmac.compare_digest(given, row[1] if row else "0" * 64) or row is None:
        return None
    proved([row[0]])
    return int(row[0])


def draft_of(secret_hash: str) -> Draft | None:
    with beyond("the secret is known to nobody else"):
        found = Draft.objects.select_related("case").filter(secret_hash=secret_hash).first()
    if found is not None:
        proved([found.case_id] if found.case_id else [], [found.pk])
    return found


def room_of(draft: Draft) -> Channel | None:
    """The room in which it will be asked; none, too, where that is gone."""
    return current().channels.get(draft.channel)


def lodged_code(secret: str) -> str:
    return code_from(secret)


def case_page(
    case: int | Case,
    now: datetime,
    roles: frozenset[str],
    *,
    own: bool = False,
    fresh: bool = True,
    reader: int | None = None,
) -> CasePage:
    """One case, or the one of this id, as somebody with these roles may see it and act on it.

    own: as whoever asked. reader: the person's row, where one of the staff reads.
    """
    eyes = Eyes(roles, own, fresh)
    case = case if isinstance(case, Case) else _whole().get(pk=case)
    matter = matter_of(case)
    rows = _happened(case)
    events = _events([row for row in rows if not (own and _is_inside(row))], matter, eyes)
    clocks = [_clock_as_seen(read_clock(matter, clock, now), matter, eyes) for clock in _clocks(case)]
    last = looked_up_of(case, matter)
    values = values_of(matter, case.answers, values_looked_up(matter, last), roles)
    ids = allowed(matter, case.state, roles, Counter(row.action for row in rows), values)
    proposal = waiting_proposal(case, matter, eyes, reader)
    page = CasePage(
        id=case.pk,
        number=case.number,
        ver=case.ver,
        title=title_seen(case, matter, eyes),
        matter=matter,
        state=matter.states[case.state],
        unit=unit_title(case.unit_holding_id),
        unit_id=case.unit_holding_id,
        first=unit_title(case.unit_first_id) if case.unit_first_id != case.unit_holding_id else None,
        lodged_at=case.lodged_at,
        closed_at=case.closed_at,
        language=case.language,
        answers=[
            (f, eyes.see(f.sensitivity, said, mine=True))
            for f, said in shown(matter.fields.values(), case.answers, of_case(case.pk))
        ],
        events=list(reversed(events)),
        clocks=clocks,
        actions=[matter.actions[i] for i in ids if not (proposal and _needs_others(matter.actions[i]))],
        extendable=[c for c in clocks if _can_extend(c, roles)],
        answer=next((text for e in reversed(events) for need, text in e.said if need == "answer"), None),
        head=ledger.footer(),
        roles=roles,
        beside=_beside(case),
        grounds=grounds_of(case, matter, eyes, last),
        proposal=proposal,
        **_handling(case, matter, roles, now),
    )
    return what_public_reads(page) if own else page


def _is_inside(row: CaseEvent) -> bool:
    return row.action.partition(":")[0] in INSIDE


def _needs_others(action: Action) -> bool:
    return bool(action.two_persons or action.collective)


def _handling(case: Case, matter: Matter, roles: frozenset[str], now: datetime) -> dict[str, Any]:
    gives = case.open and bool(roles & set(matter.assign_by))
    people = handlers(case, matter, today(now)) if gives else []
    others = [each for each in people if each[0] != case.handler_id]
    return {"handler": case.handler.name if case.handler else "", "handlers": others}


def _can_extend(clock: ClockReading, roles: frozenset[str]) -> bool:
    rule = clock.rule.extend
    return (
        rule is not None
        and rule.by in roles
        and clock.stopped is None
        and not clock.late
        and len(clock.extensions) < rule.times
    )


def _clock_as_seen(clock: ClockReading, matter: Matter, eyes: Eyes) -> ClockReading:
    said = [replace(each, why=eyes.see(matter.content, each.why)) for each in clock.extensions]
    return replace(clock, extensions=said)


def _clocks(case: Case) -> list[Clock]:
    """With the moves of their due moments, asked for only where there is one."""
    moved = Exists(ClockChange.objects.filter(clock=OuterRef("pk")))
    rows = list(case.clocks.annotate(moved=moved).order_by("id"))
    prefetch_related_objects([row for row in rows if row.moved], "changes")
    for row in rows:
        if not row.moved:
            row._prefetched_objects_cache = {"changes": ClockChange.objects.none()}
    return rows


def _beside(case: Case) -> frozenset[str]:
    """What else there is of a case, so that a page asks for nothing in vain."""
    return frozenset(kind for kind in BESIDE if getattr(case, f"has_{kind}", True))


def _happened(case: Case) -> list[CaseEvent]:
    """Its events, each with its place in the log."""
    rows = CaseEvent.objects.filter(case=case).select_related("person").order_by("seq")
    return list(rows.annotate(tree=F("entry__tree_id"), index=F("entry__index")))


def _events(rows: list[CaseEvent], matter: Matter, eyes: Eyes) -> list[EventReading]:
    names, papers = _names(rows), _papers(rows)
    return [
        replace(
            _as_seen(_event(row, matter, names), row, matter, eyes), files=_files(row, matter, papers, eyes)
        )
        for row in rows
    ]


def _papers(rows: list[CaseEvent]) -> dict[str, list[HeldFile]]:
    """Slot → files of the case, asked for only where some came with an event."""
    return held_files(of_case(rows[0].case_id)) if any("files" in row.data for row in rows) else {}


def _files(
    row: CaseEvent, matter: Matter, papers: Mapping[str, list[HeldFile]], eyes: Eyes
) -> list[HeldFile] | Withheld:
    """What came with an event, for whoever may read the field under whose limits it was taken."""
    found = papers.get(event_slot(row.seq), [])
    action = matter.actions.get(row.action)
    taken = matter.fields.get(action.takes) if action and action.takes else None
    if not found or taken is None:
        return []
    seen = eyes.see(taken.sensitivity, "", mine=True)
    return found if isinstance(seen, str) else seen


def _names(rows: list[CaseEvent]) -> dict[int, str]:
    """Of the people whom events name beside whoever acted: who got the case, who agreed."""
    told = {row.data["to"] for row in rows if row.action == GIVEN and "to" in row.data}  # until it is erased
    told |= {each for row in rows for each in row.data.get("together", ())}
    return person_names(told) if told else {}


def own_record(page: CasePage, seq: int) -> str | None:
    """The log's record of one event with its values, for whoever sees the page; none while it is pending.

    What the page withholds, the record withholds.
    """
    event = next((each for each in page.events if each.seq == seq and each.entry), None)
    if event is None or event.entry is None:
        return None
    withheld = any(not isinstance(text, str) for _need, text in event.said)
    return ledger.record_text(event.entry, reveal=True, without=["data"] if withheld else [])


def _as_seen(event: EventReading, row: CaseEvent, matter: Matter, eyes: Eyes) -> EventReading:
    action = matter.actions.get(row.action)
    level = action.sensitivity if action else matter.content
    mine = row.actor == "applicant"
    said = [(need, eyes.see(level, worded(need, text, eyes.own), mine)) for need, text in event.said]
    return replace(event, said=said, decision=decision_of(row, matter, eyes))


def _event(row: CaseEvent, matter: Matter, names: Mapping[int, str]) -> EventReading:
    kind, _colon, whom = row.action.partition(":")
    action = matter.actions.get(whom if kind in ABOUT_ACTIONS else row.action)
    about = row.data.get("clock", "")
    role = current().roles.get(whom)
    return EventReading(
        title=action.title if action else None,
        action=kind,
        rule=matter.clocks[about] if about else None,
        state=matter.states[row.to_state],
        actor=row.actor,
        name=row.person.name if row.person else "",
        given=names.get(row.data.get("to", 0), "") if kind == "assign" else "",
        at=row.at,
        said=[] if kind in SILENT else [(k, v) for k, v in row.data.items() if k not in UNSAID],
        role=role.title if role else whom,
        early=str(row.data.get("rung", "")).startswith("-"),
        seq=row.seq,
        entry=row.entry_id,
        place=ledger.Place(row.tree, row.index) if row.index is not None else None,
        together=tuple(names[each] for each in row.data.get("together", ())),
    )


def held(number: str) -> tuple[Thing | None, Case | None]:
    """What the gate must know of the case with this number, and the case, to be shown once it was asked."""
    case = _whole().filter(pk__in=_numbered(number)).first()
    return (thing_of(case), case) if case is not None else (None, None)


def numbers_in_sight(reader: Reader, numbers: Iterable[str]) -> set[str]:
    """Of these numbers, those of cases in the reader's own list."""
    sight = sight_of(reader, roles_by_unit(reader.roles), fresh=True)
    rows = Case.objects.filter(in_sight(sight), number__in=list(numbers))
    return set(rows.values_list("number", flat=True))


def held_case(number: str) -> Thing | None:
    return held(number)[0]


def _whole() -> QuerySet[Case]:
    """Cases with what a page of one needs beside them."""
    rows = Case.objects.select_related("matter_version", "handler", "unit_holding")
    rows = rows.defer("matter_version__pins")  # read once by a process: history.read_version
    return rows.annotate(**{f"has_{kind}": Exists(of) for kind, of in BESIDE.items()})


def count_cases() -> int:
    return Case.objects.count()


def any_case() -> bool:
    return Case.objects.exists()


def _numbered(number: str) -> QuerySet[Case]:
    """PostgreSQL refuses to look for a NUL, and no number holds one."""
    return Case.objects.none() if "\x00" in number else Case.objects.filter(number=number)


def overdue_cases(on: datetime) -> list[str]:
    rows = Case.objects.filter(Q(open=True), due__lt=on)
    return list(rows.order_by("due", "id").values_list("number", flat=True))


def refolded(number: str) -> tuple[Folded, dict[str, Any]]:
    """State and clocks made again from the events alone, beside what the rows say."""
    case = Case.objects.select_related("matter_version").get(number=number)
    return fold(matter_of(case), happenings(case.pk)), {
        "state": case.state,
        "clocks": list(case.clocks.order_by("id")),
    }
