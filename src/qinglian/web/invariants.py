"""What must hold whatever was done: each capability declares its own in its apps.py (`invariants`).

One implementation for whoever asks: `site demo --check`, `site doctor`, and the tests of the play.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from django.apps import apps
from django.utils.module_loading import import_string
from django.utils.translation import gettext as _

from qinglian.capabilities.ledger.queries import standing
from qinglian.web.comparing import differences


@dataclass(frozen=True)
class Invariant:
    """What holds, of how many it was looked at, and of which it does not hold."""

    about: str
    said: str
    n: int
    wrong: list[str]


def invariants(newest: int | None = None) -> Iterator[Invariant]:
    """newest: only so many of the newest of each; None: all, and each row held against what was logged."""
    for config in apps.get_app_configs():
        for name in getattr(config, "invariants", []):
            for said, n, wrong in import_string(name)(newest):
                yield Invariant(config.label, said, n, wrong)
    if newest is None:
        n = sum(said["size"] for said in standing().values())
        found = [_(each.template) % each.params for each in differences()]
        yield Invariant("ledger", _("every row is what was logged"), n, found)
