"""`qinglian survey`: estimates from answers, and plans before anybody is asked, on files alone."""

from __future__ import annotations

import argparse
import json
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from qinglian.cli.words import gettext as _
from qinglian.faults import Fault, Faults
from qinglian.faults import noop as _n

if TYPE_CHECKING:
    from qinglian.batch.survey.answers import Row

HELP = _n("estimate from a survey’s answers with the errors of its design, or plan how many to ask")


def add(parser: argparse.ArgumentParser) -> None:
    verbs = parser.add_subparsers(dest="verb", required=True, metavar="VERB")
    help_estimate = _("estimate what a design asks for, by unit and period")
    estimate = verbs.add_parser("estimate", help=help_estimate, description=help_estimate)
    estimate.add_argument("design", metavar="DESIGN.toml", type=Path, help=_("the survey’s design"))
    estimate.add_argument(
        "answers", metavar="ANSWERS.csv", type=Path, help=_("one row for each answer sheet")
    )
    estimate.add_argument(
        "--out", metavar="FILE", type=Path, help=_("write unit,period,indicator,value,se,n for an index")
    )
    estimate.add_argument("--unit", help=_("the unit of all answers, where they have no column for it"))
    estimate.add_argument("--period", help=_("the period of all answers, where they have no column for it"))
    estimate.add_argument("--json", action="store_true", help=_("print JSON"))
    estimate.set_defaults(run=work_out)
    help_plan = _("how many answers show a change of a given size")
    plan = verbs.add_parser("plan", help=help_plan, description=help_plan)
    plan.add_argument("--sd", type=float, required=True, help=_("standard deviation of an answer"))
    plan.add_argument(
        "--change", type=float, help=_("the change that should show; prints answers needed each time")
    )
    plan.add_argument("--n", type=int, help=_("answers each time; prints the change that would show"))
    plan.add_argument("--deff", type=float, default=1.0, help=_("design effect; 1 if not given"))
    plan.add_argument(
        "--share", type=float, default=0.9, help=_("what the interval covers; 0.9 if not given")
    )
    plan.add_argument("--power", type=float, help=_("probability that a true change shows, 0.5 or more"))
    plan.add_argument("--overlap", type=float, default=0.0, help=_("share of people asked both times"))
    plan.add_argument("--correlation", type=float, default=0.0, help=_("of their two answers"))
    plan.set_defaults(run=reckon)


def work_out(arguments: argparse.Namespace) -> int:
    try:
        from qinglian.batch.index.files import read_text, write_files
        from qinglian.batch.survey.answers import (
            as_json,
            estimate_all,
            observations_csv,
            read_answers,
            unseen,
        )
        from qinglian.batch.survey.plan import read_plan
    except ImportError:
        raise Fault(_n("numpy is not installed; pip install 'qinglian[index]'")) from None
    from qinglian.engines.survey.rates import response_rates

    plan = _placed(arguments.design, lambda: read_plan(read_text(arguments.design)))
    table = _placed(arguments.answers, lambda: read_answers(read_text(arguments.answers), plan))
    rows, breaks = _placed(arguments.answers, lambda: estimate_all(plan, table))
    rows = _whose(arguments, plan.columns, rows)
    rates = _placed(
        arguments.design,
        lambda: {period: response_rates(counts) for period, counts in plan.responses.items()},
    )
    if arguments.out:
        write_files(arguments.out.parent, {arguments.out.name: observations_csv(rows)})
    said = {
        "v": "survey-estimates/1",
        "survey": plan.survey,
        "estimates": [as_json(row, plan.interval) for row in rows],
        "breaks": [vars(one) for one in breaks],
        "unseen": [
            {"indicator": code, "answer": answer, "answered": answered}
            for code, answer, answered in unseen(plan, table)
        ],
        "response": rates,
    }
    if arguments.json:
        print(json.dumps(said, ensure_ascii=False, indent=1))
    else:
        _print(said, plan.interval)
    return 0


def _whose(arguments: argparse.Namespace, columns: Mapping[str, str], rows: list[Row]) -> list[Row]:
    """The rows with the unit and period that the command names; an index takes none without."""
    for name in ("unit", "period"):
        given = getattr(arguments, name)
        if given and name in columns:
            raise Fault(
                _n("the answers have a column for the %(name)s; leave --%(name)s out"),
                file=str(arguments.design),
                name=name,
            )
        if arguments.out and not given and name not in columns:
            raise Fault(
                _n("an index needs the %(name)s of every estimate; say --%(name)s, or name its column"),
                file=str(arguments.design),
                key="columns",
                name=name,
            )
        rows = [replace(row, **{name: given}) for row in rows] if given else rows
    return rows


def _print(said: dict[str, Any], share: float) -> None:
    print(_("unit period indicator: value (standard error), interval, answers, design effect"))
    for row in said["estimates"]:
        value, se, low, high = (float(row[name]) for name in ("value", "se", "low", "high"))
        deff = "–" if row["deff"] is None else f"{float(row['deff']):.2f}"
        print(
            f"{row['unit']} {row['period']} {row['indicator']}: {value:.4f} ({se:.4f}), "
            f"{share:.0%} {low:.4f} – {high:.4f}, n {row['n']}, deff {deff}".strip()
        )
    for one in said["breaks"]:
        print(
            _(
                "%(unit)s %(period)s: asked by %(after)s, before by %(before)s; a change may come from "
                "that alone: write %(period)s under breaks in indicators.csv"
            )
            % {
                "unit": one["unit"],
                "period": one["period"],
                "after": ", ".join(one["after"]),
                "before": ", ".join(one["before"]),
            }
        )
    for one in said["unseen"]:
        print(
            _("%(code)s: nobody answered %(answer)r; answers are %(answered)s")
            % {
                "code": one["indicator"],
                "answer": one["answer"],
                "answered": ", ".join(map(repr, one["answered"])),
            }
        )
    for period, rates in said["response"].items():
        known = {name: rate for name, rate in rates.items() if rate is not None}
        print(f"{period} " + ", ".join(f"{name} {rate:.1%}" for name, rate in known.items()))
        if rates["RR3"] is None:
            print(_("RR3 and RR4 need the eligible share of the unknown; it is not assumed"))


def _placed(path: Path, run: Any) -> Any:
    try:
        return run()
    except (Fault, Faults) as found:
        for fault in found.faults if isinstance(found, Faults) else [found]:
            fault.at(file=str(path))
        raise


def reckon(arguments: argparse.Namespace) -> int:
    from qinglian.engines.survey.planning import answers_for_change, margin_of_change, standard_error

    if arguments.change is None and arguments.n is None:
        raise Fault(_n("say --change, or --n, or both"))
    asked = {"overlap": arguments.overlap, "correlation": arguments.correlation, "share": arguments.share}
    if arguments.change is not None:
        n = answers_for_change(arguments.change, arguments.sd, arguments.deff, power=arguments.power, **asked)
        print(_("%(n)s answers each time for a change of %(change)s") % {"n": n, "change": arguments.change})
    if arguments.n is not None:
        error = standard_error(arguments.sd, arguments.n, arguments.deff)
        margin = margin_of_change(arguments.sd, arguments.n, arguments.deff, **asked)
        print(
            _("%(n)s answers each time: standard error %(se)s, a change shows from %(margin)s")
            % {"n": arguments.n, "se": f"{error:.3f}", "margin": f"{margin:.2f}"}
        )
    return 0
