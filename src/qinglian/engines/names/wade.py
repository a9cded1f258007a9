"""Mandarin syllables in the old spelling of Wade and Giles, as old firms and Taiwan write them.

After H. A. Giles, A Chinese-English Dictionary (1892), without apostrophes and marks, which names drop.
"""

from __future__ import annotations

from functools import cache

from qinglian.engines.names.syllables import SYLLABLES

_HEADS = {
    "zh": "ch", "ch": "ch", "sh": "sh", "b": "p", "p": "p", "d": "t", "t": "t", "g": "k", "k": "k", "j": "ch",
    "q": "ch", "x": "hs", "z": "ts", "c": "ts", "r": "j",
}  # fmt: skip
_TAILS = {
    "ong": "ung", "iong": "iung", "ian": "ien", "ie": "ieh", "iu": "iu", "ve": "ueh", "v": "u",
}  # fmt: skip
_WHOLE = {
    "zhi": "chih", "chi": "chih", "shi": "shih", "ri": "jih", "zi": "tzu", "ci": "tzu", "si": "szu",
    "er": "erh", "yi": "i", "you": "yu", "yan": "yen", "ye": "yeh", "yue": "yueh", "yong": "yung",
    "e": "o", "ge": "ko", "ke": "ko", "he": "ho", "gui": "kuei", "kui": "kuei", "jue": "chueh",
    "que": "chueh", "xue": "hsueh",
}  # fmt: skip


@cache
def wade(syllable: str) -> str:
    """A syllable of pinyin (v for ü) as Wade and Giles write it."""
    if syllable in _WHOLE:
        return _WHOLE[syllable]
    head = syllable[: next((place for place, sign in enumerate(syllable) if sign in "aeiouv"), 0)]
    tail = syllable[len(head) :]
    if tail == "uo" and head not in ("g", "k", "h", "sh"):
        tail = "o"
    return _HEADS.get(head, head) + _TAILS.get(tail, tail)


@cache
def by_wade() -> dict[str, tuple[str, ...]]:
    """Every spelling of Wade and Giles to the syllables of pinyin it may stand for."""
    found: dict[str, list[str]] = {}
    for syllable in sorted(SYLLABLES):
        found.setdefault(wade(syllable), []).append(syllable)
    return {spelling: tuple(said) for spelling, said in found.items()}
