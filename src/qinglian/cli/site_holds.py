"""`qinglian site holds`: what is kept from being erased, placed and lifted by whoever runs the platform."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from datetime import date

from qinglian.cli.words import gettext as _

SetUp = Callable[[argparse.Namespace], None]


def add(verbs: argparse._SubParsersAction[argparse.ArgumentParser], set_up: SetUp) -> None:
    holds = verbs.add_parser("holds", help=_("keep something from being erased, and lift that again"))
    deeds = holds.add_subparsers(dest="deed", required=True, metavar="DEED")
    listed = deeds.add_parser("list", help=_("what is kept, until when, and by whose word"))
    listed.add_argument("--all", action="store_true", help=_("those that are over, too"))
    listed.set_defaults(run=_with(set_up, _list))
    place = deeds.add_parser("place", help=_("keep one thing until a day"))
    place.add_argument("kind", metavar="KIND", help=_("case or representation"))
    place.add_argument("name", metavar="NUMBER", help=_("number of the case, or of the record"))
    place.add_argument("--reason", required=True, metavar="TEXT", help=_("why it is needed longer"))
    place.add_argument("--basis", required=True, metavar="TEXT", help=_("the article by which it is kept"))
    place.add_argument(
        "--until", required=True, type=date.fromisoformat, metavar="DAY", help=_("the last day")
    )
    place.set_defaults(run=_with(set_up, _place))
    lift = deeds.add_parser("lift", help=_("end a hold before its last day"))
    lift.add_argument("hold", type=int, metavar="HOLD", help=_("number of the hold, as listed"))
    lift.add_argument("--reason", required=True, metavar="TEXT", help=_("why it is needed no longer"))
    lift.set_defaults(run=_with(set_up, _lift))
    for each in (place, lift):
        each.add_argument(
            "--by", required=True, metavar="ACCOUNT", help=_("the member of staff who answers for it")
        )


def _with(set_up: SetUp, deed: Callable[[argparse.Namespace], int]) -> Callable[[argparse.Namespace], int]:
    def run(arguments: argparse.Namespace) -> int:
        set_up(arguments)
        return deed(arguments)

    return run


def _list(arguments: argparse.Namespace) -> int:
    from django.utils import timezone

    from qinglian.capabilities.cases.holds import every_hold

    for each in every_hold(timezone.now()):
        if not (arguments.all or each.stands):
            continue
        state = _("kept") if each.stands else _("lifted") if each.hold.lifted_at else _("ended")
        said = each.hold.by, each.hold.basis, each.hold.reason
        print(each.hold.id, each.hold.kind, each.name, each.last_day, state, *said, sep="\t")
    return 0


def _place(arguments: argparse.Namespace) -> int:
    from django.utils import timezone

    from qinglian.capabilities.cases.holds import place
    from qinglian.capabilities.parties.queries import holder_of_post

    by = holder_of_post(arguments.by, timezone.localdate())
    said = arguments.reason, arguments.basis, arguments.until
    made = place(arguments.kind, arguments.name, *said, by, timezone.now())
    print(_("hold %(id)d: %(kind)s %(name)s is kept until the end of %(day)s")
          % {"id": made, "kind": arguments.kind, "name": arguments.name, "day": arguments.until})  # fmt: skip
    return 0


def _lift(arguments: argparse.Namespace) -> int:
    from django.utils import timezone

    from qinglian.capabilities.cases.holds import lift
    from qinglian.capabilities.parties.queries import holder_of_post

    by = holder_of_post(arguments.by, timezone.localdate())
    lift(arguments.hold, arguments.reason, by, timezone.now())
    print(_("hold %(id)d is lifted; what is due is erased with the next run") % {"id": arguments.hold})
    return 0
