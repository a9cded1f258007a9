"""`qinglian site log`, `backup` and `restore`: the log of the running platform, and how it comes back."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Mapping
from pathlib import Path

from qinglian.cli.progress import Bar, telling
from qinglian.cli.words import gettext as _
from qinglian.cli.words import say

SetUp = Callable[[argparse.Namespace], None]


def add(verbs: argparse._SubParsersAction[argparse.ArgumentParser], set_up: SetUp) -> None:
    log = verbs.add_parser("log", help=_("number and sign what is pending, export, compare with the rows"))
    deeds = log.add_subparsers(dest="deed", required=True, metavar="DEED")
    deeds.add_parser(
        "sequence", help=_("number and sign what is pending, and ask the witnesses")
    ).set_defaults(run=_with(set_up, _sequence))
    export = deeds.add_parser("export", help=_("write every log as static files, with the keys"))
    export.add_argument("folder", type=Path, metavar="FOLDER", help=_("where to; what is there stays"))
    export.set_defaults(run=_with(set_up, _export))
    deeds.add_parser(
        "compare", help=_("hold the rows of cases, posts and versions against what was logged of them")
    ).set_defaults(run=_with(set_up, _compare))
    backup = verbs.add_parser("backup", help=_("write a checked backup of the database while it runs"))
    backup.add_argument("file", type=Path, metavar="FILE", help=_("a new file"))
    backup.set_defaults(run=_with(set_up, _backup))
    move = verbs.add_parser("move", help=_("move all of it from SQLite to an empty PostgreSQL"))
    move.add_argument("url", metavar="DATABASE_URL", help=_("postgresql://USER@HOST/NAME, an empty database"))
    move.set_defaults(run=_with(set_up, _move))
    restore = verbs.add_parser("restore", help=_("bring a backup back; the platform must stand still"))
    restore.add_argument("file", type=Path, metavar="FILE", help=_("a file that `site backup` wrote"))
    way = restore.add_mutually_exclusive_group()
    way.add_argument(
        "--tiles", type=Path, metavar="FOLDER", help=_("an export: replay the entries that the backup lacks")
    )
    way.add_argument(
        "--new-log", action="store_true", help=_("open new logs, whose first entries name the old heads")
    )
    restore.set_defaults(run=_with(set_up, _restore))


def _with(set_up: SetUp, deed: Callable[[argparse.Namespace], int]) -> Callable[[argparse.Namespace], int]:
    def run(arguments: argparse.Namespace) -> int:
        set_up(arguments)
        return deed(arguments)

    return run


def _sequence(_arguments: argparse.Namespace) -> int:
    from django.utils import timezone

    from qinglian.capabilities.ledger.actions import sequence

    done = 0
    while some := sequence(timezone.now()):
        done += some
    print(_("%(n)d entries were numbered and signed") % {"n": done})
    return 0


def _export(arguments: argparse.Namespace) -> int:
    from qinglian.capabilities.cases.queries import export_texts
    from qinglian.capabilities.ledger.queries import export

    for tree, size in export(arguments.folder).items():
        print(_("%(log)s: %(size)s entries in %(folder)s")
              % {"log": tree, "size": size, "folder": arguments.folder / tree})  # fmt: skip
    print(_("%(n)s texts that cases stand on, under their hashes, in %(folder)s")
          % {"n": export_texts(arguments.folder), "folder": arguments.folder / "texts"})  # fmt: skip
    print(_("the keys stand in %(file)s; whoever checks should have them from another source")
          % {"file": arguments.folder / "keys.toml"})  # fmt: skip
    return 0


def _compare(_arguments: argparse.Namespace) -> int:
    from qinglian.web.comparing import differences

    with telling() as tell:
        found = list(differences(tell))
    for line in found:
        print(say(line), file=sys.stderr)
    if found:
        print(_("%(n)d rows are not what was logged") % {"n": len(found)}, file=sys.stderr)
        return 1
    print(_("every row is what was logged"))
    return 0


def _backup(arguments: argparse.Namespace) -> int:
    from django.utils import timezone

    from qinglian.web.backups import write

    made = write(arguments.file, timezone.now())
    print(_("written and read back: %(file)s, %(bytes)d bytes, SHA-256 %(sha)s")
          % {"file": arguments.file, "bytes": made.size, "sha": made.sha})  # fmt: skip
    print(_("It holds everything that the database holds, personal data too: keep it locked away."))
    print(_("The keys are not in it. Keep %(folder)s and %(secret)s apart: without them no log can go on and "
            "no tracking code opens a case.")
          % {"folder": made.keys, "secret": made.secret})  # fmt: skip
    return 0


def _move(arguments: argparse.Namespace) -> int:
    from django.utils import timezone

    from qinglian.web.moving import move

    words_of = {
        "copy": _("copying"), "index": _("making the search index"), "check": _("checking"),
        "roots": _("hashing the log anew"), "fold": _("folding cases again"),
    }  # fmt: skip
    bar = Bar(sys.stderr, 1)

    def whole(steps: Mapping[str, int]) -> Callable[[str, int], None]:
        far = dict.fromkeys(steps, 0)

        def tell(step: str, more: int) -> None:
            far[step] += more
            bar(words_of[step], far[step] / max(steps[step], 1), far[step])

        return tell

    try:
        done = move(arguments.url, timezone.now(), whole)
    finally:
        bar.end()
    print(_("moved and checked: %(rows)d rows of %(tables)d tables are in %(database)s, as they were")
          % {"rows": done.rows, "tables": done.tables, "database": done.database})  # fmt: skip
    print(_("%(n)d files stay where they are, in QINGLIAN_DATA, and so do the keys") % {"n": done.files})
    print(
        _(
            "From now on start everything with DATABASE_URL set to the new address. The SQLite file was only "
            "read: keep it until there is a backup of the new database, and never start the platform on it."
        )
    )
    return 0


def _restore(arguments: argparse.Namespace) -> int:
    from django.utils import timezone

    from qinglian.web.restoring import restore

    with telling() as tell:
        done = restore(
            arguments.file, timezone.now(), tiles=arguments.tiles, new_log=arguments.new_log, tell=tell
        )
    for tree, (old, new) in done.sizes.items():
        print(
            _("%(log)s: %(old)s entries in the backup, %(new)s now") % {"log": tree, "old": old, "new": new}
        )
    if done.before:
        print(_("what was here before is kept as %(file)s") % {"file": done.before})
    if done.how == "replayed":
        print(_("The log is whole again. The rows behind the replayed entries are not in the backup: enter "
                "them anew from paper or letters; `site log compare` names what is missing."))  # fmt: skip
    if done.how == "new-log":
        print(_("New logs were opened. Publish their keys, and give them to the witnesses."))
    return 0
