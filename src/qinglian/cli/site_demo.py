"""`qinglian site demo`: a zone that is lived in, played with the desk's own verbs."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable
from datetime import date
from typing import Any

from qinglian.cli.progress import Bar
from qinglian.cli.words import gettext as _
from qinglian.cli.words import language

SHOWN = 5  # of those for which a rule does not hold
WHOLE = 1.16  # with the years before and what follows from other cases, for the bar


def add(verbs: Any, set_up: Callable[[argparse.Namespace], None]) -> None:
    demo = verbs.add_parser(
        "demo", help=_("play a demonstration with the desk’s own verbs, if there is no case yet")
    )
    demo.add_argument(
        "--until", type=date.fromisoformat, help=_("the day it ends on (YYYY-MM-DD); else today")
    )
    demo.add_argument("--seed", type=int, default=1, help=_("the same seed and day give the same cases"))
    demo.add_argument(
        "--cases",
        type=_some,
        default=2000,
        metavar="N",
        help=_("how many cases in the last year; 2000 where nothing is said"),
    )

    way = demo.add_mutually_exclusive_group()
    way.add_argument(
        "--check",
        action="store_true",
        help=_("play nothing; see whether what was played holds together"),
    )
    way.add_argument(
        "--wipe", action="store_true", help=_("play nothing; remove the demonstration and all that it made")
    )

    def run(arguments: argparse.Namespace) -> int:
        set_up(arguments)
        deed = _check if arguments.check else _wipe if arguments.wipe else _demo
        return deed(arguments)

    demo.set_defaults(run=run)


def _some(text: str) -> int:
    if not text.isdecimal() or not 1 <= int(text) <= 100_000:
        raise argparse.ArgumentTypeError(_("%(found)r is no number from 1 to 100000") % {"found": text})
    return int(text)


def _demo(arguments: argparse.Namespace) -> int:
    from qinglian.web.playing_now import playing

    with playing():
        return _played(arguments)


def _played(arguments: argparse.Namespace) -> int:
    from django.utils import timezone

    from qinglian.capabilities.cases.queries import any_case
    from qinglian.web.demonstration import play, standing
    from qinglian.web.demonstration.leaving import wipe
    from qinglian.web.running import prepare

    before = standing()
    if before is not None and before.ended_at is None:
        print(_("a demonstration was begun here and ended in the middle: it is whole until %(reached)s of "
                "%(until)s. It is removed, and begun anew")
              % {"reached": before.reached or "-", "until": before.until})  # fmt: skip
        wipe()
        prepare(timezone.now())
    if any_case():
        print(_("there are cases already; the demonstration is left as it is"))
        return 0
    until = arguments.until or timezone.localdate()
    bar, words = Bar(sys.stderr, round(arguments.cases * WHOLE)), _("playing")
    done = 0
    try:
        for day in play(until, arguments.seed, arguments.cases, timezone.now()):
            done = day.cases
            bar(words, done, done)
    finally:
        bar.end()
    print(_("the demonstration is ready: %(n)d cases") % {"n": done})
    return 0


def _check(_arguments: argparse.Namespace) -> int:
    """Every rule that must hold, of how many it was looked at, and what does not hold by its name."""
    from django.utils import translation

    from qinglian.web.invariants import invariants

    with translation.override(language().lower()):
        found = list(invariants())
    bad = 0
    for each in found:
        bad += bool(each.wrong)
        print(f"{'✗' if each.wrong else '✓'} {each.about}: {each.said} ({len(each.wrong)}/{each.n})")
        for which in each.wrong[:SHOWN]:
            print(f"    {which}")
        if len(each.wrong) > SHOWN:
            print(_("    and %(n)d more") % {"n": len(each.wrong) - SHOWN})
    if bad:
        print(_("%(n)d rules do not hold") % {"n": bad}, file=sys.stderr)
        return 1
    print(_("all of it holds together"))
    return 0


def _wipe(_arguments: argparse.Namespace) -> int:
    from qinglian.web.demonstration.leaving import wipe

    for each in wipe():
        print(_("removed: %(what)s") % {"what": each})
    print(_("Nothing invented is left. Go on with: qinglian site prepare"))
    return 0
