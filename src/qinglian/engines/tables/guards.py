"""Guards: conditions of a zone pack, read once and then asked as often as needed."""

from __future__ import annotations

import operator
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from qinglian.engines.tables import syntax
from qinglian.engines.tables.values import day_of, number_of, shown
from qinglian.faults import Fault
from qinglian.faults import noop as _

Test = Callable[[Mapping[str, object]], bool]
Order = Callable[[Any, Any], bool]
_SIGNS: dict[str, Order] = {
    "==": operator.eq,
    "!=": operator.ne,
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}


@dataclass(frozen=True, slots=True)
class Guard:
    """One condition over named values.

    text: as written; names: every name it asks for, in order of appearance;
    constants: the (name, constant) pairs it compares, so that a checker can hold
    them against declared options.

    A value that is not in the mapping, or is None, is *absent*: every comparison with it is
    false (`==`, `!=`, `<`, `in` and `not in` alike), as is the bare name; only `name is absent` is true.
    """

    text: str
    names: tuple[str, ...]
    constants: tuple[tuple[str, syntax.Constant], ...]
    _test: Test = field(repr=False, compare=False)

    @classmethod
    def parse(cls, text: str) -> Guard:
        """The guard written in text; raises Fault, with the column, for what is outside the grammar."""
        tree = syntax.parse(text)
        names = tuple(dict.fromkeys(_names(tree)))
        constants = tuple(dict.fromkeys(_constants(tree)))
        return cls(text, names, constants, _compile(tree))

    def __call__(self, values: Mapping[str, object]) -> bool:
        """Whether the condition holds; raises Fault for a value of another kind than is compared."""
        return self._test(values)


def _names(tree: syntax.Tree) -> Iterator[str]:
    match tree:
        case syntax.Every(parts) | syntax.Some(parts):
            for part in parts:
                yield from _names(part)
        case syntax.Not(part):
            yield from _names(part)
        case syntax.Within(item, group):
            yield from (side.name for side in (item, group) if isinstance(side, syntax.Name))
        case syntax.Compare(name, _, other):
            yield name
            if isinstance(other, syntax.Name):
                yield other.name
        case syntax.Name(name) | syntax.Absent(name):
            yield name


def _constants(tree: syntax.Tree) -> Iterator[tuple[str, syntax.Constant]]:
    match tree:
        case syntax.Every(parts) | syntax.Some(parts):
            for part in parts:
                yield from _constants(part)
        case syntax.Not(part):
            yield from _constants(part)
        case syntax.Within(syntax.Name(name), tuple() as group):
            yield from ((name, value) for value in group)
        case syntax.Within(item, syntax.Name(name)) if not isinstance(item, syntax.Name):
            yield name, item
        case syntax.Compare(name, _, other) if not isinstance(other, syntax.Name):
            yield name, other


def _compile(tree: syntax.Tree) -> Test:
    match tree:
        case syntax.Every(parts):
            return _all(tuple(_compile(part) for part in parts))
        case syntax.Some(parts):
            return _any(tuple(_compile(part) for part in parts))
        case syntax.Not(part):
            inner = _compile(part)
            return lambda values: not inner(values)
        case syntax.Absent(name, negated):
            return lambda values: (values.get(name) is None) is not negated
        case syntax.Name(name):
            return _truth(name)
        case syntax.Compare(name, sign, syntax.Name(other)):
            return _compare_names(name, sign, other)
        case syntax.Compare(name, sign, (str() | bool() | Decimal() | date()) as other):
            return _compare_constant(name, _SIGNS[sign], other)
        case syntax.Within(syntax.Name(name), tuple() as group, negated):
            return _among_constants(name, group, negated)
        case syntax.Within(item, syntax.Name(group), negated):
            return _among_held(item, group, negated)
    raise AssertionError(tree)


def _all(tests: tuple[Test, ...]) -> Test:
    if len(tests) == 2:
        first, second = tests
        return lambda values: first(values) and second(values)

    def test(values: Mapping[str, object]) -> bool:
        for part in tests:
            if not part(values):
                return False
        return True

    return test


def _any(tests: tuple[Test, ...]) -> Test:
    def test(values: Mapping[str, object]) -> bool:
        for part in tests:
            if part(values):
                return True
        return False

    return test


