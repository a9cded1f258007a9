"""`qinglian site staff`: who holds which post, given and ended by whoever runs the platform."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from datetime import date

from qinglian.cli.words import gettext as _

SetUp = Callable[[argparse.Namespace], None]


def add(verbs: argparse._SubParsersAction[argparse.ArgumentParser], set_up: SetUp) -> None:
    staff = verbs.add_parser("staff", help=_("give posts and end them, and open lost accounts again"))
    deeds = staff.add_subparsers(dest="deed", required=True, metavar="DEED")
    listed = deeds.add_parser("list", help=_("who holds which post"))
    listed.add_argument("--all", action="store_true", help=_("those that are over, too"))
    listed.set_defaults(run=_with(set_up, _list))
    give = deeds.add_parser("give", help=_("give a post, and an account with a password to whoever has none"))
    _add_post(give)
    give.add_argument("--name", metavar="NAME", help=_("the person’s name; needed for a new account"))
    give.add_argument("--since", type=date.fromisoformat, metavar="DAY", help=_("the first day; else today"))
    give.add_argument(
        "--until", type=date.fromisoformat, metavar="DAY", help=_("the last day; else it is open")
    )
    give.set_defaults(run=_with(set_up, _give))
    end = deeds.add_parser("end", help=_("say which day of a post is the last"))
    _add_post(end)
    end.add_argument(
        "--until", type=date.fromisoformat, metavar="DAY", help=_("the last day; else yesterday")
    )
    end.set_defaults(run=_with(set_up, _end))
    back = deeds.add_parser(
        "reset", help=_("take the second factors and sessions of an account away, and make a new password")
    )
    back.add_argument("account", metavar="ACCOUNT", help=_("the account"))
    back.set_defaults(run=_with(set_up, _reset))


def _add_post(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("account", metavar="ACCOUNT", help=_("the account"))
    parser.add_argument("--unit", required=True, metavar="UNIT", help=_("id of the unit"))
    parser.add_argument("--role", required=True, metavar="ROLE", help=_("id of the role"))


def _with(set_up: SetUp, deed: Callable[[argparse.Namespace], int]) -> Callable[[argparse.Namespace], int]:
    def run(arguments: argparse.Namespace) -> int:
        set_up(arguments)
        return deed(arguments)

    return run


def _list(arguments: argparse.Namespace) -> int:
    from django.utils import timezone

    from qinglian.capabilities.parties.queries import posts

    for post in posts(None if arguments.all else timezone.localdate()):
        factor = _("second factor set up") if post.factor else _("no second factor yet")
        days = f"{post.since}/{post.until or ''}"
        print(post.account, post.name, post.unit, post.role, days, factor, sep="\t")
    return 0


def _give(arguments: argparse.Namespace) -> int:
    from django.utils import timezone

    from qinglian.capabilities.parties.actions import give_post

    since = arguments.since or timezone.localdate()
    given = give_post(
        arguments.account,
        arguments.name,
        arguments.unit,
        arguments.role,
        since,
        arguments.until,
        timezone.now(),
    )
    print(_("%(account)s holds the post %(role)s in %(unit)s since %(day)s") % _told(arguments, since))
    if given.password:
        _tell(given.password)
    return 0


def _end(arguments: argparse.Namespace) -> int:
    from datetime import timedelta

    from django.utils import timezone

    from qinglian.capabilities.parties.actions import end_post

    until = arguments.until or timezone.localdate() - timedelta(days=1)
    end_post(arguments.account, arguments.unit, arguments.role, until, timezone.now())
    print(_("%(account)s holds the post %(role)s in %(unit)s until %(day)s") % _told(arguments, until))
    return 0


def _reset(arguments: argparse.Namespace) -> int:
    from django.utils import timezone

    from qinglian.capabilities.parties.actions import set_back_account

    password = set_back_account(arguments.account, timezone.now())
    print(_("%(account)s: second factors and sessions are taken away") % {"account": arguments.account})
    _tell(password)
    return 0


def _told(arguments: argparse.Namespace, day: date) -> dict[str, object]:
    return {"account": arguments.account, "role": arguments.role, "unit": arguments.unit, "day": day}


def _tell(password: str) -> None:
    print(_("the password, shown only now: %(password)s") % {"password": password})
    print(
        _("Give it to that person alone. It opens no post until it is changed and a second factor is set up.")
    )
