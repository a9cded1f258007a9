"""What invented people write: composed from phrases.toml, so that no list looks like copies."""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from random import Random

LANGUAGES = ("zh-hans", "zh-hant", "en")
_SLOT = re.compile(r"\{(\w+)\}")
_ARTICLE = re.compile(r"\b([Aa]) (?=[aeio])")
OWN_TITLES = ("approval", "complaint", "appeal", "report")  # kinds of matters whose cases are headed alike


@dataclass(frozen=True)
class Said:
    """One text in the three languages of the site."""

    hans: str
    hant: str
    en: str

    def __getitem__(self, language: str) -> str:
        return (self.hans, self.hant, self.en)[LANGUAGES.index(language)]

    def by_zone_language(self) -> dict[str, str]:
        return {"zh-Hans": self.hans, "zh-Hant": self.hant, "en": self.en}


@cache
def table() -> dict[str, dict[str, list[list[str]]]]:
    return tomllib.loads(Path(__file__).with_name("phrases.toml").read_text("utf-8"))


class Speaker:
    """Draws and fills phrases with one dice; what stands in the slots stays the same within one `about`."""

    def __init__(self, dice: Random) -> None:
        self.dice = dice
        self.about: dict[str, list[str]] = {}

    def turn_to_something_else(self) -> None:
        self.about = {}

    def say(self, group: str, key: str, **given: object) -> Said:
        row = self.dice.choice(table()[group][key])
        texts = [self._fill(text, n, given) for n, text in enumerate(row)]
        return Said(texts[0], texts[1], _in_english(texts[2]))

    def title(self, topic: str) -> Said:
        return self.say("title", topic if topic in table()["title"] else "other")

    def detail(self) -> Said:
        parts = [self.say("detail", "opening")]
        bodies = self.dice.sample(range(len(table()["detail"]["body"])), self.dice.choice((1, 2, 2, 3)))
        parts += [self._row("detail", "body", n) for n in bodies]
        return _joined([*parts, self.say("detail", "closing")])

    def answer(self) -> Said:
        opening = self.say("answer", "opening")
        bodies = self.dice.sample(range(len(table()["answer"]["body"])), self.dice.choice((1, 2, 2)))
        rest = [self._row("answer", "body", n) for n in bodies]
        told = _joined([*rest, self.say("answer", "closing")])
        lower = told.en[:1].lower() + told.en[1:]
        return Said(opening.hans + told.hans, opening.hant + told.hant, f"{opening.en} {lower}")

    def items(self) -> Said:
        """Everything that is missing, a line each."""
        rows = self.dice.sample(range(len(table()["said"]["items"])), self.dice.choice((1, 2, 2, 3)))
        found = [self._row("said", "items", n) for n in rows]
        return Said(*("\n".join(each[language] for each in found) for language in LANGUAGES))

    def _row(self, group: str, key: str, place: int) -> Said:
        texts = [self._fill(text, n, {}) for n, text in enumerate(table()[group][key][place])]
        return Said(texts[0], texts[1], _in_english(texts[2]))

    def _fill(self, text: str, language: int, given: dict[str, object]) -> str:
        def slot(found: re.Match[str]) -> str:
            name = found[1]
            return str(given[name]) if name in given else self._drawn(name)[language]

        return _SLOT.sub(slot, text)

    def _drawn(self, name: str) -> list[str]:
        if name not in self.about:
            rows = table()["slot"][name.rstrip("2")]
            others = [self.about.get(each) for each in (name.rstrip("2"), f"{name.rstrip('2')}2")]
            self.about[name] = self.dice.choice([row for row in rows if row not in others])
        return self.about[name]


def _joined(parts: list[Said]) -> Said:
    return Said(
        "".join(each.hans for each in parts),
        "".join(each.hant for each in parts),
        " ".join(each.en for each in parts if each.en),
    )


def _in_english(text: str) -> str:
    """`a engineer` is `an engineer`; a sentence begins with a capital."""
    return _ARTICLE.sub(r"\1n ", text[:1].upper() + text[1:])