def _kind(value: object) -> str:
    if isinstance(value, bool):
        return "truth"
    if isinstance(value, str):
        return "text"
    if isinstance(value, int) or (isinstance(value, Decimal) and value.is_finite()):
        return "number"
    if isinstance(value, date) and not isinstance(value, datetime):
        return "day"
    return type(value).__name__


_WANTED = {
    "text": _("“%(value)s” is no text, which the guard compares here; hand it as text"),
    "number": _("“%(value)s” is no exact number, which the guard compares here; hand a whole or decimal one"),
    "day": _("“%(value)s” is no day, which the guard compares here; hand it as year-month-day"),
    "truth": _("“%(value)s” is neither true nor false, which the guard asks for here; hand one of them"),
    "list": _("“%(value)s” is no list, which the guard looks into here; hand it as a list"),
}

_ORDERED = ("number", "day")


def _mismatch(name: str, value: object, kind: str) -> Fault:
    return Fault(_WANTED.get(kind, _WANTED["text"]), key=name, value=shown(value))


def _as_kind_of(name: str, value: object, constant: syntax.Constant) -> object:
    """The value as the constant's kind; numbers and days may come as text, because JSON carries them so."""
    kind = _kind(constant)
    if kind == _kind(value):
        return value
    read = {"number": number_of, "day": day_of}.get(kind)
    found = read(value) if read and isinstance(value, str) else None
    if found is None:
        raise _mismatch(name, value, kind)
    return found


def _plainest(constant: syntax.Constant) -> type:
    """The type of value that needs no look before it is compared: an int is exact, a Decimal may be NaN."""
    return int if isinstance(constant, Decimal) else type(constant)


def _truth(name: str) -> Test:
    def test(values: Mapping[str, object]) -> bool:
        value = values.get(name)
        if value is None or value is False:
            return False
        if value is True:
            return True
        raise _mismatch(name, value, "truth")

    return test


def _compare_constant(name: str, order: Order, constant: syntax.Constant) -> Test:
    kind = _plainest(constant)

    def test(values: Mapping[str, object]) -> bool:
        value = values.get(name)
        if value is None:
            return False
        if type(value) is not kind:
            value = _as_kind_of(name, value, constant)
        return order(value, constant)

    return test


def _compare_names(name: str, sign: str, other: str) -> Test:
    order = _SIGNS[sign]
    ordered = sign not in ("==", "!=")

    def test(values: Mapping[str, object]) -> bool:
        left, right = values.get(name), values.get(other)
        if left is None or right is None:
            return False
        if ordered:
            left, right = _ordered(left), _ordered(right)
        kind = _kind(left)
        if kind not in (_ORDERED if ordered else _WANTED):
            raise _mismatch(name, left, "number")
        if _kind(right) != kind:
            raise _mismatch(other, right, kind)
        return order(left, right)

    return test


def _ordered(value: object) -> object:
    """A number or a day that came as text, because JSON carries them so; anything else as it is."""
    if not isinstance(value, str):
        return value
    number = number_of(value)
    return number if number is not None else day_of(value) or value


def _among_constants(name: str, group: tuple[syntax.Constant, ...], negated: bool) -> Test:
    held, sample = frozenset(group), group[0]
    kind = _plainest(sample)

    def test(values: Mapping[str, object]) -> bool:
        value = values.get(name)
        if value is None:
            return False
        if type(value) is not kind:
            value = _as_kind_of(name, value, sample)
        return (value in held) is not negated

    return test


def _among_held(item: syntax.Constant | syntax.Name, group: str, negated: bool) -> Test:
    def test(values: Mapping[str, object]) -> bool:
        held = values.get(group)
        wanted = values.get(item.name) if isinstance(item, syntax.Name) else item
        if held is None or wanted is None:
            return False
        if not isinstance(held, (list, tuple, set, frozenset)):
            raise _mismatch(group, held, "list")
        return any(_equals(group, value, wanted) for value in held) is not negated

    return test


def _equals(group: str, value: object, wanted: object) -> bool:
    if isinstance(wanted, (str, bool, Decimal, date)):
        return _as_kind_of(group, value, wanted) == wanted
    if _kind(value) != _kind(wanted):
        raise _mismatch(group, value, _kind(wanted))
    return value == wanted
