"""`qinglian site figures` and `site export`: what the platform publishes of itself."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from qinglian.cli.progress import Bar
from qinglian.cli.site_log import SetUp, _with
from qinglian.cli.words import gettext as _


def add(verbs: argparse._SubParsersAction[argparse.ArgumentParser], set_up: SetUp) -> None:
    figures = verbs.add_parser(
        "figures", help=_("publish the months that have ended, and compute every figure now")
    )
    figures.add_argument(
        "--correct", metavar="TABLE", help=_("count a published table anew, from the month on that is given")
    )
    figures.add_argument("--through", metavar="YYYY-MM", help=_("the last month of the rows to correct"))
    figures.add_argument("--reason", default="", help=_("why; it stands beside every figure over these rows"))
    figures.set_defaults(run=_with(set_up, _figures))
    export = verbs.add_parser(
        "export", help=_("write everything that is public: tables, figures, log and keys")
    )
    export.add_argument("folder", type=Path, metavar="FOLDER", help=_("a new folder"))
    export.set_defaults(run=_with(set_up, _export))


@contextmanager
def _told() -> Iterator[Callable[[str, int, int], None]]:
    """How far it has come, on a terminal."""
    words_of = {"tables": _("tables"), "figures": _("figures")}
    bar = Bar(sys.stderr, 100)
    try:
        yield lambda what, done, whole: bar(words_of[what], 100 * done // max(whole, 1), done)
    finally:
        bar.end()


def _correct(arguments: argparse.Namespace) -> int:
    from django.utils import timezone

    from qinglian.capabilities.figures.correcting import correct

    with _told() as tell:
        done = correct(arguments.correct, arguments.through or "", arguments.reason, timezone.now(), tell)
    for each in done.batches:
        print(_("%(table)s up to %(through)s: %(before)s is superseded by %(after)s")
              % {"table": each.table, "through": each.through, "before": each.corrects.sha,
                 "after": each.sha})  # fmt: skip
    if done.edition is not None:
        print(_("published; SHA-256 %(sha)s") % {"sha": done.edition.sha})
    return 0


def _figures(arguments: argparse.Namespace) -> int:
    if arguments.correct:
        return _correct(arguments)
    from django.utils import timezone

    from qinglian.capabilities.figures.actions import compute_all

    with _told() as tell:
        made = compute_all(timezone.now(), tell)
    if made is None:
        print(_("nothing has changed since the last edition of today"))
        return 0
    print(_("%(n)d figures over %(tables)d tables, months to %(through)s; SHA-256 %(sha)s")
          % {"n": len(made.manifest["figures"]), "tables": len(made.manifest["tables"]),
             "through": made.through, "sha": made.sha})  # fmt: skip
    return 0


def _export(arguments: argparse.Namespace) -> int:
    from django.utils import timezone

    from qinglian.capabilities.figures.exporting import export

    files = export(arguments.folder, timezone.now())
    print(_("%(n)d files in %(folder)s; whoever has it says: qinglian replay %(folder)s")
          % {"n": len(files) + 1, "folder": arguments.folder})  # fmt: skip
    return 0
