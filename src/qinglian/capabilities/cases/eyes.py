"""What one reader sees of a case: the text, or the word that it is withheld."""

from __future__ import annotations

from dataclasses import dataclass

from qinglian.capabilities.access.levels import asks_again, may_read
from qinglian.zone.current import current


@dataclass(frozen=True)
class Withheld:
    """Stands where a text is that the reader is not cleared for; `again`: would be, once signed in anew."""

    level: object
    again: bool = False


@dataclass(frozen=True)
class Eyes:
    """What one reader sees of one case."""

    roles: frozenset[str]
    own: bool = False  # whoever holds the code reads what they wrote themselves, at every level
    fresh: bool = True

    def see(self, level: str, text: str, mine: bool = False) -> str | Withheld:
        if self.own and mine:
            return text
        found = current().sensitivity.get(level)
        cleared = may_read(self.roles, level)
        if cleared and (self.fresh or not asks_again(level)):
            return text
        return Withheld(found.title if found else "", cleared)
