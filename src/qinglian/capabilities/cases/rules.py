"""What a matter's text makes of what happened: pure, without rows, to be read and tested alone."""

from __future__ import annotations

import hashlib
import hmac
import unicodedata
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from qinglian.engines.clock import Extension, Pause
from qinglian.faults import Fault, Faults
from qinglian.zone import Action, Field, Matter, Move, clock_moves
from qinglian.zone.answers import compared
from qinglian.zone.matter import SYSTEM
from qinglian.zone.moves import PAUSE, PAUSED, RUNNING, START, STOP

# Crockford's 32 signs: no I, L, O, U, so that a code survives being read aloud or copied by hand.
_SIGNS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
CODE_LENGTH = 12
AGAIN = {"reason", "basis", "remedy"}  # what a person says who asks a second time
# Events that move nothing: somebody was told, or has the case now.
GIVEN = "assign:person"
TOLD = ("remind", "escalate", "alarm", "assign", "moved", "undecided", "propose", "decline")
INSIDE = ("propose", "decline")  # told among the staff only
# What is said beside the acts of a matter, which moves nothing either: letters in the thread, and a call.
TO_UNIT, TO_APPLICANT, CALL = "say:unit", "say:applicant", "call:person"
CLAIM = "claim:account"
SAID = ("say", "call", "claim")
MOVED = "moved:unit"
COUNTS_FROM = "counts_from"


@dataclass(frozen=True)
class Happening:
    """One event as the fold reads it; `extend:<clock>` and what TOLD and SAID hold move no state."""

    action: str
    to: str
    at: datetime
    person: str = ""
    data: Mapping[str, Any] = field(default_factory=dict)


@dataclass
class Run:
    """One run of a clock: everything from which its due moment is derived."""

    rule: str
    number: int
    start: datetime
    pauses: list[Pause] = field(default_factory=list)
    extensions: list[Extension] = field(default_factory=list)
    stopped: datetime | None = None

    @property
    def paused(self) -> bool:
        return bool(self.pauses) and self.pauses[-1].end is None

    def pause(self, at: datetime, reason: str) -> None:
        self.pauses.append(Pause(at, None, reason))

    def resume(self, at: datetime) -> None:
        last = self.pauses[-1]
        self.pauses[-1] = Pause(last.start, at, last.reason)


@dataclass
class Folded:
    state: str | None = None
    runs: list[Run] = field(default_factory=list)

    def running(self, rule: str) -> Run | None:
        return next((run for run in reversed(self.runs) if run.rule == rule and run.stopped is None), None)


def fold(matter: Matter, happenings: Iterable[Happening]) -> Folded:
    """State and clocks as the result of events: what a row says must equal this."""
    folded = Folded()
    for happening in happenings:
        apply(matter, folded, happening)
    return folded


def apply(matter: Matter, folded: Folded, happening: Happening) -> None:
    if happening.action.partition(":")[0] in (*TOLD, *SAID):
        return
    if happening.action.startswith("extend:"):
        rule = matter.clocks[happening.action.removeprefix("extend:")]
        run = folded.running(rule.id)
        if run is None or rule.extend is None:
            raise ValueError(f"no running clock {rule.id} to extend")
        reason = str(happening.data.get("reason", ""))
        run.extensions.append(Extension(rule.extend.add, happening.person, reason, happening.at))
        return
    before, folded.state = folded.state, happening.to
    state_of = {run.rule: PAUSED if run.paused else RUNNING for run in folded.runs if run.stopped is None}
    for move in clock_moves(matter, before, happening.to, state_of):
        _move_clock(folded, move, happening)


def _move_clock(folded: Folded, move: Move, happening: Happening) -> None:
    run = folded.running(move.clock)
    if move.do == START:
        number = sum(each.rule == move.clock for each in folded.runs) + 1
        since = happening.data.get(COUNTS_FROM)  # what silence brought about may count from earlier on
        start = datetime.fromisoformat(since) if since else happening.at
        folded.runs.append(Run(move.clock, number, start))
    elif run is not None and move.do == PAUSE:
        run.pause(happening.at, happening.to)
    elif run is not None:
        if run.paused:
            run.resume(happening.at)
        if move.do == STOP:
            run.stopped = happening.at


def allowed(
    matter: Matter, state: str, roles: Iterable[str], done: Mapping[str, int], facts: Mapping[str, Any]
) -> list[str]:
    """Ids of the actions somebody with these roles may take now; done counts how often each was taken."""
    mine = set(roles)
    return [
        action.id
        for action in matter.actions.values()
        if state in action.from_
        and mine & set(action.by)
        and (action.limit is None or done.get(action.id, 0) < action.limit)
        and (action.guard is None or action.guard(facts))
        and _may_send(matter, action, mine, done)
        and _may_ask(matter, action, mine, done)
    ]


