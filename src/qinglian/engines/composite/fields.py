"""Reading TOML tables strictly: each key is asked for once, by kind; what nobody asked for is a fault."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal, InvalidOperation
from typing import Any

from qinglian.engines.composite.spec import LANGUAGES, Names
from qinglian.faults import Fault
from qinglian.faults import noop as _

LARGEST = Decimal("1e30")


def number(text: object) -> Decimal | None:
    """A decimal number below LARGEST, written as an integer or as text; None if it is neither."""
    if isinstance(text, bool) or not isinstance(text, str | int):
        return None
    try:
        value = Decimal(text)
    except InvalidOperation:
        return None
    return value if value.is_finite() and abs(value) < LARGEST else None


class Fields:
    """One table: `Fields(table, "publish", faults)`; every fault goes to the list, with its key."""

    def __init__(self, table: object, place: str, faults: list[Fault]) -> None:
        self.place, self.faults, self.asked = place, faults, set[str]()
        self.table: Mapping[str, Any] = table if isinstance(table, dict) else {}
        if not isinstance(table, dict):
            self.wrong("", _("write it as tables, each under [[%(name)s]]"), name=place)

    def wrong(self, name: str, template: str, /, **params: Any) -> None:
        key = ".".join(part for part in (self.place, name) if part)
        self.faults.append(Fault(template, key=key or None, **params))

    def has(self, name: str) -> bool:
        self.asked.add(name)
        return name in self.table

    def text(self, name: str, default: str | None = None) -> str:
        if not self.has(name) and default is not None:
            return default
        value = self.table.get(name)
        if not isinstance(value, str) or not value.strip():
            self.wrong(name, _('a text is missing; write %(name)s = "…"'), name=name)
            return default or ""
        return value

    def choice(self, name: str, known: Sequence[str], default: str | None = None) -> str:
        value = self.text(name, default)
        if value not in known and (value or not self.faults):
            self.wrong(
                name,
                _("%(value)r is not known here; known are %(known)s"),
                value=value,
                known=", ".join(known),
            )
        return value

    def whole(self, name: str, default: int, least: int = 0) -> int:
        value = self.table.get(name, default) if self.has(name) else default
        if type(value) is not int or value < least:
            self.wrong(name, _("write a whole number, %(least)s or more"), least=least)
            return default
        return value

    def decimal(self, name: str) -> Decimal | None:
        if not self.has(name):
            return None
        return self._decimal(name, self.table[name])

    def real(self, name: str, default: float, least: float | None = None, most: float | None = None) -> float:
        found = self.decimal(name)
        value = default if found is None else float(found)
        if (least is not None and value < least) or (most is not None and value > most):
            self.wrong(
                name,
                _("%(value)s is out of range; write one from %(least)s to %(most)s"),
                value=value,
                least=least,
                most=most if most is not None else "∞",
            )
        return value

    def pair(self, name: str, default: tuple[float, float]) -> tuple[float, float]:
        if not self.has(name):
            return default
        value = self.table[name]
        if not isinstance(value, list) or len(value) != 2:
            self.wrong(name, _('write two numbers, for example ["0", "100"]'))
            return default
        low, high = (self._decimal(name, each) for each in value)
        return (float(low), float(high)) if low is not None and high is not None else default

    def yes(self, name: str, default: bool) -> bool:
        value = self.table.get(name, default) if self.has(name) else default
        if not isinstance(value, bool):
            self.wrong(name, _("write true or false"))
            return default
        return value

    def texts(self, name: str) -> tuple[str, ...]:
        value = self.table.get(name, []) if self.has(name) else []
        if not isinstance(value, list) or not all(isinstance(each, str) for each in value):
            self.wrong(name, _('write a list of texts, for example ["a", "b"]'))
            return ()
        return tuple(value)

    def names(self, name: str = "names") -> Names:
        """A text in three languages."""
        value = self.table.get(name) if self.has(name) else None
        if not isinstance(value, dict) or set(value) != set(LANGUAGES) or not all(value.values()):
            self.wrong(name, _("write the name in each of zh-Hans, zh-Hant and en"))
            return dict.fromkeys(LANGUAGES, "")
        return {language: str(value[language]) for language in LANGUAGES}

    def inner(self, name: str) -> Fields:
        """The table under this key; empty where it is not written."""
        place = f"{self.place}.{name}" if self.place else name
        return Fields(self.table.get(name, {}) if self.has(name) else {}, place, self.faults)

    def each(self, name: str) -> list[Fields]:
        value = self.table.get(name, []) if self.has(name) else []
        if not isinstance(value, list):
            self.wrong(name, _("write it as tables, each under [[%(name)s]]"), name=name)
            return []
        place = f"{self.place}.{name}" if self.place else name
        return [Fields(one, f"{place}[{place_in}]", self.faults) for place_in, one in enumerate(value)]

    def done(self) -> None:
        """Whatever is written and was never asked for is a fault."""
        for name in self.table:
            if name not in self.asked:
                self.wrong(
                    "",
                    _("unknown key %(name)r; known are %(known)s"),
                    name=name,
                    known=", ".join(sorted(self.asked)),
                )

    def _decimal(self, name: str, text: object) -> Decimal | None:
        value = number(text)
        if value is None:
            self.wrong(
                name,
                _('%(value)r is no number; write an integer, or a decimal in quotation marks ("0.5")'),
                value=text,
            )
        return value
