"""`qinglian draw`: a random draw on files, step by step, that anybody can recompute."""

from __future__ import annotations

import argparse
import os
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

from qinglian.cli.progress import telling
from qinglian.cli.words import gettext as _
from qinglian.faults import Fault
from qinglian.faults import noop as _n

if TYPE_CHECKING:
    from qinglian.batch.draw_folder import Folder
    from qinglian.batch.draw_log import DrawLog
    from qinglian.engines.draw.transcript import Transcript
    from qinglian.engines.merkle import Trust

HELP = _n("random draws of subjects and inspectors that anybody can recompute")


def add(parser: argparse.ArgumentParser) -> None:
    verbs = parser.add_subparsers(dest="verb", required=True, metavar="VERB")
    plan = _verb(verbs, "plan", _("check a plan and begin a draw’s folder"), run_plan)
    plan.add_argument("source", type=Path, metavar="PLAN.toml")
    _add_freeze(_verb(verbs, "freeze", _("turn a register into the lists that are committed to"), run_freeze))
    _add_report(_verb(verbs, "report", _("the probabilities, before the draw"), run_report))
    _logged(_verb(verbs, "commit", _("commit to plan and lists, in the zone’s log"), run_commit))
    _add_log(verbs)
    _add_shares(verbs)
    opening = _verb(verbs, "open", _("draw, from what the sources said"), run_open)
    opening.add_argument("--signature", metavar="HEX", help=_("the drand round’s signature, 96 hex digits"))
    opening.add_argument("--dice", metavar="DIGITS", help=_("the digits of the dice in the order thrown"))
    opening.add_argument("--log", type=Path, metavar="FOLDER", help=_("the zone’s log of draws"))
    _trusting(opening)
    assign = _verb(verbs, "assign", _("assign inspectors, or replace one after an avoidance"), run_assign)
    assign.add_argument("--avoid", nargs=2, metavar=("PID", "IID"), help=_("an accepted avoidance"))
    assign.add_argument("--reason", metavar="CODE", help=_("why, as a code"))
    publish = _verb(verbs, "publish", _("verify, and copy what is public into a folder"), run_publish)
    publish.add_argument("target", type=Path, metavar="TARGET")
    _trusting(publish)
    leaf = _verb(verbs, "leaf", _("open one subject’s row, with its proof"), run_leaf)
    leaf.add_argument("id", metavar="ID", help=_("the subject’s identifier"))
    leaf.add_argument("--out", type=Path, metavar="FILE", help=_("where to write it; else it is printed"))
    _add_audit(verbs.add_parser("audit", help=_("test another system’s past draws")))


def _verb(
    verbs: argparse._SubParsersAction[argparse.ArgumentParser], name: str, told: str, run: object
) -> argparse.ArgumentParser:
    verb = verbs.add_parser(name, help=told, description=told)
    verb.add_argument("folder", type=Path, metavar="FOLDER", help=_("the folder of the draw"))
    verb.set_defaults(run=run)
    return verb


def _add_freeze(verb: argparse.ArgumentParser) -> None:
    verb.add_argument("register", type=Path, metavar="FRAME", help=_("a CSV or Parquet file of all subjects"))
    verb.add_argument("--id", default="id", metavar="COLUMN", help=_("the column of identifiers; else id"))
    verb.add_argument(
        "--class", dest="kind", default="class", metavar="COLUMN", help=_("the column of classes; else class")
    )
    for name, told in (
        ("--inspectors", _("a CSV of id,department,qualified,availability")),
        ("--conflicts", _("a CSV of subject,inspector")),
        ("--visits", _("a CSV of id,day: past visits")),
    ):
        verb.add_argument(name, type=Path, metavar="FILE", help=told)


def _add_report(verb: argparse.ArgumentParser) -> None:
    verb.add_argument(
        "--seeds", type=int, default=200, metavar="N", help=_("how many draws to rehearse; else 200")
    )


def _logged(verb: argparse.ArgumentParser) -> None:
    verb.add_argument("--log", type=Path, metavar="FOLDER", help=_("the zone’s log of draws"))
    verb.add_argument("--key", type=Path, metavar="FILE", help=_("the keys of that log"))


def _trusting(verb: argparse.ArgumentParser) -> None:
    verb.add_argument("--trust", type=Path, metavar="KEYS.toml", help=_("the logs and witnesses you trust"))


