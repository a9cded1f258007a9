"""Words for budgets, skipped days and calendars, in the reader's language."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import date
from typing import Any

from django import template
from django.utils.translation import get_language, ngettext, pgettext
from django.utils.translation import gettext as _

from qinglian.capabilities.cases.forms import NEED_LABELS
from qinglian.capabilities.cases.guide import brings as what_it_brings
from qinglian.capabilities.cases.pacing import PaceReading
from qinglian.capabilities.cases.saying import PLACES, said
from qinglian.engines.clock import Budget
from qinglian.zone import Action, Field, Matter

register = template.Library()


@register.filter
def budget(value: Budget | str) -> str:
    if isinstance(value, str):
        value = Budget.parse(value)
    n = value.amount
    words = {
        "wd": ngettext("%(n)d working day", "%(n)d working days", n),
        "cd": ngettext("%(n)d calendar day", "%(n)d calendar days", n),
        "mo": ngettext("%(n)d month", "%(n)d months", n),
        "h": ngettext("%(n)d hour", "%(n)d hours", n),
        "wh": ngettext("%(n)d working hour", "%(n)d working hours", n),
    }
    return words[value.unit] % {"n": n}


@register.filter
def in_fact(pace: PaceReading | None, on: str = "") -> str:
    """How long it took in fact, in sentences; too few cases are no figure."""
    if pace is None or not pace.n:
        return _("In fact: no figure yet.")
    if not pace.enough:
        return _("In fact: too few for a figure (%(n)d).") % {"n": pace.n}
    said = _("In fact, as of %(day)s: %(within)d of %(n)d in time.")
    parts = [said % {"day": on, "within": pace.within, "n": pace.n}]
    if pace.half_same_day or pace.half:
        half = _("Half took at most %(time)s.") if pace.half else _("Half were done on the same day.")
        parts.append(half % {"time": budget(pace.half) if pace.half else ""})
    if pace.ninth_same_day or pace.ninth:
        nine = (
            _("Nine of ten took at most %(time)s.")
            if pace.ninth
            else _("Nine of ten were done on the same day.")
        )
        parts.append(nine % {"time": budget(pace.ninth) if pace.ninth else ""})
    if pace.running:
        late = ngettext("%(n)d is overdue and not done.", "%(n)d are overdue and not done.", pace.running)
        parts.append(late % {"n": pace.running})
    return ("" if (get_language() or "").startswith("zh") else " ").join(parts)


@register.filter
def why(row: Any) -> str:
    """Why days were skipped: the weekend, a holiday by its name, a pause."""
    name = row.name.get(get_language() or "en", "")
    match row.why:
        case "weekend":
            return _("weekend")
        case "pause":
            return _("the clock stood still")
        case "half-day":
            return _("half day: %(name)s") % {"name": name}
        case "gale":
            return _("gale warning: %(name)s") % {"name": name}
        case "black-rain":
            return _("black rainstorm warning: %(name)s") % {"name": name}
    return name or _("holiday")


@register.filter
def answer(field: Field, value: Any) -> str:
    """An answer as it reads."""
    return said(field, value)


@register.filter
def brings(field: Field) -> str:
    """What a field asks for beyond its label."""
    return what_it_brings(field)


@register.filter
def need_label(need: str) -> str:
    """What a text that was said with an act is: a reason, a basis …"""
    return str(NEED_LABELS.get(need, need))


@register.filter
def leads(matter: Matter, action: Action) -> str:
    """Where an action leads: told before it is confirmed."""
    if action.two_persons or action.collective:
        return _("It takes effect when others have agreed; until then only the staff know of it.")
    if action.decision:
        return _("A table decides where the case goes.")
    state = matter.states[action.to].title.say(get_language() or "en")
    if matter.states[action.to].terminal:
        return _("The case then stands at: %(state)s. This ends it.") % {"state": state}
    return _("The case then stands at: %(state)s.") % {"state": state}


@register.filter
def any_stopped(clocks: list[Any]) -> bool:
    return any(clock.stopped for clock in clocks)


@register.filter
def tongue(code: str) -> str:
    return {"zh-hans": "简体中文", "zh-hant": "繁體中文"}.get(code, "English")


@register.filter
def place_name(calendar_id: str) -> str:
    return str(PLACES.get(calendar_id, calendar_id))


@register.filter
def day_name(day: Any) -> str:
    names = {"zh-hant": day.name_hant or day.name, "en": day.name_en or day.name}
    return names.get(get_language() or "", day.name)


@register.filter
def notice(year: Any) -> str:
    names = {"zh-hant": year.notice_hant, "en": year.notice_en}
    return names.get(get_language() or "", year.notice) or year.notice


@register.filter
def month_name(first: date) -> str:
    if (get_language() or "").startswith("zh"):
        return f"{first.month}月"
    return f"{first:%B}"


@register.filter
def weekday_names(_n: int) -> list[str]:
    return pgettext("weekday initials, Monday first", "M T W T F S S").split()


@register.filter
def sometimes(field: Field) -> bool:
    """Whether a field is asked only after some answers. (A template would call the guard itself.)"""
    return field.show is not None


_CHINESE = {sign: n for n, sign in enumerate("零一二三四五六七八九")}


@register.filter
def article(cited: str) -> str:
    """第三十三条 as each language cites it: 第三十三條, art. 33."""
    if get_language() == "zh-hant":
        return cited.replace("条", "條")
    if get_language() == "zh-hans":
        return cited
    return re.sub(r"第([零一二三四五六七八九十百]+)条", lambda found: f"art. {_number(found[1])}", cited)


def _number(text: str) -> int:
    total = digit = 0
    for sign in text:
        if sign in _CHINESE:
            digit = _CHINESE[sign]
        else:
            total += (digit or 1) * {"十": 10, "百": 100}[sign]
            digit = 0
    return total + digit


@register.filter
def ends(matter: Matter, action: Action) -> bool:
    """Whether an action closes the case: then it is asked for twice."""
    return any(matter.states[target].terminal for target in action.targets)


@register.filter
def without_letters(events: Iterable[Any]) -> list[Any]:
    """What happened, but for letters: those stand in their thread."""
    return [event for event in events if event.action != "say"]
