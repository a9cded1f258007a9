"""`qinglian site doctor`: whether a running platform has what it needs."""

from __future__ import annotations

import argparse
import json
from collections.abc import Callable
from typing import TYPE_CHECKING

from qinglian.cli.words import gettext as _
from qinglian.cli.words import language

if TYPE_CHECKING:
    from qinglian.web.doctor import Diagnosis

SetUp = Callable[[argparse.Namespace], None]


def add(verbs: argparse._SubParsersAction[argparse.ArgumentParser], set_up: SetUp) -> None:
    doctor = verbs.add_parser(
        "doctor", help=_("look at settings, keys, backups, clock, log, letters, and say what to do")
    )
    doctor.add_argument("--json", action="store_true", help=_("the findings as JSON, a list of objects"))

    def run(arguments: argparse.Namespace) -> int:
        set_up(arguments)
        return _doctor(arguments)

    doctor.set_defaults(run=run)


def _doctor(arguments: argparse.Namespace) -> int:
    from django.utils import timezone, translation

    from qinglian.web.doctor import BAD, examine

    with translation.override(language().lower()):
        found = list(examine(timezone.now()))
        if arguments.json:
            keys = ("about", "state", "said", "mend")
            rows = [{key: str(getattr(each, key)) for key in keys} for each in found]
            print(json.dumps(rows, ensure_ascii=False, indent=1))
            return 1 if any(each.state == BAD for each in found) else 0
        return _tell(found)


def _tell(found: list[Diagnosis]) -> int:
    from qinglian.web.doctor import BAD, WARNING

    marks = {BAD: "✗", WARNING: "!"}
    for each in found:
        print(f"{marks.get(each.state, '✓')} {each.about}: {each.said}")
        if each.mend and each.state in marks:
            print(f"    {each.mend}")
    bad = sum(each.state == BAD for each in found)
    warned = sum(each.state == WARNING for each in found)
    print(_("%(n)d looked at, %(bad)d bad, %(warned)d to think about")
          % {"n": len(found), "bad": bad, "warned": warned})  # fmt: skip
    return 1 if bad else 0
