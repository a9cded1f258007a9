"""What was said with an act, as it reads: a unit by its title, whom a complaint is about by name."""

from __future__ import annotations

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from qinglian.capabilities.cases.headings import unit_title
from qinglian.capabilities.parties.queries import person_name

NONE, UNIT, PERSON = "none", "unit:", "person:"


def worded(need: str, text: object, own: bool) -> str:
    """own: for whoever asked, who is told units, and of people only that it is somebody."""
    if need == "unit":
        return _title(str(text))
    if need == "concerns":
        return "\n".join(_whom(line, own) for line in str(text).splitlines())
    return str(text)


def _whom(line: str, own: bool) -> str:
    if line.startswith(UNIT):
        return _title(line.removeprefix(UNIT))
    if line.startswith(PERSON) and line.removeprefix(PERSON).isdigit():
        return _("somebody of the staff") if own else person_name(int(line.removeprefix(PERSON)))
    return _("Nobody of the zone") if line == NONE else line


def _title(unit: str) -> str:
    title = unit_title(unit)
    return title.say(get_language() or "en") if hasattr(title, "say") else str(title)
