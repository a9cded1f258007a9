"""What may be published of an answer: on which bases, approved by whom, and never saying who asked. Pure."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping
from typing import Any

from qinglian.capabilities.cases.grams import folded
from qinglian.engines import canon
from qinglian.zone import Field, Matter
from qinglian.zone.matter import SAYS_WHO, SYSTEM
from qinglian.zone.text import LANGUAGES

SHORTEST = 2  # signs: a single one stands in every text
_RESIDENT = re.compile(
    r"(?<![0-9A-Z])[1-9]\d{5}(?:19|20)\d{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])\d{3}[0-9X](?![0-9A-Z])"
)
_HONG_KONG = re.compile(r"(?<![0-9A-Z])([A-Z]{1,2}) ?(\d{6}) ?\(?([0-9A])\)?(?![0-9A-Z])")
_MACAU = re.compile(r"(?<![0-9A-Z])[157]/?\d{6}/?\(\d\)")
_MAIL = re.compile(r"[A-Za-z0-9._%+-]+@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)+")
_MOBILE = re.compile(  # the mainland's eleven digits; Hong Kong's and Macau's eight
    r"(?<![\w.,-])(?:\+?86[ -]?)?1[3-9]\d[ -]?\d{4}[ -]?\d{4}(?![\w-])"
    r"|(?<![\w.,-])(?:\+?85[23][ -]?)?[4-9]\d{3}(?: (?!19|20)|-?)\d{4}(?![\w-]| ?[元圓圆万萬])",
    re.ASCII,
)


def tells(
    matter: Matter, answers: Mapping[str, object], number: str, texts: Iterable[str]
) -> list[Field | None]:
    """The fields whose answer stands in the texts, None for the number of the case.

    Held against the texts are the registration number, addresses, and whatever is held more closely than
    the question itself. That nothing is found proves nothing: a person reads it, too.
    """
    whole = "\n".join(folded(text) for text in texts)
    close = "".join(whole.split())
    found: list[Field | None] = [None] if folded(number) in whole else []
    for key, answer in answers.items():
        field = matter.fields.get(key)
        if field is None or not isinstance(answer, str) or field.type in ("choice", "longtext"):
            continue
        if field.type not in SAYS_WHO and field.sensitivity == matter.content:
            continue
        said = "".join(folded(answer).split())
        if len(said) >= SHORTEST and said in close:
            found.append(field)
    return found


def numbers_of_people(text: str) -> list[str]:
    """What stands in it in the form of an identity number whose check digit fits.

    The mainland's resident number (GB 11643-1999), Hong Kong's identity card, and Macau's with its bracket.
    """
    plain = unicodedata.normalize("NFKC", text).upper()
    found = [each[0] for each in _RESIDENT.finditer(plain) if _fits_resident(each[0])]
    found += [each[0] for each in _HONG_KONG.finditer(plain) if _fits_hong_kong(each[1], each[2], each[3])]
    return found + [each[0] for each in _MACAU.finditer(plain)]


def ways_to_people(text: str) -> list[str]:
    """What stands in it in the form of an address for mail, or of a mobile telephone's number."""
    plain = unicodedata.normalize("NFKC", text)
    return [each[0] for form in (_MAIL, _MOBILE) for each in form.finditer(plain)]


def _fits_resident(number: str) -> bool:
    total = sum(int(digit) * 2 ** (17 - place) for place, digit in enumerate(number[:17]))
    return "10X98765432"[total % 11] == number[17]


def _fits_hong_kong(letters: str, digits: str, check: str) -> bool:
    """A letter counts 10 to 35, a missing first one 36; weights from 9 down to 2."""
    signs = [36] * (2 - len(letters)) + [ord(each) - 55 for each in letters] + [int(each) for each in digits]
    total = sum(value * weight for value, weight in zip(signs, range(9, 1, -1), strict=True))
    return (total + (10 if check == "A" else int(check))) % 11 == 0


def bases(matter: Matter) -> list[dict[str, Any]]:
    """What the matter rests on, as a public answer keeps it; the key changes with the words."""
    found = []
    for each in matter.basis:
        cite = {language: each.cite[language] for language in LANGUAGES}
        said = {"kind": each.kind, "cite": cite, "article": each.article}
        day = each.checked.isoformat() if each.checked else ""
        found.append({**said, "key": canon.digest(said).hex()[:16], "checked": day})
    return found


def may_approve(matter: Matter, roles: Iterable[str]) -> bool:
    """Whoever gives cases to others; in a matter where nobody does, whoever acts in it for the unit."""
    named = matter.assign_by or tuple(set(matter.roles) - {"applicant", SYSTEM})
    return bool(set(roles) & set(named))
