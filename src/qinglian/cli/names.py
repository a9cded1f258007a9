"""`qinglian names`: take names apart, compare them, hold them against a list."""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from qinglian.cli.words import gettext as _
from qinglian.faults import noop as _n

if TYPE_CHECKING:
    from qinglian.engines.names import Evidence, Match, Name

HELP = _n("company names: their parts, likeness across scripts, screening against a list, codes")
KINDS = {
    "region": _n("region"),
    "brand": _n("distinctive part"),
    "industry": _n("line of business"),
    "form_text": _n("legal form"),
    "branch": _n("branch"),
    "numerals": _n("numbers"),
    "remark": _n("remark"),
}
OTHERS = {"translation": _n("translation"), "other": _n("another name")}
BANDS = {
    "none": _n("none: not the same by name"),
    "review": _n("review: a person should look"),
    "strong": _n("strong: very likely the same name; still a lead, not a finding"),
}
NOTES = {
    "control-signs": _n("holds signs that do not print; they were left out"),
    "no-letters": _n("holds no letter"),
    "one-sign": _n("has one letter only"),
    "mixed-scripts": _n("mixes scripts"),
    "two-names": _n("holds more than one name; each was compared"),
    "gloss": _n("holds words that only repeat the name in other letters; they were left out"),
    "looks-like-code": _n("looks like program text; it is treated as a name"),
}
PARTS = {
    "department": _n("registering department"),
    "category": _n("category"),
    "division": _n("division"),
    "organisation": _n("organisation code"),
    "authority": _n("registration authority"),
    "issuer": _n("issuer"),
    "meant": _n("perhaps meant; its check sign fits"),
}


def add(parser: argparse.ArgumentParser) -> None:
    verbs = parser.add_subparsers(dest="verb", required=True, metavar="VERB")
    parse = verbs.add_parser("parse", help=_("the parts of one name"))
    parse.add_argument("name", metavar="NAME")
    parse.add_argument("--json", action="store_true", help=_("print JSON"))
    parse.set_defaults(run=run_parse)
    match = verbs.add_parser("match", help=_("how alike two names are, and why"))
    match.add_argument("a", metavar="A")
    match.add_argument("b", metavar="B")
    match.add_argument("--id-a", action="append", default=[], metavar="CODE", help=_("a code of the first"))
    match.add_argument("--id-b", action="append", default=[], metavar="CODE", help=_("a code of the second"))
    match.add_argument("--json", action="store_true", help=_("print JSON"))
    match.set_defaults(run=run_match)
    pairs = verbs.add_parser("pairs", help=_("a CSV of a,b gets score,band"))
    pairs.add_argument("source", metavar="IN.csv", type=Path)
    pairs.add_argument("target", metavar="OUT.csv", type=Path)
    pairs.set_defaults(run=run_pairs)
    _add_screen(verbs.add_parser("screen", help=_("names held against a list: leads with reasons")))
    _add_check(verbs.add_parser("check", help=_("is a name free: same, similar, forbidden words")))
    _add_index(verbs.add_parser("index", help=_("a register made ready once, so that each check is quick")))
    code = verbs.add_parser("id", help=_("what a code is, and whether its check sign fits"))
    code.add_argument("code", metavar="CODE")
    code.add_argument("--json", action="store_true", help=_("print JSON"))
    code.set_defaults(run=run_id)


def _add_screen(verb: argparse.ArgumentParser) -> None:
    verb.add_argument("listed", metavar="LIST.csv", type=Path)
    verb.add_argument("asked", metavar="NAMES.csv", type=Path)
    verb.add_argument("target", metavar="OUT.csv", type=Path)
    verb.add_argument("--column", default="name", help=_("the column that holds the name, in both files"))
    verb.add_argument(
        "--least", type=_share, default=0.6, help=_("the least score of a lead, 0 to 1; else 0.60")
    )
    verb.add_argument("--most", type=_count, default=5, help=_("the most leads for one name; else 5"))
    verb.add_argument("--fast", action="store_true", help=_("seek with tantivy; needs the extra names-fast"))
    verb.set_defaults(run=run_screen)


def _add_check(verb: argparse.ArgumentParser) -> None:
    verb.add_argument("name", metavar="NAME")
    verb.add_argument("register", metavar="REGISTER", type=Path, help=_("a CSV of names, or its index"))
    verb.add_argument("--column", default="name", help=_("the column that holds the name"))
    verb.add_argument("--words", type=Path, help=_("a CSV of word,kind,ground: what a name must not hold"))
    verb.add_argument("--json", action="store_true", help=_("print JSON"))
    verb.set_defaults(run=run_check)


def _add_index(verb: argparse.ArgumentParser) -> None:
    verb.add_argument("register", metavar="REGISTER.csv", type=Path)
    verb.add_argument("target", metavar="INDEX", type=Path)
    verb.add_argument("--column", default="name", help=_("the column that holds the name"))
    verb.set_defaults(run=run_index)


def _share(text: str) -> float:
    value = float(text)
    if not 0 <= value <= 1:
        raise ValueError(text)
    return value


def _count(text: str) -> int:
    value = int(text)
    if value < 1:
        raise ValueError(text)
    return value


def tell(reason: Evidence) -> str:
    """A reason in the reader's language."""
    return _(reason.template) % {"a": reason.a or "—", "b": reason.b or "—"}


