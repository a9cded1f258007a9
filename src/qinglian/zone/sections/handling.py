"""What binds an action beside its roles: a second person, a council, a transfer, joint work, a letter."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from typing import Any

from qinglian.engines.clock import Budget
from qinglian.faults import noop as _
from qinglian.zone.forms import ID, NAME, Line, Many, Maybe, Record, Whole
from qinglian.zone.gather import Gather, short, short_list
from qinglian.zone.lines import Path
from qinglian.zone.matter import (
    LETTER_WORDS,
    SYSTEM,
    Action,
    ClockRule,
    Collective,
    Joint,
    Letter,
    Transfer,
)
from qinglian.zone.sections.parsing import parsed
from qinglian.zone.sections.references import Known, resolve
from qinglian.zone.sections.text_files import said_in
from qinglian.zone.text import LANGUAGES

_NAMED = Line(ID, "service-centre", most=60)
SLOTS = {
    "two_persons": Maybe(_NAMED),
    "collective": Maybe(Record({"role": _NAMED, "number": Whole(2, 50)})),
    "transfer": Maybe(Record({"bounces": Whole(1, 20), "then": _NAMED})),
    "joint": Maybe(
        Record(
            {
                "units": Many(_NAMED, least=1, most=30),
                "clock": _NAMED,
                "budget": Line(like="3wd", most=40),
            }
        )
    ),
    "takes": Maybe(Line(NAME, "papers", most=60)),
    "letter": Maybe(Line(r"letters/[A-Za-z0-9_-]+", "letters/answer", most=120)),
}
_PLACEHOLDER = re.compile(r"\{([^{}\n]*)\}")


def binding_of(row: Mapping[str, Any], texts: Mapping[str, str], gather: Gather) -> dict[str, Any]:
    """The parts of an Action that say what binds it."""
    council, transfer, joint = row["collective"], row["transfer"], row["joint"]
    return {
        "two_persons": row["two_persons"],
        "collective": Collective(council["role"], council["number"]) if council else None,
        "transfer": Transfer(transfer["bounces"], transfer["then"]) if transfer else None,
        "joint": _joint(joint, gather) if joint else None,
        "letter": _letter(row, texts, gather),
        "takes": row["takes"],
    }


def _joint(row: Mapping[str, Any], gather: Gather) -> Joint:
    budget: Any = parsed(row["budget"], Budget.parse, (*row["@"], "budget"), gather)
    return Joint(row["units"], row["clock"], budget)


def _letter(row: Mapping[str, Any], texts: Mapping[str, str], gather: Gather) -> Letter | None:
    path: Path = (*row["@"], "letter")
    if row["letter"] is None or "\0" in row["letter"]:
        return None
    text = said_in(row["letter"], texts, path, gather).text
    names = {language: tuple(dict.fromkeys(_PLACEHOLDER.findall(text[language]))) for language in LANGUAGES}
    for language in LANGUAGES[1:]:
        for name in sorted(set(names[LANGUAGES[0]]) ^ set(names[language])):
            gather.add(
                _("the letter says {%(name)s} in some languages only; write it in %(languages)s"),
                path,
                name=short(name),
                languages=", ".join(LANGUAGES),
            )
    return Letter(row["letter"], text, tuple(dict.fromkeys(name for each in names.values() for name in each)))


def check_bindings(
    clean: Mapping[str, Any],
    actions: tuple[Action, ...],
    clocks: tuple[ClockRule, ...],
    names: Collection[str],
    known: Known,
    gather: Gather,
) -> None:
    """names: keys of fields and facts, as `field.KEY` and `fact.KEY`."""
    for row, action in zip(clean["action"], actions, strict=True):
        path: Path = row["@"]
        if action.two_persons or action.collective:
            _check_consents(action, path, clean["roles"], gather)
        if action.transfer:
            _check_transfer(action, action.transfer, path, clean["roles"], gather)
        if action.joint:
            _check_joint(action.joint, (*path, "joint"), clocks, known, gather)
        if action.letter:
            _check_letter(action, action.letter, (*path, "letter"), names, gather)


def _check_consents(action: Action, path: Path, roles: Collection[str], gather: Gather) -> None:
    if action.two_persons and action.collective:
        gather.add(
            _("two_persons and collective stand together; a council is more than two: remove one"), path
        )
    for key, role in (
        ("two_persons", action.two_persons),
        ("collective", action.collective.role if action.collective else None),
    ):
        resolve(gather, (*path, key), role, [each for each in roles if each != "applicant"])
    if {SYSTEM, "applicant"} & set(action.by):
        gather.add(
            _("where a second person must agree, the first is one of the staff; remove %(who)s from `by`"),
            (*path, "by"),
            who=", ".join(sorted({SYSTEM, "applicant"} & set(action.by))),
        )


def _check_transfer(
    action: Action, transfer: Transfer, path: Path, roles: Collection[str], gather: Gather
) -> None:
    resolve(
        gather, (*path, "transfer", "then"), transfer.then, [each for each in roles if each != "applicant"]
    )
    missing = [need for need in ("unit", "reason", "clause") if need not in action.needs]
    if missing:
        gather.add(
            _(
                "a transfer says to which unit, why, and by which clause of the duty list; "
                "add %(missing)s to `needs`"
            ),
            (*path, "needs"),
            missing=", ".join(missing),
        )
    if transfer.then not in action.by:
        gather.add(
            _("after the last bounce %(role)s decides, and cannot take this action; add the role to `by`"),
            (*path, "transfer", "then"),
            role=short(transfer.then),
        )


def _check_joint(
    joint: Joint, path: Path, clocks: tuple[ClockRule, ...], known: Known, gather: Gather
) -> None:
    for place, unit in enumerate(joint.units):
        resolve(gather, (*path, "units", place), unit, known.units)
    shared = {clock.id: clock for clock in clocks}
    resolve(gather, (*path, "clock"), joint.clock, shared)
    clock = shared.get(joint.clock)
    if clock is None or clock.budget is None or joint.budget is None:
        return
    if joint.budget.unit != clock.budget.unit or joint.budget.amount >= clock.budget.amount:
        gather.add(
            _(
                "a contribution takes less time than the clock it is inside; "
                "write less than %(budget)s, in the same unit"
            ),
            (*path, "budget"),
            budget=str(clock.budget),
        )


def _check_letter(action: Action, letter: Letter, path: Path, names: Collection[str], gather: Gather) -> None:
    known = {*LETTER_WORDS, *names, *(f"said.{need}" for need in action.needs)}
    for name in letter.names:
        if name in known:
            continue
        near = gather.nearest(name, known)
        if near:
            gather.add(
                _("the letter says {%(found)s}, which nothing fills; did you mean {%(near)s}?"),
                path,
                found=short(name),
                near=near[0],
            )
        else:
            gather.add(
                _("the letter says {%(found)s}, which nothing fills; what can stand there: %(known)s"),
                path,
                found=short(name),
                known=short_list(sorted(known)),
            )
