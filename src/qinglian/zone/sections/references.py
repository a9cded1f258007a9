"""Every name in a matter must lead somewhere: states, roles, units, calendars, fields, facts."""

from __future__ import annotations

import datetime
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from qinglian.engines.tables import Guard
from qinglian.faults import noop as _
from qinglian.zone.answers import COMPARED
from qinglian.zone.forms import BAD
from qinglian.zone.gather import Gather, short, short_list
from qinglian.zone.lines import Path
from qinglian.zone.matter import ACTOR_FACTS, ALWAYS_PUBLIC, SYSTEM, Action, ClockRule, Field, Step
from qinglian.zone.sections.fields import check_steps


@dataclass(frozen=True, slots=True)
class Ranks:
    """How closely each level is held, and up to which one each role reads."""

    levels: Mapping[str, int]
    roles: Mapping[str, str]

    def reads(self, role: str, level: str) -> bool:
        """A role or level that is not known was told already."""
        own = self.levels.get(self.roles.get(role, ""))
        return own is None or level not in self.levels or self.levels[level] <= own


@dataclass(frozen=True, slots=True)
class Known:
    """What the zone declares; None where a matter is rebuilt without its zone."""

    roles: Collection[str] | None = None
    units: Collection[str] | None = None
    calendars: Collection[str] | None = None
    office_hours: bool = True
    levels: Collection[str] | None = None
    standing: Collection[str] | None = None  # kinds of marks whose age the zone limits
    matters: Collection[str] | None = None
    above: Mapping[str, tuple[str, ...]] = field(default_factory=dict)  # unit → the units above it
    first: Mapping[str, str] = field(default_factory=dict)  # matter → the unit that receives it first
    ranks: Ranks | None = None


def resolve(gather: Gather, path: Path, found: str | None, known: Collection[str] | None) -> None:
    if found is not None and found != BAD and known is not None and found not in known:
        gather.unknown_word(path, found, [word for word in known if word != BAD])


def check_references(clean: Mapping[str, Any], known: Known, gather: Gather) -> None:
    resolve(gather, ("unit",), clean["unit"], known.units)
    resolve(gather, ("calendar",), clean["calendar"], known.calendars)
    for place, role in enumerate(clean["roles"]):
        resolve(gather, ("roles", place), role, known.roles)
    for place, role in enumerate(clean["assign_by"]):
        resolve(gather, ("assign_by", place), role, clean["roles"])
    _check_levels(clean, known, gather)
    if known.units is not None:  # a pack, and not what a case was opened under
        _check_public(clean, gather)
    states = {row["id"] for row in clean["state"]}
    actors = {*clean["roles"], SYSTEM}
    for row in clean["action"]:
        for place, state in enumerate(row["from"]):
            resolve(gather, (*row["@"], "from", place), state, states)
        resolve(gather, (*row["@"], "to"), row["to"], states)
        for outcome, state in row["outcomes"].items():
            resolve(gather, (*row["@"], "outcomes", outcome), state, states)
        for place, role in enumerate(row["by"]):
            resolve(gather, (*row["@"], "by", place), role, actors)
    for row in clean["clock"]:
        _check_clock(row, states, clean, known, gather)


def _check_levels(clean: Mapping[str, Any], known: Known, gather: Gather) -> None:
    """How closely a case and its content are held is said by each matter: there is no default."""
    for key in ("sensitivity", "content_sensitivity"):
        if not clean[key] and known.levels is not None:
            gather.add(_("the key %(missing)s is missing; add it"), (), missing=key)
        resolve(gather, (key,), clean[key] or None, known.levels)
    for row in (*clean["action"], *(each for step in clean["step"] for each in step["field"])):
        resolve(gather, (*row["@"], "sensitivity"), row["sensitivity"], known.levels)


def _check_clock(
    row: Mapping[str, Any], states: set[str], clean: Mapping[str, Any], known: Known, gather: Gather
) -> None:
    path: Path = row["@"]
    resolve(gather, (*path, "calendar"), row["calendar"], known.calendars)
    resolve(gather, (*path, "starts"), _after(row["starts"]), states)
    for place, stop in enumerate(row["stops"]):
        resolve(gather, (*path, "stops", place), _after(stop), states)
    for place, state in enumerate(row["pause_in"]):
        resolve(gather, (*path, "pause_in", place), state, states)
    if row["extend"]:
        resolve(gather, (*path, "extend", "by"), row["extend"]["by"], clean["roles"])
    for rung in row["ladder"]:
        resolve(gather, (*rung["@"], "do"), _after(rung["do"]), clean["roles"])
    if row["silence"] and row["deem"]:
        gather.add(_("silence and deem both say what happens by itself; remove one of the two"), path)
    for key in ("silence", "deem"):
        if row[key]:
            _check_silence(row[key], clean["action"], gather)


