"""`qinglian zone`: check a pack, start one, show what is in one."""

from __future__ import annotations

import argparse
import json
import os
from typing import Any

from qinglian.cli import words
from qinglian.cli.words import gettext as _
from qinglian.faults import noop as _n
from qinglian.zone import Matter, Text, Zone, load
from qinglian.zone.starting import SAMPLE, start

HELP = _n("check, start or show the folder that a zone is made of")


def add(parser: argparse.ArgumentParser) -> None:
    verbs = parser.add_subparsers(dest="verb", required=True, metavar="VERB")
    check = verbs.add_parser(
        "check", help=_("name every fault of a pack, with file, line or key, and the mend")
    )
    check.add_argument("path", metavar="PATH", help=_("the folder that holds zone.toml"))
    check.set_defaults(run=run_check)
    new = verbs.add_parser("new", help=_("write a small pack that works into a new or empty folder"))
    new.add_argument("path", metavar="PATH", help=_("the folder to write"))
    new.add_argument(
        "--from",
        dest="source",
        default=SAMPLE,
        metavar="PACK",
        help=_("sample, or the folder of a pack to copy"),
    )
    new.set_defaults(run=run_new)
    show = verbs.add_parser(
        "show", help=_("print the units, matters, calendars, measures and files of a pack")
    )
    show.add_argument("path", metavar="PATH", help=_("the folder that holds zone.toml"))
    show.add_argument("--json", action="store_true", help=_("print JSON instead of text"))
    show.set_defaults(run=run_show)


def run_check(arguments: argparse.Namespace) -> int:
    print(_sound(load(arguments.path)))
    return 0


def run_new(arguments: argparse.Namespace) -> int:
    zone = start(arguments.path, arguments.source)
    print(
        _("%(path)s: a new zone, %(id)s; change its texts, then run `qinglian zone check %(path)s`")
        % {"path": arguments.path, "id": zone.id}
    )
    print(_sound(zone))
    return 0


def run_show(arguments: argparse.Namespace) -> int:
    zone = load(arguments.path)
    if arguments.json:
        print(json.dumps(as_data(zone), ensure_ascii=False, indent=2))
    else:
        language = arguments.lang or words.language_of(dict(os.environ))
        print("\n".join(as_lines(zone, language)))
    return 0


def _sound(zone: Zone) -> str:
    return _(
        "sound: %(files)d files (units: %(units)d, matters: %(matters)d, measures: %(measures)d), "
        "sha256 %(sha)s"
    ) % {
        "files": len(zone.files),
        "units": len(zone.units),
        "matters": len(zone.matters),
        "measures": len(zone.measures),
        "sha": zone.sha,
    }


def as_data(zone: Zone) -> dict[str, Any]:
    """The zone as JSON tells it; texts in the three languages."""
    return {
        "v": "zone-shown/1",
        "id": zone.id,
        "title": dict(zone.title),
        "demonstration": zone.demonstration,
        "timezone": zone.timezone,
        "calendar": zone.calendar,
        "sha": zone.sha,
        "units": [{"id": u.id, "parent": u.parent, "title": dict(u.title)} for u in zone.units.values()],
        "roles": [{"id": role.id, "title": dict(role.title)} for role in zone.roles.values()],
        "matters": [_matter_data(matter) for matter in zone.matters.values()],
        "calendars": [
            {"id": id, "zone": c.zone, "sha": c.sha, "years": {str(y.year): y.status for y in c.years}}
            for id, c in zone.calendars.items()
        ],
        "measures": {
            area: [
                {
                    "id": m.id,
                    "basis": m.basis,
                    "lead": m.lead,
                    "due": m.due and m.due.isoformat(),
                    "text": dict(m.text),
                }
                for m in zone.measures
                if m.area == area
            ]
            for area in zone.areas
        },
        "files": dict(zone.files),
    }


def _matter_data(matter: Matter) -> dict[str, Any]:
    return {
        "id": matter.id,
        "version": matter.version,
        "sha": matter.sha,
        "title": dict(matter.title),
        "unit": matter.unit,
        "states": [
            {"id": s.id, "stage": s.stage, "turn": s.turn, "initial": s.initial, "terminal": s.terminal}
            for s in matter.states.values()
        ],
        "actions": [
            {"id": a.id, "from": a.from_, "to": a.targets, "by": a.by} for a in matter.actions.values()
        ],
        "clocks": [
            {
                "id": c.id,
                "starts": c.starts,
                "stops": c.stops,
                "pause_in": c.pause_in,
                "budget": str(c.budget),
                "calendar": c.calendar or matter.calendar,
                "basis": c.basis.kind,
            }
            for c in matter.clocks.values()
        ],
        "pins": sorted(matter.pins),
    }


def as_lines(zone: Zone, language: str) -> list[str]:
    def say(text: Text) -> str:
        return text.say(language)

    lines = [f"{say(zone.title)}  [{zone.id}]", zone.sha, "", _("Units")]
    lines += _tree(zone, None, 1, language)
    lines += ["", _("Matters")]
    for matter in zone.matters.values():
        lines += _matter_lines(matter, language)
    lines += ["", _("Calendars")]
    for id, calendar in zone.calendars.items():
        years = " ".join(f"{year.year}:{year.status}" for year in calendar.years)
        lines.append(f"  {id}  {calendar.zone}  {years}")
    lines += ["", _("Measures")]
    for area in zone.areas.values():
        own = [measure for measure in zone.measures if measure.area == area.id]
        lines.append(f"  {say(area.title)}: {len(own)}")
        lines += [f"    {m.id}  {m.basis}  {m.due or _('no date set')}  {say(m.text)}" for m in own]
    lines += ["", _("Files")]
    return lines + [f"  {sha}  {path}" for path, sha in zone.files.items()]


def _tree(zone: Zone, parent: str | None, depth: int, language: str) -> list[str]:
    lines = []
    for unit in zone.units.values():
        if unit.parent == parent:
            lines.append(f"{'  ' * depth}{unit.title.say(language)}  [{unit.id}]")
            lines += _tree(zone, unit.id, depth + 1, language)
    return lines


def _matter_lines(matter: Matter, language: str) -> list[str]:
    lines = [f"  {matter.title.say(language)}  [{matter.id} {matter.version}]  {matter.sha}"]
    for state in matter.states.values():
        out = [action.id for action in matter.actions.values() if state.id in action.from_]
        lines.append(
            f"    {state.title.say(language)}  [{state.id}] {state.stage}  → {', '.join(out) or '·'}"
        )
    for clock in matter.clocks.values():
        lines.append(f"    {clock.title.say(language)}  [{clock.id}] {clock.budget} {clock.starts}")
    return lines
