"""How much time a duty has: an amount, a unit that is always written, and where the last day goes."""

from __future__ import annotations

import re
from dataclasses import dataclass

from qinglian.faults import Fault
from qinglian.faults import noop as _

UNITS = ("wd", "cd", "mo", "h", "wh")
HK_RULE = "hk-cap1-s71"
ROLLS = ("none", "next-working-day", HK_RULE)
ROLLED = {"cd": ROLLS, "mo": ROLLS[:2]}
_FORM = re.compile(r"([1-9][0-9]{0,4})(wd|cd|mo|h|wh)(?::([a-z0-9-]+))?", re.ASCII)


@dataclass(frozen=True, slots=True)
class Budget:
    """amount ≥ 1 of unit: wd working days, cd calendar days, mo months, h hours, wh working hours.

    roll is stated for cd and mo (`none`, `next-working-day`, and for cd `hk-cap1-s71`) and None
    for the others: whether a last day off moves the end differs by law, so there is no default.
    """

    amount: int
    unit: str
    roll: str | None = None

    def __post_init__(self) -> None:
        if self.unit not in UNITS or not 1 <= self.amount <= 99999:
            raise _unreadable(f"{self.amount}{self.unit}")
        allowed = ROLLED.get(self.unit, ())
        if self.roll is None and allowed:
            raise Fault(
                _(
                    "budget %(text)s does not say what happens when its last day is a day off; "
                    "write %(first)s or %(second)s"
                ),
                text=str(self),
                first=f"{self}:none",
                second=f"{self}:next-working-day",
            )
        if self.roll is not None and self.roll not in allowed:
            if not allowed:
                raise Fault(
                    _("budget %(text)s: this unit takes no roll; write %(bare)s"),
                    text=str(self),
                    bare=f"{self.amount}{self.unit}",
                )
            raise Fault(
                _("budget %(text)s: unknown roll %(roll)s; write one of %(rolls)s"),
                text=str(self),
                roll=self.roll,
                rolls=", ".join(allowed),
            )

    @classmethod
    def parse(cls, text: str, roll: str | None = None) -> Budget:
        """`5wd`, `10cd:none`, `10cd:next-working-day`, `6cd:hk-cap1-s71`, `2mo:none`, `8h`, `8wh`.

        roll completes a text that states none. Raises Fault with the mend; str() gives the text back.
        """
        found = _FORM.fullmatch(text.strip())
        if found is None:
            raise _unreadable(text)
        amount, unit, stated = found.groups()
        if roll is not None and stated is not None and roll != stated:
            raise Fault(
                _("budget %(text)s already states a roll, and %(roll)s is asked for too; keep one of them"),
                text=text.strip(),
                roll=roll,
            )
        return cls(int(amount), unit, stated if stated is not None else roll)

    def plus(self, other: Budget) -> Budget:
        """The sum of two budgets of one unit and roll; Fault when they differ."""
        if (self.unit, self.roll) != (other.unit, other.roll):
            raise Fault(
                _(
                    "an extension of %(extension)s does not fit a budget of %(budget)s; "
                    "write it in the same unit"
                ),
                extension=str(other),
                budget=str(self),
            )
        return Budget(self.amount + other.amount, self.unit, self.roll)

    def __str__(self) -> str:
        return f"{self.amount}{self.unit}" + (f":{self.roll}" if self.roll else "")


def _unreadable(text: str) -> Fault:
    return Fault(
        _(
            "budget %(text)r cannot be read; write an amount from 1 to 99999 and its unit, "
            "as 5wd, 10cd:none, 2mo:none, 8h or 8wh"
        ),
        text=text,
    )
