"""Conditions that no answer can fulfil: a question never asked, an act never open."""

from __future__ import annotations

import datetime
from collections.abc import Mapping, Sequence
from decimal import Decimal
from itertools import product
from math import prod

from qinglian.engines.tables import Guard, syntax
from qinglian.faults import Fault
from qinglian.faults import noop as _
from qinglian.zone.answers import COMPARED
from qinglian.zone.facts import NUMBER, source_of
from qinglian.zone.forms import BAD
from qinglian.zone.gather import Gather, short, short_list
from qinglian.zone.lines import Path
from qinglian.zone.matter import SYSTEM, Action, Fact, Field

MOST_TRIES = 20_000  # a guard over more is taken to be possible
_NEVER = _("no answer fulfils this condition, so it never comes to that; mend it")
_OTHER_KIND = _(
    "%(name)s is asked here for what its answers never are; the reference says what each type is in a guard"
)
_ELSE = ("\0one", "\0other")  # two texts that nobody names


def check_shown(field: Field, fields: Mapping[str, Field], path: Path, gather: Gather) -> None:
    if field.show is not None:
        _try(field.show, fields, {}, (), path, gather)


def check_open(
    action: Action, fields: Mapping[str, Field], facts: Mapping[str, Fact], path: Path, gather: Gather
) -> None:
    """Each fact is compared with what its source answers, and some answer opens the action."""
    if action.guard is None:
        return
    constants = action.guard.constants
    known = [said for name, value in constants if (said := _unsaid(name, value, action, facts))]
    for name, value, words in known:
        gather.add(
            _("%(name)s can never be %(found)s; its options are: %(known)s"),
            path, name=name, found=short(value), known=short_list(words),
        )  # fmt: skip
    if not known:
        _try(action.guard, fields, facts, action.by, path, gather)


def _unsaid(
    name: str, value: object, action: Action, facts: Mapping[str, Fact]
) -> tuple[str, str, Sequence[str]] | None:
    words: Sequence[str] = ()
    if name == "actor_role":
        words = action.by
    elif name in facts and (found := source_of(facts[name].source)) and found[0].answers != NUMBER:
        words = found[0].answers
    return (name, str(value), words) if words and value not in words and BAD not in words else None


def _try(
    guard: Guard,
    fields: Mapping[str, Field],
    facts: Mapping[str, Fact],
    roles: Sequence[str],
    path: Path,
    gather: Gather,
) -> None:
    """Ask it about answers of every kind that it can tell apart, as they are kept."""
    pool = [value for _name, value in guard.constants if isinstance(value, str)]
    pool += [word for name in guard.names if name in fields for word in fields[name].words]
    tries = [_values(name, guard, fields, facts, roles, list(dict.fromkeys(pool))) for name in guard.names]
    if prod(map(len, tries)) > MOST_TRIES:
        return
    holds = False
    for values in product(*tries):
        try:
            holds |= guard(dict(zip(guard.names, values, strict=True)))
        except Fault as fault:
            if fault.key not in fields and fault.key not in facts:
                return
            gather.add(_OTHER_KIND, path, name=fault.key)
            return
    if not holds:
        gather.add(_NEVER, path)


def _values(
    name: str,
    guard: Guard,
    fields: Mapping[str, Field],
    facts: Mapping[str, Fact],
    roles: Sequence[str],
    pool: list[str],
) -> list[object]:
    """Answers of every kind that the guard can tell apart, absence among them."""
    constants = [value for each, value in guard.constants if each == name]
    if name == "actor_role":
        return [*roles, SYSTEM, *_ELSE]
    if name in facts and (found := source_of(facts[name].source)):
        return [None, *(map(int, _numbers(constants)) if found[0].answers == NUMBER else found[0].answers)]
    if name not in fields:
        return [None, True, *constants, *pool, *_ELSE]
    return _answers(fields[name], constants, pool)


def _answers(field: Field, constants: list[syntax.Constant], pool: list[str]) -> list[object]:
    """As they are kept: days and amounts as text, of files how many there are."""
    if field.words and field.type == "choice":
        return [None, *field.words]
    match COMPARED.get(field.type):
        case "truth":
            return [None, True, False]
        case "list":
            words = list(dict.fromkeys([*pool, *field.words, _ELSE[0]]))[:20]
            return [None, *([word] for word in words), words]
        case "day":
            return [None, *_days(constants)]
        case "number" if field.type == "files":
            return [None, *map(int, _numbers(constants))]
        case "number":
            return [None, *(str(value) for value in _numbers(constants))]
        case "text":
            return [None, *pool, *_ELSE]
    return [None, {}]


def _days(constants: list[syntax.Constant]) -> list[str]:
    days = [value for value in constants if isinstance(value, datetime.date)] or [datetime.date(2026, 1, 2)]
    return [(day + datetime.timedelta(n)).isoformat() for day in days for n in (-1, 0, 1)]


def _numbers(constants: list[syntax.Constant]) -> list[Decimal]:
    found = {value + n for value in constants if isinstance(value, Decimal) for n in (-1, 0, 1)}
    return sorted({*found, Decimal(0), Decimal(1)})
