"""The words and signs of a guard."""

from __future__ import annotations

import re
from dataclasses import dataclass

from qinglian.faults import Fault
from qinglian.faults import noop as _

_TOKEN = re.compile(
    r"(?P<date>\d{4}-\d{2}-\d{2}(?![\w.-]))"
    r"|(?P<number>-?(?:0|[1-9]\d*)(?:\.\d+)?(?![\w.]))"
    r"|(?P<text>'[^'\\\x00-\x1f]*'|\"[^\"\\\x00-\x1f]*\")"
    r"|(?P<word>[A-Za-z][A-Za-z0-9_]*)"
    r"|(?P<sign>==|!=|<=|>=|<|>|\(|\)|\[|\]|,)",
    re.ASCII,
)
_SPACE = re.compile(r"[ \t\r\n]*")


@dataclass(frozen=True, slots=True)
class Token:
    """kind: date, number, text, word, sign or end; column counts from 1."""

    kind: str
    text: str
    column: int


def tokens(text: str) -> list[Token]:
    """The tokens of a guard, the last of kind `end`; raises Fault at the first sign that belongs to none."""
    found: list[Token] = []
    place = 0
    while True:
        space = _SPACE.match(text, place)
        place = space.end() if space else place
        if place == len(text):
            return [*found, Token("end", "", place + 1)]
        match = _TOKEN.match(text, place)
        if match is None:
            raise Fault(
                _(
                    "column %(column)d: %(sign)r is not part of a guard; use only names, constants, and, or, "
                    "not, in, is absent and comparisons"
                ),
                column=place + 1,
                sign=text[place : place + 12],
            )
        found.append(Token(match.lastgroup or "", match.group(), place + 1))
        place = match.end()