def values_of(
    matter: Matter,
    answers: Mapping[str, Any],
    facts: Mapping[str, Any],
    roles: Iterable[str],
    actor: str = "",
) -> dict[str, Any]:
    """What guards and tables read of a case: answers, facts, and who acts. What is absent is None."""
    values: dict[str, Any] = dict.fromkeys(matter.fields)
    values |= compared(matter.fields.values(), answers) | facts
    return values | {"actor_role": " ".join(sorted(roles))} | ({"actor": actor} if actor else {})


def receiver(matter: Matter, answers: Mapping[str, Any], above: Mapping[str, Collection[str]]) -> str:
    """The unit that receives a new case: by the matter's table, and never one that a complaint may concern.

    above: unit → the units above it. Where the table has no answer, the matter's own unit receives it.
    """
    unit = matter.unit
    if matter.routing is not None:
        try:
            unit = matter.routing.table.decide(values_of(matter, answers, {}, ())).decision
        except (Fault, Faults):
            pass
    if matter.complaint is not None:
        named = answers.get(matter.complaint.suggests)
        if named == unit or named in above.get(unit, ()) or unit in above.get(str(named), ()):
            return matter.complaint.otherwise
    return unit


def times_sent(matter: Matter, done: Mapping[str, int]) -> int:
    """How often a case has gone on to another unit."""
    return sum(done.get(action.id, 0) for action in matter.actions.values() if action.transfer)


def _may_send(matter: Matter, action: Action, mine: set[str], done: Mapping[str, int]) -> bool:
    """Freely until the limit; then only who decides, and only once."""
    if action.transfer is None:
        return True
    sent = times_sent(matter, done)
    if sent == action.transfer.bounces:
        return action.transfer.then in mine
    return sent < action.transfer.bounces


def _may_ask(matter: Matter, action: Action, mine: set[str], done: Mapping[str, int]) -> bool:
    """What is missing is told once. A second time it takes somebody else, with reason, basis and remedy."""
    if "items" not in action.needs:
        return True
    before = [each for each in matter.actions.values() if "items" in each.needs and done.get(each.id)]
    if not before:
        others = [each for each in matter.actions.values() if "items" in each.needs]
        return not set(action.needs) >= AGAIN or all(set(each.needs) >= AGAIN for each in others)
    asked = {role for each in before for role in each.by}
    return bool(mine & set(action.by) - asked - {SYSTEM}) and set(action.needs) >= AGAIN


def visible(fields: Iterable[Field], answers: Mapping[str, Any]) -> list[Field]:
    """The fields that are asked, given the answers so far; a hidden field's answer is absent, not empty."""
    fields = list(fields)
    known = compared(fields, answers)
    shown = []
    for each in fields:
        if each.show is None or each.show(known):
            shown.append(each)
        else:
            known.pop(each.key, None)
    return shown


def kept_answers(matter: Matter, answers: Mapping[str, Any]) -> dict[str, Any]:
    """The answers that count: of visible fields, and not empty. No is an answer."""
    shown = visible(matter.fields.values(), answers)
    return {f.key: answers[f.key] for f in shown if answers.get(f.key) not in (None, "", [], {})}


def check_digit(digits: str) -> str:
    """ISO 7064 MOD 11,10: every single wrong digit and nearly every exchange of neighbours is seen."""
    rest = 10
    for digit in digits:
        rest = (rest + int(digit)) % 10 or 10
        rest = rest * 2 % 11
    return str((11 - rest) % 10)


def case_number(pattern: str, prefix: str, year: int, seq: int) -> str:
    return pattern.format(prefix=prefix, yyyy=year, seq=seq, check=check_digit(f"{year}{seq:06}"))


def code_from(secret: str) -> str:
    """The tracking code that belongs to a draft's secret: 60 bits, the same each time it is asked for."""
    bits = int.from_bytes(hashlib.sha256(f"tracking code {secret}".encode()).digest()[:8])
    signs = "".join(_SIGNS[bits >> 5 * place & 31] for place in range(CODE_LENGTH))
    return f"{signs[:4]}-{signs[4:8]}-{signs[8:]}"


def tidy_number(typed: str) -> str:
    """What somebody typed, as the number it must be: any case, full-width, with spaces around."""
    return unicodedata.normalize("NFKC", typed).strip().upper()


def code_hash(code: str, key: str) -> str:
    """Keyed, so that a stolen database alone does not let codes be tried."""
    return hmac.digest(key.encode(), b"tracking code " + tidy_code(code).encode(), "sha256").hex()


def tidy_code(typed: str) -> str:
    """What somebody typed, as the code it must be: any case, full-width, with or without hyphens."""
    plain = unicodedata.normalize("NFKC", typed).upper().translate(str.maketrans("OIL", "011"))
    return "".join(sign for sign in plain if sign in _SIGNS)
