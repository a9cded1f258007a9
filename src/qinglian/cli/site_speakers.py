"""`qinglian site representatives`: who may speak for an enterprise, recorded and ended with its proof."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from datetime import date
from pathlib import Path

from qinglian.cli.words import gettext as _
from qinglian.faults import Fault
from qinglian.faults import noop as _n

SetUp = Callable[[argparse.Namespace], None]
KINDS = ("pdf", "jpg", "png")


def add(verbs: argparse._SubParsersAction[argparse.ArgumentParser], set_up: SetUp) -> None:
    speakers = verbs.add_parser(
        "representatives", help=_("record who may speak for an enterprise, with the proof, and end it")
    )
    deeds = speakers.add_subparsers(dest="deed", required=True, metavar="DEED")
    listed = deeds.add_parser("list", help=_("those of one enterprise"))
    _add_enterprise(listed)
    listed.set_defaults(run=_with(set_up, _list))
    record = deeds.add_parser("record", help=_("record an account, or a sealed reference"))
    _add_enterprise(record)
    _add_mandate(record)
    record.set_defaults(run=_with(set_up, _record))
    end = deeds.add_parser("end", help=_("end it at once, or say which day is the last"))
    end.add_argument("representative", type=int, metavar="RECORD", help=_("number of the record, as listed"))
    end.add_argument("--until", type=date.fromisoformat, metavar="DAY", help=_("the last day; else at once"))
    _add_by(end)
    end.set_defaults(run=_with(set_up, _end))


def _add_enterprise(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "enterprise",
        metavar="ENTERPRISE",
        help=_("number of its row; or KIND:NUMBER of a register, such as uscc:9135…"),
    )


def _add_by(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--by", required=True, metavar="ACCOUNT", help=_("the member of staff who has seen the document")
    )


def _add_mandate(parser: argparse.ArgumentParser) -> None:
    who = parser.add_mutually_exclusive_group(required=True)
    who.add_argument("--account", metavar="ACCOUNT", help=_("name of the account"))
    who.add_argument("--sealed", default="", metavar="NUMBER", help=_("number of a sealed envelope"))
    parser.add_argument("--proof", required=True, metavar="KIND",
                        help=_("licence, power-of-attorney, notarised or e-licence"))  # fmt: skip
    parser.add_argument("--number", required=True, metavar="NUMBER", help=_("number of the document"))
    parser.add_argument("--file", type=Path, metavar="FILE", help=_("the document: PDF, JPG or PNG"))
    parser.add_argument("--reference", default="", metavar="TEXT", help=_("where it is held, without a file"))
    parser.add_argument("--sha256", default="", metavar="HASH", help=_("its hash, without a file"))
    parser.add_argument("--basis", required=True, metavar="TEXT", help=_("the article by which it is kept"))
    parser.add_argument(
        "--since", type=date.fromisoformat, metavar="DAY", help=_("the first day; else today")
    )
    parser.add_argument(
        "--until", type=date.fromisoformat, metavar="DAY", help=_("the last day; else it is open")
    )
    _add_by(parser)


def _with(set_up: SetUp, deed: Callable[[argparse.Namespace], int]) -> Callable[[argparse.Namespace], int]:
    def run(arguments: argparse.Namespace) -> int:
        set_up(arguments)
        return deed(arguments)

    return run


def _enterprise(said: str) -> int:
    from qinglian.capabilities.parties.queries import find_enterprise

    if said.isascii() and said.isdigit() and len(said) < 16:
        return int(said)
    kind, mark, number = said.partition(":")
    found = find_enterprise(kind, number) if mark else None
    if found is None:
        raise Fault(_n("no register holds %(found)s; write the number of the row instead"), found=said)
    return int(found)


def _list(arguments: argparse.Namespace) -> int:
    from django.utils import timezone

    from qinglian.capabilities.parties.queries import all_representatives

    for row in all_representatives(_enterprise(arguments.enterprise), timezone.localdate()):
        days = f"{row.since}/{row.until or ''}"
        how = _("account") if row.account else _("sealed reference")
        print(row.id, row.proof, days, how, row.document, _("ended") if row.over else "", sep="\t")
    return 0


def _record(arguments: argparse.Namespace) -> int:
    import secrets

    from django.utils import timezone

    from qinglian.capabilities.files.actions import let_go
    from qinglian.capabilities.interests.actions import name_representative
    from qinglian.capabilities.parties.actions import Mandate, Proof, account_named, proof_waits
    from qinglian.capabilities.parties.queries import holder_of_post

    now, sha, kept = timezone.now(), arguments.sha256.strip().lower(), ""
    since = arguments.since or timezone.localdate()
    by = holder_of_post(arguments.by, timezone.localdate())
    user = account_named(arguments.account) if arguments.account else None
    enterprise = _enterprise(arguments.enterprise)
    if arguments.file is not None:
        kept = proof_waits(now, secrets.token_hex(4))
        sha = _taken_in(arguments.file, kept)
    proof = Proof(arguments.proof, arguments.number, sha, arguments.reference, kept)
    said = Mandate(proof, arguments.basis, since, arguments.until, user, arguments.sealed)
    try:
        made = name_representative(enterprise, said, by, now)
    except Fault:
        let_go(kept)
        raise
    print(_("record %(id)d: may speak for enterprise %(enterprise)d since %(day)s")
          % {"id": made, "enterprise": enterprise, "day": since})  # fmt: skip
    return 0


def _taken_in(path: Path, holder: str) -> str:
    from django.core.files.uploadedfile import SimpleUploadedFile
    from django.utils import timezone

    from qinglian.capabilities.files.actions import take_in
    from qinglian.capabilities.files.limits import Limits

    upload = SimpleUploadedFile(path.name, path.read_bytes())
    return str(take_in(upload, Limits(KINDS, 10, 1), timezone.now(), holder=holder).sha)


def _end(arguments: argparse.Namespace) -> int:
    from django.utils import timezone

    from qinglian.capabilities.interests.actions import end_representation
    from qinglian.capabilities.parties.queries import enterprise_of, holder_of_post

    by = holder_of_post(arguments.by, timezone.localdate())
    enterprise = enterprise_of(arguments.representative)
    end_representation(enterprise, arguments.representative, arguments.until, by, timezone.now())
    until = arguments.until or _("now")
    print(_("record %(id)d: speaks for enterprise %(enterprise)d until %(day)s")
          % {"id": arguments.representative, "enterprise": enterprise, "day": until})  # fmt: skip
    return 0
