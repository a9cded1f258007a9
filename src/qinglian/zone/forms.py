"""A small language for the form of a TOML file: what a key may hold, told as data.

`kind.read(value, path, gather)` gives the clean value; when the value is wrong it tells `gather` and gives a
stand-in, so that reading goes on and everything is told at once. A word's stand-in is BAD, which checks skip.
"""

from __future__ import annotations

import datetime
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from qinglian.faults import noop as _
from qinglian.zone.gather import Gather, short
from qinglian.zone.lines import Path
from qinglian.zone.text import BLANK, LANGUAGES, Text

BAD = "\0"
ID = r"[a-z][a-z0-9]*(-[a-z0-9]+)*"
NAME = r"[a-z][a-z0-9_]*"
_HIDDEN = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff\ufffe\uffff]")


class Kind(Protocol):
    def read(self, value: Any, path: Path, gather: Gather) -> Any: ...


def wrong(gather: Gather, path: Path, value: object, template: str) -> None:
    if isinstance(value, float):
        gather.add(
            _(
                "%(found)s is a decimal fraction, which is not exact; write a whole number, "
                'a rate as [p, q], or a quoted decimal such as "0.05"'
            ),
            path,
            found=short(value),
        )
    else:
        gather.add(template, path, found=short(value))


@dataclass(frozen=True, slots=True)
class Line:
    """One line of text for people or machines; `form` is a pattern that it must match whole."""

    form: str = ""
    like: str = ""
    most: int = 200

    def read(self, value: Any, path: Path, gather: Gather) -> str:
        if type(value) is not str:
            wrong(gather, path, value, _("%(found)s is not a text; put it in quotation marks"))
        elif not value.strip():
            gather.add(_("empty; write something, or remove the key if it may be left out"), path)
        elif _HIDDEN.search(value) or "\n" in value or value != value.strip():
            gather.add(
                _("%(found)s has invisible signs, line breaks or spaces at an end; remove them"),
                path,
                found=short(value),
            )
        elif len(value) > self.most:
            gather.add(
                _("%(length)d characters are too many; at most %(most)d"),
                path,
                length=len(value),
                most=self.most,
            )
        elif self.form and not re.fullmatch(self.form, value):
            gather.add(
                _("%(found)s does not have the right form; write it like %(like)s"),
                path,
                found=short(value),
                like=self.like,
            )
        else:
            return value
        return BAD


@dataclass(frozen=True, slots=True)
class OneOf:
    words: tuple[str, ...]

    def read(self, value: Any, path: Path, gather: Gather) -> str:
        if type(value) is not str:
            wrong(gather, path, value, _("%(found)s is not a text; put it in quotation marks"))
        elif value not in self.words:
            gather.unknown_word(path, value, self.words)
        else:
            return value
        return BAD


@dataclass(frozen=True, slots=True)
class Whole:
    least: int = 1
    most: int = 1_000_000

    def read(self, value: Any, path: Path, gather: Gather) -> int:
        if type(value) is not int:
            wrong(
                gather,
                path,
                value,
                _("%(found)s is not a whole number; write digits without quotation marks"),
            )
        elif not self.least <= value <= self.most:
            gather.add(
                _("%(found)s is out of range; write a number from %(least)d to %(most)d"),
                path,
                found=short(value),
                least=self.least,
                most=self.most,
            )
        else:
            return value
        return self.least


@dataclass(frozen=True, slots=True)
class YesNo:
    def read(self, value: Any, path: Path, gather: Gather) -> bool:
        if type(value) is not bool:
            wrong(
                gather,
                path,
                value,
                _("%(found)s is neither true nor false; write one of them without quotation marks"),
            )
            return False
        return value


@dataclass(frozen=True, slots=True)
class Day:
    def read(self, value: Any, path: Path, gather: Gather) -> datetime.date | None:
        if type(value) is not datetime.date:
            wrong(
                gather,
                path,
                value,
                _("%(found)s is not a day; write it like 2026-01-31, without quotation marks"),
            )
            return None
        return value


@dataclass(frozen=True, slots=True)
class Said:
    """A text in the three languages."""

    most: int = 2000

    def read(self, value: Any, path: Path, gather: Gather) -> Text:
        if type(value) is not dict:
            wrong(
                gather,
                path,
                value,
                _(
                    "%(found)s is not a text in three languages; write "
                    '{ zh-Hans = "…", zh-Hant = "…", en = "…" }'
                ),
            )
            return BLANK
        absent = unknown_keys(value, LANGUAGES, path, gather)
        parts = dict.fromkeys(LANGUAGES, BAD)
        for language in LANGUAGES:
            if language in value:
                parts[language] = Line(most=self.most).read(value[language], (*path, language), gather)
            elif language in absent:
                gather.add(
                    _("the text is missing in %(language)s; every text is in zh-Hans, zh-Hant and en"),
                    path,
                    language=language,
                )
        return Text(*(parts[language] for language in LANGUAGES))


