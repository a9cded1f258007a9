"""The kinds of event: each capability declares its own in apps.py, and nothing else can be logged.

    events = {"cases.acted": {"log": "restricted", "what": _("…"), "open": (), "hidden": ("number", …)}}

Names of fields and everything open are readable by all for ever: neither may hold personal data.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from django.apps import apps

LOGS = ("public", "restricted")
ALWAYS = ("at", "kind")  # what every entry says openly


class UnknownKind(LookupError):
    """Nothing of this kind, or with these fields, is declared in any apps.py."""


@dataclass(frozen=True)
class Kind:
    name: str
    logs: tuple[str, ...]
    what: object  # a text to be translated
    open: frozenset[str]
    hidden: frozenset[str]

    def check(self, log: str, hidden: Iterable[str], open_: Iterable[str]) -> None:
        if log not in self.logs:
            raise UnknownKind(f"{self.name} does not belong into the log {log!r}")
        if set(hidden) != self.hidden or set(open_) != self.open:
            raise UnknownKind(
                f"{self.name} has hidden {sorted(self.hidden)} and open {sorted(self.open)}; "
                f"given were {sorted(hidden)} and {sorted(open_)}"
            )


@cache
def kinds() -> dict[str, Kind]:
    """Every declared kind by its name."""
    found: dict[str, Kind] = {}
    for config in apps.get_app_configs():
        declared: Mapping[str, Mapping[str, Any]] = getattr(config, "events", {})
        for name, said in declared.items():
            found[name] = _kind(config.label, name, said)
    return dict(sorted(found.items()))


def _kind(label: str, name: str, said: Mapping[str, Any]) -> Kind:
    if not name.startswith(f"{label}."):
        raise UnknownKind(f"{name}: a kind begins with its capability, {label}.")
    logs = (said["log"],) if isinstance(said["log"], str) else tuple(said["log"])
    open_, hidden = frozenset(said["open"]), frozenset(said["hidden"])
    if not logs or set(logs) - set(LOGS) or open_ & hidden or open_ & set(ALWAYS) or not said["what"]:
        raise UnknownKind(f"{name}: log is one of {LOGS}, and open and hidden share no name")
    return Kind(name, logs, said["what"], open_, hidden)


def kind(name: str) -> Kind:
    try:
        return kinds()[name]
    except KeyError:
        raise UnknownKind(f"{name} is declared in no apps.py; add it to `events` there") from None
