"""`zone.toml`: what the zone is, its units and roles."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any
from zoneinfo import ZoneInfo

from qinglian.faults import noop as _
from qinglian.zone.forms import BAD, ID, Line, Many, Maybe, OneOf, Record, Said, Whole, YesNo
from qinglian.zone.gather import Gather
from qinglian.zone.matter import SYSTEM
from qinglian.zone.pack import RETAINED, Level, Publishing, Role, Unit
from qinglian.zone.text import Text

FILE = "zone.toml"
_NAMED = Line(ID, "service-centre", most=60)
_HOURS = r"([01]\d|2[0-3]):[0-5]\d-([01]\d|2[0-3]):[0-5]\d|([01]\d|2[0-3]):[0-5]\d-24:00"
UNIT = Record({"id": _NAMED, "title": Said(most=200), "parent": Maybe(_NAMED)})
LEVEL = Record(
    {"id": _NAMED, "title": Said(most=200), "rank": Whole(0, 100), "confirm": Maybe(YesNo(), False)}
)
ROLE = Record({"id": _NAMED, "title": Said(most=200), "clearance": _NAMED})
STANDING = Record(
    {"kind": Line(ID, "credit-class", most=40), "days": Whole(1, 3_650), "basis": Said(most=300)}
)
RETENTION = Record({"what": OneOf(RETAINED), "days": Whole(1, 36_500), "basis": Said()})
PUBLISHING = Record(
    {
        "least": Whole(3, 100),
        "level": _NAMED,
        "licence": Line(r"[A-Za-z0-9.+-]+", "CC-BY-4.0", most=60),
        "basis": Said(),
    }
)
FORM = Record(
    {
        "v": OneOf(("zone/1",)),
        "id": _NAMED,
        "title": Said(most=200),
        "demonstration": YesNo(),
        "timezone": Line(r"[A-Za-z][A-Za-z0-9_+/-]*", "Asia/Shanghai", most=60),
        "calendar": Line(r"[A-Z][A-Za-z0-9-]*", "CN", most=20),
        "office_hours": Maybe(Many(Line(_HOURS, "09:00-12:00"), least=1, most=6)),
        "unit": Many(UNIT, least=1, by="id"),
        "sensitivity": Many(LEVEL, least=1, most=20, by="id"),
        "retention": Maybe(Many(RETENTION, by="what"), ()),
        "standing_days": Maybe(Many(STANDING, most=50, by="kind"), ()),
        "publishing": Maybe(PUBLISHING),
        "role": Many(ROLE, least=1, most=50, by="id"),
    }
)
_DEMONSTRATION = {"zh-Hans": "（演示）", "zh-Hant": "（演示）", "en": "(demonstration)"}
_EXAMPLE = {"zh-Hans": "（示例）", "zh-Hant": "（示例）", "en": "(example)"}


def units_of(clean: Mapping[str, Any]) -> dict[str, Unit]:
    return {row["id"]: Unit(row["id"], row["title"], row["parent"]) for row in clean["unit"]}


def retention_of(clean: Mapping[str, Any]) -> dict[str, int]:
    return {row["what"]: row["days"] for row in clean["retention"]}


def publishing_of(clean: Mapping[str, Any]) -> Publishing | None:
    said = clean["publishing"]
    return Publishing(said["least"], said["level"], said["licence"], said["basis"]) if said else None


def standing_days_of(clean: Mapping[str, Any]) -> dict[str, int]:
    return {row["kind"]: row["days"] for row in clean["standing_days"]}


def roles_of(clean: Mapping[str, Any]) -> dict[str, Role]:
    return {row["id"]: Role(row["id"], row["title"], row["clearance"]) for row in clean["role"]}


def levels_of(clean: Mapping[str, Any]) -> dict[str, Level]:
    """From the most open to the most closely held."""
    rows = sorted(clean["sensitivity"], key=lambda row: int(row["rank"]))
    return {row["id"]: Level(row["id"], row["title"], row["rank"], row["confirm"]) for row in rows}


def check(clean: Mapping[str, Any], gather: Gather, calendars: Iterable[str]) -> None:
    if clean["calendar"] != BAD and clean["calendar"] not in calendars:
        gather.unknown_word(("calendar",), clean["calendar"], calendars)
    if clean["timezone"] != BAD and not _is_timezone(clean["timezone"]):
        gather.add(
            _("%(found)s is not a time zone; write an IANA name such as Asia/Shanghai"),
            ("timezone",),
            found=clean["timezone"],
        )
    for row in clean["role"]:
        if row["id"] == SYSTEM:
            gather.add(_("the role system is the platform itself; choose another id"), (*row["@"], "id"))
    _check_levels(clean, gather)
    _check_hours(clean["office_hours"] or (), gather)
    _check_tree(clean["unit"], gather)
    if clean["demonstration"]:
        _check_marks(clean["title"], _DEMONSTRATION, ("title",), gather)
        for row in clean["unit"]:
            _check_marks(row["title"], _EXAMPLE, (*row["@"], "title"), gather)


def _is_timezone(name: str) -> bool:
    try:
        ZoneInfo(name)
    except (KeyError, ValueError, OSError):
        return False
    return True


def _check_levels(clean: Mapping[str, Any], gather: Gather) -> None:
    levels = clean["sensitivity"]
    for place, row in enumerate(levels):
        if row["rank"] in [other["rank"] for other in levels[:place]]:
            gather.add(
                _("another level has the rank %(rank)s; of two levels one is held more closely"),
                (*row["@"], "rank"),
                rank=row["rank"],
            )
    known = {row["id"] for row in levels} - {BAD}
    said = clean["publishing"]
    if said and said["level"] != BAD and said["level"] not in known:
        gather.unknown_word((*said["@"], "level"), said["level"], known)
    for row in clean["role"]:
        if row["clearance"] != BAD and row["clearance"] not in known:
            gather.unknown_word((*row["@"], "clearance"), row["clearance"], known)


def _check_hours(hours: tuple[str, ...], gather: Gather) -> None:
    before = ""
    for place, span in enumerate(hours):
        if span == BAD:
            continue
        first, last = re.split("-", span)
        if not before <= first < last:
            gather.add(
                _("%(found)s does not come after the hours before it; write each span once, in order"),
                ("office_hours", place),
                found=span,
            )
        before = last


def _check_tree(rows: tuple[dict[str, Any], ...], gather: Gather) -> None:
    parents = {row["id"]: row["parent"] for row in rows}
    for row in rows:
        parent, path = row["parent"], (*row["@"], "parent")
        if parent is None or parent == BAD:
            continue
        if parent not in parents:
            gather.unknown_word(path, parent, set(parents) - {BAD})
            continue
        seen = {row["id"]}
        while parent is not None and parent in parents and parent not in seen:
            seen.add(parent)
            parent = parents[parent]
        if parent == row["id"]:
            gather.add(
                _("the unit is its own superior, by way of its parents; give one of them another parent"),
                path,
            )


def _check_marks(title: Text, marks: Mapping[str, str], path: tuple[str | int, ...], gather: Gather) -> None:
    """A demonstration is not an office: its zone and its units say so in their names."""
    for language, mark in marks.items():
        said = title[language]
        if said not in ("", BAD) and not said.endswith(mark):
            gather.add(
                _("in a demonstration this name ends in %(mark)s; add it"), (*path, language), mark=mark
            )