@dataclass(frozen=True, slots=True)
class Maybe:
    """A key that may be left out."""

    kind: Kind
    otherwise: Any = None

    def read(self, value: Any, path: Path, gather: Gather) -> Any:
        return self.kind.read(value, path, gather)


@dataclass(frozen=True, slots=True)
class Many:
    """A list; `by` names the key (or, for plain words, "") in which two rows may not agree."""

    kind: Kind
    least: int = 0
    most: int = 500
    by: str | None = ""

    def read(self, value: Any, path: Path, gather: Gather) -> tuple[Any, ...]:
        if type(value) is not list:
            wrong(
                gather,
                path,
                value,
                _("%(found)s is not a list; put it in square brackets, or write [[…]] for rows"),
            )
            return ()
        if not self.least <= len(value) <= self.most:
            gather.add(
                _("%(length)d entries; write from %(least)d to %(most)d"),
                path,
                length=len(value),
                least=self.least,
                most=self.most,
            )
            value = value[: self.most]
        rows = [self.kind.read(row, (*path, place), gather) for place, row in enumerate(value)]
        self.told_twice(rows, path, gather)
        return tuple(row for row in rows if row is not None)

    def told_twice(self, rows: list[Any], path: Path, gather: Gather) -> None:
        if self.by is None:
            return
        seen = set()
        for place, row in enumerate(rows):
            name = row.get(self.by) if isinstance(row, dict) and self.by else row
            if isinstance(name, str) and name != BAD:
                if name in seen:
                    tail = (self.by,) if self.by else ()
                    gather.add(
                        _("%(found)s stands here a second time; each may stand once"),
                        (*path, place, *tail),
                        found=short(name),
                    )
                seen.add(name)


@dataclass(frozen=True, slots=True)
class Record:
    """A table with these keys and no others; absent optional keys read as what `Maybe` says."""

    slots: Mapping[str, Kind]

    def read(self, value: Any, path: Path, gather: Gather) -> dict[str, Any] | None:
        if type(value) is not dict:
            wrong(
                gather, path, value, _("%(found)s is not a table of keys; write { key = … } or a [section]")
            )
            return None
        clean: dict[str, Any] = {"@": path}
        absent = unknown_keys(value, tuple(self.slots), path, gather)
        for key, kind in self.slots.items():
            if key in value:
                clean[key] = kind.read(value[key], (*path, key), gather)
            elif isinstance(kind, Maybe):
                clean[key] = kind.otherwise
            else:
                if key in absent:
                    gather.add(_("the key %(missing)s is missing; add it"), path, missing=key)
                clean[key] = stand_in(kind)
        return clean


@dataclass(frozen=True, slots=True)
class Choices:
    """A table whose keys the pack invents, such as outcomes → states."""

    kind: Kind
    form: str = NAME
    like: str = "some_name"

    def read(self, value: Any, path: Path, gather: Gather) -> dict[str, Any]:
        if type(value) is not dict:
            wrong(
                gather, path, value, _("%(found)s is not a table of keys; write { key = … } or a [section]")
            )
            return {}
        name = Line(self.form, self.like, most=60)
        return {
            key: self.kind.read(entry, (*path, key), gather)
            for key, entry in value.items()
            if name.read(key, (*path, key), gather) != BAD
        }


def stand_in(kind: Kind) -> Any:
    """What a missing value reads as, after its fault was told."""
    match kind:
        case Line() | OneOf():
            return BAD
        case Whole():
            return kind.least
        case YesNo():
            return False
        case Said():
            return BLANK
        case Many():
            return ()
        case Choices():
            return {}
    return None


def unknown_keys(value: Mapping[str, Any], known: tuple[str, ...], path: Path, gather: Gather) -> set[str]:
    """Tell the keys a form does not know; give those it knows that are neither there nor just misspelt."""
    absent = {key for key in known if key not in value}
    for key in value:
        if key in known:
            continue
        near = gather.nearest(key, absent) or gather.nearest(key, known)
        absent -= set(near)
        if near:
            gather.add(
                _("the key %(found)s is not known here; did you mean %(near)s?"),
                (*path, key),
                found=short(key),
                near=near[0],
            )
        else:
            gather.add(
                _("the key %(found)s is not known here; the keys are: %(known)s"),
                (*path, key),
                found=short(key),
                known=", ".join(known),
            )
    return absent


def keys_of(kind: Kind, before: str = "") -> Iterator[str]:
    """Every key that a form knows, as dotted names: what the reference must describe."""
    match kind:
        case Maybe():
            yield from keys_of(kind.kind, before)
        case Many():
            yield from keys_of(kind.kind, before)
        case Record():
            for key, inner in kind.slots.items():
                yield before + key
                yield from keys_of(inner, f"{before}{key}.")
