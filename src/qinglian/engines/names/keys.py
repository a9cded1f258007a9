"""Keys by which a name is found among millions: simplified bigrams, readings by two, words.

    h神州   two neighbouring Han signs          pshen.zhou  two neighbouring syllables of pinyin
    jsan.zau two of Jyutping (of the brand)     etechnology an English word, or a translation
    bhail   how a distinctive Latin word begins tilan        how it ends; one slip leaves one of them

They are made once, when a name is stored, and again for each question. A key says nothing
of how alike two names are: it only brings candidates, which are then compared.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import chain, pairwise, product

from qinglian.engines.names.grammar import FORM_WORDS, GROUP_WORDS, SMALL_WORDS
from qinglian.engines.names.knowledge import Knowledge, stem, syllables
from qinglian.engines.names.name import Name
from qinglian.engines.names.syllables import cuts
from qinglian.engines.names.wade import by_wade

MOST_WAYS, MOST_READINGS = 8, 4
SHORT = 3  # a brand of so few signs is also found by each of them
ENDS = ((3, 4, 6), (4, 6, 99))  # so many letters at either end, for words of so many to so many letters
_SILENT = frozenset({"form", "group", "joint", "note"})


class Keys:
    """Makes keys by one `Knowledge`."""

    def __init__(self, known: Knowledge) -> None:
        self.known = known
        self._cantonese: dict[str, set[str]] = {}
        self._forms: set[tuple[str, ...]] = set()

    def of(self, name: Name) -> tuple[str, ...]:
        """The keys of a parsed name, in a fixed order, none twice."""
        return tuple(
            dict.fromkeys(chain.from_iterable(self._one(one) for one in (name, *(n for _r, n in name.also))))
        )

    def _one(self, name: Name) -> Iterator[str]:
        return self._han(name) if name.script == "han" else self._latin(name)

    def _han(self, name: Name) -> Iterator[str]:
        said = [unit for unit in name.units if unit.kind not in _SILENT] or list(name.units)
        signs = [unit.text for unit in said]
        yield from (f"h{a}{b}" for a, b in pairwise(signs))
        brand = [unit for unit in said if unit.kind == "brand"]
        if len(brand) <= SHORT or len(signs) == 1:
            yield from (f"h{unit.text}" for unit in brand or said)
        read = syllables("".join(signs), self.known.scripts, self.known.polyphones)
        yield from (f"p{a}.{b}" for a, b in pairwise(read))
        yield from (f"e{stem(unit.text)}" for unit in said if unit.text.isascii())
        yield from (f"j{key}" for key in self._spoken([unit.written or unit.text for unit in brand]))
        yield from self._translated("".join(signs))

    def _spoken(self, signs: list[str]) -> Iterator[str]:
        read = [self.known.scripts.jyutping(sign)[:1] for sign in signs]
        yield from (f"{a[0]}.{b[0]}" for a, b in pairwise(read) if a and b)

    def _translated(self, signs: str) -> Iterator[str]:
        place = 0
        while place < len(signs):
            for length in range(min(6, len(signs) - place), 1, -1):
                terms = self.known.words.get(signs[place : place + length])
                if terms:
                    for term in terms[:2]:
                        yield from (f"e{word}" for word in term.en if word not in SMALL_WORDS)
                    place += length - 1
                    break
            place += 1

    def _latin(self, name: Name) -> Iterator[str]:
        words = [unit.text for unit in name.units if unit.kind not in ("joint", "form", "note")]
        words = words or [unit.text for unit in name.units]
        tail = self._written_out(words)
        words = words[: len(words) - tail]
        plain = [word for word in words if word not in FORM_WORDS | GROUP_WORDS] or words
        if not tail:
            yield from (f"e{stem(word)}" for word in plain)
            yield from _ends(unit.text for unit in name.units if unit.kind == "brand")
        old = any(word in by_wade() and not cuts(word) for word in plain)
        ways = [(*cuts(word), *_by_wade(word)) if old else cuts(word) for word in plain]
        yield from (f"p{key}" for key in _two_by_two(ways))
        yield from (f"j{key}" for key in _two_by_two([self._spelled(word) for word in plain]))

    def _written_out(self, words: list[str]) -> int:
        """How many words at the end are a Chinese legal form in syllables: gu fen you xian gong si."""
        if not self._forms:
            scripts, spoken = self.known.scripts, self.known.polyphones
            for text in (*self.known.forms_han, *(f"集团{form}" for form in self.known.forms_han)):
                self._forms.add(syllables(text, scripts, spoken))
                said = [scripts.jyutping(sign)[:1] for sign in text]
                self._forms.add(tuple(one[0] if one else sign for one, sign in zip(said, text, strict=True)))
        for length in range(min(10, len(words) - 1), 1, -1):
            if tuple(words[-length:]) in self._forms:
                return length
        return 0

    def _spelled(self, word: str) -> tuple[tuple[str, ...], ...]:
        """A word as one syllable of Jyutping, written in Jyutping, in Hong Kong's way, or else in Macau's."""
        if not self._cantonese:
            for syllable, spellings in self.known.cantonese.items():
                for spelling in (syllable, *spellings):
                    self._cantonese.setdefault(spelling, set()).add(syllable)
            taken = frozenset(self._cantonese)
            for syllable, spellings in self.known.macau.items():
                for spelling in set(spellings) - taken:
                    self._cantonese.setdefault(spelling, set()).add(syllable)
        return tuple((syllable,) for syllable in sorted(self._cantonese.get(word, ()))[:MOST_READINGS])


def _by_wade(word: str) -> tuple[tuple[str, ...], ...]:
    """A word as one syllable of pinyin, when it is written in the way of Wade: chung for zhong."""
    return tuple((said,) for said in by_wade().get(word, ())[:MOST_READINGS] if said != word)


def _ends(words: Iterable[str]) -> Iterator[str]:
    for word in words:
        for size, fewest, most in ENDS:
            if fewest <= len(word) <= most:
                yield f"b{word[:size]}"
                yield f"t{word[-size:]}"


def _two_by_two(words: Iterable[tuple[tuple[str, ...], ...]]) -> Iterator[str]:
    """Neighbouring syllables within words, and from the end of one word to the start of the next."""
    before: tuple[str, ...] = ()
    for ways in words:
        for way in ways:
            yield from (f"{a}.{b}" for a, b in pairwise(way))
        starts = tuple(dict.fromkeys(way[0] for way in ways))
        yield from (f"{a}.{b}" for a, b in list(product(before, starts))[:MOST_WAYS])
        before = tuple(dict.fromkeys(way[-1] for way in ways))
