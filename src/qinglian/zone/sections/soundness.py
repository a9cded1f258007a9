"""What can be read and would yet fail whoever comes: nobody can act, nobody can read, an address is taken."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from typing import Any

from qinglian.faults import noop as _
from qinglian.zone.forms import BAD
from qinglian.zone.gather import Gather
from qinglian.zone.matter import APPLICANT, PLACES, SYSTEM, Action, ClockRule, Fact, Field, State, Step
from qinglian.zone.sections.clearances import check_clearances
from qinglian.zone.sections.graph import reach, ways_of
from qinglian.zone.sections.possible import check_open, check_shown
from qinglian.zone.sections.references import Known

AGAIN = frozenset(("reason", "basis", "remedy"))
# Words that stand in the place of a step or an action in addresses; a test holds them against those.
TAKEN_STEPS = ("begin", "check", "keep", "privately")
TAKEN_ACTIONS = ("calendar", "letter", "person")
# Words of guards, and what a form carries beside its fields.
TAKEN_KEYS = (
    *("and", "or", "not", "in", "is", "absent", "true", "false", "null", "if", "else", "for", "lambda"),
    *("await", "yield", "import", "csrfmiddlewaretoken"),
)


def check_sound(
    clean: Mapping[str, Any],
    steps: tuple[Step, ...],
    states: tuple[State, ...],
    actions: tuple[Action, ...],
    clocks: tuple[ClockRule, ...],
    facts: Mapping[str, Fact],
    whole: bool,
    known: Known,
    gather: Gather,
) -> None:
    """Of a matter in a pack; not of one that cases were opened under, which stays as it is."""
    fields = {field.key: field for step in steps for field in step.fields}
    for row, step in zip(clean["step"], steps, strict=True):
        _check_word(step.id, TAKEN_STEPS, (*row["@"], "id"), gather)
        for inner, field in zip(row["field"], step.fields, strict=True):
            _check_field(field, step, inner["@"], gather)
            check_shown(field, fields, (*inner["@"], "show"), gather)
    for row, action in zip(clean["action"], actions, strict=True):
        _check_word(action.id, TAKEN_ACTIONS, (*row["@"], "id"), gather)
        _check_needs(clean, action, row, gather)
        check_open(action, fields, facts, (*row["@"], "guard"), gather)
    _check_staff(clean, gather)
    _check_asks(clean, actions, states, gather)
    if known.ranks is not None:
        check_clearances(clean, fields, actions, known.ranks, gather)
    if whole:
        _check_turns(clean, states, actions, gather)
        _check_silence(clean, clocks, states, actions, gather)


def _check_word(word: str, taken: Collection[str], path: Any, gather: Gather) -> None:
    if word in taken:
        gather.add(_("%(found)s stands for something else in addresses; choose another id"), path, found=word)


def _check_field(field: Field, step: Step, path: Any, gather: Gather) -> None:
    if field.key in TAKEN_KEYS:
        gather.add(
            _("%(found)s is a word of guards and forms; choose another key"), (*path, "key"), found=field.key
        )
    if field.words and field.max and field.type in ("multi-choice", "codes") and BAD not in field.words:
        if field.max > len(field.words):
            gather.add(
                _("there are only %(count)d to pick from; write at most that many, or leave max out"),
                (*path, "max"),
                count=len(field.words),
            )
    if field.type != "regno":
        return
    place = next((each for each in step.fields if each.key == "place"), None)
    if place is None or place.type not in ("choice", BAD):
        gather.add(
            _(
                "a registration number is checked by the rules of its place, and this step does not ask for "
                'one; add a choice with the key "place" to it'
            ),
            path,
        )
        return
    strange = [word for word in place.words if word not in PLACES and word != BAD]
    if strange:
        gather.add(
            _(
                "by the rules of %(found)s no registration number can be checked; give the field place these "
                "options: %(known)s"
            ),
            path,
            found=", ".join(strange),
            known=", ".join(PLACES),
        )


def _check_needs(clean: Mapping[str, Any], action: Action, row: Mapping[str, Any], gather: Gather) -> None:
    for place, need in enumerate(action.needs):
        path = (*row["@"], "needs", place)
        if need in ("unit", "clause") and action.transfer is None:
            gather.add(
                _("%(need)s belongs to a transfer, and this action is none; add transfer, or remove it"),
                path,
                need=need,
            )
        complaint = clean["complaint"]
        if need == "concerns" and (complaint is None or complaint["action"] not in (action.id, BAD)):
            gather.add(
                _("whom it concerns is said by the action that complaint.action names; remove it here"), path
            )
        if need == "items" and APPLICANT in action.by:
            gather.add(_("items are what the applicant is asked for; let one of the staff ask"), path)
    if action.joint and not clean["routing"] and set(action.joint.units) == {clean["unit"]}:
        gather.add(
            _("only the unit itself would be asked to contribute; name others"),
            (*row["@"], "joint", "units"),
        )


def _check_staff(clean: Mapping[str, Any], gather: Gather) -> None:
    """Whoever gives cases away, extends a clock, or is woken by one is of the unit."""
    places = [(("assign_by", n), role) for n, role in enumerate(clean["assign_by"])]
    for row in clean["clock"]:
        if row["extend"]:
            places.append(((*row["@"], "extend", "by"), row["extend"]["by"]))
        places += [((*rung["@"], "do"), rung["do"].partition(":")[2]) for rung in row["ladder"]]
    for path, role in places:
        if role == APPLICANT:
            gather.add(_("the applicant is not of the unit; name a role of the staff"), path)


def _check_asks(
    clean: Mapping[str, Any], actions: tuple[Action, ...], states: tuple[State, ...], gather: Gather
) -> None:
    """What is missing is told once; a second list is another role's, with reason, basis and remedy."""
    turn = {state.id: state.turn for state in states}
    asks = [(row, each) for row, each in zip(clean["action"], actions, strict=True) if "items" in each.needs]
    for row, each in asks:
        if each.limit != 1:
            gather.add(_("what is missing is told once; write limit = 1"), (*row["@"], "limit"))
        if any(turn.get(target, APPLICANT) != APPLICANT for target in each.targets):
            gather.add(
                _("whoever is asked must be able to answer; lead to a state in which it is their turn"),
                (*row["@"], "to"),
            )
    first = [each for _row, each in asks if not AGAIN <= set(each.needs)] or [each for _r, each in asks[:1]]
    asking = {role for each in first for role in each.by}
    seconds = [(row, each) for row, each in asks if each not in first]
    for row, each in asks:
        if each in first[1:]:
            gather.add(
                _(
                    "a second list is asked with its reasons and by somebody else, and so this one never is; "
                    'write needs = ["items", "reason", "basis", "remedy"]'
                ),
                (*row["@"], "needs"),
            )
    for row, each in seconds:
        if not set(each.by) - asking:
            gather.add(
                _("the second list is another role’s than the first; name one beside %(roles)s"),
                (*row["@"], "by"),
                roles=", ".join(sorted(asking)),
            )


