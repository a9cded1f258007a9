"""`qinglian tables`: is a decision table sound, and what does it say of one case?"""

from __future__ import annotations

import argparse
import json
from decimal import Decimal
from pathlib import Path
from typing import NoReturn

from qinglian.cli.words import gettext as _
from qinglian.cli.words import say
from qinglian.engines.tables import Answer, Proof, Table, domains_name, prove, read_table, settled_by_order
from qinglian.faults import Fault, Faults
from qinglian.faults import noop as _n

HELP = _n("check decision tables, or let one decide a case")
SIZE_LIMIT = 8_000_000


def add(parser: argparse.ArgumentParser) -> None:
    verbs = parser.add_subparsers(dest="verb", required=True, metavar="VERB")
    check_help = _("prove a table: no case unanswered, no dead row, no conflict")
    check_verb = verbs.add_parser("check", help=check_help, description=check_help)
    check_verb.set_defaults(run=check)
    decide_help = _("decide one case, from a JSON object of its facts")
    decide_verb = verbs.add_parser("decide", help=decide_help, description=decide_help)
    decide_verb.set_defaults(run=decide)
    for verb in (check_verb, decide_verb):
        verb.add_argument(
            "file", type=Path, help=_("the table; its domains stand beside it in FILE.domains.csv")
        )
        verb.add_argument("--json", action="store_true", help=_("print JSON"))
    decide_verb.add_argument("facts", type=Path, help=_("a JSON file: an object of facts and their values"))


def check(arguments: argparse.Namespace) -> int:
    table = _table(arguments.file)
    proof = prove(table)
    if arguments.json:
        print(json.dumps(_report(table, proof), ensure_ascii=False, indent=2))
    elif proof.sound:
        _print_sound(table, proof)
    else:
        raise Faults(proof.faults())
    return 0 if proof.sound else 1


def decide(arguments: argparse.Namespace) -> int:
    table = _table(arguments.file)
    proof = prove(table)
    if not proof.sound:
        raise Faults(proof.faults())
    try:
        answer = table.decide(_facts(arguments.facts))
    except (Fault, Faults) as found:
        raise Faults([fault.at(file=str(arguments.facts)) for fault in _listed(found)]) from None
    if arguments.json:
        print(
            json.dumps(
                {"v": "table-answer/1", "file": table.name, **answer._asdict()}, ensure_ascii=False, indent=2
            )
        )
    else:
        _print_answer(answer)
    return 0


def _listed(found: Fault | Faults) -> list[Fault]:
    return found.faults if isinstance(found, Faults) else [found]


def _table(path: Path) -> Table:
    """Both files are read before anything is said, so that faults of both are told at once."""
    beside = path.with_name(domains_name(path.name))
    if path.exists() and not beside.exists():
        raise Fault(
            _n("the table’s domains are missing; write the columns fact,values, and a line for each fact"),
            file=str(beside),
        )
    return read_table(_text(path), _text(beside), name=str(path))


def _text(path: Path) -> str:
    if path.stat().st_size > SIZE_LIMIT:
        raise Fault(_n("the file is larger than %(limit)d bytes; split it"), file=str(path), limit=SIZE_LIMIT)
    try:
        return path.read_bytes().decode("utf-8-sig")
    except UnicodeDecodeError:
        raise Fault(
            _n("the file is not UTF-8; save it as “CSV UTF-8” (or JSON in UTF-8)"), file=str(path)
        ) from None


def _facts(path: Path) -> dict[str, object]:
    try:
        facts = json.loads(
            _text(path), parse_float=Decimal, parse_constant=_no_number, object_pairs_hook=_once_each
        )
    except RecursionError:
        raise Fault(_n("the JSON is nested too deeply; write one flat object"), file=str(path)) from None
    except json.JSONDecodeError as error:
        raise Fault(
            _n("this is not JSON (%(reason)s); mend it"), file=str(path), line=error.lineno, reason=error.msg
        ) from None
    except ValueError as error:
        if isinstance(error, Fault):
            raise error.at(file=str(path)) from None
        raise Fault(_n("a number is too long; write it as text"), file=str(path)) from None
    if not isinstance(facts, dict):
        raise Fault(_n('the facts are no JSON object; write {"fact": "value", …}'), file=str(path))
    return facts


def _no_number(word: str) -> NoReturn:
    raise Fault(_n("%(word)s is no number; write one"), word=word)


def _once_each(pairs: list[tuple[str, object]]) -> dict[str, object]:
    found: dict[str, object] = {}
    for key, value in pairs:
        if key in found:
            raise Fault(_n("the fact stands twice; keep one"), key=key)
        found[key] = value
    return found


def _print_sound(table: Table, proof: Proof) -> None:
    print(
        _("%(file)s: sound. %(rows)d rows answer all %(combinations)d combinations of %(facts)d facts.")
        % {
            "file": table.name,
            "rows": len(table.rows),
            "combinations": proof.combinations,
            "facts": len(table.facts),
        }
    )
    print(_("policy: %(policy)s") % {"policy": table.policy.value})
    print(_("outcomes: %(outcomes)s") % {"outcomes": ", ".join(table.outcomes)})
    print(_("table hash: %(sha)s") % {"sha": table.sha})
    for overlap in settled_by_order(table):
        print(
            _("note: %(case)s fits rows %(first)s and %(second)s; only the first of them speaks")
            % {"case": str(overlap), "first": overlap.rows[0], "second": overlap.rows[1]}
        )


def _print_answer(answer: Answer) -> None:
    outcomes = answer.outcome if isinstance(answer.outcome, list) else [answer.outcome]
    print(_("decision: %(decision)s") % {"decision": answer.decision})
    for row, outcome in zip(answer.rows, outcomes, strict=True):
        print(_("row: %(row)s") % {"row": row})
        for column, value in outcome.items():
            if column != "decision" and value:
                print(f"  {column}: {value}")
    print(_("table hash: %(sha)s") % {"sha": answer.sha})


def _report(table: Table, proof: Proof) -> dict[str, object]:
    return {
        "v": "table-proof/1",
        "file": table.name,
        "sha": table.sha,
        "policy": table.policy.value,
        "facts": list(table.facts),
        "outcomes": list(table.outcomes),
        "sound": proof.sound,
        "combinations": proof.combinations,
        "unanswered": proof.unanswered,
        "gaps": [dict(gap.values) for gap in proof.gaps],
        "dead": [{"row": dead.row, "line": dead.line, "covered_by": dead.covered_by} for dead in proof.dead],
        "conflicts": [
            {"rows": overlap.rows, "decisions": overlap.decisions, "example": dict(overlap.example)}
            for overlap in proof.conflicts
        ],
        "cut": proof.cut,
        "faults": [say(fault) for fault in proof.faults()],
    }
