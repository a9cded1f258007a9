"""How the signs of a Chinese name may be written in Latin letters: pinyin, Jyutping, the ways of Hong Kong,
Macau and Wade."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import lru_cache
from typing import Any, TypeVar

from qinglian.engines.names.folding import glyphs, looks
from qinglian.engines.names.knowledge import Knowledge, Term, stem, syllables
from qinglian.engines.names.name import Name
from qinglian.engines.names.wade import wade

WAYS = ("pinyin", "jyutping", "hk-spelling", "mo-spelling", "wade")
MOST_JOINED, MOST_KEPT = 6, 60_000
T = TypeVar("T")
TRUST = {
    "pinyin": 1.0, "pinyin-rare": 1.0, "jyutping": 1.0, "hk-spelling": 0.95, "mo-spelling": 0.95, "wade": 0.9,
    "same": 1.0, "initials": 0.6,
}  # fmt: skip
Said = tuple[frozenset[str], tuple[frozenset[str], ...]]  # first letters, and the readings by way
Spelled = tuple[int, int, str, float]  # first unit, number of units, way, trust 0..1


class Readings:
    """Readings of single signs, kept once looked up."""

    def __init__(self, known: Knowledge) -> None:
        self.known = known
        self._made: dict[tuple[str, str, str], list[Any]] = {}
        self.pinyin = lru_cache(maxsize=50_000)(self._pinyin)
        self.jyutping = lru_cache(maxsize=50_000)(self._jyutping)
        self.hong_kong = lru_cache(maxsize=50_000)(self._hong_kong)
        self.macau = lru_cache(maxsize=50_000)(self._macau)
        self.wade = lru_cache(maxsize=50_000)(self._wade)
        self.sign = lru_cache(maxsize=50_000)(self._sign)
        self.all_of = lru_cache(maxsize=50_000)(self._all_of)

    def _pinyin(self, sign: str) -> frozenset[str]:
        said = set(self.known.scripts.pinyin(sign)[:4]) | set(self.known.polyphones.get(sign, ()))
        return frozenset(said | {s.replace("v", u) for s in said if "v" in s for u in ("u", "yu")})

    def _jyutping(self, sign: str) -> frozenset[str]:
        return frozenset(self.known.scripts.jyutping(sign)[:4])

    def _hong_kong(self, sign: str) -> frozenset[str]:
        first = self.known.scripts.jyutping(sign)[:2]
        return frozenset(word for read in first for word in self.known.cantonese.get(read, ()))

    def _macau(self, sign: str) -> frozenset[str]:
        first = self.known.scripts.jyutping(sign)[:2]
        return frozenset(word for read in first for word in self.known.macau.get(read, ()))

    def _wade(self, sign: str) -> frozenset[str]:
        return frozenset(wade(read) for read in (self.usual(sign), *self.known.scripts.pinyin(sign)[:2]))

    def in_context(self, name: Name) -> list[frozenset[str]]:
        """The usual reading of each unit among its neighbours, with every spelling of ü; kept."""
        return self._kept("context", name, lambda: self._in_context(name))

    def _in_context(self, name: Name) -> list[frozenset[str]]:
        signs = (unit.text if len(unit.text) == 1 and not unit.text.isascii() else "□" for unit in name.units)
        said = syllables("".join(signs), self.known.scripts, self.known.polyphones)
        return [frozenset({one, one.replace("v", "u"), one.replace("v", "yu")}) for one in said]

    def usually(self, name: Name, start: int, length: int, word: str) -> bool:
        """Whether the signs from `start` on are usually read so: 长安 is Changan, hardly Zhangan."""
        spelled = self.in_context(name)[start : start + length]
        if length == 1:
            return word in spelled[0]
        said = {""}
        for one in spelled:
            said = {before + more for before in said for more in one}
        return word in said

    def _all_of(self, text: str, written: str) -> tuple[frozenset[str], tuple[frozenset[str], ...]]:
        """First letters of every reading, and the readings by way; Cantonese also by the sign as written."""
        if text.isascii():
            return frozenset(text[:1]), (frozenset({text}),) * len(WAYS)
        spoken, spelled, macau = (
            of(text) | of(written or text) for of in (self.jyutping, self.hong_kong, self.macau)
        )
        sides = (self.pinyin(text), spoken, spelled, macau, self.wade(text))
        return frozenset(word[0] for side in sides for word in side if word), sides

    def said(self, name: Name) -> list[Said]:
        """`all_of` for each unit of a Chinese name, kept."""
        return self._kept("said", name, lambda: [self.all_of(unit.text, unit.written) for unit in name.units])

    def terms(self, name: Name) -> list[tuple[int, int, Term]]:
        """Where in a Chinese name a word with a translation begins, its number of signs, the word; kept."""
        return self._kept("terms", name, lambda: list(self._terms(name)))

    def _terms(self, name: Name) -> Iterator[tuple[int, int, Term]]:
        letters = "".join(unit.text if len(unit.text) == 1 else "\0" for unit in name.units)
        for start in range(len(letters)):
            for length in range(1, min(MOST_JOINED, len(letters) - start) + 1):
                for term in self.known.words.get(letters[start : start + length], ()):
                    yield start, length, term

    def stems(self, name: Name) -> list[str]:
        """The words of a Latin name without their plurals, kept."""
        return self._kept("stems", name, lambda: [stem(unit.text) for unit in name.units])

    def _kept(self, what: str, name: Name, make: Callable[[], list[T]]) -> list[T]:
        """Made once for a name. The units follow from the text, and the text is quicker to look up."""
        key = what, name.folded, name.text
        found = self._made.get(key)
        if found is None:
            if len(self._made) >= MOST_KEPT:
                self._made.clear()
            found = self._made[key] = make()
        return found

    def by_way(self, way: str) -> Callable[[str], frozenset[str]]:
        return {
            "pinyin": self.pinyin, "jyutping": self.jyutping, "hk-spelling": self.hong_kong,
            "mo-spelling": self.macau, "wade": self.wade,
        }[way]  # fmt: skip

    def usual(self, sign: str) -> str:
        """The usual Mandarin reading of one sign, or the sign."""
        said = self.known.polyphones.get(sign) or self.known.scripts.pinyin(sign)
        return said[0] if said else sign

    def _sign(self, text: str) -> tuple[str, str, str, frozenset[str]]:
        """A unit as it is compared: its text, its plainest glyph, its looks, its Mandarin readings."""
        return text, glyphs(text), looks(text), frozenset() if text.isascii() else self.pinyin(text)

    def spelled(self, word: str, name: Name) -> Iterator[Spelled]:
        """Every run of up to six neighbouring units of a Chinese name that `word` may spell in one way."""
        first = word[:1]
        units = self.said(name)
        for start, (letters, _sides) in enumerate(units):
            if first not in letters:
                continue
            if name.units[start].text == word:
                yield start, 1, "same", 1.0
                continue
            if found := self._way(word, name, start, units):
                yield found
        if 3 <= len(word) <= 6:
            yield from self._initials(word, name)

    def _way(self, word: str, name: Name, start: int, units: list[Said]) -> Spelled | None:
        """The first way in which the word spells the units from `start` on; rare readings and Wade last."""
        rare = None
        for number, way in enumerate(WAYS):
            if length := _reach(word, 0, units, start, number, 0):
                if way == "pinyin" and not self.usually(name, start, length, word):
                    rare = start, length, "pinyin-rare", TRUST["pinyin-rare"]
                elif way != "wade" or not rare:
                    return start, length, way, TRUST[way]
        return rare

    def _initials(self, word: str, name: Name) -> Iterator[Spelled]:
        """The first letters of the brand's signs, for three signs or more: XGD for 新国都."""
        brand = [place for place, unit in enumerate(name.units) if unit.kind == "brand"]
        if len(brand) == len(word) and brand[-1] - brand[0] == len(brand) - 1:
            letters = "".join(self.usual(name.units[place].text)[:1] for place in brand)
            if letters == word:
                yield brand[0], len(brand), "initials", TRUST["initials"]


def _reach(
    word: str,
    at: int,
    units: list[Said],
    place: int,
    number: int,
    depth: int,
) -> int:
    """How many units from `place` on the rest of the word spells out exactly; 0 when it does not."""
    if place >= len(units) or depth >= MOST_JOINED:
        return 0
    for said in units[place][1][number]:
        if said and word.startswith(said, at):
            after = at + len(said)
            if after == len(word):
                return depth + 1
            if length := _reach(word, after, units, place + 1, number, depth + 1):
                return length
    return 0
