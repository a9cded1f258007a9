"""The report's words in a language that is asked for, whatever language the command speaks."""

from __future__ import annotations

import gettext
from collections.abc import Mapping
from pathlib import Path

from qinglian.engines.composite.spec import LANGUAGES
from qinglian.faults import noop as _

LOCALE = Path(__file__).parents[2] / "locale"


class Speaker:
    """Says templates in one language; numbers of the page are written the same in all three."""

    def __init__(self, language: str) -> None:
        self.language = language
        self._catalogue = gettext.translation("django", LOCALE, [language.replace("-", "_")], fallback=True)

    def __call__(self, template: str, **values: object) -> str:
        said = self._catalogue.gettext(template)
        return said % values if values else said

    def name(self, names: Mapping[str, str]) -> str:
        return names[self.language]

    def of(self, whole: str, part: str) -> str:
        return f"{whole}: {part}" if self.language == "en" else f"{whole}：{part}"

    def pick(self, text: str) -> str:
        """Of a cell `简|繁|English` the part in this language; any other text as it is."""
        parts = text.split("|")
        return parts[LANGUAGES.index(self.language)].strip() if len(parts) == len(LANGUAGES) else text

    def join(self, names: list[str]) -> str:
        return (", " if self.language == "en" else "、").join(names)


def points(value: float | str | None, decimals: int = 1) -> str:
    """A score; a dash where nothing is."""
    return "–" if value is None else f"{float(value):.{decimals}f}"


def change(value: float | str, decimals: int = 1) -> str:
    """A signed change, with a real minus; what rounds to zero has no sign."""
    text = f"{abs(float(value)):.{decimals}f}"
    if float(text) == 0:
        return text
    return f"−{text}" if float(value) < 0 else f"+{text}"


def chance(value: float | str) -> str:
    """A probability to two places; never 0 or 1, which no number of runs can show."""
    number = float(value)
    if number < 0.005:
        return "< 0.01"
    return "> 0.99" if number > 0.995 else f"{number:.2f}"


def told(say: Speaker, value: float | str) -> str:
    """The same inside a sentence."""
    number = float(value)
    if number < 0.005:
        return say(_("less than 0.01"))
    return say(_("more than 0.99")) if number > 0.995 else chance(value)


def percent(value: float | str) -> str:
    return f"{float(value) * 100:.0f}%"
