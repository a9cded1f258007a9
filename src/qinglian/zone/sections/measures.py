"""`measures.toml`: what the zone has undertaken, each measure with its sources."""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from qinglian.faults import noop as _
from qinglian.zone.forms import BAD, ID, Day, Line, Many, Maybe, OneOf, Record, Said
from qinglian.zone.gather import Gather
from qinglian.zone.lines import Path
from qinglian.zone.pack import BASES, CYCLES, PUBLISH, Area, Measure, Source
from qinglian.zone.text import Text

FILE = "measures.toml"
_NAMED = Line(ID, "service-centre", most=60)
_NUMBER = Line(r"[A-Z][A-Z0-9-]{0,11}", "G01", most=12)
AREA = Record({"id": _NAMED, "title": Said(most=200)})
SOURCE = Record(
    {
        "id": _NUMBER,
        "what": Said(),
        "date": Maybe(Line(r"\d{4}(-(0[1-9]|1[0-2])(-(0[1-9]|[12]\d|3[01]))?)?", "2016-11")),
        "where": Maybe(Line(most=300)),
    }
)
MEASURE = Record(
    {
        "id": _NUMBER,
        "area": _NAMED,
        "basis": OneOf(BASES),
        "sources": Many(_NUMBER, least=1, most=20),
        "text": Said(),
        "proposal": Maybe(Said()),
        "note": Maybe(Said()),
        "lead": _NAMED,
        "partners": Maybe(Many(_NAMED, most=20), ()),
        "cycle": OneOf(CYCLES),
        "publish": OneOf(PUBLISH),
        "due": Maybe(Day()),
        "facts": Many(Line(r"[a-z][a-z_]*\.[a-z][a-z_]*", "requests.total"), most=20),
    }
)
FORM = Record(
    {
        "v": OneOf(("measures/1",)),
        "title": Said(most=300),
        "area": Many(AREA, least=1, most=30, by="id"),
        "source": Many(SOURCE, least=1, by="id"),
        "measure": Many(MEASURE, least=1, by="id"),
    }
)


@dataclass(frozen=True, slots=True)
class Programme:
    title: Text | None
    areas: Mapping[str, Area]
    sources: Mapping[str, Source]
    measures: tuple[Measure, ...]


NONE = Programme(None, {}, {}, ())


def programme_of(clean: Mapping[str, Any]) -> Programme:
    return Programme(
        clean["title"],
        {row["id"]: Area(row["id"], row["title"]) for row in clean["area"]},
        {
            row["id"]: Source(row["id"], row["what"], row["date"] or "", row["where"] or "")
            for row in clean["source"]
        },
        tuple(_measure(row) for row in clean["measure"]),
    )


def _measure(row: Mapping[str, Any]) -> Measure:
    due: datetime.date | None = row["due"]
    return Measure(
        id=row["id"],
        area=row["area"],
        basis=row["basis"],
        sources=row["sources"],
        text=row["text"],
        proposal=row["proposal"],
        note=row["note"],
        lead=row["lead"],
        partners=row["partners"],
        cycle=row["cycle"],
        publish=row["publish"],
        due=due,
        facts=row["facts"],
    )


def check(clean: Mapping[str, Any], gather: Gather, units: Iterable[str]) -> None:
    units = set(units)
    areas = {row["id"] for row in clean["area"]} - {BAD}
    sources = {row["id"] for row in clean["source"]} - {BAD}
    used: set[str] = set()
    for row in clean["measure"]:
        path: Path = row["@"]
        _resolve(gather, (*path, "area"), row["area"], areas)
        _resolve(gather, (*path, "lead"), row["lead"], units)
        for place, unit in enumerate(row["partners"]):
            _resolve(gather, (*path, "partners", place), unit, units)
            if unit == row["lead"] != BAD:
                gather.add(
                    _("the leading unit is not its own partner; remove it here"), (*path, "partners", place)
                )
        for place, source in enumerate(row["sources"]):
            _resolve(gather, (*path, "sources", place), source, sources)
        used.update(row["sources"])
    for row in clean["source"]:
        if row["id"] not in used and row["id"] != BAD and BAD not in used:
            gather.add(_("no measure cites this source; cite it or remove it"), row["@"])


def _resolve(gather: Gather, path: Path, found: str, known: set[str]) -> None:
    if found != BAD and found not in known:
        gather.unknown_word(path, found, known)