def _check_silence(
    silence: Mapping[str, Any], actions: tuple[Mapping[str, Any], ...], gather: Gather
) -> None:
    path, name = (*silence["@"], "do"), _after(silence["do"])
    resolve(gather, path, name, {row["id"] for row in actions})
    for row in actions:
        if row["id"] != name or name == BAD:
            continue
        if SYSTEM not in row["by"]:
            gather.add(
                _('the action %(action)s is not taken by the system; add "system" to its `by`'),
                path,
                action=name,
            )
        if row["needs"]:
            gather.add(
                _("the action %(action)s needs words that only a person can give; remove its `needs`"),
                path,
                action=name,
            )


def check_hours(
    clean: Mapping[str, Any], clocks: tuple[ClockRule, ...], known: Known, gather: Gather
) -> None:
    """Working hours need office hours, and there is no default for them."""
    for row, clock in zip(clean["clock"], clocks, strict=True):
        units = {budget.unit for budget in (clock.budget, *(rung.offset for rung in clock.ladder)) if budget}
        if "wh" in units and not known.office_hours:
            gather.add(
                _("working hours (wh) need office_hours in zone.toml; add them, or use another unit"),
                row["@"],
            )


def _after(moment: str) -> str:
    """`enter:handling` → `handling`; what could not be read stays BAD."""
    return moment if moment == BAD else moment.partition(":")[2]


def check_fields(
    rows: tuple[Mapping[str, Any], ...], steps: tuple[Step, ...], gather: Gather
) -> dict[str, Field]:
    """Every field of the matter by its key, each checked against those asked before it."""
    taken = dict.fromkeys(ACTOR_FACTS, _("%(found)s is what the platform calls who acts; choose another key"))

    def check_show(field: Field, before: Mapping[str, Field], path: Path) -> None:
        check_guard(field.show, before, set(), path, gather)

    return check_steps(rows, steps, check_show, taken, gather)


def check_guard(
    guard: Guard | None, fields: Mapping[str, Field], more: Collection[str], path: Path, gather: Gather
) -> None:
    """A guard names declared things only, and compares a choice with its own options."""
    if guard is None:
        return
    for name in guard.names:
        if name not in fields and name not in more:
            resolve(gather, path, name, {*fields, *more})
    for name, constant in guard.constants:
        if name in fields:
            _check_constant(fields[name], constant, path, gather)


def _check_constant(field: Field, constant: object, path: Path, gather: Gather) -> None:
    """A field is compared with what its answers can be."""
    kind = COMPARED.get(field.type)
    if field.type == BAD:
        return
    if kind is None or (field.type == "money" and len(field.currencies) > 1):
        gather.add(
            _("%(name)s cannot be compared, only asked for with `is absent`; mend the guard"),
            path,
            name=field.key,
        )
        return
    wanted = {"day": datetime.date, "number": Decimal, "truth": bool}.get(kind, str)
    if not isinstance(constant, wanted):
        gather.add(
            _("%(name)s is never %(found)s, which is of another kind than its answers; mend the guard"),
            path,
            name=field.key,
            found=short(str(constant)),
        )
        return
    words = field.words
    if words and kind != "truth" and BAD not in words and constant not in words:
        gather.add(
            _("%(name)s can never be %(found)s; its options are: %(known)s"),
            path,
            name=field.key,
            found=short(str(constant)),
            known=short_list(words),
        )


def check_actions(
    clean: Mapping[str, Any], actions: tuple[Action, ...], fields: Mapping[str, Field], gather: Gather
) -> None:
    for place, name in enumerate(clean["lookups"]):
        if name in fields or name in ACTOR_FACTS:
            gather.add(
                _("%(found)s is already a field or a fact about who acts; choose another name"),
                ("lookups", place),
                found=name,
            )
    facts = {*ACTOR_FACTS, *clean["lookups"], *(row["key"] for row in clean["fact"])}
    for row, action in zip(clean["action"], actions, strict=True):
        check_guard(action.guard, fields, facts, (*row["@"], "guard"), gather)
        _check_takes(action, fields, (*row["@"], "takes"), gather)


def _check_takes(action: Action, fields: Mapping[str, Field], path: Path, gather: Gather) -> None:
    if action.takes is None:
        return
    resolve(gather, path, action.takes, [field.key for field in fields.values() if field.type == "files"])
    if set(action.by) != {"applicant"}:
        gather.add(_('files are added by whoever asks; write by = ["applicant"], or leave `takes` out'), path)


def _check_public(clean: Mapping[str, Any], gather: Gather) -> None:
    """Where a case stands, whose turn it is and until when is never hidden from whoever follows it."""
    missing = [each for each in ALWAYS_PUBLIC if each not in clean["public"]]
    if missing and clean["public"] and BAD not in clean["public"]:
        gather.add(
            _("whoever follows a case always reads this, too; add: %(words)s"),
            ("public",),
            words=", ".join(missing),
        )
