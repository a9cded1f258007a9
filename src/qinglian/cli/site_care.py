"""`qinglian site doctor`: whether a running platform has what it needs; `site ready`: whether it answers."""

from __future__ import annotations

import argparse
import json
import os
from collections.abc import Callable
from contextlib import closing
from http.client import HTTPConnection, HTTPException
from typing import TYPE_CHECKING

from qinglian.cli.words import gettext as _
from qinglian.cli.words import language
from qinglian.faults import Fault
from qinglian.faults import noop as _n

if TYPE_CHECKING:
    from qinglian.web.doctor import Diagnosis

PATIENCE = 4  # seconds
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
    ready = verbs.add_parser(
        "ready", help=_("ask the server whether it and its database answer; exit 1 where they do not")
    )
    ready.add_argument("--bind", default="127.0.0.1:8000", help=_("address and port that it listens on"))
    ready.set_defaults(run=_ready)


def _ready(arguments: argparse.Namespace) -> int:
    """Without Django, so that it can be asked every few seconds, and under a name that the server knows."""
    name = os.environ.get("QINGLIAN_HOSTS", "").split(",")[0].lstrip(".*") or "localhost"
    headers = {"Host": name} | (
        {"X-Forwarded-Proto": "https"} if os.environ.get("QINGLIAN_HTTPS") == "1" else {}
    )
    try:
        with closing(HTTPConnection(arguments.bind, timeout=PATIENCE)) as line:
            line.request("GET", "/health/ready", headers=headers)
            status = line.getresponse().status
    except (OSError, HTTPException) as error:
        raise Fault(_n("%(bind)s does not answer: %(reason)s; see whether `qinglian site run` runs there"),
                    bind=arguments.bind, reason=str(error)) from None  # fmt: skip
    if status != 200:
        raise Fault(
            _n("%(bind)s answers %(status)d to /health/ready; `qinglian site doctor` says what is wrong"),
            bind=arguments.bind, status=status,
        )  # fmt: skip
    print(_("ready"))
    return 0


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
