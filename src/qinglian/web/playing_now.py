"""Whether somebody plays a demonstration just now: a lock that ends with the process that holds it.

The play has a clock of its own; a worker beside it would do at today's time what falls due in the play.
"""

from __future__ import annotations

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager
from io import FileIO

from django.conf import settings

from qinglian.faults import Fault
from qinglian.faults import noop as _

NAME = "playing"  # in the folder of data, which every process of a platform shares


@contextmanager
def playing() -> Iterator[None]:
    """Hold it. Raises Fault where another process plays."""
    place = settings.DATA / NAME
    with FileIO(place, "a") as file:
        if not _taken(file, fcntl.LOCK_EX):
            raise Fault(
                _("a demonstration is being played here by another process; wait for its end, or end it"),
                file=str(place),
            )
        yield


def is_played() -> bool:
    """Whether a living process plays; a play that was killed holds nothing."""
    try:
        with FileIO(settings.DATA / NAME, "r") as file:
            return not _taken(file, fcntl.LOCK_SH)
    except FileNotFoundError:
        return False


def _taken(file: FileIO, how: int) -> bool:
    try:
        fcntl.flock(file, how | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