def run_parse(args: argparse.Namespace) -> int:
    from qinglian.batch.names.tables import matcher

    name = matcher().parse(args.name)
    if args.json:
        print(json.dumps(name_as_json(name), ensure_ascii=False, indent=2))
        return 0
    for key, said in KINDS.items():
        value = getattr(name, key)
        if value:
            print(f"{_(said)}: {value if isinstance(value, str) else ' '.join(value)}")
    for role, other in name.also:
        print(f"{_(OTHERS[role])}: {other.text}")
    for note in name.notes:
        print(_(NOTES[note]))
    return 0


def name_as_json(name: Name) -> dict[str, object]:
    return {
        "v": "name/1",
        "text": name.text,
        "folded": name.folded,
        "script": name.script,
        "region": list(name.region),
        "brand": name.brand,
        "industry": list(name.industry),
        "form": name.form,
        "form_text": name.form_text,
        "branch": name.branch,
        "numerals": list(name.numerals),
        "remark": name.remark,
        "also": [{"role": role, "name": other.text} for role, other in name.also],
        "notes": list(name.notes),
        "units": [{"text": u.text, "kind": u.kind, "weight": round(u.weight, 3)} for u in name.units],
    }


def run_match(args: argparse.Namespace) -> int:
    from qinglian.batch.names.tables import matcher

    one, other = matcher().parse(args.a), matcher().parse(args.b)
    found = matcher().match(args.a, args.b, tuple(args.id_a), tuple(args.id_b))
    if args.json:
        notes = {"notes": {"a": list(one.notes), "b": list(other.notes)}}
        print(json.dumps(match_as_json(found) | notes, ensure_ascii=False, indent=2))
        return 0
    print(_("score: %(score)s") % {"score": f"{found.score:.2f}"})
    print(_(BANDS[found.band]))
    for reason in found.evidence:
        bound = _(" (at most %(limit)s)") % {"limit": f"{reason.limit:.2f}"} if reason.limit < 1 else ""
        print(f"  {tell(reason)}{bound}")
    for said, name in ((_("the first name"), one), (_("the second name"), other)):
        for note in name.notes:
            print(f"  {said}: {_(NOTES[note])}")
    return 0


def match_as_json(found: Match) -> dict[str, object]:
    """`evidence` holds codes and, in `says`, the sentence in the language of messages."""
    return {
        "v": "names-match/1",
        "score": found.score,
        "band": found.band,
        "evidence": [
            {"kind": r.kind, "a": r.a, "b": r.b, "share": r.share, "limit": r.limit, "says": tell(r)}
            for r in found.evidence
        ],
    }


def run_pairs(args: argparse.Namespace) -> int:
    from qinglian.batch.names.screening import score_pairs
    from qinglian.batch.names.tables import matcher

    rows = score_pairs(args.source, args.target, matcher())
    print(_("%(rows)s rows written to %(file)s") % {"rows": rows, "file": args.target})
    return 0


def run_screen(args: argparse.Namespace) -> int:
    from qinglian.batch.names.screening import screen
    from qinglian.batch.names.tables import matcher

    names, leads = screen(
        args.listed,
        args.asked,
        args.target,
        matcher(),
        column=args.column,
        least=args.least,
        most=args.most,
        fast=args.fast,
        tell=tell,
        progress=_progress,
    )
    print(
        _("%(names)s names held against the list, %(leads)s leads written to %(file)s")
        % {"names": names, "leads": leads, "file": args.target}
    )
    print(_("a lead is for a person to look at; it decides against nobody"))
    return 0


def _progress(done: int, whole: int) -> None:
    if done % 1000 == 0 or done == whole:
        print(_("%(done)s of %(whole)s names") % {"done": done, "whole": whole}, file=sys.stderr)


def run_check(args: argparse.Namespace) -> int:
    from qinglian.batch.names.checking import check_against
    from qinglian.batch.names.tables import matcher

    findings = check_against(args.name, args.register, args.words, matcher(), column=args.column)
    if args.json:
        rows = [{"kind": f.kind, "other": f.other, "score": f.score, "ground": f.ground} for f in findings]
        print(json.dumps({"v": "names-check/1", "findings": rows}, ensure_ascii=False, indent=2))
        return 0
    for finding in findings:
        print(_(finding.template) % {"other": finding.other, "ground": finding.ground})
        for reason in finding.evidence:
            print(f"  {tell(reason)}")
    if not findings:
        print(_("nothing stands against this name"))
    return 0


def run_index(args: argparse.Namespace) -> int:
    from qinglian.batch.names.checking import index_register
    from qinglian.batch.names.tables import matcher

    count = index_register(args.register, args.target, matcher(), column=args.column)
    print(_("%(names)s names made ready in %(file)s") % {"names": count, "file": args.target})
    return 0


def run_id(args: argparse.Namespace) -> int:
    from qinglian.engines.names.identifiers import KINDS as CODES
    from qinglian.engines.names.identifiers import read_identifier

    code = read_identifier(args.code)
    if args.json:
        told = {"v": "identifier/1", "kind": code.kind, "code": code.code, "valid": code.valid}
        print(json.dumps(told | {"parts": code.parts, "problem": code.problem}, ensure_ascii=False, indent=2))
    else:
        print(f"{code.code}: {_(CODES[code.kind])}")
        for key, part in code.parts.items():
            print(f"  {_(PARTS[key])}: {part}")
        print(_(code.problem) if code.problem else _("the check sign fits"))
    return 1 if code.valid is False else 0
