"""One byte string for one JSON value: RFC 8785 (JCS), without its floating-point numbers.

Integers stay within ±(2**53 - 1), RFC 7493 section 2.2; any other number travels as a decimal
string. Keys are sorted by UTF-16 code units, RFC 8785 section 3.2.3; no white space; UTF-8.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from decimal import Decimal
from typing import Any, NoReturn

from qinglian.faults import Fault
from qinglian.faults import noop as _

LARGEST = 2**53 - 1
DEEPEST = 64
_WORDS = {None: "null", True: "true", False: "false"}
_quoted = json.encoder.encode_basestring  # as RFC 8785 section 3.2.2.2 asks
_digits = int.__repr__


def dumps(value: object) -> bytes:
    """The canonical UTF-8 bytes of a JSON value (None, bool, int, str, list or tuple, mapping of str).

    Raises Fault for floats and Decimals, integers beyond ±(2**53 - 1), keys that are no text, lone
    surrogates, and nesting deeper than DEEPEST. Source: RFC 8785 section 3.2.
    """
    text = _written(value, "", 0)
    try:
        return text.encode()
    except UnicodeEncodeError:  # looked for only now: it is rare, and the place must be named
        _ordered(value, "", 0)
        raise


def _written(value: object, place: str, depth: int) -> str:
    """The canonical text, in one pass; a lone surrogate is still in it."""
    if depth > DEEPEST:
        raise _too_deep(place)
    if isinstance(value, str):
        return _quoted(value)
    if value is None or isinstance(value, bool):
        return _WORDS[value]
    if isinstance(value, int):
        return _digits(_in_range(value, place))
    if isinstance(value, Mapping):
        parts = [
            f"{_quoted(name)}:{_written(value[name], f'{place}.{name}' if place else name, depth + 1)}"
            for name in _names(value, place)
        ]
        return "{" + ",".join(parts) + "}"
    if isinstance(value, list | tuple):
        return "[" + ",".join([_written(e, f"{place}[{n}]", depth + 1) for n, e in enumerate(value)]) + "]"
    raise _no_form(value, place)


def loads(data: bytes | str) -> Any:
    """A JSON value read strictly: UTF-8 without BOM, no duplicate key, no float, only what `dumps` takes.

    The text need not be canonical. Raises Fault with the line where it is known. Source: RFC 7493
    sections 2.1 to 2.3.
    """
    try:
        text = data.decode("utf-8") if isinstance(data, bytes) else data
        value = json.loads(
            text,
            object_pairs_hook=_no_twins,
            parse_float=_no_float,
            parse_constant=_no_float,
            parse_int=_whole,
        )
    except UnicodeDecodeError as error:
        raise Fault(_("not UTF-8 at byte %(byte)s; save the file as UTF-8"), byte=error.start) from None
    except json.JSONDecodeError as error:
        raise Fault(
            _("not JSON: %(reason)s at column %(column)s; mend the text there"),
            line=error.lineno,
            reason=error.msg,
            column=error.colno,
        ) from None
    except RecursionError:
        raise _too_deep("") from None
    return _ordered(value, "", 0)


def loads_canonical(data: bytes) -> Any:
    """Like `loads`, and the bytes must be exactly those that `dumps` would write; else Fault."""
    value = loads(data)
    if dumps(value) != data:
        raise Fault(_("not in canonical form; write it with sorted keys and without white space (RFC 8785)"))
    return value


def digest(value: object) -> bytes:
    """SHA-256 (32 bytes) of the canonical bytes of a value."""
    return hashlib.sha256(dumps(value)).digest()


def decimal_text(number: Decimal) -> str:
    """The one decimal string of a number: no exponent, no trailing zeros, no minus zero.

    Raises Fault for infinities and NaN.
    """
    if not number.is_finite():
        raise Fault(
            _("%(number)s is no number that can be written down; give a finite one"), number=str(number)
        )
    text = format(number, "f")
    if "." in text:
        text = text.rstrip("0").rstrip(".")
    return "0" if text in ("-0", "") else text


def _ordered(value: object, place: str, depth: int) -> object:
    if depth > DEEPEST:
        raise _too_deep(place)
    if value is None or isinstance(value, bool):
        return value
    if isinstance(value, str):
        return _text(value, place)
    if isinstance(value, int):
        return _in_range(value, place)
    if isinstance(value, Mapping):
        return _ordered_mapping(value, place, depth)
    if isinstance(value, list | tuple):
        return [_ordered(item, f"{place}[{number}]", depth + 1) for number, item in enumerate(value)]
    raise _no_form(value, place)


def _ordered_mapping(value: Mapping[Any, object], place: str, depth: int) -> dict[str, object]:
    names = _names(value, place)
    for name in names:
        _text(name, place)
    return {name: _ordered(value[name], f"{place}.{name}" if place else name, depth + 1) for name in names}


def _names(value: Mapping[Any, object], place: str) -> list[str]:
    """The keys in their order: by UTF-16 code units, RFC 8785 section 3.2.3."""
    for key in value:
        if not isinstance(key, str):
            raise Fault(
                _("the key %(name)r is no text; put it in quotation marks"), key=place or None, name=key
            )
    if all(map(str.isascii, value)):  # then code units stand in the order of characters
        return sorted(value)
    return sorted(value, key=lambda name: name.encode("utf-16-be", "surrogatepass"))


def _no_form(value: object, place: str) -> Fault:
    return Fault(
        _("%(type)s has no canonical form; write whole numbers as integers, others as decimal strings"),
        key=place or None,
        type=type(value).__name__,
    )


def _text(value: str, place: str) -> str:
    try:
        value.isascii() or value.encode("utf-8")
    except UnicodeEncodeError:
        raise Fault(
            _("half of a surrogate pair stands alone; write the whole character"), key=place or None
        ) from None
    return value


def _in_range(value: int, place: str) -> int:
    if not -LARGEST <= value <= LARGEST:
        raise Fault(
            _("an integer beyond ±%(limit)s; write it as a decimal string"), key=place or None, limit=LARGEST
        )
    return value


def _too_deep(place: str) -> Fault:
    return Fault(_("nested deeper than %(limit)s levels; flatten it"), key=place or None, limit=DEEPEST)


def _no_twins(pairs: list[tuple[str, object]]) -> dict[str, object]:
    found: dict[str, object] = {}
    for key, value in pairs:
        if key in found:
            raise Fault(_("the key stands twice in one object; keep one of them"), key=key)
        found[key] = value
    return found


def _no_float(text: str) -> NoReturn:
    raise Fault(_("%(number)s is a floating-point number; write it as a decimal string"), number=text)


def _whole(text: str) -> int:
    if len(text) > 17:
        return _in_range(LARGEST + 1, "")
    return int(text)
