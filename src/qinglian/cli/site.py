"""`qinglian site`: whatever touches the running platform. Django is loaded here and nowhere else."""

from __future__ import annotations

import argparse
import os
import sys
from pathlib import Path

from qinglian.cli import site_care, site_demo, site_figures, site_holds, site_log, site_speakers, site_staff
from qinglian.cli.progress import Bar
from qinglian.cli.words import enter, say
from qinglian.cli.words import gettext as _
from qinglian.faults import Fault
from qinglian.faults import noop as _n

HELP = _n("run the platform and work on it")


def add(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--zone", metavar="FOLDER", help=_("the zone pack; else QINGLIAN_ZONE, else zones/qianhai")
    )
    verbs = parser.add_subparsers(dest="verb", required=True, metavar="VERB")
    verbs.add_parser(
        "prepare", help=_("bring database, units, calendars and static files up to date")
    ).set_defaults(run=_prepare)
    run = verbs.add_parser("run", help=_("serve the platform"))
    run.add_argument("--bind", default="127.0.0.1:8000", help=_("address and port to listen on"))
    run.add_argument("--workers", type=int, default=2, help=_("server processes"))
    run.add_argument("--no-worker", action="store_true", help=_("start no worker beside the server"))
    run.set_defaults(run=_run)
    things = verbs.add_parser("import", help=_("read a file of another system in")).add_subparsers(
        dest="thing", required=True, metavar="WHAT"
    )
    _add_import_parties(things.add_parser("parties", help=_("enterprises of a register, from CSV")))
    work = verbs.add_parser("work", help=_("do what is due: rungs of clocks, notices, and all other jobs"))
    work.add_argument("--once", action="store_true", help=_("end when nothing more is due"))
    work.add_argument("--beside", type=int, metavar="PID", help=_("end when this parent process has ended"))
    work.set_defaults(run=_work)
    verbs.add_parser("reindex", help=_("make the search index anew from the cases")).set_defaults(
        run=_reindex
    )
    site_demo.add(verbs, _set_up)
    site_staff.add(verbs, _set_up)
    site_speakers.add(verbs, _set_up)
    site_holds.add(verbs, _set_up)
    site_log.add(verbs, _set_up)
    site_figures.add(verbs, _set_up)
    site_care.add(verbs, _set_up)


def _add_import_parties(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "file", metavar="FILE", type=Path, help=_("a CSV file; its first line names the columns")
    )
    parser.add_argument("--source", metavar="NAME", help=_("which register it is; else the name of the file"))
    parser.add_argument(
        "--encoding",
        default="utf-8",
        choices=("utf-8", "gb18030", "big5hkscs"),
        help=_("how the file was saved; UTF-8 where nothing is said"),
    )
    parser.add_argument(
        "--skip-bad",
        action="store_true",
        help=_("take the good rows, and write the others to FILE.rejects.csv with reasons"),
    )
    parser.add_argument(
        "--in-steps",
        action="store_true",
        help=_("write 2,000 rows at a time, so that others may write in between; not all or nothing"),
    )
    parser.set_defaults(run=_import_parties)


def _set_up(arguments: argparse.Namespace) -> None:
    try:
        import django
    except ModuleNotFoundError:
        raise Fault(_n("the platform is not installed; run: pip install 'qinglian[site]'")) from None
    if arguments.zone:
        os.environ["QINGLIAN_ZONE"] = arguments.zone
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "qinglian.web.settings")
    from django.conf import settings

    settings.INSTALLED_APPS  # noqa: B018  reads the pack: its faults are told here, before anything starts
    django.setup()
    _speak_as_asked()
    if not getattr(arguments, "wipe", False):
        from qinglian.web.demonstration.leaving import refuse_carried_over

        refuse_carried_over()


def _speak_as_asked() -> None:
    """Labels of the platform, in what a command tells, follow --lang; what it writes keeps the site's."""
    from django.utils.translation import override

    enter(lambda language: override(language.lower()))


def _prepare(arguments: argparse.Namespace) -> int:
    _set_up(arguments)
    from django.utils import timezone

    from qinglian.web.running import prepare

    for calendar, moved in prepare(timezone.now(), lambda fault: print(say(fault), file=sys.stderr)).items():
        if moved:
            print(_("calendar %(calendar)s: %(n)d due moments moved; before and after are kept")
                  % {"calendar": calendar, "n": moved})  # fmt: skip
    print(_("prepared"))
    return 0


def _import_parties(arguments: argparse.Namespace) -> int:
    _set_up(arguments)
    from django.utils import timezone

    from qinglian.capabilities.parties.actions import import_register

    file: Path = arguments.file
    words_of = {"check": _("checking"), "write": _("writing")}
    bar = Bar(sys.stderr, file.stat().st_size)
    try:
        done = import_register(
            file, arguments.source or file.name, timezone.localtime(), encoding=arguments.encoding,
            say=say if arguments.skip_bad else None,
            tell=lambda step, read, rows: bar(words_of[step], read, rows), steps=arguments.in_steps,
        )  # fmt: skip
    finally:
        bar.end()
    found = {"rows": done.rows, "made": done.made, "changed": done.changed, "same": done.unchanged}
    if not (done.made or done.changed):
        print(_("nothing was changed: all %(rows)d enterprises stand as the file has them") % found)
    else:
        print(_("%(rows)d enterprises: %(made)d new, %(changed)d changed, %(same)d as before") % found)
    if done.rejects is None:
        return 0
    print(_("%(n)d rows were left out; they stand with their reasons in %(file)s")
          % {"n": done.rejected, "file": done.rejects}, file=sys.stderr)  # fmt: skip
    return 1


def _run(arguments: argparse.Namespace) -> int:
    bind = arguments.bind.replace("127.0.0.1", "localhost")
    if bind.startswith("localhost:"):  # what letters and calendars name is then where it answers
        os.environ.setdefault("QINGLIAN_URL", f"http://{bind}")
    _set_up(arguments)
    from qinglian.cli.site_database import must_be_ready
    from qinglian.web.running import serve

    must_be_ready()
    print(_("Qinglian answers at http://%(bind)s (Ctrl-C ends it)") % {"bind": bind}, flush=True)
    serve(arguments.bind, arguments.workers, worker=not arguments.no_worker)
    return 0


def _work(arguments: argparse.Namespace) -> int:
    _set_up(arguments)
    from qinglian.cli.site_database import must_be_ready
    from qinglian.web.working import Worker

    must_be_ready()
    done = Worker().work(arguments.once, arguments.beside)
    if arguments.once:
        print(_("%(n)d things were due and are done") % {"n": done})
    return 0


def _reindex(arguments: argparse.Namespace) -> int:
    _set_up(arguments)
    from qinglian.capabilities.cases.actions import rebuild_search
    from qinglian.capabilities.cases.queries import count_cases

    bar, words = Bar(sys.stderr, count_cases()), _("cases")
    try:
        n = rebuild_search(lambda done: bar(words, done, done))
    finally:
        bar.end()
    print(_("%(n)d cases can be searched") % {"n": n})
    return 0
