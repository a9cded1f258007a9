"""Registration numbers, by the rules that could be verified: pure, without rows.

Sources and what is unverified: docs/reference/identifiers.md.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

from qinglian.faults import Fault
from qinglian.faults import noop as _

USCC, HK_BR, HK_CR, MO_CR, OTHER = "uscc", "hk-br", "hk-cr", "mo-cr", "other"
KINDS = (USCC, HK_BR, HK_CR, MO_CR, OTHER)
PLACES = ("CN", "HK", "MO", "other")
USUAL = {"CN": USCC, "HK": HK_BR, "MO": MO_CR}
LONGEST = 40

SIGNS = "0123456789ABCDEFGHJKLMNPQRTUWXY"  # GB 32100-2015: no I, O, S, V, Z; 31, a prime
_VALUE = {sign: n for n, sign in enumerate(SIGNS)}
_WEIGHTS = [pow(3, n, 31) for n in range(17)]
_ORGANISATION_WEIGHTS = (3, 7, 9, 10, 5, 8, 4, 2)  # GB 11714-1997
_DROPPED = re.compile(r"[\s\-‐-―−]+")


@dataclass(frozen=True)
class Number:
    kind: str
    value: str
    checked: bool  # it carries a check character, and fits it


def tidy(text: str) -> str:
    """Half-width, upper case, without spaces and hyphens: what was meant, however it was typed."""
    return _DROPPED.sub("", unicodedata.normalize("NFKC", text)).upper()


def check_character(first: str) -> str:
    """The 18th character of a USCC from its first 17: C18 = 31 - (sum of Ci x 3^(i-1)) mod 31, and 31 is 0.

    GB 32100-2015, 附录 B. Since 31 is prime, every single wrong character and every exchange of two
    neighbours is seen. Raises KeyError for a character outside SIGNS.
    """
    total = 0
    for sign, weight in zip(first, _WEIGHTS, strict=True):
        total += _VALUE[sign] * weight
    return SIGNS[-total % 31]


def organisation_check(body: str) -> str:
    """The ninth character of an organisation code from its first eight (GB 11714-1997, mod 11; 10 is X)."""
    total = sum(int(sign, 36) * weight for sign, weight in zip(body, _ORGANISATION_WEIGHTS, strict=True))
    return "0123456789X"[-total % 11]


def organisation_code(uscc: str) -> str | None:
    """The organisation code inside a USCC (characters 9 to 17), when it fits its own check character."""
    code = uscc[8:17]
    return code if organisation_check(code[:8]) == code[8] else None


def is_individual(number: Number) -> bool:
    """A USCC that begins with 92 is that of an individual business (个体工商户): a natural person trading."""
    return number.kind == USCC and number.value.startswith("92")


def read(kind: str, text: str) -> Number:
    """The number in its one form; raises Fault with the mend. Kinds without a known check are unchecked."""
    value = tidy(text)
    if not value:
        raise Fault(_("the number is empty; write it"))
    return _READERS[kind](value)


def _strange(value: str, allowed: str) -> tuple[int, str] | None:
    if not value.strip(allowed):
        return None
    return next((n, sign) for n, sign in enumerate(value, 1) if sign not in allowed)


def _uscc(value: str) -> Number:
    if strange := _strange(value, SIGNS):
        raise Fault(
            _(
                "character %(place)d is %(sign)s, which no unified social credit code has; "
                "compare it with the licence (O is often 0, I is 1, Z is 2, S is 5, V is U or Y)"
            ),
            place=strange[0],
            sign=shown(strange[1]),
        )
    if len(value) != 18:
        raise Fault(
            _(
                "%(found)d characters; a unified social credit code has 18: compare it with the licence, "
                "and do not use the old 15-digit registration number"
            ),
            found=len(value),
        )
    if strange := _strange(value[2:8], "0123456789"):
        raise Fault(
            _("character %(place)d is %(sign)s; characters 3 to 8 are digits: compare it with the licence"),
            place=strange[0] + 2,
            sign=strange[1],
        )
    if check_character(value[:17]) != value[17]:
        raise Fault(
            _(
                "the code does not fit its check character: one character is wrong, or two are exchanged; "
                "compare it with the licence (0 and D, 1 and 7, 8 and B are often confused)"
            )
        )
    return Number(USCC, value, True)


def _hk_br(value: str) -> Number:
    """The first eight digits name the entity; a branch, dates and a sign may follow on the certificate.

    The Companies Registry gives entities without such a number a letter and seven digits instead.
    """
    if found := re.fullmatch(r"(\d{8})(\d{3}(\d{5})?)?", value, re.ASCII):
        return Number(HK_BR, found[1], False)
    if re.fullmatch(r"[A-Z]\d{7}", value, re.ASCII):
        return Number(HK_BR, value, False)
    raise Fault(
        _(
            "not a Hong Kong business registration number; write its first eight digits, or the whole "
            "certificate number as in 12345678-000-01-26-1"
        )
    )


def _hk_cr(value: str) -> Number:
    if re.fullmatch(r"[A-Z]{0,2}\d{1,8}", value, re.ASCII):
        return Number(HK_CR, value, False)
    raise Fault(
        _("not a Hong Kong company number; write up to eight digits, with its letter where it has one")
    )


def _mo_cr(value: str) -> Number:
    if re.fullmatch(r"[A-Z]{0,3}\d{1,10}([A-Z]{1,3})?", value, re.ASCII):
        return Number(MO_CR, value, False)
    raise Fault(
        _("not a Macau commercial registration number; write digits, with its letters where it has them")
    )


def _other(value: str) -> Number:
    if len(value) > LONGEST:
        raise Fault(_("%(found)d characters; a number has at most %(most)d"), found=len(value), most=LONGEST)
    if any(unicodedata.category(sign)[0] == "C" for sign in value):
        raise Fault(_("the number holds an invisible character; type it again"))
    return Number(OTHER, value, False)


_READERS = {USCC: _uscc, HK_BR: _hk_br, HK_CR: _hk_cr, MO_CR: _mo_cr, OTHER: _other}


def stated(place: str, text: str) -> Number | None:
    """What somebody wrote as an enterprise's number: of the place's usual kind where it fits, else other."""
    if not tidy(text):
        return None
    try:
        return read(USUAL.get(place, OTHER), text)
    except Fault:
        return Number(OTHER, tidy(text)[:LONGEST], False)


def shown(sign: str) -> str:
    """A sign as a message can carry it."""
    return sign if sign.isprintable() and not sign.isspace() else f"U+{ord(sign):04X}"
