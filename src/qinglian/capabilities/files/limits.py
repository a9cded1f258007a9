"""What one field of a form takes: a pack asks, and the platform's own maxima bound it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from django.conf import settings

from qinglian.capabilities.files.inspection.kinds import KINDS, USUAL


@dataclass(frozen=True)
class Limits:
    accept: tuple[str, ...]
    most_mb: int
    most_files: int

    @classmethod
    def asked(cls, accept: Iterable[str] = (), max_mb: int | None = None, most: int | None = None) -> Limits:
        """What a field asks for, never more than the platform allows; the usual where it says nothing."""
        kinds = tuple(kind for kind in KINDS if kind in set(accept))
        return cls(
            kinds or USUAL,
            min(max_mb or settings.FILE_MB, settings.FILE_MB),
            min(most or settings.FILE_COUNT, settings.FILE_COUNT),
        )
