"""A text in the three languages of every zone."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

LANGUAGES = ("zh-Hans", "zh-Hant", "en")
_TRADITIONAL = ("zh-hant", "zh-hk", "zh-mo", "zh-tw")


def language_of(wish: str) -> str:
    """The pack's language nearest to a wished tag: `zh-hk` → zh-Hant, `zh` → zh-Hans, any other → en."""
    wish = wish.lower().replace("_", "-")
    if wish.startswith(_TRADITIONAL):
        return "zh-Hant"
    return "zh-Hans" if wish.startswith("zh") else "en"


@dataclass(frozen=True, slots=True, eq=True)
class Text(Mapping[str, str]):
    """`text["zh-Hant"]` is exact; `text.say("zh-hk")` takes any tag of a language."""

    hans: str
    hant: str
    en: str

    def __getitem__(self, language: str) -> str:
        return {"zh-Hans": self.hans, "zh-Hant": self.hant, "en": self.en}[language]

    def __iter__(self) -> Iterator[str]:
        return iter(LANGUAGES)

    def __len__(self) -> int:
        return len(LANGUAGES)

    def say(self, language: str) -> str:
        return self[language_of(language)]


BLANK = Text("", "", "")
