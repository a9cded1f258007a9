"""A matter: what can be asked of a zone, in which steps, by whom, and by when."""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from dataclasses import dataclass

from qinglian.engines.clock import Budget
from qinglian.engines.tables import Guard, Table
from qinglian.zone.text import Text

KINDS = ("request", "consultation", "registration", "approval", "complaint", "appeal", "report")
STAGES = ("received", "in-hand", "your-turn", "answered", "closed", "withdrawn", "confirmed", "refused")
TURNS = ("unit", "applicant", "nobody")
FIELD_TYPES = (
    *("text", "longtext", "choice", "multi-choice", "codes", "yes-no", "date", "money"),
    *("email", "phone", "regno", "address", "files", "undertaking"),
)
SAYS_WHO = ("regno", "email", "phone", "address")  # field types whose answer tells who asks
PLACES = ("CN", "HK", "MO", "other")
CURRENCIES = ("CNY", "HKD", "MOP", "USD", "EUR")  # each has hundredths
FILE_KINDS = ("pdf", "ofd", "jpg", "png", "webp", "docx", "xlsx", "csv", "txt", "zip")
ALWAYS_PUBLIC = ("number", "stage", "turn", "due")  # whoever follows a case reads them in every matter
PUBLIC = ("number", "title", "stage", "turn", "unit", "due", "steps")
# What an action can ask of whoever takes it; the application has a form field for each.
NEEDS = ("reason", "items", "detail", "answer", "basis", "remedy", "unit", "clause", "concerns")
APPEAL = "appeal-of"
RELATIONS = (APPEAL, "complaint-about", "follows")
# What the register of enterprises fills in once a registration number is known.
PREFILLS = tuple(f"registry.enterprise.{name}" for name in ("name", "place", "district"))
# What answers a risk: something of this name in the matter, or the rule that always holds.
CONTROLS_OF = ("two-persons", "collective", "guard", "limit", "table", "clock")
CONTROLS = ("routing", "complaint", "conflicts")
# What a letter can carry beside {field.KEY}, {fact.KEY} and {said.NEED}.
LETTER_WORDS = ("number", "title", "matter", "unit", "applicant", "lodged", "due", "today")
# Who acts when nobody does: ladders, silence and decision tables.
SYSTEM = "system"
APPLICANT = "applicant"  # the role of whoever asks
# What the application tells a guard beside the fields: who acts, in which role, and who asked.
ACTOR_FACTS = ("actor", "actor_role", "applicant")


@dataclass(frozen=True, slots=True)
class Basis:
    kind: str  # law | zone-choice
    cite: Text
    article: str
    checked: datetime.date | None


@dataclass(frozen=True, slots=True)
class Option:
    value: str
    label: Text


@dataclass(frozen=True, slots=True)
class CodeList:
    """Codes of a CSV in the pack, in its order, each with its text."""

    path: str
    codes: Mapping[str, Text]
    sha: str


@dataclass(frozen=True, slots=True)
class Undertaking:
    """What an applicant promises: the text itself, in its version; `sha` is over its three files."""

    path: str
    version: str
    text: Text
    sha: str


@dataclass(frozen=True, slots=True)
class Field:
    key: str
    type: str
    label: Text
    hint: Text | None
    required: bool
    max: int | None
    options: tuple[Option, ...]
    show: Guard | None
    sensitivity: str
    codes: CodeList | None = None
    currencies: tuple[str, ...] = ()
    places: tuple[str, ...] = ()
    accept: tuple[str, ...] = ()
    max_mb: int | None = None
    undertaking: Undertaking | None = None
    prefill: str | None = None  # one of PREFILLS

    @property
    def words(self) -> tuple[str, ...]:
        """Every value that an answer, or one of several, can have; none where anything can be written."""
        if self.type == "yes-no":
            return ("true", "false")
        return tuple(self.codes.codes) if self.codes else tuple(option.value for option in self.options)


@dataclass(frozen=True, slots=True)
class Step:
    id: str
    title: Text
    fields: tuple[Field, ...]


@dataclass(frozen=True, slots=True)
class State:
    id: str
    title: Text
    stage: str
    turn: str
    initial: bool
    terminal: bool


@dataclass(frozen=True, slots=True)
class Decision:
    """A table that decides, and the state each outcome leads to."""

    path: str
    table: Table
    outcomes: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Fact:
    """What the application looks up for a guard, a table or a letter; it is stored with source and time."""

    key: str
    title: Text
    source: str  # see `zone.facts.SOURCES`


