"""`qinglian index`: an index computed, doubted, reported, compared and signed, on files alone."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from qinglian.cli.progress import Bar
from qinglian.cli.words import gettext as _
from qinglian.faults import Fault
from qinglian.faults import noop as _n

if TYPE_CHECKING:
    from qinglian.engines.composite.edition import Edition

HELP = _n("compute an index with its uncertainty, report it, sign it, compare editions")


def add(parser: argparse.ArgumentParser) -> None:
    verbs = parser.add_subparsers(dest="verb", required=True, metavar="VERB")
    new = _verb(verbs, "new", _("copy one of the indices that come along, to start from"), start)
    new.add_argument("preset", metavar="PRESET", help=_("its name; without a folder, what it is"), nargs="?")
    new.add_argument("folder", metavar="DIR", type=Path, nargs="?", help=_("a new folder for the copy"))
    compute = _verb(verbs, "compute", _("compute every stage of an index, into a bundle"), make)
    compute.add_argument(
        "spec", metavar="SPEC", type=Path, help=_("the folder with spec.toml and indicators.csv")
    )
    compute.add_argument("data", metavar="DATA.csv", type=Path, help=_("unit,period,indicator,value[,se,n]"))
    compute.add_argument("--out", metavar="DIR", type=Path, required=True, help=_("the bundle’s folder"))
    doubt = _verb(verbs, "uncertainty", _("draw the spec’s sources of uncertainty many times"), draw)
    doubt.add_argument("bundle", metavar="DIR", type=Path, help=_("a bundle"))
    doubt.add_argument(
        "--workers", type=int, default=os.cpu_count() or 1, help=_("threads; the result is the same")
    )
    report = _verb(verbs, "report", _("write the report in three languages, for screen and paper"), tell)
    report.add_argument("bundle", metavar="DIR", type=Path, help=_("a bundle"))
    diff = _verb(verbs, "diff", _("why two editions differ, in steps that add up"), compare)
    diff.add_argument("old", metavar="A", type=Path, help=_("a bundle"))
    diff.add_argument("new", metavar="B", type=Path, help=_("a bundle"))
    diff.add_argument("--unit", help=_("the unit; else the first"))
    diff.add_argument("--from", dest="first", metavar="PERIOD", help=_("the period in A; else the last"))
    diff.add_argument("--to", dest="last", metavar="PERIOD", help=_("the period in B; else the last"))
    keygen = _verb(verbs, "keygen", _("make an evaluator’s key, and print what others trust"), generate)
    keygen.add_argument("--name", required=True, help=_("the evaluator’s name, like evaluator.example/index"))
    keygen.add_argument("--key", metavar="FILE", type=Path, required=True, help=_("a new file for the key"))
    sign = _verb(verbs, "sign", _("sign a bundle; it stays as it is from then on"), put_name)
    sign.add_argument("bundle", metavar="DIR", type=Path, help=_("a bundle"))
    sign.add_argument("--key", metavar="FILE", type=Path, required=True, help=_("the file of the key"))


def _verb(verbs: Any, name: str, about: str, run: Any) -> argparse.ArgumentParser:
    parser: argparse.ArgumentParser = verbs.add_parser(name, help=about, description=about)
    parser.set_defaults(run=_needing_numpy(run))
    return parser


def _needing_numpy(run: Any) -> Any:
    def guarded(arguments: argparse.Namespace) -> int:
        os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # the runs have threads of their own
        try:
            import numpy  # noqa: F401
        except ImportError:
            raise Fault(_n("numpy is not installed; pip install 'qinglian[index]'")) from None
        return int(run(arguments))

    return guarded


def start(arguments: argparse.Namespace) -> int:
    from qinglian.batch.index.files import PRESETS as home
    from qinglian.batch.index.files import copy_preset, load_spec, presets
    from qinglian.cli.words import language

    if arguments.folder is None:
        chosen = presets() if arguments.preset is None else (arguments.preset,)
        for name in chosen:
            if name not in presets():
                raise Fault(
                    _n("%(value)r is not known here; known are %(known)s"),
                    value=name,
                    known=", ".join(presets()),
                )
            print(f"{name:12} {load_spec(home / name).names[language()]}")
        return 0
    names = copy_preset(arguments.preset, arguments.folder)
    print(_("%(folder)s: %(names)s") % {"folder": arguments.folder, "names": ", ".join(names)})
    return 0


def make(arguments: argparse.Namespace) -> int:
    from qinglian.batch.index.bundle import write_bundle
    from qinglian.batch.index.files import load_edition

    edition = load_edition(arguments.spec, arguments.data)
    sha = write_bundle(edition, arguments.spec, arguments.data, arguments.out)
    _print_scores(edition)
    print(_("bundle: %(folder)s") % {"folder": arguments.out})
    print(_("manifest hash: %(sha)s") % {"sha": sha})
    return 0


def _print_scores(edition: Edition) -> None:
    spec, seen = edition.spec, edition.seen
    several = len(seen.units) > 1
    period = len(seen.periods) - 1
    rows = (
        [(period, unit) for unit in range(len(seen.units))]
        if several
        else [(p, 0) for p in range(period + 1)]
    )
    if several:
        rows.sort(key=lambda row: (edition.ranks[row] or 10**9, row[1]))
    for at in rows:
        if not edition.part[at]:
            continue
        name = seen.units[at[1]] if several else seen.periods[at[0]]
        rank = f"{edition.ranks[at]:4} " if several else ""
        score = f"{edition.published[at]:8.{spec.publish.decimals}f}"
        print(f"{rank}{name:16} {score}  {edition.grade(*at)}".rstrip())


def _progress() -> tuple[Callable[[str, int, int], None], Callable[[], None]]:
    """(what to tell how far each drawing is, what to call at the end)."""
    names = {
        "runs": _("runs"),
        "alternative": _("runs with the other correlation"),
        "sobol": _("shares of the spread"),
    }
    bar = Bar(sys.stderr, 1000)
    return (lambda what, done, every: bar(names[what], done * 1000 // every, done)), bar.end


def draw(arguments: argparse.Namespace) -> int:
    from qinglian.batch.index.doubt import add_uncertainty

    tick, end = _progress()
    content = add_uncertainty(arguments.bundle, tick, max(1, arguments.workers))
    end()
    print(_("%(runs)s runs, seed %(seed)s") % {"runs": content["runs"], "seed": content["seed"]})
    for claims in content["claims"][:5]:
        _print_claims(claims)
    fixed = content["without_error"]
    if fixed["indicators"]:
        said = {
            "names": ", ".join(
                [*fixed["indicators"][:12], *(["…"] if len(fixed["indicators"]) > 12 else [])]
            ),
            "share": f"{float(fixed['share']):.0%}",
        }
        print(_("no source of error for %(names)s: %(share)s of the total counts as exact") % said)
    return 0


def _print_claims(claims: Mapping[str, Any]) -> None:
    from qinglian.batch.index.words import chance

    for change in [*claims["changes"], *([claims["whole"]] if claims["whole"] else [])]:
        print(
            _("%(unit)s %(first)s–%(last)s: change %(change)s, P(higher) %(p)s, could show %(least)s")
            % {
                "unit": claims["unit"],
                "first": change["first"],
                "last": change["last"],
                "change": f"{float(change['difference']):+.2f}",
                "p": chance(change["rise"]),
                "least": f"{float(change['detectable']):.2f}",
            }
        )
    for k, p in claims["steadily"].items():
        if int(k) > 2:
            said = {"unit": claims["unit"], "k": k, "p": chance(p)}
            print(_("%(unit)s: P(rising in each of the last %(k)s periods) %(p)s") % said)


def tell(arguments: argparse.Namespace) -> int:
    from qinglian.batch.index.report import write_reports

    for path in write_reports(arguments.bundle):
        print(path)
    return 0


def compare(arguments: argparse.Namespace) -> int:
    from qinglian.batch.index.files import load_edition
    from qinglian.engines.composite.comparing import compare as steps_between

    old, new = (load_edition(one / "spec", one / "data.csv") for one in (arguments.old, arguments.new))
    steps = steps_between(
        old,
        new,
        arguments.unit or old.seen.units[0],
        arguments.first or old.seen.periods[-1],
        arguments.last or new.seen.periods[-1],
    )
    named = {
        "removed": _("indicators taken out"),
        "values": _("values"),
        "weights": _("weights and tree"),
        "methods": _("methods"),
        "added": _("new indicators"),
    }
    print(f"{steps.first:10.4f}  {_('total before')}")
    for step, effect in steps.effects.items():
        lists = {"removed": steps.removed, "added": steps.added}.get(step, ())
        print(f"{effect:+10.4f}  {named[step]} {', '.join(lists)}".rstrip())
    print(f"{steps.last:10.4f}  {_('total after')}")
    return 0


def generate(arguments: argparse.Namespace) -> int:
    from qinglian.batch.index.signing import new_key

    key = new_key(arguments.name, arguments.key, os.urandom)
    print('v = "trust/1"\n\n[[log]]')
    print(f'origin = "{key.name}"\nkeys = ["{key.text}"]\nthreshold = 0')
    return 0


def put_name(arguments: argparse.Namespace) -> int:
    from qinglian.batch.index.signing import read_key, sign

    key = read_key(arguments.key)
    sign(arguments.bundle, key)
    print(_("signed by %(name)s") % {"name": key.name})
    return 0