def _add_log(verbs: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    log = verbs.add_parser("log", help=_("make the keys of a log of draws, and print their public halves"))
    log.add_argument(
        "--name", required=True, metavar="ORIGIN", help=_("the log’s name, like zone.example/draws")
    )
    log.add_argument("--key", type=Path, required=True, metavar="FILE", help=_("a new file for the keys"))
    log.set_defaults(run=run_log)
    attest = verbs.add_parser("attest", help=_("cosign a log of draws, as an outside witness"))
    attest.add_argument("log", type=Path, metavar="LOG", help=_("the zone’s log of draws"))
    attest.add_argument(
        "--key", type=Path, required=True, metavar="FILE", help=_("the file of the witness’s keys")
    )
    attest.add_argument(
        "--state", type=Path, required=True, metavar="FILE", help=_("the file of what was cosigned")
    )
    attest.add_argument(
        "--trust", type=Path, required=True, metavar="KEYS.toml", help=_("the logs it cosigns")
    )
    attest.set_defaults(run=run_attest)
    gaps = verbs.add_parser("gaps", help=_("commitments in a log of draws that have no record"))
    gaps.add_argument("log", type=Path, metavar="LOG", help=_("the zone’s log of draws"))
    gaps.add_argument(
        "records", type=Path, nargs="*", metavar="RECORD.json", help=_("the records that were published")
    )
    gaps.set_defaults(run=run_gaps)


def _add_shares(verbs: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    share = verbs.add_parser("share", help=_("make a witness’s secret share, and print its commitment"))
    share.add_argument("file", type=Path, metavar="FILE", help=_("a new file for the share"))
    share.add_argument("who", metavar="WHO", help=_("the witness, as the plan names it"))
    share.add_argument("--hash", choices=("sha256", "sm3"), default="sha256", help=_("the hash of the plan"))
    share.set_defaults(run=run_share)
    reveal = _verb(verbs, "reveal", _("reveal witnesses’ shares before chance speaks"), run_reveal)
    reveal.add_argument("--share", type=Path, action="append", default=[], metavar="FILE", help=_("a share"))
    reveal.add_argument("--absent", action="append", default=[], metavar="WHO", help=_("who does not reveal"))
    _logged(reveal)


def _add_audit(verb: argparse.ArgumentParser) -> None:
    verb.add_argument("frame", type=Path, metavar="FRAME.csv", help=_("the whole list, in its own order"))
    verb.add_argument("samples", type=Path, nargs="+", metavar="SAMPLE.csv", help=_("who was drawn from it"))
    verb.add_argument("--id", default="id", metavar="COLUMN", help=_("the column of identifiers; else id"))
    verb.add_argument(
        "--pairs", type=Path, metavar="FILE", help=_("a CSV of first,second: pairs of inspectors")
    )
    verb.add_argument(
        "--roster", type=Path, metavar="FILE", help=_("the list of inspectors in its own order")
    )
    verb.set_defaults(run=run_audit)


def run_plan(args: argparse.Namespace) -> int:
    from qinglian.batch.draw_freeze import plan

    plan(_folder(args), args.source, os.urandom)
    print(_("The plan holds; its private keys are in %(folder)s/private.") % {"folder": args.folder})
    return 0


def _folder(args: argparse.Namespace) -> Folder:
    from qinglian.batch.draw_folder import Folder

    return Folder(args.folder)


def _log(path: Path | None) -> DrawLog | None:
    from qinglian.batch.draw_log import DrawLog

    return DrawLog(path) if path else None


def _trust(path: Path | None) -> Trust | None:
    from qinglian.batch.verify import load_trust

    return load_trust(path) if path else None


def run_freeze(args: argparse.Namespace) -> int:
    from qinglian.batch.draw_freeze import freeze

    others = {"staff": args.inspectors, "conflicts": args.conflicts, "visits": args.visits}
    with telling() as tell:
        found = freeze(_folder(args), args.register, {"id": args.id, "class": args.kind}, others, tell)
    counted = found.counted
    print(_("Frozen: %(rows)s subjects.") % {"rows": counted.rows})
    for department, strata in counted.counts.items():
        print(f"{department}: " + ", ".join(f"{name} {size}" for name, size in strata.items()))
    for name, size in counted.excluded.items():
        print(_("left out, %(name)s: %(size)s") % {"name": name, "size": size})
    for path, number in found.strangers.items():
        about = {"file": path.name, "number": number}
        print(_("%(file)s: %(number)s rows are about subjects that the register does not hold") % about)
    return 0


def run_commit(args: argparse.Namespace) -> int:
    from qinglian.batch.draw_steps import commit

    with telling() as tell:
        commitment = commit(_folder(args), _log(args.log), args.key, int(time.time()), tell)
    print(_("Committed: %(digest)s") % {"digest": commitment.digest.hex()})
    if args.log is None:
        print(_("No log was given: nobody outside can say when, and the draw has assurance C."))
    return 0


def run_log(args: argparse.Namespace) -> int:
    from qinglian.batch.draw_log import new_log_keys

    for key in new_log_keys(args.key, args.name, os.urandom):
        print(key.verifier.text)
    return 0


def run_attest(args: argparse.Namespace) -> int:
    from qinglian.batch.draw_log import DrawLog

    trust = _trust(args.trust)
    assert trust is not None
    size = DrawLog(args.log).attest(args.key, args.state, trust, lambda: int(time.time()))
    print(_("Cosigned at %(size)s entries.") % {"size": size})
    return 0


def run_gaps(args: argparse.Namespace) -> int:
    from qinglian.batch.draw_log import gaps

    missing = gaps(args.log, args.records)
    late = [each for each in missing if each.moment <= time.time()]
    for each in missing:
        about = {"number": each.number, "plan": each.plan}
        if each in late:
            print(_("ALARM draw %(number)s, %(plan)s: committed to, but no record is given") % about)
        else:
            print(_("draw %(number)s, %(plan)s: chance has not spoken yet") % about)
    if not missing:
        print(_("Every commitment in the log has its record."))
    return 1 if late else 0


def run_share(args: argparse.Namespace) -> int:
    from qinglian.batch.draw_steps import new_share
    from qinglian.engines.draw.hashing import hash_named

    print(new_share(args.file, args.who, os.urandom, hash_named(args.hash)))
    return 0


def run_reveal(args: argparse.Namespace) -> int:
    from qinglian.batch.draw_steps import reveal

    missing = reveal(_folder(args), args.share, args.absent, _log(args.log), args.key, int(time.time()))
    if missing:
        print(_("Still missing: %(names)s.") % {"names": ", ".join(missing)})
    else:
        print(_("Every share is revealed or recorded as absent."))
    return 0


def run_open(args: argparse.Namespace) -> int:
    from qinglian.batch.draw_steps import Opening, open_draw

    signature = None
    if args.signature is not None:
        try:
            signature = bytes.fromhex(args.signature)
        except ValueError:
            raise Fault(_n("not hex digits; copy the signature again, whole"), key="--signature") from None
    given = Opening(signature, args.dice, _log(args.log), _trust(args.trust), int(time.time()))
    with telling() as tell:
        found = open_draw(_folder(args), given, tell)
    print(_("Drawn: %(count)s subjects; assurance %(grade)s.") % _about(found))
    for department, strata in found.drawn.result.items():
        print(f"{department}: " + ", ".join(f"{name} {len(pids)}" for name, pids in strata.items()))
    return 0


def _about(found: Transcript) -> dict[str, object]:
    return {"count": len(found.drawn.visits), "grade": found.assurance}


def run_assign(args: argparse.Namespace) -> int:
    from qinglian.batch.draw_steps import assign_all, avoid

    if args.avoid:
        if not args.reason:
            raise Fault(_n("an avoidance needs its reason; give it with --reason"), key="--reason")
        pid, iid = args.avoid
        event = avoid(_folder(args), pid, iid, args.reason)
        print(
            _("%(enters)s takes the place of %(leaves)s.") % {"enters": event.enters, "leaves": event.leaves}
        )
        return 0
    found = assign_all(_folder(args))
    for department, solved in sorted(found.assigned.items()):
        posts = sum(len(names) for names in solved.assignment.values())
        print(_("%(department)s: %(posts)s posts filled.") % {"department": department, "posts": posts})
    return 0


def run_publish(args: argparse.Namespace) -> int:
    from qinglian.batch.draw_steps import publish

    with telling() as tell:
        found = publish(_folder(args), args.target, _trust(args.trust), tell)
    print(_("Verified and published: %(count)s subjects; assurance %(grade)s.") % _about(found))
    return 0


def run_leaf(args: argparse.Namespace) -> int:
    from qinglian.batch.draw_folder import write_json
    from qinglian.batch.draw_steps import leaf
    from qinglian.engines import canon
    from qinglian.engines.draw.leaf import QR_BYTES, size_of

    found = leaf(_folder(args), args.id)
    if args.out:
        write_json(args.out, found.document)
    else:
        print(canon.dumps(found.document).decode())
    size = size_of(found)
    said = _("%(size)s bytes; a QR code holds %(most)s.") % {"size": size, "most": QR_BYTES}
    print(said, file=sys.stderr)
    return 0


def run_report(args: argparse.Namespace) -> int:
    from qinglian.cli.draw_tables import print_report

    return print_report(_folder(args), args.seeds)


def run_audit(args: argparse.Namespace) -> int:
    from qinglian.cli.draw_tables import print_audit

    return print_audit(args)
