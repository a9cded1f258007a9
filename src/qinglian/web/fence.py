"""The second fence as commands see it: built by `site prepare`, looked at by `site doctor`."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from datetime import datetime

from django.conf import settings
from django.utils.translation import gettext as _

from qinglian.capabilities.access.building import build, state
from qinglian.faults import Fault
from qinglian.faults import noop as _n


def _warn(fault: Fault) -> None:
    logging.getLogger("qinglian").warning(_(fault.template) % fault.params)


def raise_fence(tell: Callable[[Fault], object] = _warn) -> None:
    """Build it; what is missing is told, and stops only whoever has set that it must stand."""
    try:
        build()
    except Fault as fault:
        if settings.FENCE == "must":
            raise
        tell(fault)


def stands_or_stop() -> None:
    if settings.FENCE == "must" and state() != "stands":
        raise Fault(
            _n("the second fence does not stand, and QINGLIAN_FENCE says it must; run: qinglian site prepare")
        )


def diagnose(_now: datetime) -> Iterator[tuple[str, str, str]]:
    """Nothing to say on SQLite, which has none."""
    found = state()
    mend = _("Run: qinglian site prepare. It says what it lacks.")
    if found == "stands":
        yield (
            "good",
            _("the second fence stands: the database itself holds back what a reader may not see"),
            "",
        )
    elif found == "off":
        yield "warning", _("the second fence is switched off"), _("Unset QINGLIAN_FENCE.")
    elif found == "old":
        yield "bad", _("the second fence is of another version of the program, or lost its rights"), mend
    elif found == "untaken":
        yield (
            "bad",
            _("the platform may not take the role %(role)s: the second fence is not up")
            % {"role": settings.FENCE_ROLE},
            mend,
        )
    elif found == "missing":
        yield "bad", _("the second fence was not built"), mend
