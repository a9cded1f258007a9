"""Everything wrong in a pack is collected, then told at once."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Mapping
from typing import Any

from qinglian.faults import Fault, Faults
from qinglian.faults import noop as _
from qinglian.zone.lines import Path


def said(path: Path) -> str:
    """`("step", 1, "field", 0, "key")` → `step[2].field[1].key`: positions are counted from 1."""
    out = ""
    for part in path:
        out += f"[{part + 1}]" if isinstance(part, int) else f".{part}" if out else part
    return out if len(out) <= 200 else out[:200] + "…"


def short(value: object) -> str:
    """A found value, short enough for a message."""
    try:
        shown = value[:100] if isinstance(value, str) else repr(value)[:100]
    except (ValueError, RecursionError):  # a number of thousands of digits, or a list nested beyond printing
        shown = type(value).__name__
    shown = "".join(sign if sign.isprintable() else "�" for sign in shown)
    return shown if len(shown) <= 60 else shown[:60] + "…"


MOST_GUESSES = 200


class Gather:
    """The faults of one file; `lines` says where its keys stand."""

    def __init__(self, file: str, lines: Mapping[Path, int] | None = None) -> None:
        self.file, self.lines = file, lines or {}
        self.faults: list[Fault] = []

    def add(self, template: str, path: Path = (), **params: Any) -> None:
        self.keep(Fault(template, **params), path)

    def keep(self, fault: Fault, path: Path = ()) -> None:
        """A fault raised elsewhere, put in its place here."""
        self.faults.append(fault.at(file=self.file, line=self.line(path), key=said(path) or None))

    def keep_all(self, error: Fault | Faults, path: Path = ()) -> None:
        for fault in error.faults if isinstance(error, Faults) else [error]:
            self.keep(fault, path)

    def line(self, path: Path) -> int | None:
        while path:
            if path in self.lines:
                return self.lines[path]
            path = path[:-1]
        return None

    def nearest(self, found: str, known: Iterable[str]) -> list[str]:
        """The known word that was probably meant; a file with very many faults gets no guesses."""
        return (
            difflib.get_close_matches(found[:60], list(known), n=1) if len(self.faults) < MOST_GUESSES else []
        )

    def unknown_word(self, path: Path, found: str, known: Iterable[str]) -> None:
        """A word that must be one of `known`, and is not."""
        known = sorted(known)
        near = self.nearest(found, known)
        if near:
            self.add(
                _("%(found)s is not known here; did you mean %(near)s?"),
                path,
                found=short(found),
                near=near[0],
            )
        elif known:
            self.add(
                _("%(found)s is not known here; write one of: %(known)s"),
                path,
                found=short(found),
                known=short_list(known),
            )
        else:
            self.add(
                _(
                    "%(found)s is not known here, and nothing is declared that it could be; "
                    "declare it or remove this"
                ),
                path,
                found=short(found),
            )


def short_list(words: Iterable[str]) -> str:
    words = list(words)
    return ", ".join(words[:20]) + (" …" if len(words) > 20 else "")


def raise_if_any(faults: Iterable[Fault]) -> None:
    """Raise all of them, in the order of files and lines."""
    ordered = sorted(faults, key=lambda fault: (fault.file or "", fault.line or 0, fault.key or ""))
    if ordered:
        raise Faults(ordered)
