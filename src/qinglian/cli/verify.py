"""`qinglian verify FILE --trust KEYS.toml`: offline, without Django or a database."""

from __future__ import annotations

import argparse
import json
from datetime import UTC, date, datetime
from pathlib import Path

from qinglian.batch.verify import Asked, Report, load_trust, read_bytes, read_text, verify_path
from qinglian.cli import editions
from qinglian.cli.progress import telling
from qinglian.cli.words import gettext as _
from qinglian.faults import Fault
from qinglian.faults import noop as _n

HELP = _n("check a proof, record, checkpoint or exported log against keys you trust, offline")


def add(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("file", type=Path, metavar="FILE", help=_("a file, or the folder of an exported log"))
    parser.add_argument(
        "--trust", type=Path, required=True, metavar="KEYS.toml", help=_("the logs and witnesses you trust")
    )
    parser.add_argument("--entry", type=Path, metavar="FILE", help=_("the entry that a .tlog-proof is about"))
    parser.add_argument(
        "--since",
        type=Path,
        metavar="FILE",
        help=_("an older checkpoint that the exported log must continue"),
    )
    parser.add_argument(
        "--not-before", metavar="DAY", help=_("a checkpoint signed before this day (UTC) or moment is stale")
    )
    parser.add_argument(
        "--frame", type=Path, metavar="FILE", help=_("the frame.tsv that the record of a draw is about")
    )
    parser.add_argument(
        "--draw",
        type=Path,
        metavar="FILE",
        help=_("the draw’s record or commitment that an opened row is about"),
    )
    parser.set_defaults(run=verify)


def verify(arguments: argparse.Namespace) -> int:
    if editions.is_bundle(arguments.file):
        print("\n".join(editions.verify(arguments.file, load_trust(arguments.trust))))
        return 0
    with telling() as tell:
        asked = Asked(
            trust=load_trust(arguments.trust),
            entry=read_bytes(arguments.entry) if arguments.entry else None,
            since=read_text(arguments.since) if arguments.since else None,
            not_before=_second(arguments.not_before) if arguments.not_before else None,
            frame=arguments.frame,
            draw=arguments.draw,
            tell=tell,
        )
        report = verify_path(arguments.file, asked)
    print("\n".join(lines(report)))
    return 0


def _second(text: str) -> int:
    try:
        if len(text) == 10:
            moment = datetime.combine(date.fromisoformat(text), datetime.min.time(), UTC)
        else:
            moment = datetime.fromisoformat(text)
        if moment.tzinfo is None:
            raise ValueError
        return int(moment.timestamp())
    except (ValueError, OverflowError):
        raise Fault(
            _n("%(text)r is no day; write 2026-11-02, or 2026-11-02T09:00:00+08:00"),
            key="--not-before",
            text=text,
        ) from None


def lines(report: Report) -> list[str]:
    """What holds, sentence by sentence, in the language in use."""
    if report.accepted is None:
        return [_(template) % values for template, values in report.told]
    checkpoint = report.accepted.checkpoint
    about = {
        "origin": checkpoint.origin,
        "size": checkpoint.size,
        "index": report.index,
        "since": report.since,
    }
    said = [_(_HOLDS[report.kind]) % about]
    if report.kind == "log":
        said.append(_(_READ[report.entries]) % about)
    if report.since is not None:
        said.append(_("It continues the log of %(since)s entries.") % about)
    witnesses = report.accepted.witnesses
    if witnesses:
        said.append(_("Cosigned by %(names)s.") % {"names": ", ".join(witnesses)})
    else:
        said.append(_("No witness was asked for: the log alone vouches that it shows everybody the same."))
    if report.accepted.latest:
        moment = datetime.fromtimestamp(report.accepted.latest, UTC)
        said.append(_("Last signed %(moment)s.") % {"moment": moment.isoformat()})
    else:
        said.append(_("No signature states a time."))
    for values in (report.open, report.shown):
        said += [plain(f"{name}: {json.dumps(value, ensure_ascii=False)}") for name, value in values.items()]
    if report.withheld:
        said.append(_("Kept back or erased: %(names)s.") % {"names": plain(", ".join(report.withheld))})
    return said


def plain(text: str) -> str:
    """Text of strangers, safe for a terminal: what does not print is shown as its code."""
    return "".join(sign if sign.isprintable() else f"\\u{ord(sign):04x}" for sign in text)


_HOLDS = {
    "proof": _n("Holds: it is entry %(index)s of the log %(origin)s, among %(size)s."),
    "record": _n(
        "Holds: it is entry %(index)s of the log %(origin)s, among %(size)s, and shows what was logged."
    ),
    "checkpoint": _n("Holds: the log %(origin)s had %(size)s entries."),
    "log": _n("Holds: the export is the log %(origin)s with all its %(size)s entries."),
}
_READ = {
    True: _n("Every entry was read and every tile recomputed."),
    False: _n("The entries are not in the export; every tile was recomputed from the leaf hashes."),
}
