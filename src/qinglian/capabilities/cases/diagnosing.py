"""What `site doctor` asks of cases: is what falls due being done."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from django.utils.translation import gettext as _

from qinglian.capabilities.cases.models import Case, ClockRung
from qinglian.capabilities.cases.rungs import LATE


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


def gauges(now: datetime) -> dict[str, tuple[str, int]]:
    opened = Case.objects.filter(open=True)
    late = ClockRung.objects.filter(fired=None, due__lt=now - LATE)
    return {
        "cases_open": ("Cases that are open", opened.count()),
        "cases_overdue": ("Open cases past their due moment", opened.filter(due__lt=now).count()),
        "rungs_late": ("Steps of deadlines that are due and not taken", late.count()),
    }
