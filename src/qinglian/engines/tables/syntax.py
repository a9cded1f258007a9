"""The grammar of guards: text in, a small tree out. Nothing here can call, reach or compute.

guard      := either
either     := both ("or" both)*
both       := negation ("and" negation)*
negation   := "not" negation | "(" either ")" | comparison
comparison := NAME | NAME "is" ["not"] "absent" | operand (ORDER operand)+ | operand ["not"] "in" group
operand    := NAME | constant          group := "[" constant ("," constant)* "]" | NAME
constant   := 'text' | "text" | 12 | -1.50 | 2026-01-31 | true | false
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from qinglian.engines.tables.tokens import Token, tokens
from qinglian.faults import Fault
from qinglian.faults import noop as _

LENGTH_LIMIT = 1000
DEPTH_LIMIT = 20

Constant = str | bool | Decimal | date


@dataclass(frozen=True, slots=True)
class Name:
    name: str


@dataclass(frozen=True, slots=True)
class Compare:
    """`name sign other`, where other is a constant or another name."""

    name: str
    sign: str
    other: Constant | Name


@dataclass(frozen=True, slots=True)
class Within:
    """`item in group`: a name among constants, or anything among the values that a name holds."""

    item: Constant | Name
    group: tuple[Constant, ...] | Name
    negated: bool


@dataclass(frozen=True, slots=True)
class Absent:
    name: str
    negated: bool


@dataclass(frozen=True, slots=True)
class Not:
    part: Tree


@dataclass(frozen=True, slots=True)
class Every:
    parts: tuple[Tree, ...]


@dataclass(frozen=True, slots=True)
class Some:
    parts: tuple[Tree, ...]


Tree = Name | Compare | Within | Absent | Not | Every | Some

ORDERS = ("==", "!=", "<", "<=", ">", ">=")
_MIRROR = {"==": "==", "!=": "!=", "<": ">", "<=": ">=", ">": "<", ">=": "<="}
_TRUTHS = {"true": True, "True": True, "false": False, "False": False}
_NOTHING = {"None", "null"}
_OTHER_TONGUES = {"if", "else", "for", "lambda", "await", "yield", "import"}
_RESERVED = {"and", "or", "not", "in", "is", "absent", *_TRUTHS, *_NOTHING, *_OTHER_TONGUES}


def parse(text: str) -> Tree:
    """A guard's text as a tree.

    Raises Fault, with the column, for anything outside the grammar above, for a text over
    LENGTH_LIMIT characters and for nesting beyond DEPTH_LIMIT.
    """
    if len(text) > LENGTH_LIMIT:
        raise Fault(
            _("the guard has %(length)d characters, at most %(limit)d are read; split it"),
            length=len(text), limit=LENGTH_LIMIT,
        )  # fmt: skip
    if not text.strip():
        raise Fault(_("the guard is empty; write a condition or leave the key out"))
    return _Reader(tokens(text)).whole()


class _Reader:
    def __init__(self, tokens: list[Token]) -> None:
        self.tokens, self.place, self.depth = tokens, 0, 0

    @property
    def now(self) -> Token:
        return self.tokens[self.place]

    def take(self, *texts: str) -> Token | None:
        """The token here, if it is one of these words or signs; then it is behind us."""
        token = self.now
        if token.kind in ("word", "sign") and token.text in texts:
            self.place += 1
            return token
        return None

    def unexpected(self) -> Fault:
        token = self.now
        if token.kind == "end":
            return Fault(_("the guard ends too early; complete the condition"))
        if token.text in _NOTHING:
            return Fault(
                _("column %(column)d: %(word)s does not exist here; write `is absent` or `is not absent`"),
                column=token.column,
                word=token.text,
            )
        return Fault(
            _("column %(column)d: %(word)r cannot stand here; write comparisons such as topic == 'conduct'"),
            column=token.column,
            word=token.text,
        )

    def whole(self) -> Tree:
        tree = self.either()
        if self.now.kind != "end":
            raise self.unexpected()
        return tree

    def either(self) -> Tree:
        parts = [self.both()]
        while self.take("or"):
            parts.append(self.both())
        return parts[0] if len(parts) == 1 else Some(tuple(parts))

    def both(self) -> Tree:
        parts = [self.negation()]
        while self.take("and"):
            parts.append(self.negation())
        return parts[0] if len(parts) == 1 else Every(tuple(parts))

    def negation(self) -> Tree:
        self.depth += 1
        if self.depth > DEPTH_LIMIT:
            raise Fault(
                _("column %(column)d: the guard is nested deeper than %(limit)d; write it flatter"),
                column=self.now.column, limit=DEPTH_LIMIT,
            )  # fmt: skip
        tree = self.negated_or_enclosed()
        self.depth -= 1
        return tree

    def negated_or_enclosed(self) -> Tree:
        if self.take("not"):
            return Not(self.negation())
        if self.take("("):
            tree = self.either()
            if not self.take(")"):
                raise self.unexpected()
            return tree
        return self.comparison()

    def operand(self) -> Constant | Name:
        token = self.now
        if token.kind == "word" and token.text not in _RESERVED:
            self.place += 1
            return Name(token.text)
        return self.constant()

    def constant(self) -> Constant:
        token = self.now
        if token.kind == "word" and token.text in _TRUTHS:
            value: Constant = _TRUTHS[token.text]
        elif token.kind == "text":
            value = token.text[1:-1]
        elif token.kind == "number":
            value = Decimal(token.text)
        elif token.kind == "date":
            value = self.day(token)
        else:
            raise self.unexpected()
        self.place += 1
        return value

    @staticmethod
    def day(token: Token) -> date:
        try:
            return date.fromisoformat(token.text)
        except ValueError:
            raise Fault(
                _("column %(column)d: %(word)s is no day of the calendar; write year-month-day"),
                column=token.column, word=token.text,
            ) from None  # fmt: skip

    def comparison(self) -> Tree:
        start = self.now
        left = self.operand()
        if isinstance(left, Name) and self.take("is"):
            negated = self.take("not") is not None
            if not self.take("absent"):
                raise self.unexpected()
            return Absent(left.name, negated)
        if self.take("in"):
            return self.within(left, False)
        if self.take("not"):
            if not self.take("in"):
                raise self.unexpected()
            return self.within(left, True)
        parts: list[Tree] = []
        while sign := self.take(*ORDERS):
            right = self.operand()
            parts.append(_compare(left, sign, right))
            left = right
        if parts:
            return parts[0] if len(parts) == 1 else Every(tuple(parts))
        if isinstance(left, Name):
            return left
        raise Fault(
            _("column %(column)d: %(word)s alone is no condition; compare it with a name"),
            column=start.column, word=start.text,
        )  # fmt: skip

    def within(self, item: Constant | Name, negated: bool) -> Tree:
        if not self.take("["):
            group = self.operand()
            if isinstance(group, Name):
                return Within(item, group, negated)
            raise Fault(_("after `in` stands a list in square brackets or a name; write ['HK', 'MO']"))
        if not isinstance(item, Name):
            raise Fault(_("a constant in a list of constants decides nothing; put a name before `in`"))
        values = [self.constant()]
        while self.take(","):
            values.append(self.constant())
        if not self.take("]"):
            raise self.unexpected()
        if len({type(value) for value in values}) > 1:
            raise Fault(
                _("the list for %(name)s mixes kinds; write only texts, only numbers or only days"),
                name=item.name,
            )
        return Within(item, tuple(values), negated)


def _compare(left: Constant | Name, sign: Token, right: Constant | Name) -> Compare:
    if not isinstance(left, Name):
        left, right, order = right, left, _MIRROR[sign.text]
    else:
        order = sign.text
    if not isinstance(left, Name):
        raise Fault(
            _("column %(column)d: two constants are compared; put a name on one side"), column=sign.column
        )
    if isinstance(right, (str, bool)) and order not in ("==", "!="):
        raise Fault(
            _("column %(column)d: only numbers and days have an order; use ==, != or in for %(name)s"),
            column=sign.column, name=left.name,
        )  # fmt: skip
    return Compare(left.name, order, right)
