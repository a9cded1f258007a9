"""What `site doctor` asks of hooks: do those whom programs rely on still answer."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from django.utils.translation import gettext as _

from qinglian.capabilities.interfaces.queries import resting_hooks


def diagnose(now: datetime) -> Iterator[tuple[str, str, str]]:
    resting = resting_hooks()
    if resting:
        said = _("%(n)d hooks rest because they failed too often") % {"n": resting}
        yield "warning", said, _("Their owners see it on their page; nothing is needed here.")
    else:
        yield "good", _("every hook answers, or there is none"), ""
