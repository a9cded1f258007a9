"""`qinglian clock`: when something is due, and why then."""

from __future__ import annotations

import argparse
import json
from dataclasses import replace
from pathlib import Path

from qinglian.batch.clock_table import due_table
from qinglian.cli.words import gettext as _
from qinglian.cli.words import language
from qinglian.engines.clock import (
    ROLLS,
    Budget,
    Calendar,
    Due,
    Hours,
    Skipped,
    due,
    read_date,
    read_moment,
    read_pause,
)
from qinglian.engines.clock.budget import HK_RULE
from qinglian.faults import noop as _n
from qinglian.zone.calendars import carried, find

HELP = _n("working days, legal deadlines, pauses: the due moment and its reasons")

STATUS = {
    "published": _n("published: the notices of all years in reach were seen"),
    "corroborated": _n("corroborated: two libraries agree, a notice is not at hand"),
    "provisional": _n("provisional: a year in reach is only projected, and the day may move"),
    "paused": _n("paused: the clock stands still, so nothing is due yet"),
}
WHY = {
    "weekend": _n("weekend"),
    "holiday": _n("holiday"),
    "half-day": _n("half day, not counted by this calendar"),
    "pause": _n("the clock stood still"),
    "gale": _n("gale warning day"),
    "black-rain": _n("black rainstorm warning day"),
}


def add(parser: argparse.ArgumentParser) -> None:
    verbs = parser.add_subparsers(dest="verb", required=True, metavar="VERB")
    _add_due(verbs.add_parser("due", help=_("one due moment, with the days passed over")))
    table = verbs.add_parser("table", help=_("a CSV of calendar,from,budget,pauses gets due,status"))
    table.add_argument("source", metavar="IN.csv", type=Path)
    table.add_argument("target", metavar="OUT.csv", type=Path)
    table.add_argument("--hours", help=_("office hours for budgets in wh, as 09:00-12:00,14:00-18:00"))
    table.set_defaults(run=run_table)
    years = verbs.add_parser("years", help=_("how sure each year of each calendar is, and by which notice"))
    years.add_argument("--calendar", help=_("CN, HK, MO or the path of a CSV; else all three"))
    years.set_defaults(run=run_years)


def _add_due(verb: argparse.ArgumentParser) -> None:
    verb.add_argument("--calendar", required=True, help=_("CN, HK, MO or the path of a CSV"))
    verb.add_argument("--from", required=True, dest="start", help=_("the event, as 2026-02-10T10:00"))
    verb.add_argument("--budget", required=True, help=_("5wd, 10cd:none, 2mo:next-working-day, 8h or 8wh"))
    verb.add_argument(
        "--roll", choices=ROLLS, help=_("where a last day off goes, when the budget does not say")
    )
    pause = _("A is not counted and B is; A/ is still open")
    verb.add_argument("--pause", action="append", default=[], metavar="A/B", help=pause)
    verb.add_argument("--hours", help=_("office hours for budgets in wh, as 09:00-12:00,14:00-18:00"))
    half = _("what a half day is, else as the calendar says")
    verb.add_argument("--half-days", choices=("working", "off"), help=half)
    verb.add_argument("--known-at", help=_("answer as of that day: closures announced later are left out"))
    verb.add_argument("--json", action="store_true", help=_("print JSON"))
    verb.set_defaults(run=run_due)


def run_due(args: argparse.Namespace) -> int:
    calendar = find(args.calendar)
    if args.half_days:
        calendar = replace(calendar, half_days=args.half_days)
    answer = due(
        calendar,
        Budget.parse(args.budget, args.roll),
        read_moment(args.start),
        [read_pause(text) for text in args.pause],
        known_at=read_date(args.known_at) if args.known_at else None,
        hours=Hours.parse(args.hours) if args.hours else None,
    )
    as_text = json.dumps(as_json(calendar, answer), ensure_ascii=False, indent=2)
    print(as_text if args.json else "\n".join(_lines(answer)))
    return 0


def run_table(args: argparse.Namespace) -> int:
    rows = due_table(args.source, args.target, Hours.parse(args.hours) if args.hours else None)
    print(_("%(rows)s rows written to %(file)s") % {"rows": rows, "file": args.target})
    return 0


def run_years(args: argparse.Namespace) -> int:
    for calendar in [find(args.calendar)] if args.calendar else carried().values():
        for year in calendar.years:
            print(calendar.id, year.year, year.status, year.notice, year.source, sep="\t")
    return 0


def as_json(calendar: Calendar, answer: Due) -> dict[str, object]:
    """What `--json` prints; `why` is a code, followed by `:name` where the day has one."""
    return {
        "v": "clock-due/1",
        "due": answer.moment.isoformat() if answer.moment else None,
        "status": answer.status,
        "calendar": {"id": calendar.id, "zone": calendar.zone, "sha256": calendar.sha},
        "from": answer.start.isoformat(),
        "budget": str(answer.budget),
        "skipped": [_skipped(day) for day in answer.skipped],
        "counted": [day.isoformat() for day in answer.counted],
    }


def _skipped(day: Skipped) -> dict[str, str]:
    names = {"name": day.name, "name_hant": day.name_hant, "name_en": day.name_en}
    why = f"{day.why}:{day.name}" if day.name else day.why
    return {"date": day.date.isoformat(), "why": why} | {key: name for key, name in names.items() if name}


def _lines(answer: Due) -> list[str]:
    lines = [_("due: %(due)s") % {"due": answer.moment.isoformat()}] if answer.moment else []
    lines.append(_(STATUS[answer.status]))
    if answer.budget.unit not in ("h", "wh"):
        lines.append(_("the day of the event is not counted"))
    if answer.budget.roll == HK_RULE:
        lines.append(_("only gale and black-rainstorm days entered in the calendar are known"))
    if answer.skipped:
        lines.append(_("passed over:"))
    lines += [f"  {day.date}  {_(WHY[day.why])}  {_name(day)}".rstrip() for day in answer.skipped]
    return lines


def _name(day: Skipped) -> str:
    return {"zh-Hant": day.name_hant, "en": day.name_en}.get(language(), day.name) or day.name
