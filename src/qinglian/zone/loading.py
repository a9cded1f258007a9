"""From a folder to a Zone, or to every fault in it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from qinglian.engines.clock import Calendar
from qinglian.faults import Fault, Faults
from qinglian.faults import noop as _
from qinglian.zone.files import read_folder, sha_of, sha_of_all, text_of, toml_of
from qinglian.zone.forms import BAD, Record
from qinglian.zone.gather import Gather, raise_if_any
from qinglian.zone.matter import Matter
from qinglian.zone.pack import Channel, Zone, above
from qinglian.zone.reading import try_matter
from qinglian.zone.sections import channels, measures, zone_file
from qinglian.zone.sections.appeals import unheard
from qinglian.zone.sections.calendar_files import calendars_of, is_calendar
from qinglian.zone.sections.references import Known, Ranks
from qinglian.zone.sections.scripts import check_texts, faults_of_file

SOURCES = "SOURCES.md"
_ALWAYS = {zone_file.FILE, measures.FILE, channels.FILE, SOURCES, "README.md", "LICENSE"}


@dataclass(slots=True)
class _Reading:
    root: Path
    data: dict[str, bytes]
    faults: list[Fault]
    texts: dict[str, str] = field(default_factory=dict)
    used: set[str] = field(default_factory=set)
    blind: bool = False  # a matter could not be read: what it refers to is not known

    def take(self, faults: list[Fault]) -> None:
        self.faults += faults

    def form(self, file: str, form: Record) -> tuple[dict[str, Any] | None, Gather]:
        data, gather = toml_of(self.texts[file], file)
        clean = None if data is None else form.read(data, (), gather)
        return clean, gather


def load(path: str | Path) -> Zone:
    """The pack in this folder; raises Faults with everything that is wrong, each with file, line or key."""
    root = Path(path)
    data, faults = read_folder(root)
    reading = _Reading(root, data, [])
    if zone_file.FILE in data:
        zone = _zone(reading)
    else:
        zone = None
        reading.faults.append(Fault(_("the file is missing; every pack has one"), file=zone_file.FILE))
    for fault in reading.faults:
        fault.file = str(root / fault.file) if fault.file else str(root)
    if not root.is_dir():
        raise Faults(faults)
    raise_if_any([*faults, *reading.faults])
    assert zone is not None
    return zone


def _zone(reading: _Reading) -> Zone | None:
    _decode(reading)
    calendars = _calendars(reading)
    if zone_file.FILE not in reading.texts:
        return None
    clean, gather = reading.form(zone_file.FILE, zone_file.FORM)
    if clean is None:
        reading.take(gather.faults)
        return None
    zone_file.check(clean, gather, calendars)
    reading.take(gather.faults)
    units, roles = zone_file.units_of(clean), zone_file.roles_of(clean)
    levels = zone_file.levels_of(clean)
    programme = _programme(reading, set(units))
    first = _receivers(reading)
    known = Known(
        roles=set(roles),
        units=set(units),
        calendars=set(calendars),
        office_hours=bool(clean["office_hours"]),
        levels=set(levels),
        standing=set(zone_file.standing_days_of(clean)),
        matters=set(first),
        above=above(units),
        first=first,
        ranks=Ranks(
            {level.id: level.rank for level in levels.values()},
            {role.id: role.clearance for role in roles.values()},
        ),
    )
    matters = _matters(reading, known)
    reading.faults += _unheard(matters, known)
    rooms = _channels(reading, set(units), matters)
    _check_scripts(reading)
    _check_strays(reading)
    files = {path: sha_of(data) for path, data in reading.data.items()}
    return Zone(
        id=clean["id"],
        title=clean["title"],
        demonstration=clean["demonstration"],
        timezone=clean["timezone"],
        calendar=clean["calendar"],
        office_hours=clean["office_hours"],
        units=units,
        roles=roles,
        sensitivity=levels,
        retention=zone_file.retention_of(clean),
        publishing=zone_file.publishing_of(clean),
        standing_days=zone_file.standing_days_of(clean),
        calendars=calendars,
        measures_title=programme.title,
        areas=programme.areas,
        sources=programme.sources,
        measures=programme.measures,
        matters=matters,
        channels=rooms,
        files=files,
        sha=sha_of_all(files),
        root=reading.root,
    )


def _unheard(matters: Mapping[str, Matter], known: Known) -> list[Fault]:
    return [
        Fault(
            _(
                "%(unit)s may decide in %(against)s, and nobody could then hear the appeal; "
                "name in `otherwise` a unit that does not stand under it"
            ),
            file=f"matters/{appeal.id}.toml",
            key="otherwise",
            unit=unit,
            against=against.id,
        )
        for appeal, against, unit in unheard(matters, known.above)
    ]


def _decode(reading: _Reading) -> None:
    for path, data in reading.data.items():
        try:
            reading.texts[path] = text_of(data)
        except Fault as fault:
            reading.faults.append(fault.at(file=path))
    if SOURCES not in reading.data:
        reading.faults.append(
            Fault(_("the file is missing; it says where the texts and numbers come from"), file=SOURCES)
        )


def _calendars(reading: _Reading) -> dict[str, Calendar]:
    found, faults = calendars_of(reading.texts)
    reading.take(faults)
    reading.used.update(path for path in reading.data if is_calendar(path))
    return found


def _programme(reading: _Reading, units: set[str]) -> measures.Programme:
    if measures.FILE not in reading.texts:
        return measures.NONE
    clean, gather = reading.form(measures.FILE, measures.FORM)
    if clean is not None:
        measures.check(clean, gather, units)
    reading.take(gather.faults)
    return measures.NONE if clean is None or gather.faults else measures.programme_of(clean)


def _channels(reading: _Reading, units: set[str], matters: dict[str, Matter]) -> dict[str, Channel]:
    if channels.FILE not in reading.texts:
        return {}
    clean, gather = reading.form(channels.FILE, channels.FORM)
    if clean is not None and not reading.blind:  # a matter that could not be read is told of itself
        channels.check(clean, gather, units, matters)
    reading.take(gather.faults)
    return {} if clean is None or gather.faults else channels.channels_of(clean)


def _receivers(reading: _Reading) -> dict[str, str]:
    """Id of each matter → the unit that receives it first, looked at before any of them is read."""
    found: dict[str, str] = {}
    for path in filter(_is_matter, reading.texts):
        data, _gather = toml_of(reading.texts[path], path)
        unit = (data or {}).get("unit")
        found[path.removeprefix("matters/").removesuffix(".toml")] = unit if isinstance(unit, str) else ""
    return found


def _is_matter(path: str) -> bool:
    return path.startswith("matters/") and path.endswith(".toml") and path.count("/") == 1


def _matters(reading: _Reading, known: Known) -> dict[str, Matter]:
    found: dict[str, Matter] = {}
    prefixes: dict[str, str] = {}
    for path in sorted(reading.data):
        if not _is_matter(path):
            continue
        reading.used.add(path)
        if path not in reading.texts:
            reading.blind = True
            continue
        matter, faults = try_matter(reading.texts, path, known)
        reading.take(faults)
        if matter is None:
            reading.blind = True
            continue
        reading.used |= set(matter.pins)
        found[matter.id] = matter
        if matter.prefix != BAD and prefixes.setdefault(matter.prefix, path) != path:
            reading.faults.append(
                Fault(
                    _("%(other)s has the same prefix %(prefix)s; numbers of two matters must differ"),
                    file=path,
                    key="prefix",
                    other=prefixes[matter.prefix],
                    prefix=matter.prefix,
                )
            )
    if not found and not any(path.startswith("matters/") for path in reading.data):
        reading.faults.append(Fault(_("the pack has no matter; add one as matters/ID.toml")))
    return found


def _check_scripts(reading: _Reading) -> None:
    """Of texts that are read: those of other files are told as strays."""
    for path in sorted((reading.used | _ALWAYS) & set(reading.texts)):
        if path.endswith(".toml"):
            data, gather = toml_of(reading.texts[path], path)
            if data is not None:
                check_texts(data, gather)
                reading.take(gather.faults)
        else:
            reading.take(faults_of_file(path, reading.texts[path]))


def _check_strays(reading: _Reading) -> None:
    for path in sorted(set(reading.data) - reading.used - _ALWAYS):
        if reading.blind and path.startswith(("codes/", "decisions/", "letters/", "texts/")):
            continue
        reading.faults.append(
            Fault(
                _("nothing in the pack refers to this file; name it where it belongs, or remove it"),
                file=path,
            )
        )
