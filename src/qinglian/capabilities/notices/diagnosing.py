"""What `site doctor` asks of the outbox: can letters leave, and do they."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from django.utils.translation import gettext as _

from qinglian.capabilities.notices.queries import outbox


def diagnose(now: datetime) -> Iterator[tuple[str, str, str]]:
    page = outbox(now)
    if not page.ready:
        state = "bad" if page.waiting else "warning"
        yield state, _("no mail server is set up; letters wait"), _("Set QINGLIAN_MAIL.")
    elif page.stuck_count:
        said = _("%(n)d letters could not be delivered") % {"n": page.stuck_count}
        yield (
            "bad",
            said,
            _("A supervisor sees why on the page /desk/outbox/, and sends them again from there."),
        )
    elif page.late:
        said = _("%(n)d letters should have left by now") % {"n": page.late}
        yield "bad", said, _("Start the worker: qinglian site work")
    else:
        yield "good", _("letters leave; %(n)d wait") % {"n": page.waiting}, ""


def gauges(now: datetime) -> dict[str, tuple[str, int]]:
    page = outbox(now)
    return {
        "letters_waiting": ("Letters that wait", page.waiting),
        "letters_stuck": ("Letters that could not be delivered", page.stuck_count),
    }
