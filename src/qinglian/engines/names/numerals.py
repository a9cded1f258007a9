"""Ordinal and serial numbers in names: 第二, 三局, 贰号, No. 2, Second, II; what tells sisters apart."""

from __future__ import annotations

import re

_SIGNS = "〇零 一壹 二两贰 三叁 四肆 五伍 六陆 七柒 八捌 九玖".split()
_DIGITS = {sign: value for value, signs in enumerate(_SIGNS) for sign in signs}
_TENS = {"十": 10, "拾": 10, "百": 100, "佰": 100, "千": 1000, "仟": 1000}
_BY_TENS = str.maketrans({"廿": "二十", "卅": "三十", "卌": "四十"})
_PLAIN = "〇零一二三四五六七八九"
_PLAIN_VALUES = {sign: _DIGITS[sign] for sign in _PLAIN}
_CN = f"[{_PLAIN}十百千两廿卅卌]"
_ANY = f"[{_PLAIN}十百千两廿卅卌壹贰叁肆伍陆柒捌玖拾佰仟]"  # the formal signs stand in words too: 大陆公司
_HAN = re.compile(
    f"第({_ANY}+|[0-9]+)"
    f"|([{_PLAIN}]*[〇零][{_PLAIN}]+|[{_PLAIN}]+[〇零])"  # read sign by sign: 三六零
    f"|({_ANY}+|[0-9]+)(?=号|期(?!货))"
    "|([壹贰叁肆柒捌玖])(?=局)"
    f"|({_CN}+|[0-9]+)(?=[局处厂院队所店部库区站]|分公司|公司|工程|中心)"
    "|([0-9]+)"
    "|(?<=[^a-z])([ivx]{2,4})(?![a-z])"
)
ORDINALS = dict(
    zip("first second third fourth fifth sixth seventh eighth ninth tenth".split(), range(1, 11), strict=True)
)
_CARDINALS = dict(
    zip("two three four five six seven eight nine ten".split(), range(2, 11), strict=True)
)  # not one: it is seldom a number in a name
_ROMAN = dict(zip("ii iii iv vi vii viii ix".split(), (2, 3, 4, 6, 7, 8, 9), strict=True))


def value(text: str) -> int:
    """二十三, 廿三, 贰拾叁, 第二 without 第, or digits as a whole number; 一九四 reads by digit."""
    if text.isascii():
        return int(text)
    text = text.translate(_BY_TENS)
    if not any(sign in _TENS for sign in text):
        return int("".join(str(_DIGITS[sign]) for sign in text))
    total, last = 0, 0
    for sign in text:
        if sign in _TENS:
            total, last = total + (last or 1) * _TENS[sign], 0
        else:
            last = _DIGITS[sign]
    return total + last


def han_numerals(folded: str) -> list[tuple[int, int, str]]:
    """(start, end, number) of every number that counts in a Chinese name."""
    found = []
    for hit in _HAN.finditer(folded):
        text = next(group for group in hit.groups() if group)
        number = _ROMAN.get(text) if text.isascii() and text.isalpha() else value(text)
        if number is not None:
            found.append((hit.start(), hit.end(), str(number)))
    return found


def digits_at(signs: list[str], digits: str) -> int:
    """Where Chinese digits spell `digits` sign by sign, 五八 for 58; -1 for nowhere, or for one digit."""
    said = "".join(str(_PLAIN_VALUES.get(sign, "?")) for sign in signs)
    return said.find(digits) if digits.isdigit() and len(digits) > 1 else -1


def latin_numeral(word: str) -> str:
    """The number a word stands for (2, 2nd, second, ii), or nothing."""
    if word.isdigit():
        return str(int(word)) if len(word) < 10 else word
    if hit := re.fullmatch(r"(\d{1,4})(st|nd|rd|th)", word):
        return str(int(hit[1]))
    number = ORDINALS.get(word) or _CARDINALS.get(word) or _ROMAN.get(word)
    return str(number) if number else ""
