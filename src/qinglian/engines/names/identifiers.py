"""Codes that name an organisation for good, where a name only points at it.

USCC: GB 32100-2015, whose places 9 to 17 are the organisation code of GB 11714-1997.
LEI: ISO 17442, check digits of ISO 7064 MOD 97-10. Old Chinese registration number:
GS 15-2006, ISO 7064 MOD 11,10. For Hong Kong and Macau numbers only the shape is told.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass, field

from qinglian.faults import Fault
from qinglian.faults import noop as _

USCC_SIGNS = "0123456789ABCDEFGHJKLMNPQRTUWXY"  # no I, O, S, V, Z
USCC_VALUES = {sign: value for value, sign in enumerate(USCC_SIGNS)}
_LOOK_ALIKE = str.maketrans("IOSVZ", "105U2")  # what a hand or a scanner writes for another sign
USCC_WEIGHTS = tuple(pow(3, place, 31) for place in range(17))
ORGANISATION_WEIGHTS = (3, 7, 9, 10, 5, 8, 4, 2)
KINDS = {
    "uscc": _("unified social credit code (GB 32100-2015)"),
    "cn-organisation": _("organisation code (GB 11714-1997)"),
    "cn-registration": _("Chinese registration number of 15 digits (GS 15-2006)"),
    "lei": _("legal entity identifier (ISO 17442)"),
    "hk-br": _("Hong Kong business registration number"),
    "hk-cr": _("Hong Kong company number"),
    "mo-cr": _("Macau commercial registration number"),
}


@dataclass(frozen=True, slots=True)
class Identifier:
    """A code as read. `valid` is None where only its shape can be told; `problem` is a template."""

    kind: str
    code: str
    valid: bool | None
    problem: str = ""
    parts: dict[str, str] = field(default_factory=dict)


def uscc_check(first: str) -> str:
    """The 18th sign for the first 17. KeyError for a sign that never stands in a USCC."""
    total = sum(USCC_VALUES[sign] * weight for sign, weight in zip(first, USCC_WEIGHTS, strict=True))
    return USCC_SIGNS[-total % 31]


def organisation_check(first: str) -> str:
    """The check sign of an organisation code for its first 8 signs (0-9, A-Z)."""
    total = sum(int(sign, 36) * weight for sign, weight in zip(first, ORGANISATION_WEIGHTS, strict=True))
    return "0123456789X0"[11 - total % 11]


def is_uscc(code: str) -> bool:
    """Whether an upper-case code is a USCC with its right check sign."""
    return len(code) == 18 and USCC_VALUES.keys() >= set(code) and uscc_check(code[:17]) == code[17]


def tidy(text: str) -> str:
    """Full-width and lower-case signs made plain; blanks and hyphens inside dropped."""
    return re.sub(r"[\s\-‐-―·]", "", unicodedata.normalize("NFKC", text)).upper()


def read_identifier(text: str) -> Identifier:
    """The code in `text`, recognised by its shape. Fault when it has no shape that is known here."""
    if len(text) > 64:
        raise Fault(_("this is %(length)s signs long, no code is; give the code alone"), length=len(text))
    code = tidy(text)
    for pattern, reader in _SHAPES:
        if re.fullmatch(pattern, code, re.ASCII):
            return reader(code)
    raise Fault(
        _(
            "%(code)r is no code known here; a USCC has 18 signs, a LEI 20, an organisation code 9, "
            "a Hong Kong number 7 or 8"
        ),
        code=text.strip()[:64],
    )


def conflict(ours: tuple[str, ...], theirs: tuple[str, ...]) -> tuple[str, str] | None:
    """Two valid codes of one kind that differ, one from each side, unless the sides share one."""
    left, right = valid_codes(ours), valid_codes(theirs)
    shared = {kind for kind in left if left[kind] & right.get(kind, set())}
    if shared:
        return None
    for kind, codes in left.items():
        if right.get(kind):
            return min(codes), min(right[kind])
    return None


def agreement(ours: tuple[str, ...], theirs: tuple[str, ...]) -> str:
    """A valid code that stands on both sides, or nothing."""
    left, right = valid_codes(ours), valid_codes(theirs)
    return min((code for kind in left for code in left[kind] & right.get(kind, set())), default="")


def valid_codes(texts: tuple[str, ...]) -> dict[str, set[str]]:
    """The valid codes among `texts` by kind; a USCC also counts as its organisation code."""
    found: dict[str, set[str]] = {}
    for text in texts:
        try:
            code = read_identifier(text)
        except Fault:
            continue
        if code.valid:
            found.setdefault(code.kind, set()).add(code.code)
            if code.kind == "uscc":
                found.setdefault("cn-organisation", set()).add(code.parts["organisation"])
    return found


def _uscc(code: str) -> Identifier:
    strange = "".join(sorted(set(code) - USCC_VALUES.keys()))
    if strange:
        parts = {"meant": meant} if is_uscc(meant := code.translate(_LOOK_ALIKE)) else {}
        return Identifier(
            "uscc", code, False, _("I, O, S, V and Z never stand in this code; read it again"), parts
        )
    parts = {"department": code[0], "category": code[1], "division": code[2:8], "organisation": code[8:17]}
    if uscc_check(code[:17]) != code[17]:
        return Identifier("uscc", code, False, _("the check sign does not fit; read the code again"), parts)
    return Identifier("uscc", code, True, "", parts)


def _organisation(code: str) -> Identifier:
    fits = organisation_check(code[:8]) == code[8]
    return Identifier("cn-organisation", code, fits, "" if fits else _CHECK)


def _registration(code: str) -> Identifier:
    carry = 10
    for digit in code[:14]:
        carry = (((carry + int(digit)) % 10) or 10) * 2 % 11
    fits = (carry + int(code[14])) % 10 == 1
    return Identifier("cn-registration", code, fits, "" if fits else _CHECK, {"authority": code[:6]})


def _lei(code: str) -> Identifier:
    fits = int("".join(str(int(sign, 36)) for sign in code)) % 97 == 1
    return Identifier("lei", code, fits, "" if fits else _CHECK, {"issuer": code[:4]})


def _shape(kind: str, code: str) -> Identifier:
    return Identifier(kind, code, None, _("only the shape can be told; ask the register whether it exists"))


_CHECK = _("the check sign does not fit; read the code again")
_SHAPES = (
    (r"[0-9A-Z]{18}", _uscc),
    (r"[0-9A-Z]{18}\d{2}", _lei),
    (r"\d{15}", _registration),
    (r"[0-9A-Z]{8}[0-9X]", _organisation),
    (r"\d{8}(\d{3}(\d{4}[0-9A-Z])?)?", lambda code: _shape("hk-br", code[:8])),
    (r"F?\d{5,7}", lambda code: _shape("hk-cr", code)),
    (r"\d{1,6}\(?(SO|CO|EN)\)?", lambda code: _shape("mo-cr", re.sub("[()]", "", code))),
    (r"(SO|CO|EN)\d{1,6}", lambda code: _shape("mo-cr", code[2:] + code[:2])),
)
