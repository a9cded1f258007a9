"""`qinglian site demo`: a zone that is lived in, played with the desk's own verbs."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable
from datetime import date
from typing import Any

from qinglian.cli.progress import Bar
from qinglian.cli.words import gettext as _
from qinglian.faults import Fault
from qinglian.faults import noop as _n

WHOLE = 1.16  # with the years before and what follows from other cases, for the bar


def add(verbs: Any, set_up: Callable[[argparse.Namespace], None]) -> None:
    demo = verbs.add_parser(
        "demo", help=_("play a demonstration with the desk's own verbs, if there is no case yet")
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

    def run(arguments: argparse.Namespace) -> int:
        set_up(arguments)
        return _demo(arguments)

    demo.set_defaults(run=run)


def _some(text: str) -> int:
    if not text.isdecimal() or not 1 <= int(text) <= 100_000:
        raise argparse.ArgumentTypeError(_("%(found)r is no number from 1 to 100000") % {"found": text})
    return int(text)


def _demo(arguments: argparse.Namespace) -> int:
    from django.utils import timezone

    from qinglian.capabilities.cases.queries import any_case
    from qinglian.web.demonstration import play, standing

    before = standing()
    if before is not None and before.ended_at is None:
        raise Fault(
            _n("a demonstration was begun here and ended in the middle: it is whole until %(reached)s of "
               "%(until)s. Remove the folder of data, or the database, and begin anew"),
            reached=before.reached or "-", until=before.until,
        )  # fmt: skip
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
