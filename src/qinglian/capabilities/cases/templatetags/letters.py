"""The thread of a case, wherever a page shows it: `{% thread page "applicant" %}`."""

from __future__ import annotations

from typing import Any

from django import template

from qinglian.capabilities.cases.queries import CasePage
from qinglian.capabilities.cases.telling import held_closely
from qinglian.capabilities.cases.thread import LONGEST, MOST_A_DAY, acting_roles
from qinglian.capabilities.cases.thread_forms import LetterForm

register = template.Library()

LATEST = 10  # letters that stand open; those before are folded


@register.inclusion_tag("cases/thread.html", takes_context=True)
def thread(context: Any, page: CasePage, side: str, form: LetterForm | None = None) -> dict[str, Any]:
    """side: applicant or staff; form: the one that came back, if one did."""
    request = context["request"]
    writes = page.state.turn != "nobody"
    if writes and side == "staff":
        writes = bool(page.roles & acting_roles(page.matter))
    letters = [event for event in reversed(page.events) if event.action == "say"]
    return {
        "page": page,
        "side": side,
        "letters": letters[-LATEST:],
        "older": letters[:-LATEST],
        "form": (form or LetterForm()) if writes else None,
        "target": "cases:letter" if side == "applicant" else "cases:desk-letter",
        "most": MOST_A_DAY,
        "longest": LONGEST,
        "closely": held_closely(page.matter, page.matter.sensitivity),
        "request": request,
        "csrf_token": context.get("csrf_token"),
    }
