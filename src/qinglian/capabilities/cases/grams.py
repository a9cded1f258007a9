"""Text as search sees it: simplified, of one width and case, cut into words and overlapping pairs of signs.

A run of Chinese signs 前海管 becomes 前海, 海管, 管: any two neighbours are one term, and the last sign
stands alone so that a single sign is found as the beginning of a term. Each sign is simplified by
itself, so that a text and a question are always converted alike, whatever stands around the sign.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache, lru_cache

HAN = r"\u3005\u3007\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"
_RUN = re.compile(rf"([{HAN}]+)|((?:(?![{HAN}])[^\W_])+)")
_DOT = re.compile(rf"(?<=[{HAN}]) ?[·・‧•] ?(?=[{HAN}])")  # 买买提·艾力, written with it or without
_SPACE = re.compile(rf"(?<=[{HAN}]) +(?=[{HAN}])")  # 王 芳, in columns and forms
MOST_WORDS = 8


@dataclass(frozen=True)
class Word:
    """One word of a question: the terms that must follow each other; begun: the last may go on."""

    text: str
    terms: tuple[str, ...]
    begun: bool


@cache
def _conversions() -> tuple[Callable[[str], str], ...]:
    import opencc

    return opencc.OpenCC("hk2s").convert, opencc.OpenCC("t2s").convert


class _Simplified(dict[int, str]):
    """Sign → simplified sign, filled as signs turn up."""

    def __missing__(self, sign: int) -> str:
        found = chr(sign)
        for convert in _conversions() if sign > 0x2E7F else ():
            found = convert(found)
        self[sign] = found
        return found


_SIMPLIFIED = _Simplified()


def other_script(text: str, language: str) -> str:
    """A beginning for whoever writes the other script: words of Hong Kong, as a machine knows them."""
    import opencc

    return str(opencc.OpenCC("s2hk" if language == "zh-Hant" else "t2s").convert(text))


def folded(text: str) -> str:
    """One width, one case, simplified, no dot within a name; no longer but where NFKC spells a sign out."""
    return _DOT.sub("", unicodedata.normalize("NFKC", text).casefold().translate(_SIMPLIFIED))


def kept(text: str) -> str:
    """A text as the index keeps it: folded, and Chinese signs together that a space had parted."""
    return _SPACE.sub("", folded(text))


@lru_cache(maxsize=1 << 16)  # pairs of signs come again and again
def _term(text: str) -> str:
    """Letters and digits only, whatever the script: what every tokeniser leaves as it is."""
    return f"w{text}" if text.isascii() else f"x{text.encode().hex()}"


def terms(text: str) -> list[str]:
    """Every term of a folded text, in order."""
    found = []
    for run in _RUN.finditer(text):
        if run[1]:
            found += [_term(run[1][n : n + 2]) for n in range(len(run[1]))]
        else:
            found.append(_term(run[2]))
    return found


def words(question: str) -> list[Word]:
    """What somebody typed, as words that must all be found; at most MOST_WORDS, the rest is dropped."""
    found = []
    for run in _RUN.finditer(folded(question)):
        if run[1] and len(run[1]) > 1:
            pairs = [_term(run[1][n : n + 2]) for n in range(len(run[1]) - 1)]
            found.append(Word(run[1], tuple(pairs), False))
        else:
            found.append(Word(run[0], (_term(run[0]),), True))
    return found[:MOST_WORDS]