def _check_turns(
    clean: Mapping[str, Any], states: tuple[State, ...], actions: tuple[Action, ...], gather: Gather
) -> None:
    """Whose turn it is can act, and answers as often as they are asked."""
    turn = {state.id: state.turn for state in states}
    for row, state in zip(clean["state"], states, strict=True):
        leaving = [action for action in actions if state.id in action.from_]
        decided = any(each.decision and SYSTEM in each.by for each in leaving)  # told of the table
        if state.turn == "unit" and not decided and not any(_staff_of(each) for each in leaving):
            gather.add(
                _("it is the unit’s turn in %(state)s, and nobody of it can act; add an action of the staff"),
                row["@"],
                state=state.id,
            )
        if state.stage != "your-turn":
            continue
        back = [
            each
            for each in leaving
            if APPLICANT in each.by and any(turn[target] == "unit" for target in each.targets)
        ]
        if not back:
            gather.add(
                _(
                    "it is the applicant’s turn in %(state)s, and they cannot answer; add an action of the "
                    "applicant to a state in which it is the unit’s turn"
                ),
                row["@"],
                state=state.id,
            )
            continue
        asked = [each for each in actions if state.id in each.targets and state.id not in each.from_]
        if _times(back) < _times(asked):
            gather.add(
                _(
                    "%(action)s can be taken less often than the case comes to %(state)s: who is asked once "
                    "more could not answer; take its limit away"
                ),
                next(line["@"] for line in clean["action"] if line["id"] == back[0].id),
                action=back[0].id,
                state=state.id,
            )


def _staff_of(action: Action) -> set[str]:
    return set(action.by) - {SYSTEM, APPLICANT}


def _times(actions: Iterable[Action]) -> float:
    return sum(action.limit or float("inf") for action in actions)


def _check_silence(
    clean: Mapping[str, Any],
    clocks: tuple[ClockRule, ...],
    states: tuple[State, ...],
    actions: tuple[Action, ...],
    gather: Gather,
) -> None:
    """What happens by itself can happen again, where its clock can begin again."""
    ways = ways_of(states, actions)
    for row, clock in zip(clean["clock"], clocks, strict=True):
        start = clock.starts.partition(":")[2]
        for action in actions:
            if clock.silence is None or action.id != clock.silence.action or action.limit is None:
                continue
            if start in reach(ways[start], ways):
                gather.add(
                    _(
                        "the clock can begin again, and then %(action)s cannot be taken once more; take its "
                        "limit away"
                    ),
                    row["@"],
                    action=action.id,
                )
