"""Points at which a rehearsal may kill this process, as a power cut would: in a demonstration only.

QINGLIAN_CRASH=POINT or POINT:N ends the process with SIGKILL the first, or the Nth, time it passes there.
"""

from __future__ import annotations

import os
import signal

from qinglian.faults import Fault
from qinglian.faults import noop as _
from qinglian.zone.current import current

POINTS = (
    "event-written",  # the event of a case stands, its notices do not yet
    "before-commit",  # everything is written, nothing is committed
    "before-reply",  # committed, but nobody was told
    "batch-before-commit",  # the worker's batch is written, not committed
    "batch-committed",
    "move-copied",  # to another database: every row is there, nothing was checked yet
    "move-checked",  # checked, and not committed
    "mail-sent",  # the letter has left, its row does not say so yet
)
_left: dict[str, int] = {}


def arm(wish: str) -> None:
    """Read the wish once, when the platform starts; raises Fault where it must not be heard."""
    _left.clear()
    if not wish:
        return
    point, _colon, times = wish.partition(":")
    if not current().demonstration:
        raise Fault(_("QINGLIAN_CRASH is for rehearsals in a demonstration zone only; unset it"))
    if point not in POINTS or not (times or "1").isascii() or not (times or "1").isdigit():
        raise Fault(
            _("QINGLIAN_CRASH=%(wish)s names no point; write one of %(points)s, and :N for the Nth time"),
            wish=wish[:60],
            points=", ".join(POINTS),
        )
    _left[point] = int(times or 1)


def may_die(point: str) -> None:
    if point not in _left:
        return
    _left[point] -= 1
    if _left[point] <= 0:
        os.kill(os.getpid(), signal.SIGKILL)
