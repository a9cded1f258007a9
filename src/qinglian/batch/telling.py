"""How long work says how far it has come: step (a text to translate), share done from 0 to 1, rows so far."""

from __future__ import annotations

from collections.abc import Callable

from qinglian.faults import noop as _

Tell = Callable[[str, float, int], None]
READING, REHEARSING, WEIGHING = _("reading"), _("rehearsing"), _("weighing the tests")
HASHING, COMPARING = _("hashing the log anew"), _("comparing the cases with the log")


def silent(step: str, share: float, rows: int) -> None:
    """For whoever does not want to be told."""
