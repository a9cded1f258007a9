"""Two scripts kept apart: what of a text belongs to the other one.

OpenCC knows phrases, so a text in traditional characters is one that it would not change. Hong Kong and
Taiwan forms are both lawful (説 and 說): a sign counts only where both conversions would replace it.
"""

from __future__ import annotations

from functools import cache

from opencc import OpenCC

# Lawful as they stand, whatever OpenCC prefers; each with its reason.
LAWFUL_TRADITIONAL = {
    "公布": "布 is the usual form in Hong Kong's laws; OpenCC prefers 佈",
    "發布": "the same",
    "干預": "干 is the only form in this word; OpenCC takes it for 幹",
    "了": "lawful everywhere, 了解 too; OpenCC takes 明了 in 聲明了 for 明瞭",
    "群": "the usual form in print; OpenCC prefers 羣",
}
LAWFUL_SIMPLIFIED: dict[str, str] = {}
QUOTES = {"zh-Hans": "「」『』", "zh-Hant": "“”‘’"}  # what each script does not use


@cache
def converter(name: str) -> OpenCC:
    return OpenCC(name)


def without(text: str, lawful: dict[str, str]) -> str:
    for word in lawful:
        text = text.replace(word, "〇" * len(word))
    return text


def changed(text: str, *conversions: str) -> list[str]:
    """Each sign that every one of the conversions would replace, with what surrounds it."""
    others = [converter(name).convert(text) for name in conversions]
    assert all(len(other) == len(text) for other in others), text
    places = [n for n, sign in enumerate(text) if all(other[n] != sign for other in others)]
    return [f"{text[n]} in {text[max(0, n - 4) : n + 5]}" for n in places]


def foreign_signs(language: str, text: str) -> list[str]:
    """What does not belong into a text of that language: signs and quotation marks of the other script."""
    quotes = [f"{sign} in {text[:20]}" for sign in QUOTES.get(language, "") if sign in text]
    if language == "zh-Hant":
        return quotes + changed(without(text, LAWFUL_TRADITIONAL), "s2hk", "s2tw")
    if language == "zh-Hans":
        return quotes + changed(without(text, LAWFUL_SIMPLIFIED), "t2s")
    return [sign for sign in text if "\u4e00" <= sign <= "\u9fff"]