@dataclass(frozen=True, slots=True)
class Collective:
    """So many members who hold the role must agree before the action takes effect."""

    role: str
    number: int


@dataclass(frozen=True, slots=True)
class Transfer:
    """The case goes to another unit; after so many times only `then` may send it on, and that decides."""

    bounces: int
    then: str


@dataclass(frozen=True, slots=True)
class Joint:
    """Units that may be asked to contribute, each within its budget, inside the clock they share."""

    units: tuple[str, ...]
    clock: str
    budget: Budget


@dataclass(frozen=True, slots=True)
class Letter:
    """Markdown with {placeholders}, every one of which is known when the pack is read."""

    path: str
    text: Text
    names: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Action:
    id: str
    title: Text
    from_: tuple[str, ...]
    to: str  # empty when a decision chooses: see `targets`
    by: tuple[str, ...]
    needs: tuple[str, ...]
    limit: int | None
    guard: Guard | None
    decision: Decision | None
    sensitivity: str  # of what is written when it is taken
    two_persons: str | None = None  # the role of which a second person must confirm
    collective: Collective | None = None
    transfer: Transfer | None = None
    joint: Joint | None = None
    letter: Letter | None = None
    takes: str | None = None  # the field of files under whose limits whoever asks may add some

    @property
    def targets(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys(self.decision.outcomes.values())) if self.decision else (self.to,)


@dataclass(frozen=True, slots=True)
class Extend:
    by: str
    add: Budget
    times: int
    needs: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Rung:
    """At `at` from the due moment (`-4h`, `0`, `+1wd`) do `remind:ROLE` or `escalate:ROLE`."""

    at: str
    do: str
    offset: Budget | None  # None at the due moment itself
    early: bool


@dataclass(frozen=True, slots=True)
class Silence:
    """What happens by itself when the time is over: `action:ID`.

    basis: where the law (or the zone's own choice) deems it so, by which article; none for what is merely
    put in order.
    """

    do: str
    basis: Basis | None = None

    @property
    def action(self) -> str:
        return self.do.partition(":")[2]


@dataclass(frozen=True, slots=True)
class ClockRule:
    id: str
    title: Text
    starts: str
    stops: tuple[str, ...]
    pause_in: tuple[str, ...]
    budget: Budget
    calendar: str | None
    extend: Extend | None
    ladder: tuple[Rung, ...]
    basis: Basis
    silence: Silence | None


@dataclass(frozen=True, slots=True)
class Routing:
    """A table whose decision is the unit that receives the case first."""

    path: str
    table: Table


@dataclass(frozen=True, slots=True)
class Risk:
    """Where somebody could bend the matter, what stands against it, and the figure in which it would show."""

    id: str
    point: Text
    controls: tuple[str, ...]  # "two-persons:refuse", "clock:answer-in", "conflicts" …
    figure: str


@dataclass(frozen=True, slots=True)
class Complaint:
    """Whom it concerns is resolved by the unit that receives it; where it concerns that one, by another.

    suggests: the field in which the applicant may name a unit; action: the one that resolves.
    """

    otherwise: str
    suggests: str
    action: str


@dataclass(frozen=True, slots=True)
class Related:
    """Cases of this matter may stand to those of that one as `relation` says."""

    matter: str
    relation: str


@dataclass(frozen=True, slots=True)
class Matter:
    id: str
    version: str
    kind: str
    calendar: str
    number: str
    prefix: str
    title: Text
    summary: Text
    unit: str
    sensitivity: str  # who may know of a case at all
    content: str  # of its answers and of what is written in it, where nothing else is said
    basis: tuple[Basis, ...]
    public: tuple[str, ...]
    roles: tuple[str, ...]
    assign_by: tuple[str, ...]  # who gives a case to somebody; none: whoever acts first has it
    lookups: tuple[str, ...]
    guide: Text | None
    steps: tuple[Step, ...]
    states: Mapping[str, State]
    actions: Mapping[str, Action]
    clocks: Mapping[str, ClockRule]
    initial: str
    sha: str
    pins: Mapping[str, str]
    facts: Mapping[str, Fact]
    routing: Routing | None
    risks: tuple[Risk, ...]
    complaint: Complaint | None
    related: tuple[Related, ...]
    related_by: str = ""  # the field in which whoever asks gives the number of the other case
    otherwise: tuple[str, ...] = ()  # who hears what `unit` may not: the first that may

    @property
    def fields(self) -> Mapping[str, Field]:
        return {field.key: field for step in self.steps for field in step.fields}

    @property
    def hears_appeals(self) -> bool:
        return any(each.relation == APPEAL for each in self.related)
