"""What `site doctor` asks of cases: is what falls due being done."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime
from difflib import get_close_matches

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from qinglian.capabilities.cases.handling import today
from qinglian.capabilities.cases.models import Case, ClockRung
from qinglian.capabilities.cases.rungs import LATE
from qinglian.capabilities.figures.queries import known_ids
from qinglian.capabilities.parties.queries import people_in, unit_path
from qinglian.zone import Action, Matter
from qinglian.zone.current import current


def diagnose(now: datetime) -> Iterator[tuple[str, str, str]]:
    late = ClockRung.objects.filter(fired=None, due__lt=now - LATE)
    failing, waiting = late.filter(failures__gt=0).count(), late.count()
    if failing:
        said = _("%(n)d steps of deadlines could not be taken and are tried again") % {"n": failing}
        yield "bad", said, _("The worker’s log says which job failed; report it with that line.")
    elif waiting:
        said = _("%(n)d steps of deadlines are due and nobody takes them") % {"n": waiting}
        yield "bad", said, _("Start the worker: qinglian site work")
    else:
        yield "good", _("every step of a deadline that is due has been taken"), ""


def diagnose_matters(now: datetime) -> Iterator[tuple[str, str, str]]:
    """What a pack cannot know of itself: figures that this platform computes, and who holds its posts."""
    known, wrong = known_ids(), False
    for matter in current().matters.values():
        for risk in matter.risks:
            if risk.figure not in known:
                wrong = True
                said = _("the risk %(risk)s of %(matter)s names the figure %(figure)s, which is not computed")
                near = get_close_matches(risk.figure, known, 1) or sorted(known)
                mend = _("Write one of these in the pack: %(known)s") % {"known": ", ".join(near)}
                yield "warning", said % {"risk": risk.id, "matter": matter.id, "figure": risk.figure}, mend
        for action in matter.actions.values():
            for unit in _units_of(matter):
                if missing := _missing(action, unit, today(now)):
                    wrong = True
                    yield "bad", _nobody(matter, action, unit, missing), _("Give posts: qinglian site staff")
    if not wrong:
        yield "good", _("every act that takes several people can be done, and every risk has its figure"), ""


def _units_of(matter: Matter) -> list[str]:
    """Where a case of it can begin."""
    return list(dict.fromkeys([matter.unit, *(matter.routing.table.outcomes if matter.routing else ())]))


def _missing(action: Action, unit: str, on: date) -> int:
    """How many more people must hold the role of those who agree, for the action to be possible at all."""
    path = unit_path(unit)
    if action.collective is not None:
        holders = people_in(path, frozenset((action.collective.role,)), on)
        return max(0, action.collective.number - len(holders))
    if action.two_persons is None:
        return 0
    second = {person for person, _name in people_in(path, frozenset((action.two_persons,)), on)}
    first = {person for person, _name in people_in(path, frozenset(action.by), on)}
    return int(not second or (second == first and len(second) == 1))


def _nobody(matter: Matter, action: Action, unit: str, missing: int) -> str:
    language = get_language() or "en"
    role = action.collective.role if action.collective else action.two_persons or ""
    return _(
        "%(action)s of %(matter)s cannot be done in %(unit)s: %(n)d more must hold the post %(role)s"
    ) % {
        "action": action.id,
        "matter": matter.id,
        "unit": current().units[unit].title.say(language),
        "role": current().roles[role].title.say(language),
        "n": missing,
    }


def gauges(now: datetime) -> dict[str, tuple[str, int]]:
    opened = Case.objects.filter(open=True)
    late = ClockRung.objects.filter(fired=None, due__lt=now - LATE)
    return {
        "cases_open": ("Cases that are open", opened.count()),
        "cases_overdue": ("Open cases past their due moment", opened.filter(due__lt=now).count()),
        "rungs_late": ("Steps of deadlines that are due and not taken", late.count()),
    }
