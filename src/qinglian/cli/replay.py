"""`qinglian replay EXPORT/`: every open figure and the log's root computed again, offline."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from qinglian.batch.figures.replay import Replayed, replay
from qinglian.cli.progress import telling
from qinglian.cli.verify import plain
from qinglian.cli.words import gettext as _
from qinglian.cli.words import say
from qinglian.faults import noop as _n

HELP = _n("compute every open figure of a public export again, and the root of its log")


def add(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("export", type=Path, metavar="EXPORT", help=_("the folder of `qinglian site export`"))
    parser.add_argument(
        "--trust", type=Path, metavar="KEYS.toml", help=_("the log’s keys, from elsewhere than the export")
    )
    parser.add_argument(
        "--engine",
        choices=("duckdb", "sqlite", "spark"),
        default="",
        help=_("what computes: DuckDB if it is installed, else SQLite"),
    )
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    with telling() as tell:
        found = replay(arguments.export, arguments.trust, arguments.engine, tell)
    for fault in found.faults:
        print(plain(say(fault)), file=sys.stderr)
    print("\n".join(plain(line) for line in lines(found)))
    return 1 if found.faults or len(found.agreed) < len(found.figures) else 0


def lines(found: Replayed) -> list[str]:
    """What held, sentence by sentence."""
    said = [
        _("%(rows)d rows of %(tables)d tables were read.") % {"rows": found.rows, "tables": found.tables},
        _("%(n)d of %(all)d open figures agree (computed by %(engine)s).")
        % {"n": len(found.agreed), "all": len(found.figures), "engine": found.engine or "–"},
    ]  # fmt: skip
    if found.log_size is None:
        said.append(_("The log could not be checked."))
    else:
        about = {"origin": found.log_origin, "size": found.log_size, "entry": found.entry}
        said.append(_("The root of the log %(origin)s follows from its %(size)s entries.") % about)
        if found.entry is not None:
            said.append(_("Entry %(entry)s of the log holds the hash of this edition.") % about)
    if found.attested:
        said.append(_("Attested, not to be computed by outsiders; the log holds their hash:"))
        said += [f"  {figure} {sha}" for figure, sha in found.attested]
    if found.own_keys:
        said.append(
            _("The keys came with the export itself: to rule out that all of it was made up, give --trust.")
        )
    return said
