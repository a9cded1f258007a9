"""The guide to a matter, made from the matter itself, so that what is told and what is done cannot differ."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from django.utils.translation import get_language, ngettext, pgettext
from django.utils.translation import gettext as _

from qinglian.capabilities.cases.saying import CURRENCIES
from qinglian.capabilities.figures import queries as figures
from qinglian.capabilities.figures.queries import FigureReading
from qinglian.zone import Action, ClockRule, Field, Matter
from qinglian.zone.current import current
from qinglian.zone.matter import SYSTEM

_OFFERED = ("consultation", "request", "registration", "approval", "report", "complaint", "appeal")


@dataclass(frozen=True)
class Decider:
    """One way in which a case ends or is answered, and who brings it there."""

    action: Action
    roles: list[object]
    how: list[str]


@dataclass(frozen=True)
class Guarded:
    point: object
    controls: list[str]
    figure: str
    shown: FigureReading | None  # none where this platform has no such figure


@dataclass(frozen=True)
class Guide:
    deciders: list[Decider]
    appeals: list[Matter]
    complaints: list[Matter]
    risks: list[Guarded]
    other_units: list[object]  # which may receive a case in place of the matter's own
    pauses: list[str]  # which clock stands still where, a sentence each
    hearing: list[object]  # where it is an appeal: who hears, in turn, what the matter's own unit may not
    resolving: list[object]  # where it is a complaint: who receives one about the matter's own unit


def guide_of(matter: Matter, matters: Mapping[str, Matter]) -> Guide:
    shown = {each.id: each for each in figures.some(*(risk.figure for risk in matter.risks))}
    return Guide(
        deciders=[_decider(matter, action) for action in matter.actions.values() if _decides(matter, action)],
        appeals=related(matter, matters, "appeal-of"),
        complaints=related(matter, matters, "complaint-about"),
        risks=[
            Guarded(
                risk.point,
                [_control(matter, each) for each in risk.controls],
                risk.figure,
                shown.get(risk.figure),
            )
            for risk in matter.risks
        ],
        other_units=_receivers(matter),
        pauses=[_pause(matter, clock) for clock in matter.clocks.values() if clock.pause_in],
        hearing=_titles(matter.otherwise),
        resolving=_titles([matter.complaint.otherwise] if matter.complaint else []),
    )


def _pause(matter: Matter, clock: ClockRule) -> str:
    language = get_language() or "en"
    states = (matter.states[each].title.say(language) for each in clock.pause_in)
    said = _("“%(clock)s” stands still while the case is at “%(states)s”.")
    return said % {"clock": clock.title.say(language), "states": pgettext("list", ", ").join(states)}


def as_offered(matters: Mapping[str, Matter]) -> list[Matter]:
    """Questions first, then what one asks for, complaints and appeals last; within a kind by id."""
    return sorted(matters.values(), key=lambda each: (_OFFERED.index(each.kind), each.id))


def related(matter: Matter, matters: Mapping[str, Matter], relation: str) -> list[Matter]:
    return [
        other
        for other in matters.values()
        if any(each.matter == matter.id and each.relation == relation for each in other.related)
    ]


def _receivers(matter: Matter) -> list[object]:
    if matter.routing is None:
        return []
    return _titles(unit for unit in matter.routing.table.outcomes if unit != matter.unit)


def _titles(ids: Iterable[str]) -> list[object]:
    units = current().units
    return [units[unit].title for unit in ids if unit in units]


def _decides(matter: Matter, action: Action) -> bool:
    """Whether staff or a table brings a case to an answer or an end by it."""
    stages = {matter.states[target].stage for target in action.targets}
    staffed = action.decision is not None or bool(set(action.by) - {SYSTEM, "applicant"})
    return staffed and (
        action.decision is not None or bool(stages & {"answered", "closed", "confirmed", "refused"})
    )


def _decider(matter: Matter, action: Action) -> Decider:
    roles = current().roles
    named = [roles[role].title for role in action.by if role in roles and role != "applicant"]
    how = [_control(matter, f"table:{action.id}")] if action.decision else []
    how += [_control(matter, f"two-persons:{action.id}")] if action.two_persons else []
    how += [_control(matter, f"collective:{action.id}")] if action.collective else []
    return Decider(action, named, how)


def _role(role: str) -> str:
    known = current().roles.get(role)
    return known.title.say(get_language() or "en") if known else role


def _control(matter: Matter, control: str) -> str:
    """What stands against a risk, in a sentence."""
    language = get_language() or "en"
    kind, _colon, name = control.partition(":")
    if kind == "clock":
        clock = matter.clocks[name].title.say(language)
        return _("The clock “%(clock)s” runs, and others are told when it runs out.") % {"clock": clock}
    action = matter.actions.get(name)
    what = {"action": action.title.say(language) if action else name}
    match kind:
        case "two-persons" if action and action.two_persons:
            said = _("“%(action)s” takes effect only when a second person agrees: %(role)s.")
            return said % (what | {"role": _role(action.two_persons)})
        case "collective" if action and action.collective:
            said = _("“%(action)s” takes effect only when %(n)d members agree: %(role)s.")
            return said % (what | {"n": action.collective.number, "role": _role(action.collective.role)})
        case "limit" if action and action.limit:
            said = ngettext(
                "“%(action)s” can be done once in a case.",
                "“%(action)s” can be done %(n)d times in a case.",
                action.limit,
            )
            return said % (what | {"n": action.limit})
        case "guard":
            return _("“%(action)s” is open only under a condition that the matter writes down.") % what
        case "table":
            return _("“%(action)s” is decided by a table that leaves no case open and shows its row.") % what
        case "routing":
            return _("A table decides which unit receives the case.")
        case "complaint":
            return _("Whom it concerns is resolved by another unit before that one sees anything.")
    return _("Before each act of the staff it is asked whether a tie stands in the way.")


def brings(field: Field) -> str:
    """What a field asks for beyond its label: which files, which money, which promise."""
    match field.type:
        case "files":
            kinds = pgettext("list", ", ").join(kind.upper() for kind in field.accept)
            said = _("up to %(n)d files (%(kinds)s), %(mb)d MB each")
            return said % {"n": field.max or 0, "kinds": kinds, "mb": field.max_mb or 0}
        case "money":
            return " / ".join(str(CURRENCIES[each]) for each in field.currencies)
        case "codes" if field.codes is not None:
            return _("picked from a list of %(n)d") % {"n": len(field.codes.codes)}
        case "undertaking" if field.undertaking is not None:
            return _("the text stands below, version %(version)s") % {"version": field.undertaking.version}
    return _("filled in from the register where it is known there") if field.prefill else ""
