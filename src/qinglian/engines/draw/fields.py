"""Reading a JSON or TOML value strictly: every key known, each value of its kind, faults with a place."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from typing import Any

from qinglian.faults import Fault
from qinglian.faults import noop as _


def table(value: object, place: str, known: Collection[str]) -> Mapping[str, Any]:
    """The value, if it is a table with only the known keys; else Fault."""
    if not isinstance(value, Mapping):
        raise Fault(_("a table is missing; write it with the keys %(known)s"), key=place, known=_list(known))
    for name in value:
        if name not in known:
            raise Fault(
                _("unknown key %(name)r; known are %(known)s"),
                key=place or None,
                name=name,
                known=_list(known),
            )
    return value


def _list(known: Collection[str]) -> str:
    return ", ".join(sorted(known))


def under(place: str, name: str) -> str:
    return f"{place}.{name}" if place else name


def text(data: Mapping[str, Any], name: str, place: str = "", form: str = r"(?s).+") -> str:
    value = data.get(name)
    if not isinstance(value, str) or not re.fullmatch(form, value):
        raise Fault(_('a text is missing; write %(name)s = "…"'), key=under(place, name), name=name)
    return value


def maybe_text(data: Mapping[str, Any], name: str, place: str = "") -> str | None:
    return None if data.get(name) is None else text(data, name, place)


def hexadecimal(data: Mapping[str, Any], name: str, place: str = "", size: int = 32) -> bytes:
    """Bytes written as lower-case hex digits, of one size."""
    value = data.get(name)
    if not isinstance(value, str) or not re.fullmatch(rf"[0-9a-f]{{{2 * size}}}", value):
        raise Fault(
            _("not %(digits)s hex digits in lower case; copy the value again, whole"),
            key=under(place, name),
            digits=2 * size,
        )
    return bytes.fromhex(value)


def whole(
    data: Mapping[str, Any],
    name: str,
    place: str = "",
    least: int = 0,
    most: int = 2**53 - 1,
    default: int = -1,
) -> int:
    value = data.get(name, default if default >= 0 else None)
    if type(value) is not int or not least <= value <= most:
        raise Fault(
            _("write %(name)s as a whole number from %(least)s to %(most)s"),
            key=under(place, name),
            name=name,
            least=least,
            most=most,
        )
    return value


def texts(data: Mapping[str, Any], name: str, place: str = "", form: str = r".+") -> tuple[str, ...]:
    """A list of texts, each once, in order of their bytes in what is returned; none if it is left out."""
    value = data.get(name, [])
    fits = isinstance(value, list | tuple) and all(
        isinstance(v, str) and re.fullmatch(form, v) for v in value
    )
    if not fits or len(set(value)) != len(value):
        raise Fault(_("list each name once, in lower case"), key=under(place, name))
    return tuple(sorted(value))
